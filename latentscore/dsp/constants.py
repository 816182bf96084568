"""Single-precision constants of the kernels: numba infers a global at once, but a call of `np.float32` slowly."""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.ticks import TICK

ZERO: Final = np.float32(0.0)
HALF: Final = np.float32(0.5)
ONE: Final = np.float32(1.0)
TWO: Final = np.float32(2.0)
TICK_FRAMES: Final = np.float32(TICK)
PER_TICK: Final = np.float32(1.0 / TICK)
