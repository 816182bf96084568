"""A dialogue of two voices: a two-bar call, and an answer that takes it up elsewhere."""

from __future__ import annotations

from typing import Final

from latentscore.events import Note
from latentscore.score.context import BarContext
from latentscore.score.motif import Cell, Motif, inverted, thinned
from latentscore.score.phrase import (
    MotifBook,
    PatternBook,
    Phrase,
    ThemeBook,
    pattern_phrase,
    procedural_phrase,
)
from latentscore.score.settings import settings
from latentscore.score.singer import Singer, Voice, tasted

_CALL_BARS: Final = 2
CALL: Final = Voice(notes=1.1, middle=0.15, span=14, legato=0.9, rests=0.0, voice=0)
ANSWER: Final = Voice(notes=1.1, middle=0.9, span=14, legato=1.0, rests=0.0, voice=1)


class Dialogue:
    """The running state of the two voices."""

    def __init__(self) -> None:
        self._caller = Singer()
        self._answerer = Singer()
        self._motifs = MotifBook()
        self._patterns = PatternBook()
        self._themes = ThemeBook()
        self._call: Phrase | None = None
        self._answer: tuple[Motif, ...] = ()

    def speak(self, bar: BarContext) -> list[Note]:
        """Return the bar's notes: bars 1 and 2 of each four call, bars 3 and 4 answer."""
        at = bar.place.bar % (2 * _CALL_BARS)
        if self._call is None or at == 0:
            self._call = self._called(bar)
            self._answer = self._answered(bar, self._call)
        if at < _CALL_BARS:
            return self._caller.sing_cells(bar, CALL, self._call.bars[at])
        return self._answerer.sing_cells(bar, ANSWER, self._answer[at - _CALL_BARS])

    def _called(self, bar: BarContext) -> Phrase:
        taste = tasted(bar, CALL)
        if bar.config.melody_engine == "pattern":
            return pattern_phrase(bar, self._patterns, taste, _CALL_BARS)
        repeat = settings(bar.config).repeat
        return self._themes.phrase(
            bar, _CALL_BARS, 0, lambda: procedural_phrase(bar, self._motifs, taste, _CALL_BARS, repeat)
        )

    def _answered(self, bar: BarContext, call: Phrase) -> tuple[Motif, ...]:
        """Return the call taken up: as it was, turned round or shortened, and brought to rest."""
        kind = bar.random.weighted(("echo", "invert", "shorten"), (4.0, 2.0, 2.0))
        change = {"echo": _same, "invert": inverted, "shorten": _shortened}[kind]
        first, last = (change(cells) for cells in call.bars)
        if last:
            goal = "home" if bar.random.chance(settings(bar.config).cadence) else "open"
            last = (*last[:-1], last[-1]._replace(goal=goal))
        return first, last or (Cell(0.0, 2.0, 0, "home"),)


def _same(cells: Motif) -> Motif:
    return cells


def _shortened(cells: Motif) -> Motif:
    return thinned(cells, 0.6) if cells else cells
