"""Swells: how pads and choirs sound their chords, breath by breath, with life in the inner voices."""

from __future__ import annotations

from typing import Final, NamedTuple

from latentscore.events import Note
from latentscore.score.context import BarContext, ChordSpan
from latentscore.score.figures import bars_left
from latentscore.score.manner import manner
from latentscore.theory.meter import BEATS
from latentscore.theory.scales import ladder, stepped
from latentscore.theory.voicing import MUD_LIMIT, lead

_SHARES: Final = (1.0, 0.75, 0.5)
_DELAYS: Final = (0.5, 1.0, 1.0, 1.5, 2.0)


class Swell(NamedTuple):
    """One breath of a chord."""

    span: ChordSpan
    beat: float
    length: float


class Choir:
    """The voices of a pad: where they stand, and until when they sound."""

    def __init__(self) -> None:
        self.pitches: tuple[int, ...] = ()
        self._until = -1.0

    def lead(
        self,
        bar: BarContext,
        tones: tuple[int, ...],
        low: int,
        high: int,
        gap: int = 1,
        floor: int = MUD_LIMIT,
    ) -> tuple[int, ...]:
        """Return the next voicing, led from the one held; brighter sounds lie higher, none below `floor`."""
        lift = max(manner(bar.config).lift, floor - low)
        self.pitches = lead(self.pitches, tones, low + lift, high + lift, gap)
        return self.pitches

    def swells(self, bar: BarContext, longest: float) -> list[Swell]:
        """Return the swells that begin in the bar: one at each change, more where a chord lasts."""
        found: list[Swell] = []
        start = float(bar.number * BEATS)
        for span in bar.chords:
            beat = span.beat if span.is_new else max(span.beat, self._until - start)
            end = span.beat + span.length
            while beat < end - 0.01:
                left = min(span.beat + span.left, bars_left(bar) * BEATS) - beat
                share = bar.random.weighted(_SHARES, manner(bar.config).breaths)
                length = min(left, max(2.0, longest * share))
                if left - length < 1.5:
                    length = left
                found.append(Swell(span, beat, length))
                beat += length
            self._until = start + beat
        return found


def chorus(
    bar: BarContext, swell: Swell, voicing: tuple[int, ...], *, loud: float, overlap: float, width: float
) -> list[Note]:
    """Return the notes of a voicing over one swell, spread over the field from left to right.

    In about every second swell one voice is late, or hangs a step above before it gives way (a suspension),
    so that a chord that lasts is never the same twice.
    """
    random = bar.random
    notes: list[Note] = []
    lively = random.chance((0.4 + 0.3 * bar.tension) * manner(bar.config).liveliness)
    mover, delay = random.below(len(voicing)), random.choice(_DELAYS)
    for voice, pitch in enumerate(voicing):
        pan = width * (2.0 * voice / max(1, len(voicing) - 1) - 1.0)
        strength = loud + 0.1 * random.uniform()
        beat, length = swell.beat, swell.length + overlap
        if lively and voice == mover and swell.length >= delay + 1.0 and bar.number > 0:
            above = _suspension(swell.span, pitch, voicing)
            if above is not None and random.chance(0.5):
                notes.append(Note(beat, delay + 0.1, float(above), strength, 0, pan))
            beat, length = beat + delay, length - delay
        notes.append(Note(beat, length, float(pitch), strength, 0, pan))
    return notes


def _suspension(span: ChordSpan, pitch: int, voicing: tuple[int, ...]) -> int | None:
    """Return the scale step above a voice, unless another voice is there or a semitone away."""
    above = stepped(ladder(span.scale), pitch, 1)
    near = any(abs(above - other) <= 1 for other in voicing if other != pitch)
    return None if near or above - pitch > 2 else above
