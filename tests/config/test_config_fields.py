"""The field table agrees with itself and with the documented reference."""

from __future__ import annotations

import math

import pytest

from latentscore.config import FIELDS, STYLE_HELP
from latentscore.config.field import Field
from latentscore.errors import InvalidConfigError

BY_NAME = pytest.mark.parametrize("field", FIELDS.values(), ids=list(FIELDS))


def test_reference_order() -> None:
    assert list(FIELDS)[:18] == [
        "tempo",
        "brightness",
        "space",
        "motion",
        "stereo",
        "echo",
        "human",
        "attack",
        "grain",
        "density",
        "root",
        "mode",
        "bass",
        "pad",
        "melody",
        "rhythm",
        "texture",
        "accent",
    ]
    assert len(FIELDS) == 34
    groups = [field.group for field in FIELDS.values()]
    assert groups == ["mix"] * 10 + ["key"] * 2 + ["layer"] * 6 + ["finer"] * 16


def test_number_of_styles() -> None:
    assert sum(len(field.labels) for field in FIELDS.values() if field.group == "layer") == 57


def test_numeric_meanings_of_the_reference() -> None:
    assert FIELDS["tempo"].values == (54, 68, 86, 112, 140)
    assert FIELDS["space"].values == (0.25, 0.7, 1.6, 4, 10)
    assert FIELDS["human"].values == (0, 4, 12, 28, 60)
    assert FIELDS["attack"].values == (400, 40, 3)
    assert FIELDS["root"].values == tuple(range(12))


@BY_NAME
def test_entry_is_complete(field: Field) -> None:
    assert FIELDS[field.name] is field
    assert field.default in field.labels
    assert len(set(map(repr, field.labels))) == len(field.labels)
    assert field.help
    assert "\n" not in field.help
    assert len(field.labels) <= 15  # more would not fit the share code's four bits


@BY_NAME
def test_values_match_labels_and_run_one_way(field: Field) -> None:
    if not field.values:
        assert not field.unit
        return
    assert field.unit
    assert len(field.values) == len(field.labels)
    assert all(map(math.isfinite, field.values))
    assert list(field.values) in (sorted(field.values), sorted(field.values, reverse=True))


def test_every_mix_field_is_ordered_and_no_choice_is() -> None:
    unordered = {name for name, field in FIELDS.items() if not field.ordered}
    assert unordered == {
        *("root", "mode", "bass", "pad", "melody", "rhythm", "texture", "accent"),
        *("depth", "melody_engine", "tension_curve", "harmony_style"),
    }


def test_every_style_has_its_own_help() -> None:
    layers = {name: field.labels for name, field in FIELDS.items() if field.group == "layer"}
    assert {layer: tuple(phrases) for layer, phrases in STYLE_HELP.items()} == layers
    for phrases in STYLE_HELP.values():
        assert len(set(phrases.values())) == len(phrases)


def test_table_is_read_only() -> None:
    with pytest.raises(TypeError):
        FIELDS["tempo"] = FIELDS["space"]  # type: ignore[index]


@BY_NAME
def test_parse_returns_the_label_itself(field: Field) -> None:
    for label in field.labels:
        assert field.parse(label) is label


@pytest.mark.parametrize(
    ("name", "value"), [("density", 3.0), ("density", "3"), ("depth", 1), ("depth", "true")]
)
def test_parse_minds_the_type(name: str, value: object) -> None:
    with pytest.raises(InvalidConfigError):
        FIELDS[name].parse(value)


def test_numpy_scalars_become_plain_values() -> None:
    np = pytest.importorskip("numpy")
    assert type(FIELDS["density"].parse(np.int64(3))) is int
    assert type(FIELDS["space"].parse(np.str_("vast"))) is str
    assert type(FIELDS["tempo"].parse(np.float32(90))) is float


@pytest.mark.parametrize(
    ("start", "steps", "end"),
    [
        ("slow", 2, "fast"),
        ("slow", -9, "very_slow"),
        ("fast", 1000, "very_fast"),
        (100.0, 1, "fast"),
        (100.0, -1, "medium"),
        (100.0, 2, "very_fast"),
        (86.0, 1, "fast"),
        (86.0, -1, "slow"),
        (100.0, 0, 100.0),
        (200.0, 1, 200.0),  # very_fast would be slower
        (200.0, -1, "very_fast"),
        (40.0, -3, 40.0),
        (40.0, 1, "very_slow"),
        (40.0, 99, "very_fast"),
    ],
)
def test_tempo_steps(start: str | float, steps: int, end: str | float) -> None:
    assert FIELDS["tempo"].step(start, steps) == end


def test_fields_without_order_or_number_say_so() -> None:
    with pytest.raises(InvalidConfigError, match="have an order; got 'mode'"):
        FIELDS["mode"].step("minor", 1)
    with pytest.raises(InvalidConfigError, match="numeric meaning; got 'bass'"):
        FIELDS["bass"].number("drone")
