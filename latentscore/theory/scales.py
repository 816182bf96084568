"""Scales: the four modes, keys, and ladders of scale pitches to step along."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from latentscore.errors import invalid

MODES: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType(
    {
        "major": (0, 2, 4, 5, 7, 9, 11),
        "minor": (0, 2, 3, 5, 7, 8, 10),
        "dorian": (0, 2, 3, 5, 7, 9, 10),
        "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    }
)
"""Semitones above the root of each mode's seven degrees."""


class Key(NamedTuple):
    """A tonic and a mode."""

    root: int
    """Pitch class of the tonic."""
    mode: str
    scale: tuple[int, ...]
    """Pitch classes of degrees 1 to 7."""


@lru_cache(maxsize=64)
def key(root: int, mode: str) -> Key:
    """Return the key on pitch class `root`. Raises `InvalidConfigError` for an unknown mode."""
    if mode not in MODES:
        raise invalid("mode", mode, MODES)
    return Key(root % 12, mode, tuple((root + offset) % 12 for offset in MODES[mode]))


@lru_cache(maxsize=512)
def ladder(pitch_classes: tuple[int, ...]) -> tuple[int, ...]:
    """Return every pitch from 0 to 127 whose class is among those given, ascending."""
    wanted = frozenset(pitch_classes)
    return tuple(pitch for pitch in range(128) if pitch % 12 in wanted)


def rung(rungs: tuple[int, ...], pitch: float) -> int:
    """Return the index of the rung nearest to `pitch`; of two alike the lower."""
    above = bisect_left(rungs, pitch)
    if above == len(rungs) or (above > 0 and pitch - rungs[above - 1] <= rungs[above] - pitch):
        return above - 1
    return above


def stepped(rungs: tuple[int, ...], pitch: float, steps: int) -> int:
    """Return the pitch `steps` rungs above the one nearest to `pitch` (below, if negative); the ends hold."""
    return rungs[min(max(rung(rungs, pitch) + steps, 0), len(rungs) - 1)]
