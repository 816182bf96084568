"""What every effect is: its protocol, its controls and the check of the blocks that it is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from latentscore.dsp.ticks import TICK
from latentscore.errors import invalid

Frames = NDArray[np.float32]


@dataclass(frozen=True)
class Control:
    """One column of an effect's controls, given at tick boundaries. Values outside the range are clamped."""

    name: str
    low: float
    high: float
    default: float


class SendEffect(Protocol):
    """An effect on a send: it adds its wet signal to what is in `out`."""

    @property
    def active(self) -> bool:
        """False once nothing is left of its tail: with a silent send it may then be skipped."""
        ...

    def process(self, send: Frames, controls: Frames, out: Frames) -> None:
        """Process whole ticks.

        Args:
            send: float32 of shape (2, n), n a multiple of TICK.
            controls: float32 of shape (n // TICK + 1, number of controls): values at the tick boundaries.
            out: float32 of shape (2, n), added to.
        """
        ...

    def reset(self) -> None:
        """Forget everything, as if new."""
        ...


class InsertEffect(Protocol):
    """An effect in a chain: it changes the audio in place."""

    @property
    def active(self) -> bool:
        """False once nothing is left of its tail."""
        ...

    def process(self, audio: Frames, controls: Frames) -> None:
        """Process whole ticks in place; shapes as in `SendEffect.process`."""
        ...

    def reset(self) -> None:
        """Forget everything, as if new."""
        ...


def check_block(audio: Frames, controls: NDArray[Any], n_controls: int) -> int:
    """Return the number of ticks of a block. Raises `InvalidConfigError` if the shapes do not fit."""
    n_channels, n_frames = audio.shape
    n_ticks = n_frames // TICK
    if n_channels != 2 or n_frames % TICK:
        raise invalid("audio", audio.shape, f"of shape (2, a multiple of {TICK})")
    if controls.shape != (n_ticks + 1, n_controls):
        raise invalid("controls", controls.shape, f"of shape {(n_ticks + 1, n_controls)}")
    return n_ticks


def check_sample_rate(sample_rate: int) -> int:
    """Return a usable sample rate. Raises `InvalidConfigError`."""
    if not 8_000 <= sample_rate <= 192_000:
        raise invalid("sample_rate", sample_rate, "from 8000 to 192000")
    return sample_rate
