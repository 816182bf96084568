"""How far ahead to render: as little as the machine allows, more after trouble."""

from __future__ import annotations

import math
from typing import Final

MAX_LOOK_AHEAD_S: Final = 2.0
_COVER: Final = 1.5
"""The look-ahead bridges so many times the render time of a slow block."""
_BUSY: Final = 0.5
"""Above this share of real time rendering is close to its limit: the look-ahead doubles each second."""
_HALF_LIFE_S: Final = 20.0
"""When all goes well, the look-ahead halves within so many seconds of music: twice as many after each gap, so that
what makes gaps now and then soon makes no more."""
_LOAD_MEMORY_S: Final = 1.0


class LookAhead:
    """The seconds to hold ready, moved by every rendered block.

    Args:
        least_s: Where it begins, and what it never falls below.
    """

    def __init__(self, least_s: float) -> None:
        self._least_s = least_s
        self._half_life_s = _HALF_LIFE_S
        self._load: float | None = None
        self.seconds = least_s
        self.late_blocks = 0
        """Blocks that took longer to render than they last."""

    @property
    def headroom(self) -> float:
        """How many times faster than real time the last second was rendered; inf before the first block."""
        return 1.0 / self._load if self._load else math.inf

    def rendered(self, block_s: float, render_s: float, ran_dry: bool = False) -> None:
        """Take note of a block of `block_s` seconds that took `render_s`, and whether the device had to wait for it."""
        load = render_s / block_s
        if self._load is None:
            self._load = load
        self._load += (load - self._load) * -math.expm1(-block_s / _LOAD_MEMORY_S)
        self.late_blocks += load > 1.0
        if ran_dry:
            self._half_life_s *= 2.0
            change = 2.0
        else:
            change = 2.0**block_s if self._load > _BUSY else 0.5 ** (block_s / self._half_life_s)
        seconds = max(self.seconds * change, _COVER * render_s, self._least_s)
        self.seconds = min(seconds, max(self._least_s, MAX_LOOK_AHEAD_S))
