"""From seconds and decibels to the coefficients of the lanes."""

from __future__ import annotations

import math
from typing import Final

from latentscore.dsp.ticks import TICK

TAU_TO_90: Final = 2.97
"""Time constants until a squared one-pole rise has reached 90 %."""
TAU_PER_60_DB: Final = 3.454
"""Time constants in which a squared one-pole falls by 60 dB."""
FOREVER: Final = 1e9
"""A hold, in frames, that never ends."""


def gain(db: float) -> float:
    """Return the amplitude of a level in decibels."""
    return 10.0 ** (db / 20.0)


def rise_oct(attack_s: float, sample_rate: int) -> float:
    """Return the octaves a frame, negative, by which a rise to 90 % in `attack_s` comes nearer to its end."""
    return -TAU_TO_90 / (math.log(2.0) * max(attack_s, 0.0003) * sample_rate)


def fall_co(time_s: float, sample_rate: int) -> float:
    """Return the coefficient a tick of a decay or release by 60 dB in `time_s`."""
    return 1.0 - math.exp(-TICK * TAU_PER_60_DB / (max(time_s, 0.004) * sample_rate))


def glide_co(time_s: float, sample_rate: int) -> float:
    """Return the coefficient a tick of a one-pole that has gone 90 % of its way in `time_s`."""
    return 1.0 - math.exp(-TICK * 2.3026 / (max(time_s, 0.001) * sample_rate))


def fade_oct(t60_s: float, sample_rate: int) -> float:
    """Return the octaves a frame, negative, of an amplitude that falls by 60 dB in `t60_s`."""
    return -math.log2(1000.0) / (max(t60_s, 0.002) * sample_rate)


def makeup(attack_s: float, t60_s: float) -> float:
    """Return the gain that restores the peak of a decaying sound whose attack is slow, at most 9 dB."""
    rise, fall = attack_s / TAU_TO_90, t60_s / 6.9078
    # The peak of (1 - exp(-t / rise))² · exp(-t / fall) lies where exp(-t / rise) = rise / (rise + 2 fall).
    left = rise / (rise + 2.0 * fall)
    peak = (1.0 - left) ** 2 * left ** (rise / fall)
    return min(1.0 / peak, 2.82)
