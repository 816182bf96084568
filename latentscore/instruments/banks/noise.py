"""The noise bank: white to brown noise through a state-variable filter, with random flutter, in lanes."""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.filters import exp2, prewarped, svf_step
from latentscore.dsp.jit import helper, kernel
from latentscore.dsp.noise import next_word, white
from latentscore.dsp.ticks import TICK
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
def update(state, first, n, go, cutoff, pitch):  # type: ignore[no-untyped-def]
    """Move the controls of `n` lanes on by `go` ticks; 0 sets those of new lanes."""
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
    ln.modulate(state, first, n, go, pitch)
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
def render(s, n, level, level_step, left, right, start, n_frames):  # type: ignore[no-untyped-def]
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


@kernel
def noise_bank(state, counters, onsets, rows, first_frame, controls, left, right):  # type: ignore[no-untyped-def]
    """Add the sound of all lanes to `left` and `right`; the arguments are described in `lanes`."""
    counters[ln.TAKEN] = 0
    for tick in range(controls.shape[0] - 1):
        frame = first_frame + tick * TICK
        end = frame + TICK
        if ln.rests(counters, onsets, end):
            continue
        cutoff, pitch, level = controls[tick + 1]
        level_now = controls[tick, 2]
        level_step = (level - level_now) * F32(1.0 / TICK)
        update(state, np.int64(0), ln.padded(counters), F32(1.0), cutoff, pitch)
        while frame < end:
            first = counters[ln.ACTIVE]
            n_new = ln.admit(state, counters, onsets, rows, frame)
            update(state, first, n_new, F32(0.0), cutoff, pitch)
            update(state, first, n_new, F32(end - frame) * F32(1.0 / TICK), cutoff, pitch)
            n_frames = ln.span(counters, onsets, frame, end)
            n = ln.padded(counters)
            at = frame - first_frame
            render(state, n, level_now, level_step, left, right, at, n_frames)
            level_now += F32(n_frames) * level_step
            frame += n_frames
        if (end // TICK) % ln.TIDY_TICKS == 0:
            ln.tidy(state, counters, rows.shape[1])
