"""The saw bank: two band-limited saws (their difference is a pulse), a sine and noise through a filter, in lanes."""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.filters import exp2, prewarped, svf_step
from latentscore.dsp.jit import helper
from latentscore.dsp.noise import next_word, white
from latentscore.dsp.oscillators import BLEP_WIDTH, advance, saw, sine
from latentscore.instruments.banks import lanes as ln

F32 = np.float32
_NARROW: Final = F32(1.0 / BLEP_WIDTH)

# Rows after the common ones. Phases are in turns and centred, steps in turns a frame.
(
    PHASE_1, PHASE_2,
    TUNE_1, TUNE_2,  # steps on pitch
    STEP_1, STEP_2,  # steps of this tick
    REACH_1, REACH_2,  # 1 / (BLEP_WIDTH * step)
    MIX_1, MIX_2, MIX_SINE, MIX_NOISE,  # weights of both saws, of a sine in phase with the first, of noise
    Z1, Z2, G, G_STEP, DAMP,  # filter: states, gain and its ramp, 1 / Q
    OUT_BAND, OUT_LOW,  # what of band-pass and low-pass is heard
    ANGLE,  # cutoff, pi * f / sample_rate
    SWEEP_OCT, WOBBLE_OCT,  # depths of second envelope and LFO on the cutoff
) = ln.places(ln.N_COMMON, 22)  # fmt: skip
N_ROWS: Final = ln.N_COMMON + 22


@helper
def saw_update(state, first, n, go, cutoff):  # type: ignore[no-untyped-def]
    """Set what follows from the common rows, once these have moved on by `go` ticks."""
    s = state[first:]
    for j in range(n):
        factor = s[ln.PITCH + j]
        step_1 = s[TUNE_1 + j] * factor
        step_2 = s[TUNE_2 + j] * factor
        s[STEP_1 + j] = step_1
        s[STEP_2 + j] = step_2
        s[REACH_1 + j] = _NARROW / max(step_1, F32(1e-6))
        s[REACH_2 + j] = _NARROW / max(step_2, F32(1e-6))
        octaves = s[SWEEP_OCT + j] * s[ln.SWEEP_NOW + j] + s[WOBBLE_OCT + j] * s[ln.LFO_NOW + j]
        g, g_step = ln.ramp(s[G + j], prewarped(s[ANGLE + j] * cutoff * exp2(octaves)), go)
        s[G + j] = g
        s[G_STEP + j] = g_step


@helper
def saw_render(s, width, word, level, level_step, left, right, start, n_frames):  # type: ignore[no-untyped-def]
    """Add `n_frames` of the first `width` lanes to `left` and `right`."""
    width = width // 8 * 8  # tells the compiler that there is no remainder
    for i in range(n_frames):
        word = next_word(word)
        noise = white(word)
        sum_l = F32(0.0)
        sum_r = F32(0.0)
        for j in range(width):
            p1 = advance(s[PHASE_1 + j], s[STEP_1 + j])
            p2 = advance(s[PHASE_2 + j], s[STEP_2 + j])
            s[PHASE_1 + j] = p1
            s[PHASE_2 + j] = p2
            x = s[MIX_1 + j] * saw(p1, s[REACH_1 + j])
            x += s[MIX_2 + j] * saw(p2, s[REACH_2 + j])
            x += s[MIX_SINE + j] * sine(p1) + s[MIX_NOISE + j] * noise
            g = s[G + j] + s[G_STEP + j]
            s[G + j] = g
            band, low, z1, z2 = svf_step(x, s[Z1 + j], s[Z2 + j], g, s[DAMP + j])
            s[Z1 + j] = z1
            s[Z2 + j] = z2
            y = s[OUT_BAND + j] * band + s[OUT_LOW + j] * low
            rise = s[ln.RISE + j]
            rise += s[ln.RISE_CO + j] * (F32(1.0) - rise)
            s[ln.RISE + j] = rise
            gain = s[ln.GAIN + j] + s[ln.GAIN_STEP + j]
            s[ln.GAIN + j] = gain
            y *= rise * rise * gain
            sum_l += y * s[ln.PAN_L + j]
            sum_r += y * s[ln.PAN_R + j]
        left[start + i] += sum_l * level
        right[start + i] += sum_r * level
        level += level_step
    return word
