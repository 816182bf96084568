"""Ramps: continuous parameters that move in straight lines between targets, never in steps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray


class Ramps:
    """Named parameters, each on its own straight line from one value to the next.

    Values depend on the absolute tick alone, so any split into blocks gives the same controls.

    Args:
        values: The parameters and where they start.
    """

    def __init__(self, values: Mapping[str, float]) -> None:
        self._column = {name: k for k, name in enumerate(values)}
        self._from = np.array(list(values.values()), dtype=np.float64)
        self._to = self._from.copy()
        self._start = np.zeros(len(values))
        self._end = np.zeros(len(values))
        self._still: dict[int, dict[str, NDArray[np.float32]]] = {}
        """What `block` returned while nothing moves, by length."""

    def move(self, targets: Mapping[str, float], tick: int, n_ticks: int) -> None:
        """Send parameters towards `targets`, beginning at `tick`, arriving `n_ticks` later (at least one)."""
        here = self._at(np.array([float(tick)]))[0]
        self._still.clear()
        for name, target in targets.items():
            k = self._column[name]
            if target == self._to[k]:
                continue
            self._from[k], self._to[k] = here[k], target
            self._start[k], self._end[k] = tick, tick + max(1, n_ticks)

    def block(self, tick: int, n_ticks: int) -> dict[str, NDArray[np.float32]]:
        """Values at the `n_ticks + 1` tick boundaries from `tick` on, one float32 array a parameter.

        While nothing moves it is the same object each time, not to be written to.
        """
        if tick < self._end.max():
            moving = self._at(np.arange(tick, tick + n_ticks + 1, dtype=np.float64))
            return self._named(np.ascontiguousarray(moving.T, dtype=np.float32))
        if n_ticks not in self._still:
            self._still[n_ticks] = self._named(
                np.repeat(self._to.astype(np.float32)[:, None], n_ticks + 1, axis=1)
            )
        return self._still[n_ticks]

    def _named(self, table: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        return {name: table[k] for name, k in self._column.items()}

    def _at(self, ticks: NDArray[np.float64]) -> NDArray[np.float64]:
        length = np.maximum(self._end - self._start, 1.0)
        way = np.clip((ticks[:, None] - self._start) / length, 0.0, 1.0)
        still = self._end <= self._start
        return np.where(still, self._to, self._from + (self._to - self._from) * way)
