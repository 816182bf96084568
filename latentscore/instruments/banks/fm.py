"""The FM bank: a sine bent by a modulator, then shaped by a polynomial into chosen harmonics, in lanes.

Chowning (1973) for the modulation. The shaping is after Arfib and Le Brun (1979), with Chebyshev polynomials of the
second kind: sin(n t) = sin(t) · U(n-1, cos t). The sum is odd in t, so it has no DC whatever modulation and
`DRIVE` do. A smaller cosine (`DRIVE` < 1) gives a duller tone, as a softly blown reed or horn does.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.jit import helper
from latentscore.dsp.noise import next_word, white
from latentscore.dsp.oscillators import advance, cosine, sine, wrap
from latentscore.instruments.banks import lanes as ln

F32 = np.float32
L: Final = ln.LANES
N_HARMONICS: Final = 8

# Rows after the common ones. Phases are in turns and centred, steps in turns a frame.
(
    PHASE, TUNE, STEP,  # carrier: phase, step on pitch, step of this tick
    MOD_PHASE, MOD_TUNE, MOD_STEP,  # modulator
    INDEX, INDEX_STEP,  # depth of modulation in turns, and its change a frame
    INDEX_BASE, INDEX_SWEEP, INDEX_LFO,  # its constant part, and its share of the second envelope and the LFO
    DRIVE, DRIVE_STEP, DRIVE_BASE, DRIVE_SWEEP, DRIVE_LFO,  # amplitude of the cosine, likewise
    BREATH, BREATH_CO, BREATHED,  # gain of the noise, its one-pole, the state of that
    A1, A2, A3, A4, A5, A6, A7, A8,  # coefficients of the powers of the cosine, from 0
) = range(ln.N_COMMON, ln.N_COMMON + 27)  # fmt: skip
N_ROWS: Final = ln.N_COMMON + 27


@helper
def fm_update(state, first, n, go, cutoff):  # type: ignore[no-untyped-def]
    """Set what follows from the common rows, once these have moved on by `go` ticks."""
    s = state[first:]
    bright = np.sqrt(cutoff)
    driven = np.sqrt(bright)
    for j in range(n):
        s[STEP * L + j] = s[TUNE * L + j] * s[ln.PITCH * L + j]
        s[MOD_STEP * L + j] = s[MOD_TUNE * L + j] * s[ln.PITCH * L + j]
        sweep = s[ln.SWEEP_NOW * L + j]
        wave = s[ln.LFO_NOW * L + j]
        index = s[INDEX_BASE * L + j] + s[INDEX_SWEEP * L + j] * sweep + s[INDEX_LFO * L + j] * wave
        now, step = ln.ramp(s[INDEX * L + j], index * bright, go)
        s[INDEX * L + j] = now
        s[INDEX_STEP * L + j] = step
        drive = s[DRIVE_BASE * L + j] + s[DRIVE_SWEEP * L + j] * sweep + s[DRIVE_LFO * L + j] * wave
        now, step = ln.ramp(s[DRIVE * L + j], min(drive * driven, F32(1.03)), go)
        s[DRIVE * L + j] = now
        s[DRIVE_STEP * L + j] = step


@helper
def fm_render(s, n, word, level, level_step, left, right, start, n_frames):  # type: ignore[no-untyped-def]
    """Add `n_frames` of the first `n` lanes to `left` and `right`."""
    width = n // 8 * 8  # tells the compiler that there is no remainder
    for i in range(n_frames):
        word = next_word(word)
        noise = white(word)
        sum_l = F32(0.0)
        sum_r = F32(0.0)
        for j in range(width):
            phase = advance(s[PHASE * L + j], s[STEP * L + j])
            s[PHASE * L + j] = phase
            mod = advance(s[MOD_PHASE * L + j], s[MOD_STEP * L + j])
            s[MOD_PHASE * L + j] = mod
            index = s[INDEX * L + j] + s[INDEX_STEP * L + j]
            s[INDEX * L + j] = index
            drive = s[DRIVE * L + j] + s[DRIVE_STEP * L + j]
            s[DRIVE * L + j] = drive
            phase = wrap(phase + index * sine(mod))
            c = drive * cosine(phase)
            c2 = c * c
            low = s[A1 * L + j] + c * s[A2 * L + j] + c2 * (s[A3 * L + j] + c * s[A4 * L + j])
            high = s[A5 * L + j] + c * s[A6 * L + j] + c2 * (s[A7 * L + j] + c * s[A8 * L + j])
            y = low + c2 * c2 * high
            y *= sine(phase)
            breath = s[BREATHED * L + j]
            breath += s[BREATH_CO * L + j] * (noise - breath)
            s[BREATHED * L + j] = breath
            y += s[BREATH * L + j] * breath
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
