"""Chords: qualities as intervals, chord tones, extensions that fit the key, and roman numerals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from latentscore.errors import invalid
from latentscore.theory.scales import MODES, Key

QUALITIES: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType(
    {
        "maj": (0, 4, 7),
        "min": (0, 3, 7),
        "dim": (0, 3, 6),
        "sus2": (0, 2, 7),
        "sus4": (0, 5, 7),
        "maj7": (0, 4, 7, 11),
        "min7": (0, 3, 7, 10),
        "dom7": (0, 4, 7, 10),
        "m7b5": (0, 3, 6, 10),
        "7sus4": (0, 5, 7, 10),
        "maj9": (0, 4, 7, 11, 2),
        "min9": (0, 3, 7, 10, 2),
        "dom9": (0, 4, 7, 10, 2),
        "dom7b9": (0, 4, 7, 10, 1),
        "maj69": (0, 4, 7, 9, 2),
        "9sus4": (0, 5, 7, 10, 2),
        "maj13": (0, 4, 7, 11, 9),
        "min11": (0, 3, 7, 10, 5),
        "m11b5": (0, 3, 6, 10, 5),
    }
)
"""Semitones above the root, in the order root, third, fifth, seventh, colour."""

EXTENSIONS: Final = ("triads", "sevenths", "lush")

_NUMERALS: Final = ("I", "II", "III", "IV", "V", "VI", "VII")
_ROMAN = re.compile(r"([b#]?)([IViv]+)(o|7|sus)?$")


class Numeral(NamedTuple):
    """A roman numeral read in a mode: where its root lies and which triad it asks for."""

    offset: int
    """Semitones of the root above the tonic."""
    degree: int
    """1 to 7."""
    triad: str
    """`maj`, `min`, `dim` or `sus4`."""
    dominant: bool
    """Marked with 7: a dominant seventh whatever the scale says."""


@lru_cache(maxsize=512)
def numeral(text: str, mode: str) -> Numeral:
    """Read a numeral such as `ii`, `bVI`, `V7`, `iio` or `Vsus`. Degrees are those of the mode.

    Upper case is major, lower case minor, `o` diminished; `b` and `#` alter the mode's own degree. Raises
    `InvalidConfigError` for anything else.
    """
    match = _ROMAN.match(text)
    if match is None or match[2].upper() not in _NUMERALS:
        raise invalid("numeral", text, "a roman numeral, I to VII, with b or # before, and o, 7 or sus after")
    degree = _NUMERALS.index(match[2].upper()) + 1
    offset = (MODES[mode][degree - 1] + {"b": -1, "#": 1, "": 0}[match[1]]) % 12
    triad = "maj" if match[2].isupper() else "min"
    suffix = match[3] or ""
    return Numeral(offset, degree, {"o": "dim", "sus": "sus4"}.get(suffix, triad), suffix == "7")


@lru_cache(maxsize=1024)
def tones(root: int, quality: str) -> tuple[int, ...]:
    """Return the pitch classes of a chord, root first. Raises `InvalidConfigError` for an unknown quality."""
    if quality not in QUALITIES:
        raise invalid("quality", quality, QUALITIES)
    return tuple((root + interval) % 12 for interval in QUALITIES[quality])


@lru_cache(maxsize=1024)
def extended(chord: Numeral, mode: str, extensions: str, colour: int = 0) -> str:
    """Return the quality of a chord at the given richness, with sevenths and ninths taken from the scale.

    `colour` picks among the lush variants of one chord (added sixth, suspended, ninth).
    """
    if extensions == "triads":
        return chord.triad
    scale = MODES[mode]
    seventh = _seventh(chord, scale)
    if extensions == "sevenths":
        return seventh
    return _lush(chord, seventh, scale, colour)


def _seventh(chord: Numeral, scale: tuple[int, ...]) -> str:
    if chord.triad == "min":
        return "min7"
    if chord.triad == "dim":
        return "m7b5"
    if chord.triad == "sus4":
        return "7sus4"
    # outside the key a major chord keeps a major seventh: it colours, and does not pull anywhere
    diatonic = chord.offset in scale
    major = (chord.offset + 11) % 12 in scale or not diatonic
    return "maj7" if major and not chord.dominant else "dom7"


def _lush(chord: Numeral, seventh: str, scale: tuple[int, ...], colour: int) -> str:
    ninth = (chord.offset + 2) % 12 in scale
    if seventh == "maj7" and chord.offset == 0:
        return "maj9"  # an added sixth would make the tonic sound like its relative minor
    if seventh == "maj7":
        plain = ("maj9", "maj69", "maj13") if (chord.offset + 9) % 12 in scale else ("maj9", "maj13")
        return plain[colour % len(plain)] if ninth or chord.offset not in scale else "maj9"
    if seventh == "dom7":
        if not ninth:
            return "dom7b9"
        return "9sus4" if colour == 1 and not chord.dominant else "dom9"
    if seventh == "min7":
        return ("min9", "min11")[colour % 2] if ninth else "min11"
    return {"m7b5": "m11b5", "7sus4": "9sus4"}[seventh]


@lru_cache(maxsize=1024)
def chord_scale(key: Key, root: int, quality: str) -> tuple[int, ...]:
    """Return seven pitch classes to play over a chord: the key's, bent where the chord leaves it.

    A chord tone outside the key replaces the scale tone a semitone away (the leading tone of V in minor
    replaces the flat seventh), so that the two never clash.
    """
    chord = tones(root, quality)
    scale = list(key.scale)
    for tone in chord:
        if tone in scale:
            continue
        beside = [near % 12 for near in (tone - 1, tone + 1) if near % 12 in scale and near % 12 not in chord]
        if beside:
            scale[scale.index(beside[0])] = tone
        else:
            scale.append(tone)
    return tuple(scale)
