"""The share code: short, URL-safe, stable, and proof against typing errors."""

from __future__ import annotations

import re
import string
from contextlib import suppress

import pytest
from config_strategies import configs
from hypothesis import given
from hypothesis import strategies as st

from latentscore.config import FIELDS, MusicConfig, share
from latentscore.errors import InvalidConfigError

ALPHABET = string.ascii_letters + string.digits + "-_"


@given(configs())
def test_round_trip(config: MusicConfig) -> None:
    code = config.share()
    assert MusicConfig.from_share(code) == config
    assert MusicConfig.from_share(f"  {code}\n") == config
    assert re.fullmatch(r"ls1:[A-Za-z0-9_-]{30,42}", code)


def test_codes_once_shared_keep_their_meaning() -> None:
    """If this fails, codes in the wild would change: append to the table only, or introduce `ls2:`."""
    assert MusicConfig().share() == "ls1:IiIxISECABABIQESEBEDUQAgaclgRg"
    assert MusicConfig.from_share("ls1:IiIxISECABABIQESEBEDUQAgaclgRg") == MusicConfig()


@given(configs(), st.data())
def test_one_wrong_character_is_noticed(config: MusicConfig, data: st.DataObject) -> None:
    code = config.share()
    place = data.draw(st.integers(len(share.PREFIX), len(code) - 1))
    wrong = data.draw(st.sampled_from([letter for letter in ALPHABET + "+/=.é " if letter != code[place]]))
    with pytest.raises(InvalidConfigError, match="share code must be"):
        MusicConfig.from_share(code[:place] + wrong + code[place + 1 :])


@given(configs(), st.data())
def test_missing_added_and_swapped_characters_are_noticed(config: MusicConfig, data: st.DataObject) -> None:
    code = config.share()
    place = data.draw(st.integers(len(share.PREFIX), len(code) - 2))
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    damaged = {code[:-1], code[:place] + code[place + 1 :], code + "A", code + "=", code + code, swapped} - {
        code
    }
    for text in damaged:
        with pytest.raises(InvalidConfigError, match="share code must be"):
            MusicConfig.from_share(text)


@pytest.mark.parametrize(
    "text", ["", "ls1:", "ls1:A", "ls2:IiIxISEC", "hello", "ls1:" + "A" * 10_000, None, 3]
)
def test_what_is_not_a_code(text: object) -> None:
    with pytest.raises(InvalidConfigError, match="share code must be") as caught:
        MusicConfig.from_share(text)  # type: ignore[arg-type]
    assert len(str(caught.value)) < 250


def _code(payload: bytes) -> str:
    return share.PREFIX + share._to_text(payload + share._checksum(payload))


def test_older_code_with_fewer_fields_takes_the_defaults() -> None:
    assert MusicConfig.from_share(_code(bytes([3, 0x14, 0x20]))) == MusicConfig(
        tempo="slow", brightness="very_bright", space="medium"
    )


@pytest.mark.parametrize(
    "payload",
    [bytes([len(FIELDS) + 1]) + bytes(18), bytes([1, 0xE0])],
    ids=["more fields", "more labels"],
)
def test_code_of_a_newer_version_says_so(payload: bytes) -> None:
    with pytest.raises(InvalidConfigError, match="made by a newer LatentScore"):
        MusicConfig.from_share(_code(payload))


@pytest.mark.parametrize(
    "payload",
    [
        bytes([1, 0xF0]),  # a number is announced but missing
        bytes([2, 0x0F]) + bytes(8),  # brightness takes no number
        bytes([1, 0xF0]) + bytes(8),  # tempo 0
        bytes([1, 0xF0]) + bytes(7),  # half a number
        bytes([1, 0x00]) + bytes(8),  # a number nobody announced
        bytes([9, 0x00]),  # fewer labels than announced
    ],
)
def test_nonsense_with_a_right_checksum_is_refused(payload: bytes) -> None:
    with pytest.raises(InvalidConfigError):
        MusicConfig.from_share(_code(payload))


@given(st.binary(min_size=1, max_size=60))
def test_no_payload_escapes_as_another_error(payload: bytes) -> None:
    with suppress(InvalidConfigError):
        MusicConfig.from_share(_code(payload))
