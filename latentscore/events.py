"""The frozen data that crosses rooms: notes in beats, note events in frames, bars, chords and sections."""

from __future__ import annotations

from typing import NamedTuple

LAYERS = ("bass", "pad", "melody", "rhythm", "texture", "accent")
"""The six layers, in the order in which they are mixed, reported and saved."""


class Note(NamedTuple):
    """What a style writes: one note of a bar, in beats, before swing and human timing."""

    beat: float
    """Onset in beats from the start of the bar, in [0, beats per bar)."""
    length: float
    """Length in beats; it may reach past the end of the bar."""
    pitch: float
    """MIDI note number (60 is C4); for unpitched sounds the drum's own tuning."""
    velocity: float
    """Loudness of the stroke, in (0, 1]."""
    voice: int = 0
    """Which voice of the style's instrument plays it (a kit has one per drum)."""
    pan: float = 0.0
    """Place in the field, -1 (left) to 1 (right)."""
    glide_from: float | None = None
    """MIDI pitch from which the note glides; None starts on pitch."""


class NoteEvent(NamedTuple):
    """What the engine plays: one note at an exact frame."""

    layer: str
    onset: int
    """First frame of the note, counted from the start of the performance."""
    length: int
    """Frames until the release begins (at least 1)."""
    pitch: float
    velocity: float
    voice: int = 0
    pan: float = 0.0
    glide_from: float | None = None


class Chord(NamedTuple):
    """One chord of the harmony, as it sounds."""

    onset: int
    """First frame."""
    root: int
    """Pitch class of the chord's root, 0 (C) to 11 (B)."""
    quality: str
    """Chord type, such as `maj`, `min7` or `sus2`."""
    degree: int
    """Scale degree of the root, 1 to 7."""


class Section(NamedTuple):
    """One section of the form."""

    onset: int
    name: str
    """Its role: `intro`, `theme`, `lift`, `breath`, `peak`, `close`, …"""
    n_bars: int


class Bar(NamedTuple):
    """One composed bar: its place on the grid, what begins in it, and its notes."""

    index: int  # pyright: ignore[reportIncompatibleMethodOverride]  # no one searches a bar for a value
    onset: int
    """First frame of the bar."""
    length: int
    """Frames in the bar."""
    beats: int
    tempo_bpm: float
    """Tempo at the bar's start."""
    chords: tuple[Chord, ...]
    section: Section | None
    """The section that begins with this bar, if one does."""
    events: tuple[NoteEvent, ...]
    """All layers, sorted by onset. Human timing may move an event up to 0.25 s outside the bar, never before frame 0."""
