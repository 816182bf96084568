"""The conductor: takes items from a source, one ahead, and has each played when its time has come.

Times are those of the music. The transition into an item ends when the time of the item before it is up; an item
that is late begins when it arrives, and its time counts from the end of its transition.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from latentscore.config.model import MusicConfig
from latentscore.config.update import MusicConfigUpdate
from latentscore.engine.edges import default_fade_out_s
from latentscore.engine.warmup import warm_if_cold
from latentscore.errors import InvalidConfigError, StreamStateError
from latentscore.stream.events import Teller, UnderWay
from latentscore.stream.items import ITEM_S, Entry, entry_of
from latentscore.stream.performing import begin, go_over
from latentscore.stream.resolving import Background, Ready, Refused, Resolver
from latentscore.stream.room import Room
from latentscore.stream.sources import NOTHING, End, Failed, Source
from latentscore.stream.terms import Terms

KNOWN_AHEAD_S: Final = 10.0
"""So long before an item's time is up the next one must be known, where the music need not keep to a clock. A longer
transition from a generator begins then, and is shortened."""
INFINITY: Final = float("inf")
BLOCK: Final = 512
"""Frames after which a conductor that keeps to a clock looks for news."""

Frames = NDArray[np.float32]


class Conductor:
    """Plays a source's items.

    Args:
        source: Of items.
        room: That plays.
        resolver: That turns items into what can be played.
        teller: To whom events are told.
        terms: Of the stream.
        paced: Whether a clock paces the music: then nothing is waited for once it has begun.
        known: Whether the source answers at once, as a list does.
        n_frames: Where it ends at the latest; None leaves that to the source.
    """

    def __init__(
        self,
        source: Source,
        room: Room,
        resolver: Resolver,
        teller: Teller,
        terms: Terms,
        *,
        paced: bool = False,
        known: bool = False,
        n_frames: int | None = None,
    ) -> None:
        self._source = source
        self._room = room
        self._resolver = resolver
        self._teller = teller
        self._terms = terms
        self._paced = paced
        self._ahead_s = INFINITY if known else max(KNOWN_AHEAD_S, terms.transition_s)
        self._limit = n_frames
        self._background = Background("latentscore-resolver")
        self._closed = threading.Event()
        self._resolved: deque[Ready | Refused] = deque()
        self._n_items = 0
        self._coming: Entry | None = None
        self._next: Ready | None = None
        self._is_last = False
        self._error: BaseException | None = None
        self._bare = False
        self._up_s = 0.0
        self._first_config: MusicConfig | None = None
        self._under_way = UnderWay(teller)

    @property
    def config(self) -> MusicConfig | None:
        """What was played, if it was one config from beginning to end."""
        return self._first_config

    @property
    def time_s(self) -> float:
        """Seconds of music so far."""
        return self._room.frame / self._room.sample_rate

    def read(self, n_frames: int) -> Frames:
        """Return the next frames, (n,) or (n, 2): fewer only at the end.

        Raises:
            StreamStateError: The source has no item at all.
            Exception: Whatever the source raised, or an item that could not be resolved, after the audio due.
        """
        pieces: list[Frames] = []
        left = n_frames
        while left > 0 and not self._room.is_over and not self._closed.is_set():
            if not self._room.has_begun:
                self._begin()
            n = min(left, self._look(BLOCK if self._paced else left), self._room.sample_rate)
            if n > 0:
                pieces.append(self._room.read(n))
                left -= len(pieces[-1])
                self._under_way.tell(self._room)
        if not pieces and self._error is not None:
            raise self._error
        if self._room.is_over:
            self._teller.tell_once("stream_end")
        if not pieces:
            return np.zeros((0,) if self._room.channels == 1 else (0, 2), dtype=np.float32)
        self._teller.tell_once("first_audio_chunk", time_s=0.0)
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    @property
    def failure(self) -> BaseException | None:
        """What the next `read` will raise, if the last block was the end because something went wrong."""
        return self._error if self._room.is_over else None

    def close(self) -> None:
        """Ask for nothing more. A block that another thread reads ends within a second of music."""
        self._closed.set()
        self._resolver.close()
        self._source.close()
        self._background.close()

    def fade_out(self, seconds: float) -> None:
        """End the music within `seconds`."""
        if self._room.has_begun:
            self._room.end_at(self._room.frame + round(seconds * self._room.sample_rate), seconds)

    # Asking and resolving

    def _begin(self) -> None:
        """Wait for the first item, and start."""
        warm_if_cold()
        self._teller.tell_once("stream_start")
        self._source.ask()
        entry = self._entry(self._source.wait())
        if entry is not None:
            self._settle(self._resolver.resolve(entry))
        if self._next is None:
            raise self._error or StreamStateError("the source has no item; it must give at least one")
        ready, self._next = self._next, None
        begin(self._room, ready, self._terms.base_seed)
        self._first_config = self._room.target
        self._teller.tell_once("first_config_ready", ready.entry, config=self._room.target)
        self._hold(ready.entry, 0.0)
        if self._limit is not None:
            self._room.end_at(self._limit, default_fade_out_s(self._limit / self._room.sample_rate))
        self._source.ask()

    def _entry(self, answer: object) -> Entry | None:
        """Return what the source answered as an entry; None where it is over."""
        if isinstance(answer, End):
            self._is_last = True
            return None
        if isinstance(answer, Failed):
            self._fail(answer.error)
            return None
        self._n_items += 1
        try:
            return entry_of(answer, self._n_items - 1, self._terms.duration_s)
        except InvalidConfigError as error:
            self._refuse(error)
            return None

    def _refuse(self, error: InvalidConfigError) -> None:
        """Answer something that is no item: it counts as a failure, or under `keep_last` is passed over."""
        if self._terms.fallback != "keep_last" or not self._room.has_begun:
            self._fail(error)
            return
        self._teller.tell("error", error=error)
        self._teller.tell("fallback_used", message=f"the music goes on as it is, since {error}")
        self._source.ask()

    def _settle(self, outcome: Ready | Refused) -> None:
        if isinstance(outcome, Refused):
            self._fail(outcome.error)
        else:
            self._next = outcome

    def _fail(self, error: BaseException) -> None:
        """Raise after the audio that is due; under `keep_last` the music goes on."""
        self._teller.tell("error", error=error)
        self._is_last = True
        if self._terms.fallback != "keep_last" or not self._room.has_begun:
            self._error = error
            return
        self._teller.tell("fallback_used", message=f"the music goes on as it is, since {error!r}")
        if self._paced:
            self._up_s = INFINITY

    # What is due

    def _look(self, most: int) -> int:
        """Do what is due at this frame, and return how many frames may be read before the next look."""
        if self._paced:
            self._poll()
        elif self._next is None and self._coming is None and not self._is_last:
            asked = self._frames(max(self._up_s - self._ahead_s, 0.0))
            if self._limit is not None and asked >= self._limit:
                return most
            if self._room.frame < asked:
                return min(most, asked - self._room.frame)
            while self._coming is None and not self._is_last:
                self._coming = self._entry(self._source.wait())
        coming = self._next.entry if self._next is not None else self._coming
        if coming is not None:
            begins = self._begins(coming)
            if self._room.frame < begins:
                return min(most, begins - self._room.frame)
            self._take_turn(coming)
            return most if self._paced else 0
        return self._finish(most) if self._is_last else most

    def _take_turn(self, coming: Entry) -> None:
        """Play the item whose time has come, resolved now if it has not been."""
        if self._next is None:
            self._coming = None
            self._settle(self._resolver.resolve(coming))
        if self._next is not None:
            ready, self._next = self._next, None
            self._play(ready)

    def _poll(self) -> None:
        """Look for news without waiting."""
        if self._resolved and self._next is None:
            self._settle(self._resolved.popleft())
        if self._is_last or self._next is not None:
            return
        answer = self._source.poll()
        entry = None if answer is NOTHING else self._entry(answer)
        if entry is None:
            return
        if isinstance(entry.content, MusicConfigUpdate):
            self._settle(self._resolver.resolve(entry))  # nothing to wait for
        else:
            self._background.submit(lambda: self._resolved.append(self._resolver.resolve(entry)))

    def _begins(self, entry: Entry) -> int:
        """Return the frame at which the transition into an item is to begin."""
        after_bare = self._bare and self._paced
        if entry.when == "now" or (after_bare and entry.when is None):
            return self._room.frame
        return self._frames(max(0.0, self._up_s - self._transition_s(entry)))

    def _transition_s(self, entry: Entry) -> float:
        return self._terms.transition_s if entry.transition_s is None else entry.transition_s

    def _play(self, ready: Ready) -> None:
        transition_s = self._transition_s(ready.entry)
        on_time = self._room.frame == self._frames(self._up_s - transition_s)
        left_s = self._up_s - self.time_s
        if not on_time and not self._paced and 0.0 < left_s < transition_s:
            on_time, transition_s = True, left_s
            self._teller.tell(
                "transition_shortened", ready.entry, message=f"to the {left_s:g} s that are left"
            )
        try:
            change = go_over(self._room, ready, transition_s, ready.entry.quantize)
        except InvalidConfigError as error:  # an update that the config which plays by now does not take
            self._refuse(error)
            return
        if change is not None:
            self._first_config = None
            self._under_way.add(change, ready.entry)
        self._hold(ready.entry, self._up_s if on_time else self.time_s + transition_s)
        self._source.ask()

    def _hold(self, entry: Entry, from_s: float) -> None:
        """Let an item hold for its time."""
        self._bare = entry.duration_s is None
        self._up_s = from_s + (ITEM_S if entry.duration_s is None else entry.duration_s)

    def _finish(self, most: int) -> int:
        """Play out the last item's time; then end, or raise what went wrong."""
        if self._up_s == INFINITY:
            return most
        at, frame = self._frames(self._up_s), self._room.frame
        if self._error is not None:
            left = 0 if self._bare and self._paced else at - frame
            if left <= 0:
                self._room.end_at(frame, 0.0)
            return max(0, min(most, left))
        fade_s = default_fade_out_s(self._up_s)
        if self._room.end is None:
            self._room.end_at(max(at, frame + self._frames(fade_s)) if self._paced else at, fade_s)
        return most

    def _frames(self, seconds: float) -> int:
        return round(seconds * self._room.sample_rate)
