"""The noise bank: white to brown noise through a state-variable filter, with random flutter, in lanes."""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.filters import exp2, prewarped, svf_step
from latentscore.dsp.jit import helper
from latentscore.dsp.noise import next_word, white
from latentscore.instruments.banks import lanes as ln

F32 = np.float32

# Rows after the common ones.
(
    WORD,  # noise word of the lane: uint32 in the place of a float
    TILT, TILTED,  # coefficient of a one-pole on the noise (1 leaves it white), and its state
    Z1, Z2, G, G_STEP, DAMP,  # filter: states, gain and its ramp, 1 / Q
    OUT_X, OUT_BAND, OUT_LOW,  # what of input, band-pass and low-pass is heard
    ANGLE,  # cutoff, pi * f / sample_rate
    SWEEP_OCT, WOBBLE_OCT,  # depths of second envelope and LFO on the cutoff
    FLUTTER_CO, FLUTTER_1, FLUTTER_2,  # random walk, smoothed twice, per tick
    FLUTTER_OCT, FLUTTER_AMP,  # its depths on cutoff and gain
    STEADY,  # gain without flutter
) = ln.places(ln.N_COMMON, 20)  # fmt: skip
N_ROWS: Final = ln.N_COMMON + 20


@helper
def noise_update(state, first, n, go):  # type: ignore[no-untyped-def]
    """Let the flutter of loudness wander, before the common rows move on by `go` ticks."""
    s = state[first:]
    words = s.view(np.uint32)
    for j in range(n):
        co = go * s[FLUTTER_CO + j]
        walk = s[FLUTTER_1 + j]
        walk += co * (white(words[WORD + j]) - walk)
        s[FLUTTER_1 + j] = walk
        walk = s[FLUTTER_2 + j] + co * (walk - s[FLUTTER_2 + j])
        s[FLUTTER_2 + j] = walk
        s[ln.AMP + j] = s[STEADY + j] * max(F32(1.0) + s[FLUTTER_AMP + j] * walk, F32(0.1))


@helper
def noise_tune(state, first, n, go, cutoff):  # type: ignore[no-untyped-def]
    """Set the filter, once the common rows have moved on by `go` ticks."""
    s = state[first:]
    for j in range(n):
        octaves = s[SWEEP_OCT + j] * s[ln.SWEEP_NOW + j] + s[WOBBLE_OCT + j] * s[ln.LFO_NOW + j]
        octaves += s[FLUTTER_OCT + j] * s[FLUTTER_2 + j]
        angle = s[ANGLE + j] * cutoff * s[ln.PITCH + j] * exp2(octaves)
        g, g_step = ln.ramp(s[G + j], prewarped(angle), go)
        s[G + j] = g
        s[G_STEP + j] = g_step


@helper
def noise_render(s, width, level, level_step, left, right, start, n_frames):  # type: ignore[no-untyped-def]
    """Add `n_frames` of the first `width` lanes to `left` and `right`."""
    width = width // 8 * 8  # tells the compiler that there is no remainder
    words = s.view(np.uint32)
    for i in range(n_frames):
        sum_l = F32(0.0)
        sum_r = F32(0.0)
        for j in range(width):
            word = next_word(words[WORD + j])
            words[WORD + j] = word
            x = s[TILTED + j]
            x += s[TILT + j] * (white(word) - x)
            s[TILTED + j] = x
            g = s[G + j] + s[G_STEP + j]
            s[G + j] = g
            band, low, z1, z2 = svf_step(x, s[Z1 + j], s[Z2 + j], g, s[DAMP + j])
            s[Z1 + j] = z1
            s[Z2 + j] = z2
            y = s[OUT_X + j] * x + s[OUT_BAND + j] * band + s[OUT_LOW + j] * low
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
