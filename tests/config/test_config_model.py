"""`MusicConfig`: what it accepts, how it refuses, and that it keeps what it was given."""

from __future__ import annotations

import copy
import json
import math
import pickle
from collections.abc import Callable

import pytest
from config_strategies import configs
from hypothesis import given
from pydantic import BaseModel, ValidationError

from latentscore.config import FIELDS, MusicConfig, MusicConfigUpdate
from latentscore.errors import InvalidConfigError


@given(configs())
def test_round_trips(config: MusicConfig) -> None:
    assert MusicConfig.from_json(config.to_json()) == config
    assert MusicConfig.from_json(config.to_json(indent=2).encode()) == config
    assert MusicConfig.model_validate(config.model_dump()) == config
    assert MusicConfig(**config.labels()) == config
    assert pickle.loads(pickle.dumps(config)) == copy.deepcopy(config) == config


@given(configs())
def test_equal_configs_have_one_hash(config: MusicConfig) -> None:
    assert hash(MusicConfig.from_json(config.to_json())) == hash(config)


def test_default_needs_nothing() -> None:
    assert MusicConfig() == MusicConfig.from_json("{}")
    assert MusicConfig.from_json('{"space": "vast"}') == MusicConfig(space="vast")


@pytest.mark.parametrize("bpm", [30, 240, 86, 92.5])
def test_tempo_number_is_kept_as_a_float(bpm: float) -> None:
    config = MusicConfig(tempo=bpm)
    assert type(config.tempo) is float
    assert config == MusicConfig.from_json(json.dumps({"tempo": bpm}))
    assert config.value("tempo") == bpm


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tempo", "quick"),
        ("tempo", 29.9),
        ("tempo", 241),
        ("tempo", math.nan),
        ("tempo", math.inf),
        ("tempo", True),
        ("tempo", "90"),
        ("tempo", 10**400),
        ("tempo", None),
        ("density", "3"),
        ("density", True),
        ("density", 3.0),
        ("density", 7),
        ("depth", 1),
        ("depth", "false"),
        ("root", "C#"),
        ("bass", "Drone"),
        ("register_min_oct", True),
        ("pad", ["warm_slow"]),
    ],
)
def test_refusal_names_field_value_and_labels(field: str, value: object) -> None:
    with pytest.raises(InvalidConfigError) as caught:
        MusicConfig(**{field: value})
    message = str(caught.value)
    assert message.startswith(f"{field} must be one of ")
    assert all(repr(label) in message for label in FIELDS[field].labels)
    if value != 10**400:
        assert f"got {value!r}" in message


@pytest.mark.parametrize(
    "build",
    [
        lambda bad: MusicConfig(**bad),
        lambda bad: MusicConfig.model_validate(bad),
        lambda bad: MusicConfig.from_json(json.dumps(bad)),
        lambda bad: MusicConfig.model_validate_json(json.dumps(bad)),
        lambda bad: MusicConfig.model_validate_strings(bad),
        lambda bad: MusicConfig().model_copy(update=bad),
    ],
    ids=["init", "validate", "from_json", "validate_json", "validate_strings", "copy"],
)
def test_every_way_in_refuses_alike(build: Callable[[dict[str, str]], object]) -> None:
    with pytest.raises(
        InvalidConfigError, match=r"space must be one of 'dry'.*; got 'vats'\. Did you mean 'vast'\?"
    ):
        build({"space": "vats"})
    with pytest.raises(InvalidConfigError, match=r"field of MusicConfig .* Did you mean 'brightness'\?"):
        build({"brightnes": "dark"})


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InvalidConfigError, match=r"space must be .*density must be"):
        MusicConfig(space="huge", density=9)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "{", "[1]", "3", "null", '{"tempo": NaN}', b"\xff", None, 3])
def test_unreadable_json(text: object) -> None:
    with pytest.raises(InvalidConfigError):
        MusicConfig.from_json(text)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [None, 3, "slow", [], {1: "slow"}])
