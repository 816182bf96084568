"""The limiter's kernel: look-ahead, true-peak, both sides alike; below the ceiling it changes nothing.

Peaks are gathered over hops of 32 frames. The gain is a line from node to node, one between any two hops: the
least gain that the hops around need, held back by the release, and smoothed by the weights 1 2 1. Since every
node that enters the smoothing already satisfies both hops at the node smoothed, the gain never exceeds what
a hop needs.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from latentscore.dsp.constants import ONE, PER_TICK, ZERO
from latentscore.dsp.jit import helper, kernel
from latentscore.dsp.ticks import TICK

Frames = NDArray[np.float32]

HOP: Final = TICK // 2
_AHEAD_HOPS: Final = 3
HALF: Final = 10
"""Taps of the interpolator on either side of the point between two frames."""
N_PHASES: Final = 3
"""Points between two frames at which the waveform is known: 4 times oversampling (BS.1770-4, annex 2)."""
LATENCY: Final = _AHEAD_HOPS * HOP + HALF
"""Frames by which the output is late."""

N_TAPS: Final = 2 * HALF
_KAISER: Final = 2.0

NEEDS: Final = 0
NODES: Final = NEEDS + _AHEAD_HOPS + 1
GAIN: Final = NODES + 3
BUSY: Final = GAIN + 1
SHIFT: Final = BUSY + 1
N_STATE: Final = SHIFT + 4
"""Float32 state: gains needed by the last hops, the last nodes, gain reached, share of time limited, and the DC that
limiting brings to either side: as taken off at the end of the last tick, then as it is to be taken off next."""

CEILING, NEAR, FAST_HOPS, SLOW_HOPS, BUSY_RATE, SHIFT_RATE = range(6)
N_SETTINGS: Final = 6
_SHIFT_S: Final = 0.3
"""Time constant with which that DC is followed."""
_NO_SHIFT: Final = 1e-6
"""-120 dBFS: from here on it is 0, so that the signal passes unchanged."""


def interpolator() -> Frames:
    """Return the taps of the true-peak interpolator, (N_PHASES, N_TAPS): a sinc under a Kaiser window.

    Its parameter is low: the usual 5 reads hi-hats, whose power reaches 20 kHz, 0.7 dB below their true peak. The
    ripple that this brings errs to the safe side.
    """
    place = np.arange(1, N_PHASES + 1)[:, None] / (N_PHASES + 1)
    distance = np.arange(N_TAPS)[None, :] - (HALF - 1) - place
    window = np.i0(_KAISER * np.sqrt(np.maximum(0.0, 1.0 - (distance / HALF) ** 2))) / np.i0(_KAISER)
    taps = np.sinc(distance) * window
    return np.ascontiguousarray(taps / taps.sum(axis=1, keepdims=True), np.float32)


def limiter_settings(
    sample_rate: int, *, ceiling_db: float, fast_s: float, slow_s: float, busy_s: float
) -> Frames:
    """Return the kernel's settings.

    Args:
        sample_rate: Frames per second.
        ceiling_db: True peak that the gain is made for.
        fast_s: Time constant of the release after a short peak.
        slow_s: The same where there is limiting all the time.
        busy_s: Over how long that is judged.
    """
    hops_per_s = sample_rate / HOP
    ceiling = 10.0 ** (ceiling_db / 20.0)
    most_overshoot = float(np.max(np.sum(np.abs(interpolator()), axis=1)))
    settings = (
        ceiling,
        ceiling / most_overshoot,  # frames below cannot reach the ceiling in between
        fast_s * hops_per_s,
        slow_s * hops_per_s,
        -math.expm1(-1 / (busy_s * hops_per_s)),
        -math.expm1(-TICK / (_SHIFT_S * sample_rate)),
    )
    return np.array(settings, np.float32)


@helper
def _true_peak(x: Frames, taps: Frames, points: Frames, peaks: Frames) -> None:
    """Raise `peaks` to the interpolated waveform after each frame of a tick. `points` is scratch.

    Args:
        x: The tick, HALF - 1 frames before it and HALF after it.
    """
    for phase in range(N_PHASES):
        h = taps[phase]
        for i in range(TICK):
            points[i] = ZERO
        for k in range(0, N_TAPS, 5):
            a, b, c, d, e = h[k], h[k + 1], h[k + 2], h[k + 3], h[k + 4]
            v = x[k : k + TICK + 4]
            for i in range(TICK):
                points[i] += a * v[i] + b * v[i + 1] + c * v[i + 2] + d * v[i + 3] + e * v[i + 4]
        for i in range(TICK):
            peaks[i] = max(peaks[i], abs(points[i]))


@helper
def _largest(peaks: Frames) -> np.float32:
    """Return the largest of a hop of values, by halving: a plain maximum is not vectorised without `nnan`."""
    width = HOP // 2
    while width > 0:
        for i in range(width):
            peaks[i] = max(peaks[i], peaks[i + width])
        width //= 2
    return peaks[0]


@helper
def _gather_peaks(left: Frames, right: Frames, near: np.float32, taps: Frames, ticks: Frames) -> bool:
    """Fill row 0 of `ticks` with the peaks of a tick; return False if all are far from the ceiling.

    Args:
        left: The tick, HALF - 1 frames before it and HALF after it; `right` likewise.
    """
    peaks, points = ticks[0], ticks[1]
    for i in range(TICK):
        peaks[i] = max(abs(left[i]), abs(left[i + N_TAPS - 1]))
    for i in range(TICK):
        peaks[i] = max(peaks[i], max(abs(right[i]), abs(right[i + N_TAPS - 1])))
    excess = ZERO
    for i in range(TICK):
        excess += max(ZERO, peaks[i] - near)
    if excess <= ZERO:
        return False
    for i in range(TICK):
        peaks[i] = max(abs(left[i + HALF - 1]), abs(right[i + HALF - 1]))
    _true_peak(left, taps, points, peaks)
    _true_peak(right, taps, points, peaks)
    return True


@helper
def _next_node(need: np.float32, settings: Frames, state: Frames) -> None:
    """Take the gain that the newest hop needs, and move on to the next node."""
    for k in range(_AHEAD_HOPS):
        state[NEEDS + k] = state[NEEDS + k + 1]
    state[NEEDS + _AHEAD_HOPS] = need
    least = ONE
    for k in range(_AHEAD_HOPS + 1):
        least = min(least, state[NEEDS + k])
    limited = ONE if least < ONE else ZERO
    state[BUSY] += settings[BUSY_RATE] * (limited - state[BUSY])
    hops = settings[FAST_HOPS] + state[BUSY] * (settings[SLOW_HOPS] - settings[FAST_HOPS])
    last = state[NODES + 2]
    node = min(least, last + (ONE - last) / hops)
    if node > np.float32(0.99999):
        node = least  # the end of a release: exactly 1, so that the signal passes unchanged
    state[NODES] = state[NODES + 1]
    state[NODES + 1] = last
    state[NODES + 2] = node


@helper
def _enter(x: Frames, delayed: Frames, state: Frames, side: int) -> None:
    """Append a tick to the delayed frames, less the DC that limiting will bring."""
    shift = state[SHIFT + side]
    state[SHIFT + side] = state[SHIFT + 2 + side]
    step = (state[SHIFT + side] - shift) * PER_TICK
    for i in range(TICK):
        delayed[LATENCY + i] = x[i] - (shift + step * np.float32(i))


@helper
def _follow_shift(limited: Frames, delayed: Frames, settings: Frames, state: Frames, side: int) -> None:
    """Follow the mean of what limiting takes off: less crest on one side of a wave moves the whole wave."""
    total = ZERO
    for i in range(TICK):
        total += limited[i] - delayed[i]
    shift = state[SHIFT + 2 + side]
    shift += settings[SHIFT_RATE] * (total * PER_TICK - shift)
    state[SHIFT + 2 + side] = shift if abs(shift) > np.float32(_NO_SHIFT) else ZERO


@kernel
def limit(
    in_l: Frames,
    in_r: Frames,
    out_l: Frames,
    out_r: Frames,
    settings: Frames,
    taps: Frames,
    delayed: Frames,
    ticks: Frames,
    state: Frames,
) -> None:
    """Write the limited input, LATENCY frames late, to `out` (which may be the input).

    Args:
        taps: As `interpolator` gives them.
        delayed: The last LATENCY frames and room for a tick, float32 (2, LATENCY + TICK).
        ticks: Scratch of shape (2, TICK).
        state: Float32 state, as `reset_limiter` leaves it at first.
    """
    left, right = delayed[0], delayed[1]
    for t in range(in_l.size // TICK):
        a = t * TICK
        _enter(in_l[a : a + TICK], left, state, 0)
        _enter(in_r[a : a + TICK], right, state, 1)
        first = LATENCY - 2 * HALF + 1
        near = _gather_peaks(left[first:], right[first:], settings[NEAR], taps, ticks)
        for hop in range(2):
            need = ONE
            if near:
                need = min(need, settings[CEILING] / _largest(ticks[0, hop * HOP : (hop + 1) * HOP]))
            _next_node(need, settings, state)
            begin = state[GAIN]
            state[GAIN] = np.float32(0.25) * (
                state[NODES] + state[NODES + 1] + state[NODES + 1] + state[NODES + 2]
            )
            step = (state[GAIN] - begin) * np.float32(1 / HOP)
            for i in range(hop * HOP, (hop + 1) * HOP):
                g = begin + step * np.float32(i - hop * HOP)
                out_l[a + i] = left[i] * g
                out_r[a + i] = right[i] * g
        _follow_shift(out_l[a : a + TICK], left, settings, state, 0)
        _follow_shift(out_r[a : a + TICK], right, settings, state, 1)
        for i in range(LATENCY):
            left[i] = left[TICK + i]
            right[i] = right[TICK + i]


def reset_limiter(delayed: Frames, state: Frames) -> None:
    """Make a limiter's arrays as new: silence behind, gain 1."""
    delayed[:] = 0.0
    state[:] = 1.0
    state[BUSY:] = 0.0
