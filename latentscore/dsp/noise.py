"""Noise words: a linear congruential generator in uint32, and its mapping to [-1, 1)."""

from __future__ import annotations

import numpy as np

from latentscore.dsp.jit import helper

U32 = np.uint32


@helper
def next_word(word):  # type: ignore[no-untyped-def]
    """The word after `word` (Knuth's and Lewis's constants); one multiply and add per lane."""
    return U32(word * U32(1664525) + U32(1013904223))


@helper
def word_before(word):  # type: ignore[no-untyped-def]
    """The word that `next_word` made `word` of: the factor is the inverse of that one modulo 2 to the 32nd."""
    return U32((word - U32(1013904223)) * U32(4276115653))


@helper
def mixed(number):  # type: ignore[no-untyped-def]
    """A well mixed word of an integer (Wellons's lowbias32), so that noise can be addressed by time."""
    word = U32(number)
    word = U32(word ^ (word >> U32(16)))
    word = U32(word * U32(0x7FEB352D))
    word = U32(word ^ (word >> U32(15)))
    word = U32(word * U32(0x846CA68B))
    return U32(word ^ (word >> U32(16)))


@helper
def white(word):  # type: ignore[no-untyped-def]
    """The word as a float in [-1, 1)."""
    return np.float32(np.int32(word)) * np.float32(2.0**-31)
