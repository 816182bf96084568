"""`blend`: the middle of several configs."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from config_strategies import configs
from hypothesis import given
from hypothesis import strategies as st

from latentscore.config import FIELDS, MusicConfig, blend
from latentscore.errors import InvalidConfigError

WEIGHTS = st.floats(1e-6, 1e6) | st.integers(1, 100)
PARTS = st.lists(st.tuples(configs(), WEIGHTS), min_size=1, max_size=5)


@given(PARTS)
def test_blend_is_valid_and_between_its_parts(parts: list[tuple[MusicConfig, float]]) -> None:
    blended = blend(parts)
    assert MusicConfig.from_json(blended.to_json()) == blended
    for name, field in FIELDS.items():
        given_values = [getattr(config, name) for config, _ in parts]
        if not field.ordered:
            assert getattr(blended, name) in given_values
        elif name == "tempo":
            bpm = [config.value("tempo") for config, _ in parts]
            assert min(bpm) - 0.01 <= blended.value("tempo") <= max(bpm) + 0.01
        else:
            indices = [field.index(value) for value in given_values]
            assert min(indices) <= field.index(getattr(blended, name)) <= max(indices)


@given(configs(), st.lists(WEIGHTS, min_size=1, max_size=4))
def test_blending_a_config_with_itself_gives_it_back(config: MusicConfig, weights: list[float]) -> None:
    assert blend([(config, weight) for weight in weights]) == config
    assert blend({config: weights[0]}) == config


@given(PARTS, st.integers(2, 9))
def test_only_ratios_of_weights_matter(parts: list[tuple[MusicConfig, float]], factor: int) -> None:
    exact = [(config, Fraction(str(weight))) for config, weight in parts]
    scaled = [(config, weight * factor) for config, weight in exact]
    assert blend(exact) == blend(scaled)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("weight", "label"),
    [(0.1, "very_dark"), (0.2, "dark"), (0.5, "medium"), (0.7, "bright"), (0.9, "very_bright")],
)
def test_ordered_fields_take_the_nearest_label(weight: float, label: str) -> None:
    dark, bright = MusicConfig(brightness="very_dark"), MusicConfig(brightness="very_bright")
    assert blend({dark: 1 - weight, bright: weight}).brightness == label


def test_halfway_goes_up_in_either_order() -> None:
    three, four = MusicConfig(density=3), MusicConfig(density=4)
    assert blend({three: 1, four: 1}).density == blend({four: 1, three: 1}).density == 4


def test_choices_go_by_total_weight_and_ties_to_the_first() -> None:
    drone, octave, walking = (MusicConfig(bass=style) for style in ("drone", "octave", "walking"))
    assert blend({drone: 0.4, octave: 0.6}).bass == "octave"
    assert blend([(drone, 0.3), (octave, 0.4), (drone, 0.3)]).bass == "drone"
    assert blend([(octave, 0.3), (drone, 0.1), (drone, 0.2)]).bass == "octave"
    assert blend({walking: 1, drone: 1, octave: 1}).bass == "walking"


def test_root_and_mode_come_from_one_key() -> None:
    parts = [
        (MusicConfig(root="a", mode="minor"), 0.4),
        (MusicConfig(root="d", mode="major"), 0.35),
        (MusicConfig(root="d", mode="dorian"), 0.25),
    ]
    blended = blend(parts)
    assert (blended.root, blended.mode) == ("a", "minor")  # not d, though most of the weight is on it


def test_tempo_is_a_number_as_soon_as_one_is() -> None:
    slow, number = MusicConfig(tempo="slow"), MusicConfig(tempo=120)
    assert blend({slow: 1, number: 1}).tempo == pytest.approx(math.sqrt(68 * 120), abs=0.005)
    assert blend({slow: 1, MusicConfig(tempo="fast"): 1}).tempo == "medium"
    assert blend({MusicConfig(tempo=77.7): 1, MusicConfig(tempo=77.7, space="dry"): 2}).tempo == 77.7


def test_register_bounds_stay_apart_at_half_way() -> None:
    low = MusicConfig(register_min_oct=1, register_max_oct=2)
    high = MusicConfig(register_min_oct=2, register_max_oct=3)
    blended = blend({low: 0.1, high: 0.1})
    assert (blended.register_min_oct, blended.register_max_oct) == (2, 3)


@pytest.mark.parametrize("weight", [0, -1, math.nan, math.inf, True, "1", None])
def test_bad_weights(weight: object) -> None:
    with pytest.raises(InvalidConfigError, match="weight must be a finite number above 0"):
        blend({MusicConfig(): weight})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "parts", [{}, [], None, "rain", 3, {"rain": 1}, [MusicConfig()], [(MusicConfig(),)], MusicConfig()]
)
def test_bad_parts(parts: object) -> None:
    with pytest.raises(InvalidConfigError, match="parts must be a mapping of MusicConfig to weight"):
        blend(parts)  # type: ignore[arg-type]
