"""The composer: writes bars endlessly, each layer's part by its style, on one clock, form and harmony."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Final, NamedTuple

from latentscore.config import MusicConfig
from latentscore.events import LAYERS, Bar, Chord, Note, NoteEvent, Section
from latentscore.randomness import Random
from latentscore.score import form as forms
from latentscore.score import harmony as harmonies
from latentscore.score.clock import BarGrid, Clock, HumanHand
from latentscore.score.context import BarContext, ChordSpan, Memory, Place
from latentscore.score.performance import doubled, final, performed
from latentscore.score.registry import Style, find
from latentscore.score.settings import Settings, settings
from latentscore.theory.meter import BEATS

_SLOWING: Final = (0.86, 0.7)
"""Factors on the tempo toward which the two bars of the close slow down."""
_HOME_S: Final = 3.0
"""Least time that a piece of a given length leaves to its last chord."""
_RING_S: Final = 1.2
"""How long before the end of such a piece its last chord is let go, to ring out."""
_ANNOUNCED_BARS: Final = 4
_ANNOUNCED_LEVEL: Final = 0.55
_HARMONIC_FIELDS: Final = frozenset({"mode", "harmony_style", "chord_change_bars", "cadence_strength"})

_FIGURE_FIELDS: Final = frozenset(
    {"melody_density", "syncopation", "step_bias", "melody_engine", "phrase_len_bars"}
)
"""Fields that a melody's figures are made by: when one changes, the figures it knew no longer fit."""


class _Frame(NamedTuple):
    """What a bar is before any layer plays: it depends on no layer's style."""

    number: int
    grid: BarGrid
    place: Place
    tension: float
    chords: tuple[ChordSpan, ...]
    next_chord: ChordSpan
    levels: Mapping[str, float]
    section: Section | None
    """The section, if it begins here."""
    held: float | None = None
    """In the last bar of a close: the beats for which its notes are held."""


class _Player:
    """One layer: its style, its generators, its memory, and whether it has been heard."""

    def __init__(self, layer: str, seed: int, sample_rate: int) -> None:
        self.layer = layer
        self.random = Random(seed, layer, "part")
        self.hand = HumanHand(Random(seed, layer, "human"), sample_rate)
        self.memory = Memory()
        self.was_heard = False
        self.announced_bars = 0
        """For so many more bars it is at least moderately present: its style is new."""
        self._late: list[Note] = []
        self._style: Style | None = None

    def style(self, label: str) -> Style:
        """Return the style of a label; a new label starts with an empty memory."""
        if self._style is None or self._style.label != label:
            self._style = find(self.layer, label)
            self.forget()
        return self._style

    def forget(self) -> None:
        """Drop what the part knows, and the notes that it wrote ahead into the next bar."""
        self.memory = Memory()
        self.drop_late()

    def drop_late(self) -> None:
        """Drop the notes written ahead into the next bar."""
        self._late = []

    def due(self, notes: Iterable[Note]) -> list[Note]:
        """Return the notes due in this bar: what the last left over, and these; what lies beyond waits."""
        found = self._late
        self._late = []
        for note in notes:
            if note.beat < BEATS:
                found.append(note)
            else:
                self._late.append(note._replace(beat=note.beat - BEATS))
        return found


