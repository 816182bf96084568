"""The walking bass: chord tones on the strong beats, and a way into every next chord."""

from __future__ import annotations

from latentscore.events import Note
from latentscore.score.context import BarContext, ChordSpan
from latentscore.score.figures import bass_floor, bass_pitch
from latentscore.theory.meter import BEATS
from latentscore.theory.pitch import nearest
from latentscore.theory.scales import ladder, rung

_TOP = 45


class Walker:
    """Where the walk stands, and which way it is going."""

    def __init__(self) -> None:
        self._pitch = 36
        self._up = True

    def walk(self, bar: BarContext) -> list[Note]:
        """Return the bar's quarter notes, or half notes where the layer is to be thin."""
        in_two = bar.random.chance(1.2 * (0.85 - bar.level)) if bar.level < 0.85 else False
        beats = (0, 2) if in_two and len(bar.chords) == 1 else (0, 1, 2, 3)
        notes: list[Note] = []
        for place, beat in enumerate(beats):
            until = float(beats[place + 1]) if place + 1 < len(beats) else float(BEATS)
            self._pitch = self._next(bar, float(beat), until)
            loud = (0.8 if beat % 2 == 0 else 0.7) + 0.08 * bar.random.uniform()
            notes.append(Note(float(beat), (until - beat) * 0.92, float(self._pitch), loud))
        self._skip(bar, notes)
        return notes

    def _next(self, bar: BarContext, beat: float, until: float) -> int:
        span, following = bar.chord_at(beat), bar.chord_at(until)
        changes = until >= span.beat + span.length and following.root != span.root
        if beat == span.beat and span.is_new:
            return bass_pitch(bar, span.root, self._pitch)
        if changes and beat % 2 == 1:
            return self._approach(bar, span, following)
        if beat % 2 == 0:
            return self._chord_tone(bar, span)
        return self._passing(bar, span)

    def _chord_tone(self, bar: BarContext, span: ChordSpan) -> int:
        """Return another chord tone, onward in the direction of the walk."""
        low = bass_floor(bar)
        rungs = ladder(span.tones[:4])
        at = rung(rungs, self._pitch)
        if bar.random.chance(0.25) or not low + 2 <= self._pitch <= _TOP - 3:
            self._up = self._pitch < (low + _TOP) / 2
        onward = at + (1 if self._up else -1)
        if rungs[at] != self._pitch and low <= rungs[at] <= _TOP and bar.random.chance(0.5):
            onward = at
        return rungs[onward] if low <= rungs[onward] <= _TOP else rungs[at + (-1 if self._up else 1)]

    def _passing(self, bar: BarContext, span: ChordSpan) -> int:
        """Return a step along the scale, or a leap to another chord tone."""
        if bar.random.chance(0.35):
            return self._chord_tone(bar, span)
        low = bass_floor(bar)
        rungs = ladder(span.scale)
        onward = rungs[rung(rungs, self._pitch) + (1 if self._up else -1)]
        if low <= onward <= _TOP:
            return onward
        self._up = not self._up
        return rungs[rung(rungs, self._pitch) + (1 if self._up else -1)]

    def _approach(self, bar: BarContext, span: ChordSpan, following: ChordSpan) -> int:
        """Return a tone that leads into the next root: a semitone beside it, a scale step, or its fifth."""
        goal = bass_pitch(bar, following.root, self._pitch)
        kind = bar.random.weighted(("chromatic", "scale", "fifth"), (4.0, 4.0, 1.5))
        below = self._pitch < goal - 2 or (
            self._pitch in (goal, goal + 1, goal + 2) and bar.random.chance(0.7)
        )
        if kind == "chromatic":
            return goal - 1 if below else goal + 1
        if kind == "scale":
            rungs = ladder(span.scale)
            at = rung(rungs, goal)
            beside = rungs[at - 1] if below else rungs[at + 1]
            return beside if beside != goal else goal - 2
        return nearest((following.root + 7) % 12, goal)

    def _skip(self, bar: BarContext, notes: list[Note]) -> None:
        """Sometimes put a ghosted skip note into the second half of a beat."""
        skips = bar.random.chance(0.1 + 0.3 * bar.tension * bar.level)
        beat = bar.random.choice((0, 1, 2))
        if skips and len(notes) == BEATS:
            before = notes[beat]
            notes[beat] = before._replace(length=0.45)
            notes.insert(beat + 1, Note(beat + 0.5, 0.3, before.pitch, 0.45))
