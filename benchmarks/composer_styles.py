"""Whether the styles of a layer can be told apart by their events alone, and the key be named by them.

    python -m benchmarks.composer_styles --pieces 40 --seconds 45

The classifier is a linear discriminant over some sixty figures a listener could name (notes a second, register,
intervals, places in the bar, lengths, voices). It learns from random configs and is asked about others.
"""

from __future__ import annotations

import argparse
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.configs import random_configs
from latentscore.config import FIELDS, MusicConfig
from latentscore.events import LAYERS, Bar, NoteEvent
from latentscore.score.composer import Composer

_RATE = 44_100
_N_FIGURES = 59
_FULL = {"density": 6, "register_min_oct": 4, "register_max_oct": 6}

# Krumhansl and Kessler's probe-tone profiles, 1982
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


def composed(config: MusicConfig, seed: int, seconds: float) -> list[Bar]:
    """Return the bars of the first seconds of a piece."""
    composer = Composer(config, seed, _RATE)
    bars = [composer.next_bar()]
    while bars[-1].onset + bars[-1].length < seconds * _RATE:
        bars.append(composer.next_bar())
    return bars


def figures(bars: list[Bar], layer: str, root: int) -> list[float]:
    """Return what characterises a layer's events."""
    placed = [(bar, event) for bar in bars for event in bar.events if event.layer == layer]
    if not placed:
        return [0.0] * _N_FIGURES
    events = [event for _, event in placed]
    voices = np.bincount([event.voice for event in events], minlength=20)[:20] / len(events)
    return [
        *_times(placed, layer, bars),
        *_pitches(events, bars[0].length, root),
        *_slopes(bars, layer),
        *voices,
    ]


def _times(placed: list[tuple[Bar, NoteEvent]], layer: str, bars: list[Bar]) -> list[float]:
    """Return how many notes there are, where in the bar, how long and how loud."""
    beats = np.array([(event.onset - bar.onset) * 4.0 / bar.length for bar, event in placed])
    lengths = np.log2([event.length * 4.0 / bar.length for bar, event in placed])
    counts = np.array([sum(event.layer == layer for event in bar.events) for bar in bars])
    return [
        float(np.log2(len(placed) / len(bars))),
        float(np.mean(lengths)),
        float(np.std(lengths)),
        float(np.mean(lengths < -2.0)),
        float(np.mean(beats % 1 < 0.06)),
        float(np.mean(np.abs(beats % 1 - 0.5) < 0.06)),
        float(np.mean(np.abs(beats % 1 - 0.75) < 0.06)),
        float(np.mean(beats % 4 < 0.06)),
        _dotted(np.diff([event.onset for _, event in placed])),
        float(np.std(counts) / np.mean(counts)),
        float(np.mean(counts == 0)),
        float(np.mean([event.velocity for _, event in placed])),
        float(np.mean([event.glide_from is not None for _, event in placed])),
    ]


def _dotted(apart: NDArray[np.int64]) -> float:
    """Return the share of neighbouring notes that stand long to short, three to one or more."""
    long, short = apart[:-1], np.maximum(apart[1:], 1)
    return float(np.mean((long > 2.4 * short) & (long < 9.0 * short))) if len(long) else 0.0


def _pitches(events: list[NoteEvent], bar_frames: int, root: int) -> list[float]:
    """Return register, intervals (of chords and of lines) and degrees of the key."""
    pitches = np.array([event.pitch for event in events])
    moves = np.array([b.pitch - a.pitch for a, b in pairwise(events)] or [0.0])
    apart = np.array([b.onset - a.onset for a, b in pairwise(events)] or [bar_frames]) / bar_frames
    together = np.abs(moves[apart < 0.003])
    degrees = np.bincount((pitches.astype(int) - root) % 12, minlength=12) / len(events)
    return [
        float(np.mean(pitches)),
        float(np.std(pitches)),
        float(np.ptp(pitches)),
        float(np.mean(np.abs(moves))),
        float(np.mean(moves > 0)),
        float(np.mean(moves == 0)),
        float(np.mean(np.abs(moves) > 2)),
        float(np.mean(np.abs(moves) > 4)),
        float(np.mean(np.isin(np.abs(moves), (5, 7)))),
        float(np.mean(np.abs(moves) == 12)),
        float(np.mean(np.isin(moves, (1, 2)))),
        float(np.mean(np.isin(moves, (-1, -2)))),
        float(np.mean((moves < 0) & (apart < 0.3))),
        float(np.mean(apart < 0.003)),
        float(np.mean(apart < 0.05)),
        float(np.mean(together)) if len(together) else 0.0,
        float(np.mean(together < 3)) if len(together) else 0.0,
        float(np.mean(pitches != np.round(pitches))),
        float(degrees[0]),
        float(degrees[[3, 8, 10]].sum()),
    ]


