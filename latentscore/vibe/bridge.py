"""The one bridge from threads to coroutines: an event loop in a thread of its own, started on first use.

Models are asked there, so that connections live longer than one call, and so that it does not matter whether the
calling thread runs an event loop of its own.
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import threading
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeVar

from latentscore.errors import LLMInferenceError, StreamStateError

T = TypeVar("T")

_POLL_S: Final = 0.2  # how often a waiting thread looks up, so that Ctrl-C reaches it on Windows too
_CLOSE_S: Final = 2.0

_given_up: ContextVar[threading.Event | None] = ContextVar("given_up", default=None)
_lock = threading.Lock()
_before_close: list[Callable[[], Coroutine[Any, Any, object]]] = []
_loop: asyncio.AbstractEventLoop | None = None
_thread: threading.Thread | None = None


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in the model loop and wait for its result. From any thread, one that runs a loop too.

    If the wait is interrupted (Ctrl-C), the coroutine is cancelled.

    Raises:
        LLMInferenceError: Given up, see `giving_up_on`.
        StreamStateError: Called from within the model loop: a model's `generate` may await, but not block on another.
    """
    if _in_model_loop():
        coroutine.close()
        raise StreamStateError(
            "a model's async generate must not wait for another model; await arender instead"
        )
    future = asyncio.run_coroutine_threadsafe(coroutine, _running_loop())
    try:
        while not future.done():
            concurrent.futures.wait([future], timeout=_POLL_S)
            if (given_up := _given_up.get()) is not None and given_up.is_set():
                raise LLMInferenceError("nobody waits for the model's answer any more")
    except BaseException:
        future.cancel()
        raise
    return future.result()


@contextmanager
def giving_up_on(given_up: threading.Event) -> Generator[None]:
    """Within it `run` cancels its coroutine soon after another thread has set `given_up`."""
    token = _given_up.set(given_up)
    try:
        yield
    finally:
        _given_up.reset(token)


async def run_in_model_loop(coroutine: Coroutine[Any, Any, T]) -> T:
    """Await a coroutine that runs in the model loop. Cancelling the caller cancels it."""
    if _in_model_loop():
        return await coroutine
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, _running_loop()))


def before_close(function: Callable[[], Coroutine[Any, Any, object]]) -> None:
    """Have a coroutine function called once at the end of the process, when no model is asked any more."""
    with _lock:
        if function not in _before_close:
            _before_close.append(function)
        _close_at_exit()


def _in_model_loop() -> bool:
    return _thread is not None and threading.current_thread() is _thread


def _running_loop() -> asyncio.AbstractEventLoop:
    global _loop, _thread
    with _lock:
        # A forked process has the objects of its parent, but not the thread.
        if _loop is None or _thread is None or not _thread.is_alive():
            _loop = asyncio.new_event_loop()
            _thread = threading.Thread(target=_loop.run_forever, name="latentscore-models", daemon=True)
            _thread.start()
            _close_at_exit()
        return _loop


def _close_at_exit() -> None:
    atexit.unregister(_close)
    atexit.register(_close)


def _close() -> None:
    """Cancel what still runs, so that no connection is dropped without a word, and stop the loop."""
    loop, thread = _loop, _thread
    if loop is None or thread is None or not thread.is_alive():
        if _before_close:
            asyncio.run(_cancel_all())
        return
    closing = asyncio.run_coroutine_threadsafe(_cancel_all(), loop)
    concurrent.futures.wait([closing], timeout=_CLOSE_S)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(_CLOSE_S)
    if not loop.is_running():
        loop.close()


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, *(function() for function in _before_close), return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
