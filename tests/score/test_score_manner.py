"""The fields of the sound are heard in the playing too: length, dynamics, register, width and pace of the notes."""

from __future__ import annotations

import re
import statistics
from itertools import pairwise
from pathlib import Path

import pytest
from composing import FULL, Measure, mean, measured, notes_of, placed, rises

from latentscore.config import FIELDS
from latentscore.events import LAYERS, Bar


def falls(values: list[float]) -> bool:
    return rises(values[::-1])


def test_every_field_is_measured_in_the_events() -> None:
    # each field is named by the tests that measure it, here and in test_score_fields.py
    texts = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_score_*.py")]
    named = set(re.findall(r'"([a-z_]+)"', "".join(texts)))
    assert set(FIELDS) <= named


def _length(layer: str) -> Measure:
    return lambda bars: mean([event.length / bar.length for bar, _, event in placed(bars, layer)])


@pytest.mark.parametrize("layer", ["bass", "melody"])
def test_attack_asks_for_legato_or_staccato(layer: str) -> None:
    assert falls(measured("attack", _length(layer), seeds=3))


@pytest.mark.parametrize("layer", ["bass", "melody"])
def test_in_a_large_space_notes_are_sung_out(layer: str) -> None:
    assert rises(measured("space", _length(layer), seeds=3))


def test_an_echo_answers_for_notes_left_out() -> None:
    assert falls(measured("echo", lambda bars: float(len(notes_of(bars, "melody"))), seeds=8))


def test_a_bright_sound_is_voiced_higher() -> None:
    def height(bars: list[Bar]) -> float:
        return mean([event.pitch for event in notes_of(bars, "pad")])

    for pad in ("warm_slow", "ambient_drift", "bright_open"):
        assert rises(measured("brightness", height, base=FULL.model_copy(update={"pad": pad}), seeds=3))


def test_brightness_never_takes_a_pad_into_the_mud() -> None:
    for pad in FIELDS["pad"].labels:
        base = FULL.model_copy(update={"pad": pad, "brightness": "very_dark"})
        assert min(measured("pad", lambda bars: min(e.pitch for e in notes_of(bars, "pad")), base=base)) >= 48


def test_motion_lets_the_pad_breathe_more_often() -> None:
    base = FULL.model_copy(update={"chord_change_bars": "slow"})
    assert rises(measured("motion", lambda bars: float(len(notes_of(bars, "pad"))), base=base))


def test_stereo_spreads_the_players() -> None:
    def spread(bars: list[Bar]) -> float:
        return mean([abs(event.pan) for bar in bars for event in bar.events])

    widths = measured("stereo", spread, seeds=2)
    assert widths[0] == 0.0
    assert rises(widths)
    wide = measured("stereo", lambda bars: max(abs(e.pan) for bar in bars for e in bar.events), seeds=2)
    assert max(wide) <= 1.0


@pytest.mark.parametrize("layer", LAYERS)
def test_grain_sets_how_far_loud_and_soft_lie_apart(layer: str) -> None:
    def contrast(bars: list[Bar]) -> float:
        return statistics.pstdev([event.velocity for event in notes_of(bars, layer)])

    styles = {"rhythm": "kit_medium", "texture": "stars", "bass": "pulsing"}
    clean, warm, gritty = measured("grain", contrast, base=FULL.model_copy(update=styles), seeds=3)
    assert warm < clean < gritty


def test_a_seam_swells_and_a_peak_dies_away() -> None:
    # louder towards the end of a section's last bar than in the bar before it; after a peak softer
    def growth(bars: list[Bar], *, peak: bool) -> float:
        found: list[float] = []
        role = "intro"
        for before, bar, after in zip(bars, bars[1:], bars[2:], strict=False):
            role = bar.section.name if bar.section else role
            if after.section and (role == "peak") == peak:
                loud = [
                    mean([e.velocity for _, beat, e in placed([each], "bass") if beat >= 2.0])
                    for each in (before, bar)
                ]
                found.append(loud[1] / loud[0])
        return mean(found)

    base = FULL.model_copy(update={"bass": "walking", "tension_curve": "arc"})
    swells = measured("bass", lambda bars: growth(bars, peak=False), base=base, n_bars=96, labels=["walking"])
    fades = measured("bass", lambda bars: growth(bars, peak=True), base=base, n_bars=96, labels=["walking"])
    assert swells[0] > 1.05
    assert fades[0] < 0.95


def test_rises_can_tell() -> None:
    assert rises([1.0, 2.0])
    assert not rises([2.0, 2.0])
    assert not any(rises(list(pair)) for pair in pairwise([3.0, 2.0, 1.0]))
