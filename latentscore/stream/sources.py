"""Sources: any iterable, sync or async, is asked for one item at a time and never holds up who asks.

A sync source runs in a thread of its own. An async one runs in the caller's event loop, or without one in a loop of
its own thread. This is the only place where the two worlds of a stream meet.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from typing import Any, Final, Protocol, TypeAlias, cast

from latentscore.errors import StreamStateError, invalid

Items: TypeAlias = Iterable[Any] | AsyncIterable[Any]

_POLL_S: Final = 0.2  # how often a waiting thread looks up, so that Ctrl-C reaches it on Windows too


class End:
    """The source is exhausted."""


class Failed:
    """The source raised.

    Args:
        error: What it raised.
    """

    def __init__(self, error: BaseException) -> None:
        self.error = error


NOTHING: Final = object()
"""The answer of a source while the item is not there; None is an answer like another."""


class Source(Protocol):
    """Asked for one item at a time."""

    def ask(self) -> None:
        """Ask for the next item; returns at once."""
        ...

    def poll(self) -> object:
        """Return the item that was asked for, `End` or `Failed`; `NOTHING` while it is not there."""
        ...

    def wait(self) -> object:
        """Return the item that was asked for, `End` or `Failed`, once it is there."""
        ...

    def close(self) -> None:
        """Ask for nothing more, and let the generator clean up."""
        ...

    async def aclose(self) -> None:
        """As `close`, from the event loop of an async source: its generator is closed on return."""
        ...


def source_of(items: object, loop: asyncio.AbstractEventLoop | None = None) -> Source:
    """Return a source of items.

    Args:
        items: Any iterable or async iterable.
        loop: The running loop of the caller, in which an async source is to run.

    Raises:
        InvalidConfigError: Something that can't be iterated, or a lone text.
    """
    if isinstance(items, AsyncIterable):
        return _AsyncSource(cast(AsyncIterable[Any], items), loop)
    if isinstance(items, (str, bytes)) or not isinstance(items, Iterable):
        raise invalid("items", items, "an iterable or async iterable of items")
    return _SyncSource(cast(Iterable[Any], items))


class _Arrivals:
    """Where answers are put, from whatever thread, and taken by the one that asked."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._closed = threading.Event()

    @property
    def is_closed(self) -> bool:
        return self._closed.is_set()

    def put(self, answer: object) -> None:
        self._queue.put(answer)

    def poll(self) -> object:
        try:
            return self._queue.get_nowait()
        except queue.Empty:
            return NOTHING

    def wait(self) -> object:
        while not self.is_closed:
            try:
                return self._queue.get(timeout=_POLL_S)
            except queue.Empty:
                continue
        return End()

    def close(self) -> None:
        self._closed.set()
        self._queue.put(End())


class _SyncSource:
    """Pulls a sync iterable in a thread. A `next()` that blocks for ever can't be stopped; it is left behind."""

    def __init__(self, items: Iterable[Any]) -> None:
        self._items = items
        self._arrivals = _Arrivals()
        self._asked: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()  # it may be closed by another thread than the one that asks
        self.poll, self.wait = self._arrivals.poll, self._arrivals.wait

    def ask(self) -> None:
        with self._lock:
            if self._arrivals.is_closed:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._pull, name="latentscore-source", daemon=True)
                self._thread.start()
            self._asked.put(True)

    def close(self) -> None:
        with self._lock:
            if self._arrivals.is_closed:
                return
            self._arrivals.close()
            self._asked.put(False)
        if self._thread is None:
            _close(self._items)
        elif self._thread is not threading.current_thread():
            self._thread.join(_POLL_S)

    async def aclose(self) -> None:
        self.close()

    def _pull(self) -> None:
        iterator: Iterator[Any] | None = None
        try:
            iterator = iter(self._items)
            while self._asked.get():
                self._arrivals.put(next(iterator))
        except StopIteration:
            self._arrivals.put(End())
        except BaseException as error:  # whatever a stranger's generator raises reaches the caller
            self._arrivals.put(_failure(error))
        finally:
            _close(iterator)


def _failure(error: BaseException) -> Failed:
    """Answer with what a source raised. `sys.exit()` in a thread would go unheard, and the stream wait for ever."""
    if isinstance(error, Exception):
        return Failed(error)
    gave_up = StreamStateError(f"the source gave up: {error!r}")
    gave_up.__cause__ = error
    return Failed(gave_up)


def _close(iterator: object) -> None:
    close = getattr(iterator, "close", None)
    if callable(close) and hasattr(iterator, "gi_frame"):  # generators only: files and the like are not ours
        close()


class _AsyncSource:
    """Pulls an async iterable in an event loop."""

    def __init__(self, items: AsyncIterable[Any], loop: asyncio.AbstractEventLoop | None) -> None:
        self._items = items
        self._loop = loop
        self._owns_loop = loop is None
        self._lock = threading.Lock()  # it may be closed by another thread than the one that asks
        self._iterator: AsyncIterator[Any] | None = None
        self._arrivals = _Arrivals()
        self._thread: threading.Thread | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self.poll, self.wait = self._arrivals.poll, self._arrivals.wait

    def ask(self) -> None:
        with self._lock:
            if self._arrivals.is_closed:
                return
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._run, name="latentscore-source", daemon=True)
                self._thread.start()
            self._loop.call_soon_threadsafe(self._start)

    def close(self) -> None:
        with self._lock:
            if self._arrivals.is_closed:
                return
            self._arrivals.close()
            if self._loop is None or self._loop.is_closed():
                return
            self._loop.call_soon_threadsafe(self._end)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(5.0)

    async def aclose(self) -> None:
        if self._owns_loop:
            await asyncio.to_thread(self.close)
            return
        self._arrivals.close()
        await asyncio.shield(self._ended())

    def _run(self) -> None:
        assert self._loop is not None
        try:
            self._loop.run_forever()
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    def _start(self) -> None:
        assert self._loop is not None
        if not self._arrivals.is_closed:
            self._task = self._loop.create_task(self._pull())

    def _end(self) -> None:
        """Within the loop: cancel what runs, close the generator, and stop the loop if it is ours."""
        closing = self._ended()
        if self._owns_loop:
            closing.add_done_callback(lambda _: cast(asyncio.AbstractEventLoop, self._loop).stop())

    def _ended(self) -> asyncio.Task[None]:
        """Return the task that cancels what runs and closes the generator: one, whoever asks for it first."""
        if self._closing is None:
            assert self._loop is not None
            self._closing = self._loop.create_task(self._cancel())
        return self._closing

    async def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        close = getattr(self._iterator, "aclose", None)
        if close is not None:
            await close()

    async def _pull(self) -> None:
        try:
            if self._iterator is None:
                self._iterator = aiter(self._items)
            self._arrivals.put(await anext(self._iterator))
        except (StopAsyncIteration, asyncio.CancelledError):
            self._arrivals.put(End())
        except BaseException as error:  # whatever a stranger's generator raises reaches the caller
            self._arrivals.put(_failure(error))
