"""The melody styles: lines within the config's register."""

from __future__ import annotations

from typing import Final

from latentscore.events import Note
from latentscore.score.context import BarContext
from latentscore.score.dialogue import Dialogue
from latentscore.score.figuration import Arpeggio, ShiftingCell
from latentscore.score.ornaments import decorated, minor_leaning, sighing
from latentscore.score.registry import style
from latentscore.score.singer import Singer, Voice

_PROCEDURAL: Final = Voice(longest=2.0)
_SLOW: Final = Voice(
    notes=0.45,
    most=2.0,
    leaps=-0.2,
    off_beat=0.3,
    legato=1.5,
    longest=8.0,
    loud=-0.12,
    span=13,
    line="level",
    rests=0.2,
)
_RISING: Final = Voice(fewest=2.2, leaps=-0.45, rise=1.0, middle=0.7, span=22, line="up")
_FALLING: Final = Voice(
    notes=0.9, fewest=1.8, leaps=-0.45, rise=-1.0, middle=0.5, span=21, line="down", legato=1.0
)
_ORNAMENTAL: Final = Voice(
    notes=0.6, fewest=1.0, most=3.5, leaps=-0.1, legato=1.0, middle=0.5, span=14, line="level"
)
_SLOW_AND_LOW: Final = _SLOW._replace(middle=0.0)
_HEROIC: Final = Voice(
    notes=0.85,
    fewest=3.4,
    most=6.0,
    leaps=0.55,
    off_beat=0.4,
    dotted=0.95,
    middle=0.1,
    span=17,
    legato=0.9,
    loud=0.1,
    bold=True,
    closes=0.25,
    rests=0.08,
)


@style("melody", "procedural", patch="melody.procedural")
def procedural(bar: BarContext) -> list[Note]:
    """Balanced phrases from the motif engine."""
    return bar.memory.of(Singer).sing(bar, _PROCEDURAL)


@style("melody", "contemplative", patch="melody.contemplative")
def contemplative(bar: BarContext) -> list[Note]:
    """Long notes, wide rests, mostly steps."""
    return bar.memory.of(Singer).sing(bar, _SLOW)


@style("melody", "rising", patch="melody.rising")
def rising(bar: BarContext) -> list[Note]:
    """Phrases that climb in sequences, to a peak near their end."""
    return bar.memory.of(Singer).sing(bar, _RISING)


@style("melody", "falling", patch="melody.falling")
def falling(bar: BarContext) -> list[Note]:
    """Descents that sigh: strong notes are leaned on from above."""
    return sighing(bar, bar.memory.of(Singer).sing(bar, _FALLING))


@style("melody", "minimal", patch="melody.minimal")
def minimal(bar: BarContext) -> list[Note]:
    """A few notes over and over, shifting against the bar."""
    return bar.memory.of(ShiftingCell).play(bar)


@style("melody", "ornamental", patch="melody.ornamental")
def ornamental(bar: BarContext) -> list[Note]:
    """A slow core with grace notes, turns and trills around it."""
    return decorated(bar, bar.memory.of(Singer).sing(bar, _ORNAMENTAL))


@style("melody", "arp_melody", patch="melody.arp_melody")
def arp_melody(bar: BarContext) -> list[Note]:
    """Arpeggios of the chord, with accents, changing direction."""
    return bar.memory.of(Arpeggio).play(bar)


@style("melody", "contemplative_minor", patch="melody.contemplative_minor")
def contemplative_minor(bar: BarContext) -> list[Note]:
    """A low, slow line that leans on ♭3, ♭6 and ♭7, and resolves."""
    return minor_leaning(bar, bar.memory.of(Singer).sing(bar, _SLOW_AND_LOW))


@style("melody", "call_response", patch="melody.call_response")
def call_response(bar: BarContext) -> list[Note]:
    """A two-bar call by a reed (voice 0), and a bell's answer above it (voice 1)."""
    return bar.memory.of(Dialogue).speak(bar)


@style("melody", "heroic", patch="melody.heroic")
def heroic(bar: BarContext) -> list[Note]:
    """Fourths and fifths in dotted rhythms."""
    return bar.memory.of(Singer).sing(bar, _HEROIC)
