"""The woven tick: a tick's frames stored so that recursive filters become vector code.

A tick of 64 frames is cut into 8 blocks of 8. Element `8 k + b` holds frame `8 b + k`: one vector holds the
same place of every block. What depends on time alone is computed element by element. A recursive filter first
runs through all blocks at once, each from rest (8 steps instead of 64); its memory is carried from block to
block; and then all blocks are filtered at once, each from its own memory. That is block filtering after C. S.
Burrus, "Block realization of digital filters" (IEEE Transactions on Audio and Electroacoustics, 1972).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from latentscore.dsp.constants import ZERO
from latentscore.dsp.jit import helper
from latentscore.dsp.ticks import TICK

F32 = np.float32

BLOCK: Final = 8
"""Blocks in a tick, and frames in a block: `BLOCK * BLOCK == TICK`."""
PIECE: Final = TICK + 2 * BLOCK
"""Floats of a woven tick that is filtered: its frames, and what a filter carries from block to block."""
FRAME: Final = np.arange(TICK).reshape(BLOCK, BLOCK).T.reshape(-1).astype(np.float32)
"""The frame that each element of a woven tick holds, from 0."""


def _leaps() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Factors and terms that lead from a noise word to the one of each frame (see `latentscore.dsp.noise`)."""
    factor, term = 1, 0
    factors, terms = np.empty(TICK, np.uint32), np.empty(TICK, np.uint32)
    for frame in range(TICK):
        factor, term = factor * 1664525 % 2**32, (term * 1664525 + 1013904223) % 2**32
        factors[frame], terms[frame] = factor, term
    order = FRAME.astype(np.int64)
    return factors[order], terms[order]


LEAP_FACTOR, LEAP_TERM = _leaps()
LAST: Final = TICK - 1
"""Element that holds the last frame."""


@helper
def white_tick(word, out):  # type: ignore[no-untyped-def]
    """Fill a woven tick with white noise in [-1, 1) from `word`; return the word to go on with."""
    for e in range(TICK):
        out[e] = F32(np.int32(np.uint32(LEAP_FACTOR[e] * word + LEAP_TERM[e]))) * F32(2.0**-31)
    return np.uint32(LEAP_FACTOR[LAST] * word + LEAP_TERM[LAST])


@helper
def silence_before(start, out):  # type: ignore[no-untyped-def]
    """Zero the frames of a woven tick before frame `start`."""
    for e in range(TICK):
        out[e] = out[e] if FRAME[e] >= start else ZERO


@helper
def previous(x, before, out):  # type: ignore[no-untyped-def]
    """Fill `out` with the frame before each frame of `x`; `before` is the last one of the tick before."""
    out[0] = before
    for b in range(1, BLOCK):
        out[b] = x[TICK - BLOCK - 1 + b]
    for e in range(BLOCK, TICK):
        out[e] = x[e - BLOCK]


@helper
def unweave(x, out):  # type: ignore[no-untyped-def]
    """Write a woven tick to `out` in order of time."""
    for b in range(BLOCK):
        for k in range(BLOCK):
            out[BLOCK * b + k] = x[BLOCK * k + b]


def unwoven(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return woven ticks, (..., n), in order of time."""
    ticks = audio.reshape(*audio.shape[:-1], -1, BLOCK, BLOCK)
    return np.ascontiguousarray(ticks.swapaxes(-1, -2)).reshape(audio.shape)


woven = unwoven
"""Return audio, (..., n), as woven ticks. Rows and columns change places either way."""
