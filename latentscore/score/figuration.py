"""Melodic figures without phrases: repeated cells that shift against the bar, and chord arpeggios."""

from __future__ import annotations

from typing import Final

from latentscore.events import Note
from latentscore.randomness import Random
from latentscore.score.context import BarContext, ChordSpan
from latentscore.score.settings import Settings, settings
from latentscore.score.singer import Voice, approached, bounds
from latentscore.theory.meter import BEATS, is_off_beat, strength
from latentscore.theory.pitch import nearest
from latentscore.theory.scales import ladder, rung

_CELL: Final = Voice(middle=0.45, span=14)
_ARP: Final = Voice(middle=0.55, span=21)


class ShiftingCell:
    """Two to four notes over and over, in a pattern whose length is not the bar's (after Reich's phasing)."""

    def __init__(self) -> None:
        self._offsets: tuple[int, ...] = ()
        self._hits: tuple[int, ...] = ()
        self._length = 6
        self._phrase = (-1, -1)
        self._shift = 0

    def play(self, bar: BarContext) -> list[Note]:
        """Return the bar's notes."""
        self._renew(bar)
        low, high = bounds(settings(bar.config), _CELL)
        n_steps = BEATS * 4
        notes: list[Note] = []
        for at in range(n_steps):
            place = (bar.number * n_steps + at + self._shift) % self._length
            if place not in self._hits:
                continue
            beat = at * 0.25
            drops = bar.random.chance(0.4 * (1.0 - bar.level))
            if drops and not (bar.cue and not notes):
                continue
            offset = self._offsets[self._hits.index(place) % len(self._offsets)]
            pitch = _cell_pitch(bar.chord_at(beat), low, high, offset)
            loud = (0.75 if place == self._hits[0] else 0.56) + 0.08 * bar.random.uniform()
            notes.append(Note(beat, 0.45, float(pitch), loud))
        if bar.cue and not notes:
            notes.append(Note(0.0, 0.45, float(_cell_pitch(bar.chord, low, high, 0)), 0.7))
        return approached(notes, bar)

    def _renew(self, bar: BarContext) -> None:
        """At a phrase's start keep the cell, shifted a little, or find a new one."""
        place, numbers = bar.place, settings(bar.config)
        phrase = (place.section_index, place.phrase_index)
        if phrase == self._phrase:
            return
        new_section = phrase[0] != self._phrase[0]
        self._phrase = phrase
        stays = bar.random.chance(numbers.repeat)
        fixed = bar.config.melody_engine == "pattern"
        if not self._hits or new_section or not (stays or fixed):
            self._invent(bar)
        elif not fixed:
            self._shift += bar.random.choice((2, -2, 4)) if numbers.off_beat > 0.0 else 4

    def _invent(self, bar: BarContext) -> None:
        random, numbers = bar.random, settings(bar.config)
        # in sixteenths: three, five or six eighths against the bar's eight; whole beats if nothing syncopates
        self._length = random.choice((12, 20, 24) if numbers.off_beat == 0.0 else (6, 10, 12, 14))
        wanted = numbers.notes_per_bar * (0.8 + 0.4 * bar.tension) * self._length / 16.0
        n_hits = max(1, int(wanted + random.uniform()))
        self._hits = _cell_hits(random, n_hits, self._length, numbers.off_beat)
        size = random.choice((2, 3, 3, 4))
        self._offsets = tuple(random.choice((0, 1, 2, 3, -1)) for _ in range(size))
        if len(set(self._offsets)) == 1:
            self._offsets = (0, *self._offsets[1:], 2)
        self._shift = 0


def _cell_hits(random: Random, n: int, length: int, off_beat: float) -> tuple[int, ...]:
    """Return `n` places of a cell of `length` sixteenths: beats first, then eighths, then the rest."""
    beats = list(range(0, length, 4))
    eighths = list(range(2, length, 4))
    hits = {0}
    while len(hits) < min(n, len(beats) + len(eighths)):
        pool = eighths if random.chance(off_beat) or len(hits) >= len(beats) + 2 else beats
        free = [place for place in pool if place not in hits] or [p for p in beats + eighths if p not in hits]
        hits.add(random.choice(free))
    for place in range(1, length, 2):
        if len(hits) < n and random.chance(0.5):
            hits.add(place)
    return tuple(sorted(hits))


