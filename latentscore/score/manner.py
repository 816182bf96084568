"""The manner of playing: how the labels of the sound bend articulation, dynamics, register, width and pace.

A player hears the room and the instrument: notes are short where nothing carries them on and sung out in a hall, a
soft attack asks for legato, an echo answers for notes that are left out, a bright sound is voiced higher, a gritty
one dug into.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from latentscore.config import MusicConfig

_ATTACK: Final[Mapping[str, float]] = MappingProxyType({"soft": 1.1, "medium": 1.0, "sharp": 0.93})
_SPACE: Final[Mapping[str, float]] = MappingProxyType(
    {"dry": 0.88, "small": 0.93, "medium": 1.0, "large": 1.06, "vast": 1.12}
)
_ECHO: Final[Mapping[str, float]] = MappingProxyType(
    {"none": 1.06, "subtle": 1.0, "medium": 0.94, "heavy": 0.87, "infinite": 0.8}
)
_GRAIN: Final[Mapping[str, float]] = MappingProxyType({"clean": 1.0, "warm": 0.85, "gritty": 1.3})
_STEREO: Final[Mapping[str, float]] = MappingProxyType(
    {"mono": 0.0, "narrow": 0.6, "medium": 1.0, "wide": 1.15, "ultra_wide": 1.3}
)
_BRIGHTNESS: Final[Mapping[str, int]] = MappingProxyType(
    {"very_dark": -4, "dark": -2, "medium": 0, "bright": 2, "very_bright": 4}
)
_MOTION: Final[Mapping[str, tuple[tuple[float, ...], float]]] = MappingProxyType(
    {  # weights of whole, three-quarter and half swells; factor on how lively the voices are
        "static": ((1.0, 0.0, 0.0), 0.0),
        "slow": ((5.0, 2.0, 2.0), 1.0),
        "medium": ((3.0, 2.0, 3.0), 1.15),
        "fast": ((1.0, 2.0, 4.0), 1.3),
        "chaotic": ((0.0, 1.0, 6.0), 1.6),
    }
)
_PIVOT: Final = 0.6
"""Velocity that no contrast moves."""


class Manner(NamedTuple):
    """How a config is played, beside what."""

    held: float
    """Factor on the lengths of bass, melody and accent."""
    contrast: float
    """Factor on how far velocities lie from the middle."""
    width: float
    """Factor on the places in the stereo field."""
    notes: float
    """Factor on the notes of the melody."""
    lift: int
    """Semitones by which pads and choirs are voiced higher."""
    breaths: tuple[float, ...]
    """Weights of whole, three-quarter and half swells."""
    liveliness: float
    """Factor on how often an inner voice moves within a swell."""

    def velocity(self, written: float) -> float:
        """Return a velocity with the contrast applied."""
        return _PIVOT + (written - _PIVOT) * self.contrast


@lru_cache(maxsize=256)
def manner(config: MusicConfig) -> Manner:
    """Return how a config is played."""
    breaths, liveliness = _MOTION[config.motion]
    return Manner(
        held=_ATTACK[config.attack] * _SPACE[config.space],
        contrast=_GRAIN[config.grain],
        width=_STEREO[config.stereo],
        notes=_ECHO[config.echo],
        lift=_BRIGHTNESS[config.brightness],
        breaths=breaths,
        liveliness=liveliness,
    )
