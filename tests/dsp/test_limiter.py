"""The limiter: no true peak above the ceiling, nothing changed below it, a smooth gain, a steady delay."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import resample

from latentscore.dsp import limiter
from latentscore.dsp.loudness import true_peak_db
from latentscore.dsp.ticks import TICK

RATE = 44_100
CEILING_DB = -1.4
Audio = NDArray[np.float32]


class _Limiter:
    def __init__(self, sample_rate: int = RATE) -> None:
        self.settings = limiter.limiter_settings(
            sample_rate, ceiling_db=CEILING_DB, fast_s=0.08, slow_s=0.2, busy_s=0.4
        )
        self.taps = limiter.interpolator()
        self.delayed = np.zeros((2, limiter.LATENCY + TICK), np.float32)
        self.ticks = np.zeros((2, TICK), np.float32)
        self.state = np.zeros(limiter.N_STATE, np.float32)
        limiter.reset_limiter(self.delayed, self.state)

    def __call__(self, audio: NDArray[np.floating]) -> Audio:
        audio = np.ascontiguousarray(audio, np.float32)
        out = np.zeros_like(audio)
        arrays = (self.settings, self.taps, self.delayed, self.ticks, self.state)
        limiter.limit(audio[0], audio[1], out[0], out[1], *arrays)
        return out


def _noise(n_ticks: int, level: float, seed: int = 0) -> Audio:
    return (np.random.default_rng(seed).normal(size=(2, n_ticks * TICK)) * level).astype(np.float32)


def _time(n_ticks: int) -> NDArray[np.float64]:
    return np.arange(n_ticks * TICK) / RATE


def _hot_signals() -> dict[str, NDArray[np.float64]]:
    rng = np.random.default_rng(0)
    n = 1_400
    t = _time(n)
    square = np.sign(np.sin(2.0 * math.pi * np.array([[1_000.3], [333.1]]) * t))
    return {
        "white noise": rng.normal(size=(2, t.size)),
        "random signs": np.sign(rng.normal(size=(2, t.size))),
        "squares": 1.5 * square,
        "a quarter of the rate, between the frames": 2.0
        * np.sin(math.pi / 2.0 * np.arange(t.size) + [[math.pi / 4.0], [0.3]]),
        "near the top": 2.0 * np.sin(2.0 * math.pi * np.array([[19_000.0], [17_111.0]]) * t),
        "clicks": (rng.random((2, t.size)) > 0.999) * rng.normal(size=(2, t.size)) * 4.0,
        "bursts": 1.4
        * np.sin(2.0 * math.pi * 60.0 * t)
        * (1.0 + np.sin(2.0 * math.pi * 7.0 * t) ** 9)
        * [[1.0], [0.2]],
        "a step": np.where(t > 0.5, 3.0, 0.0) * np.sin(2.0 * math.pi * 440.0 * t) * np.ones((2, 1)),
    }


@pytest.mark.parametrize("name", _hot_signals())
def test_no_true_peak_exceeds_the_ceiling(name: str) -> None:
    signal = _hot_signals()[name]
    signal = signal * np.minimum(
        1.0, np.linspace(0.0, 60.0, signal.shape[1])[::-1]
    )  # no cut-off edge to ring
    out = _Limiter()(signal)
    for oversampling in (4, 8):
        assert true_peak_db(out.T, oversampling=oversampling) <= -1.0
    assert true_peak_db(out.T) > -2.5


def _exact_peak_db(audio: NDArray[np.floating]) -> float:
    """The peak at 4 times the rate by an ideal interpolator, that of the Fourier transform."""
    dense = resample(audio.astype(np.float64), 4 * audio.shape[1], axis=1)
    return 20.0 * math.log10(float(np.max(np.abs(dense))))


@pytest.mark.parametrize("name", _hot_signals())
def test_an_ideal_interpolator_finds_no_peak_either_in_sound_up_to_20_khz(name: str) -> None:
    """Our interpolator and that of `true_peak_db` are short, and like each other: they may miss the same peaks."""
    signal = _hot_signals()[name]
    spectrum = np.fft.rfft(signal)
    spectrum[:, np.fft.rfftfreq(signal.shape[1], 1.0 / RATE) > 20_000.0] = 0.0
    signal = np.fft.irfft(spectrum, signal.shape[1])
    edges = np.minimum(1.0, np.linspace(0.0, 60.0, signal.shape[1])[::-1])
    out = _Limiter()(signal * edges)
    assert -2.5 < _exact_peak_db(out) <= -1.2


def test_below_the_ceiling_it_is_a_pure_delay() -> None:
    audio = _noise(200, 0.1)
    assert np.max(np.abs(audio)) < 0.6
    out = _Limiter()(audio)
    assert not np.any(out[:, : limiter.LATENCY])
    np.testing.assert_array_equal(out[:, limiter.LATENCY :], audio[:, : -limiter.LATENCY])


def test_after_a_peak_it_becomes_a_pure_delay_again() -> None:
    audio = _noise(3_000, 0.1)
    audio[:, 1_000:1_100] *= 20.0
    out = _Limiter()(audio)
    assert not np.array_equal(
        out[:, 20_000:30_000], audio[:, 20_000 - limiter.LATENCY : 30_000 - limiter.LATENCY]
    )
    last = slice(2_500 * TICK, None)
    np.testing.assert_array_equal(out[:, last], audio[:, 2_500 * TICK - limiter.LATENCY : -limiter.LATENCY])


def test_both_sides_get_the_same_gain() -> None:
    audio = _noise(400, 0.5)
    audio[1] = 0.3 * audio[0]
    out = _Limiter()(audio)
    np.testing.assert_allclose(out[1], 0.3 * out[0], atol=2e-6)  # the DC taken off is each one's own


def test_the_gain_falls_before_the_peak_and_recovers_in_a_fifth_of_a_second() -> None:
    t = _time(700)
    audio = np.tile(0.25 * np.sin(2.0 * math.pi * 1_000.0 * t), (2, 1))
    audio[:, 10_000:10_020] *= 12.0
    out = _Limiter()(audio)[0, limiter.LATENCY :]
    gain = np.max(np.abs(out[: out.size // 441 * 441].reshape(-1, 441)), axis=1) / 0.25
    assert gain[20] == pytest.approx(1.0, abs=1e-3)
    assert gain[24] < 0.6
    assert gain[24 + 8] < 0.9  # after 80 ms
    assert gain[24 + 40] > 0.98
    assert np.all(np.diff(gain[24:]) > -1e-3)


def test_steady_limiting_distorts_little() -> None:
    t = _time(1_400)
    for hz in (100.0, 1_000.0):
        out = _Limiter()(np.tile(2.0 * np.sin(2.0 * math.pi * hz * t), (2, 1)))[0, RATE : 2 * RATE]
        power = np.abs(np.fft.rfft(out * np.blackman(out.size))) ** 2
        bins = np.arange(power.size)
        rest = np.sum(power[np.abs(bins - hz) > 5]) / np.sum(power)
        assert 10.0 * math.log10(rest) < -45.0


def test_limiting_a_wave_with_one_sided_crests_brings_hardly_any_dc() -> None:
    """Without its care for that, it is 4.5e-3."""
    t = _time(7_000)  # 10 s
    wave = sum(np.cos(2.0 * math.pi * 55.0 * k * t) for k in range(1, 8)) * 0.3 * (1.0 + 0.5 * np.sin(t))
    assert np.max(wave) > 3.0 * -np.min(wave)
    audio = np.stack((wave, -0.9 * wave)).astype(np.float32)
    out = _Limiter()(audio)[:, RATE:].astype(np.float64)
    window = np.hanning(out.shape[1])
    assert np.max(np.abs(out @ window)) / window.sum() < 3e-4


def test_any_partition_gives_the_same_samples() -> None:
    audio = _noise(300, 0.5)
    whole, parts, tick = _Limiter()(audio), [], 0
    split = _Limiter()
    for size in (1, 2, 7, 0, 40, 250):
        parts.append(split(audio[:, tick * TICK : (tick + size) * TICK]))
        tick += size
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), whole)


def test_the_interpolator_reads_no_tone_up_to_20_khz_too_low() -> None:
    taps = limiter.interpolator().astype(np.float64)
    turns = np.linspace(0.0, 20_000.0 / RATE, 400)
    response = np.abs(taps @ np.exp(2j * math.pi * np.outer(np.arange(limiter.N_TAPS), turns)))
    assert 20.0 * np.log10(response.min()) > -0.3
    assert 20.0 * np.log10(response.max()) < 0.8
    np.testing.assert_allclose(taps.sum(axis=1), 1.0, atol=1e-6)
