"""Resampling of a stream from 44100 to 48000 frames per second, for Opus, which knows no other rate."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

UP: Final = 160
DOWN: Final = 147
"""48000 / 44100."""

_CONTEXT: Final = 2 * DOWN  # input frames on each side of a block; the filter reaches less far
_BLOCK: Final = 256 * DOWN
_REACH: Final = 128  # of the filter, in input frames
_CUTOFF: Final = 0.97  # of 22050 Hz
_KAISER: Final = 10.0  # about 100 dB down

Frames = NDArray[np.float32]


def to_48k(chunks: Iterable[Frames]) -> Iterator[Frames]:
    """Yield chunks of (n, channels) resampled; in all `ceil(n * 160 / 147)` frames, whatever the chunks.

    Every block is filtered with what lies around it, so that no seam is left (overlap-save).
    """
    held: Frames | None = None
    for chunk in chunks:
        if held is None:
            held = np.zeros((_CONTEXT, chunk.shape[1]), dtype=np.float32)
        held = np.concatenate([held, chunk])
        while len(held) >= _BLOCK + 2 * _CONTEXT:
            yield _middle(held[: _BLOCK + 2 * _CONTEXT], _BLOCK)
            held = held[_BLOCK:]
    if held is not None:
        n_frames = len(held) - _CONTEXT
        silence = np.zeros((_CONTEXT, held.shape[1]), dtype=np.float32)
        yield _middle(np.concatenate([held, silence]), n_frames)


def _middle(frames: Frames, n_frames: int) -> Frames:
    """Resample `n_frames` that have _CONTEXT on both sides."""
    from scipy.signal import resample_poly

    out = np.asarray(resample_poly(frames, UP, DOWN, axis=0, window=_low_pass()), dtype=np.float32)
    first = _CONTEXT * UP // DOWN
    return out[first : first - (-n_frames * UP // DOWN)]


@functools.cache
def _low_pass() -> NDArray[np.float32]:
    """Return a windowed sinc (Kaiser)."""
    x = np.arange(-_REACH * UP, _REACH * UP + 1) * (_CUTOFF / UP)
    taps = np.sinc(x) * np.kaiser(len(x), _KAISER)
    return (taps / taps.sum()).astype(np.float32)
