"""A low cut of one pole for the inside of effects."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from latentscore.dsp.constants import ONE, ZERO
from latentscore.dsp.jit import helper
from latentscore.dsp.ticks import TICK


def low_cut_rate(sample_rate: int, low_cut_hz: float) -> float:
    """Return the rate at which `cut_lows` follows what it removes."""
    return 1.0 - math.exp(-2.0 * math.pi * low_cut_hz / sample_rate)


@helper
def cut_lows(
    left: NDArray[np.float32], right: NDArray[np.float32], rate: np.float32, state: NDArray[np.float32]
) -> None:
    """Cut the lows of a tick in place. `state[:2]` is what is being removed from left and right.

    Both sides share one loop, so that the waits of their recursions overlap.
    """
    low_l, low_r, keep = state[0], state[1], ONE - rate
    for i in range(TICK):
        low_l = keep * low_l + rate * left[i]
        low_r = keep * low_r + rate * right[i]
        left[i] -= low_l
        right[i] -= low_r
    state[0] = low_l if abs(low_l) > np.float32(1e-12) else ZERO
    state[1] = low_r if abs(low_r) > np.float32(1e-12) else ZERO
