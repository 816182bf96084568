"""Loudness against the published definitions (ITU-R BS.1770-4, EBU Tech 3341) and against pyloudnorm."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from latentscore.dsp.loudness import (
    block_powers,
    integrated_loudness,
    k_weighting,
    lufs_to_power,
    power_to_lufs,
    true_peak_db,
)

RATES = (44_100, 48_000)


def _sine(hz: float, level_db: float, seconds: float, sample_rate: int) -> NDArray[np.float64]:
    t = np.arange(round(seconds * sample_rate)) / sample_rate
    return 10.0 ** (level_db / 20.0) * np.sin(2.0 * math.pi * hz * t)


def _stereo(steps: list[tuple[float, float]], sample_rate: int) -> NDArray[np.float64]:
    mono = np.concatenate([_sine(1_000.0, level, seconds, sample_rate) for level, seconds in steps])
    return np.stack((mono, mono), axis=1)


def test_coefficients_at_48_khz_are_those_of_the_standard() -> None:
    shelf = [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585]
    high_pass = [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621]
    np.testing.assert_allclose(k_weighting(48_000), [shelf, high_pass], atol=1e-8)


@pytest.mark.parametrize("sample_rate", RATES)
def test_reference_sines(sample_rate: int) -> None:
    one_channel = _sine(997.0, 0.0, 5.0, sample_rate)
    assert integrated_loudness(one_channel, sample_rate) == pytest.approx(-3.01, abs=0.01)
    both = _sine(997.0, -23.0, 5.0, sample_rate)
    assert integrated_loudness(np.stack((both, both), 1), sample_rate) == pytest.approx(-23.0, abs=0.01)
    silent_right = np.stack((one_channel, 0 * one_channel), 1)
    assert integrated_loudness(silent_right, sample_rate) == pytest.approx(-3.01, abs=0.01)


@pytest.mark.parametrize("sample_rate", RATES)
@pytest.mark.parametrize(
    ("steps", "expected_lufs"),
    [
        ([(-23.0, 20.0)], -23.0),  # case 1
        ([(-33.0, 20.0)], -33.0),  # case 2
        ([(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)], -23.0),  # case 3: the relative gate
        ([(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)], -23.0),  # case 4
        ([(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)], -23.0),  # case 5
    ],
    ids=["1", "2", "3", "4", "5"],
)
def test_ebu_tech_3341(steps: list[tuple[float, float]], expected_lufs: float, sample_rate: int) -> None:
    assert integrated_loudness(_stereo(steps, sample_rate), sample_rate) == pytest.approx(
        expected_lufs, abs=0.1
    )


@pytest.mark.parametrize("sample_rate", RATES)
def test_it_agrees_with_pyloudnorm(sample_rate: int) -> None:
    pyloudnorm = pytest.importorskip("pyloudnorm")
    rng = np.random.default_rng(1)
    noise = (
        rng.normal(size=(sample_rate * 8, 2)) * [0.1, 0.03] * np.linspace(0.0, 1.0, sample_rate * 8)[:, None]
    )
    for samples in (noise, noise[:, 0]):
        reference = pyloudnorm.Meter(sample_rate, filter_class="DeMan").integrated_loudness(samples)
        assert integrated_loudness(samples, sample_rate) == pytest.approx(reference, abs=1e-3)


@pytest.mark.parametrize("sample_rate", RATES)
def test_it_agrees_with_pyloudnorm_where_the_gates_matter(sample_rate: int) -> None:
    """Loud, quiet below the relative gate, and all but silent: noise of unlike sides in turns."""
    pyloudnorm = pytest.importorskip("pyloudnorm")
    levels = np.repeat([0.2, 0.01, 0.1, 0.0002, 0.3, 0.0], 4 * sample_rate)[:, None]
    noise = np.random.default_rng(2).normal(size=(levels.size, 2)) * [1.0, 0.4] * levels
    reference = pyloudnorm.Meter(sample_rate, filter_class="DeMan").integrated_loudness(noise)
    ungated = power_to_lufs(float(np.mean(block_powers(noise, sample_rate))))
    assert ungated < reference - 1.0
    assert integrated_loudness(noise, sample_rate) == pytest.approx(reference, abs=1e-2)


@pytest.mark.parametrize("sample_rate", RATES)
def test_the_absolute_gate_is_at_minus_70(sample_rate: int) -> None:
    assert integrated_loudness(_stereo([(-69.5, 5.0)], sample_rate), sample_rate) == pytest.approx(
        -69.5, abs=0.05
    )
    assert integrated_loudness(_stereo([(-70.5, 5.0)], sample_rate), sample_rate) == -math.inf


@pytest.mark.parametrize("sample_rate", RATES)
@pytest.mark.parametrize(
    ("block_s", "loud_s", "quiet_s", "n_times"),
    [(3.0, 1.34, 1.66, 5), (0.4, 0.18, 0.22, 25)],
    ids=["9, short-term", "12, momentary"],
)
def test_ebu_tech_3341_steady_meters(
    block_s: float, loud_s: float, quiet_s: float, n_times: int, sample_rate: int
) -> None:
    """Tones of -20 and -30 dBFS by turns, whose sum over any block is -23 LUFS."""
    tones = _stereo([(-20.0, loud_s), (-30.0, quiet_s)] * n_times, sample_rate)
    powers = block_powers(tones, sample_rate, block_s=block_s)
    assert len(powers) >= 17
    assert [power_to_lufs(power) for power in powers] == pytest.approx([-23.0] * len(powers), abs=0.1)


@pytest.mark.parametrize(
    ("frames_a_turn", "phase_degrees", "amplitude", "expected_dbtp"),
    [(4, 0, 0.5, -6.0), (4, 45, 0.5, -6.0), (6, 60, 0.5, -6.0), (8, 67.5, 0.5, -6.0), (4, 45, 1.41, 3.0)],
    ids=["15", "16", "17", "18", "19"],
)
def test_ebu_tech_3341_true_peak(
    frames_a_turn: int, phase_degrees: float, amplitude: float, expected_dbtp: float
) -> None:
    """Sines whose frames miss their crests, within +0.2 and -0.4 dB; faded, since an edge has peaks of its own."""
    n = 9_600
    sine = amplitude * np.sin(2.0 * math.pi * np.arange(n) / frames_a_turn + math.radians(phase_degrees))
    fade = np.clip(np.minimum(np.arange(n), np.arange(n)[::-1]) / 1_000.0, 0.0, 1.0)
    assert expected_dbtp - 0.4 <= true_peak_db(sine * fade) <= expected_dbtp + 0.2


def test_silence_and_short_sounds_have_no_loudness() -> None:
    assert integrated_loudness(np.zeros(44_100), 44_100) == -math.inf
    assert integrated_loudness(np.ones(0), 44_100) == -math.inf
    assert integrated_loudness(_sine(997.0, 0.0, 0.3, 44_100), 44_100) == -math.inf


def test_short_term_blocks_are_three_seconds() -> None:
    powers = block_powers(_sine(997.0, -20.0, 9.0, 48_000), 48_000, block_s=3.0)
    assert len(powers) == 9
    assert power_to_lufs(powers[-1]) == pytest.approx(-23.01, abs=0.01)


def test_power_and_loudness_are_inverse() -> None:
    assert power_to_lufs(lufs_to_power(-16.0)) == pytest.approx(-16.0)
    assert power_to_lufs(0.0) == -math.inf


def test_true_peak_sees_between_the_frames() -> None:
    quarter = np.sin(math.pi / 2.0 * np.arange(8_000) + math.pi / 4.0) * np.hanning(8_000)
    assert 20.0 * math.log10(np.max(np.abs(quarter))) == pytest.approx(-3.01, abs=0.01)
    assert true_peak_db(quarter) == pytest.approx(0.0, abs=0.05)
    assert true_peak_db(np.zeros((100, 2))) == -math.inf
