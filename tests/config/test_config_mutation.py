"""Mutation: repeatable, always valid, as strong as asked."""

from __future__ import annotations

import statistics

import pytest
from config_strategies import configs
from hypothesis import given
from hypothesis import strategies as st

from latentscore.config import FIELDS, MusicConfig
from latentscore.errors import InvalidConfigError

SEEDS = st.integers(-(2**70), 2**70)
STRENGTHS = st.floats(0, 1)


@given(configs(), SEEDS, STRENGTHS)
def test_result_is_valid_and_repeatable(config: MusicConfig, seed: int, strength: float) -> None:
    mutant = config.mutate(seed, strength)
    assert mutant == config.mutate(seed, strength)
    assert MusicConfig.from_json(mutant.to_json()) == mutant


@given(configs(), SEEDS, st.floats(0, 1, exclude_min=True))
def test_something_always_changes(config: MusicConfig, seed: int, strength: float) -> None:
    assert config.differences(config.mutate(seed, strength))


@given(configs(), SEEDS)
def test_strength_zero_changes_nothing(config: MusicConfig, seed: int) -> None:
    assert config.mutate(seed, 0) == config


@given(configs(), SEEDS)
def test_strength_one_changes_everything_but_cornered_register_bounds(config: MusicConfig, seed: int) -> None:
    same = set(FIELDS) - set(config.differences(config.mutate(seed, 1)))
    assert same <= {"register_min_oct", "register_max_oct"}


@given(SEEDS, STRENGTHS)
def test_ordered_fields_stay_within_reach(seed: int, strength: float) -> None:
    before, after = MusicConfig(), MusicConfig().mutate(seed, strength)
    for name, field in FIELDS.items():
        if field.ordered:
            moved = abs(field.index(getattr(after, name)) - field.index(getattr(before, name)))
            assert moved <= max(1, round(strength * (len(field.labels) - 1)))


@given(SEEDS, STRENGTHS, STRENGTHS)
def test_a_greater_strength_changes_the_same_fields_and_more(seed: int, one: float, other: float) -> None:
    config = MusicConfig(register_min_oct=3, register_max_oct=6)
    less, more = (set(config.differences(config.mutate(seed, amount))) for amount in sorted((one, other)))
    assert less <= more


def test_share_of_changed_fields_follows_the_strength() -> None:
    config = MusicConfig()
    for strength in (0.1, 0.3, 0.7):
        counts = [len(config.differences(config.mutate(seed, strength))) for seed in range(300)]
        assert statistics.fmean(counts) / len(FIELDS) == pytest.approx(strength, abs=0.03)


def test_every_other_label_is_reached() -> None:
    reached = {MusicConfig().mutate(seed, 1.0).bass for seed in range(200)}
    assert reached == set(FIELDS["bass"].labels) - {MusicConfig().bass}


def test_a_seed_names_the_same_variation_for_ever() -> None:
    mutant = MusicConfig(tempo=92.5).mutate(7, 0.2)
    assert mutant.share() == "ls1:IvIgITECABEBIQETEBEDUQQgQFcgAAAAAAAVuzTx"


@pytest.mark.parametrize("seed", [True, 1.0, "1", None])
def test_bad_seed(seed: object) -> None:
    with pytest.raises(InvalidConfigError, match="seed must be an integer"):
        MusicConfig().mutate(seed, 0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan"), True, "0.5", None])
def test_bad_strength(strength: object) -> None:
    with pytest.raises(InvalidConfigError, match="strength must be a number from 0 to 1"):
        MusicConfig().mutate(1, strength)  # type: ignore[arg-type]
