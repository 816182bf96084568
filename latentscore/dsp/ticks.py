"""The tick: the fixed step in which every kernel advances, so that audio never depends on block sizes."""

from __future__ import annotations

from typing import Final

TICK: Final = 64
"""Frames in a tick (1.5 ms at 44 100 Hz). Controls are given at tick boundaries and ramped in between."""


def n_ticks(n_frames: int) -> int:
    """Return how many whole ticks hold `n_frames` frames, the last one perhaps only in part."""
    return -(-n_frames // TICK)
