"""Owned random generators whose values are the same on every platform and NumPy version."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

_WORDS = 64  # raw words drawn at a time; only speed depends on it


class Random:
    """Random values for one purpose, from raw PCG64 words through mappings of our own.

    NumPy promises stable raw words of its bit generators, not of `Generator` methods (NEP 19), so every
    mapping to floats, choices and normals is written here.

    Args:
        seed: The seed of the whole performance.
        purpose: Path of names, such as `("melody", "motif")`. Each purpose has an independent sequence, so one
            layer's choices never move another's.
    """

    def __init__(self, seed: int, *purpose: str) -> None:
        from numpy.random import PCG64

        path = "/".join((str(seed), *purpose))
        digest = hashlib.blake2b(path.encode(), digest_size=16).digest()
        self._bits = PCG64(int.from_bytes(digest, "big"))
        self._words: list[int] = []

    def __getstate__(self) -> tuple[int, int, list[int]]:
        here = self._bits.state["state"]
        return here["state"], here["inc"], list(self._words)

    def __setstate__(self, state: tuple[int, int, list[int]]) -> None:
        from numpy.random import PCG64

        place, increment, words = state
        self._bits = PCG64(0)
        here = self._bits.state
        here["state"] = {"state": place, "inc": increment}
        self._bits.state = here
        self._words = words

    def word(self) -> int:
        """One raw 64-bit word."""
        if not self._words:
            self._words = self._bits.random_raw(_WORDS).tolist()[::-1]
        return self._words.pop()

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """A float in [low, high)."""
        return low + (high - low) * (self.word() >> 11) * 2.0**-53

    def chance(self, probability: float) -> bool:
        """True with the given probability. Always draws one word, so decisions stay aligned."""
        return self.uniform() < probability

    def below(self, n: int) -> int:
        """An int in [0, n). The bias is below n / 2**64."""
        return (self.word() * n) >> 64

    def choice(self, items: Sequence[Item]) -> Item:
        """One of the items, all alike."""
        return items[self.below(len(items))]

    def weighted(self, items: Sequence[Item], weights: Sequence[float]) -> Item:
        """One of the items, by weight (non-negative, not all zero)."""
        mark = self.uniform() * math.fsum(weights)
        for item, weight in zip(items, weights, strict=True):
            mark -= weight
            if mark < 0.0:
                return item
        return items[-1]

    def normal(self, sigma: float = 1.0) -> float:
        """A normal value of mean 0, bounded to ±3 sigma (Box-Muller on two words)."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self.uniform()))
        value = radius * math.cos(2.0 * math.pi * self.uniform())
        return sigma * max(-3.0, min(3.0, value))
