"""What the score tests share: composing bars, and reading events as beats, intervals and rates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from latentscore.config import FIELDS, MusicConfig
from latentscore.events import Bar, NoteEvent
from latentscore.score.composer import Composer

RATE = 44_100

Measure = Callable[[list[Bar]], float]

FULL = MusicConfig(density=6, human="robotic")
"""All layers play, on the grid: what is measured is what was written."""


def composed(config: MusicConfig, n_bars: int = 32, seed: int = 0) -> list[Bar]:
    """Return the first bars of a piece."""
    composer = Composer(config, seed, RATE)
    return [composer.next_bar() for _ in range(n_bars)]


def notes_of(bars: list[Bar], layer: str) -> list[NoteEvent]:
    """Return one layer's events in order."""
    return [event for bar in bars for event in bar.events if event.layer == layer]


def placed(bars: list[Bar], layer: str) -> Iterator[tuple[Bar, float, NoteEvent]]:
    """Yield (bar, beat in the bar, event) of one layer. The beat holds for a robotic hand without swing."""
    for bar in bars:
        for event in bar.events:
            if event.layer == layer:
                yield bar, round((event.onset - bar.onset) * bar.beats / bar.length, 3), event


def line(bars: list[Bar], layer: str = "melody") -> list[list[NoteEvent]]:
    """Return a layer's notes bar by bar, without empty bars."""
    found = [[event for event in bar.events if event.layer == layer] for bar in bars]
    return [events for events in found if events]


def intervals(bars: list[Bar]) -> list[float]:
    """Return the melody's intervals in semitones, between notes of one bar or of neighbouring bars."""
    pitches = [event.pitch for event in notes_of(bars, "melody")]
    return [after - before for before, after in pairwise(pitches)]


def mean(values: list[float]) -> float:
    """Return the mean, or 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def measured(
    field: str,
    measure: Measure,
    *,
    base: MusicConfig = FULL,
    n_bars: int = 48,
    seeds: int = 5,
    labels: Sequence[object] = (),
) -> list[float]:
    """Return the mean of a measure over seeds, for each label of a field (or for those given)."""
    found: list[float] = []
    for label in labels or FIELDS[field].labels:
        config = base.model_copy(update={field: label})
        found.append(mean([measure(composed(config, n_bars, seed)) for seed in range(seeds)]))
    return found


def rises(values: list[float], factor: float = 1.0) -> bool:
    """Tell whether each value is more than `factor` times the one before."""
    return all(after > before * factor for before, after in pairwise(values))
