"""Melodic figures without phrases: repeated cells that shift against the bar, and chord arpeggios."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, NamedTuple, TypeVar

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


_Figure = TypeVar("_Figure")


class _Book(Generic[_Figure]):
    """The few figures that a piece lives on; the first comes back most."""

    def __init__(self) -> None:
        self._figures: list[_Figure] = []

    def next(self, random: Random, repeat: float, invent: Callable[[], _Figure]) -> _Figure:
        """Return a known figure with probability `repeat`, and always once there are four; else a new one."""
        returns = random.chance(repeat)
        if self._figures and (returns or len(self._figures) >= 4):
            weights = [2.0 if at == 0 else 1.0 for at in range(len(self._figures))]
            return random.weighted(self._figures, weights)
        self._figures.append(invent())
        return self._figures[-1]


class _Cell(NamedTuple):
    """A few notes in a pattern of its own length."""

    length: int
    """In sixteenths."""
    hits: tuple[int, ...]
    """The sixteenths that sound."""
    offsets: tuple[int, ...]
    """Rungs above the middle of the register, taken in turn."""


class ShiftingCell:
    """Two to four notes over and over, in a pattern whose length is not the bar's (after Reich's phasing)."""

    def __init__(self) -> None:
        self._book: _Book[_Cell] = _Book()
        self._cell = _Cell(6, (0,), (0,))
        self._phrase = (-1, -1)
        self._shift = 0

    def play(self, bar: BarContext) -> list[Note]:
        """Return the bar's notes."""
        self._renew(bar)
        low, high = bounds(settings(bar.config), _CELL)
        cell, n_steps = self._cell, BEATS * 4
        notes: list[Note] = []
        for at in range(n_steps):
            place = (bar.place.bar * n_steps + at + self._shift) % cell.length
            if place not in cell.hits:
                continue
            beat = at * 0.25
            drops = bar.random.chance(0.3 * (1.0 - bar.level))
            if drops and not (bar.cue and not notes):
                continue
            offset = cell.offsets[cell.hits.index(place) % len(cell.offsets)]
            pitch = _cell_pitch(bar.chord_at(beat), low, high, offset)
            loud = (0.75 if place == cell.hits[0] else 0.56) + 0.08 * bar.random.uniform()
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
        if new_section or not (stays or fixed):
            self._cell = self._book.next(bar.random, numbers.repeat, lambda: _new_cell(bar))
            self._shift = 0
        elif not fixed:
            self._shift += bar.random.choice((2, -2, 4)) if numbers.off_beat > 0.0 else 4


def _new_cell(bar: BarContext) -> _Cell:
    random, numbers = bar.random, settings(bar.config)
    # in sixteenths: three, five or six eighths against the bar's eight; whole beats if nothing syncopates
    length = random.choice((12, 20, 24) if numbers.off_beat == 0.0 else (6, 10, 12, 14))
    wanted = numbers.notes_per_bar * (0.8 + 0.4 * bar.tension) * length / 16.0
    hits = _cell_hits(random, max(1, int(wanted + random.uniform())), length, numbers.off_beat)
    return _Cell(length, hits, _offsets(random, random.choice((2, 3, 3, 4))))


def _offsets(random: Random, n: int) -> tuple[int, ...]:
    """Return `n` neighbouring rungs, none twice in a row."""
    offsets = [0]
    while len(offsets) < n:
        offsets.append(random.choice([to for to in (-1, 0, 1, 2, 3) if 0 < abs(to - offsets[-1]) <= 2]))
    return tuple(offsets)


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


class _Run(NamedTuple):
    """How an arpeggio runs."""

    up: bool
    """It starts upward."""
    turns: bool
    """At an end it turns, rather than starting over."""
    group: int
    """Notes from accent to accent."""
    kept: tuple[bool, ...]
    """Which places of the bar sound."""


class Arpeggio:
    """Chord tones up and down, a direction for each phrase."""

    def __init__(self) -> None:
        self._book: _Book[_Run] = _Book()
        self._run = _Run(True, True, 4, (True,) * 8)
        self._up = True
        self._at = 0
        self._phrase = (-1, -1)

    def play(self, bar: BarContext) -> list[Note]:
        """Return the bar's notes."""
        self._renew(bar)
        numbers = settings(bar.config)
        low, high = bounds(numbers, _ARP)
        step = _arp_step(numbers)
        run = self._run
        odd = bar.random.below(2 * len(run.kept))  # in half of the bars one place is turned over
        notes: list[Note] = []
        for at in range(round(BEATS / step)):
            beat = at * step
            breathes = bar.place.ends_phrase and beat >= 3.0
            sounds = run.kept[at % len(run.kept)] != (at == odd and at > 0)
            if not sounds or (breathes and notes):
                continue
            pitch = self._onward(bar, bar.chord_at(beat), low, high)
            loud = (0.82 if at % run.group == 0 else 0.55) + 0.08 * bar.random.uniform()
            notes.append(Note(beat, step * 1.6, float(pitch), loud))
        return approached(notes, bar)

    def _renew(self, bar: BarContext) -> None:
        """At a phrase's start go the other way, or choose another run."""
        place, numbers = bar.place, settings(bar.config)
        phrase = (place.section_index, place.phrase_index)
        if phrase == self._phrase:
            return
        new_section = phrase[0] != self._phrase[0]
        self._phrase = phrase
        stays = bar.random.chance(numbers.repeat)
        fixed = bar.config.melody_engine == "pattern"
        if new_section or not (stays or fixed):
            self._run = self._book.next(bar.random, numbers.repeat, lambda: _new_run(bar))
            self._up = self._run.up
        elif not fixed:
            self._up = not self._up

    def _onward(self, bar: BarContext, span: ChordSpan, low: int, high: int) -> int:
        """Return the next chord tone in the direction of the moment; at an end turn, or start again."""
        rungs = [pitch for pitch in ladder(span.tones[:4]) if low <= pitch <= high]
        self._at += 1 if self._up else -1
        if not 0 <= self._at < len(rungs):
            if self._run.turns:
                self._up = not self._up
                self._at = 1 if self._up else len(rungs) - 2
            else:
                self._at = 0 if self._up else len(rungs) - 1
        self._at = min(max(self._at, 0), len(rungs) - 1)
        return rungs[self._at]


def _new_run(bar: BarContext) -> _Run:
    random, numbers = bar.random, settings(bar.config)
    up, turns = random.chance(0.6), random.chance(0.5)
    group = 3 if random.chance(0.2 + numbers.off_beat) else 4
    wanted = numbers.notes_per_bar * 1.5 * (0.7 + 0.3 * bar.level)
    return _Run(up, turns, group, _kept(random, wanted, numbers.off_beat, round(BEATS / _arp_step(numbers))))


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
