"""The chorus: wide, moving, as loud as before, safe in mono, and exactly dry at mix 0."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from latentscore.dsp.ticks import TICK
from latentscore.effects.chorus import Chorus

RATE = 44_100
Audio = NDArray[np.float32]


def _run(audio: Audio, controls: tuple[float, float] | Audio) -> Audio:
    out = audio.copy()
    if isinstance(controls, tuple):
        controls = np.tile(np.array(controls, np.float32), (audio.shape[1] // TICK + 1, 1))
    Chorus(RATE).process(out, controls)
    return out


def _pink(seconds: float) -> Audio:
    n = round(seconds * RATE) // TICK * TICK
    rng = np.random.default_rng(3)
    hz = np.fft.rfftfreq(n, 1.0 / RATE)
    spectrum = (rng.normal(size=hz.size) + 1j * rng.normal(size=hz.size)) / np.sqrt(np.maximum(hz, 20.0))
    noise = np.fft.irfft(spectrum, n)
    return np.tile((0.1 * noise / noise.std()).astype(np.float32), (2, 1))


def _db(x: Audio) -> float:
    return 10.0 * math.log10(float(np.mean(x.astype(np.float64) ** 2)))


def test_mix_0_is_exactly_dry() -> None:
    audio = _pink(1.0)
    np.testing.assert_array_equal(_run(audio, (1.0, 0.0)), audio)


@pytest.mark.parametrize("mix", [0.3, 0.6, 1.0])
def test_it_widens_and_keeps_the_level_in_stereo_and_mono(mix: float) -> None:
    audio = _pink(12.0)
    out = _run(audio, (1.0, mix))
    middle, side = out.mean(axis=0), (out[0] - out[1]) / 2.0
    assert _db(out[0]) == pytest.approx(_db(audio), abs=1.0)
    assert _db(out[1]) == pytest.approx(_db(out[0]), abs=0.3)
    assert _db(middle) > _db(out[0]) - 1.0
    assert _db(side) > _db(middle) - 25.0


def test_voices_drift_by_cents_not_more() -> None:
    n = 8 * RATE // TICK * TICK
    audio = np.tile((0.2 * np.sin(2.0 * math.pi * 1_000.0 * np.arange(n) / RATE)).astype(np.float32), (2, 1))
    out = _run(audio, (1.0, 1.0))[0]
    power = np.abs(np.fft.rfft(out * np.blackman(n))) ** 2
    cents = 1_200.0 * np.abs(np.log2(np.maximum(np.fft.rfftfreq(n, 1.0 / RATE), 1.0) / 1_000.0))
    total = np.sum(power)
    assert np.sum(power[cents > 20.0]) < 1e-3 * total
    assert np.sum(power[cents > 1.0]) > 1e-2 * total
    # No clicks: nothing far from the sine.
    assert np.max(power[cents > 1_200.0]) < 1e-8 * np.max(power)


def test_a_jump_of_the_depth_is_spread() -> None:
    n = 2 * RATE // TICK * TICK
    audio = np.tile((0.2 * np.sin(2.0 * math.pi * 300.0 * np.arange(n) / RATE)).astype(np.float32), (2, 1))
    controls = np.tile(np.array([0.0, 1.0], np.float32), (n // TICK + 1, 1))
    controls[500:, 0] = 1.0
    out = _run(audio, controls)[:, 2_000:].astype(np.float64)
    assert np.max(np.abs(out)) < 0.34
    assert np.max(np.abs(np.diff(out, 2))) < 1.3 * (2.0 * math.pi * 300.0 / RATE) ** 2 * 0.34
