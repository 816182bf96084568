"""Pitches: MIDI numbers (60 is C4, A4 is 440 Hz), pitch classes 0 (C) to 11 (B), and their names."""

from __future__ import annotations

from typing import Final

from latentscore.errors import invalid

NAMES: Final = ("c", "c#", "d", "d#", "e", "f", "f#", "g", "g#", "a", "a#", "b")
"""Names of the twelve pitch classes, as the config's `root` spells them."""


def pitch_class(name: str) -> int:
    """Return the pitch class of a note name. Raises `InvalidConfigError` for an unknown name."""
    if name not in NAMES:
        raise invalid("root", name, NAMES)
    return NAMES.index(name)


def name(pitch: int) -> str:
    """Return a pitch's name with its octave: 60 → `C4`."""
    return f"{NAMES[pitch % 12].upper()}{pitch // 12 - 1}"


def hertz(pitch: float) -> float:
    """Return the frequency of a MIDI pitch in equal temperament."""
    return 440.0 * 2.0 ** ((pitch - 69.0) / 12.0)


def nearest(pitch_class: int, target: float) -> int:
    """Return the pitch of that class nearest to `target`; of two alike the lower."""
    below = int(target) - (int(target) - pitch_class) % 12
    return below if target - below <= 6 else below + 12


def at_or_above(pitch_class: int, low: int) -> int:
    """Return the lowest pitch of that class from `low` up: with low 28, C is 36."""
    return low + (pitch_class - low) % 12


def fold(pitch: int, low: int, high: int) -> int:
    """Return `pitch` moved by octaves into [low, high], which should span at least 11 semitones."""
    if pitch < low:
        return pitch + 12 * ((low - pitch + 11) // 12)
    if pitch > high:
        return pitch - 12 * ((pitch - high + 11) // 12)
    return pitch
