"""Resolving: items become something the room can play, here or in the background, with fallbacks."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, cast

from latentscore.config.model import MusicConfig
from latentscore.config.update import MusicConfigUpdate
from latentscore.engine.deck import Deck
from latentscore.errors import LatentScoreError, LLMInferenceError
from latentscore.stream.events import Teller
from latentscore.stream.items import Entry, StreamFallback
from latentscore.stream.room import Room
from latentscore.stream.terms import Terms
from latentscore.vibe import bridge
from latentscore.vibe.breaker import Breaker
from latentscore.vibe.content import Content, Fallback, Resolved, resolve
from latentscore.vibe.models import name_of, warm_up


@dataclass(frozen=True)
class Ready:
    """An item that can be played.

    Attributes:
        entry: The item.
        update: A change of what plays; then there is nothing else.
        found: What its content came to.
        deck: Music made ready to come in, where the content is sure to crossfade.
        keeps: It could not be resolved, and the music is to go on as it is.
    """

    entry: Entry
    update: MusicConfigUpdate | None = None
    found: Resolved | None = None
    deck: Deck | None = None
    keeps: bool = False


@dataclass(frozen=True)
class Refused:
    """An item that could not be resolved, and has no fallback."""

    entry: Entry
    error: Exception


class Resolver:
    """Turns entries into what can be played.

    Args:
        terms: Of the stream.
        room: In which decks are made.
        teller: To whom events are told.
        known: What items came to before, by number; what is resolved is added. None remembers nothing.
    """

    def __init__(
        self, terms: Terms, room: Room, teller: Teller, known: dict[int, Resolved] | None = None
    ) -> None:
        self._terms = terms
        self._room = room
        self._teller = teller
        self._breaker = Breaker()
        self._known = known
        self._is_loaded = False
        self._given_up = threading.Event()

    def close(self) -> None:
        """Wait for no model any more: what is being resolved is refused."""
        self._given_up.set()

    def resolve(self, entry: Entry) -> Ready | Refused:
        """Resolve one item. It takes as long as the model does."""
        if isinstance(entry.content, MusicConfigUpdate):
            return Ready(entry, update=entry.content)
        fallback = self._terms.fallback if entry.fallback is None else entry.fallback
        self._teller.tell("item_resolve_start", entry)
        try:
            with bridge.giving_up_on(self._given_up):
                found = self._known_or_asked(entry, fallback)
        except LatentScoreError as error:
            if self._given_up.is_set():
                return Refused(entry, error)
            self._teller.tell("item_resolve_error", entry, error=error)
            return self._fall_back(entry, fallback, error)
        self._teller.tell(
            "item_resolve_success",
            entry,
            config=found.config,
            match=found.match,
            metadata=found.metadata,
        )
        if found.fallback_used is not None:
            self._teller.tell("fallback_used", entry, config=found.config, message=str(found.fallback_used))
        return self._ready(entry, found)

    def _known_or_asked(self, entry: Entry, fallback: StreamFallback) -> Resolved:
        if self._known is None:
            return self._ask(entry, fallback)
        if entry.number not in self._known:
            self._known[entry.number] = self._ask(entry, fallback)
        return self._known[entry.number]

    def _ready(self, entry: Entry, found: Resolved) -> Ready:
        sure = not isinstance(entry.content, MusicConfig) or not self._room.steers(found.config)
        return Ready(entry, found=found, deck=self._room.deck(found.config, found.seed) if sure else None)

    def _ask(self, entry: Entry, fallback: StreamFallback) -> Resolved:
        content = cast(Content, entry.content)
        asks_model = isinstance(content, (str, Mapping))
        own = fallback if fallback == "embedding" or isinstance(fallback, MusicConfig) else None
        if asks_model and not self._breaker.allows():
            model = name_of(self._terms.model)
            error = LLMInferenceError(f"{model} failed several times in a row and is not asked for a while")
            if own is None:
                raise error
            config = own if isinstance(own, MusicConfig) else None
            instead = resolve(content, model="fast", config=config, seed=self._terms.seed)
            kind = "embedding" if config is None else "config"
            return replace(instead, fallback_used=Fallback(kind, model, error))
        if asks_model and not self._is_loaded:
            self._load(entry)
        try:
            found = resolve(content, model=self._terms.model, seed=self._terms.seed, fallback=own)
        except LatentScoreError:
            if asks_model:
                self._breaker.failed()
            raise
        if asks_model:
            (self._breaker.failed if found.fallback_used else self._breaker.succeeded)()
        return found

    def _load(self, entry: Entry) -> None:
        """Have the model ready before it is asked for the first time."""
        self._is_loaded = True
        self._teller.tell("model_load_start", entry, message=name_of(self._terms.model))
        with contextlib.suppress(
            LatentScoreError
        ):  # reading the text raises it again, and follows the fallback
            bridge.run(warm_up(self._terms.model))
        self._teller.tell("model_load_end", entry, message=name_of(self._terms.model))

    def _fall_back(self, entry: Entry, fallback: StreamFallback, error: LatentScoreError) -> Ready | Refused:
        if fallback == "keep_last" and self._room.has_begun:
            self._teller.tell("fallback_used", entry, message=f"the music goes on as it is, since {error}")
            return Ready(entry, keeps=True)
        if isinstance(fallback, MusicConfigUpdate):
            self._teller.tell("fallback_used", entry, message=f"the fallback update is played, since {error}")
            return Ready(entry, update=fallback)
        if isinstance(fallback, MusicConfig):
            seed = self._terms.base_seed
            self._teller.tell("fallback_used", entry, config=fallback, message=f"since {error}")
            return self._ready(entry, Resolved(fallback, seed))
        return Refused(entry, error)


class Background:
    """Runs calls one after another in a thread of its own, which ends when nothing is left to do for a while.

    Args:
        name: Of the thread.
    """

    _IDLE_S: Final = 1.0

    def __init__(self, name: str) -> None:
        self._name = name
        self._calls: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def submit(self, call: Callable[[], object]) -> None:
        """Run `call` once those before it are done. It must not raise."""
        with self._lock:
            self._calls.put(call)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Drop what waits, and let the thread end after what it does now."""
        with self._lock:
            while not self._calls.empty():
                self._calls.get_nowait()
            self._calls.put(None)
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(0.2)

    def _run(self) -> None:
        while True:
            try:
                call = self._calls.get(timeout=self._IDLE_S)
            except queue.Empty:
                call = None
            if call is not None:
                call()
                continue
            with self._lock:
                if self._calls.empty():
                    self._thread = None
                    return
