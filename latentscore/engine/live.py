"""The live engine: endless mastered music that is steered and crossfaded while it is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from latentscore.config.model import MusicConfig
from latentscore.dsp.ticks import TICK, n_ticks
from latentscore.engine.deck import Deck
from latentscore.engine.fades import Fade
from latentscore.engine.master import Master
from latentscore.engine.performer import MAX_TICKS
from latentscore.engine.sides import interleaved
from latentscore.events import LAYERS

HURRY_S: Final = 0.25
"""A crossfade that another one waits for ends within this time."""
HEAD_START_S: Final = 4.0
"""How long a deck has played unheard when it comes in."""
_FADER_S: Final = 0.02
_GLANCE_TICKS: Final = 16
"""A line that is waited for is looked up so often: steers of the tempo move it."""
_REGISTER: Final = ("register_min_oct", "register_max_oct")


class Steer(NamedTuple):
    """Turn the newest music to another config."""

    config: MusicConfig
    n_ticks: int


class Crossfade(NamedTuple):
    """Let other music come in while the newest goes."""

    deck: Deck
    n_ticks: int


Change = Steer | Crossfade


class Notice(NamedTuple):
    """Something that happened at a frame of the output."""

    kind: str
    """`transition_start`, `transition_end`, or `superseded`: a change that gave way to a later one."""
    frame: int
    change: Change


class _Waiting(NamedTuple):
    change: Change
    fields: dict[str, Any]
    """Of a steer: what it changes, whatever else has changed by then."""
    tick: int | None
    """When it is due; None: as soon as the line is known."""
    unit: str
    asked: int
    """The tick at which it was asked for."""


class _Side(NamedTuple):
    deck: Deck
    fade: Fade
    """By which it comes in."""


class LiveEngine:
    """Decks behind one master, read in pieces of any size.

    What is read depends on what was asked for at which frame, never on the sizes of the pieces.

    Args:
        deck: What plays first.
        sample_rate: 44100 or 48000 frames per second.
    """

    def __init__(self, deck: Deck, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self.frame = 0
        """Frames read so far."""
        self.notices: list[Notice] = []
        """What happened since someone last emptied this."""
        self._tick = 0
        self._sides = [_Side(deck, Fade(1.0))]
        self._master = Master(sample_rate)
        self._ready = np.zeros((2, 0), dtype=np.float32)
        self._skip = self._master.latency_frames
        self._next: Crossfade | None = None
        self._quantised: list[_Waiting] = []
        self._ends: list[tuple[int, Change]] = []
        self._faders: dict[str, float] = dict.fromkeys(LAYERS, 1.0)

    @property
    def target(self) -> MusicConfig:
        """The config that plays, or that is on its way: updates apply to it."""
        if self._coming:
            return self._coming.deck.config
        config = self._sides[-1].deck.config
        for waiting in self._quantised:
            config = config.model_copy(update=waiting.fields)
        return config

    @property
    def seed(self) -> int:
        """The seed of the newest music."""
        return self._sides[-1].deck.performer.seed

    @property
    def ahead_frames(self) -> int:
        """How far from the next frame to be read the first one lies that a change made now can alter."""
        return self._tick * TICK - self._master.latency_frames - self.frame

    @property
    def is_fading(self) -> bool:
        """Whether a crossfade is under way."""
        return not self._sides[-1].fade.is_full(self._tick)

    def ticks(self, seconds: float) -> int:
        """Return how many ticks last about `seconds`."""
        return round(seconds * self.sample_rate / TICK)

    def submit(self, change: Change, unit: str | None = None) -> None:
        """Carry a change out from the next tick on, or from the next `"beat"` or `"bar"` line.

        A crossfade takes the place of the one that waits, and without a line of all that waits for one. Music that
        is still to come in is steered before it does.
        """
        if isinstance(change, Steer) and self._coming:
            self._coming.deck.steer(change.config, 1)
            self._begin(change)
            return
        if isinstance(change, Crossfade):
            self._drop([one for one in self._quantised if unit is None or isinstance(one.change, Crossfade)])
        waiting = _Waiting(change, self._fields(change), None, unit or "", self._tick)
        if unit is not None:
            self._quantised.append(waiting)
        else:
            self._carry_out(waiting)

    def set_fader(self, layer: str, gain: float) -> None:
        """Send a layer's fader to a linear gain. While a fader is off its place the leveller holds still."""
        self._faders[layer] = gain
        for side in self._sides:
            side.deck.performer.set_fader(layer, gain, self.ticks(_FADER_S))
        self._master.hold(any(value != 1.0 for value in self._faders.values()))

    def read(self, n_frames: int) -> NDArray[np.float32]:
        """Return the next `n_frames` of mastered stereo, float32 (n_frames, 2)."""
        pieces, available = [self._ready], self._ready.shape[1]
        while available < n_frames:
            piece = self._block(n_frames - available)
            pieces.append(piece)
            available += piece.shape[1]
        joined = np.concatenate(pieces, axis=1)
        self._ready = joined[:, n_frames:]
        self.frame += n_frames
        return interleaved(joined[:, :n_frames])

    def _block(self, wanted: int) -> NDArray[np.float32]:
        self._settle()
        ticks = min(n_ticks(wanted + self._skip), MAX_TICKS, *self._limits())
        premaster, trim = self._mix(ticks)
        self._tick += ticks
        self._master.process(premaster, trim, premaster)
        skipped = min(self._skip, ticks * TICK)
        self._skip -= skipped
        return premaster[:, skipped:]

    def _limits(self) -> Iterator[int]:
        """Yield after how many ticks something is due."""
        for side in self._sides:
            yield side.deck.due
        if self.is_fading:
            yield self._sides[-1].fade.ends - self._tick
        for waiting in self._quantised:
            # looked up always at the same ticks
            yield _GLANCE_TICKS - self._tick % _GLANCE_TICKS
            if waiting.tick is not None:
                yield waiting.tick - self._tick
        for tick, _ in self._ends:
            yield tick - self._tick

    def _settle(self) -> None:
        """Carry out what is due at this tick."""
        for tick, change in self._ends:
            if tick <= self._tick:
                self._note("transition_end", change)
        self._ends = [end for end in self._ends if end[0] > self._tick]
        self._sides = [side for side in self._sides if not side.deck.is_gone]
        if self._next and not self.is_fading:
            change, self._next = self._next, None
            self._crossfade(change)
        for k, waiting in enumerate(self._quantised):
            if waiting.tick is None or self._tick % _GLANCE_TICKS == 0:
                line = self._sides[-1].deck.boundary(self._tick, waiting.asked, waiting.unit)
                self._quantised[k] = waiting._replace(tick=line)
        due = [one for one in self._quantised if one.tick is not None and one.tick <= self._tick]
        self._quantised = [one for one in self._quantised if one not in due]
        for waiting in due:
            if isinstance(waiting.change, Crossfade):
                self._drop(self._quantised)
            self._carry_out(waiting)

    def _mix(self, ticks: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the decks' sum, fresh, and the trim that the master must still apply."""
        alone = len(self._sides) == 1 and self._sides[0].fade.is_full(self._tick)
        total = np.zeros((2, 0), dtype=np.float32)
        for side in self._sides:
            played = side.deck.process(ticks)
            if alone:
                return played.audio, played.trim
            _scale(played.audio, played.trim * side.fade.gains(self._tick, ticks))
            total = played.audio if total.shape[1] == 0 else np.add(total, played.audio, out=total)
        return total, np.ones(ticks + 1, dtype=np.float32)

    @property
    def _coming(self) -> Crossfade | None:
        """The newest crossfade that waits: for its line, or for the end of the one under way."""
        waiting = [one.change for one in self._quantised if isinstance(one.change, Crossfade)]
        return waiting[-1] if waiting else self._next

    def _fields(self, change: Change) -> dict[str, Any]:
        """Return what a steer changes of the target. Bounds of the register go together: one alone might not fit."""
        if isinstance(change, Crossfade):
            return {}
        target, config = self.target, change.config
        names = [name for name in type(config).model_fields if getattr(config, name) != getattr(target, name)]
        both = _REGISTER if set(_REGISTER).intersection(names) else ()
        return {name: getattr(config, name) for name in (*names, *both)}

    def _drop(self, given_up: list[_Waiting]) -> None:
        for one in given_up:
            self._note("superseded", one.change)
        self._quantised = [one for one in self._quantised if one not in given_up]

    def _carry_out(self, due: _Waiting) -> None:
        if isinstance(due.change, Crossfade):
            self._crossfade(due.change)
            return
        deck = self._sides[-1].deck
        deck.steer(deck.config.model_copy(update=due.fields), due.change.n_ticks)
        self._begin(due.change)

    def _crossfade(self, change: Crossfade) -> None:
        """Begin, or wait until the crossfade under way is over, which is hurried."""
        if not self.is_fading:
            leaving = self._sides[-1].deck
            leaving.leave(change.n_ticks)
            fade = Fade(0.0)
            fade.move(1.0, self._tick, max(1, change.n_ticks))
            for layer, gain in self._faders.items():
                change.deck.performer.set_fader(layer, gain, 1)
            self._sides.append(_Side(change.deck, fade))
            self._begin(change)
            return
        if self._next:
            self._note("superseded", self._next)
        self._next = change
        hurry = self.ticks(HURRY_S)
        self._sides[-1].fade.shorten(self._tick, hurry)
        for side in self._sides[:-1]:
            if not side.deck.performer.has_left:
                side.deck.hurry(hurry)
        newest = self._sides[-1]
        self._ends = [
            (min(tick, newest.fade.ends), one) if isinstance(one, Crossfade) else (tick, one)
            for tick, one in self._ends
        ]

    def _begin(self, change: Change) -> None:
        self._note("transition_start", change)
        self._ends.append((self._tick + max(1, change.n_ticks), change))

    def _note(self, kind: str, change: Change) -> None:
        self.notices.append(Notice(kind, max(0, self._tick * TICK - self._master.latency_frames), change))


def _scale(audio: NDArray[np.float32], gains: NDArray[np.float32]) -> None:
    """Multiply (2, n) in place by gains at the tick boundaries, ramped in between."""
    if np.all(gains == gains[0]):
        audio *= gains[0]
        return
    step = (gains[1:] - gains[:-1])[:, None] * (np.arange(TICK, dtype=np.float32) / np.float32(TICK))
    audio *= (gains[:-1, None] + step).ravel()
