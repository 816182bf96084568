"""Delay lines that move a tick at a time: helpers to write, read, crossfade and modulate them inside kernels.

A line is a float32 row of `span + MIRROR` frames, `span` a multiple of TICK. It is written at positions that
are multiples of TICK, and its first two ticks are repeated behind its end, so that a read of a tick (and the
few frames around it that an interpolator needs) is always contiguous and the compiler can vectorise it.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from latentscore.dsp.constants import HALF, ONE, TWO, ZERO
from latentscore.dsp.jit import helper
from latentscore.dsp.ticks import TICK, n_ticks

MIRROR: Final = 2 * TICK
"""Frames of a row behind its span."""

TICK_FLOOR: Final = 64e-9
"""A tick whose absolute values sum to less (-180 dBFS on average) is written as zeros: no denormals arise."""

FADE_TICKS: Final = 64
"""Ticks of the crossfade to a new delay (93 ms at 44 100 Hz)."""

_FAR_OFF: Final = 16
"""A delay that is off by a sixteenth is not waited for."""

TAP, NEXT, FADE = 0, 1, 2
"""Rows of a tap's int64 state: delay in use, delay being faded in, ticks of that fade done (0: no fade)."""
N_TAP_ROWS: Final = 3

Frames = NDArray[np.float32]
Integers = NDArray[np.int64]


def line_span(max_delay: int) -> int:
    """Return the span of a line that can be read `max_delay` frames back (and an interpolator's margin)."""
    return (n_ticks(max_delay + 8) + 1) * TICK


def new_lines(n_lines: int, span: int) -> Frames:
    """Return silent lines as rows. Rows are padded so that their heads do not share cache sets."""
    return np.zeros((n_lines, span + MIRROR + TICK // 4), np.float32)


@helper
def is_heard(values: Frames) -> bool:
    """Return whether a tick is above the floor."""
    total = ZERO
    for i in range(TICK):
        total += abs(values[i])
    return bool(total > np.float32(TICK_FLOOR))


@helper
def write_tick(line: Frames, span: int, position: int, values: Frames) -> bool:
    """Write a tick, silenced if it is below the floor. Return whether it was heard."""
    target = line[position : position + TICK]
    heard = is_heard(values)
    keep = ONE if heard else ZERO
    for i in range(TICK):
        target[i] = values[i] * keep
    mirror(line, span, position)
    return heard


@helper
def mirror(line: Frames, span: int, position: int) -> None:
    """Repeat the tick just written behind the end of the line, if it is one of the first two."""
    if position < MIRROR:
        source, target = line[position : position + TICK], line[span + position : span + position + TICK]
        for i in range(TICK):
            target[i] = source[i]


@helper
def read_ahead(line: Frames, span: int, position: int, delay: int, out: Frames) -> None:
    """Fill `out` (a tick, or up to MIRROR frames) with what was written from `delay` frames back onwards."""
    at = position - delay
    at = at if at >= 0 else at + span
    source = line[at : at + out.size]
    for i in range(out.size):
        out[i] = source[i]


@helper
def read_moving(line: Frames, span: int, position: int, first: float, last: float, out: Frames) -> None:
    """Read a tick while the delay moves from `first` to `last` frames (less than about one frame apart).

    Cubic Lagrange interpolation, whose four points are chosen once for the whole tick around its middle: they
    move at the pace of the signal, so the loop has no gathers. The fraction then strays a little outside
    [0, 1], but stays between the four points.
    """
    whole = int(0.5 * (first + last))
    at = position - whole - 2
    at = at if at >= 0 else at + span
    x = line[at : at + TICK + 3]
    begin = np.float32(1.0 - (first - whole))
    step = np.float32((first - last) / TICK)
    sixth, third, half = np.float32(1 / 6), np.float32(1 / 3), HALF
    for i in range(TICK):
        f = begin + step * np.float32(i)
        a, b, c, d = x[i], x[i + 1], x[i + 2], x[i + 3]
        c3 = (d - a) * sixth + (b - c) * half
        c2 = (a + c) * half - b
        c1 = c - a * third - b * half - d * sixth
        out[i] = ((c3 * f + c2) * f + c1) * f + b


@helper
def sway(clock: int, rate: float, start: float) -> float:
    """A slow wave in [-1, 1], near a sine: made of parabolas, and a function of the clock alone.

    So ticks may be skipped. `rate` is in turns a tick, `start` in turns.
    """
    x = clock * rate + start
    x = 2.0 * (x - math.floor(x)) - 1.0
    return 4.0 * x * (1.0 - abs(x))


@helper
def steer_tap(tap: Integers, delay: int, still: bool, empty: bool) -> None:
    """Advance a tap by a tick towards `delay`: at once if the line is empty, else by crossfades, one by one.

    A crossfade begins once the delay stands still, or is 6 % off; following each small step of a ramp would
    glide after all.

    A crossfade between whole-frame delays keeps the pitch of what is in the line (a glide would leave the
    echoes out of tune), and without interpolation the line loses nothing however often it is passed.
    """
    if empty:
        tap[TAP] = delay
        tap[FADE] = 0
        return
    if tap[FADE] > 0:
        tap[FADE] += 1
        if tap[FADE] > FADE_TICKS:
            tap[TAP] = tap[NEXT]
            tap[FADE] = 0
    if tap[FADE] == 0 and tap[TAP] != delay and (still or abs(delay - tap[TAP]) > tap[TAP] // _FAR_OFF):
        tap[NEXT] = delay
        tap[FADE] = 1


@helper
def read_tap(
    line: Frames, span: int, position: int, tap: Integers, ahead: int, out: Frames, spare: Frames
) -> None:
    """Fill `out` from a steered tap, starting `ahead` frames before its tick. `spare` is like `out`."""
    read_ahead(line, span, position, tap[TAP] + ahead, out)
    if tap[FADE] > 0:
        read_ahead(line, span, position, tap[NEXT] + ahead, spare)
        step = np.float32(1 / (FADE_TICKS * TICK))
        begin = np.float32((tap[FADE] - 1) / FADE_TICKS) - step * np.float32(ahead)
        for i in range(out.size):
            x = min(ONE, max(ZERO, begin + step * np.float32(i)))
            x = x * x * (np.float32(3.0) - TWO * x)
            out[i] += x * (spare[i] - out[i])
