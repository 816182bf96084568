"""Telling: events of a stream go to its hooks, and into a record of the latest."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Final

from latentscore.engine.live import Change
from latentscore.hooks import StreamEvent, StreamHooks
from latentscore.stream.items import Entry
from latentscore.stream.room import Room

_REMEMBERED: Final = 1000


class Teller:
    """Tells events.

    Args:
        hooks: Whom to tell; None tells nobody.
        now: Returns the seconds of music so far.
    """

    def __init__(self, hooks: StreamHooks | None, now: Callable[[], float]) -> None:
        self._hooks = hooks
        self._now = now
        self._events: deque[StreamEvent] = deque(maxlen=_REMEMBERED)
        self._told: set[str] = set()

    @property
    def events(self) -> tuple[StreamEvent, ...]:
        """The latest events, the newest last; at most 1000 are remembered."""
        return tuple(self._events)

    def tell(
        self, kind: str, entry: Entry | None = None, *, time_s: float | None = None, **more: Any
    ) -> None:
        """Tell that something of `kind` happened, now or at `time_s`."""
        event = StreamEvent(
            kind=kind,
            time_s=self._now() if time_s is None else time_s,
            item=None if entry is None else entry.number,
            label="" if entry is None else entry.label,
            **more,
        )
        self._events.append(event)
        if self._hooks is not None:
            self._hooks.tell(event)

    def tell_once(self, kind: str, entry: Entry | None = None, **more: Any) -> None:
        """Tell it the first time only."""
        if kind not in self._told:
            self._told.add(kind)
            self.tell(kind, entry, **more)


class UnderWay:
    """Whose changes are under way, so that it can be told what becomes of them.

    Args:
        teller: Tells it.
    """

    def __init__(self, teller: Teller) -> None:
        self._teller = teller
        self._changes: list[tuple[Change, Entry]] = []

    def add(self, change: Change, entry: Entry) -> None:
        """Remember which item a change comes from."""
        self._changes.append((change, entry))

    def tell(self, room: Room) -> None:
        """Tell what happened in the room since the last call."""
        for notice in room.notices():
            entry = next((entry for change, entry in self._changes if change is notice.change), None)
            kind = "item_superseded" if notice.kind == "superseded" else notice.kind
            self._teller.tell(kind, entry, time_s=notice.frame / room.sample_rate)
            if kind != "transition_start":
                self._changes = [one for one in self._changes if one[0] is not notice.change]
