"""Answers of language models: read in any wrapping, never past the schema."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llm_server import PALETTE, answer

from latentscore.config import FIELDS, MusicConfig
from latentscore.errors import InvalidConfigError
from latentscore.vibe.answer import MAX_ANSWER, Answer, UnreadableAnswerError, read_answer
from latentscore.vibe.near_labels import read_value

GOOD = json.dumps(answer())
CONFIG = MusicConfig.model_validate(answer()["config"])


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"Sure! Here is the music for {{rain}}:\n\n```\n{json.dumps(answer(), indent=2)}\n```\nEnjoy.",
        f"Here you are: {GOOD} I hope that you like it.",
        GOOD.replace("}", ",}"),
        GOOD.replace('"', "'").replace("false", "False"),
        f'<think>Maybe {{"config": {{}}}}? No.</think>\n{GOOD}',
        "\ufeff" + GOOD + "\n\n",
        json.dumps(answer()["config"]),  # the config alone
        json.dumps(
            {**answer()["config"], "thinking": "It is dark.", "title": "A Walk", "palettes": [PALETTE]}
        ),
    ],
    ids=["plain", "fenced", "preamble", "prose", "commas", "quotes", "reasoning", "bom", "bare", "flat"],
)
def test_whatever_the_wrapping_the_config_is_read(text: str) -> None:
    read = read_answer(text)
    assert read.config == CONFIG
    assert read.notes == ()


def test_all_of_an_answer_is_read() -> None:
    read = read_answer(GOOD)
    assert (read.title, read.thinking) == ("A Walk", "It is dark.")
    (palette,) = read.palettes
    assert [(color.hex, color.weight) for color in palette.colors] == [
        (color["hex"], color["weight"]) for color in PALETTE["colors"]
    ]


@pytest.mark.parametrize(
    ("field", "written", "meant"),
    [
        ("bass", "Sub Pulse", "sub_pulse"),
        ("bass", "arp-bass", "arp_bass"),
        ("pad", "warm slow pad", "warm_slow"),
        ("pad", "warm", "warm_slow"),
        ("texture", "vinyl crackel", "vinyl_crackle"),
        ("rhythm", "NONE", "none"),
        ("tempo", "72 BPM", 72.0),
        ("tempo", 72, 72.0),
        ("density", "4", 4),
        ("density", 4.0, 4),
        ("depth", "true", True),
        ("depth", 0, False),
        ("root", "Bb", "a#"),
        ("root", "F♯", "f#"),
        ("root", "e flat", "d#"),
        ("motif_repeat_prob", 0.5, "sometimes"),
        ("human", "12", "natural"),
        ("phrase_len_bars", "8 bars", 8),
    ],
)
def test_a_near_miss_is_read_as_the_one_label_that_is_meant(field: str, written: Any, meant: Any) -> None:
    read = read_answer(json.dumps(answer(**{field: written})))
    value = getattr(read.config, field)
    assert (value, type(value)) == (meant, type(meant))
    if written != meant:
        (note,) = read.notes
        assert field in note
        assert repr(meant) in note


@pytest.mark.parametrize(
    ("field", "written"),
    [
        ("bass", "banjo"),
        ("rhythm", "kit"),  # two of them
        ("tempo", "very"),
        ("mode", "manor"),  # as much like major as like minor
        ("brightness", "not dark"),
        ("space", 4.0),  # large in seconds, or the fifth label?
        ("chord_extensions", 3),  # sevenths have four notes; the third label is lush
        ("density", 7),
        ("density", True),
        ("tempo", 500),
        ("tempo", float("nan")),
        ("tempo", 10**400),
        ("depth", 2),
        ("depth", "maybe"),
        ("root", "h"),
        ("bass", None),
        ("bass", ["drone"]),
        ("bass", {"drone": 1}),
        ("bass", ""),
        ("bass", "drone " * 50),
    ],
)
def test_what_may_mean_several_labels_or_none_is_refused(field: str, written: Any) -> None:
    with pytest.raises(UnreadableAnswerError) as told:
        read_answer(json.dumps(answer(**{field: written})))
    (problem,) = told.value.problems
    assert problem.startswith(f"{field} must be one of")


def test_every_label_is_read_as_itself_however_it_is_spelt() -> None:
    for field in FIELDS.values():
        for label in field.labels:
            assert read_value(field, label) is label
            for spelt in (str(label).upper(), f" {str(label).replace('_', ' ')} ", f"{label}."):
                assert read_value(field, spelt) == label, (field.name, spelt)


def test_a_missing_main_field_is_a_problem_and_a_finer_one_a_note() -> None:
    written = answer()
    del written["config"]["pad"]
    with pytest.raises(UnreadableAnswerError, match="pad is missing"):
        read_answer(json.dumps(written))
    written = answer(swing="heavy")
    del written["config"]["swing"]
    read = read_answer(json.dumps(written))
    assert read.config.swing == FIELDS["swing"].default
    assert "swing" in read.notes[0]


def test_an_unknown_field_is_left_out_with_a_note_and_bounds_must_agree() -> None:
    read = read_answer(json.dumps(answer(kazoo="loud")))
    assert read.config == CONFIG
    assert "kazoo" in read.notes[0]
    with pytest.raises(UnreadableAnswerError, match="register_max_oct must be above"):
        read_answer(json.dumps(answer(register_min_oct=6, register_max_oct=4)))


def test_palettes_that_are_not_valid_are_left_out_with_a_note() -> None:
    short = {"colors": PALETTE["colors"][:4]}
    heavy = {"colors": [{**PALETTE["colors"][0], "weight": 10}, *PALETTE["colors"][1:]]}
    loose = {"colors": [{"hex": "FA0", "weight": 3.0}, *PALETTE["colors"][1:]]}
    read = read_answer(json.dumps({**answer(), "palettes": [short, loose, heavy]}))
    (kept,) = read.palettes
    assert kept.colors[0].hex == "#ffaa00"
    assert read.notes == ("2 of 3 palettes left out.",)
    assert read_answer(json.dumps({**answer(), "palettes": "red"})).palettes == ()


@pytest.mark.parametrize(
    "text", ["", "   ", "no", "[]", "null", "3", '{"config": 3}', "{", '"' * 1000, "\\" * 1000]
)
def test_no_answer_is_refused(text: str) -> None:
    with pytest.raises(UnreadableAnswerError):
        read_answer(text)


@pytest.mark.parametrize(
    "text",
    ["{" * 50_000, '{"a":' * 50_000, "[" * 50_000, "{'a':\"b, " * 6_000, GOOD + " " * MAX_ANSWER + "x"],
)
def test_a_hostile_answer_costs_no_time(text: str) -> None:
    started = time.process_time()
    with pytest.raises(UnreadableAnswerError):
        read_answer(text)
    assert time.process_time() - started < 2.0


def test_text_for_people_holds_nothing_that_a_terminal_obeys() -> None:
    nasty = "a\x1b[2J\x07\u202eb\x00\r\nc"
    read = read_answer(json.dumps({**answer(), "title": nasty, "thinking": nasty}))
    assert read.title == "a[2Jb c"
    assert read.thinking == "a[2Jb\nc"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["config", *FIELDS]), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from(list(FIELDS)), JSON, max_size=6),
    st.text(max_size=30),
    st.text(max_size=30),
)
def test_any_answer_gives_a_valid_config_or_is_refused(
    changes: dict[str, Any], before: str, after: str
) -> None:
    try:
        read = read_answer(before + json.dumps(answer(**changes)) + after)
    except UnreadableAnswerError:
        return
    assert isinstance(read, Answer)
    assert MusicConfig.model_validate(read.config.labels()) == read.config


@given(st.sampled_from(list(FIELDS)), st.text(max_size=20) | st.floats() | st.integers())
def test_any_value_is_read_as_a_label_or_refused(name: str, value: Any) -> None:
    try:
        read = read_value(FIELDS[name], value)
    except InvalidConfigError:
        return
    assert FIELDS[name].parse(read) == read
