"""The modal bank: decaying partials, each a sine, in lanes. Bells, mallets, drums, pianos."""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.constants import ONE, TICK_FRAMES
from latentscore.dsp.filters import exp2
from latentscore.dsp.jit import helper
from latentscore.dsp.oscillators import sine, wrap
from latentscore.dsp.ticks import TICK
from latentscore.dsp.weave import FRAME
from latentscore.instruments.banks import lanes as ln

F32 = np.float32

# Rows after the common ones. The phase is in turns and centred, the step in turns a frame.
(
    PHASE, TUNE, STEP,  # phase of the frame before, step on pitch, step of this tick
    SIZE,  # amplitude left
    FADE,  # octaves a frame by which that falls, negative
) = ln.places(ln.N_COMMON, 5)  # fmt: skip
N_ROWS: Final = ln.N_COMMON + 5


@helper
def modal_update(s, n):  # type: ignore[no-untyped-def]
    """Set what follows from the common rows of `n` lanes, once these have moved on."""
    for j in range(n):
        s[STEP + j] = min(s[TUNE + j] * s[ln.PITCH + j], F32(0.49))
        s[ln.LOUD + j] *= s[SIZE + j]


@helper
def modal_source(s, lane, x):  # type: ignore[no-untyped-def]
    """Fill a woven tick with the partial of one lane, and move it on."""
    start, step, fade = s[ln.START + lane], s[STEP + lane], s[FADE + lane]
    phase = s[PHASE + lane] + step * (ONE - start)
    size = s[SIZE + lane]
    for e in range(TICK):
        x[e] = size * exp2(fade * (FRAME[e] - start)) * sine(wrap(phase + step * FRAME[e]))
    s[SIZE + lane] = size * exp2(fade * (TICK_FRAMES - start))
    s[PHASE + lane] = wrap(phase + step * F32(TICK - 1))
