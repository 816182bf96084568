"""The kernel of the ping-pong echo: two lines that feed each other, filtered, saturated and bounded."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from latentscore.dsp.constants import HALF, ONE, PER_TICK, ZERO
from latentscore.dsp.delay import N_TAP_ROWS, Frames, Integers, read_tap, steer_tap, write_tick
from latentscore.dsp.jit import helper, kernel
from latentscore.dsp.lowcut import cut_lows, low_cut_rate
from latentscore.dsp.ticks import TICK

POSITION: Final = N_TAP_ROWS
QUIET: Final = N_TAP_ROWS + 1
N_MARKS: Final = N_TAP_ROWS + 2
"""Int64 state: the tap's rows, the write position, and how many ticks of zeros were written last."""

POWER, GAIN = 2, 3
N_STATE: Final = 4
"""Float32 state: what the low cut removes from each side (0, 1), mean power of the tail, gain of a hop."""

REACH: Final = 6
"""Frames of the high cut on either side of its centre."""
LOW_CUT: Final = REACH + 1
POWER_RATE: Final = REACH + 2
N_COEFFICIENTS: Final = REACH + 3
"""Float32 coefficients: half of the symmetric high cut, low cut, rate of the power meter per tick."""

ROW: Final = TICK + 2 * REACH
"""Frames of a row of scratch."""

REGULATED_FROM: Final = 0.9
"""Feedback above which the loop regulates its own level, fully so at 1."""
_TARGET_POWER: Final = 10.0**-3.7
"""Where an endless tail settles: -37 dBFS, well under the music and well above nothing."""
_SLOPE: Final = 0.1
"""Decibels of loop gain per decibel that the tail is away from that level."""
_BOOST: Final = 10.0 ** (0.5 / 20.0)
"""The most that a hop may be lifted: enough to make up for the loop's filters, too little to be heard."""
_POWER_S: Final = 1.5
_ATTACK: Final = np.float32(8.0)
"""The power meter rises so much faster than it falls, so that it reads a sparse tail by its notes."""
_SILENT_POWER: Final = 1e-12
_HEADROOM: Final = 2.0
"""Bound of everything in the loop. The saturation takes 0.2 dB off a peak at -6 dBFS."""


