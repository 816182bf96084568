"""Phrases: motifs put together into questions and answers, remembered and developed; both melody engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from latentscore.randomness import Random
from latentscore.score.context import BarContext
from latentscore.score.motif import Cell, Motif, Taste, developed, invent, ornamented, thinned
from latentscore.score.settings import settings
from latentscore.theory.meter import BEATS

_REMEMBERED: Final = 6
_TUNES: Final[Mapping[str, str]] = MappingProxyType(
    {"intro": "theme", "peak": "theme", "breath": "theme", "close": "theme"}
)
"""Whose tune a section sings, where it has none of its own: the theme comes back at the peak, and fades."""

_DECORATED: Final = 3
"""Notes of a bar from which on it takes an ornament: a sparser one would no longer be sparse."""


class Phrase(NamedTuple):
    """The cells of a phrase, bar by bar, before they meet the harmony."""

    bars: tuple[Motif, ...]
    answers: bool
    closes: bool
    start: int | None = None
    """Pitch from which it sets out; None goes on from wherever the line stands."""


class ThemeBook:
    """The phrases of a piece that come back as a whole: one that asks and one that answers for each tune."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, int], Phrase] = {}

    def phrase(self, bar: BarContext, n_bars: int, start: int, compose: Callable[[], Phrase]) -> Phrase:
        """Return the section's tune, a little varied, or a new phrase, which is its tune from then on.

        A section most likely opens with its tune; later on it comes back by `motif_repeat_prob`.
        """
        random, place = bar.random, bar.place
        repeat = settings(bar.config).repeat
        role = _TUNES.get(place.section, place.section)
        where = (role, n_bars, place.phrase_index % 2)
        returns = random.chance(0.4 + 0.6 * repeat if place.phrase_index < 2 else 0.75 * repeat)
        known = self._known.get(where)
        if known is not None and returns:
            return _varied(bar, known)
        phrase = compose()._replace(start=start or None)
        return self._known.setdefault(where, phrase) if known is None else phrase


def _varied(bar: BarContext, phrase: Phrase) -> Phrase:
    """Return a phrase as it comes back: ornamented at a peak, thinned in a breath, else hardly changed."""
    section = bar.place.section
    change = {"peak": 0.7, "breath": 0.5}.get(section, 0.2)
    bars = list(phrase.bars)
    for at, cells in enumerate(bars[:-1]):
        if bar.random.chance(change) and cells:
            adds = section == "peak" or (section != "breath" and bar.random.chance(0.6))
            if not adds:
                bars[at] = thinned(cells, 0.7)
            elif len(cells) >= _DECORATED:
                bars[at] = ornamented(cells, bar.random)
    return phrase._replace(bars=tuple(bars))


class MotifBook:
    """The motifs of a piece: the first is its theme, and comes back most."""

    def __init__(self) -> None:
        self._motifs: list[Motif] = []

    def next(self, random: Random, taste: Taste, n_bars: int, repeat: float) -> Motif:
        """Return a known motif with probability `repeat`, else a new one, which is then known."""
        returns = random.chance(repeat)
        fitting = [motif for motif in self._motifs if _bars(motif) == n_bars]
        if returns and fitting:
            weights = [3.0 if at == 0 else 1.0 for at in range(len(fitting))]
            return random.weighted(fitting, weights)
        motif = invent(random, taste, n_bars)
        self._motifs.append(motif)
        if len(self._motifs) > _REMEMBERED:
            del self._motifs[1]
        return motif


