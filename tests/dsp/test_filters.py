"""The state-variable filter and its coefficients against closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from latentscore.dsp.filters import MAX_ANGLE, exp2, prewarped, svf_step
from latentscore.dsp.jit import kernel

RATE = 44100


@kernel
def _run(g: Any, damp: Any, band: Any, low: Any) -> None:
    z1 = np.float32(0.0)
    z2 = np.float32(0.0)
    x = np.float32(1.0)
    for i in range(band.shape[0]):
        b, p, z1, z2 = svf_step(x, z1, z2, g, damp)
        band[i] = b
        low[i] = p
        x = np.float32(0.0)


@pytest.mark.parametrize("cutoff_hz", [100.0, 1000.0, 8000.0])
@pytest.mark.parametrize("resonance", [0.6, 4.0])
def test_the_response_is_that_of_the_analogue_filter(cutoff_hz: float, resonance: float) -> None:
    """The trapezoidal rule maps s to j·tan(pi f / rate) / g: nothing else may differ."""
    angle = np.pi * cutoff_hz / RATE
    g, damp = prewarped(np.float32(angle)), np.float32(1.0 / resonance)
    band, low = np.zeros(1 << 15, dtype=np.float32), np.zeros(1 << 15, dtype=np.float32)
    _run(g, damp, band, low)
    hertz = np.fft.rfftfreq(band.size, 1.0 / RATE)[1:-1]
    s = 1j * np.tan(np.pi * hertz / RATE) / np.tan(angle)
    below = 1.0 / (s * s + s / resonance + 1.0)
    heard = hertz < 18_000.0
    assert np.abs(np.fft.rfft(low)[1:-1] - below)[heard].max() < 0.01 * resonance
    assert np.abs(np.fft.rfft(band)[1:-1] - s * below)[heard].max() < 0.01 * resonance


def test_the_filter_is_stable_at_its_limits() -> None:
    band, low = np.zeros(4096, dtype=np.float32), np.zeros(4096, dtype=np.float32)
    for angle in (1e-5, 0.5, 10.0):
        _run(prewarped(np.float32(angle)), np.float32(0.02), band, low)
        assert np.isfinite(low).all()
        assert np.abs(low).max() < 60.0


def test_coefficients() -> None:
    for angle in np.linspace(0.001, 0.95, 40):
        assert float(prewarped(np.float32(angle))) == pytest.approx(np.tan(angle), rel=1e-3)
    assert float(prewarped(np.float32(3.0))) == float(prewarped(np.float32(MAX_ANGLE)))
    for octaves in np.linspace(-8.0, 8.0, 60):
        assert float(exp2(np.float32(octaves))) == pytest.approx(2.0**octaves, rel=1e-4)
