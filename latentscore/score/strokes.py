"""Drum strokes: grid strings read as strokes, flams, rolls, and grooves that a section keeps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

from latentscore.events import Note
from latentscore.score.context import BarContext
from latentscore.theory.drums import AS_TUNED
from latentscore.theory.meter import BEATS

Figure = TypeVar("Figure")


def stroke(beat: float, drum: int, velocity: float, length: float = 0.25, pan: float = 0.0) -> Note:
    """Return one stroke of a drum as it is tuned."""
    return Note(beat, length, AS_TUNED, velocity, drum, pan)


@lru_cache(maxsize=256)
def hits(grid: str) -> tuple[tuple[float, str], ...]:
    """Read a bar written as equal steps, `x..x` for two hits: return (beat, sign) of all but dots."""
    step = BEATS / len(grid)
    return tuple((at * step, sign) for at, sign in enumerate(grid) if sign != ".")


def flam(bar: BarContext, beat: float, drum: int, velocity: float) -> list[Note]:
    """Return a stroke with a soft grace stroke 28 ms before it."""
    grace = beat - 0.028 * bar.tempo_bpm / 60.0
    return [stroke(grace, drum, velocity * 0.45, 0.1), stroke(beat, drum, velocity)]


def drag(bar: BarContext, beat: float, drum: int, velocity: float) -> list[Note]:
    """Return a stroke with two soft grace strokes before it."""
    gap = 0.036 * bar.tempo_bpm / 60.0
    graces = [stroke(beat - gap * n, drum, velocity * 0.4, 0.1) for n in (2, 1)]
    return [*graces, stroke(beat, drum, velocity)]


class Groove:
    """The figure that a rhythm keeps for a section."""

    def __init__(self) -> None:
        self._section = -1
        self._at = 0

    def of(self, bar: BarContext, figures: Sequence[Figure]) -> Figure:
        """Return the section's figure; a new section chooses anew."""
        if self._section != bar.place.section_index:
            self._section = bar.place.section_index
            self._at = bar.random.below(len(figures))
        return figures[self._at % len(figures)]


def is_fill(bar: BarContext) -> bool:
    """Tell whether the bar is to lead into something new: a section's last, or now and then a phrase's."""
    wants = bar.random.chance(0.15 + 0.4 * bar.tension)
    if bar.cue or bar.level < 0.4:
        return False
    return bar.place.is_seam or (bar.place.bar % 4 == 3 and wants)


def kept(bar: BarContext, floor: float = 0.4) -> bool:
    """Tell whether a light stroke sounds: always at level 1, with probability `floor` near level 0."""
    return bar.random.chance(floor + (1.0 - floor) * bar.level)
