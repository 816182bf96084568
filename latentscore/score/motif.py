"""Motifs: short figures of rhythm and steps, invented and developed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from latentscore.randomness import Random
from latentscore.theory.meter import BEATS, strength

_ON_BEATS: Final[Mapping[float, float]] = MappingProxyType({0.0: 6.5, 1.0: 3.0, 2.0: 4.0, 3.0: 3.5})
_EIGHTHS: Final[Mapping[float, float]] = MappingProxyType({0.5: 1.5, 1.5: 2.5, 2.5: 2.0, 3.5: 2.0})
_SIXTEENTHS: Final[Mapping[float, float]] = MappingProxyType(
    {0.75: 1.0, 1.25: 0.4, 1.75: 1.0, 2.25: 0.4, 2.75: 1.0, 3.25: 0.6, 3.75: 0.4, 0.25: 0.3}
)
_LEAPS: Final = ((2, 3, 4, 5, 7), (9.0, 7.0, 4.0, 1.0, 0.6))
_BOLD_LEAPS: Final = ((3, 4, 7, 2), (7.0, 6.0, 1.0, 1.0))


class Cell(NamedTuple):
    """One note of a motif."""

    beat: float
    """From the motif's start."""
    length: float
    step: int
    """Scale steps from the note before; of the first note, from where the phrase stands."""
    goal: str = ""
    """`home` or `open` where the note must come to rest; `anchor` where it starts from a chord tone."""


class Taste(NamedTuple):
    """How motifs are to be made: the config's wishes, bent by the style."""

    notes_per_bar: float
    off_beat: float
    """Share of onsets between the beats."""
    leaps: float
    """Share of intervals wider than a step."""
    rise: float = 0.0
    """Share of steps that go up rather than down, from -1 (all down) to 1 (all up)."""
    dotted: float = 0.0
    """Probability that a pair of beats becomes a dotted figure."""
    bold: bool = False
    """Leap by fourths, fifths and octaves."""
    closes: float = 0.0
    """Added to the probability that a phrase closes."""


Motif = tuple[Cell, ...]


def invent(random: Random, taste: Taste, n_bars: int = 1) -> Motif:
    """Return a new motif of `n_bars` bars."""
    beats = onsets(random, taste, n_bars)
    steps = _contour(random, taste, len(beats))
    ends = [*beats[1:], float(n_bars * BEATS)]
    return tuple(Cell(beat, end - beat, step) for beat, end, step in zip(beats, ends, steps, strict=True))


def onsets(random: Random, taste: Taste, n_bars: int) -> list[float]:
    """Return where a motif's notes begin: as many as the taste asks, its share of them off the beat."""
    wanted = taste.notes_per_bar * n_bars * random.uniform(0.8, 1.2)
    n_notes = max(1, int(wanted + random.uniform()))
    if taste.off_beat == 0.0 and taste.notes_per_bar < BEATS + 1.0:
        n_notes = min(n_notes, BEATS * n_bars)
    n_off = int(n_notes * taste.off_beat + random.uniform())
    n_on = min(n_notes - n_off, BEATS * n_bars)
    n_off = n_notes - n_on
    chosen = _picked(random, _ON_BEATS, n_bars, n_on)
    fine = n_off > 3 * n_bars or taste.off_beat > 0.3
    places = {**_EIGHTHS, **_SIXTEENTHS} if fine and taste.off_beat > 0.0 else _EIGHTHS
    chosen += _picked(random, places, n_bars, min(n_off, len(places) * n_bars))
    if taste.dotted > 0.0:
        chosen = [_dotted(random, beat, taste.dotted) for beat in chosen]
        pickups = [beat - 0.25 for beat in chosen if beat > 0.0 and beat % 1 == 0]
        chosen += [beat for beat in pickups if random.chance(0.35 * taste.dotted)]
    return sorted(set(chosen))


def _picked(random: Random, places: Mapping[float, float], n_bars: int, n: int) -> list[float]:
    """Return `n` different places of `n_bars` bars, by weight."""
    beats = [beat + BEATS * bar for bar in range(n_bars) for beat in places]
    weights = [weight for _ in range(n_bars) for weight in places.values()]
    chosen: list[float] = []
    for _ in range(min(n, len(beats))):
        beat = random.weighted(beats, weights)
        at = beats.index(beat)
        weights[at] = 0.0
        chosen.append(beat)
    return chosen


