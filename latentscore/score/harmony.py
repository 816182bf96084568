"""The harmony: progressions with cadences, planned a section at a time and read in the present key."""

from __future__ import annotations

from typing import Final, NamedTuple

from latentscore.config import MusicConfig
from latentscore.randomness import Random
from latentscore.score.context import ChordSpan
from latentscore.score.form import SectionPlan
from latentscore.score.progressions import CADENCES, CLOSING, KINDRED, OPEN, choices
from latentscore.score.settings import settings
from latentscore.theory.chords import chord_scale, extended, numeral, tones
from latentscore.theory.meter import BEATS

_PERIOD: Final = 4
"""Chords of a progression, after which it comes round."""
_FAMILIES: Final = ("pop", "jazz", "cinematic", "ambient")


class Step(NamedTuple):
    """One planned chord of a section."""

    beat: float
    """From the start of the section."""
    length: float
    text: str
    """Roman numeral."""
    colour: int
    """Which lush variant it takes."""


class Loop(NamedTuple):
    """A progression that a kind of section comes back to."""

    mode: str
    harmony_style: str
    family: str
    """The harmony style it is from, which `auto` leaves open."""
    chords: tuple[str, ...]
    colours: tuple[int, ...]


class Harmony:
    """Plans the chords of sections. What it draws does not depend on any layer's style.

    Args:
        random: Owned by the harmony.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._loops: dict[str, Loop] = {}
        self._families: dict[tuple[float, ...], str] = {}

    def plan(self, section: SectionPlan, config: MusicConfig) -> tuple[Step, ...]:
        """Return the chords of a section, the first on its first beat."""
        numbers = settings(config)
        loop = self._loop(section.role, config)
        steps: list[Step] = []
        period_beats = numbers.chord_beats * _PERIOD * (2 if numbers.chord_beats < BEATS else 1)
        total = float(section.n_bars * BEATS)
        n_periods = int(max(1.0, total / period_beats) + 0.5)
        for period in range(n_periods):
            start = period * period_beats
            texts = self._period(loop, config, period)
            if section.number == 0 and period == 0:
                texts[2] = tonic(config.mode)  # a piece begins by saying where home is
            steps += _laid_out(texts, loop, start, min(period_beats, total - start), numbers.chord_beats)
        return tuple(steps)

    def _period(self, loop: Loop, config: MusicConfig, period: int) -> list[str]:
        """Return one period's numerals: a question ends away from home, an answer comes home."""
        random, numbers = self._random, settings(config)
        rounds = 2 if numbers.chord_beats < BEATS else 1
        texts = list(loop.chords) * rounds
        for place in range(1, len(texts) - 1):
            beside = (texts[place - 1], texts[place + 1])
            kindred = [text for text in KINDRED[config.mode].get(texts[place], ()) if text not in beside]
            if random.chance(0.3) and kindred and (period > 0 or place >= _PERIOD):
                texts[place] = random.choice(kindred)
        if period % 2 == 0:
            texts[0] = tonic(config.mode)
        closes = random.chance(numbers.cadence)
        approach, closing = random.choice(CADENCES[loop.family][config.mode])
        hanging = random.choice(OPEN[config.mode])
        if not closes:
            _weaken(texts, config.mode, hanging)
        elif period % 2 == 1:
            texts[-3:] = [approach, closing, tonic(config.mode)]
        else:
            texts[-2:] = [approach, closing]
        return texts

    def _loop(self, role: str, config: MusicConfig) -> Loop:
        """Return the progression of a role: usually the one it had, so that the ear knows where it is."""
        random = self._random
        role = "theme" if role == "intro" else role
        known = self._loops.get(role)
        renews = random.chance(0.2)
        family = self._family(config)
        options, weights = choices(family, config.mode)
        theme = self._loops.get("theme")
        if role != "theme" and theme is not None:  # what is not the theme has chords of its own
            weights = tuple(
                0 if chords == theme.chords else n for chords, n in zip(options, weights, strict=True)
            )
        chords, colours = random.weighted(options, weights), tuple(random.below(3) for _ in range(_PERIOD))
        loop = Loop(config.mode, config.harmony_style, family, chords, colours)
        if role == "theme" and loop.chords[0] != tonic(config.mode):
            loop = loop._replace(chords=(tonic(config.mode), *loop.chords[1:]))
        if known is None or renews or known[:2] != loop[:2]:
            self._loops[role] = loop
        return self._loops[role]

    def _family(self, config: MusicConfig) -> str:
        """Return the harmony style; for `auto` the one that suits the other fields, the same all through a piece."""
        if config.harmony_style != "auto":
            return config.harmony_style
        tempo = settings(config).tempo_bpm
        rich = {"triads": 0.0, "sevenths": 2.0, "lush": 3.0}[config.chord_extensions]
        weights = (
            3.0 + (2.0 if tempo >= 100 else 0.0),
            0.3 + rich + (1.5 if config.swing != "none" else 0.0),
            1.5 + (1.5 if config.mode in ("minor", "dorian") else 0.0),
            1.5 + (3.0 if tempo < 75 else 0.0),
        )
        if weights not in self._families:
            self._families[weights] = self._random.weighted(_FAMILIES, weights)
        return self._families[weights]


