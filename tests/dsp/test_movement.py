"""Movement: sines at their pace, random points that are led to smoothly, and one sequence however it is cut."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from latentscore.dsp.movement import ALONG, FROM, N_CURVES, PHASE, STATE_SIZE, TO, movement
from latentscore.dsp.ticks import TICK

RATE = 44_100
N = 6 * N_CURVES


def moved(irregularity: float, hertz: float = 2.0, cuts: tuple[int, ...] = (0, 3000)) -> NDArray[np.float32]:
    """Return the curves between the first and the last cut, (n_ticks, N), each started at random."""
    random = np.random.default_rng(3)
    state = np.zeros((STATE_SIZE, N), np.float32)
    state[PHASE] = random.uniform(-0.5, 0.5, N)
    state[FROM], state[TO] = random.uniform(-1.0, 1.0, (2, N))
    state[ALONG] = random.uniform(0.0, 1.0, N)
    words = random.integers(0, 2**32, N, dtype=np.uint32)
    parts: list[Any] = []
    for first, last in itertools.pairwise(cuts):
        curves = np.zeros((last - first + 1, N), np.float32)
        controls = np.ones((2, last - first + 1), np.float32) * np.array(
            [[hertz], [irregularity]], np.float32
        )
        movement(state, words, *controls, np.float32(RATE), curves)
        parts.append(curves[:-1])
    return np.concatenate(parts)


def test_a_regular_curve_is_a_sine_at_the_pace_of_its_place() -> None:
    curves = moved(0.0)
    for layer, curve in ((0, 0), (2, 3), (5, 1)):
        x = curves[:, layer * N_CURVES + curve].astype(np.float64)
        spectrum = np.abs(np.fft.rfft(x * np.hanning(x.size), 1 << 18))
        found = np.argmax(spectrum) / (1 << 18) * RATE / TICK
        assert found == pytest.approx(2.0 * (0.7 + 0.13 * curve + 0.071 * layer), rel=0.01)
        assert x.max() == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("irregularity", [0.0, 0.3, 1.0])
def test_curves_never_jump_nor_leave_their_bounds(irregularity: float) -> None:
    curves = moved(irregularity)
    assert np.abs(curves).max() <= 1.0001
    # A point leads to the next within half a turn at most, at 1.5 times its mean pace in the middle.
    fastest = 2.0 * (0.7 + 0.13 * 3 + 0.071 * 5) * TICK / RATE
    assert np.abs(np.diff(curves, axis=0)).max() < 2.0 * np.pi * fastest


def test_random_points_are_new_ones_each_time_and_for_each_curve() -> None:
    curves = moved(1.0, cuts=(0, 20_000))
    assert np.all(curves.std(axis=0) > 0.3)
    alike = np.corrcoef(curves.T) - np.eye(N)
    assert np.abs(alike).max() < 0.5
    half = len(curves) // 2
    again = [np.corrcoef(curves[:half, k], curves[half:, k])[0, 1] for k in range(N)]
    assert np.abs(again).max() < 0.5


def test_any_partition_gives_the_same_curves() -> None:
    np.testing.assert_array_equal(moved(0.6), moved(0.6, cuts=(0, 1, 2, 700, 701, 2999, 3000)))
