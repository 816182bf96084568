"""The low cut, whose parts run side by side, against the same filter frame by frame."""

from __future__ import annotations

import numpy as np
import pytest

from latentscore.dsp.lowcut import cut_lows, low_cut_rate
from latentscore.dsp.ticks import TICK


@pytest.mark.parametrize("hertz", [10.0, 130.0, 4000.0])
def test_both_sides_lose_what_a_one_pole_follows(hertz: float) -> None:
    rate = low_cut_rate(44_100, hertz)
    x = np.random.default_rng(2).normal(np.array([[0.5], [-0.2]]), size=(2, 3 * TICK))
    wanted, low = np.empty_like(x), np.array([0.3, -0.1])
    for i in range(x.shape[1]):
        low += rate * (x[:, i] - low)
        wanted[:, i] = x[:, i] - low
    state = np.array([0.3, -0.1], np.float32)
    sides = x.astype(np.float32)
    for start in range(0, x.shape[1], TICK):
        cut_lows(sides[0, start : start + TICK], sides[1, start : start + TICK], np.float32(rate), state)
    assert sides == pytest.approx(wanted, abs=3e-6)
    assert state == pytest.approx(low, abs=3e-6)


def test_what_is_removed_dies_in_silence_before_it_is_denormal() -> None:
    state = np.array([1e-12, -1e-12], np.float32)
    left, right = np.zeros((2, TICK), np.float32)
    cut_lows(left, right, np.float32(0.01), state)
    assert not state.any()
