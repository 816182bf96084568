"""Transitions: steps between samples and levels at steers and crossfades, against the same music in steady state.

    python -m benchmarks.transitions [--pairs 20]

A click is a step between neighbouring samples that is larger than the music's own. Printed are, for random calm configs:
the largest step within a crossfade, and within a steer, as multiples of the largest in the seconds around; steps at chunk
borders against the 99.9th percentile; and the level in mid-crossfade against the louder side.
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from benchmarks.configs import random_configs
from latentscore.config import MusicConfig
from latentscore.dsp.loudness import k_weighting
from latentscore.streams import session

RATE = 44100
HEAD_S, FADE_S, TAIL_S = 12.0, 4.0, 12.0
STEERS = (
    {"brightness": "very_bright"},
    {"brightness": "very_dark"},
    {"space": "vast"},
    {"space": "dry"},
    {"motion": "chaotic"},
    {"stereo": "ultra_wide"},
    {"echo": "infinite"},
    {"grain": "gritty"},
    {"tempo": "very_fast"},
    {"tempo": "very_slow"},
    {"density": 6},
    {"density": 2},
    {"root": "f#"},
    {"mode": "major"},
    {"bass": "walking"},
    {"pad": "cinematic"},
    {"melody": "arp_melody"},
    {"rhythm": "kit_medium"},
    {"texture": "crystal"},
    {"accent": "bells_dense"},
)
"""One change of every field that a steer moves."""


def calm(config: MusicConfig) -> MusicConfig:
    """The config without drums and sharp attacks, whose own steps would hide a click."""
    return config.model_copy(update={"rhythm": "none", "attack": "soft", "grain": "clean", "accent": "none"})


def steps(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Absolute differences between neighbouring frames, the larger of both sides."""
    return np.abs(np.diff(samples.astype(np.float64), axis=0)).max(axis=1)


def level_db(samples: NDArray[np.float32]) -> float:
    """K-weighted level in LUFS, ungated."""
    weighted = samples.astype(np.float64)
    for b0, b1, b2, a0, a1, a2 in k_weighting(RATE):
        weighted = lfilter((b0, b1, b2), (a0, a1, a2), weighted, axis=0)
    return 10.0 * float(np.log10(np.square(weighted).mean(axis=0).sum() + 1e-12)) - 0.691


def crossfade(one: MusicConfig, other: MusicConfig, seed: int) -> NDArray[np.float32]:
    """HEAD_S of one config, a crossfade of FADE_S, and TAIL_S of another."""
    with session(seed=seed, channels=2) as room:
        room.set(one)
        head = room.read(round(HEAD_S * RATE))
        room.set(other, transition=FADE_S)
        return np.concatenate([head, room.read(round((FADE_S + TAIL_S) * RATE))])


def steer(
    config: MusicConfig, change: dict[str, object], seed: int, transition_s: float
) -> tuple[float, float]:
    """Largest step within a steer as a multiple of the largest in the 3 s around it; and of the unsteered music."""
    after_s = max(transition_s, 0.25)
    with session(seed=seed, channels=2) as room:
        room.set(config)
        head = room.read(round(8.3 * RATE))
        room.set(config.model_copy(update=change), transition=transition_s)
        rest = room.read(round((after_s + 3.0) * RATE))
    whole = steps(np.concatenate([head, rest]))
    at, end = len(head), len(head) + round(after_s * RATE)
    within = whole[at : at + round(0.05 * RATE)].max()
    around = max(whole[at - 3 * RATE : at].max(), whole[at + round(0.05 * RATE) : end + 3 * RATE].max())
    return within / around, level_db(rest) - level_db(head)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=12)
    options = parser.parse_args()
    configs = random_configs(2 * options.pairs, seed=5)
    ratios, levels = [], []
    for k, (a, b) in enumerate(zip(configs[::2], configs[1::2], strict=True)):
        samples = crossfade(calm(a), calm(b), k)
        first, last = round(HEAD_S * RATE), round((HEAD_S + FADE_S) * RATE)
        all_steps = steps(samples)
        around = max(all_steps[first - 6 * RATE : first].max(), all_steps[last : last + 6 * RATE].max())
        ratios.append(all_steps[first:last].max() / around)
        middle = (first + last) // 2
        louder = max(level_db(samples[first - 4 * RATE : first]), level_db(samples[last : last + 4 * RATE]))
        levels.append(level_db(samples[middle - RATE : middle + RATE]) - louder)
    print(
        f"crossfades of calm configs: largest step {max(ratios):.2f} x that around, median {np.median(ratios):.2f}"
    )
    print(
        "level in the middle against the louder side: "
        + " ".join(f"{level:+.1f}" for level in sorted(levels))
        + " dB"
    )
    for transition_s in (0.0, 1.0):
        found = (
            [
                (
                    steer(
                        calm(configs[k]) if "rhythm" not in change else configs[k], change, k, transition_s
                    )[0],
                    change,
                )
                for k, change in enumerate(STEERS)
            ]
            if len(configs) >= len(STEERS)
            else []
        )
        worst = sorted(found, key=lambda one: -one[0])[:4]
        print(
            f"steers over {transition_s:g} s: worst "
            + ", ".join(f"{ratio:.2f} {change}" for ratio, change in worst)
        )


if __name__ == "__main__":
    main()
