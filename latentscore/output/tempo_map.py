"""The tempo map of a MIDI file: from the bars of a sheet to tempo events, and from seconds to ticks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Final, NamedTuple

from latentscore.score.sheet import ScoreBar

PPQ: Final = 960
"""Ticks per quarter note: at 60 bpm a tick is about a millisecond."""

_UNITS: Final = PPQ * 1_000_000
"""Time is counted in 1/960 µs: a tick lasts exactly as many units as a quarter note has microseconds."""
_STEPS_PER_BEAT: Final = 4
"""Tempo events per beat where a bar speeds up or slows down."""
_STEADY_S: Final = 2e-4
"""A bar whose ends differ by less seconds per beat is steady: its onset and length are rounded to frames."""
_MOST_DRIFT_S: Final = 1e-4
"""How far a bar line may drift, through whole microseconds, before the tempo is corrected for a bar."""


class TempoEvent(NamedTuple):
    """From a tick on, a quarter note lasts so long."""

    tick: int
    us_per_quarter: int
    units: int
    """When it happens, in 1/960 µs."""


class TempoMap:
    """Tempo events whose bar lines lie where the bars begin, and the inverse: seconds to the nearest tick.

    Args:
        bars: In order, the first at 0 s. After the last one its tempo goes on.
    """

    def __init__(self, bars: Iterable[ScoreBar]) -> None:
        self.events: list[TempoEvent] = []
        self._tick = 0
        self._units = 0
        for bar in bars:
            self._add(bar)
        self._starts = [event.units for event in self.events]

    def tick(self, seconds: float) -> int:
        """Return the tick nearest to a time, which it misses by half a tick at most."""
        units = seconds * _UNITS
        event = self.events[max(0, bisect_right(self._starts, units) - 1)]
        return event.tick + round((units - event.units) / event.us_per_quarter)

    def _add(self, bar: ScoreBar) -> None:
        """Add a bar. As on the composer's clock, seconds per beat change linearly over it."""
        first = 60.0 / bar.tempo_bpm
        last = 2.0 * bar.length_s / bar.beats - first
        if abs(last - first) < _STEADY_S:
            self._advance(bar.beats * PPQ, first, bar.onset_s + bar.length_s)
            return
        slope = (last - first) / bar.beats
        for step in range(1, bar.beats * _STEPS_PER_BEAT + 1):
            beat = step / _STEPS_PER_BEAT
            end_s = bar.onset_s + beat * (first + 0.5 * slope * beat)
            middle = first + slope * (beat - 0.5 / _STEPS_PER_BEAT)
            self._advance(PPQ // _STEPS_PER_BEAT, middle, end_s)

    def _advance(self, n_ticks: int, quarter_s: float, end_s: float) -> None:
        """Go on by some ticks in a tempo, or in one that lands on `end_s` if the tempo as rounded would miss it."""
        tempo = round(quarter_s * 1e6)
        end = round(end_s * _UNITS)
        if abs(self._units + n_ticks * tempo - end) > _MOST_DRIFT_S * _UNITS:
            tempo = round((end - self._units) / n_ticks)
        if not self.events or self.events[-1].us_per_quarter != tempo:
            self.events.append(TempoEvent(self._tick, tempo, self._units))
        self._tick += n_ticks
        self._units += n_ticks * tempo
