"""The wavetables by name: the harmonics of each frame, and the memory that all wavetable banks read."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from latentscore.errors import invalid
from latentscore.instruments.banks.wavetable import N_FRAMES, N_HARMONICS, TABLE_SIZE, mip_map

Spectra = NDArray[np.float64]
"""Amplitudes of harmonics, (N_FRAMES, N_HARMONICS)."""

_ORDER: Final = np.arange(1, N_HARMONICS + 1)


def _bump(centre: float, octaves: float) -> Spectra:
    """Return a resonance over the harmonics: 1 at `centre`, falling to 0.6 at `octaves` from it."""
    return np.exp(-0.5 * (np.log2(_ORDER / centre) / octaves) ** 2)


def _shade() -> Spectra:
    """A bowed, hollow tone in which a resonance climbs and thickens, and even harmonics come in."""
    frames: list[Spectra] = []
    for along in np.linspace(0.0, 1.0, N_FRAMES):
        falling = _ORDER ** -(2.4 - 0.9 * along)
        hollow = np.where(_ORDER % 2 == 0, 0.15 + 0.85 * along, 1.0)
        frames.append(falling * hollow * (1.0 + (2.0 + 5.0 * along) * _bump(2.0 + 4.5 * along, 0.28)))
    return np.array(frames)


def _haze() -> Spectra:
    """Sparse clusters, as of an organ's stops drawn and pushed in: each frame has other partials than the next."""
    stops = (
        {1: 1.0, 2: 0.35, 3: 0.12},
        {1: 1.0, 3: 0.55, 4: 0.10, 5: 0.18},
        {1: 0.8, 2: 0.50, 5: 0.30, 6: 0.22, 8: 0.10},
        {1: 0.9, 4: 0.40, 6: 0.16, 9: 0.16, 12: 0.08},
        {1: 0.7, 2: 0.30, 3: 0.45, 7: 0.16, 10: 0.12, 14: 0.06},
        {1: 0.8, 2: 0.15, 5: 0.22, 8: 0.20, 11: 0.12, 16: 0.08, 20: 0.05},
    )
    return np.array([[stop.get(int(n), 0.0) for n in _ORDER] for stop in stops])


SPECTRA: Final[Mapping[str, Callable[[], Spectra]]] = MappingProxyType({"shade": _shade, "haze": _haze})


def start_of(name: str) -> int:
    """Return where a table begins in `tables()`. Raises `InvalidConfigError` if there is none of that name."""
    if name not in SPECTRA:
        raise invalid("table", name, SPECTRA)
    return list(SPECTRA).index(name) * TABLE_SIZE


@functools.cache
def tables() -> NDArray[np.float32]:
    """Return all tables one after another, flat; made at the first call."""
    return np.concatenate([mip_map(spectra()) for spectra in SPECTRA.values()])
