"""Grain: saturation and folding of one sample, anti-aliased."""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.constants import HALF, ONE
from latentscore.dsp.jit import helper
from latentscore.dsp.oscillators import sine, wrap

F32 = np.float32
_INV_TWO_PI: Final = F32(0.5 / np.pi)


@helper
def fold(x, previous, drive):  # type: ignore[no-untyped-def]
    """Fold `x` with `sin(drive * x) / drive`, averaged over the step from the sample before.

    First-order antiderivative anti-aliasing (Parker, Zavalishin, Le Bivic 2016, "Reducing the aliasing of
    nonlinear waveshaping using continuous-time convolution"). For a sine shaper the mean over the step has a
    closed form, `sin(k·mid) · sinc(k·step / 2) / k`, which never cancels. A small drive is tape-like
    saturation (a third harmonic), a large one folds.
    """
    middle = HALF * (x + previous) * drive
    half = HALF * (x - previous) * drive
    h2 = min(half * half, F32(6.0))
    sinc = ONE + h2 * (F32(-1.0 / 6.0) + h2 * (F32(1.0 / 120.0) - h2 * F32(1.0 / 5040.0)))
    return sine(wrap(middle * _INV_TWO_PI)) * sinc / drive
