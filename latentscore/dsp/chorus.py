"""The kernel of the stereo chorus: the sound, and slowly drifting copies of it, a few milliseconds late."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from latentscore.dsp.constants import ONE, PER_TICK, ZERO
from latentscore.dsp.delay import Frames, Integers, read_moving, sway, write_tick
from latentscore.dsp.jit import helper, kernel
from latentscore.dsp.ticks import TICK

N_VOICES: Final = 2
"""Copies on each side."""

POSITION, QUIET, CLOCK = 0, 1, 2
N_MARKS: Final = 3
"""Int64 state: write position, ticks for which nothing was heard, ticks since the start."""

CENTRE, DEPTH, RATE, START = 0, 1, 2, 3
"""Columns of a voice: mean delay and depth in frames, turns a tick, turns at the start."""

_DEPTH_STEP: Final = np.float32(0.005)
"""Most that the depth moves in a tick (0.3 s from 0 to 1), so that a voice moves by less than a frame."""

_DRY_LOSS: Final = 0.4
_FILL: Final = 0.82
"""Of the dry amplitude 0.4 is taken away at full mix, and the copies bring most of the power back, as if
unrelated to it (they are, above the lowest octaves). All have the same sign, so that the mono sum of both
sides is nearly as loud as either. A peak grows to 1.6 at most."""


@helper
def _dry_and_copy(mix: np.float32) -> tuple[np.float32, np.float32]:
    """The gains of the sound itself and of each copy."""
    dry = ONE - np.float32(_DRY_LOSS) * min(ONE, max(ZERO, mix))
    copy = np.float32(_FILL) * np.float32(math.sqrt((ONE - dry * dry) / np.float32(N_VOICES)))
    return dry, copy


@kernel
def chorus(
    audio_l: Frames,
    audio_r: Frames,
    controls: Frames,
    span: int,
    voices: NDArray[np.float64],
    lines: Frames,
    ticks: Frames,
    marks: Integers,
    state: Frames,
) -> None:
    """Apply the chorus in place.

    Args:
        controls: Depth and mix, both in [0, 1], at each tick boundary.
        span: Span of the lines.
        voices: A row for each voice, those of the left side first.
        ticks: Scratch of shape (2, TICK).
        state: The depth reached.
    """
    voice, wet = ticks[0], ticks[1]
    for t in range(controls.shape[0] - 1):
        position, clock = marks[POSITION], marks[CLOCK]
        heard = False
        wanted = min(ONE, max(ZERO, controls[t + 1, 0]))
        before = wanted if marks[QUIET] * TICK >= span else state[0]
        depth = before + min(_DEPTH_STEP, max(-_DEPTH_STEP, wanted - before))
        state[0] = depth
        dry, copy = _dry_and_copy(controls[t, 1])
        last_dry, last_copy = _dry_and_copy(controls[t + 1, 1])
        dry_step = (last_dry - dry) * PER_TICK
        copy_step = (last_copy - copy) * PER_TICK
        for side in range(2):
            x = audio_l if side == 0 else audio_r
            x = x[t * TICK : (t + 1) * TICK]
            heard = write_tick(lines[side], span, position, x) or heard
            for i in range(TICK):
                wet[i] = ZERO
            for k in range(side * N_VOICES, (side + 1) * N_VOICES):
                v = voices[k]
                first = v[CENTRE] + v[DEPTH] * before * sway(clock, v[RATE], v[START])
                last = v[CENTRE] + v[DEPTH] * depth * sway(clock + 1, v[RATE], v[START])
                read_moving(lines[side], span, position, first, last, voice)
                for i in range(TICK):
                    wet[i] += voice[i]
            for i in range(TICK):
                g, h = dry + dry_step * np.float32(i), copy + copy_step * np.float32(i)
                x[i] = g * x[i] + h * wet[i]
        marks[POSITION] = position + TICK if position + TICK < span else 0
        marks[QUIET] = 0 if heard else marks[QUIET] + 1
        marks[CLOCK] += 1
