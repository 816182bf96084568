"""The echo: repeats in tempo that bounce from left to right, from a single one to a tail that never ends."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np

from latentscore.dsp.delay import line_span, new_lines
from latentscore.dsp.echo import N_MARKS, N_STATE, QUIET, ROW, echo, loop_coefficients
from latentscore.dsp.ticks import TICK
from latentscore.effects.effect import Control, Frames, check_block, check_sample_rate


class EchoAmount(NamedTuple):
    """What a label of the field `echo` means."""

    n_repeats: float
    """Repeats above -24 dB of the send, in the middle of the spectrum."""
    feedback: float
    """Level of each repeat, relative to the one before; at 1 the tail holds itself at a quiet level."""
    wet: float
    """Level of the first repeat, relative to the send."""


ECHO_AMOUNTS: Final[Mapping[str, EchoAmount]] = MappingProxyType(
    {
        "none": EchoAmount(0, 0.0, 0.0),
        "subtle": EchoAmount(1, 0.16, 0.28),
        "medium": EchoAmount(3, 0.46, 0.36),
        "heavy": EchoAmount(6, 0.70, 0.44),
        "infinite": EchoAmount(float("inf"), 1.0, 0.44),
    }
)

MAX_DELAY_S: Final = 2.5
_LOW_CUT_HZ: Final = 50.0
_HIGH_CUT_S: Final = 28e-6
"""Each repeat loses 1 dB at 5 kHz, 5 dB at 8 kHz."""
_FAR_SIDE: Final = 0.25
"""Share of a repeat on the other side: not quite hard left and right, which tires on headphones."""


class Echo:
    """Ping-pong echo: the first repeat is on the left, and each next one on the other side, a little duller.

    A changed delay is crossfaded, not glided to: the repeats stay in tune while the tempo moves. Delays are
    rounded to whole frames (11 µs), so that repeats lose nothing to interpolation.

    Args:
        sample_rate: Frames per second.
    """

    CONTROLS: Final = (
        Control("delay_frames", TICK, MAX_DELAY_S * 44_100, 22_050.0),
        Control("feedback", 0.0, 1.0, 0.46),
        Control("wet", 0.0, 1.0, 0.36),
    )

    def __init__(self, sample_rate: int) -> None:
        check_sample_rate(sample_rate)
        longest = round(MAX_DELAY_S * sample_rate)
        span = line_span(longest)
        self._limits = np.array([span, longest, span // TICK + 1], np.int64)
        self._coefficients = loop_coefficients(sample_rate, _LOW_CUT_HZ, _HIGH_CUT_S)
        self._lines = new_lines(2, span)
        self._rows = np.zeros((6, ROW), np.float32)
        self._marks = np.zeros(N_MARKS, np.int64)
        self._state = np.zeros(N_STATE, np.float32)
        self.reset()

    @property
    def active(self) -> bool:
        """False once the tail is over; an endless one never is."""
        return bool(self._marks[QUIET] < self._limits[2])

    def reset(self) -> None:
        """Forget everything, as if new."""
        self._lines[:] = 0.0
        self._marks[:] = 0
        self._marks[QUIET] = self._limits[2]
        self._state[:] = 0.0

    def process(self, send: Frames, controls: Frames, out: Frames) -> None:
        """Add the echo of `send` (2, n) to `out` (2, n).

        Args:
            send: float32, n a multiple of TICK.
            controls: float32 (n // TICK + 1, 3) at tick boundaries: delay in frames (1.6 ms to 2.5 s),
                feedback in [0, 1], wet gain.
            out: float32, added to.
        """
        check_block(send, controls, 3)
        if not (self.active or send.any()):
            return
        echo(
            send[0],
            send[1],
            out[0],
            out[1],
            controls,
            self._limits,
            np.float32(_FAR_SIDE),
            self._coefficients,
            self._lines,
            self._rows,
            self._marks,
            self._state,
        )
