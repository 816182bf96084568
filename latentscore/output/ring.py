"""Between the thread that renders and the callback that plays: a bounded ring of samples, and its outlet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Ring:
    """Frames in an array of fixed size. One thread writes, another takes, and neither waits for the other.

    Each counter has one writer, and moves only after the samples have: no lock is needed.

    Args:
        n_frames: Most frames held at once.
        channels: Columns of a block.
    """

    def __init__(self, n_frames: int, channels: int) -> None:
        self._frames = np.zeros((n_frames, channels), dtype=np.float32)
        self._written = 0
        self.taken = 0
        """Frames taken so far."""

    @property
    def fill(self) -> int:
        """Frames that wait to be taken."""
        return self._written - self.taken

    def write(self, block: NDArray[np.float32]) -> None:
        """Append float32 (n, channels); the writer keeps `fill + n` within the ring."""
        size = len(self._frames)
        if self.fill + len(block) > size:
            raise ValueError(f"{len(block)} frames don't fit: {self.fill} of {size} are waiting")
        start = self._written % size
        before_wrap = min(len(block), size - start)
        self._frames[start : start + before_wrap] = block[:before_wrap]
        self._frames[: len(block) - before_wrap] = block[before_wrap:]
        self._written += len(block)

    def take(self, out: NDArray[np.float32]) -> int:
        """Move what waits into the beginning of `out` (n, channels, or any width for mono); return its frames."""
        size = len(self._frames)
        n_frames = min(len(out), self.fill)
        start = self.taken % size
        before_wrap = min(n_frames, size - start)
        out[:before_wrap] = self._frames[start : start + before_wrap]
        out[before_wrap:n_frames] = self._frames[: n_frames - before_wrap]
        self.taken += n_frames
        return n_frames


class Outlet:
    """What the device's callback runs: it copies out of the ring, ramps at a pause, and plays silence if need be.

    The other threads talk to it through plain attributes, each with one meaning and no lock.

    Args:
        ring: Where the samples come from.
        ramp_frames: Length of the ramps into and out of a pause.
    """

    def __init__(self, ring: Ring, ramp_frames: int) -> None:
        self.ring = ring
        self.flowing = False
        """Set when enough waits to begin; cleared here when the ring runs dry, so that it can fill up first."""
        self.source_ended = False
        """Set after the last frame was written."""
        self.paused = False
        """While set, no frame is taken, save those of the ramp to silence."""
        self.stopping = False
        """Set beside `paused`: once silent, that was all."""
        self.finished = False
        """Everything was played, or it was stopped: silence from here on."""
        self.gaps = 0
        """Times that the ring ran dry while music was due."""
        self.device_gaps = 0
        """Times that the device says it was served too late, however much was ready."""
        self.calls = 0
        """Requests served; a device that lives keeps asking."""
        self.largest_request = 0
        """Most frames asked for at once."""
        self._ramp = (np.arange(1, ramp_frames + 1, dtype=np.float32) / (ramp_frames + 1))[:, None]
        self._fall = self._ramp[::-1].copy()
        self._level = ramp_frames

    def fill(self, out: NDArray[np.float32]) -> bool:
        """Fill float32 (n, columns); True if nothing will follow."""
        source_ended = self.source_ended  # asked before the ring, or its last frames could be missed
        self.calls += 1
        self.largest_request = max(self.largest_request, len(out))
        wanted = (min(len(out), self._level) if self.paused else len(out)) if self.flowing else 0
        n_frames = self.ring.take(out[:wanted])
        self._shape(out[:n_frames])
        out[n_frames:] = 0.0
        if n_frames < wanted:
            self.finished = source_ended
            self._run_dry()
        self.finished |= self.stopping and (self._level == 0 or not self.flowing)
        return self.finished

    def restart(self) -> None:
        """Begin again on another device, from silence and with a full ring."""
        self.flowing = self.paused = False
        self._level = 0

    def _shape(self, out: NDArray[np.float32]) -> None:
        """Ramp these frames down while pausing, up after it; leave them alone otherwise."""
        full = len(self._ramp)
        if self.paused:
            start = full - self._level
            out *= self._fall[start : start + len(out)]
            self._level -= len(out)
        elif self._level < full:
            rising = min(len(out), full - self._level)
            out[:rising] *= self._ramp[self._level : self._level + rising]
            self._level += rising

    def _run_dry(self) -> None:
        """Wait for the ring to fill up again; count it unless that was the end."""
        self.flowing = False
        if self.paused:
            self._level = 0
        if not self.finished:
            self.gaps += 1