def test_what_is_not_an_object(value: object) -> None:
    with pytest.raises(InvalidConfigError, match="MusicConfig must be an object with fields by name"):
        MusicConfig.model_validate(value)


def test_refusal_hides_pydantic_from_the_traceback() -> None:
    with pytest.raises(InvalidConfigError) as caught:
        MusicConfig(space="huge")  # type: ignore[arg-type]
    assert caught.value.__suppress_context__


def test_nested_config_is_refused_in_its_place() -> None:
    class Answer(BaseModel):
        config: MusicConfig

    with pytest.raises(ValidationError, match="space must be one of") as caught:
        Answer.model_validate({"config": {"space": "huge"}})
    assert caught.value.errors()[0]["loc"] == ("config",)


@pytest.mark.parametrize(("low", "high"), [(4, 4), (5, 4), (8, 8)])
def test_register_bounds_stay_apart(low: int, high: int) -> None:
    with pytest.raises(InvalidConfigError, match=f"above register_min_oct, which is {low}; got {high}"):
        MusicConfig(register_min_oct=low, register_max_oct=high)  # type: ignore[arg-type]


def test_config_is_frozen() -> None:
    config = MusicConfig()
    with pytest.raises(InvalidConfigError, match="tempo cannot be set"):
        config.tempo = "slow"  # type: ignore[misc]
    with pytest.raises(InvalidConfigError, match="tempo cannot be set"):
        del config.tempo
    assert config == MusicConfig()


def test_copy_changes_only_what_was_asked() -> None:
    config = MusicConfig(space="vast")
    copied = config.model_copy(update={"tempo": 90})
    assert copied == MusicConfig(space="vast", tempo=90.0)
    assert config.differences(copied) == ("tempo",)
    assert config.model_copy() == config


def test_differences_follow_the_reference_order() -> None:
    other = MusicConfig(chord_extensions="lush", pad="cinematic", tempo="slow")
    assert MusicConfig().differences(other) == ("tempo", "pad", "chord_extensions")
    with pytest.raises(InvalidConfigError, match="other must be a MusicConfig"):
        other.differences({"tempo": "slow"})  # type: ignore[arg-type]


def test_value_in_units() -> None:
    config = MusicConfig(tempo="slow", space="vast", root="a#", human="drunk", attack="sharp", density=6)
    expected = {"tempo": 68, "space": 10, "root": 10, "human": 60, "attack": 3, "density": 6}
    assert {name: config.value(name) for name in expected} == expected
    for unknown in ("bass", "tempi"):
        with pytest.raises(InvalidConfigError, match="field must be one of 'tempo'"):
            config.value(unknown)


def test_text_names_labels_and_only_the_finer_fields_that_matter() -> None:
    config = MusicConfig(tempo=92.5, root="d", mode="dorian", swing="light", depth=True)
    text = str(config)
    assert text.startswith("tempo 92.5, brightness medium")
    assert "| d dorian | bass sustained" in text
    assert text.endswith("| depth True, swing light")
    assert str(MusicConfig()).endswith("accent bells")
    assert "\n" not in text


@pytest.mark.parametrize("model", [MusicConfig, MusicConfigUpdate])
def test_schema_has_enums_and_help(model: type[BaseModel]) -> None:
    schema = model.model_json_schema()
    assert schema["additionalProperties"] is False
    for name, field in FIELDS.items():
        described = schema["properties"][name]
        assert described["description"] == field.help
        options = [described, *described.get("anyOf", [])]
        enums = [option["enum"] for option in options if "enum" in option]
        assert enums == [list(field.labels)]


def test_schema_bounds_the_tempo_number() -> None:
    tempo = MusicConfig.model_json_schema()["properties"]["tempo"]
    number = next(option for option in tempo["anyOf"] if option["type"] == "number")
    assert (number["minimum"], number["maximum"]) == (30, 240)
    assert tempo["default"] == "medium"
