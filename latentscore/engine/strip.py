"""A channel strip: the state and settings around the strip kernel, for one layer or for the effects' returns."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from latentscore.dsp import strip as kernel

_HINGE_HZ: Final = 900.0  # where the brightness tilt turns

Block = NDArray[np.float32]


class Strip:
    """Grain, tilt, level, pan and width of one bus.

    Args:
        sample_rate: Frames per second.
        spread_s: Delay behind the width that is made from the mid; unlike for every bus, so that their combs do
            not add up.
    """

    def __init__(self, sample_rate: int, spread_s: float) -> None:
        self._state = np.zeros(kernel.STATE_SIZE, dtype=np.float32)
        self._hinge = np.float32(1.0 - np.exp(-2.0 * np.pi * _HINGE_HZ / sample_rate))
        self._spread_delay = round(spread_s * sample_rate)

    def process(
        self, first_frame: int, controls: Block, bus: Block, echo_send: Block, reverb_send: Block
    ) -> None:
        """Process `bus` (2, n) in place and add to the sends; controls as in `latentscore.dsp.strip`."""
        kernel.strip(
            self._state,
            first_frame,
            controls,
            self._hinge,
            self._spread_delay,
            bus[0],
            bus[1],
            echo_send[0],
            echo_send[1],
            reverb_send[0],
            reverb_send[1],
        )
