"""The echo: repeats at the right times, sides and counts; tempo moves; an endless tail that stays bounded."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from latentscore.dsp.ticks import TICK
from latentscore.effects.echo import ECHO_AMOUNTS, MAX_DELAY_S, Echo

RATE = 44_100
Audio = NDArray[np.float32]
AUDIBLE_DB = -24.0


def _run(echo: Echo, send: Audio, controls: tuple[float, float, float] | Audio) -> Audio:
    n_ticks = send.shape[1] // TICK
    if isinstance(controls, tuple):
        controls = np.tile(np.array(controls, np.float32), (n_ticks + 1, 1))
    out = np.zeros_like(send)
    for tick in range(0, n_ticks, 128):
        last = min(n_ticks, tick + 128)
        part = np.zeros((2, (last - tick) * TICK), np.float32)
        block = np.ascontiguousarray(send[:, tick * TICK : last * TICK])
        echo.process(block, np.ascontiguousarray(controls[tick : last + 1]), part)
        out[:, tick * TICK : last * TICK] = part
    return out


def _silence(seconds: float) -> Audio:
    return np.zeros((2, round(seconds * RATE) // TICK * TICK), np.float32)


def _ping(seconds: float, hz: float = 800.0) -> Audio:
    send, n = _silence(seconds), 2_048
    send[:, :n] = 0.3 * np.sin(2.0 * math.pi * hz * np.arange(n) / RATE) * np.hanning(n)
    return send


def _db(x: Any) -> float:
    return 20.0 * math.log10(float(x) + 1e-12)


@pytest.mark.parametrize("delay", [4_000, 12_345, round(MAX_DELAY_S * RATE)])
def test_repeats_come_on_time_and_change_sides(delay: int) -> None:
    send = _silence(4.2 * delay / RATE)
    send[:, 100] = 1.0
    out = _run(Echo(RATE), send, (delay, 0.7, 0.5))
    for repeat in (1, 2, 3, 4):
        middle = 100 + repeat * delay
        near = out[:, middle - 50 : middle + 51]
        loud, quiet = (0, 1) if repeat % 2 else (1, 0)
        assert int(np.argmax(np.abs(near[loud]))) == 50
        assert _db(np.abs(near[quiet]).max() / np.abs(near[loud]).max()) == pytest.approx(-12.0, abs=0.5)
    assert not np.any(out[:, : 100 + delay - 20])


@pytest.mark.parametrize("label", ["none", "subtle", "medium", "heavy"])
def test_each_label_has_its_number_of_repeats(label: str) -> None:
    amount, delay = ECHO_AMOUNTS[label], 4_000
    out = _run(Echo(RATE), _ping(2.0), (delay, amount.feedback, amount.wet))
    levels = [_db(np.abs(out[:, k * delay : (k + 1) * delay]).max() / 0.3) for k in range(1, 16)]
    assert sum(level > AUDIBLE_DB for level in levels) == amount.n_repeats
    assert all(later <= sooner for sooner, later in itertools.pairwise(levels))


def test_labels_grow() -> None:
    repeats = [amount.n_repeats for amount in ECHO_AMOUNTS.values()]
    assert repeats == sorted(repeats)
    assert repeats[1] == 1
    assert 2 <= repeats[2] <= 3
    assert 5 <= repeats[3] < repeats[4] == math.inf


def _hour(block: Callable[[int], Audio], seconds: float) -> tuple[float, Echo, Audio]:
    """Drive an endless echo; return the highest peak, the echo, and the last block."""
    echo, peak = Echo(RATE), 0.0
    controls = np.tile(np.array([20_000.0, 1.0, 1.0], np.float32), (129, 1))
    out = np.zeros((2, 128 * TICK), np.float32)
    for k in range(round(seconds * RATE / (128 * TICK))):
        out[:] = 0.0
        echo.process(block(k), controls, out)
        peak = max(peak, float(np.max(np.abs(out))))
    return peak, echo, out


def test_an_endless_echo_is_bounded_through_an_hour_of_full_scale_noise() -> None:
    rng = np.random.default_rng(0)
    noises = [rng.uniform(-1.0, 1.0, (2, 128 * TICK)).astype(np.float32) for _ in range(4)]
    peak, _, _ = _hour(lambda k: noises[k % 4], 3_600.0)
    assert peak < 2.5
    peak, _, _ = _hour(lambda _: np.ones((2, 128 * TICK), np.float32), 300.0)
    assert peak < 2.5


@pytest.mark.parametrize("level", [1.0, 0.1, 0.003])
def test_an_endless_echo_lives_on_at_one_level(level: float) -> None:
    rng = np.random.default_rng(0)
    sound = (level * rng.uniform(-1.0, 1.0, (2, 128 * TICK))).astype(np.float32)
    silence = np.zeros_like(sound)
    echo, rms = Echo(RATE), []
    controls = np.tile(np.array([20_000.0, 1.0, ECHO_AMOUNTS["infinite"].wet], np.float32), (129, 1))
    for k in range(round(240.0 * RATE / sound.shape[1])):
        out = np.zeros_like(sound)
        echo.process(sound if k < 11 else silence, controls, out)
        rms.append(float(np.mean(out**2)))
    per_s = len(rms) / 240.0
    late = [10.0 * math.log10(np.mean(rms[int(a * per_s) : int((a + 5) * per_s)])) for a in (120, 170, 230)]
    assert echo.active
    assert all(-50.0 < x < -40.0 for x in late)
    assert max(late) - min(late) < 1.5


def test_an_endless_echo_of_a_single_note_sinks_into_the_background_and_stays() -> None:
    send = _ping(120.0)
    out = _run(Echo(RATE), send, (20_000, 1.0, ECHO_AMOUNTS["infinite"].wet))
    peaks = [_db(np.max(np.abs(out[:, k * 20_000 : (k + 1) * 20_000]))) for k in range(1, 250)]
    assert max(peaks) < peaks[0] + 0.5
    assert peaks[0] - 15.0 < peaks[5] < peaks[0] - 2.0
    assert -42.0 < min(peaks[60:]) < max(peaks[60:]) < -24.0


def test_an_endless_echo_of_silence_is_silent() -> None:
    out = _run(Echo(RATE), _silence(20.0), (9_000, 1.0, 1.0))
    assert not np.any(out)


def test_an_endless_tail_ends_once_the_feedback_falls() -> None:
    echo = Echo(RATE)
    _run(echo, _ping(3.0), (9_000, 1.0, 0.4))
    out = _run(echo, _silence(12.0), (9_000, 0.5, 0.4))
    assert not np.any(out[:, -RATE:])
    assert not echo.active


def _sine(seconds: float, hz: float) -> Audio:
    send = _silence(seconds)
    send[:] = 0.2 * np.sin(2.0 * math.pi * hz * np.arange(send.shape[1]) / RATE)
    return send


def test_a_moved_delay_neither_clicks_nor_detunes() -> None:
    # From 60 to 120 bpm in two seconds, then a jump back.
    send = _sine(9.0, 440.0)
    ticks = np.arange(send.shape[1] // TICK + 1) * TICK / RATE
    delay = np.where(ticks < 6.0, np.interp(ticks, [2.0, 4.0], [33_075.0, 16_537.0]), 33_075.0)
    controls = np.stack((delay, np.full_like(delay, 0.5), np.full_like(delay, 1.0)), 1).astype(np.float32)
    out = _run(Echo(RATE), send, controls)[0, RATE:].astype(np.float64)
    # A click would stand out in the second difference, which for the sine alone is w² times the amplitude.
    assert np.max(np.abs(np.diff(out, 2))) < 1.2 * (2.0 * math.pi * 440.0 / RATE) ** 2 * np.max(np.abs(out))
    moving = out[RATE : 3 * RATE]
    power = np.abs(np.fft.rfft(moving * np.hanning(moving.size))) ** 2
    hz = np.fft.rfftfreq(moving.size, 1.0 / RATE)
    assert hz[np.argmax(power)] == pytest.approx(440.0, abs=2.0)


def test_feedback_and_wet_ramp_without_steps() -> None:
    send = _sine(3.0, 220.0)
    n_ticks = send.shape[1] // TICK
    controls = np.tile(np.array([8_000.0, 0.3, 0.0], np.float32), (n_ticks + 1, 1))
    controls[1_000:, 1:] = [0.8, 1.0]
    out = _run(Echo(RATE), send, controls)[0].astype(np.float64)
    # The steepest thing is the ramp itself, over one tick.
    assert np.max(np.abs(np.diff(out))) < 0.02


def test_each_repeat_is_duller_than_the_one_before() -> None:
    send = _silence(1.0)
    send[:, 0] = 1.0
    out = _run(Echo(RATE), send, (6_000, 0.9, 1.0))
    highs = []
    for k in (1, 2, 3, 4, 5):
        spectrum = np.abs(np.fft.rfft(out[(k - 1) % 2, k * 6_000 - 500 : k * 6_000 + 500]))
        hz = np.fft.rfftfreq(1_000, 1.0 / RATE)
        highs.append(_db(spectrum[np.argmin(abs(hz - 8_000))] / spectrum[np.argmin(abs(hz - 1_000))]))
    assert np.diff(highs) == pytest.approx([-4.7] * 4, abs=1.0)
