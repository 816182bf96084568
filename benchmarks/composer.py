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
from latentscore.events import LAYERS, Bar
from latentscore.score.composer import Composer

_RATE = 44_100
_PASSAGE_BARS = 8
_LONGEST_GAP_S = 8.0

Shape = tuple[tuple[float, int], ...]


def compose(config: MusicConfig, seed: int, seconds: float) -> tuple[list[Bar], float]:
    """Return the bars of a piece, and the milliseconds that a second of music took."""
    composer = Composer(config, seed, _RATE)
    bars = [composer.next_bar()]
    started = time.perf_counter()
    while bars[-1].onset < seconds * _RATE:
        bars.append(composer.next_bar())
    spent = time.perf_counter() - started
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


def melody_shapes(bars: list[Bar]) -> list[list[Shape]]:
    """Return for each section the shapes of its melody's bars: place in eighths, and up, same or down."""
    sections: list[list[Shape]] = []
    for bar in bars:
        if bar.section:
            sections.append([])
        notes = [event for event in bar.events if event.layer == "melody"]
        places = [round((event.onset - bar.onset) * 8 / bar.length) / 2 for event in notes]
        moves = [(b.pitch > a.pitch) - (b.pitch < a.pitch) for a, b in pairwise(notes)]
        if len(notes) > 1:
            sections[-1].append(tuple(zip(places, [0, *moves], strict=True)))
    return sections


def shared(one: list[list[Shape]], other: list[list[Shape]]) -> float:
    """Return the share of a section's bars whose shape also stands in some section of `other`, on average."""
    shares: list[float] = []
    for at, section in enumerate(one):
        known = {
            shape for place, shapes in enumerate(other) if other is not one or place != at for shape in shapes
        }
        if section:
            shares.append(sum(shape in known for shape in section) / len(section))
    return sum(shares) / len(shares) if shares else 0.0


def main() -> None:
    """Print a line for each config, then the whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--configs", type=int, default=20)
    parser.add_argument("--hours", type=float, default=2.0)
    options = parser.parse_args()
    seconds = options.hours * 3600.0
    speeds: list[float] = []
    for seed, config in enumerate(random_configs(options.configs, 11)):
        bars, speed = compose(config, seed, seconds)
        speeds.append(speed)
        strangers, _ = compose(config, seed + 1000, seconds)
        own = melody_shapes(bars)[:12]
        sounding = " ".join(str(getattr(config, layer)) for layer in LAYERS)
        print(
            f"{speed:5.2f} ms/s  {len(bars):5d} bars  repeats {exact_repeats(bars):3d}  "
            f"gap {longest_gap_s(bars):5.1f} s  motifs {shared(own, own):.2f} "
            f"(another piece {shared(own, melody_shapes(strangers)[:12]):.2f})  "
            f"{config.tempo} {config.density} {sounding}"
        )
    print(f"mean {sum(speeds) / len(speeds):.2f} ms a second of music, slowest {max(speeds):.2f}")


if __name__ == "__main__":
    main()
