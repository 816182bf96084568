"""Streams in an event loop: the loop stays free, and cancelling anywhere frees generator, task and thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
from stream_kit import BUSY, CALM, RATE, Listed, joined, own_threads, settle

import latentscore as ls
from latentscore.errors import StreamStateError
from latentscore.stream.sources import NOTHING, Source, source_of

ITEM = ls.Streamable(CALM, duration=0.3, transition_duration=0.1)


class Fed:
    """An async generator of items that notes how it ended, and may wait for ever before its second one."""

    def __init__(self, waits: bool = False) -> None:
        self._waits = waits
        self.waiting = asyncio.Event()
        self.ended = False

    async def items(self) -> AsyncIterator[Any]:
        try:
            yield ITEM
            if self._waits:
                self.waiting.set()
                await asyncio.Event().wait()
            while True:
                await asyncio.sleep(0)
                yield ITEM
        finally:
            await asyncio.sleep(0)  # a clean-up may take its time
            self.ended = True


async def nothing_is_left(fed: Fed) -> None:
    """Fail unless generator, tasks and threads are gone."""
    assert fed.ended, "the generator was closed before the stream was"
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert await asyncio.to_thread(settle, lambda: not own_threads())


async def consume(chunks: AsyncIterator[Any], first: asyncio.Event | None = None) -> None:
    async for _ in chunks:
        if first is not None:
            first.set()


@pytest.mark.parametrize("moment", ["before the first block", "while it renders", "while the source waits"])
def test_cancelling_at_any_await_frees_everything(moment: str) -> None:
    async def run() -> None:
        fed = Fed(waits=moment == "while the source waits")
        seconds = 30.0 if moment == "before the first block" else 0.05
        first = asyncio.Event()
        chunks = ls.astream(fed.items(), chunk_seconds=seconds)
        task = asyncio.create_task(consume(chunks, first))
        if moment == "before the first block":
            await asyncio.sleep(0.05)
        elif moment == "while it renders":
            await first.wait()
        else:
            await fed.waiting.wait()
            await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await nothing_is_left(fed)

    asyncio.run(run())


def test_cancelled_between_blocks_and_closed_it_frees_everything() -> None:
    async def run() -> None:
        fed = Fed()
        chunks = ls.astream(fed.items(), chunk_seconds=0.05)
        await anext(chunks)
        await chunks.aclose()  # type: ignore[attr-defined]
        await nothing_is_left(fed)

    asyncio.run(run())


def test_cancelling_while_a_model_thinks_frees_everything() -> None:
    class Thinking(Listed):
        async def generate(self, vibe: str, /) -> ls.MusicConfig:
            self.asked.append(vibe)
            if vibe == "now":
                return CALM
            await asyncio.Event().wait()
            raise AssertionError

    async def run() -> None:
        model = Thinking()
        chunks = ls.astream(["now", "never"], duration=0.2, transition=0.1, chunk_seconds=0.05, model=model)
        task = asyncio.create_task(consume(chunks))
        while model.asked != ["now", "never"]:
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert await asyncio.to_thread(settle, lambda: not own_threads())

    asyncio.run(run())


def test_a_whole_stream_leaves_nothing_behind() -> None:
    async def run() -> None:
        fed = Fed()
        live = ls.live(fed.items(), chunk_seconds=0.1)
        heard = [block async for block in live.achunks(0.7)]
        assert len(joined(heard)) == round(0.7 * RATE)
        await nothing_is_left(fed)

    asyncio.run(run())


def test_the_loop_does_none_of_the_work() -> None:
    """What renders and resolves is another thread; the loop only waits."""
    threads: set[int] = set()
    hooks = ls.StreamHooks(on_event=lambda _: threads.add(threading.get_ident()))

    async def run() -> int:
        chunks = ls.astream([CALM, BUSY], duration=0.3, transition=0.1, hooks=hooks)
        await consume(chunks)
        return threading.get_ident()

    loop_thread = asyncio.run(run())
    assert threads
    assert loop_thread not in threads


def test_a_stream_made_outside_of_the_loop_may_be_read_in_one() -> None:
    ended = threading.Event()

    async def items() -> AsyncIterator[Any]:
        try:
            yield ITEM
            yield ITEM
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.set()

    chunks = ls.astream(items(), chunk_seconds=0.1)

    async def run() -> None:
        await anext(chunks)
        await chunks.aclose()  # type: ignore[attr-defined]

    asyncio.run(run())
    assert ended.is_set()
    assert settle(lambda: not own_threads())


def test_an_async_source_can_be_read_without_a_loop() -> None:
    async def items() -> AsyncIterator[Any]:
        for _ in range(2):
            await asyncio.sleep(0.001)
            yield ITEM

    heard = ls.live(items()).collect()
    assert np.array_equal(heard.samples, ls.stream(ITEM, ITEM).collect().samples)
    assert settle(lambda: not own_threads())


@pytest.mark.parametrize("error", [OSError("gone"), SystemExit(3), asyncio.CancelledError()])
def test_a_source_that_gives_up_is_heard_of(error: BaseException) -> None:
    async def aitems() -> AsyncIterator[Any]:
        yield ITEM
        raise error

    def items() -> Any:
        yield ITEM
        raise error

    async def read() -> None:
        await consume(ls.astream(aitems()))

    if isinstance(error, OSError):
        with pytest.raises(OSError, match="gone"):
            asyncio.run(read())
    with pytest.raises(
        type(error) if isinstance(error, OSError) else StreamStateError, match=r"gone|gave up"
    ):
        ls.live(items()).collect()
    if isinstance(error, asyncio.CancelledError):
        assert len(ls.live(aitems()).collect().samples) == round(0.3 * RATE), "cancelled, it is over"
    assert settle(lambda: not own_threads())


def test_none_is_an_answer_and_not_a_wait() -> None:
    async def aitems() -> AsyncIterator[Any]:
        yield None

    for items in ([None], aitems()):
        source = source_of(items)
        assert source.poll() is NOTHING
        source.ask()
        answers: list[object] = []

        def came(source: Source = source, answers: list[object] = answers) -> bool:
            answers.append(source.poll())
            return answers[-1] is not NOTHING

        assert settle(came)
        assert answers[-1] is None
        source.close()


def test_an_async_source_that_exits_in_a_loop_of_its_own_is_heard_of() -> None:
    async def aitems() -> AsyncIterator[Any]:
        yield ITEM
        raise SystemExit(3)

    with pytest.raises(StreamStateError, match="gave up"):
        ls.live(aitems()).collect()
    assert settle(lambda: not own_threads())
