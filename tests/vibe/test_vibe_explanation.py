"""The explanation of a vibe: what a program reads, and the table that a person reads."""

from __future__ import annotations

import pytest

import latentscore as ls
from latentscore.config import FIELDS
from latentscore.errors import InvalidConfigError, ModelNotAvailableError
from latentscore.vibe.explanation import Explanation, explain
from latentscore.vibe.library import load_library
from latentscore.vibe.retrieval import fast_model
from latentscore.vibe.tables import aligned, clipped, width
from latentscore.vibe.voting import VOTED


def test_what_it_tells() -> None:
    told = explain("a storm at sea")
    found = fast_model().resolve("a storm at sea")
    assert told.vibe == "a storm at sea"
    assert told.config == found.config
    assert len(told.neighbours) >= 3
    first = told.neighbours[0]
    assert (first.vibe, first.title) == (found.match.vibe, found.match.title)
    assert 0 < first.similarity <= 1
    assert told.instructions == ()
    assert not told.low_confidence
    assert not told.truncated


def test_fields() -> None:
    told = explain("someone hums in the stairwell, slow piano")
    rows = {f"library row {near.row}" for near in told.neighbours}
    assert list(told.fields) == list(FIELDS)
    for name, field in told.fields.items():
        assert field.value == getattr(told.config, name)
        kind = field.source.split()[0]
        assert kind in ("votes", "instruction", "default") or field.source in rows
    assert told.fields["tempo"].source == 'instruction "slow"'
    assert told.fields["space"].source.startswith("votes ")
    assert told.fields["melody_engine"].source in {*rows, "default"}
    with pytest.raises(TypeError):
        told.fields["tempo"] = told.fields["depth"]  # type: ignore[index]


def test_votes() -> None:
    told = explain("someone hums in the stairwell")
    for name in VOTED:
        votes = told.fields[name].votes
        shares = [share for _, share in votes]
        assert shares == sorted(shares, reverse=True)
        assert 0.85 <= sum(shares) <= 1.0 + 1e-9
        assert told.fields[name].value in [label for label, _ in votes]
        percent = f"{dict(votes)[told.fields[name].value]:.0%}"  # type: ignore[index]
        assert told.fields[name].source.startswith(f"votes {percent}")
    assert told.fields["depth"].votes == ()


def test_the_rows_that_voted_for_it_are_named() -> None:
    told = explain("someone hums in the stairwell")
    _, _, rows = told.fields["space"].source.partition(", rows ")
    library = load_library()
    assert rows
    assert all(library[int(row)].config.space == told.config.space for row in rows.split())


def test_instructions() -> None:
    told = explain("a lantern boat, 74 bpm, no drums, E lydian")
    assert told.instructions == (
        '"74 bpm" → tempo 74',
        '"no drums" → rhythm none',
        '"e lydian" → root e, mode major (the nearest mode there is)',
    )
    assert (told.config.tempo, told.config.rhythm, told.config.root) == (74.0, "none", "e")
    assert all(line in str(told) for line in told.instructions)


def test_the_network_is_explained_too() -> None:
    told = explain("someone hums in the stairwell", model="neural")
    assert told.fields["space"].source.startswith("network ")
    assert told.fields["space"].votes
    with pytest.raises(ModelNotAvailableError):
        ls.explain("rain", model="slow")


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
        assert line[column:] == clipped(field.source, 50)
    assert max(map(width, lines)) <= 160
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
    assert told.splitlines()[0].startswith("vibe ")
    assert any(line.startswith("match ") for line in told.splitlines()[1:3])


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