class Composer:
    """Writes one config endlessly, a bar at a time.

    The same config, seed and rate give the same bars on every machine. Each layer draws from generators of
    its own, and form and harmony from theirs, so changing one layer's style leaves the other layers alone.

    Args:
        config: What to play. It may be changed between bars with `steer`.
        seed: Any int.
        sample_rate: Frames per second, for onsets and lengths.
        ends_at: Frame at which the piece is over: its last bars come to a close in time for it. None goes on
            until `close`. Bars before the close are the same either way.
    """

    def __init__(
        self, config: MusicConfig, seed: int, sample_rate: int, *, ends_at: int | None = None
    ) -> None:
        self._config = config
        self._sample_rate = sample_rate
        self._ends_at = ends_at
        self._closing: list[Bar] = []
        self._clock = Clock(sample_rate, settings(config).tempo_bpm)
        self._form = forms.Form(Random(seed, "form"))
        self._harmony = harmonies.Harmony(Random(seed, "harmony"))
        self._players = [_Player(layer, seed, sample_rate) for layer in LAYERS]
        self._number = 0
        self._has_closed = False
        self._turns = False
        self.grid: BarGrid | None = None
        """Where the beats of the last bar lie."""
        self._levels: Mapping[str, float] = {}
        self._before: forms.SectionPlan | None = None
        self._section = self._form.plan(settings(config), config.tension_curve)
        self._after = self._form.plan(settings(config), config.tension_curve)
        self._steps = self._harmony.plan(self._section, config)
        self._steps_after = self._harmony.plan(self._after, config)

    def next_bar(self) -> Bar:
        """Compose the next bar. After the close it is empty."""
        if self._must_close():
            self._closing = self._close()
        return self._closing.pop(0) if self._closing else self._bar(self._frame())

    def steer(self, config: MusicConfig) -> None:
        """Play `config` from the next bar on. Tempo ramps over that bar; a new key comes with a new chord."""
        changed = _changed(_HARMONIC_FIELDS, self._config, config)
        if _changed(_FIGURE_FIELDS, self._config, config):
            self._players[LAYERS.index("melody")].forget()
        if _changed(("root", "mode"), self._config, config):
            for player in self._players:
                player.drop_late()  # they stand in the old key
        self._turns = self._turns or bool(changed) or config.root != self._config.root
        self._config = config
        if changed:
            self._steps = self._harmony.plan(self._section, config)
            self._steps_after = self._harmony.plan(self._after, config)

    @property
    def config(self) -> MusicConfig:
        """What is played from the next bar on."""
        return self._config

    @property
    def sample_rate(self) -> int:
        """Frames per second."""
        return self._sample_rate

    @property
    def clock(self) -> Clock:
        """The clock on which bars are laid."""
        return self._clock

    def announce(self, layers: Set[str]) -> None:
        """Let layers be heard from the next bar on, whatever the form says: someone has just asked for them."""
        for player in self._players:
            if player.layer in layers:
                player.was_heard, player.announced_bars = False, _ANNOUNCED_BARS

    @property
    def closing_frames(self) -> int:
        """How many frames `close` would add from here, its held last bar included."""
        return round(sum(self._closing_lengths()))

    def close(self) -> tuple[Bar, Bar]:
        """Compose the end: a bar that leads home, slowing down, and a bar of the tonic, held."""
        way, home = self._close(2)
        return way, home

    def _closing_lengths(self) -> tuple[float, float]:
        per_beat = 60.0 * self._sample_rate / settings(self._config).tempo_bpm
        first, second = (per_beat / factor for factor in _SLOWING)
        return BEATS * 0.5 * (per_beat + first), BEATS * 0.5 * (first + second)

    def _room(self) -> float:
        """Frames left until a piece of a given length is over."""
        assert self._ends_at is not None
        return self._ends_at - self._clock.next_start

    def _must_close(self) -> bool:
        """Tell whether one more bar would leave too little time for the close."""
        if self._ends_at is None or self._has_closed:
            return False
        bar = BEATS * 60.0 * self._sample_rate / settings(self._config).tempo_bpm
        return self._room() < bar + self._closing_lengths()[0] + _HOME_S * self._sample_rate

    def _close(self, n_bars: int | None = None) -> list[Bar]:
        """Compose the last two bars, or where time is too short for both the last alone."""
        if n_bars is None:
            enough = self._room() >= self._closing_lengths()[0] + _HOME_S * self._sample_rate
            n_bars = 2 if enough else 1
        numbers = settings(self._config)
        way, home = harmonies.closing(self._config)
        levels = self._closing_levels(numbers)
        start = Section(round(self._clock.next_start), "close", n_bars)
        bars: list[Bar] = []
        for bar, (chord, factor) in list(enumerate(zip((way, home), _SLOWING, strict=True)))[-n_bars:]:
            grid = self._clock.bar(numbers.tempo_bpm * factor, numbers.swing)
            frame = _Frame(
                number=self._number,
                grid=grid,
                place=Place("close", self._section.number + 1, bar, 2, bar, 2, 1),
                tension=0.4 - 0.2 * bar,
                chords=(chord,),
                next_chord=home,
                levels=levels,
                section=None if bars else start,
                held=self._held(grid) if bar == 1 else None,
            )
            bars.append(self._bar(frame))
        self._has_closed = True
        return bars

    def _held(self, grid: BarGrid) -> float:
        """Return for how many beats the last chord is held: until shortly before the end, if that is known."""
        if self._ends_at is None:
            return float(BEATS)
        left = self._ends_at - _RING_S * self._sample_rate - grid.end
        return max(1.0, BEATS + left / grid.last)

    def _closing_levels(self, numbers: Settings) -> Mapping[str, float]:
        """Return how present the layers are at the end: as they were, but the chord and the tune are there."""
        now = self._levels or self._levels_at(0, numbers, 1.0)
        return {**now, **{layer: max(now[layer], 0.5) for layer in ("bass", "pad", "melody")}}

    def _bar(self, frame: _Frame) -> Bar:
        self.grid = frame.grid
        onset = round(frame.grid.start)
        events: list[NoteEvent] = []
        if not self._has_closed:
            for player in self._players:
                events += self._events(player, frame)
        events.sort(key=_onset)
        self._number += 1
        return Bar(
            index=frame.number,
            onset=onset,
            length=round(frame.grid.end) - onset,
            beats=BEATS,
            tempo_bpm=60.0 * self._sample_rate / frame.grid.first,
            chords=tuple(
                Chord(round(frame.grid.place(span.beat)), span.root, span.quality, span.degree)
                for span in frame.chords
                if span.is_new and not self._has_closed
            ),
            section=None if self._has_closed else frame.section,
            events=tuple(events),
        )

    def _frame(self) -> _Frame:
        """Advance clock, form and harmony by a bar."""
        bar = self._number - self._section.first_bar
        if bar == self._section.n_bars and not self._has_closed:
            self._advance_section()
            bar = 0
        section, config, numbers = self._section, self._config, settings(self._config)
        phrase_bars = min(numbers.phrase_bars, section.n_bars)
        place = Place(
            section=section.role,
            section_index=section.number,
            bar=bar,
            n_bars=section.n_bars,
            phrase_bar=bar % phrase_bars,
            phrase_bars=phrase_bars,
            phrase_index=bar // phrase_bars,
        )
        grid = self._clock.bar(numbers.tempo_bpm, numbers.swing)
        chords, following = self._chords(bar, config)
        self._levels = self._levels_at(bar, numbers, (grid.end - grid.start) / self._sample_rate)
        starts = Section(round(grid.start), section.role, section.n_bars) if bar == 0 else None
        return _Frame(
            self._number, grid, place, section.tension(bar), chords, following, self._levels, starts
        )

    def _chords(self, bar: int, config: MusicConfig) -> tuple[tuple[ChordSpan, ...], ChordSpan]:
        """Return the chords of the section's bar, and the chord after it."""
        last = self._section.n_bars - 1
        chords = harmonies.spans(self._steps, min(bar, last), config)
        if self._turns:
            chords = (chords[0]._replace(is_new=True), *chords[1:])
            self._turns = False
        if bar < last:
            return chords, harmonies.spans(self._steps, bar + 1, config)[0]
        return chords, harmonies.spans(self._steps_after, 0, config)[0]

    def _levels_at(self, bar: int, numbers: Settings, bar_s: float) -> Mapping[str, float]:
        section, density = self._section, numbers.density
        if section.number == 0:
            return {layer: forms.opening_level(layer, section, bar, density, bar_s) for layer in LAYERS}
        before, after = self._before, self._after
        return {layer: forms.level(layer, section, bar, density, before, after) for layer in LAYERS}

    def _advance_section(self) -> None:
        config = self._config
        self._before, self._section, self._steps = self._section, self._after, self._steps_after
        self._after = self._form.plan(settings(config), config.tension_curve)
        self._steps_after = self._harmony.plan(self._after, config)

    def _events(self, player: _Player, frame: _Frame) -> list[NoteEvent]:
        config, numbers = self._config, settings(self._config)
        style, level = player.style(getattr(config, player.layer)), frame.levels[player.layer]
        if player.announced_bars:
            player.announced_bars -= 1
            level = max(level, _ANNOUNCED_LEVEL)
        if style.patch is None:
            return []
        if frame.held is not None:
            player.memory = Memory()  # what is still held from before is struck once more
        bar = BarContext(
            number=frame.number,
            beats=BEATS,
            seconds=(frame.grid.end - frame.grid.start) / self._sample_rate,
            tempo_bpm=60.0 * self._sample_rate / frame.grid.first,
            key=numbers.key,
            chords=frame.chords,
            next_chord=frame.next_chord,
            place=frame.place,
            tension=frame.tension,
            level=level,
            cue=not player.was_heard or frame.held is not None,
            config=config,
            random=player.random,
            memory=player.memory,
        )
        notes = player.due(style.part(bar) if level > 0.0 else ())
        player.was_heard = player.was_heard or bool(notes)
        if frame.held is not None:
            notes = final(player.layer, notes, bar, frame.held)
        if player.layer == "bass" and config.depth:
            notes += doubled(notes)
        return performed(player.layer, player.hand, notes, bar, frame.grid, numbers)


def _changed(names: Iterable[str], before: MusicConfig, after: MusicConfig) -> set[str]:
    """Return which of the fields differ."""
    return {name for name in names if getattr(after, name) != getattr(before, name)}


def _onset(event: NoteEvent) -> int:
    return event.onset
