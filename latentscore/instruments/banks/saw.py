"""The saw bank: two band-limited saws (their difference is a pulse), a sine and noise through a filter, in lanes."""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.filters import exp2, prewarped, svf_step
from latentscore.dsp.jit import helper, kernel
from latentscore.dsp.noise import mixed, next_word, white
from latentscore.dsp.oscillators import BLEP_WIDTH, advance, saw, sine
from latentscore.dsp.ticks import TICK
from latentscore.instruments.banks import lanes as ln

F32 = np.float32
L: Final = ln.LANES
_NARROW: Final = F32(1.0 / BLEP_WIDTH)

# Rows after the common ones. Phases are in turns and centred, steps in turns a frame.
(
    PHASE_1, PHASE_2, PHASE_3,  # saw, saw, sine
    TUNE_1, TUNE_2, TUNE_3,  # steps on pitch
    STEP_1, STEP_2, STEP_3,  # steps of this tick
    REACH_1, REACH_2,  # 1 / (BLEP_WIDTH * step)
    MIX_1, MIX_2, MIX_SINE, MIX_NOISE,  # weights of the sources
    Z1, Z2, G, G_STEP, DAMP,  # filter: states, gain and its ramp, 1 / Q
    OUT_X, OUT_BAND, OUT_LOW,  # what of input, band-pass and low-pass is heard
    ANGLE,  # cutoff, pi * f / sample_rate
    SWEEP_OCT, WOBBLE_OCT,  # depths of second envelope and LFO on the cutoff
) = range(ln.N_COMMON, ln.N_COMMON + 26)  # fmt: skip
N_ROWS: Final = ln.N_COMMON + 26


@helper
def update(state, first, n, go, cutoff, pitch):  # type: ignore[no-untyped-def]
    """Move the controls of `n` lanes on by `go` ticks; 0 sets those of new lanes."""
    ln.modulate(state, first, n, go, pitch)
    s = state[first:]
    for j in range(n):
        factor = s[ln.PITCH * L + j]
        step_1 = s[TUNE_1 * L + j] * factor
        step_2 = s[TUNE_2 * L + j] * factor
        s[STEP_1 * L + j] = step_1
        s[STEP_2 * L + j] = step_2
        s[STEP_3 * L + j] = s[TUNE_3 * L + j] * factor
        s[REACH_1 * L + j] = _NARROW / max(step_1, F32(1e-6))
        s[REACH_2 * L + j] = _NARROW / max(step_2, F32(1e-6))
        octaves = (
            s[SWEEP_OCT * L + j] * s[ln.SWEEP_NOW * L + j] + s[WOBBLE_OCT * L + j] * s[ln.LFO_NOW * L + j]
        )
        g, g_step = ln.ramp(s[G * L + j], prewarped(s[ANGLE * L + j] * cutoff * exp2(octaves)), go)
        s[G * L + j] = g
        s[G_STEP * L + j] = g_step


@helper
def render(s, n, word, level, level_step, left, right, start, n_frames):  # type: ignore[no-untyped-def]
    """Add `n_frames` of the first `n` lanes to `left` and `right`."""
    width = n // 8 * 8  # tells the compiler that there is no remainder
    for i in range(n_frames):
        word = next_word(word)
        noise = white(word)
        sum_l = F32(0.0)
        sum_r = F32(0.0)
        for j in range(width):
            p1 = advance(s[PHASE_1 * L + j], s[STEP_1 * L + j])
            p2 = advance(s[PHASE_2 * L + j], s[STEP_2 * L + j])
            p3 = advance(s[PHASE_3 * L + j], s[STEP_3 * L + j])
            s[PHASE_1 * L + j] = p1
            s[PHASE_2 * L + j] = p2
            s[PHASE_3 * L + j] = p3
            x = s[MIX_1 * L + j] * saw(p1, s[REACH_1 * L + j]) + s[MIX_2 * L + j] * saw(
                p2, s[REACH_2 * L + j]
            )
            x += s[MIX_SINE * L + j] * sine(p3) + s[MIX_NOISE * L + j] * noise
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
    return word


@kernel
def saw_bank(state, counters, onsets, rows, first_frame, controls, left, right):  # type: ignore[no-untyped-def]
    """Add the sound of all lanes to `left` and `right`; the arguments are described in `lanes`."""
    counters[ln.TAKEN] = 0
    for tick in range(controls.shape[0] - 1):
        frame = first_frame + tick * TICK
        end = frame + TICK
        if ln.rests(counters, onsets, end):
            continue
        word = mixed(frame + counters[ln.SALT])  # addressed by time: a skipped bank loses no step
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
            word = render(state, n, word, level_now, level_step, left, right, at, n_frames)
            level_now += F32(n_frames) * level_step
            frame += n_frames
        if (end // TICK) % ln.TIDY_TICKS == 0:
            ln.tidy(state, counters, rows.shape[1])
