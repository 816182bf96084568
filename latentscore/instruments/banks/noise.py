"""The noise bank: white to brown noise through a state-variable filter, with random flutter, in lanes."""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.filters import exp2, prewarped, svf_step
from latentscore.dsp.jit import helper
from latentscore.dsp.noise import next_word, white
from latentscore.instruments.banks import lanes as ln

F32 = np.float32
L: Final = ln.LANES

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
) = range(ln.N_COMMON, ln.N_COMMON + 20)  # fmt: skip
N_ROWS: Final = ln.N_COMMON + 20


@helper
def noise_update(state, first, n, go):  # type: ignore[no-untyped-def]
    """Let the flutter of loudness wander, before the common rows move on by `go` ticks."""
    s = state[first:]
    words = s.view(np.uint32)
    for j in range(n):
        co = go * s[FLUTTER_CO * L + j]
        walk = s[FLUTTER_1 * L + j]
        walk += co * (white(words[WORD * L + j]) - walk)
        s[FLUTTER_1 * L + j] = walk
        walk = s[FLUTTER_2 * L + j] + co * (walk - s[FLUTTER_2 * L + j])
        s[FLUTTER_2 * L + j] = walk
        s[ln.AMP * L + j] = s[STEADY * L + j] * max(F32(1.0) + s[FLUTTER_AMP * L + j] * walk, F32(0.1))


@helper
def noise_tune(state, first, n, go, cutoff):  # type: ignore[no-untyped-def]
    """Set the filter, once the common rows have moved on by `go` ticks."""
    s = state[first:]
    for j in range(n):
        octaves = (
            s[SWEEP_OCT * L + j] * s[ln.SWEEP_NOW * L + j] + s[WOBBLE_OCT * L + j] * s[ln.LFO_NOW * L + j]
        )
        octaves += s[FLUTTER_OCT * L + j] * s[FLUTTER_2 * L + j]
        angle = s[ANGLE * L + j] * cutoff * s[ln.PITCH * L + j] * exp2(octaves)
        g, g_step = ln.ramp(s[G * L + j], prewarped(angle), go)
        s[G * L + j] = g
        s[G_STEP * L + j] = g_step


@helper
def noise_render(s, n, level, level_step, left, right, start, n_frames):  # type: ignore[no-untyped-def]
    """Add `n_frames` of the first `n` lanes to `left` and `right`."""
    width = n // 8 * 8  # tells the compiler that there is no remainder
    words = s.view(np.uint32)
    for i in range(n_frames):
        sum_l = F32(0.0)
        sum_r = F32(0.0)
        for j in range(width):
            word = next_word(words[WORD * L + j])
            words[WORD * L + j] = word
            x = s[TILTED * L + j]
            x += s[TILT * L + j] * (white(word) - x)
            s[TILTED * L + j] = x
            g = s[G * L + j] + s[G_STEP * L + j]
            s[G * L + j] = g
            band, low, z1, z2 = svf_step(x, s[Z1 * L + j], s[Z2 * L + j], g, s[DAMP * L + j])
            s[Z1 * L + j] = z1
            s[Z2 * L + j] = z2
            y = s[OUT_X * L + j] * x + s[OUT_BAND * L + j] * band + s[OUT_LOW * L + j] * low
            rise = s[ln.RISE * L + j]
            rise += s[ln.RISE_CO * L + j] * (F32(1.0) - rise)
            s[ln.RISE * L + j] = rise
            gain = s[ln.GAIN * L + j] + s[ln.GAIN_STEP * L + j]
            s[ln.GAIN * L + j] = gain
            y *= rise * rise * gain
            sum_l += y * s[ln.PAN_L * L + j]
            sum_r += y * s[ln.PAN_R * L + j]
        left[start + i] += sum_l * level
        right[start + i] += sum_r * level
        level += level_step