def loop_coefficients(sample_rate: int, low_cut_hz: float, high_cut_s: float) -> Frames:
    """Return what the kernel needs of the loop's filters.

    The high cut is a Gaussian of standard deviation `high_cut_s`, sharpened to 2H - H² (J. F. Kaiser and
    R. W. Hamming, 1977) so that it is flat in the middle: hundreds of passes must not leave one narrow band.
    Nowhere does it exceed 1.
    """
    times = np.arange(-REACH // 2, REACH // 2 + 1) / sample_rate
    gauss = np.exp(-0.5 * (times / high_cut_s) ** 2)
    gauss /= gauss.sum()
    sharp = -np.convolve(gauss, gauss)
    sharp[REACH // 2 : -REACH // 2] += 2.0 * gauss
    low = low_cut_rate(sample_rate, low_cut_hz)
    return np.array([*sharp[REACH:], low, TICK / (_POWER_S * sample_rate)], np.float32)


@helper
def _loop_gain(feedback: np.float32, power: np.float32) -> np.float32:
    """The gain of a hop: the feedback itself, or near 1 a gain that draws the tail to its level."""
    feedback = min(ONE, max(ZERO, feedback))
    share = (feedback - np.float32(REGULATED_FROM)) * np.float32(1.0 / (1.0 - REGULATED_FROM))
    if share <= ZERO or power < np.float32(_SILENT_POWER):
        return feedback
    wanted = np.float32(math.exp(0.5 * _SLOPE * math.log(_TARGET_POWER / power)))
    return feedback * (ONE + share * (min(np.float32(_BOOST), wanted) - ONE))


@helper
def _cut_highs(tapped: Frames, c: Frames, out: Frames) -> None:
    """Fill the tick `out` from a row that begins REACH frames earlier."""
    for i in range(TICK):
        out[i] = (
            c[0] * tapped[i + 6]
            + c[1] * (tapped[i + 5] + tapped[i + 7])
            + c[2] * (tapped[i + 4] + tapped[i + 8])
            + c[3] * (tapped[i + 3] + tapped[i + 9])
            + c[4] * (tapped[i + 2] + tapped[i + 10])
            + c[5] * (tapped[i + 1] + tapped[i + 11])
            + c[6] * (tapped[i] + tapped[i + 12])
        )


@helper
def _saturate(x: np.float32) -> np.float32:
    """Rational approximation of tanh, slope 1 at 0, bounded by the headroom."""
    u = min(np.float32(3.0), max(np.float32(-3.0), x * np.float32(1.0 / _HEADROOM)))
    square = u * u
    return (
        np.float32(_HEADROOM)
        * u
        * (np.float32(27.0) + square)
        / (np.float32(27.0) + np.float32(9.0) * square)
    )


@kernel
def echo(
    send_l: Frames,
    send_r: Frames,
    out_l: Frames,
    out_r: Frames,
    controls: Frames,
    limits: Integers,
    far: np.float32,
    coefficients: Frames,
    lines: Frames,
    rows: Frames,
    marks: Integers,
    state: Frames,
) -> None:
    """Add the echo to `out`.

    Args:
        controls: Delay in frames, feedback in [0, 1] and wet gain at each tick boundary.
        limits: Span of the lines, longest delay, ticks after which a quiet line is empty.
        far: How much of each repeat is heard on the other side.
        rows: Scratch of shape (6, ROW).
    """
    span, longest, empty_after = limits[0], limits[1], limits[2]
    tapped, spare = rows[0], rows[1]
    left, right, to_left, to_right = rows[2], rows[3], rows[4], rows[5]
    for t in range(controls.shape[0] - 1):
        a = t * TICK
        empty = marks[QUIET] >= empty_after
        if empty:
            state[:] = ZERO
        delay = min(longest, max(TICK + REACH, int(controls[t + 1, 0] + HALF)))
        steer_tap(marks, delay, controls[t, 0] == controls[t + 1, 0], empty)
        position = marks[POSITION]
        for side in range(2):
            read_tap(lines[side], span, position, marks, REACH, tapped, spare)
            _cut_highs(tapped, coefficients, rows[2 + side])
        cut_lows(left, right, coefficients[LOW_CUT], state)

        gain, wet, power = state[GAIN], controls[t, 2], ZERO
        next_gain = _loop_gain(controls[t + 1, 1], state[POWER])
        gain_step = (next_gain - gain) * PER_TICK
        wet_step = (controls[t + 1, 2] - wet) * PER_TICK
        # Three loops: the compiler vectorises a loop only over few arrays, which it must check for overlap.
        for i in range(TICK):
            fed = (gain + gain_step * np.float32(i)) * right[i]
            to_left[i] = _saturate(HALF * (send_l[a + i] + send_r[a + i]) + fed)
        for i in range(TICK):
            power += left[i] * left[i] + right[i] * right[i]
            to_right[i] = _saturate((gain + gain_step * np.float32(i)) * left[i])
        for i in range(TICK):
            w = wet + wet_step * np.float32(i)
            out_l[a + i] += w * (left[i] + far * right[i])
            out_r[a + i] += w * (right[i] + far * left[i])
        state[GAIN] = next_gain
        power = power * np.float32(0.5 / TICK) - state[POWER]
        rate = coefficients[POWER_RATE] * (_ATTACK if power > ZERO else ONE)
        state[POWER] += rate * power

        heard = False
        for side in range(2):
            heard = write_tick(lines[side], span, position, rows[4 + side]) or heard
        marks[QUIET] = 0 if heard else min(marks[QUIET] + 1, empty_after)
        marks[POSITION] = position + TICK if position + TICK < span else 0
