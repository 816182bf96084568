"""Names that musicians read: keys spelled with sharps or flats, and chord symbols."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from latentscore.theory.pitch import pitch_class

_SHARPS: Final = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS: Final = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")

# The usual spelling of every key: the one with fewer accidentals.
_MAJOR_KEYS: Final = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR_KEYS: Final = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")
_IN_FLATS: Final = frozenset({"F", "Bb", "Eb", "Ab", "Db", "Fm", "Cm", "Gm", "Dm", "Bbm", "Ebm"})

SYMBOLS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "maj": "",
        "min": "m",
        "dim": "dim",
        "sus2": "sus2",
        "sus4": "sus4",
        "maj7": "maj7",
        "min7": "m7",
        "dom7": "7",
        "m7b5": "m7b5",
        "7sus4": "7sus4",
        "maj9": "maj9",
        "min9": "m9",
        "dom9": "9",
        "dom7b9": "7b9",
        "maj69": "6/9",
        "9sus4": "9sus4",
        "maj13": "maj13",
        "min11": "m11",
        "m11b5": "m11b5",
    }
)
"""Chord quality → what follows the root in a chord symbol."""


def key_signature(root: str, mode: str) -> str:
    """Return the key as a signature names it: `Eb`, `F#m`.

    A signature knows major and minor only: dorian counts as minor, mixolydian as major, so that the tonic is right.
    """
    tonic = pitch_class(root)
    return f"{_MINOR_KEYS[tonic]}m" if mode in ("minor", "dorian") else _MAJOR_KEYS[tonic]


def key_name(root: str, mode: str) -> str:
    """Return the key as a title names it: `Eb dorian`."""
    return f"{key_signature(root, mode).removesuffix('m')} {mode}"


def chord_symbol(root: int, quality: str, key: str) -> str:
    """Return a chord's symbol, such as `Bbmaj7`.

    Args:
        root: Pitch class, 0 (C) to 11 (B).
        quality: A quality of `theory.chords`.
        key: The signature it stands in, as `key_signature` names it: it decides between sharps and flats.
    """
    names = _FLATS if key in _IN_FLATS else _SHARPS
    return names[root] + SYMBOLS[quality]
