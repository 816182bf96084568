"""A deck: a performer with the trim that brings it to the common loudness, one side of a crossfade."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from latentscore.config.model import MusicConfig
from latentscore.dsp.ticks import TICK
from latentscore.engine.loudness_model import activities, trim_of
from latentscore.engine.performer import MAX_TICKS, Performer
from latentscore.engine.ramps import Ramps
from latentscore.score.foresight import ForeseeingComposer

_TRIM_S: Final = 1.0
"""After a steer the trim is predicted anew so often, since composing half a minute takes some milliseconds."""
_GUESS_TICKS: Final = 32
"""And guessed from what is known so often (46 ms), which takes a fraction of one."""
_LONGEST_TAIL_S: Final = 12.0
"""By then the longest reverb has fallen by 72 dB."""


class Played(NamedTuple):
    """A block of a deck."""

    audio: NDArray[np.float32]
    """float32 (2, n), before the trim; fresh."""
    trim: NDArray[np.float32]
    """float32 (n // TICK + 1,), linear gain at the tick boundaries."""


class Deck:
    """One config that plays, is steered, and leaves.

    Args:
        config: What to play.
        seed: Seed of every choice.
        sample_rate: 44100 or 48000 frames per second.
        head_start_s: Seconds that are played unheard, so that it comes in with voices and room sounding.
    """

    def __init__(
        self, config: MusicConfig, seed: int, sample_rate: int, *, head_start_s: float = 0.0
    ) -> None:
        self.performer = Performer(config, seed, sample_rate, steerable=True)
        self._activity = activities(ForeseeingComposer(config, seed, sample_rate))
        self._trim = Ramps({"trim": trim_of(config, self._activity)})
        self._trim_ticks = round(_TRIM_S * sample_rate / TICK)
        self._guesses_at: int | None = None
        self._guessed = -_GUESS_TICKS
        self._guess_ticks = 0
        self._predicts_at: int | None = None
        self._predicted = -self._trim_ticks
        self._tail_ends: int | None = None
        self.head_start_s = head_start_s
        left = round(head_start_s * sample_rate / TICK)
        while left > 0:
            left -= self.performer.process(min(left, MAX_TICKS)).shape[1] // TICK

    @property
    def config(self) -> MusicConfig:
        """What it plays, or is on its way to."""
        return self.performer.config

    @property
    def due(self) -> int:
        """How many ticks may be played in one call, because a change waits for its tick."""
        now = self.performer.tick
        changes = (self.performer.due, self._guesses_at, self._predicts_at, self._tail_ends)
        return min((at - now for at in changes if at is not None and at > now), default=MAX_TICKS)

    @property
    def is_gone(self) -> bool:
        """Whether it has left and its tail is over."""
        if self._tail_ends is None or not self.performer.has_left:
            return False
        return self.performer.tick >= self._tail_ends or not self.performer.rings

    def leave(self, n_ticks: int) -> None:
        """Fade out over `n_ticks`; echo and reverb ring out."""
        self.performer.leave(n_ticks)
        self._set_tail_end(n_ticks)

    def hurry(self, n_ticks: int) -> None:
        """Have left `n_ticks` from now."""
        self.performer.hurry(n_ticks)
        self._set_tail_end(n_ticks)

    def _set_tail_end(self, n_ticks: int) -> None:
        tail = round(_LONGEST_TAIL_S * self.performer.sample_rate / TICK)
        self._tail_ends = self.performer.tick + n_ticks + tail

    def steer(self, config: MusicConfig, n_ticks: int) -> None:
        """Turn to another config from the next tick on, over `n_ticks`, trim included."""
        now = self.performer.tick
        self.performer.steer(config, n_ticks)
        self._guess_ticks = n_ticks
        if self._guesses_at is None:
            self._guesses_at = max(now, self._guessed + _GUESS_TICKS)
        if self._predicts_at is None:
            self._predicts_at = max(now + _GUESS_TICKS, self._predicted + self._trim_ticks)

    def boundary(self, now: int, asked: int, unit: str) -> int | None:
        """Return where, on a clock that says `now`, the first `unit` line from `asked` on lies, if it is written."""
        own = self.performer.tick
        line = self.performer.boundary(own + asked - now, unit)
        return None if line is None else max(now, now + line - own)

    def process(self, n_ticks: int) -> Played:
        """Play the next ticks, at most `due`."""
        now = self.performer.tick
        if self._guesses_at == now:
            self._trim.move({"trim": trim_of(self.config, self._activity)}, now, self._guess_ticks)
            self._guesses_at, self._guessed = None, now
        if self._predicts_at == now:
            self._predict(now)
        audio = self.performer.process(n_ticks)
        return Played(audio, self._trim.block(now, n_ticks)["trim"])

    def _predict(self, now: int) -> None:
        """Predict the trim for what is composed since the last steer."""
        performer = self.performer
        self._activity = activities(ForeseeingComposer(self.config, performer.seed, performer.sample_rate))
        self._trim.move({"trim": trim_of(self.config, self._activity)}, now, self._trim_ticks)
        self._predicts_at, self._predicted = None, now
