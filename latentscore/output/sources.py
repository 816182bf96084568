"""Where playback gets its samples: the protocol of a source, samples in memory, and the fade of `sleep=`."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Source(Protocol):
    """Anything that gives samples in order."""

    def read(self, n_frames: int, /) -> NDArray[np.float32]:
        """Return the next frames as float32 (m,) or (m, channels), m <= n_frames.

        Fewer than asked for means the end. It may block, is called by one thread only, and what it raises reaches
        the listener's `wait` after the frames before it have been played. The result is copied at once.
        """
        ...


class ArraySource:
    """Samples in memory, (n,) or (n, channels), read from the beginning to the end."""

    def __init__(self, samples: NDArray[np.float32]) -> None:
        self._samples = samples
        self._next = 0

    def read(self, n_frames: int, /) -> NDArray[np.float32]:
        """Return a view of the next frames."""
        block = self._samples[self._next : self._next + n_frames]
        self._next += len(block)
        return block


class SleepingSource:
    """A source that plays on for a while, fades to silence and ends.

    Args:
        source: What is played; it may end sooner.
        awake_frames: Frames before the fade.
        fade_frames: Frames of the fade, at least 1.
    """

    def __init__(self, source: Source, awake_frames: int, fade_frames: int) -> None:
        self._source = source
        self._awake = awake_frames
        self._fade = fade_frames
        self._next = 0

    def read(self, n_frames: int, /) -> NDArray[np.float32]:
        """Return the next frames, faded."""
        first = self._next
        n_frames = min(n_frames, self._awake + self._fade - first)
        if n_frames == 0:
            return np.zeros(0, dtype=np.float32)
        block = self._source.read(n_frames)
        self._next += len(block)
        if self._next <= self._awake:
            return block
        left = 1.0 - (np.arange(first, self._next) - self._awake) / self._fade
        # The cube falls about evenly to the ear; each gain follows from its frame's number alone.
        gain = (np.minimum(left, 1.0) ** 3).astype(np.float32)
        return block * gain.reshape(-1, *[1] * (block.ndim - 1))
