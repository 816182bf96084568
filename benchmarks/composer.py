"""The composer over hours: speed, exact repeats, gaps, and how well a piece remembers its motifs.

python -m benchmarks.composer --configs 20 --hours 2
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from itertools import pairwise

from benchmarks.configs import random_configs
from latentscore.config import MusicConfig
from latentscore.events import LAYERS, Bar, NoteEvent
from latentscore.score.composer import Composer

_RATE = 44_100
_PASSAGE_BARS = 8
_LONGEST_GAP_S = 8.0

_SECTIONS = 12
_STRANGERS = 4
_MOTIF_SECONDS = 1800.0
_FIGURE_NOTES = 4
_FEWEST = 6

Figure = tuple[tuple[int, int], ...]


def compose(config: MusicConfig, seed: int, seconds: float) -> tuple[list[Bar], float]:
    """Return the bars of a piece, and the milliseconds that a second of music took."""
    composer = Composer(config, seed, _RATE)
    bars = [composer.next_bar()]
    started = time.process_time()  # of this process alone: other work on the machine is not ours
    while bars[-1].onset < seconds * _RATE:
        bars.append(composer.next_bar())
    spent = time.process_time() - started
    return bars, 1000.0 * spent / ((bars[-1].onset + bars[-1].length) / _RATE)


def written(bar: Bar) -> tuple[tuple[str, int, float, int], ...]:
    """Return what a bar holds as a score would show it: layer, place in 96ths of a bar, pitch and voice.

    Velocity, pan and the hand's timing are left out, so that only what a reader would call the same is equal.
    """
    events = [
        (event.layer, round((event.onset - bar.onset) * 96 / bar.length), round(event.pitch, 1), event.voice)
        for event in bar.events
    ]
    return tuple(sorted(events))


def exact_repeats(bars: list[Bar]) -> int:
    """Return how many passages of eight bars (all layers) were there before, note for note."""
    shown = [written(bar) for bar in bars]
    passages = Counter(tuple(shown[at : at + _PASSAGE_BARS]) for at in range(len(shown) - _PASSAGE_BARS + 1))
    return sum(n - 1 for n in passages.values())


def longest_gap_s(bars: list[Bar]) -> float:
    """Return the longest time without any onset."""
    onsets = sorted(event.onset for bar in bars for event in bar.events)
    return max((after - before for before, after in pairwise(onsets)), default=0) / _RATE


def melody_figures(bars: list[Bar]) -> list[list[Figure]]:
    """Return the figures of four notes of each section's melody, for the first sections that have some.

    A figure is what an ear keeps of a tune in any key and at any place of the bar: for each note the time
    since the last in sixteenths, and the way it moved (a leap or step up or down, or neither).
    """
    sections: list[list[tuple[Bar, NoteEvent]]] = []
    for bar in bars:
        if bar.section:
            sections.append([])
        sections[-1] += [(bar, event) for event in bar.events if event.layer == "melody"]
    found = [_figures(section) for section in sections]
    return [figures for figures in found if len(figures) >= _FEWEST][:_SECTIONS]


def _figures(placed: list[tuple[Bar, NoteEvent]]) -> list[Figure]:
    moves = [
        (round((b.onset - a.onset) * 16 / bar.length), _way(b.pitch - a.pitch))
        for (_, a), (bar, b) in pairwise(placed)
    ]
    size = _FIGURE_NOTES - 1
    return [tuple(moves[at : at + size]) for at in range(len(moves) - size + 1)]


def _way(interval: float) -> int:
    size = 0 if interval == 0 else 1 if abs(interval) <= 2 else 2
    return size if interval > 0 else -size


def recognised(one: list[list[Figure]], other: list[list[Figure]]) -> float:
    """Return the share of a section's figures that are known from the (other) sections of a piece, on average."""
    shares: list[float] = []
    for at, section in enumerate(one):
        others = [figures for place, figures in enumerate(other) if other is not one or place != at]
        known = {figure for figures in others[: len(one) - 1] for figure in figures}
        shares.append(sum(figure in known for figure in section) / len(section))
    return sum(shares) / len(shares) if shares else 0.0


def motif_memory(config: MusicConfig, seed: int) -> tuple[float, float]:
    """Return how much of its motifs a piece knows from its other sections, and what chance would give.

    Chance is what other pieces of the same config know of them. Hands are steady here: an ear forgives timing.
    """
    steady = config.model_copy(update={"human": "robotic"})
    own, *strangers = (
        melody_figures(compose(steady, seed + 1000 * n, _MOTIF_SECONDS)[0]) for n in range(_STRANGERS + 1)
    )
    by_chance = sum(recognised(own, them) for them in strangers) / _STRANGERS
    return recognised(own, own), by_chance


def main() -> None:
    """Print a line for each config, then the whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--configs", type=int, default=20)
    parser.add_argument("--hours", type=float, default=2.0)
    options = parser.parse_args()
    seconds = options.hours * 3600.0
    speeds: list[float] = []
    above = 0
    for seed, config in enumerate(random_configs(options.configs, 11)):
        bars, speed = compose(config, seed, seconds)
        speeds.append(speed)
        home, chance = motif_memory(config, seed)
        above += home > chance
        sounding = " ".join(str(getattr(config, layer)) for layer in LAYERS)
        print(
            f"{speed:5.2f} ms/s  {len(bars):5d} bars  repeats {exact_repeats(bars):3d}  "
            f"gap {longest_gap_s(bars):5.1f} s  motifs {home:.2f} (by chance {chance:.2f})  "
            f"{config.tempo} {config.density} {sounding}"
        )
    print(f"motifs recognised above chance in {above} of {len(speeds)} configs")
    print(f"mean {sum(speeds) / len(speeds):.2f} ms a second of music, slowest {max(speeds):.2f}")


if __name__ == "__main__":
    main()
