"""The weighted chord progressions of each harmony style and mode, as roman numerals of four chords each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

_Table = Mapping[str, tuple[tuple[int, str], ...]]

_POP: _Table = {
    "major": (
        (4, "I V vi IV"),
        (3, "I vi IV V"),
        (3, "I IV vi V"),
        (2, "I iii IV V"),
        (2, "I IV I V"),
        (2, "I ii IV I"),
        (1, "vi IV I V"),
    ),
    "minor": (
        (3, "i VI III VII"),
        (3, "i VII i V"),
        (2, "i iv i V"),
        (2, "i v VI VII"),
        (2, "i VII VI VII"),
    ),
    "dorian": ((3, "i IV i VII"), (3, "i VII IV i"), (2, "i III IV i"), (2, "i v IV i"), (1, "i ii IV i")),
    "mixolydian": (
        (4, "I VII IV I"),
        (3, "I IV VII IV"),
        (2, "I v IV I"),
        (2, "I VII I IV"),
        (1, "I ii VII IV"),
    ),
}

_JAZZ: _Table = {
    "major": (
        (4, "I vi ii V"),
        (3, "I VI7 ii V"),
        (2, "I IV iii VI7"),
        (2, "I ii iii VI7"),
        (2, "ii V I vi"),
        (1, "iii VI7 ii V"),
        (1, "I iv I V"),
    ),
    "minor": ((4, "i VI iio V"), (3, "i iv iio V"), (2, "i iv VII III"), (2, "i iio V i"), (1, "iio V i iv")),
    "dorian": ((3, "i IV ii v"), (3, "i ii i IV"), (2, "i IV VII III"), (2, "i ii v IV")),
    "mixolydian": ((3, "I v I IV"), (3, "I VII IV v"), (2, "I ii v VII"), (2, "I VI7 ii VII")),
}

_CINEMATIC: _Table = {
    "major": (
        (3, "I vi iii IV"),
        (3, "I iii vi IV"),
        (2, "I bVI bVII I"),
        (2, "I iv I V"),
        (2, "I bVII IV I"),
        (2, "I IV ii V"),
    ),
    "minor": (
        (3, "i VI iv V"),
        (2, "i bII i V"),
        (2, "i iv VI V"),
        (2, "i III VI iv"),
        (2, "i i VI V"),
        (1, "i bII iv V"),
    ),
    "dorian": (
        (3, "i III VII i"),
        (2, "i bVI IV i"),
        (2, "i III VII IV"),
        (1, "i v III IV"),
    ),
    "mixolydian": (
        (3, "I bIII IV I"),
        (2, "I bVI VII I"),
        (2, "I bIII VII I"),
        (1, "I v bVI VII"),
    ),
}

_AMBIENT: _Table = {
    "major": (
        (4, "I IV I IV"),
        (3, "I vi I IV"),
        (2, "I iii IV I"),
        (2, "I ii I IV"),
        (2, "I Vsus I IV"),
        (2, "I I IV I"),
    ),
    "minor": ((3, "i VI i iv"), (3, "i iv i VI"), (2, "i VI i VI"), (2, "i v i VI"), (2, "i i iv i")),
    "dorian": ((4, "i IV i IV"), (2, "i ii i IV"), (2, "i IV i VII"), (2, "i i IV i")),
    "mixolydian": ((3, "I VII I VII"), (3, "I VII I IV"), (2, "I v I VII"), (2, "I I VII I")),
}

PROGRESSIONS: Final[Mapping[str, _Table]] = MappingProxyType(
    {"pop": _POP, "jazz": _JAZZ, "cinematic": _CINEMATIC, "ambient": _AMBIENT}
)

KINDRED: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "major": {
            "I": ("vi", "iii"),
            "IV": ("ii",),
            "ii": ("IV",),
            "vi": ("I", "IV"),
            "iii": ("vi",),
            "V": ("Vsus",),
        },
        "minor": {
            "i": ("VI",),
            "iv": ("VI", "iio"),
            "VI": ("iv", "i"),
            "III": ("i",),
            "VII": ("v",),
            "v": ("VII",),
        },
        "dorian": {"IV": ("ii", "VII"), "VII": ("IV", "v"), "III": ("i",), "ii": ("IV",), "v": ("VII",)},
        "mixolydian": {"IV": ("ii", "VII"), "VII": ("IV", "v"), "ii": ("IV",), "v": ("VII",)},
    }
)
"""Chords that may stand in for one another when a progression returns."""

CADENCES: Final[Mapping[str, Mapping[str, tuple[tuple[str, str], ...]]]] = MappingProxyType(
    {
        "pop": {
            "major": (("IV", "V"), ("ii", "V")),
            "minor": (("iv", "V"), ("VI", "V")),
            "dorian": (("IV", "v"), ("III", "VII")),
            "mixolydian": (("IV", "VII"), ("ii", "VII")),
        },
        "jazz": {
            "major": (("ii", "V7"),),
            "minor": (("iio", "V"),),
            "dorian": (("ii", "v"), ("IV", "v")),
            "mixolydian": (("ii", "v"), ("IV", "v")),
        },
        "cinematic": {
            "major": (("iv", "V"), ("bVI", "V")),
            "minor": (("bII", "V"), ("VI", "V")),
            "dorian": (("bVI", "VII"), ("III", "v")),
            "mixolydian": (("bVI", "VII"), ("bIII", "v")),
        },
        "ambient": {
            "major": (("IV", "Vsus"), ("vi", "Vsus")),
            "minor": (("iv", "v"), ("VI", "v")),
            "dorian": (("IV", "VII"), ("ii", "VII")),
            "mixolydian": (("IV", "VII"), ("VII", "IV")),
        },
    }
)
"""How each harmony style comes home: the chord before the last but one, and the one that pulls."""

CLOSING: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"major": ("V", "V7"), "minor": ("V",), "dorian": ("v", "VII"), "mixolydian": ("VII", "v")}
)
"""Chords that pull back to the tonic, whatever the style."""

OPEN: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"major": ("IV", "vi", "ii"), "minor": ("VI", "iv"), "dorian": ("IV", "ii"), "mixolydian": ("IV", "ii")}
)
"""Chords on which a phrase hangs without closing."""


@lru_cache(maxsize=64)
def choices(family: str, mode: str) -> tuple[tuple[tuple[str, ...], ...], tuple[int, ...]]:
    """Return the progressions of a family in a mode, split into numerals, and their weights."""
    table = PROGRESSIONS[family][mode]
    return tuple(tuple(text.split()) for _, text in table), tuple(weight for weight, _ in table)