def tonic(mode: str) -> str:
    """Return the numeral of a mode's tonic chord."""
    return "I" if mode in ("major", "mixolydian") else "i"


def _hang(texts: list[str], place: int, mode: str, hanging: str) -> None:
    """Put a chord that hangs in a place; not the one that stands beside it."""
    beside = (texts[place - 1], texts[(place + 1) % len(texts)])
    texts[place] = next((text for text in (hanging, *OPEN[mode]) if text not in beside), hanging)


def _weaken(texts: list[str], mode: str, hanging: str) -> None:
    """Take the pull out of a period's end, and of any dominant that would fall home within it."""
    pulling = CLOSING[mode]
    home = tonic(mode)
    for place, text in enumerate(texts):
        following = texts[place + 1] if place + 1 < len(texts) else home
        if text in pulling and following == home:
            _hang(texts, place, mode, hanging)


def _laid_out(texts: list[str], loop: Loop, start: float, length: float, chord_beats: float) -> list[Step]:
    """Lay a period's chords into `length` beats; a period cut short keeps its beginning and its cadence."""
    n_slots = max(1, int(length / chord_beats))
    if n_slots < len(texts):
        texts = texts[: n_slots - 1] + texts[-1:]
    steps: list[Step] = []
    for slot, text in enumerate(texts):
        beat, colour = start + slot * chord_beats, loop.colours[slot % _PERIOD]
        pulls = slot == len(texts) - 1 and text != texts[0] and chord_beats > BEATS
        if pulls and slot > 0:
            # a slow chord keeps its place: the cadence only takes the last bar
            held = loop.chords[slot % _PERIOD] if loop.chords[slot % _PERIOD] != text else texts[slot - 1]
            steps.append(Step(beat, chord_beats - BEATS, held, colour))
            beat += chord_beats - BEATS
        steps.append(Step(beat, start + (slot + 1) * chord_beats - beat, text, colour))
    return steps


def spans(steps: tuple[Step, ...], bar: int, config: MusicConfig) -> tuple[ChordSpan, ...]:
    """Return the chords that sound in a section's bar `bar`, in the config's present key."""
    start, end = float(bar * BEATS), float((bar + 1) * BEATS)
    found: list[ChordSpan] = []
    for step in steps:
        if step.beat >= end:
            break
        if step.beat + step.length > start:
            found.append(_span(step, start, end, config))
    return tuple(found)


def closing(config: MusicConfig) -> tuple[ChordSpan, ChordSpan]:
    """Return the last two chords of a piece, a bar each: one that pulls home, and home."""
    way = Step(0.0, float(BEATS), CLOSING[config.mode][0], 0)
    home = Step(0.0, float(BEATS), tonic(config.mode), 0)
    return _span(way, 0.0, float(BEATS), config), _span(home, 0.0, float(BEATS), config)


def _span(step: Step, start: float, end: float, config: MusicConfig) -> ChordSpan:
    """Return the part of a chord that sounds between two beats of the section."""
    key = settings(config).key
    chord = numeral(step.text, config.mode)
    root = (key.root + chord.offset) % 12
    quality = extended(chord, config.mode, config.chord_extensions, step.colour)
    begins = max(step.beat, start)
    return ChordSpan(
        beat=begins - start,
        length=min(step.beat + step.length, end) - begins,
        root=root,
        quality=quality,
        degree=chord.degree,
        tones=tones(root, quality),
        scale=chord_scale(key, root, quality),
        is_new=step.beat >= start,
        left=step.beat + step.length - begins,
    )
