"""The spectrogram that pictures show: level over time and over pitch, evenly spaced by octave."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

LOWEST_HZ: Final = 30.0
HIGHEST_HZ: Final = 16_000.0
RANGE_DB: Final = 75.0

_WINDOW: Final = 8192
"""Frames: 5 Hz between bins at 44.1 kHz, which tells bass notes apart."""
_MOST_LOOKS: Final = 3
"""Windows that a column is averaged from at most, however long the sound."""


class Spectrogram(NamedTuple):
    """Decibels below the loudest place, (rows, columns), the lowest frequency first."""

    levels: NDArray[np.float32]
    frequencies: NDArray[np.float64]
    """Hertz of each row, (rows,)."""


def spectrogram(
    samples: NDArray[np.float32], sample_rate: int, n_columns: int = 1000, n_rows: int = 280
) -> Spectrogram:
    """Return the spectrogram of samples, (n,) or (n, 2): the channels' power added, -75 to 0 dB."""
    channels = samples.reshape(len(samples), -1)
    padded = np.pad(channels, ((_WINDOW // 2, _WINDOW // 2), (0, 0)))
    frequencies = np.geomspace(LOWEST_HZ, HIGHEST_HZ, n_rows)
    n_columns = max(1, min(n_columns, len(samples) // 256))
    n_looks = max(1, min(_MOST_LOOKS, len(samples) // n_columns // (_WINDOW // 4)))
    starts = np.linspace(0, len(samples), n_columns * n_looks, endpoint=False).astype(np.intp)
    window = np.hanning(_WINDOW).astype(np.float32)[:, None]
    weights = _weights(frequencies, sample_rate)
    power = np.empty((n_rows, len(starts)), dtype=np.float32)
    for column, start in enumerate(starts):
        spectrum = np.fft.rfft(padded[start : start + _WINDOW] * window, axis=0)
        power[:, column] = weights @ np.sum(np.abs(spectrum) ** 2, axis=1)
    power = power.reshape(n_rows, n_columns, n_looks).mean(axis=2)
    loudest = float(power.max())
    if loudest <= 0.0:
        return Spectrogram(np.full(power.shape, -RANGE_DB, dtype=np.float32), frequencies)
    levels = 10.0 * np.log10(np.maximum(power / loudest, 1e-30))
    levels = np.maximum(levels, -RANGE_DB)
    return Spectrogram(levels.astype(np.float32), frequencies)


def _weights(frequencies: NDArray[np.float64], sample_rate: int) -> csr_array:
    """Return what each bin gives to each row, (rows, bins), sparse: triangles at least two bins wide."""
    bins = np.fft.rfftfreq(_WINDOW, 1.0 / sample_rate)
    ratio = frequencies[1] / frequencies[0]
    reach = np.maximum(frequencies * (ratio - 1.0), bins[1])[:, None]
    triangles = np.maximum(0.0, 1.0 - np.abs(bins[None, :] - frequencies[:, None]) / reach)
    return csr_array((triangles / triangles.sum(axis=1, keepdims=True)).astype(np.float32))
