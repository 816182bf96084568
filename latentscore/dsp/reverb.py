"""The kernel of the reverb: pre-delay, diffusion and a feedback delay network of 16 lines, a tick at a time.

The network is that of J.-M. Jot and A. Chaigne, "Digital delay networks for designing artificial
reverberators" (AES 1991): lines of prime lengths, an orthogonal matrix, and in each line a filter that
takes off what the line's length asks for. Every line is longer than a tick, so that all that is done to a
tick is vectorised over time. Numbers of lines are taken from the arrays: were they known when compiling, the
loops over lines would be unrolled, which takes long and gains nothing."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from latentscore.dsp.constants import HALF, PER_TICK, ZERO
from latentscore.dsp.delay import (
    Frames,
    Integers,
    is_heard,
    mirror,
    read_ahead,
    read_moving,
    sway,
    write_tick,
)
from latentscore.dsp.jit import helper, kernel
from latentscore.dsp.lowcut import cut_lows
from latentscore.dsp.ticks import TICK

N_LINES: Final = 16
N_MOVING: Final = 4
"""The first lines, whose lengths drift, so that no resonance stays in place."""
N_STAGES: Final = 4
"""All-pass diffusers in series on each side."""
N_TAPS: Final = 4
"""Taps of a line's damping filter: a one-pole low-pass, cut short, so that it needs no recursion."""

ENTRY, STAGE, LINE, QUIET, IDLE, CLOCK = range(6)
N_MARKS: Final = 6
"""Int64 state: write positions of pre-delay, diffusers and lines, ticks for which nothing was heard,
ticks for which nothing entered, and ticks since the start (which place the drift)."""

DECAY, NORM, PREDELAY = 2, 3, 4
N_STATE: Final = 5
"""Float32 state: what the low cut removes (0, 1), row of the decay table, gain for it, pre-delay."""

SHORTEST_S, LONGEST_S = 0.1, 30.0
N_DECAYS: Final = 256
"""Rows of the decay table, from the shortest T60 to the longest in equal ratios (2.5 % a row)."""
_ROWS_PER_LOG: Final = (N_DECAYS - 1) / math.log(LONGEST_S / SHORTEST_S)
_SLEW: Final = 0.05
"""Share of the way to a new T60 in a tick (a time constant of 30 ms)."""
_PREDELAY_STEP: Final = 0.5
"""Frames that the pre-delay may glide in a tick: its pitch moves by less than 1 %, under a reverb."""
_PREDELAY_LEAST: Final = 2
"""What the interpolator needs."""

_MIDDLE_HZ, _HIGH_HZ = 700.0, 6_000.0
_OCTAVES_HZ: Final = (125.0, 250.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0)
_MOST_DAMPING: Final = 0.6
"""Largest pole of a damping filter: larger ones (in long lines of tiny rooms) need more than four taps."""
_DIFFUSION: Final = 0.62
LEFT_OUT, RIGHT_OUT = 6, 9
"""Rows of the mixed lines that are heard: each a sum of all lines, with signs orthogonal to the other's."""
_SIGNS: Final = (1.0, 1.0, -1.0, 1.0, 1.0, -1.0, -1.0, -1.0, 1.0, -1.0, 1.0, 1.0, -1.0, -1.0, -1.0, 1.0)
"""Signs with which the sides enter the lines, left the even ones, right the odd ones: like no matrix row."""


