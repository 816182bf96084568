"""The oscillators against closed forms: accuracy of sine and cosine, aliases of the saw, evenness of noise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from latentscore.dsp.jit import kernel
from latentscore.dsp.noise import mixed, next_word, white
from latentscore.dsp.oscillators import BLEP_WIDTH, cosine, saw, sine, wrap

RATE = 44100
N = 1 << 16


@kernel
def _run_saw(step: Any, reach: Any, out: Any) -> None:
    phase = np.float32(0.0)
    for i in range(out.shape[0]):
        out[i] = saw(phase, reach)
        phase = wrap(phase + step)


@kernel
def _run_noise(word: Any, out: Any) -> None:
    for i in range(out.shape[0]):
        word = next_word(word)
        out[i] = white(word)


def _saw(cycles: int) -> NDArray[np.float64]:
    """Levels in dB of the bins of a saw that has `cycles` periods in N frames."""
    step = cycles / N
    out = np.zeros(N, dtype=np.float32)
    _run_saw(np.float32(step), np.float32(1.0 / (BLEP_WIDTH * step)), out)
    window = np.blackman(N)
    spectrum = np.abs(np.fft.rfft(out * window)) / window.sum() * 2.0
    return 20.0 * np.log10(spectrum + 1e-12)


def test_sine_and_cosine_are_within_a_hundred_decibels() -> None:
    for phase in np.linspace(-0.5, 0.5, 999, endpoint=False):
        assert float(sine(np.float32(phase))) == pytest.approx(np.sin(2 * np.pi * phase), abs=1e-5)
        assert float(cosine(np.float32(phase))) == pytest.approx(np.cos(2 * np.pi * phase), abs=1e-5)


def test_phases_stay_centred() -> None:
    assert [float(wrap(np.float32(p))) for p in (0.25, 0.75, -0.75, 3.5)] == [0.25, -0.25, 0.25, -0.5]


@pytest.mark.parametrize("hertz", [500.0, 1000.0, 2000.0])
def test_all_aliases_of_the_saw_lie_sixty_decibels_below_its_fundamental(hertz: float) -> None:
    cycles = round(hertz / RATE * N) | 1
    level = _saw(cycles)
    near_a_partial = np.zeros(level.size, dtype=bool)
    for partial in range(cycles, level.size, cycles):
        near_a_partial[max(0, partial - 4) : partial + 5] = True
    near_a_partial[:4] = True
    assert level[~near_a_partial].max() < level[cycles] - 60.0


def test_partials_of_the_saw_fall_as_they_should() -> None:
    """By 6 dB an octave, times the spectrum of the B-spline that smooths the step."""
    cycles = round(440.0 / RATE * N) | 1
    level = _saw(cycles)
    for partial in (1, 2, 5, 11, 20):
        smoothing = np.sinc(BLEP_WIDTH * partial * cycles / N) ** 4
        wanted = 20.0 * np.log10(2.0 / (np.pi * partial) * smoothing)
        assert level[partial * cycles] == pytest.approx(wanted, abs=0.25)


def test_noise_is_white_even_and_without_a_mean() -> None:
    out = np.zeros(N, dtype=np.float32)
    _run_noise(np.uint32(1), out)
    assert abs(out.mean()) < 0.01
    assert out.std() == pytest.approx(1.0 / np.sqrt(3.0), rel=0.01)
    assert -1.0 <= out.min() < -0.999
    assert 0.999 < out.max() < 1.0
    power = np.abs(np.fft.rfft(out)[1:]) ** 2
    thirds = [chunk.mean() for chunk in np.array_split(power, 8)]
    assert max(thirds) / min(thirds) < 1.1


def test_mixed_words_of_neighbours_have_nothing_in_common() -> None:
    with np.errstate(over="ignore"):
        words = np.array([int(mixed(np.uint32(k))) for k in range(4000)])
    bits = (words[:, None] >> np.arange(32)) & 1
    assert np.abs(bits.mean(axis=0) - 0.5).max() < 0.04
    assert (bits[1:] ^ bits[:-1]).mean() == pytest.approx(0.5, abs=0.01)
