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
) = ln.places(ln.N_COMMON, 27)  # fmt: skip
N_ROWS: Final = ln.N_COMMON + 27


@helper
def fm_update(state, first, n, go, cutoff):  # type: ignore[no-untyped-def]
    """Set what follows from the common rows, once these have moved on by `go` ticks."""
    s = state[first:]
    bright = np.sqrt(cutoff)
    driven = np.sqrt(bright)
    for j in range(n):
        s[STEP + j] = s[TUNE + j] * s[ln.PITCH + j]
        s[MOD_STEP + j] = s[MOD_TUNE + j] * s[ln.PITCH + j]
        sweep = s[ln.SWEEP_NOW + j]
        wave = s[ln.LFO_NOW + j]
        index = s[INDEX_BASE + j] + s[INDEX_SWEEP + j] * sweep + s[INDEX_LFO + j] * wave
        now, step = ln.ramp(s[INDEX + j], index * bright, go)
        s[INDEX + j] = now
        s[INDEX_STEP + j] = step
        drive = s[DRIVE_BASE + j] + s[DRIVE_SWEEP + j] * sweep + s[DRIVE_LFO + j] * wave
        now, step = ln.ramp(s[DRIVE + j], min(drive * driven, F32(1.03)), go)
        s[DRIVE + j] = now
        s[DRIVE_STEP + j] = step


@helper
def fm_render(s, width, word, level, level_step, left, right, start, n_frames):  # type: ignore[no-untyped-def]
    """Add `n_frames` of the first `width` lanes to `left` and `right`."""
    width = width // 8 * 8  # tells the compiler that there is no remainder
    for i in range(n_frames):
        word = next_word(word)
        noise = white(word)
        sum_l = F32(0.0)
        sum_r = F32(0.0)
        for j in range(width):
            phase = advance(s[PHASE + j], s[STEP + j])
            s[PHASE + j] = phase
            mod = advance(s[MOD_PHASE + j], s[MOD_STEP + j])
            s[MOD_PHASE + j] = mod
            index = s[INDEX + j] + s[INDEX_STEP + j]
            s[INDEX + j] = index
            drive = s[DRIVE + j] + s[DRIVE_STEP + j]
            s[DRIVE + j] = drive
            phase = wrap(phase + index * sine(mod))
            c = drive * cosine(phase)
            c2 = c * c
            low = s[A1 + j] + c * s[A2 + j] + c2 * (s[A3 + j] + c * s[A4 + j])
            high = s[A5 + j] + c * s[A6 + j] + c2 * (s[A7 + j] + c * s[A8 + j])
            y = low + c2 * c2 * high
            y *= sine(phase)
            breath = s[BREATHED + j]
            breath += s[BREATH_CO + j] * (noise - breath)
            s[BREATHED + j] = breath
            y += s[BREATH + j] * breath
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
