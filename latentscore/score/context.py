"""What a part is told about the bar it writes: harmony, key, place in the form, and its own memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar, cast

from latentscore.config import MusicConfig
from latentscore.randomness import Random
from latentscore.theory.scales import Key

State = TypeVar("State")


class ChordSpan(NamedTuple):
    """One chord as far as it sounds in one bar."""

    beat: float
    """Where in the bar it begins to sound: 0 if it goes on from the bar before."""
    length: float
    """Beats that it lasts within the bar."""
    root: int
    """Pitch class."""
    quality: str
    degree: int
    tones: tuple[int, ...]
    """Pitch classes, root first."""
    scale: tuple[int, ...]
    """Pitch classes to play over it."""
    is_new: bool
    """It begins here, rather than going on."""
    left: float
    """Beats until the next chord, from `beat`: it may reach far into later bars."""


class Place(NamedTuple):
    """Where a bar stands in the form."""

    section: str
    """Role of the section: `intro`, `theme`, `lift`, `peak`, `breath` or `close`."""
    section_index: int
    bar: int
    """Bars since the section began."""
    n_bars: int
    """Bars in the section."""
    phrase_bar: int
    """Bars since the phrase began."""
    phrase_bars: int
    """Bars in the phrase: `phrase_len_bars`, but never more than the section holds."""
    phrase_index: int
    """Phrases since the section began: even ones ask, odd ones answer."""

    @property
    def is_seam(self) -> bool:
        """Tell whether the section ends with this bar."""
        return self.bar == self.n_bars - 1

    @property
    def ends_phrase(self) -> bool:
        """Tell whether the phrase ends with this bar."""
        return self.phrase_bar == self.phrase_bars - 1


class Memory:
    """What a part keeps from bar to bar: one object of each class it asks for."""

    def __init__(self) -> None:
        self._kept: dict[object, object] = {}

    def of(self, kind: Callable[[], State]) -> State:
        """Return the part's object of class `kind`, made on first use."""
        if kind not in self._kept:
            self._kept[kind] = kind()
        return cast(State, self._kept[kind])


class BarContext(NamedTuple):
    """Everything a part may know of the bar it writes."""

    number: int
    """Bars since the start of the piece."""
    beats: int
    seconds: float
    """Length of the bar."""
    tempo_bpm: float
    key: Key
    chords: tuple[ChordSpan, ...]
    """In order; the first begins at beat 0."""
    next_chord: ChordSpan
    """The chord that sounds at the start of the next bar."""
    place: Place
    tension: float
    """Intensity of the form here, 0 to 1."""
    level: float
    """How present the layer should be, above 0 to 1: 1 is full, 0.3 a hint."""
    cue: bool
    """The layer has not been heard yet, and must be heard in this bar."""
    config: MusicConfig
    random: Random
    """The part's own."""
    memory: Memory

    @property
    def chord(self) -> ChordSpan:
        """The chord at the start of the bar."""
        return self.chords[0]

    def chord_at(self, beat: float) -> ChordSpan:
        """Return the chord that sounds at a beat; past the bar's end it is the next bar's first."""
        if beat >= self.beats:
            return self.next_chord
        found = self.chords[0]
        for span in self.chords:
            if span.beat > beat:
                break
            found = span
        return found
