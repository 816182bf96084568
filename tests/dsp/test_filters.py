"""The filters of woven ticks and their coefficients against closed forms and single frames."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from latentscore.dsp.filters import (
    MAX_ANGLE,
    N_DESIGN,
    exp2,
    pole_carry,
    pole_play,
    pole_rehearse,
    prewarped,
    svf_carry,
    svf_design,
    svf_play,
    svf_rehearse,
)
from latentscore.dsp.jit import kernel
from latentscore.dsp.ticks import TICK
from latentscore.dsp.weave import BLOCK, unwoven, woven

RATE = 44100


@kernel
def _run(design: Any, x: Any, out: Any) -> None:
    """Filter woven ticks; the filter's is the third of four designs in a row."""
    z1 = z2 = np.float32(0.0)
    for tick in range(out.shape[0] // TICK):
        for e in range(TICK):
            x[e] = out[tick * TICK + e]
        svf_rehearse(x, design, 4, 2)
        z1, z2 = svf_carry(x, design, 4, 2, z1, z2)
        svf_play(x, design, 4, 2)
        for e in range(TICK):
            out[tick * TICK + e] = x[e]


@kernel
def _smooth(x: Any, ends: Any, rate: Any, state: Any) -> Any:
    pole_rehearse(x, rate, ends)
    state = pole_carry(ends, rate, state)
    pole_play(x, rate, ends, x)
    return state


@pytest.mark.parametrize("rate", [0.001, 0.12, 0.9, 1.0])
def test_the_one_pole_is_that_of_single_frames(rate: float) -> None:
    x = np.random.default_rng(1).normal(size=3 * TICK)
    state, wanted = 0.3, []
    for value in x:
        state += rate * (value - state)
        wanted.append(state)
    found, memory = [], np.float32(0.3)
    for tick in range(3):
        part = woven(x[tick * TICK : (tick + 1) * TICK].astype(np.float32))
        memory = _smooth(part, np.zeros(BLOCK, np.float32), np.float32(rate), memory)
        found.append(unwoven(part))
    assert np.concatenate(found) == pytest.approx(np.array(wanted), abs=2e-6)
    assert float(memory) == pytest.approx(wanted[-1], abs=2e-6)


def response(angle: float, damp: float, out_x: float, out_band: float, out_low: float) -> Any:
    """The impulse response, 2 to the 15th frames."""
    design = np.zeros(4 * N_DESIGN, dtype=np.float32)
    svf_design(design, 4, 2, prewarped(np.float32(angle)), *map(np.float32, (damp, out_x, out_band, out_low)))
    out = np.zeros(1 << 15, dtype=np.float32)
    out[0] = 1.0
    _run(design, np.zeros(TICK + 2 * BLOCK, dtype=np.float32), out)
    return unwoven(out)


@pytest.mark.parametrize("cutoff_hz", [100.0, 1000.0, 8000.0])
@pytest.mark.parametrize("resonance", [0.6, 4.0])
def test_the_response_is_that_of_the_analogue_filter(cutoff_hz: float, resonance: float) -> None:
    """The trapezoidal rule maps s to j·tan(pi f / rate) / g: nothing else may differ."""
    angle = np.pi * cutoff_hz / RATE
    band, low = (
        response(angle, 1.0 / resonance, 0.0, 1.0, 0.0),
        response(angle, 1.0 / resonance, 0.0, 0.0, 1.0),
    )
    high = response(angle, 1.0 / resonance, 1.0, -1.0 / resonance, -1.0)
    hertz = np.fft.rfftfreq(band.size, 1.0 / RATE)[1:-1]
    s = 1j * np.tan(np.pi * hertz / RATE) / np.tan(angle)
    below = 1.0 / (s * s + s / resonance + 1.0)
    heard = hertz < 18_000.0
    assert np.abs(np.fft.rfft(low)[1:-1] - below)[heard].max() < 0.01 * resonance
    assert np.abs(np.fft.rfft(band)[1:-1] - s * below)[heard].max() < 0.01 * resonance
    assert np.abs(np.fft.rfft(high)[1:-1] - s * s * below)[heard].max() < 0.01 * resonance


def test_the_filter_is_stable_at_its_limits() -> None:
    for angle in (1e-5, 0.5, 10.0):
        low = response(angle, 0.02, 0.0, 0.0, 1.0)
        assert np.isfinite(low).all()
        assert np.abs(low).max() < 60.0


def test_coefficients() -> None:
    for angle in np.linspace(0.001, 0.95, 40):
        assert float(prewarped(np.float32(angle))) == pytest.approx(np.tan(angle), rel=1e-3)
    assert float(prewarped(np.float32(3.0))) == float(prewarped(np.float32(MAX_ANGLE)))
    for octaves in np.linspace(-8.0, 8.0, 60):
        assert float(exp2(np.float32(octaves))) == pytest.approx(2.0**octaves, rel=1e-4)
