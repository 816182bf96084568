"""The chorus: makes one pad sound like several, and wide, without harm to the mono sum."""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp import chorus as dsp
from latentscore.dsp.delay import line_span, new_lines
from latentscore.dsp.ticks import TICK
from latentscore.effects.effect import Control, Frames, check_block, check_sample_rate

_CENTRES_S: Final = ((0.0083, 0.0127), (0.0089, 0.0119))
_DEPTHS_S: Final = (0.0021, 0.0016)
_RATES_HZ: Final = ((0.31, 0.47), (0.37, 0.43))
_STARTS: Final = ((0.0, 0.6), (0.5, 0.1))
"""Of each side's two voices. The pitch of a voice strays by at most 11 cents."""


class Chorus:
    """Two drifting copies on each side, out of step with those of the other.

    Args:
        sample_rate: Frames per second.
    """

    CONTROLS: Final = (Control("depth", 0.0, 1.0, 0.6), Control("mix", 0.0, 1.0, 0.5))

    def __init__(self, sample_rate: int) -> None:
        check_sample_rate(sample_rate)
        rows = [
            (
                _CENTRES_S[s][k] * sample_rate,
                _DEPTHS_S[k] * sample_rate,
                _RATES_HZ[s][k] * TICK / sample_rate,
                _STARTS[s][k],
            )
            for s in range(2)
            for k in range(dsp.N_VOICES)
        ]
        self._voices = np.array(rows, np.float64)
        self._span = line_span(int(np.max(self._voices[:, dsp.CENTRE] + self._voices[:, dsp.DEPTH])) + 1)
        self._lines = new_lines(2, self._span)
        self._ticks = np.zeros((2, TICK), np.float32)
        self._marks = np.zeros(dsp.N_MARKS, np.int64)
        self._state = np.zeros(1, np.float32)
        self.reset()

    @property
    def active(self) -> bool:
        """False once the lines are silent."""
        return bool(self._marks[dsp.QUIET] * TICK < self._span)

    def reset(self) -> None:
        """Forget everything, as if new."""
        self._lines[:] = 0.0
        self._marks[:] = 0
        self._state[:] = 0.0
        self._marks[dsp.QUIET] = self._span

    def process(self, audio: Frames, controls: Frames) -> None:
        """Apply the chorus to `audio` (2, n) in place.

        Args:
            audio: float32, n a multiple of TICK.
            controls: float32 (n // TICK + 1, 2) at tick boundaries: depth and mix in [0, 1].
        """
        n_ticks = check_block(audio, controls, 2)
        if not (self.active or audio.any()):
            self._marks[dsp.CLOCK] += n_ticks
            return
        dsp.chorus(
            audio[0],
            audio[1],
            controls,
            self._span,
            self._voices,
            self._lines,
            self._ticks,
            self._marks,
            self._state,
        )