def _slopes(bars: list[Bar], layer: str) -> list[float]:
    """Return how a layer's pitch moves within bars and from bar to bar."""
    within: list[float] = []
    means: list[float] = []
    for bar in bars:
        pitches = [event.pitch for event in bar.events if event.layer == layer]
        if len(pitches) > 1:
            within.append(pitches[-1] - pitches[0])
        if pitches:
            means.append(sum(pitches) / len(pitches))
    onward = [b - a for a, b in pairwise(means)] or [0.0]
    within = within or [0.0]
    return [
        float(np.median(onward)),
        float(np.mean(np.array(onward) > 0)),
        float(np.min(onward)),
        float(np.max(onward)),
        float(np.mean(within)),
        float(np.mean(np.array(within) > 0)),
    ]


class Discriminant:
    """Fisher's linear discriminant with a shared, slightly rounded covariance."""

    def __init__(self, x: NDArray[np.float64], labels: list[str]) -> None:
        self.names = sorted(set(labels))
        self.mean, self.scale = x.mean(axis=0), x.std(axis=0) + 1e-9
        z = (x - self.mean) / self.scale
        at = np.array([self.names.index(label) for label in labels])
        self.centres = np.array([z[at == k].mean(axis=0) for k in range(len(self.names))])
        within = np.cov((z - self.centres[at]).T) + 0.02 * np.eye(z.shape[1])
        self.precision = np.linalg.inv(within)

    def guess(self, x: NDArray[np.float64]) -> list[str]:
        """Return the nearest style of each row."""
        z = (x - self.mean) / self.scale
        apart = z[:, None, :] - self.centres[None, :, :]
        distance = np.einsum("nki,ij,nkj->nk", apart, self.precision, apart)
        return [self.names[k] for k in distance.argmin(axis=1)]


def tell_apart(layer: str, n_pieces: int, seconds: float) -> tuple[float, list[tuple[str, str]]]:
    """Return the share of unseen pieces whose style was named, and the mistakes."""
    rows: list[list[float]] = []
    labels: list[str] = []
    for label in FIELDS[layer].labels:
        if label == "none":
            continue
        for seed, config in enumerate(random_configs(2 * n_pieces, 5)):
            styled = config.model_copy(update={**_FULL, layer: label})
            root = FIELDS["root"].labels.index(config.root)
            rows.append(figures(composed(styled, seed, seconds), layer, root))
            labels.append(str(label))
    x = np.array(rows)
    learns = np.arange(len(labels)) % 2 == 0
    model = Discriminant(x[learns], [label for label, used in zip(labels, learns, strict=True) if used])
    asked = [label for label, used in zip(labels, learns, strict=True) if not used]
    answers = model.guess(x[~learns])
    wrong = [(a, b) for a, b in zip(asked, answers, strict=True) if a != b]
    return 1.0 - len(wrong) / len(asked), wrong


def named_key(events: list[NoteEvent], end: int) -> tuple[int, str]:
    """Return the key whose profile fits the sounding time of the pitch classes best."""
    time = np.zeros(12)
    for event in events:
        if event.layer in ("bass", "pad", "melody"):
            time[int(event.pitch) % 12] += min(event.length, end - event.onset) * event.velocity
    fits = {
        (root, mode): float(np.corrcoef(time, np.roll(profile, root))[0, 1])
        for mode, profile in (("major", _MAJOR), ("minor", _MINOR))
        for root in range(12)
    }
    return max(fits, key=fits.__getitem__)


def main() -> None:
    """Print a line for each layer, then how often the key was named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pieces", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    for layer in LAYERS:
        share, wrong = tell_apart(layer, options.pieces, options.seconds)
        worst = sorted({f"{a} as {b} ×{wrong.count((a, b))}" for a, b in wrong})
        print(f"{layer:8s} {share:6.1%}  {', '.join(worst)}")
    asked = right = 0
    for seed, config in enumerate(random_configs(96, 7)):
        if config.mode in ("major", "minor"):
            bars = composed(config, seed, 30.0)
            events = [event for bar in bars for event in bar.events if event.onset < 30 * _RATE]
            expected = (FIELDS["root"].labels.index(config.root), config.mode)
            found = named_key(events, 30 * _RATE)
            asked, right = asked + 1, right + (found == expected)
            if found != expected:
                print(
                    "  key",
                    expected,
                    "named",
                    found,
                    config.harmony_style,
                    config.chord_change_bars,
                    config.bass,
                )
    print(f"key named in {right} of {asked} pieces of 30 s by sounding time alone")


if __name__ == "__main__":
    main()
