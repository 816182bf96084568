"""The saw bank: two band-limited saws (their difference is a pulse), a sine and noise through a filter, in lanes."""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.constants import HALF, ONE, TICK_FRAMES, TWO, ZERO
from latentscore.dsp.filters import exp2, prewarped, svf_design
from latentscore.dsp.jit import helper
from latentscore.dsp.oscillators import BLEP_WIDTH, saw, sine, wrap
from latentscore.dsp.ticks import TICK
from latentscore.dsp.weave import FRAME
from latentscore.instruments.banks import lanes as ln

F32 = np.float32
_NARROW: Final = F32(1.0 / BLEP_WIDTH)
_REACH: Final = F32(2.0 * BLEP_WIDTH)
"""Frames on either side of a step that it is smoothed over."""

# Rows after the common ones. Phases are in turns and centred, steps in turns a frame.
(
    PHASE_1, PHASE_2,  # of the frame before
    TUNE_1, TUNE_2,  # steps on pitch
    STEP_1, STEP_2,  # steps of this tick
    MIX_1, MIX_2, MIX_SINE, MIX_NOISE,  # weights of both saws, of a sine in phase with the first, of noise
    Z1, Z2, DAMP,  # filter: integrators, 1 / Q
    OUT_BAND, OUT_LOW,  # what of band-pass and low-pass is heard
    ANGLE,  # cutoff, pi * f / sample_rate
    SWEEP_OCT, WOBBLE_OCT,  # depths of second envelope and LFO on the cutoff
) = ln.places(ln.N_COMMON, 18)  # fmt: skip
N_ROWS: Final = ln.N_COMMON + 18


@helper
def saw_update(s, n, cutoff, design):  # type: ignore[no-untyped-def]
    """Set what follows from the common rows of `n` lanes, once these have moved on."""
    for j in range(n):
        s[STEP_1 + j] = s[TUNE_1 + j] * s[ln.PITCH + j]
        s[STEP_2 + j] = s[TUNE_2 + j] * s[ln.PITCH + j]
        octaves = s[SWEEP_OCT + j] * s[ln.SWEEP_NOW + j] + s[WOBBLE_OCT + j] * s[ln.LFO_NOW + j]
        g = prewarped(s[ANGLE + j] * cutoff * exp2(octaves))
        svf_design(design, ln.LANES, j, g, s[DAMP + j], ZERO, s[OUT_BAND + j], s[OUT_LOW + j])


@helper
def _add_saw(mix, phase, step, x):  # type: ignore[no-untyped-def]
    """Add `mix` times a saw to a woven tick. Most ticks of a low note have no step, and are a straight line."""
    first = wrap(phase)
    if first > _REACH * step - HALF and first + (TICK_FRAMES + _REACH) * step < HALF:
        first *= TWO * mix
        slope = TWO * mix * step
        for e in range(TICK):
            x[e] += first + slope * FRAME[e]
        return
    reach = _NARROW / max(step, F32(1e-6))
    for e in range(TICK):
        x[e] += mix * saw(wrap(phase + step * FRAME[e]), reach)


@helper
def saw_source(s, lane, noise, x):  # type: ignore[no-untyped-def]
    """Fill a woven tick with what one lane sends into its filter, and move its phases on."""
    step_1, step_2 = s[STEP_1 + lane], s[STEP_2 + lane]
    since = ONE - s[ln.START + lane]
    phase_1, phase_2 = s[PHASE_1 + lane] + step_1 * since, s[PHASE_2 + lane] + step_2 * since
    for e in range(TICK):
        x[e] = ZERO
    _add_saw(s[MIX_1 + lane], phase_1, step_1, x)
    _add_saw(s[MIX_2 + lane], phase_2, step_2, x)
    s[PHASE_1 + lane] = wrap(phase_1 + step_1 * F32(TICK - 1))
    s[PHASE_2 + lane] = wrap(phase_2 + step_2 * F32(TICK - 1))
    mix = s[MIX_SINE + lane]
    if mix != ZERO:
        for e in range(TICK):
            x[e] += mix * sine(wrap(phase_1 + step_1 * FRAME[e]))
    mix = s[MIX_NOISE + lane]
    if mix != ZERO:
        for e in range(TICK):
            x[e] += mix * noise[e]
