"""Dither: triangular noise of one quantisation step, seeded, so that a file can be made again bit for bit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Dither:
    """Adds triangular-density dither before a sample is rounded to `bits` bits.

    Lipshitz, Wannamaker and Vanderkooy 1992, "Quantization and dither": two independent uniform values per
    sample make the error's mean and power independent of the signal.

    Args:
        bits: Bits per sample of the file.
        seed: Seed of the noise; it belongs to the recipe of the file.
    """

    def __init__(self, bits: int, seed: int) -> None:
        self._bits = bits
        self._step = 2.0 ** (1 - bits)
        self._words = np.random.PCG64(seed)

    def quantise(self, samples: NDArray[np.float32]) -> NDArray[np.int32]:
        """Return samples in [-1, 1) as left-justified 32-bit integers that hold only `bits` bits."""
        raw = self._words.random_raw(samples.size)
        high = (raw >> np.uint64(32)).astype(np.float64)
        low = (raw & np.uint64(0xFFFFFFFF)).astype(np.float64)
        noise = (high - low).reshape(samples.shape) * 2.0**-32  # triangular, in (-1, 1) steps
        steps = np.floor(samples.astype(np.float64) / self._step + noise + 0.5)
        limit = 1.0 / self._step
        whole = np.clip(steps, -limit, limit - 1.0).astype(np.int64)
        return (whole * round(self._step * 2.0**31)).astype(np.int32)

    def packed(self, samples: NDArray[np.float32]) -> bytes:
        """Return samples as `quantise` does, but as little-endian bytes of `bits` bits each."""
        words = np.ascontiguousarray(self.quantise(samples), dtype="<i4").view(np.uint8).reshape(-1, 4)
        return words[:, 4 - self._bits // 8 :].tobytes()