def high_ratio(t60_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """T60 at 6 kHz as a share of the one in the middle: larger rooms lose more to the air."""
    return 0.57 * t60_s**-0.2


def decay_table(sample_rate: float, delays: Integers) -> Frames:
    """Return damping filters for all T60s, shape (N_DECAYS, N_TAPS * N_LINES + 1), taps of a line together.

    A line of m frames must lose 60 m / (sample rate · T60) dB a pass, at 700 Hz and with a shorter T60 at
    6 kHz: two conditions on a one-pole filter b / (1 - a/z), solved in closed form; then b is corrected for
    the taps left out. The last column is the gain into the network that makes the power out equal to the
    power in for pink sound, whatever the T60: lines that keep a share k of their power a pass give out
    k / (1 - k) of what enters.
    """
    t60 = np.geomspace(SHORTEST_S, LONGEST_S, N_DECAYS)[:, None]
    middle, high = (2.0 * math.pi * hz / sample_rate for hz in (_MIDDLE_HZ, _HIGH_HZ))
    loss = math.log(1000.0) * delays / (sample_rate * t60)
    power = np.exp(2.0 * loss * (1.0 / high_ratio(t60) - 1.0))  # of the middle, relative to the highs  # pyright: ignore[reportArgumentType]  # older numpy stubs
    slope = power * math.cos(middle) - math.cos(high)
    root = np.sqrt(np.maximum(0.0, slope**2 - (power - 1.0) ** 2))
    a = np.minimum(_MOST_DAMPING, (power - 1.0) / (slope + root))
    shape = a[:, :, None] ** np.arange(N_TAPS)
    turn = np.arange(N_TAPS)
    taps = shape * (np.exp(-loss) / np.abs(shape @ np.exp(-1j * middle * turn)))[:, :, None]
    octaves = 2.0 * math.pi * np.array(_OCTAVES_HZ) / sample_rate
    kept = np.mean(np.abs(taps @ np.exp(-1j * np.outer(turn, octaves))) ** 2, axis=1)
    norm = np.mean(kept / (1.0 - kept), axis=1, keepdims=True) ** -0.5
    return np.ascontiguousarray(np.concatenate((taps.reshape(N_DECAYS, -1), norm), axis=1), np.float32)


@helper
def _move_decay(t60_s: np.float32, empty: bool, table: Frames, taps: Frames, state: Frames) -> np.float32:
    """Move a tick towards a new T60; return the gain into the network before."""
    t60_s = min(np.float32(LONGEST_S), max(np.float32(SHORTEST_S), t60_s))
    wanted = np.float32(math.log(t60_s * np.float32(1.0 / SHORTEST_S)) * _ROWS_PER_LOG)
    before, row = state[NORM], state[DECAY]
    if row == wanted and before > ZERO:
        return before
    row += np.float32(_SLEW) * (wanted - row)
    if empty or abs(row - wanted) < np.float32(1e-3):
        row = wanted
    state[DECAY] = row
    at = min(int(row), N_DECAYS - 2)
    share = row - np.float32(at)
    low, high = table[at], table[at + 1]
    for k in range(taps.size):
        taps[k] = low[k] + share * (high[k] - low[k])
    state[NORM] = low[taps.size] + share * (high[taps.size] - low[taps.size])
    return state[NORM] if empty else before


@helper
def _enter(
    lines: Frames, span: int, position: int, wanted: np.float32, empty: bool, state: Frames, x: Frames
) -> bool:
    """Send both rows of `x` through the pre-delay. Return whether something comes out of it."""
    for side in range(2):
        write_tick(lines[side], span, position, x[side])
    first, step = state[PREDELAY], np.float32(_PREDELAY_STEP)
    last = wanted if empty else first + min(step, max(-step, wanted - first))
    first = last if empty else first
    state[PREDELAY] = last
    for side in range(2):
        read_moving(lines[side], span, position, np.float64(first), np.float64(last), x[side])
    return is_heard(x[0]) or is_heard(x[1])


@helper
def _pass_all(line: Frames, span: int, position: int, delay: int, x: Frames, spare: Frames) -> None:
    """Pass the tick `x` through an all-pass (M. R. Schroeder, 1962) in place.

    The delayed tick is copied to `spare` first: reads and writes of one line would not be vectorised.
    """
    read_ahead(line, span, position, delay, spare)
    entering, gain = line[position : position + TICK], np.float32(_DIFFUSION)
    for i in range(TICK):
        early = x[i] + gain * spare[i]
        entering[i] = early
        x[i] = spare[i] - gain * early
    mirror(line, span, position)


@helper
def _diffuse(
    stages: Frames, span: int, position: int, delays: Integers, norm: np.float32, last: np.float32, x: Frames,
    spare: Frames,
) -> None:  # fmt: skip
    """Bring both rows of `x` to the level of the network, from `norm` to `last`, and blur them."""
    step = (last - norm) * PER_TICK
    for side in range(2):
        row = x[side]
        for i in range(TICK):
            row[i] *= norm + step * np.float32(i)
        n = stages.shape[0] // 2
        for k in range(side * n, (side + 1) * n):
            _pass_all(stages[k], span, position, delays[k], row, spare)


@helper
def _damp(x: Frames, taps: Frames, j: int, out: Frames) -> None:
    """Fill a tick of `out` with `x`, of N_TAPS - 1 frames more, through the damping filter of line `j`."""
    c0, c1 = taps[j * N_TAPS], taps[j * N_TAPS + 1]
    c2, c3 = taps[j * N_TAPS + 2], taps[j * N_TAPS + 3]
    for i in range(TICK):
        out[i] = c0 * x[i + 3] + c1 * x[i + 2] + c2 * x[i + 1] + c3 * x[i]


@helper
def _read_lines(
    lines: Frames, span: int, marks: Integers, delays: Integers, drift: NDArray[np.float64], taps: Frames,
    moving: Frames, y: Frames,
) -> None:  # fmt: skip
    """Fill `y` with a damped tick of every line. `moving` keeps the last frames of the lines that drift."""
    position, clock = marks[LINE], marks[CLOCK]
    late = N_TAPS - 1
    for j in range(moving.shape[0]):
        x = moving[j]
        for k in range(late):
            x[k] = x[TICK + k]
        first = delays[j] + drift[j, 0] * sway(clock, drift[j, 1], drift[j, 2])
        last = delays[j] + drift[j, 0] * sway(clock + 1, drift[j, 1], drift[j, 2])
        read_moving(lines[j], span, position, first, last, x[late:])
        _damp(x, taps, j, y[j * TICK : (j + 1) * TICK])
    for j in range(moving.shape[0], lines.shape[0]):
        at = position - delays[j] - late
        at = at if at >= 0 else at + span
        _damp(lines[j, at : at + TICK + late], taps, j, y[j * TICK : (j + 1) * TICK])


@helper
def _mix_four(y: Frames, stride: int) -> None:
    """Multiply four ticks, `stride` apart, by the Hadamard matrix / 2. The stride must be a constant.

    One array and constant distances: the compiler then knows that they don't overlap.
    """
    half = HALF
    for i in range(TICK):
        a, b, c, d = y[i], y[i + stride], y[i + 2 * stride], y[i + 3 * stride]
        p, q, r, s = a + b, a - b, c + d, c - d
        y[i] = half * (p + r)
        y[i + stride] = half * (q + s)
        y[i + 2 * stride] = half * (p - r)
        y[i + 3 * stride] = half * (q - s)


@helper
def _mix(y: Frames) -> None:
    """Multiply the lines, a tick each, by the Hadamard matrix / 4 (orthogonal), in two steps of four."""
    n_groups = y.shape[0] // (4 * TICK)
    for group in range(n_groups):
        _mix_four(y[4 * TICK * group :], TICK)
    for group in range(n_groups):
        _mix_four(y[TICK * group :], 4 * TICK)


@helper
def _write_lines(lines: Frames, span: int, position: int, y: Frames, x: Frames) -> None:
    """Write the mixed lines and, by turns, the two rows of `x`."""
    for j in range(lines.shape[0]):
        mixed, entering, sign = y[j * TICK : (j + 1) * TICK], x[j & 1], np.float32(_SIGNS[j])
        target = lines[j, position : position + TICK]
        for i in range(TICK):
            target[i] = mixed[i] + sign * entering[i]
        mirror(lines[j], span, position)


@helper
def _advance(marks: Integers, row: int, span: int) -> None:
    marks[row] = marks[row] + TICK if marks[row] + TICK < span else 0


@kernel
def reverb(
    send_l: Frames,
    send_r: Frames,
    out_l: Frames,
    out_r: Frames,
    controls: Frames,
    limits: Integers,
    low: np.float32,
    table: Frames,
    entry: Frames,
    stages: Frames,
    lines: Frames,
    delays: Integers,
    drift: NDArray[np.float64],
    taps: Frames,
    moving: Frames,
    x: Frames,
    y: Frames,
    marks: Integers,
    state: Frames,
) -> None:
    """Add the reverb to `out`.

    Args:
        controls: T60 in seconds, pre-delay in frames and wet gain at each tick boundary.
        limits: Spans of pre-delay, diffusers and lines; longest pre-delay; ticks after which all is empty,
            and after which nothing is left in the diffusers.
        low: Rate of the low cut.
        table: As `decay_table` gives it.
        delays: Frames of the lines, then of the diffusers, those of the left side first.
        drift: Of each moving line: depth in frames, turns a tick, turns at the start.
        taps, moving: Damping filters in use, and the last frames of the moving lines.
        x, y: Scratch of shapes (2, TICK) and (N_LINES * TICK,).
    """
    longest = np.float32(limits[3])
    for t in range(controls.shape[0] - 1):
        a = t * TICK
        empty = marks[QUIET] >= limits[4]
        for i in range(TICK):
            x[0, i] = send_l[a + i]
            x[1, i] = send_r[a + i]
        cut_lows(x[0], x[1], low, state)
        predelay = min(longest, max(np.float32(_PREDELAY_LEAST), controls[t + 1, 1]))
        entered = _enter(entry, limits[0], marks[ENTRY], predelay, empty, state, x)
        marks[IDLE] = 0 if entered else marks[IDLE] + 1
        norm = _move_decay(controls[t + 1, 0], empty, table, taps, state)
        if marks[IDLE] < limits[5]:
            _diffuse(stages, limits[1], marks[STAGE], delays[N_LINES:], norm, state[NORM], x, y[:TICK])
        else:
            x[:] = ZERO
        _read_lines(lines, limits[2], marks, delays, drift, taps, moving, y)
        _mix(y)
        _write_lines(lines, limits[2], marks[LINE], y, x)
        left, right = y[LEFT_OUT * TICK : (LEFT_OUT + 1) * TICK], y[RIGHT_OUT * TICK : (RIGHT_OUT + 1) * TICK]
        wet, wet_step = controls[t, 2], (controls[t + 1, 2] - controls[t, 2]) * PER_TICK
        for i in range(TICK):
            out_l[a + i] += (wet + wet_step * np.float32(i)) * left[i]
            out_r[a + i] += (wet + wet_step * np.float32(i)) * right[i]

        for row in range(3):
            _advance(marks, row, limits[row])
        marks[CLOCK] += 1
        marks[QUIET] = 0 if entered or is_heard(left) or is_heard(right) else marks[QUIET] + 1
        # What is left is below -180 dBFS: it ends here, before it reaches denormals.
        if marks[IDLE] == limits[5]:
            stages[:] = ZERO
        if marks[QUIET] == limits[4]:
            lines[:] = ZERO
            moving[:] = ZERO
