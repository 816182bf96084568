"""The edges of a piece: a short fade in, a fade out, at the ends of the whole output only."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

EDGE_S: Final = 0.005
"""Fade at the start, and the least fade at the end."""
MAX_FADE_OUT_S: Final = 2.0


def default_fade_out_s(duration_s: float) -> float:
    """A tenth of the piece, at most 2 s."""
    return min(duration_s / 10.0, MAX_FADE_OUT_S)


def apply_edges(
    samples: NDArray[np.float32], first: int, total: int, fade_out_s: float, sample_rate: int
) -> None:
    """Fade one chunk in place where it meets the start or the end of the whole.

    Args:
        samples: float32 (n, channels), the frames from `first` on.
        first: Number of the chunk's first frame.
        total: Frames of the whole piece.
        fade_out_s: Seconds of the closing fade; below 5 ms it lasts 5 ms.
        sample_rate: Frames per second.
    """
    edge, fade = EDGE_S * sample_rate, max(fade_out_s, EDGE_S) * sample_rate
    begins, ends = first < edge, first + len(samples) > total - fade
    if not begins and not ends:
        return
    frames = np.arange(first, first + len(samples), dtype=np.float64)
    if begins:
        samples *= _rise(frames / edge)[:, None]
    if ends:
        samples *= _rise((total - 1 - frames) / fade)[:, None]


def _rise(x: NDArray[np.float64]) -> NDArray[np.float32]:
    """A raised cosine from 0 at x = 0 to 1 at x = 1, flat outside."""
    return (0.5 - 0.5 * np.cos(np.pi * np.clip(x, 0.0, 1.0))).astype(np.float32)
