"""The wavetable bank: a cycle that is morphed through the frames of a table, and a filter, in lanes.

A table is kept once for each octave of pitch, with half as many harmonics from one to the next, so that none lies
beyond the spectrum. A lane keeps the copy that it began with, which leaves room for bends by half an octave.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from latentscore.dsp.constants import HALF, ONE, TICK_FRAMES, ZERO
from latentscore.dsp.filters import exp2, prewarped, svf_design
from latentscore.dsp.jit import helper
from latentscore.dsp.oscillators import wrap
from latentscore.dsp.ticks import TICK
from latentscore.dsp.weave import BLOCK
from latentscore.instruments.banks import lanes as ln

F32 = np.float32

N_FRAMES: Final = 6
"""Frames of a table, between which a lane moves."""
N_HARMONICS: Final = 64
N_OCTAVES: Final = 7
"""Copies of a table: the last one is a sine."""
SIZE: Final = 2048
"""Samples of a cycle. Linear interpolation errs by 0.5 % at the highest harmonic, by 0.01 % at the tenth."""
_STRIDE: Final = SIZE + 2  # the first samples once more, so that reads never wrap
_COPY: Final = N_FRAMES * _STRIDE
TABLE_SIZE: Final = N_OCTAVES * _COPY
"""Floats of a whole table."""
_HIGHEST: Final = 0.31
"""Where the harmonics of a copy end, as a share of the sample rate: a bend by half an octave stays below a half."""

_TURN: Final = F32(2.0**32)
"""A turn of the phase that reads: an integer, which wraps by itself."""
_STEP: Final = 2**32 // SIZE
"""From one sample to the next."""
_SHIFT: Final = np.uint32(_STEP.bit_length() - 1)
_BEHIND: Final = np.uint32(_STEP - 1)
_SAMPLE: Final = F32(1.0 / _STEP)
_NEXT = np.uint64(1)
_LAST_PLACE: Final = F32(N_FRAMES - 1 - 1e-4)

# Rows after the common ones. The phase is in turns and centred, the step in turns a frame.
(
    PHASE, TUNE, STEP,  # phase of the frame before, step on pitch, step of this tick
    COPY,  # where the lane's copy of its table begins
    PLACE, PLACE_STEP,  # where between the frames, from 0, and its change a frame
    PLACE_BASE, PLACE_SWEEP, PLACE_LFO,  # its constant part, and its share of the second envelope and the LFO
    Z1, Z2, DAMP,  # filter: integrators, 1 / Q
    ANGLE,  # cutoff, pi * f / sample_rate
    SWEEP_OCT,  # depth of the second envelope on the cutoff
) = ln.places(ln.N_COMMON, 14)  # fmt: skip
N_ROWS: Final = ln.N_COMMON + 14


def mip_map(spectra: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return a table's copies, flat, from the amplitudes of its harmonics, (N_FRAMES, N_HARMONICS).

    Every frame has the power of a sine of amplitude 1. A harmonic has the same phase in all of them, so that what
    lies between two frames is what lies between their spectra; and unlike phases (Schroeder 1970) keep crests low.
    """
    order = np.arange(1, N_HARMONICS + 1)
    turned = np.exp(-1j * np.pi * order * (order - 1) / N_HARMONICS)
    bins = np.zeros((N_OCTAVES, N_FRAMES, SIZE // 2 + 1), dtype=np.complex128)
    levels = spectra / np.sqrt(np.square(spectra).sum(axis=1, keepdims=True))
    for octave in range(N_OCTAVES):
        n = N_HARMONICS >> octave
        bins[octave, :, 1 : n + 1] = levels[:, :n] * turned[:n]
    cycles = np.fft.irfft(bins * (SIZE / 2), axis=-1)
    return np.concatenate([cycles, cycles[..., :2]], axis=-1).astype(np.float32).ravel()


def copy_for(step: float) -> int:
    """Return where in its table the copy for a pitch begins, which is given in turns a frame."""
    octave = math.ceil(math.log2(max(N_HARMONICS * step / _HIGHEST, 1.0)))
    return min(octave, N_OCTAVES - 1) * _COPY


@helper
def wavetable_update(s, n, go, cutoff, design):  # type: ignore[no-untyped-def]
    """Set what follows from the common rows of `n` lanes, once these have moved on by `go` ticks."""
    for j in range(n):
        s[STEP + j] = s[TUNE + j] * s[ln.PITCH + j]
        sweep = s[ln.SWEEP_NOW + j]
        target = s[PLACE_BASE + j] + s[PLACE_SWEEP + j] * sweep + s[PLACE_LFO + j] * s[ln.LFO_NOW + j]
        target = min(max(target, ZERO), _LAST_PLACE)
        at = s[PLACE + j]
        if go > ZERO:  # a tick lies between two frames of the table: the place rests on the way past one
            target = min(max(target, np.ceil(at) - ONE), np.floor(at) + ONE)
        now, step = ln.ramp(at, target, go)
        s[PLACE + j] = now
        s[PLACE_STEP + j] = step
        g = prewarped(s[ANGLE + j] * cutoff * exp2(s[SWEEP_OCT + j] * sweep))
        svf_design(design, ln.LANES, j, g, s[DAMP + j], ZERO, ZERO, ONE)


@helper
def wavetable_source(s, lane, tables, x):  # type: ignore[no-untyped-def]
    """Fill a woven tick with what one lane sends into its filter, and move it on."""
    start, step, place_step = s[ln.START + lane], s[STEP + lane], s[PLACE_STEP + lane]
    phase = s[PHASE + lane] + step * (ONE - start)
    begins = s[PLACE + lane]
    ends = begins + place_step * (TICK_FRAMES - start)
    frame = np.int64(HALF * (begins + ends))
    across = begins - place_step * start - F32(frame)
    here = tables[np.int64(s[COPY + lane]) + frame * _STRIDE :]
    there = here[_STRIDE:]
    at, pace = np.uint32(np.int64(phase * _TURN)), np.uint32(np.int64(step * _TURN))
    for i in range(TICK):  # in order of time, frame by frame: vectors would only gather, which is slower
        k = np.uint64(at >> _SHIFT)  # unsigned: numba counts other indices from the end if negative
        along = F32(np.int32(at & _BEHIND)) * _SAMPLE
        first = here[k] + along * (here[k + _NEXT] - here[k])
        second = there[k] + along * (there[k + _NEXT] - there[k])
        x[BLOCK * (i & (BLOCK - 1)) + i // BLOCK] = first + across * (second - first)
        at = np.uint32(at + pace)
        across += place_step
    s[PHASE + lane] = wrap(phase + step * F32(TICK - 1))
    s[PLACE + lane] = ends
