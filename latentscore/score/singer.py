"""The singer: meets a phrase with the harmony, bar by bar, and chooses the pitches."""

from __future__ import annotations

from typing import Final, NamedTuple

from latentscore.events import Note
from latentscore.score.context import BarContext, ChordSpan
from latentscore.score.manner import manner
from latentscore.score.motif import Cell, Motif, Taste
from latentscore.score.phrase import (
    MotifBook,
    PatternBook,
    Phrase,
    ThemeBook,
    pattern_phrase,
    procedural_phrase,
)
from latentscore.score.settings import Settings, settings
from latentscore.theory.meter import BEATS, strength
from latentscore.theory.pitch import nearest
from latentscore.theory.scales import ladder, rung


class Voice(NamedTuple):
    """How one melody style sings: its bend of the config's wishes, its register and its line."""

    notes: float = 1.0
    """Factor on `melody_density`."""
    leaps: float = 0.0
    """Added to the share of leaps."""
    rise: float = 0.0
    fewest: float = 0.5
    """Notes a bar below which the style would not be itself."""
    most: float = 16.0
    loud: float = 0.0
    """Added to the velocity."""
    legato: float = 0.95
    """Share of the time to the next note that a note is held."""
    longest: float = 3.0
    """Beats that a note is held at most."""
    off_beat: float = 1.0
    """Factor on `syncopation`."""
    dotted: float = 0.0
    middle: float = 0.45
    """Centre of its range within the register bounds, 0 to 1."""
    span: int = 19
    """Semitones that it uses at most."""
    line: str = "arch"
    """How its phrases run: `arch`, `up`, `down` or `level`."""
    rests: float = 0.12
    """Probability that it leaves out a phrase at full level."""
    bold: bool = False
    """Its leaps are fourths, fifths and octaves."""
    closes: float = 0.0
    """Added to the probability that its phrases close."""
    voice: int = 0
    """Which voice of the instrument sings."""


