"""The clock: exact grids, ramps without a jump, swing, and the spread of a human hand."""

from __future__ import annotations

import statistics
from itertools import pairwise

import pytest

from latentscore.randomness import Random
from latentscore.score.clock import Clock, HumanHand, bell, swung

RATE = 44_100


def test_steady_bars_never_drift() -> None:
    clock = Clock(RATE, 86.0)
    for number in range(1000):
        grid = clock.bar(86.0, 0.5)
        assert grid.start == pytest.approx(number * 4 * 60 * RATE / 86.0, abs=1e-3)
    assert grid.frame(2.0) == pytest.approx(grid.start + 2 * 60 * RATE / 86.0)


def test_a_ramp_joins_without_a_jump_and_takes_the_mean_time() -> None:
    clock = Clock(RATE, 60.0)
    before = clock.bar(60.0, 0.5)
    ramp = clock.bar(120.0, 0.5)
    after = clock.bar(120.0, 0.5)
    assert ramp.start == before.end
    assert after.start == ramp.end
    assert ramp.end - ramp.start == pytest.approx(4 * RATE * (1.0 + 0.5) / 2)
    step = 1 / 64
    beats = [ramp.frame(at * step + step) - ramp.frame(at * step) for at in range(256)]
    assert all(later < sooner for sooner, later in pairwise(beats))
    assert ramp.frame(4.0) == pytest.approx(after.frame(0.0))
    assert ramp.frame(5.0) == pytest.approx(after.frame(1.0))


@pytest.mark.parametrize("ratio", [0.5, 0.54, 0.6, 2 / 3])
def test_swing_moves_the_off_beat_and_leaves_the_beats(ratio: float) -> None:
    assert swung(3.0, ratio) == 3.0
    assert swung(1.5, ratio) == pytest.approx(1.0 + ratio)
    beats = [swung(at / 16, ratio) for at in range(64)]
    assert beats == sorted(beats)


def test_bell_is_normal_enough_and_bounded() -> None:
    random = Random(1, "test")
    values = [bell(random) for _ in range(20_000)]
    assert statistics.fmean(values) == pytest.approx(0.0, abs=0.03)
    assert statistics.pstdev(values) == pytest.approx(1.0, abs=0.03)
    assert max(abs(value) for value in values) <= 3.47


def test_strokes_played_as_one_share_their_error() -> None:
    hand = HumanHand(Random(1, "test"), RATE)
    first = hand.timing(10_000.0, 12.0)
    assert hand.timing(10_000.0 + 0.03 * RATE, 12.0) == first
    assert hand.timing(10_000.0 + 0.2 * RATE, 12.0) != first
    assert hand.timing(0.0, 0.0) == 0.0
    assert hand.loudness(0.0) == 1.0
