"""The leveller's kernel: blocks DC, applies the trim, and draws slow loudness towards a target."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from latentscore.dsp.constants import PER_TICK
from latentscore.dsp.jit import helper, kernel
from latentscore.dsp.loudness import k_weighting, lufs_to_power
from latentscore.dsp.lowcut import cut_lows, low_cut_rate
from latentscore.dsp.ticks import TICK

Frames = NDArray[np.float32]
Doubles = NDArray[np.float64]

N_SECTION: Final = 5
"""Coefficients of a K-weighting section, of which there are two, at the start."""
DC_RATE, MOMENT_RATE, LEVEL_RATE, RETURN_RATE, TARGET, GATE, RANGE, STEP = range(
    2 * N_SECTION, 2 * N_SECTION + 8
)
N_COEFFICIENTS: Final = 2 * N_SECTION + 8

MOMENT, LEVEL, GAIN = 8, 9, 10
N_STATE: Final = 11
"""Float64 state: K-weighting of both sides (0 to 7), power of the moment, gated slow power, and gain."""

_MOMENT_S: Final = 0.25
"""Longer than the gaps within music, short enough that a rest is not taken for quiet music for long."""
_RETURN_S: Final = 30.0
"""While the gate is shut, the gain returns to 0 dB this slowly."""
_SILENT_POWER: Final = 1e-24
_STEP_DB_PER_S: Final = 0.5
"""The gain never moves faster, however wrong it is."""
_RELATIVE_GATE: Final = 0.1
"""Power below a tenth (-10 LU) of the slow power is a rest or a fade, and does not count."""


def leveller_coefficients(
    sample_rate: int, *, target_lufs: float, gate_lufs: float, time_s: float, range_db: float, dc_hz: float
) -> Doubles:
    """Return the kernel's coefficients.

    Args:
        sample_rate: Frames per second.
        target_lufs: Loudness to which the slow loudness is drawn.
        gate_lufs: What is quieter than that for a moment is not measured.
        time_s: Time constant of the slow loudness.
        range_db: Most that the gain may differ from 0 dB.
        dc_hz: Cutoff of the DC blocker.
    """
    out = np.zeros(N_COEFFICIENTS)
    for i, (b0, b1, b2, _, a1, a2) in enumerate(k_weighting(sample_rate)):
        # Transposed direct form II with the output substituted: one multiply-add on the recursive path.
        out[N_SECTION * i : N_SECTION * (i + 1)] = b0, b1 - a1 * b0, b2 - a2 * b0, a1, a2
    for row, seconds in ((MOMENT_RATE, _MOMENT_S), (LEVEL_RATE, time_s), (RETURN_RATE, _RETURN_S)):
        out[row] = -math.expm1(-TICK / (sample_rate * seconds))
    out[DC_RATE] = low_cut_rate(sample_rate, dc_hz)
    out[TARGET], out[GATE] = lufs_to_power(target_lufs), lufs_to_power(gate_lufs)
    out[RANGE] = 10.0 ** (range_db / 20.0)
    out[STEP] = 10.0 ** (_STEP_DB_PER_S * TICK / sample_rate / 20.0)
    return out


@helper
def _weighted_power(left: Frames, right: Frames, c: Doubles, z: Doubles) -> float:
    """Return the mean K-weighted power of a tick, summed over both sides, in float64 (poles close to 1)."""
    b0, b1, b2, a1, a2 = c[0], c[1], c[2], c[3], c[4]
    d1, d2, e1, e2 = c[6], c[7], c[8], c[9]  # c[5] is 1
    p1, p2, p3, p4 = z[0], z[1], z[2], z[3]
    q1, q2, q3, q4 = z[4], z[5], z[6], z[7]
    power = 0.0
    for i in range(TICK):
        x, u = np.float64(left[i]), np.float64(right[i])
        y, v = b0 * x + p1, b0 * u + q1
        p1, q1, p2, q2 = b1 * x + p2 - a1 * p1, b1 * u + q2 - a1 * q1, b2 * x - a2 * p1, b2 * u - a2 * q1
        x, u = y + p3, v + q3
        p3, q3, p4, q4 = d1 * y + p4 - e1 * p3, d1 * v + q4 - e1 * q3, d2 * y - e2 * p3, d2 * v - e2 * q3
        power += x * x + u * u
    keep = 1.0 if power > _SILENT_POWER else 0.0  # in silence the states would sink into denormals
    z[0], z[1], z[2], z[3] = keep * p1, keep * p2, keep * p3, keep * p4
    z[4], z[5], z[6], z[7] = keep * q1, keep * q2, keep * q3, keep * q4
    return power / TICK


@helper
def _follow(power: float, c: Doubles, state: Doubles) -> None:
    """Measure a tick's power, and set the gain that draws the slow power to the target."""
    state[MOMENT] += c[MOMENT_RATE] * (power - state[MOMENT])
    if state[MOMENT] > max(c[GATE], _RELATIVE_GATE * state[LEVEL]):
        state[LEVEL] += c[LEVEL_RATE] * (power - state[LEVEL])
    else:
        state[LEVEL] += c[RETURN_RATE] * (c[TARGET] - state[LEVEL])
    wanted = math.sqrt(c[TARGET] / max(1e-12, state[LEVEL]))
    wanted = min(c[RANGE], max(1.0 / c[RANGE], wanted))
    state[GAIN] = min(state[GAIN] * c[STEP], max(state[GAIN] / c[STEP], wanted))


@kernel
def level(
    in_l: Frames,
    in_r: Frames,
    trim: Frames,
    out_l: Frames,
    out_r: Frames,
    coefficients: Doubles,
    low: Frames,
    state: Doubles,
    ticks: Frames,
) -> None:
    """Write the levelled input to `out`.

    Args:
        trim: Linear gain at each tick boundary, before the measurement.
        low: State of the DC blocker, float32 (2,).
        state: Float64 state.
        ticks: Scratch of shape (2, TICK).
    """
    left, right = ticks[0], ticks[1]
    for t in range(trim.size - 1):
        a = t * TICK
        begin, step = trim[t], (trim[t + 1] - trim[t]) * PER_TICK
        for i in range(TICK):
            gain = begin + step * np.float32(i)
            left[i] = in_l[a + i] * gain
            right[i] = in_r[a + i] * gain
        cut_lows(left, right, np.float32(coefficients[DC_RATE]), low)
        power = _weighted_power(left, right, coefficients, state)
        begin = np.float32(state[GAIN])
        _follow(power, coefficients, state)
        step = (np.float32(state[GAIN]) - begin) * PER_TICK
        for i in range(TICK):
            out_l[a + i] = left[i] * (begin + step * np.float32(i))
            out_r[a + i] = right[i] * (begin + step * np.float32(i))
