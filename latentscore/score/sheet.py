"""The sheet: a composed piece as typed events in seconds, for programs, MIDI files and pictures."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from typing_extensions import Self

from latentscore.errors import invalid
from latentscore.events import LAYERS, Bar, NoteEvent
from latentscore.types import SAMPLE_RATES

if TYPE_CHECKING:
    from latentscore.config import MusicConfig
    from latentscore.score.composer import Composer


@dataclass(frozen=True, slots=True)
class ScoreNote:
    """One note."""

    layer: str
    """`bass`, `pad`, `melody`, `rhythm`, `texture` or `accent`."""
    onset_s: float
    """Start in seconds; times the sample rate it is a whole frame."""
    length_s: float
    """Seconds until the release begins; cut at the end of the score, unless the score is a loop's."""
    pitch: float
    """MIDI note number; for drums 60 is the drum as tuned."""
    velocity: int
    """1 to 127."""
    voice: int
    """Which voice of the style's instrument plays it, such as the drum of a kit."""
    glide_from: float | None = None
    """MIDI pitch from which the note glides; None starts on pitch."""


@dataclass(frozen=True, slots=True)
class ScoreBar:
    """One bar that begins within the score."""

    index: int
    onset_s: float
    length_s: float
    beats: int
    tempo_bpm: float
    """At the bar's start."""


@dataclass(frozen=True, slots=True)
class ScoreChord:
    """One chord, where it begins."""

    onset_s: float
    root: int
    """Pitch class, 0 (C) to 11 (B)."""
    quality: str
    degree: int
    """Degree of the scale, 1 to 7."""


@dataclass(frozen=True, slots=True)
class ScoreSection:
    """One section of the form, where it begins."""

    onset_s: float
    name: str
    n_bars: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A piece as events. The same config, seed and rate give the same sheet on every machine.

    Notes are sorted by onset; the onsets of a longer sheet's beginning equal those of a shorter one.
    """

    config: MusicConfig
    seed: int
    sample_rate: int
    duration: float
    """Seconds."""
    notes: tuple[ScoreNote, ...]
    bars: tuple[ScoreBar, ...]
    chords: tuple[ScoreChord, ...]
    sections: tuple[ScoreSection, ...]
    vibe: str | None = None
    """The text it came from; None when a config was given."""

    @classmethod
    def compose(
        cls,
        config: MusicConfig,
        duration_s: float,
        seed: int,
        sample_rate: int,
        *,
        ending: bool = False,
        vibe: str | None = None,
    ) -> Self:
        """Compose `duration_s` seconds of a config.

        Args:
            config: What to compose.
            duration_s: Seconds, above 0.
            seed: Any int.
            sample_rate: 44100 or 48000: the grid on which onsets lie.
            ending: Whether the piece comes to a close in time.
            vibe: The text that the config came from, if it did; it is only told.

        Raises:
            InvalidConfigError: For a duration that is not a finite number above 0, or another rate.
        """
        from latentscore.score.composer import Composer

        if not math.isfinite(duration_s) or duration_s <= 0.0:
            raise invalid("duration", duration_s, "a finite number of seconds above 0")
        if sample_rate not in SAMPLE_RATES:
            raise invalid("sample_rate", sample_rate, SAMPLE_RATES)
        n_frames = round(duration_s * sample_rate)
        composer = Composer(config, seed, sample_rate, ends_at=n_frames if ending else None)
        bars = _bars(composer, sample_rate, n_frames)
        return cls._of(bars, n_frames, config, seed, sample_rate, duration_s, vibe)

    @classmethod
    def compose_loop(
        cls,
        config: MusicConfig,
        n_bars: int,
        seed: int,
        sample_rate: int,
        n_frames: int,
        *,
        wraps: bool = True,
        vibe: str | None = None,
    ) -> Self:
        """Compose the bars of a loop, or of a stinger, as `engine.looping` renders them.

        Args:
            config: What to compose.
            n_bars: Bars in which notes begin.
            seed: Any int.
            sample_rate: 44100 or 48000.
            n_frames: Length of the whole.
            wraps: Whether it is repeated: notes before its beginning then stand at its end.
            vibe: The text that the config came from, if it did; it is only told.
        """
        from latentscore.score.looping import LoopComposer

        early = sample_rate if wraps else 0
        composer = LoopComposer(config, seed, sample_rate, n_bars, starts_at=early)
        bars = [_moved(bar, early, n_frames) for bar in _bars(composer, sample_rate, early + n_frames)]
        return cls._of(bars, n_frames, config, seed, sample_rate, n_frames / sample_rate, vibe, wraps)

    @classmethod
    def _of(
        cls,
        bars: list[Bar],
        n_frames: int,
        config: MusicConfig,
        seed: int,
        sample_rate: int,
        duration_s: float,
        vibe: str | None,
        wraps: bool = False,
    ) -> Self:
        rate = float(sample_rate)
        return cls(
            config=config,
            seed=seed,
            sample_rate=sample_rate,
            duration=duration_s,
            notes=_notes(bars, n_frames, math.inf if wraps else n_frames, rate),
            bars=tuple(
                ScoreBar(bar.index, bar.onset / rate, bar.length / rate, bar.beats, bar.tempo_bpm)
                for bar in bars
                if bar.onset < n_frames
            ),
            chords=_chords(bars, n_frames, rate),
            sections=tuple(
                ScoreSection(bar.section.onset / rate, bar.section.name, bar.section.n_bars)
                for bar in bars
                if bar.section and bar.section.onset < n_frames
            ),
            vibe=vibe,
        )


def _moved(bar: Bar, by: int, n_frames: int) -> Bar:
    """Return a bar `by` frames earlier; notes that human timing put before the beginning are moved to the end."""
    section = bar.section
    return bar._replace(
        onset=bar.onset - by,
        chords=tuple(chord._replace(onset=chord.onset - by) for chord in bar.chords),
        section=section and section._replace(onset=section.onset - by),
        events=tuple(
            event._replace(onset=event.onset - by + (n_frames if event.onset < by else 0))
            for event in bar.events
        ),
    )


def _bars(composer: Composer, sample_rate: int, n_frames: int) -> list[Bar]:
    """Return all bars that may have a note before frame `n_frames`."""
    bars = [composer.next_bar()]
    early = sample_rate // 4  # human timing may bring a note that much before its bar
    while bars[-1].onset + bars[-1].length - early < n_frames:
        bars.append(composer.next_bar())
    return bars


def _chords(bars: Iterable[Bar], n_frames: int, rate: float) -> tuple[ScoreChord, ...]:
    return tuple(
        ScoreChord(chord.onset / rate, chord.root, chord.quality, chord.degree)
        for bar in bars
        for chord in bar.chords
        if chord.onset < n_frames
    )


def _notes(bars: Iterable[Bar], n_frames: int, ends_at: float, rate: float) -> tuple[ScoreNote, ...]:
    events = [event for bar in bars for event in bar.events if event.onset < n_frames]
    events.sort(key=_place)
    return tuple(
        ScoreNote(
            layer=event.layer,
            onset_s=event.onset / rate,
            length_s=min(event.length, ends_at - event.onset) / rate,
            pitch=event.pitch,
            velocity=max(1, min(127, round(event.velocity * 127.0))),
            voice=event.voice,
            glide_from=event.glide_from,
        )
        for event in events
    )


def _place(event: NoteEvent) -> tuple[int, int]:
    return event.onset, cast(tuple[str, ...], LAYERS).index(event.layer)
