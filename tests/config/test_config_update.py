"""`MusicConfigUpdate` and `Step`: what they accept, and what they make of a config."""

from __future__ import annotations

import pytest
from config_strategies import configs, steps, updates
from hypothesis import given

from latentscore.config import FIELDS, MusicConfig, MusicConfigUpdate, Step
from latentscore.errors import InvalidConfigError

ORDERED = [name for name, field in FIELDS.items() if field.ordered]
UNORDERED = [name for name, field in FIELDS.items() if not field.ordered]


@given(updates())
def test_json_round_trip(update: MusicConfigUpdate) -> None:
    assert MusicConfigUpdate.from_json(update.to_json()) == update
    assert MusicConfigUpdate.model_validate(update.model_dump()) == update
    assert hash(MusicConfigUpdate.from_json(update.to_json())) == hash(update)


def test_json_holds_only_what_changes() -> None:
    update = MusicConfigUpdate(brightness=Step(+2), rhythm="electronic", tempo=90)
    assert update.to_json() == '{"tempo":90.0,"brightness":{"steps":2},"rhythm":"electronic"}'
    assert str(update) == "tempo 90.0, brightness +2, rhythm electronic"
    assert str(MusicConfigUpdate()) == "no change"


@given(configs(), updates())
def test_result_is_valid_and_touches_only_the_fields_named(
    config: MusicConfig, update: MusicConfigUpdate
) -> None:
    after = update.apply(config)
    assert MusicConfig.from_json(after.to_json()) == after
    assert set(config.differences(after)) <= set(update.changes())


@given(configs())
def test_empty_update_changes_nothing(config: MusicConfig) -> None:
    assert MusicConfigUpdate().apply(config) == config


@given(configs(), steps())
def test_steps_move_by_their_count_and_saturate(config: MusicConfig, step: Step) -> None:
    for name in ORDERED:
        field, before = FIELDS[name], getattr(config, name)
        if name.startswith("register") or isinstance(before, float):
            continue
        after = getattr(MusicConfigUpdate(**{name: step}).apply(config), name)
        wanted = field.index(before) + step.steps
        assert field.index(after) == min(max(wanted, 0), len(field.labels) - 1)


def test_documented_example() -> None:
    update = MusicConfigUpdate(brightness=Step(+2), space=Step(-1), rhythm="electronic")
    assert update.apply(MusicConfig()) == MusicConfig(
        brightness="very_bright", space="medium", rhythm="electronic"
    )


def test_tempo_number_steps_to_the_next_label() -> None:
    assert MusicConfigUpdate(tempo=Step(1)).apply(MusicConfig(tempo=100)).tempo == "fast"
    assert MusicConfigUpdate(tempo=Step(-1)).apply(MusicConfig(tempo=100)).tempo == "medium"
    assert MusicConfigUpdate(tempo=Step(0)).apply(MusicConfig(tempo=100)).tempo == 100.0
    assert MusicConfigUpdate(tempo=72).apply(MusicConfig()).tempo == 72.0


@pytest.mark.parametrize(
    ("low", "high", "change_low", "change_high", "expected"),
    [
        (4, 6, None, Step(-9), (4, 5)),
        (4, 6, Step(9), None, (5, 6)),
        (4, 6, Step(2), Step(2), (6, 8)),
        (4, 6, Step(-9), Step(9), (1, 8)),
        (4, 6, Step(9), Step(9), (7, 8)),
        (4, 6, Step(-9), Step(-9), (1, 2)),
        (4, 6, Step(3), Step(-3), (4, 5)),
        (4, 6, Step(4), Step(1), (6, 7)),
        (4, 6, Step(-1), Step(-4), (3, 4)),
        (4, 6, 5, Step(-3), (5, 6)),
        (4, 6, Step(1), 3, (2, 3)),
        (4, 6, 6, Step(1), (6, 7)),
        (4, 6, 7, Step(0), (7, 8)),
        (7, 8, Step(1), None, (7, 8)),
        (4, 6, 1, 2, (1, 2)),
    ],
)
def test_register_bounds_saturate_beside_each_other(
    low: int,
    high: int,
    change_low: int | Step | None,
    change_high: int | Step | None,
    expected: tuple[int, int],
) -> None:
    config = MusicConfig(register_min_oct=low, register_max_oct=high)  # type: ignore[arg-type]
    update = MusicConfigUpdate(register_min_oct=change_low, register_max_oct=change_high)  # type: ignore[arg-type]
    after = update.apply(config)
    assert (after.register_min_oct, after.register_max_oct) == expected


