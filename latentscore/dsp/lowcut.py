"""A low cut of one pole for the inside of effects."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from latentscore.dsp.constants import ONE, ZERO
from latentscore.dsp.jit import helper
from latentscore.dsp.ticks import TICK

_PART = TICK // 4
assert _PART == 2**4


def low_cut_rate(sample_rate: int, low_cut_hz: float) -> float:
    """Return the rate at which `cut_lows` follows what it removes."""
    return 1.0 - math.exp(-2.0 * math.pi * low_cut_hz / sample_rate)


@helper
def cut_lows(
    left: NDArray[np.float32], right: NDArray[np.float32], rate: np.float32, state: NDArray[np.float32]
) -> None:
    """Cut the lows of a tick in place. `state[:2]` is what is being removed from left and right.

    A recursion waits for itself at each frame. So both sides are cut into four parts that run side by side: first
    from rest, to find what each hands on to the next; then again, each from what it was handed.
    """
    keep = ONE - rate
    keep_part = keep
    for _ in range(4):  # a part is 2 to the fourth frames
        keep_part *= keep_part
    a, b, c, p, q, r = ZERO, ZERO, ZERO, ZERO, ZERO, ZERO
    for i in range(_PART):
        a, p = keep * a + rate * left[i], keep * p + rate * right[i]
        b, q = keep * b + rate * left[_PART + i], keep * q + rate * right[_PART + i]
        c, r = keep * c + rate * left[2 * _PART + i], keep * r + rate * right[2 * _PART + i]
    low_0, low_4 = state[0], state[1]
    low_1, low_5 = keep_part * low_0 + a, keep_part * low_4 + p
    low_2, low_6 = keep_part * low_1 + b, keep_part * low_5 + q
    low_3, low_7 = keep_part * low_2 + c, keep_part * low_6 + r
    for i in range(_PART):
        low_0, low_4 = keep * low_0 + rate * left[i], keep * low_4 + rate * right[i]
        low_1, low_5 = keep * low_1 + rate * left[_PART + i], keep * low_5 + rate * right[_PART + i]
        low_2, low_6 = keep * low_2 + rate * left[2 * _PART + i], keep * low_6 + rate * right[2 * _PART + i]
        low_3, low_7 = keep * low_3 + rate * left[3 * _PART + i], keep * low_7 + rate * right[3 * _PART + i]
        left[i] -= low_0
        left[_PART + i] -= low_1
        left[2 * _PART + i] -= low_2
        left[3 * _PART + i] -= low_3
        right[i] -= low_4
        right[_PART + i] -= low_5
        right[2 * _PART + i] -= low_6
        right[3 * _PART + i] -= low_7
    state[0] = low_3 if abs(low_3) > np.float32(1e-12) else ZERO
    state[1] = low_7 if abs(low_7) > np.float32(1e-12) else ZERO
