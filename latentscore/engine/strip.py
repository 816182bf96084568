"""A channel strip: the state and settings around the strip kernel, for one layer."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from latentscore.dsp import strip as kernel

_HINGE_HZ: Final = 900.0  # where the brightness tilt turns

Block = NDArray[np.float32]


class Buses(NamedTuple):
    """Where the layers go, each float32 (2, n), added to."""

    echo: Block
    reverb: Block
    total: Block


class Strip:
    """Grain, tilt, level, pan and width of one layer.

    Args:
        sample_rate: Frames per second.
        spread_s: Delay behind the width that is made from the mid; unlike for every layer, so that their combs
            do not add up.
    """

    def __init__(self, sample_rate: int, spread_s: float) -> None:
        self._state = np.zeros(kernel.STATE_SIZE, dtype=np.float32)
        self._hinge = np.float32(1.0 - np.exp(-2.0 * np.pi * _HINGE_HZ / sample_rate))
        self._spread_delay = round(spread_s * sample_rate)

    def process(self, first_frame: int, controls: Block, woven: Block, stem: Block, buses: Buses) -> None:
        """Process the woven ticks of a layer into its `stem` and the buses, each (2, n).

        Controls are as in `latentscore.dsp.strip`; `woven` is used up.
        """
        kernel.strip(
            self._state,
            first_frame,
            controls,
            self._hinge,
            self._spread_delay,
            woven[0],
            woven[1],
            stem[0],
            stem[1],
            buses.echo[0],
            buses.echo[1],
            buses.reverb[0],
            buses.reverb[1],
            buses.total[0],
            buses.total[1],
        )