def _dotted(random: Random, beat: float, probability: float) -> float:
    """Move an odd beat half a beat later, so that the beat before it becomes dotted."""
    return beat + 0.5 if beat % 2 == 1 and random.chance(probability) else beat


def _contour(random: Random, taste: Taste, n: int) -> list[int]:
    """Return steps: mostly onward, turning back by step after a leap (Narmour's gap-fill).

    Where a line is to go one way, its leaps go the other, so that the steps that fill them go its own way.
    """
    steps = [0]
    slope = (taste.rise > 0.0) - (taste.rise < 0.0) if abs(taste.rise) > 0.5 else 0
    direction = _direction(random, taste)
    leapt = False
    for _ in range(n - 1):
        if random.chance(0.35):
            direction = _direction(random, taste)
        if random.chance(taste.leaps):
            size = random.weighted(*(_BOLD_LEAPS if taste.bold else _LEAPS))
            direction = -slope or (-direction if leapt else direction)
            steps.append(direction * size)
            leapt = True
            continue
        if leapt:
            direction = -direction
        leapt = False
        steps.append(0 if random.chance(0.12) else direction)
    return steps


def _direction(random: Random, taste: Taste) -> int:
    return 1 if random.uniform(-1.0, 1.0) < taste.rise else -1


def inverted(motif: Motif) -> Motif:
    """Return the motif upside down."""
    return tuple(cell._replace(step=-cell.step) for cell in motif)


def augmented(motif: Motif, span: float) -> Motif:
    """Return the motif at half speed, as much of it as fits into `span` beats."""
    return tuple(
        cell._replace(beat=cell.beat * 2.0, length=min(cell.length * 2.0, span - cell.beat * 2.0))
        for cell in motif
        if cell.beat * 2.0 < span
    )


def thinned(motif: Motif, keep: float) -> Motif:
    """Return the motif without its weakest notes, about the share `keep` left; contour and span are kept."""
    n = max(1, int(len(motif) * keep + 0.5))
    if n >= len(motif):
        return motif
    by_weight = sorted(range(len(motif)), key=lambda at: (-strength(motif[at].beat), at))
    kept = sorted(by_weight[:n])
    return _merged(motif, kept)


def _merged(motif: Motif, kept: list[int]) -> Motif:
    """Return the cells at `kept`, with the steps of those dropped before and the time of those after."""
    end = motif[-1].beat + motif[-1].length
    cells: list[Cell] = []
    for place, at in enumerate(kept):
        since = kept[place - 1] + 1 if place else 0
        until = motif[kept[place + 1]].beat if place + 1 < len(kept) else end
        step = sum(cell.step for cell in motif[since : at + 1])
        cells.append(motif[at]._replace(step=step, length=until - motif[at].beat))
    return tuple(cells)


def ornamented(motif: Motif, random: Random) -> Motif:
    """Return the motif with a neighbour note inside its longest note."""
    longest = max(range(len(motif)), key=lambda at: motif[at].length)
    cell = motif[longest]
    if cell.length < 1.0:
        return motif
    half = 0.5 if cell.length < 2.0 else 1.0
    side = 1 if random.chance(0.6) else -1
    held = cell._replace(length=cell.length - half)
    turn = Cell(cell.beat + cell.length - half, half, side)
    after = motif[longest + 1 :]
    if after:
        after = (after[0]._replace(step=after[0].step - side), *after[1:])
    return (*motif[:longest], held, turn, *after)


def developed(motif: Motif, random: Random, taste: Taste, span: float) -> Motif:
    """Return a variation: most often the motif itself, else inverted, thinned, ornamented or augmented."""
    # turned upside down, a line that is to climb would fall
    weights = (5.0, 2.0 * (1.0 - abs(taste.rise)), 1.5, 2.0, 0.7 if len(motif) > 2 else 0.0)
    kind = random.weighted(("repeat", "invert", "thin", "ornament", "augment"), weights)
    if kind == "invert":
        return inverted(motif)
    if kind == "thin":
        return thinned(motif, 0.7)
    if kind == "ornament":
        return ornamented(motif, random)
    if kind == "augment":
        return augmented(motif, span)
    return motif
