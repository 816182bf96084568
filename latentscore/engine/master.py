"""The master: the last link of every chain. DC blocker, trim, slow leveller and true-peak limiter."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from latentscore.dsp import leveller, limiter
from latentscore.dsp.ticks import TICK
from latentscore.errors import invalid

TARGET_LUFS: Final = -16.0
CEILING_DBTP: Final = -1.0

_GUARD_DB: Final = 0.4
"""The interpolated peaks miss a little of the true ones, most near the top of the spectrum."""
_GATE_LUFS: Final = -45.0
_LEVELLER_S: Final = 10.0
_LEVELLER_RANGE_DB: Final = 3.0
_DC_HZ: Final = 10.0
_FAST_RELEASE_S, _SLOW_RELEASE_S, _BUSY_S = 0.08, 0.2, 0.4


class Master:
    """Makes a pre-master mix loud, level and safe; one for a whole stream, its state carried on.

    Args:
        sample_rate: Frames per second.
    """

    latency_frames: Final = limiter.LATENCY
    """The output is this many frames late. To flush, process that many frames of silence."""

    def __init__(self, sample_rate: int) -> None:
        self._coefficients = leveller.leveller_coefficients(
            sample_rate,
            target_lufs=TARGET_LUFS,
            gate_lufs=_GATE_LUFS,
            time_s=_LEVELLER_S,
            range_db=_LEVELLER_RANGE_DB,
            dc_hz=_DC_HZ,
        )
        self._rates = self._coefficients[[leveller.LEVEL_RATE, leveller.RETURN_RATE]].copy()
        self._settings = limiter.limiter_settings(
            sample_rate,
            ceiling_db=CEILING_DBTP - _GUARD_DB,
            fast_s=_FAST_RELEASE_S,
            slow_s=_SLOW_RELEASE_S,
            busy_s=_BUSY_S,
        )
        self._taps = limiter.interpolator()
        self._low = np.zeros(2, np.float32)
        self._level = np.zeros(leveller.N_STATE, np.float64)
        self._ticks = np.zeros((2, TICK), np.float32)
        self._delayed = np.zeros((2, limiter.LATENCY + TICK), np.float32)
        self._limit = np.zeros(limiter.N_STATE, np.float32)
        self.reset()

    @property
    def gain_db(self) -> float:
        """The leveller's gain now, in decibels."""
        return 20.0 * float(np.log10(self._level[leveller.GAIN]))

    @property
    def reduction_db(self) -> float:
        """What the limiter takes off now, in decibels (0 or negative)."""
        return 20.0 * float(np.log10(self._limit[limiter.GAIN]))

    def reset(self) -> None:
        """Forget everything, as if new. The leveller starts as if the target had been reached."""
        self._low[:] = 0.0
        self._level[:] = 0.0
        self._level[leveller.LEVEL] = self._coefficients[leveller.TARGET]
        self._level[leveller.GAIN] = 1.0
        limiter.reset_limiter(self._delayed, self._limit)

    def hold(self, on: bool) -> None:
        """Keep the leveller's gain as it is, or let it follow the loudness again."""
        rates = [leveller.LEVEL_RATE, leveller.RETURN_RATE]
        self._coefficients[rates] = 0.0 if on else self._rates

    def process(
        self, premaster: NDArray[np.float32], trim: NDArray[np.float32], out: NDArray[np.float32]
    ) -> None:
        """Master whole ticks.

        Args:
            premaster: float32 (2, n), n a multiple of TICK.
            trim: float32 (n // TICK + 1,): linear gain at the tick boundaries.
            out: float32 (2, n), overwritten; it may be `premaster`.
        """
        n_frames = premaster.shape[1]
        if n_frames % TICK or trim.shape != (n_frames // TICK + 1,):
            raise invalid("trim", trim.shape, f"one value at each boundary of {n_frames} / {TICK} ticks")
        left, right = out[0], out[1]
        leveller.level(
            premaster[0],
            premaster[1],
            trim,
            left,
            right,
            self._coefficients,
            self._low,
            self._level,
            self._ticks,
        )
        limiter.limit(
            left,
            right,
            left,
            right,
            self._settings,
            self._taps,
            self._delayed,
            self._ticks,
            self._limit,
        )
