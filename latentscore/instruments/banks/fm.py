"""The FM bank: a sine bent by a modulator, then shaped by a polynomial into chosen harmonics, in lanes.

Chowning (1973) for the modulation. The shaping is after Arfib and Le Brun (1979), with Chebyshev polynomials of the
second kind: sin(n t) = sin(t) · U(n-1, cos t). The sum is odd in t, so it has no DC whatever modulation and
`DRIVE` do. A smaller cosine (`DRIVE` < 1) gives a duller tone, as a softly blown reed or horn does.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.constants import ONE, TICK_FRAMES, ZERO
from latentscore.dsp.jit import helper
from latentscore.dsp.oscillators import cosine, sine, wrap
from latentscore.dsp.ticks import TICK
from latentscore.dsp.weave import FRAME, PIECE
from latentscore.instruments.banks import lanes as ln

F32 = np.float32
N_HARMONICS: Final = 8

# Rows after the common ones. Phases are in turns and centred, steps in turns a frame.
(
    PHASE, TUNE, STEP,  # carrier: phase of the frame before, step on pitch, step of this tick
    MOD_PHASE, MOD_TUNE, MOD_STEP,  # modulator
    INDEX, INDEX_STEP,  # depth of modulation in turns, and its change a frame
    INDEX_BASE, INDEX_SWEEP, INDEX_LFO,  # its constant part, and its share of the second envelope and the LFO
    DRIVE, DRIVE_STEP, DRIVE_BASE, DRIVE_SWEEP, DRIVE_LFO,  # amplitude of the cosine, likewise
    BREATH, BREATH_CO, BREATHED,  # gain of the noise, its one-pole (1 where there is none), the state of that
    A1, A2, A3, A4, A5, A6, A7, A8,  # coefficients of the powers of the cosine, from 0
) = ln.places(ln.N_COMMON, 27)  # fmt: skip
N_ROWS: Final = ln.N_COMMON + 27


@helper
def fm_update(s, n, go, cutoff):  # type: ignore[no-untyped-def]
    """Set what follows from the common rows of `n` lanes, once these have moved on by `go` ticks."""
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
def fm_breathe(s, n, noise, pieces):  # type: ignore[no-untyped-def]
    """Put the breath of `n` lanes, a noise that all share made dull, into their pieces."""
    for lane in range(n):
        if s[BREATH_CO + lane] < ONE:
            for e in range(TICK):
                pieces[lane * PIECE + e] = noise[e]
    ln.darken(s, n, BREATH_CO, BREATHED, pieces)


@helper
def _shape(s, lane, drive, drive_step, x, re):  # type: ignore[no-untyped-def]
    """Turn the sine `x` and cosine `re` of a tick into the harmonics of one lane, in place."""
    a1, a2, a3, a4 = s[A1 + lane], s[A2 + lane], s[A3 + lane], s[A4 + lane]
    a5, a6, a7, a8 = s[A5 + lane], s[A6 + lane], s[A7 + lane], s[A8 + lane]
    for e in range(TICK):
        c = (drive + drive_step * FRAME[e]) * re[e]
        c2 = c * c
        low = a1 + c * a2 + c2 * (a3 + c * a4)
        high = a5 + c * a6 + c2 * (a7 + c * a8)
        x[e] *= low + c2 * c2 * high


@helper
def fm_source(s, lane, x, re, im):  # type: ignore[no-untyped-def]
    """Fill a woven tick with one lane's tone and the breath that is in it, and move on. `re`, `im` are scratch."""
    start, step, mod_step = s[ln.START + lane], s[STEP + lane], s[MOD_STEP + lane]
    since = ONE - start
    phase, mod_phase = s[PHASE + lane] + step * since, s[MOD_PHASE + lane] + mod_step * since
    index_step, drive_step = s[INDEX_STEP + lane], s[DRIVE_STEP + lane]
    index, drive = s[INDEX + lane] - index_step * start, s[DRIVE + lane] - drive_step * start
    if index == ZERO and index_step == ZERO:
        for e in range(TICK):
            turned = wrap(phase + step * FRAME[e])
            re[e] = cosine(turned)
            im[e] = sine(turned)
    else:
        for e in range(TICK):
            bent = (index + index_step * FRAME[e]) * sine(wrap(mod_phase + mod_step * FRAME[e]))
            turned = wrap(phase + step * FRAME[e] + bent)
            re[e] = cosine(turned)
            im[e] = sine(turned)
    _shape(s, lane, drive, drive_step, im, re)
    s[PHASE + lane] = wrap(phase + step * F32(TICK - 1))
    s[MOD_PHASE + lane] = wrap(mod_phase + mod_step * F32(TICK - 1))
    s[INDEX + lane] = index + index_step * TICK_FRAMES
    s[DRIVE + lane] = drive + drive_step * TICK_FRAMES
    breath = s[BREATH + lane]
    if s[BREATH_CO + lane] < ONE:
        for e in range(TICK):
            x[e] = im[e] + breath * x[e]
    else:
        for e in range(TICK):
            x[e] = im[e]
