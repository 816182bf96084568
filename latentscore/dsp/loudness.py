"""Loudness and true peak as ITU-R BS.1770-4 defines them, for measuring whole recordings."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

OFFSET_LUFS: Final = -0.691
"""So that a 997 Hz sine at 0 dBFS in one channel reads -3.01 LKFS."""

_BLOCK_S, _OVERLAP = 0.4, 4
_ABSOLUTE_GATE_LUFS, _RELATIVE_GATE_LU = -70.0, -10.0


def k_weighting(sample_rate: int) -> NDArray[np.float64]:
    """Return the K-weighting filter at any sample rate as two second-order sections, shape (2, 6).

    The standard tabulates coefficients at 48 kHz only. They come from an analog high shelf and an analog
    high-pass by the bilinear transform; the same analog filters are transformed here at `sample_rate`
    (B. De Man, "Evaluation of implementations of the EBU R128 loudness measurement", AES 2018).
    """
    shelf = math.tan(math.pi * 1681.974450955533 / sample_rate)
    shelf_q, high = 0.7071752369554196, 10.0 ** (3.999843853973347 / 20.0)
    middle = high**0.4996667741545416
    a0 = 1.0 + shelf / shelf_q + shelf**2
    pass_ = math.tan(math.pi * 38.13547087602444 / sample_rate)
    pass_q = 0.5003270373238773
    p0 = 1.0 + pass_ / pass_q + pass_**2
    return np.array(
        [
            [
                (high + middle * shelf / shelf_q + shelf**2) / a0,
                2.0 * (shelf**2 - high) / a0,
                (high - middle * shelf / shelf_q + shelf**2) / a0,
                1.0,
                2.0 * (shelf**2 - 1.0) / a0,
                (1.0 - shelf / shelf_q + shelf**2) / a0,
            ],
            # The standard leaves this numerator unscaled, which is part of its definition.
            [1.0, -2.0, 1.0, 1.0, 2.0 * (pass_**2 - 1.0) / p0, (1.0 - pass_ / pass_q + pass_**2) / p0],
        ]
    )


def power_to_lufs(power: float) -> float:
    """Return the loudness of a K-weighted mean square (summed over channels); -inf for silence."""
    return OFFSET_LUFS + 10.0 * math.log10(power) if power > 0.0 else -math.inf


def lufs_to_power(loudness_lufs: float) -> float:
    """Return the K-weighted mean square (summed over channels) that has this loudness."""
    return 10.0 ** ((loudness_lufs - OFFSET_LUFS) / 10.0)


def block_powers(
    samples: NDArray[Any], sample_rate: int, *, block_s: float = _BLOCK_S
) -> NDArray[np.float64]:
    """Return the K-weighted power of each block, overlapping by 75 %, summed over channels.

    Args:
        samples: Audio of shape (n,) or (n, 2), full scale 1.
        sample_rate: Frames per second.
        block_s: Length of a block: 0.4 s is *momentary*, 3 s *short-term* loudness.
    """
    from scipy.signal import sosfilt

    frames = np.atleast_2d(np.asarray(samples, np.float64).T)
    block = round(block_s * sample_rate)
    if frames.shape[1] < block:
        return np.zeros(0)
    weighted = np.asarray(sosfilt(k_weighting(sample_rate), frames, axis=-1), np.float64)
    squares = np.concatenate(([0.0], np.cumsum(np.sum(weighted**2, axis=0))))
    starts = np.arange(0, frames.shape[1] - block + 1, max(1, round(block / _OVERLAP)))
    return (squares[starts + block] - squares[starts]) / block


def integrated_loudness(samples: NDArray[Any], sample_rate: int) -> float:
    """Return the gated programme loudness in LUFS; -inf for silence, or for less than 0.4 s.

    Args:
        samples: Audio of shape (n,), counted as one channel, or (n, 2); full scale 1.
        sample_rate: Frames per second.
    """
    powers = block_powers(samples, sample_rate)
    loud = powers[powers > lufs_to_power(_ABSOLUTE_GATE_LUFS)]
    if not loud.size:
        return -math.inf
    gate = float(np.mean(loud)) * 10.0 ** (_RELATIVE_GATE_LU / 10.0)
    return power_to_lufs(float(np.mean(loud[loud > gate])))


def true_peak_db(samples: NDArray[Any], *, oversampling: int = 4) -> float:
    """Return the peak of the oversampled waveform in dBTP; -inf for silence.

    Args:
        samples: Audio of shape (n,) or (n, 2), full scale 1.
        oversampling: The standard asks for 4.
    """
    from scipy.signal import resample_poly

    dense = np.asarray(resample_poly(np.asarray(samples, np.float64), oversampling, 1, axis=0), np.float64)
    peak = float(np.max(np.abs(dense), initial=0.0))
    return 20.0 * math.log10(peak) if peak > 0.0 else -math.inf