class Singer:
    """The running state of one melodic line."""

    def __init__(self) -> None:
        self.motifs = MotifBook()
        self.patterns = PatternBook()
        self.themes = ThemeBook()
        self.pitch = 0
        self._phrase: Phrase | None = None
        self._phrase_key = (-1, -1)
        self._phrase_start = 0

    def sing(self, bar: BarContext, voice: Voice) -> list[Note]:
        """Return the bar's notes of the line."""
        place = bar.place
        here = (place.section_index, place.phrase_index)
        if here != self._phrase_key or (bar.cue and self._phrase is None):
            self._phrase_key, self._phrase_start = here, place.phrase_bar
            self._phrase = self._next_phrase(bar, voice, place.phrase_bars - place.phrase_bar)
        phrase = self._phrase
        at = place.phrase_bar - self._phrase_start
        if phrase is None or at >= len(phrase.bars):
            return []
        return self.sing_cells(bar, voice, phrase.bars[at])

    def sing_cells(self, bar: BarContext, voice: Voice, cells: Motif) -> list[Note]:
        """Return the notes of given cells, in a voice's register; a bar on cue is never empty."""
        low, high = bounds(settings(bar.config), voice)
        if not low <= self.pitch <= high:
            self.pitch = nearest(bar.key.root, (low + high) // 2)
        if bar.cue and not cells:
            cells = (Cell(0.0, 2.0, 0, "open"),)
        return self._bar(bar, voice, cells, low, high)

    def _next_phrase(self, bar: BarContext, voice: Voice, n_bars: int) -> Phrase | None:
        random, numbers = bar.random, settings(bar.config)
        rests = random.chance(voice.rests + 0.45 * (1.0 - bar.level) * (1.0 - 0.5 * bar.tension))
        if rests and self._phrase is not None and not bar.cue:
            return None
        taste = tasted(bar, voice)
        if bar.config.melody_engine == "pattern":
            phrase = pattern_phrase(bar, self.patterns, taste, n_bars)
        else:
            phrase = self.themes.phrase(
                bar,
                n_bars,
                self.pitch,
                lambda: procedural_phrase(bar, self.motifs, taste, n_bars, numbers.repeat),
            )
            self.pitch = phrase.start or self.pitch
        return _set_out(phrase) if voice.line in _SLOPES else phrase

    def _bar(self, bar: BarContext, voice: Voice, cells: Motif, low: int, high: int) -> list[Note]:
        notes: list[Note] = []
        n_bars = bar.place.phrase_bars
        slopes = voice.line in _SLOPES
        for at, cell in enumerate(cells):
            chord = bar.chord_at(cell.beat)
            along = (bar.place.phrase_bar + cell.beat / BEATS) / n_bars
            aim = low + (high - low) * _LINES[voice.line](along)
            if slopes and at == 0 and not cell.goal and abs(aim - self.pitch) > _OFF_THE_LINE:
                cell = cell._replace(goal="anchor")
            slack = 9.0 if slopes else 5.0
            before, self.pitch = self.pitch, _pitch(self.pitch, cell, chord, bar, aim, slack, low, high)
            if voice.bold and not cell.goal:
                self.pitch = _bold(before, self.pitch, chord, low, high)
            loud = voice.loud + 0.6 + 0.2 * strength(cell.beat) + 0.06 * _LINES["arch"](along)
            loud = min(1.0, loud + 0.1 * bar.random.uniform())
            length = max(0.2, min(voice.longest, cell.length * voice.legato))
            notes.append(Note(cell.beat, length, float(self.pitch), loud, voice.voice))
        return approached(notes, bar)


def _set_out(phrase: Phrase) -> Phrase:
    """Let a phrase that climbs or falls begin where its line begins, whatever came before."""
    first = phrase.bars[0]
    if not first:
        return phrase
    return phrase._replace(bars=((first[0]._replace(goal="anchor"), *first[1:]), *phrase.bars[1:]))


def tasted(bar: BarContext, voice: Voice) -> Taste:
    """Return how a voice's motifs are made: the config's wishes, bent by the style, fuller with tension."""
    numbers = settings(bar.config)
    crowd = (0.75 + 0.25 * bar.level) * (0.9 + 0.3 * bar.tension) * manner(bar.config).notes
    return Taste(
        notes_per_bar=min(max(numbers.notes_per_bar * voice.notes * crowd, voice.fewest), voice.most),
        off_beat=numbers.off_beat * voice.off_beat,
        leaps=min(0.9, max(0.02, numbers.leaps + voice.leaps)),
        rise=voice.rise,
        dotted=voice.dotted,
        bold=voice.bold,
        closes=voice.closes,
    )


def bounds(numbers: Settings, voice: Voice) -> tuple[int, int]:
    """Return the lowest and highest pitch that a voice uses, within the config's register."""
    low, high = numbers.melody_low, numbers.melody_high
    span = min(voice.span, high - low)
    bottom = int(low + (high - low - span) * voice.middle + 0.5)
    return bottom, bottom + span


def _arch(at: float) -> float:
    return 0.3 + 1.4 * at * (1.0 - at) + 0.1 * at


def _up(at: float) -> float:
    return 0.08 + 0.84 * min(1.0, at * 1.15)


def _down(at: float) -> float:
    return 0.92 - 0.84 * min(1.0, at * 1.1)


def _level(_: float) -> float:
    return 0.45


_LINES: Final = {"arch": _arch, "up": _up, "down": _down, "level": _level}
_SLOPES: Final = ("up", "down")
"""Lines that go one way: each bar begins where the line has got to, and goes on that way within."""
_OFF_THE_LINE: Final = 3.0
"""Semitones by which a bar may begin beside its line."""
_SIXTH: Final = 5
_OCTAVE: Final = 7


def _singable(step: int) -> int:
    """Return a step no wider than a sixth, or an octave: thinning adds steps up to more than a voice leaps."""
    if abs(step) in range(_SIXTH + 1) or abs(step) == _OCTAVE:
        return step
    return _SIXTH if step > 0 else -_SIXTH


def _pitch(
    now: int, cell: Cell, chord: ChordSpan, bar: BarContext, aim: float, slack: float, low: int, high: int
) -> int:
    """Return a cell's pitch: its step, turned toward the phrase's line; a chord tone where it counts."""
    rungs = ladder(chord.scale)
    if cell.goal in ("home", "open"):
        return _resting(now, cell, chord, bar, low, high)
    if cell.goal == "anchor":
        return _inside(
            min((nearest(tone, aim) for tone in chord.tones[:3]), key=lambda p: abs(p - aim)), low, high
        )
    step = _singable(cell.step)
    far = aim - now
    if abs(far) > slack and step * far < 0.0:
        step = -step
    elif abs(far) > slack + 4.0 and step == 0:
        step = 1 if far > 0 else -1
    at = rung(rungs, now)
    target = at + step
    if not low <= rungs[target] <= high:
        target = at - step
    if not low <= rungs[target] <= high:
        target = rung(rungs, min(max(now, low), high))
    counts = cell.beat == 0.0 or cell.length >= (1.0 if cell.beat == 2.0 else 1.5)
    if counts and rungs[target] % 12 not in chord.tones:
        target = _to_chord_tone(rungs, target, now, step, chord)
    return _inside(rungs[target], low, high)


def _to_chord_tone(rungs: tuple[int, ...], target: int, now: int, step: int, chord: ChordSpan) -> int:
    """Return the chord tone next to `target` that, if possible, keeps a step a step and a leap a leap."""
    near = [at for at in (target, target - 1, target + 1) if rungs[at] % 12 in chord.tones[:4]]
    if not near:
        return target
    leap = abs(step) > 1
    return min(near, key=lambda at: (rungs[at] == now, (abs(rungs[at] - now) > 2) != leap, abs(at - target)))


_BOLD: Final = (5, 7, 12)
"""A fourth, a fifth, an octave."""


def _bold(before: int, pitch: int, chord: ChordSpan, low: int, high: int) -> int:
    """Return the fourth, fifth or octave for a leap: where the line was going if it can, else the other way."""
    leap = pitch - before
    if abs(leap) <= 2 or abs(leap) in _BOLD:
        return pitch
    allowed = chord.tones if pitch % 12 in chord.tones else chord.scale
    reached = [before + side * size for side in (1, -1) for size in _BOLD]
    fitting = [to for to in reached if low <= to <= high and to % 12 in allowed]
    return min(fitting, key=lambda to: ((to - before) * leap < 0, abs(to - pitch)), default=pitch)


def _resting(now: int, cell: Cell, chord: ChordSpan, bar: BarContext, low: int, high: int) -> int:
    """Return a note of repose: the tonic if the phrase closes and the chord has it, else one that hangs."""
    root = bar.key.root
    if cell.goal == "home":
        wanted = (root,) if root in chord.tones else chord.tones[:1]
    else:
        wanted = tuple(tone for tone in chord.tones[:3] if tone not in (root, now % 12)) or chord.tones[:1]
    return _inside(
        min((nearest(tone, now) for tone in wanted), key=lambda pitch: abs(pitch - now)), low, high
    )


def _inside(pitch: int, low: int, high: int) -> int:
    while pitch < low:
        pitch += 12
    while pitch > high:
        pitch -= 12
    return pitch


def approached(notes: list[Note], bar: BarContext) -> list[Note]:
    """Turn some weak notes into chromatic approaches that resolve by a semitone into the note after."""
    numbers = settings(bar.config)
    probability = numbers.chromatic
    if probability == 0.0:
        return notes
    for at in reversed(range(len(notes) - 1)):
        weak, target = notes[at], notes[at + 1]
        chance = bar.random.chance(probability * 2.6)
        if not chance or weak.beat % 2 == 0 or target.beat - weak.beat > 1.5:
            continue
        scale = bar.chord_at(weak.beat).scale
        sides = (-1, 1) if weak.pitch <= target.pitch else (1, -1)
        outside = [target.pitch + side for side in sides if int(target.pitch + side) % 12 not in scale]
        if outside and numbers.melody_low <= outside[0] <= numbers.melody_high:
            notes[at] = weak._replace(pitch=outside[0])
    return notes
