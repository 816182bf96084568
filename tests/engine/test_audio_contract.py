"""The audio contract as properties: any config, any seed, read in pieces of any size."""

from __future__ import annotations

import numpy as np
import pytest
from config_strategies import configs
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.signal import resample

from benchmarks.configs import random_configs
from latentscore.config import MusicConfig
from latentscore.dsp.loudness import true_peak_db
from latentscore.engine.render import render_config
from latentscore.engine.renderer import Renderer

RATE = 44_100
Audio = NDArray[np.float32]

HI_HATS = MusicConfig(brightness="very_bright", rhythm="hats_only", density=6, attack="sharp", space="dry")
ONE_SIDED = random_configs(24, seed=9)[23]
"""An arpeggio of saws that start together: its crests all lie on one side, where they are limited."""
ENDLESS = MusicConfig(echo="infinite", space="vast", density=6, rhythm="electronic", grain="gritty")

seeds = st.integers(0, 2**63 - 1)
sizes = st.lists(st.integers(1, 3) | st.integers(1, 400) | st.integers(1, 30_000), min_size=1, max_size=12)


def read_in_pieces(renderer: Renderer, n_frames: int, pattern: list[int]) -> Audio:
    """Read by the sizes of a pattern, over and over; small ones are taken less often."""
    found: list[Audio] = []
    left, k = n_frames, 0
    while left:
        n = min(left, pattern[k % len(pattern)] * (1 + k // (4 * len(pattern))))
        found.append(renderer.read(n))
        left, k = left - n, k + 1
    return np.concatenate(found)


def exact_peak_db(samples: Audio) -> float:
    """The peak at 4 times the rate by an ideal interpolator, without edges of its own."""
    edges = np.clip(np.linspace(0.0, 50.0, len(samples)), 0.0, 1.0)
    edges = np.minimum(edges, edges[::-1])[:, None]
    dense = resample(samples.astype(np.float64) * edges, 4 * len(samples), axis=0)
    return 20.0 * float(np.log10(np.max(np.abs(dense))))


@settings(max_examples=6)
@given(configs(), seeds, st.sampled_from([44_100, 48_000]))
@example(HI_HATS, 3, 44_100)
@example(ENDLESS, 3, 48_000)
@example(ONE_SIDED, 23, 44_100)
def test_any_config_is_finite_and_keeps_to_its_peak_and_has_no_dc(
    config: MusicConfig, seed: int, sample_rate: int
) -> None:
    samples = Renderer(config, seed, sample_rate).read(10 * sample_rate)
    window = np.hanning(len(samples))  # a plain mean has the pieces of a low note at both ends
    assert samples.dtype == np.float32
    assert samples.shape == (10 * sample_rate, 2)
    assert np.isfinite(samples).all()
    assert 1e-3 < np.abs(samples).max() <= 1.0
    assert true_peak_db(samples) <= -1.0
    assert exact_peak_db(samples) <= -0.95  # tones above 20 kHz may be misread by a little
    assert np.abs(window @ samples.astype(np.float64)).max() / window.sum() < 1e-4


@settings(max_examples=8)
@given(configs(), seeds, sizes)
@example(ENDLESS, 3, [1, 63, 64, 65, 8_191])
def test_any_partition_of_any_config_is_bit_equal(config: MusicConfig, seed: int, pattern: list[int]) -> None:
    n_frames = 3 * RATE
    whole = Renderer(config, seed, RATE).read(n_frames)
    assert np.array_equal(read_in_pieces(Renderer(config, seed, RATE), n_frames, pattern), whole)


@settings(max_examples=8)
@given(configs(), seeds, st.sampled_from([44_100, 48_000]), st.floats(0.02, 1.0), st.sampled_from([1, 2]))
def test_any_render_has_its_length_and_soft_edges(
    config: MusicConfig, seed: int, sample_rate: int, seconds: float, channels: int
) -> None:
    n_frames = round(seconds * sample_rate)
    samples = render_config(
        config, seed, n_frames, sample_rate=sample_rate, channels=channels, fade_out_s=seconds / 10.0
    ).samples
    assert samples.shape == ((n_frames,) if channels == 1 else (n_frames, 2))
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 1.0
    assert np.abs(samples[[0, -1]]).max() < 1e-6


@pytest.mark.parametrize("config", [MusicConfig(), ENDLESS, HI_HATS])
def test_mono_loses_less_than_3_db_against_a_side(config: MusicConfig) -> None:
    wide = config.model_copy(update={"stereo": "ultra_wide"})
    samples = Renderer(wide, 1, RATE).read(12 * RATE).astype(np.float64)
    mono, sides = np.mean(samples.mean(axis=1) ** 2), np.mean(samples**2, axis=0)
    assert 10.0 * np.log10(sides.max() / mono) < 3.0
