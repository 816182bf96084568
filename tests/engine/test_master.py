"""The master: loudness drawn to -16 LUFS within bounds and without pumping, no DC, no peak above -1 dBTP."""

from __future__ import annotations

import functools
import itertools
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from latentscore.dsp.loudness import integrated_loudness, true_peak_db
from latentscore.dsp.ticks import TICK
from latentscore.engine.master import TARGET_LUFS, Master
from latentscore.errors import InvalidConfigError

RATE = 44_100
Audio = NDArray[np.float32]


@functools.cache
def _noise_at_0_lufs(sample_rate: int) -> NDArray[np.float64]:
    """45 s of stereo noise between 60 Hz and a slow fall above 500 Hz, the right side quieter."""
    n = 45 * sample_rate
    hz = np.fft.rfftfreq(n, 1.0 / sample_rate)
    phases = np.exp(2j * math.pi * np.random.default_rng(0).random((2, hz.size)))
    noise = np.fft.irfft(phases * (hz > 60.0) / np.sqrt(1.0 + (hz / 500.0) ** 2), n) * [[1.0], [0.7]]
    noise /= noise.std()
    return noise * 10.0 ** (-integrated_loudness(noise[:, : 5 * sample_rate].T, sample_rate) / 20.0)


def _noise(seconds: float, loudness_lufs: float, sample_rate: int = RATE) -> Audio:
    n = round(seconds * sample_rate) // TICK * TICK
    return (_noise_at_0_lufs(sample_rate)[:, :n] * 10.0 ** (loudness_lufs / 20.0)).astype(np.float32)


