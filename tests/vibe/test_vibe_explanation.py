"""The explanation of a vibe: what a program reads, and the table that a person reads."""

from __future__ import annotations

import pytest

from latentscore.config import FIELDS
from latentscore.errors import InvalidConfigError
from latentscore.vibe.explanation import Explanation, explain
from latentscore.vibe.retrieval import fast_model
from latentscore.vibe.tables import aligned, clipped, width


def test_what_it_tells() -> None:
    told = explain("a storm at sea")
    found = fast_model().resolve("a storm at sea")
    assert told.vibe == "a storm at sea"
    assert told.config == found.config
    assert len(told.neighbours) >= 3
    first = told.neighbours[0]
    assert (first.vibe, first.title, first.config) == (found.match.vibe, found.match.title, told.config)
    assert 0 < first.similarity <= 1
    assert told.instructions == ()
    assert not told.low_confidence
    assert not told.truncated


def test_fields() -> None:
    told = explain("rain")
    assert list(told.fields) == list(FIELDS)
    for name, field in told.fields.items():
        assert field.value == getattr(told.config, name)
        assert field.source in (f"library row {told.neighbours[0].row}", "default")
    assert told.fields["tempo"].source.startswith("library row")
    assert told.fields["depth"].source == "default"
    with pytest.raises(TypeError):
        told.fields["tempo"] = told.fields["depth"]  # type: ignore[index]


def test_the_table() -> None:
    told = explain("rain")
    text = str(told)
    lines = text.splitlines()
    assert lines[0].split() == ["vibe", "rain"]
    for near in told.neighbours:
        assert f"{near.similarity:.2f}" in text
        assert clipped(near.vibe, 60) in text
    start = next(number for number, line in enumerate(lines) if line.startswith("field "))
    column = lines[start].index("from")
    for line, (name, field) in zip(lines[start + 1 :], told.fields.items(), strict=False):
        assert line.split()[:2] == [name, str(field.value)]
        assert line[column:] == field.source
    assert max(map(width, lines)) <= 140
    assert "Note" not in text


def test_a_number_as_tempo_is_shown_plainly() -> None:
    assert explain("92 bpm in D minor, no drums, felt piano over a warm pad").fields["tempo"].value == 92.0
    assert "92.0" not in str(explain("92 bpm in D minor, no drums, felt piano over a warm pad"))


def test_gibberish_is_called_a_guess() -> None:
    told = explain("asdkjfh qwoeiu zxcmnb")
    assert told.low_confidence
    assert "so this is a guess" in str(told)


def test_a_long_text() -> None:
    told = explain("rain on the roof " * 600)
    assert told.truncated
    assert "only the first 256 word pieces were read" in str(told)


@pytest.mark.parametrize(
    "text", ["🌧️ rain", "\x1b[31mred\x1b[0m\r\n", "雨の夜", "\u202eevil", "\ud800", "a\u0301" * 90]
)
def test_a_strange_text_leaves_the_table_whole(text: str) -> None:
    told = str(explain(text))
    told.encode("utf-8")
    assert all(character.isprintable() or character in "\n\u200c\u200d" for character in told)
    assert told.splitlines()[1].startswith("match ")


@pytest.mark.parametrize("blank", ["", " ", None])
def test_no_text(blank: str) -> None:
    with pytest.raises(InvalidConfigError, match=r"^vibe must be"):
        explain(blank)


def test_it_is_frozen() -> None:
    told = explain("rain")
    assert isinstance(told, Explanation)
    with pytest.raises(AttributeError):
        told.vibe = "x"  # type: ignore[misc]


def test_columns() -> None:
    assert aligned([("a", "bb"), ("雨", "c"), ("e\u0301", "d")]) == "a   bb\n雨  c\ne\u0301   d"
    assert clipped("雨の夜に", 6) == "雨の…"
    assert clipped("rain  \n fall", 20) == "rain fall"
    assert clipped("a\x00b\u202ec", 20) == "a\ufffdbc"
    assert width(clipped("x" * 50, 10)) == 10
