"""Fades of nearly equal power: while one source comes and another goes, the level of both together stays."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

_FULL: Final = math.asin(1.0)
_EXPONENT: Final = 0.8
"""1 is equal power: then the middle of two sides of unlike level lies up to 3 dB below the louder one. This adds 0.6 dB
there, and for sides of one level as little."""


class Fade:
    """The gain of one source: a power of the sine of an angle that moves in straight lines.

    Args:
        gain: Where it starts, 0 to 1.
    """

    def __init__(self, gain: float) -> None:
        self._from = self._to = _angle(gain)
        self._start = self._end = 0

    def move(self, gain: float, tick: int, n_ticks: int) -> None:
        """Send the gain towards `gain`, beginning at `tick`, arriving `n_ticks` later (at least one)."""
        self._from = float(self._angles(np.array([tick]))[0])
        self._to = _angle(gain)
        self._start, self._end = tick, tick + max(1, n_ticks)

    def shorten(self, tick: int, n_ticks: int) -> None:
        """Arrive `n_ticks` after `tick` at the latest."""
        if self._end > tick + n_ticks:
            self.move(math.sin(self._to) ** _EXPONENT, tick, n_ticks)

    @property
    def ends(self) -> int:
        """The tick from which nothing moves any more."""
        return self._end

    def is_full(self, tick: int) -> bool:
        """Tell whether the gain is 1 from `tick` on."""
        return tick >= self._end and self._to == _FULL

    def gains(self, tick: int, n_ticks: int) -> NDArray[np.float32]:
        """Return the gain at the `n_ticks + 1` tick boundaries from `tick` on."""
        sines = np.sin(self._angles(np.arange(tick, tick + n_ticks + 1)))
        return np.power(np.maximum(sines, 0.0), _EXPONENT).astype(np.float32)

    def _angles(self, ticks: NDArray[np.int64]) -> NDArray[np.float64]:
        if self._end <= self._start:
            return np.full(len(ticks), self._to)
        way = np.clip((ticks - self._start) / (self._end - self._start), 0.0, 1.0)
        return self._from + (self._to - self._from) * way


def _angle(gain: float) -> float:
    return math.asin(gain ** (1.0 / _EXPONENT))