def _run(master: Master, audio: Audio, trim: float = 1.0) -> tuple[Audio, list[float]]:
    """Return the mastered audio and the leveller's gain, in decibels, after each tenth of a second."""
    out, gains, size = np.zeros_like(audio), [], 69 * TICK
    for start in range(0, audio.shape[1], size):
        block = np.ascontiguousarray(audio[:, start : start + size])
        part = np.zeros_like(block)
        master.process(block, np.full(block.shape[1] // TICK + 1, trim, np.float32), part)
        out[:, start : start + size] = part
        gains.append(master.gain_db)
    return out, gains


def test_the_latency_is_constant_and_flushed_by_silence() -> None:
    master = Master(RATE)
    audio = np.zeros((2, 10 * TICK), np.float32)
    audio[:, -1] = 0.25
    flush = np.zeros((2, -(-Master.latency_frames // TICK) * TICK), np.float32)
    out = np.concatenate([_run(master, audio)[0], _run(master, flush)[0]], axis=1)[:, Master.latency_frames :]
    assert int(np.argmax(np.abs(out[0]))) == audio.shape[1] - 1
    assert out[0, audio.shape[1] - 1] == pytest.approx(0.25, rel=0.01)
    assert 0.0015 < Master.latency_frames / RATE < 0.003


def test_at_the_target_it_changes_nothing_but_dc() -> None:
    audio = _noise(8.0, TARGET_LUFS)
    out, gains = _run(Master(RATE), audio)
    assert max(abs(gain) for gain in gains) < 0.3
    late = out[:, Master.latency_frames :].astype(np.float64)
    error = late - audio[:, : late.shape[1]]
    assert 10.0 * math.log10(np.sum(error**2) / np.sum(late**2)) < -18.0


@pytest.mark.parametrize("sample_rate", [44_100, 48_000])
@pytest.mark.parametrize("off_db", [-8.0, -2.0, 2.0, 8.0])
def test_the_leveller_draws_to_the_target_within_3_db(off_db: float, sample_rate: int) -> None:
    audio = _noise(40.0, TARGET_LUFS + off_db, sample_rate)
    out, gains = _run(Master(sample_rate), audio)
    expected = min(3.0, max(-3.0, -off_db))
    assert gains[-1] == pytest.approx(expected, abs=0.1)
    assert all(-3.001 <= gain <= 3.001 for gain in gains)
    assert np.max(np.abs(np.diff(gains))) < 0.06  # dB in a tenth of a second
    after = integrated_loudness(out[:, 30 * sample_rate :].T, sample_rate)
    assert after == pytest.approx(TARGET_LUFS + off_db + expected, abs=0.4)


def test_the_trim_comes_before_the_measurement() -> None:
    audio = _noise(20.0, TARGET_LUFS - 12.0)
    out, gains = _run(Master(RATE), audio, trim=10.0 ** (12.0 / 20.0))
    assert abs(gains[-1]) < 0.3
    assert integrated_loudness(out.T, RATE) == pytest.approx(TARGET_LUFS, abs=0.3)


def test_a_trim_ramp_has_no_steps() -> None:
    audio = np.tile(
        (0.2 * np.sin(2.0 * math.pi * 220.0 * np.arange(200 * TICK) / RATE)).astype(np.float32), (2, 1)
    )
    out = np.zeros_like(audio)
    Master(RATE).process(audio, np.linspace(0.0, 1.0, 201).astype(np.float32), out)
    assert np.max(np.abs(np.diff(out, 2))) < 1.1 * 0.2 * (2.0 * math.pi * 220.0 / RATE) ** 2


def test_silence_and_fades_do_not_pull_the_gain_up() -> None:
    master = Master(RATE)
    assert _run(master, np.zeros((2, 2_000 * TICK), np.float32))[1][-1] == pytest.approx(0.0, abs=0.01)
    _, gains = _run(master, _noise(25.0, TARGET_LUFS + 2.0))
    fading = _noise(8.0, TARGET_LUFS + 2.0)
    fading *= np.geomspace(1.0, 1e-5, fading.shape[1]).astype(np.float32)
    _, after_fade = _run(master, fading)
    # Ten decibels down the gate is shut, and the gain drifts to 0 dB with 30 s, never beyond.
    assert after_fade[-1] - gains[-1] < 0.8
    _, resting = _run(master, np.zeros((2, 30 * RATE // TICK * TICK), np.float32))
    assert gains[-1] < resting[-1] < -0.3


def test_it_does_not_pump() -> None:
    # Two seconds of sound, two of rest: the gain must not follow.
    audio = _noise(40.0, TARGET_LUFS)
    audio *= (np.arange(audio.shape[1]) / RATE % 4.0 < 2.0).astype(np.float32)
    _, gains = _run(Master(RATE), audio)
    for start in range(120, len(gains) - 40, 40):
        assert max(gains[start : start + 40]) - min(gains[start : start + 40]) < 0.5


@pytest.mark.parametrize("sample_rate", [44_100, 48_000])
def test_no_true_peak_exceeds_minus_1_dbtp(sample_rate: int) -> None:
    rng = np.random.default_rng(0)
    n = 4 * sample_rate // TICK * TICK
    t = np.arange(n) / sample_rate
    drums = np.exp(-(t % 0.25) / 0.03) * np.sin(2.0 * math.pi * 55.0 * t) * 3.0 + 0.3 * rng.normal(
        size=(2, n)
    )
    for audio in (_noise(4.0, -4.0, sample_rate), drums * np.linspace(1.0, 0.0, n) ** 0.1):
        out, _ = _run(Master(sample_rate), np.ascontiguousarray(audio, np.float32))
        fade = np.minimum(1.0, np.linspace(0.0, 100.0, out.shape[1])[::-1])  # the edge itself may ring
        for oversampling in (4, 8):
            assert true_peak_db((out * fade).T, oversampling=oversampling) <= -1.0
        assert np.max(np.abs(out)) > 0.7


def test_dc_is_blocked() -> None:
    audio = _noise(20.0, TARGET_LUFS) + np.float32(0.05)
    out, _ = _run(Master(RATE), audio)
    assert np.max(np.abs(np.mean(out[:, 5 * RATE : 15 * RATE], axis=1))) < 1e-4


def test_silence_leaves_no_denormals() -> None:
    master = Master(RATE)
    _run(master, _noise(1.0, TARGET_LUFS))
    for _ in range(10):
        out, _ = _run(master, np.zeros((2, RATE // TICK * TICK), np.float32))
        for array in (
            out,
            *(x for x in vars(master).values() if isinstance(x, np.ndarray) and x.dtype.kind == "f"),
        ):
            assert not np.any((array != 0.0) & (np.abs(array) < np.finfo(array.dtype).tiny))
    assert not np.any(out)


def test_any_partition_and_reset_give_the_same_samples() -> None:
    audio = _noise(4.0, -8.0)
    n_ticks = audio.shape[1] // TICK
    trim = np.random.default_rng(1).uniform(0.5, 1.5, n_ticks + 1).astype(np.float32)
    master, whole = Master(RATE), np.zeros_like(audio)
    master.process(audio, trim, whole)
    cuts = [0, 1, 3, 3, 500, 1_023, n_ticks]
    master.reset()
    for made in (master, Master(RATE)):
        parts = []
        for first, last in itertools.pairwise(cuts):
            part = np.ascontiguousarray(audio[:, first * TICK : last * TICK])
            made.process(part, trim[first : last + 1], part)  # in place
            parts.append(part)
        np.testing.assert_array_equal(np.concatenate(parts, axis=1), whole)


def test_a_trim_that_does_not_fit_is_refused() -> None:
    audio = np.zeros((2, 2 * TICK), np.float32)
    with pytest.raises(InvalidConfigError, match="trim"):
        Master(RATE).process(audio, np.ones(2, np.float32), audio)
