"""The renderer: the same samples however they are asked for, and what every config must keep to."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.configs import random_configs
from latentscore.config import FIELDS, MusicConfig
from latentscore.engine.render import render_config
from latentscore.engine.renderer import STEM_NAMES, Renderer
from latentscore.randomness import Random

RATE = 44100
BUSY = MusicConfig(
    tempo="fast",
    density=6,
    motion="chaotic",
    grain="gritty",
    echo="heavy",
    rhythm="kit_medium",
    human="drunk",
)


def read_in_pieces(config: MusicConfig, seed: int, n_frames: int, pieces: Random) -> np.ndarray:
    renderer = Renderer(config, seed, RATE)
    out: list[np.ndarray] = []
    left = n_frames
    while left:
        n = min(left, 1 + pieces.below(pieces.choice((3, 100, 5000, 40_000))))
        out.append(renderer.read(n))
        left -= n
    return np.concatenate(out)


@pytest.mark.parametrize("config", [MusicConfig(), BUSY, *random_configs(2, seed=5)])
def test_random_partitions_of_30_s_are_bit_equal_to_one_call(config: MusicConfig) -> None:
    n_frames = 30 * RATE
    whole = Renderer(config, 3, RATE).read(n_frames)
    assert np.array_equal(read_in_pieces(config, 3, n_frames, Random(1, "pieces")), whole)


def test_a_seed_decides_every_sample_and_another_seed_plays_otherwise() -> None:
    first, again, other = (Renderer(BUSY, seed, RATE).read(4 * RATE) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_mono_has_no_side_and_each_wider_label_has_more() -> None:
    ratios = []
    for label in FIELDS["stereo"].labels:
        x = Renderer(MusicConfig(stereo=label, motion="medium"), 1, RATE).read(12 * RATE)
        mid, side = x[:, 0] + x[:, 1], x[:, 0] - x[:, 1]
        ratios.append(float(np.sum(side**2) / np.sum(mid**2)))
    assert ratios[0] < 1e-9
    assert ratios == sorted(ratios)
    assert 10 * np.log10(ratios[-1]) > -6


def test_layers_and_returns_add_up_to_the_premaster() -> None:
    stems = render_config(BUSY, 5, 4 * RATE, sample_rate=RATE, channels=2, fade_out_s=0.0, stems=True).stems
    assert stems is not None
    assert tuple(stems) == STEM_NAMES
    total = sum(stems[name].astype(np.float64) for name in STEM_NAMES if name != "premaster")
    difference = np.abs(total - stems["premaster"]).max()
    assert difference < 1e-6 * np.abs(stems["premaster"]).max()


def test_changing_one_layer_leaves_the_other_stems_as_they_were() -> None:
    kept = [
        render_config(
            MusicConfig(melody=m), 5, 6 * RATE, sample_rate=RATE, channels=2, fade_out_s=0.0, stems=True
        ).stems
        for m in ("procedural", "minimal")
    ]
    assert kept[0] is not None
    assert kept[1] is not None
    for name in ("bass", "pad", "rhythm", "texture", "accent"):
        assert np.array_equal(kept[0][name], kept[1][name]), name
    assert not np.array_equal(kept[0]["melody"], kept[1]["melody"])
