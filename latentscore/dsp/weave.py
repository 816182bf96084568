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

from latentscore.dsp.constants import ONE, ZERO
from latentscore.dsp.jit import helper
from latentscore.dsp.oscillators import cosine, sine, wrap
from latentscore.dsp.ticks import TICK

F32 = np.float32

BLOCK: Final = 8
"""Blocks in a tick, and frames in a block: `BLOCK * BLOCK == TICK`."""
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
def powers(first, ratio, out):  # type: ignore[no-untyped-def]
    """Fill a woven tick with `first` times the powers of `ratio`, from 0 on; return the one after the last."""
    ratio_8 = ratio * ratio
    ratio_8 *= ratio_8
    ratio_8 *= ratio_8
    for b in range(BLOCK):
        out[b] = first
        first *= ratio_8
    for e in range(BLOCK, TICK):
        out[e] = ratio * out[e - BLOCK]
    return first


@helper
def smooth(x, scratch, rate, state):  # type: ignore[no-untyped-def]
    """Pass a woven tick through a one-pole low-pass, in place; return its new state. `scratch` has TICK floats."""
    keep = ONE - rate
    for e in range(TICK):
        x[e] *= rate
    for b in range(BLOCK):
        scratch[b] = x[b]
    for e in range(BLOCK, TICK):
        scratch[e] = x[e] + keep * scratch[e - BLOCK]
    keep_8 = keep * keep
    keep_8 *= keep_8
    keep_8 *= keep_8
    for b in range(BLOCK):  # each step waits for a single multiply-add
        scratch[b] = state
        state = keep_8 * state + scratch[TICK - BLOCK + b]
    for b in range(BLOCK):
        x[b] += keep * scratch[b]
    for e in range(BLOCK, TICK):
        x[e] += keep * x[e - BLOCK]
    return state


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


@helper
def spiral(size, fade, phase, step, re, im):  # type: ignore[no-untyped-def]
    """Fill woven ticks with `size * fade^t` times cosine and sine of `phase + step * t`; return the size after them.

    Phases are in turns. Only the starts of the blocks are looked up: from frame to frame the number is turned.
    """
    fade_8 = fade * fade
    fade_8 *= fade_8
    fade_8 *= fade_8
    for b in range(BLOCK):
        re[b] = size
        size *= fade_8
    for b in range(
        re.shape[0] // TICK * BLOCK
    ):  # were the number known, the loop would be unrolled to scalars
        at = wrap(phase + step * F32(BLOCK * b))
        im[b] = re[b] * sine(at)
        re[b] *= cosine(at)
    turn = wrap(step)
    turn_re, turn_im = fade * cosine(turn), fade * sine(turn)
    for e in range(BLOCK, TICK):
        x, y = re[e - BLOCK], im[e - BLOCK]
        re[e] = x * turn_re - y * turn_im
        im[e] = x * turn_im + y * turn_re
    return size


def unwoven(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return woven ticks, (..., n), in order of time."""
    ticks = audio.reshape(*audio.shape[:-1], -1, BLOCK, BLOCK)
    return np.ascontiguousarray(ticks.swapaxes(-1, -2)).reshape(audio.shape)


woven = unwoven
"""Return audio, (..., n), as woven ticks. Rows and columns change places either way."""
