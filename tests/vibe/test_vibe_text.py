"""What counts as a vibe, and the seed of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentscore.errors import InvalidConfigError
from latentscore.vibe.text import SEED_BITS, checked_vibe, normalised, seed_of

ANY_TEXT = st.text(st.characters(exclude_categories=())).filter(lambda text: bool(text.strip()))


@pytest.mark.parametrize("blank", ["", " ", "\n\t\r ", "\u2003\u3000"])
def test_blank_text_is_refused(blank: str) -> None:
    with pytest.raises(InvalidConfigError, match=r"^vibe must be text that is not blank"):
        checked_vibe(blank)
    with pytest.raises(InvalidConfigError, match=r"^content must be text that is not blank"):
        checked_vibe(blank, "content")


@pytest.mark.parametrize("other", [None, 3, b"rain", ["rain"], object()])
def test_only_text_is_text(other: object) -> None:
    with pytest.raises(InvalidConfigError, match=r"^content must be text \(str\); got"):
        checked_vibe(other, "content")


@pytest.mark.parametrize("text", ["rain", "  Rain \n", "雨の夜", "مطر", "🌧️ rain", "\x00\x07", "x" * 10_000])
def test_what_can_be_encoded_stays_as_written(text: str) -> None:
    assert checked_vibe(text) == text


def test_surrogates() -> None:
    assert checked_vibe("a\ud800b") == "a\ufffdb"
    assert checked_vibe("\udc80") == "\ufffd"
    assert checked_vibe("\ud83c\udf27") == "🌧", "a pair is the character that it stands for"
    assert checked_vibe("\ufeffrain") == "\ufeffrain"


@given(ANY_TEXT)
def test_any_text_becomes_printable_and_seeds(text: str) -> None:
    checked_vibe(text).encode("utf-8")
    assert 0 <= seed_of(text) < 2**SEED_BITS


@pytest.mark.parametrize(
    ("text", "seed"),
    [
        ("rain on a tin roof", 5_432_757_576_920_730),
        ("warm sunrise over water", 6_851_201_554_022_864),
        ("雨の夜", 1_670_175_674_065_960),
        ("straße", 8_682_378_037_190_490),
        ("🌧️", 199_035_443_847_972),
        ("\ud800", 2_334_075_229_597_873),
    ],
)
def test_seeds_never_change(text: str, seed: int) -> None:
    """If this fails, a vibe would give other music than it did in an earlier version."""
    assert seed_of(text) == seed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rain on a tin roof", "  Rain ON\ta \n tin   roof "),
        ("ｒａｉｎ", "rain"),
        ("STRASSE", "straße"),
        ("cafe\u0301", "café"),
        ("ﬁne rain", "fine rain"),
    ],
)
def test_texts_that_share_a_seed(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)
    assert seed_of(one) == seed_of(other)


def test_texts_that_do_not() -> None:
    texts = ["rain", "rains", "rain.", "rain rain", "r ain", "café", "cafe"]
    assert len({seed_of(text) for text in texts}) == len(texts)


@given(ANY_TEXT)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)