@pytest.mark.parametrize(
    ("change_low", "change_high", "message"),
    [
        (6, None, "above register_min_oct, which is 6; got 6"),
        (None, 3, "above register_min_oct, which is 4; got 3"),
        (8, Step(1), "above register_min_oct, which is 8; got 8"),
        (Step(-1), 1, "above register_min_oct, which is 1; got 1"),
    ],
)
def test_register_labels_that_cross_are_refused(
    change_low: int | Step | None, change_high: int | Step | None, message: str
) -> None:
    update = MusicConfigUpdate(register_min_oct=change_low, register_max_oct=change_high)  # type: ignore[arg-type]
    with pytest.raises(InvalidConfigError, match=message):
        update.apply(MusicConfig(register_min_oct=4, register_max_oct=6))


def test_register_labels_that_cross_within_the_update_are_refused_at_once() -> None:
    with pytest.raises(
        InvalidConfigError, match="register_max_oct must be above register_min_oct, which is 5"
    ):
        MusicConfigUpdate(register_min_oct=5, register_max_oct=5)


@pytest.mark.parametrize("name", UNORDERED)
def test_unordered_fields_take_no_step(name: str) -> None:
    with pytest.raises(InvalidConfigError, match=f"^{name} must be one of .*no Step.*no order") as caught:
        MusicConfigUpdate(**{name: Step(1)})
    assert all(repr(label) in str(caught.value) for label in FIELDS[name].labels)


@pytest.mark.parametrize("name", ORDERED)
def test_ordered_fields_offer_a_step(name: str) -> None:
    with pytest.raises(InvalidConfigError, match=rf"^{name} must be one of .*, or a Step; got 'nonsense'"):
        MusicConfigUpdate(**{name: "nonsense"})


@pytest.mark.parametrize("steps", [True, 1.0, "1", None, 1001, -1001, pytest.param(10**5000, id="huge")])
def test_step_takes_small_integers_only(steps: object) -> None:
    with pytest.raises(InvalidConfigError, match="Step must be an integer from -1000 to 1000"):
        Step(steps)  # type: ignore[arg-type]
    with pytest.raises(InvalidConfigError, match="Step must be an integer from -1000 to 1000"):
        MusicConfigUpdate.model_validate({"space": {"steps": steps}})


@pytest.mark.parametrize("written", [{}, {"step": 1}, {"steps": 1, "by": 2}, [1], {1: 1}])
def test_badly_written_step(written: object) -> None:
    with pytest.raises(InvalidConfigError, match=r"^space must be "):
        MusicConfigUpdate.model_validate({"space": written})


def test_step_is_a_value() -> None:
    assert Step(+2) == Step(2)
    assert len({Step(2), Step(2), Step(-2)}) == 2
    assert (str(Step(2)), str(Step(-1))) == ("+2", "-1")
    with pytest.raises(AttributeError):
        Step(2).steps = 3  # type: ignore[misc]


def test_update_is_frozen_and_refuses_unknown_fields() -> None:
    with pytest.raises(InvalidConfigError, match="cannot be set"):
        MusicConfigUpdate().tempo = "slow"  # type: ignore[misc]
    with pytest.raises(InvalidConfigError, match=r"field of MusicConfigUpdate .* Did you mean 'space'\?"):
        MusicConfigUpdate(spce="vast")  # type: ignore[call-arg]


def test_apply_wants_a_config() -> None:
    with pytest.raises(InvalidConfigError, match="config must be a MusicConfig; got 'rain'"):
        MusicConfigUpdate().apply("rain")  # type: ignore[arg-type]
