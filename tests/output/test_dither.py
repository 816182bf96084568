"""Dither: triangular, unbiased, of the textbook's power, and the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from latentscore.output.dither import Dither

BITS = [16, 24]
N = 200_000


def steps_of(bits: int, samples: np.ndarray, seed: int = 0) -> np.ndarray:
    """Quantised values in steps of the file's resolution."""
    words = Dither(bits, seed).quantise(samples.astype(np.float32))
    assert words.dtype == np.int32
    assert not np.any(words.astype(np.int64) % 2 ** (32 - bits)), "left-justified: lower bits are empty"
    return words.astype(np.int64) >> (32 - bits)


@pytest.mark.parametrize("bits", BITS)
def test_silence_becomes_at_most_one_step(bits: int) -> None:
    steps = steps_of(bits, np.zeros(N))
    values, counts = np.unique(steps, return_counts=True)
    assert values.tolist() == [-1, 0, 1]
    # the triangle over (-1, 1) puts 1/8 beyond half a step on either side
    np.testing.assert_allclose(counts / N, [0.125, 0.75, 0.125], atol=0.005)


@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("part", [0.0, 0.25, 0.5, 0.9])
def test_the_error_is_unbiased_and_of_constant_power(bits: int, part: float) -> None:
    # Lipshitz, Wannamaker and Vanderkooy 1992: mean 0 and variance 1/4 step², whatever the signal
    level = np.float32((100 + part) * 2.0 ** (1 - bits))
    error = steps_of(bits, np.full(N, level)) - float(level) * 2.0 ** (bits - 1)
    assert np.abs(error).max() <= 1.5
    assert abs(error.mean()) < 0.01
    assert error.var() == pytest.approx(0.25, abs=0.01)


def test_dither_keeps_what_rounding_would_lose() -> None:
    time = np.arange(N)
    faint = 0.4 * 2.0**-15 * np.sin(2 * np.pi * time * 0.01)  # below half a step
    steps = steps_of(16, faint)
    carrier = np.sin(2 * np.pi * time * 0.01)
    assert 2.0 * np.mean(steps * carrier) == pytest.approx(0.4, abs=0.02)


def test_the_seed_decides_the_noise() -> None:
    silence = np.zeros((500, 2))
    assert np.array_equal(steps_of(16, silence, 7), steps_of(16, silence, 7))
    assert not np.array_equal(steps_of(16, silence, 7), steps_of(16, silence, 8))


def test_the_channels_have_noise_of_their_own() -> None:
    steps = steps_of(16, np.zeros((N, 2)))
    assert abs(np.corrcoef(steps.T)[0, 1]) < 0.01


@pytest.mark.parametrize("bits", BITS)
def test_full_scale_is_clipped_to_the_range(bits: int) -> None:
    limit = 2 ** (bits - 1)
    assert steps_of(bits, np.full(1000, 1.0)).max() == limit - 1
    assert steps_of(bits, np.full(1000, -1.0)).min() == -limit