def _bars(motif: Motif) -> int:
    return int((motif[-1].beat + motif[-1].length + BEATS - 0.01) // BEATS)


class PatternBook:
    """The fixed figures of the pattern engine: one for each role of a section, always the same two bars."""

    def __init__(self) -> None:
        self._figures: dict[str, Motif] = {}

    def figure(self, random: Random, taste: Taste, role: str) -> Motif:
        """Return the role's figure, invented on first use. Every bar of it starts from a chord tone."""
        role = {"intro": "theme", "peak": "lift", "close": "theme"}.get(role, role)
        if role not in self._figures:
            whole = invent(random, taste, 2)
            self._figures[role] = tuple(_anchored(cell, at, whole) for at, cell in enumerate(whole))
        return self._figures[role]


def _anchored(cell: Cell, at: int, motif: Motif) -> Cell:
    starts_bar = at == 0 or int(motif[at - 1].beat // BEATS) != int(cell.beat // BEATS)
    return cell._replace(goal="anchor") if starts_bar else cell


def procedural_phrase(bar: BarContext, book: MotifBook, taste: Taste, n_bars: int, repeat: float) -> Phrase:
    """Return a phrase that states a motif, develops it, and comes to rest."""
    random, place = bar.random, bar.place
    broad = random.chance(0.45) and n_bars >= 4
    size = 2 if n_bars > 1 and (broad or taste.notes_per_bar < 1.8) else 1
    motif = book.next(random, taste, size, repeat)
    statements = [motif]
    for _ in range(n_bars // size - 1):
        source = motif if random.chance(repeat) else book.next(random, taste, size, repeat)
        if not random.chance(repeat * 0.6):
            source = _sequenced(developed(source, random, taste, size * BEATS), random, taste)
        statements.append(source)
    answers = place.phrase_index % 2 == 1
    return _closed(bar, _split(statements, size, n_bars), answers, taste.closes)


def pattern_phrase(bar: BarContext, book: PatternBook, taste: Taste, n_bars: int) -> Phrase:
    """Return a phrase of the role's fixed figure, over and over; only its last bar comes to rest."""
    figure = book.figure(bar.random, taste, bar.place.section)
    n_statements = (n_bars + 1) // 2
    bars = _split([figure] * n_statements, 2, n_bars)
    dropped = [thinned(cells, 0.8) if cells and bar.random.chance(0.15) else cells for cells in bars]
    return _closed(bar, dropped, bar.place.phrase_index % 2 == 1, taste.closes)


def _sequenced(motif: Motif, random: Random, taste: Taste) -> Motif:
    """Move the motif up or down a step or two: a sequence."""
    if not motif:
        return motif
    up = random.uniform(-1.0, 1.0) < taste.rise
    shift = (1 if up else -1) * (1 if random.chance(0.7) else 2)
    return (motif[0]._replace(step=motif[0].step + shift), *motif[1:])


def _split(statements: list[Motif], size: int, n_bars: int) -> list[Motif]:
    """Cut statements of `size` bars into single bars, each counted from its own start."""
    bars: list[Motif] = []
    for motif in statements:
        for part in range(size):
            low = part * BEATS
            cells = [cell for cell in motif if low <= cell.beat < low + BEATS]
            bars.append(tuple(cell._replace(beat=cell.beat - low) for cell in cells))
    bars += [()] * (n_bars - len(bars))
    return bars[:n_bars]


def _closed(bar: BarContext, bars: list[Motif], answers: bool, more: float) -> Phrase:
    """Let the last bar come to rest: on the tonic if the phrase closes, else hanging, with a breath after."""
    closes = bar.random.chance(settings(bar.config).cadence + more)
    last = bars[-1] or (Cell(0.0, 2.0, -1),)
    bars[-1] = _cadence(last, "home" if closes and answers else "open", held=closes)
    return Phrase(tuple(bars), answers, closes)


def _cadence(cells: Motif, goal: str, *, held: bool) -> Motif:
    """Return a last bar that arrives on its third beat at the latest, and leaves room to breathe."""
    arrival = 2.0 if held or cells[-1].beat <= 2.0 else cells[-1].beat
    lead = [cell for cell in cells if cell.beat < arrival]
    if held and len(cells) <= 2:
        lead, arrival = lead[:1] if len(cells) == 2 and cells[0].beat < 2.0 else [], arrival
    step = next((cell.step for cell in cells if cell.beat >= arrival), -1)
    if lead:
        lead[-1] = lead[-1]._replace(length=min(lead[-1].length, arrival - lead[-1].beat))
    length = 1.75 if held else min(1.0, BEATS - arrival)
    return (*lead, Cell(arrival, length, step, goal))