def _cell_pitch(span: ChordSpan, low: int, high: int, offset: int) -> int:
    """Return the pitch `offset` chord or colour tones from the middle of the register."""
    ninth = (span.root + 2) % 12
    rungs = ladder((*span.tones, ninth) if len(span.tones) == 3 and ninth in span.scale else span.tones)
    at = rung(rungs, (low + high) / 2.0) + offset
    pitch = rungs[min(max(at, 0), len(rungs) - 1)]
    return nearest(pitch % 12, (low + high) / 2.0) if not low <= pitch <= high else pitch


def _arp_step(numbers: Settings) -> float:
    return 0.25 if numbers.notes_per_bar > 6.0 else 0.5


class Arpeggio:
    """Chord tones up and down, a direction for each phrase."""

    def __init__(self) -> None:
        self._up = True
        self._at = 0
        self._phrase = (-1, -1)
        self._turns = True
        self._group = 4
        self._kept: tuple[bool, ...] = ()

    def play(self, bar: BarContext) -> list[Note]:
        """Return the bar's notes."""
        self._renew(bar)
        numbers = settings(bar.config)
        low, high = bounds(numbers, _ARP)
        step = _arp_step(numbers)
        odd = bar.random.below(2 * len(self._kept))  # in half of the bars one place is turned over
        notes: list[Note] = []
        for at in range(round(BEATS / step)):
            beat = at * step
            breathes = bar.place.ends_phrase and beat >= 3.0
            sounds = self._kept[at % len(self._kept)] != (at == odd and at > 0)
            if not sounds or (breathes and notes):
                continue
            pitch = self._onward(bar, bar.chord_at(beat), low, high)
            loud = (0.82 if at % self._group == 0 else 0.55) + 0.08 * bar.random.uniform()
            notes.append(Note(beat, step * 1.6, float(pitch), loud))
        return approached(notes, bar)

    def _renew(self, bar: BarContext) -> None:
        """At a phrase's start choose direction, accents and which places sound."""
        place, numbers, random = bar.place, settings(bar.config), bar.random
        phrase = (place.section_index, place.phrase_index)
        if phrase == self._phrase:
            return
        fixed = bar.config.melody_engine == "pattern" and phrase[0] == self._phrase[0]
        self._phrase = phrase
        if fixed or (self._kept and random.chance(numbers.repeat)):
            self._up = not self._up if not fixed else self._up
            return
        self._up, self._turns = random.chance(0.6), random.chance(0.5)
        self._group = 3 if random.chance(0.2 + numbers.off_beat) else 4
        wanted = numbers.notes_per_bar * 1.5 * (0.7 + 0.3 * bar.level)
        self._kept = _kept(random, wanted, numbers.off_beat, round(BEATS / _arp_step(numbers)))

    def _onward(self, bar: BarContext, span: ChordSpan, low: int, high: int) -> int:
        """Return the next chord tone in the direction of the moment; at an end turn, or start again."""
        rungs = [pitch for pitch in ladder(span.tones[:4]) if low <= pitch <= high]
        self._at += 1 if self._up else -1
        if not 0 <= self._at < len(rungs):
            if self._turns:
                self._up = not self._up
                self._at = 1 if self._up else len(rungs) - 2
            else:
                self._at = 0 if self._up else len(rungs) - 1
        self._at = min(max(self._at, 0), len(rungs) - 1)
        return rungs[self._at]


def _kept(random: Random, wanted: float, off_beat: float, n_places: int) -> tuple[bool, ...]:
    """Return which of the bar's places sound: about `wanted` of them, the beats before what lies between."""
    step = BEATS / n_places
    n = min(n_places, max(1, int(wanted + random.uniform())))

    def weight(at: int) -> float:
        beat = at * step
        return (off_beat + 0.05 if is_off_beat(beat) else strength(beat)) + 0.5 * random.uniform()

    weights = [weight(at) for at in range(n_places)]
    chosen = set(sorted(range(n_places), key=lambda at: -weights[at])[:n])
    return tuple(at in chosen for at in range(n_places))
