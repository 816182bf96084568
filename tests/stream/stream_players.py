"""Programs that play streams through the sound card of the tests, each in a process of its own: `stream_players.py NAME`.

Each prints what it saw as JSON; what was heard, the card knows.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

from stream_kit import BUSY, CALM, NEAR, kinds, own_threads, settle

import latentscore as ls
from latentscore.engine.warmup import warm

ITEMS = (CALM, NEAR, BUSY)
DARKER = ls.MusicConfigUpdate(brightness="dark")


def until(done: Callable[[], object]) -> None:
    """Wait until something is so."""
    if not settle(done):
        raise AssertionError("it is never so")


def finite() -> dict[str, Any]:
    """A generator of three items, played to its end."""

    def items() -> Iterator[Any]:
        for item in ITEMS:
            yield ls.Streamable(item, duration=0.5, transition_duration=0.2)

    live = ls.live(items(), channels=2)
    playback = live.play()
    assert live._pass is not None
    Path("recipe.json").write_text(live._pass.recipe().to_json(), "utf-8")
    return {
        "playing": playback.playing,
        "position": playback.position,
        "kinds": kinds(live),
        "threads": left(),
    }


def played_session() -> dict[str, Any]:
    """A session that is told what to do while it plays, stopped, and read on."""
    session = ls.session(channels=2, transition=0.1)
    playback = session.play()
    time.sleep(0.05)
    seen: dict[str, Any] = {"before": session.position}
    session.set(CALM)
    until(lambda: playback.position > 0.4)
    session.set(BUSY)
    session.set(DARKER)
    until(lambda: session.config == DARKER.apply(BUSY) and kinds(session)[-1] == "transition_end")
    session.mute("bass")
    until(lambda: any(entry["do"] == "fader" for entry in session.log))
    try:
        session.read(10)
    except ls.StreamStateError as error:
        seen["read"] = str(error)
    time.sleep(0.1)
    stats = session.stats
    seen |= {"latency": stats.control_latency_s, "buffer": stats.buffer_s, "headroom": stats.headroom}
    session.stop()
    session.stop()
    seen |= {"playing": playback.playing, "threads": left(), "position": playback.position}
    Path("recipe.json").write_text(session.recipe.to_json(), "utf-8")
    seen["more"] = len(session.read(1000))
    session.close()
    return seen


def paused_session() -> dict[str, Any]:
    """A session that is paused: musical time stands still, and what is set meanwhile is heard afterwards."""
    with ls.session(transition=0.05) as session:
        session.set(CALM)
        playback = session.play()
        until(lambda: playback.position > 0.2)
        session.pause()
        time.sleep(0.15)
        positions = [playback.position]
        session.set(NEAR)
        time.sleep(0.15)
        positions.append(playback.position)
        session.resume()
        until(lambda: "transition_end" in kinds(session) and playback.position > positions[0] + 0.2)
        session.reset()
        return {
            "positions": positions,
            "playing": playback.playing,
            "log": session.log,
            "threads": left(),
        }


class Endless:
    """Generators of items without end, which note their own end."""

    def __init__(self) -> None:
        self.ended = threading.Event()

    def items(self) -> Iterator[Any]:
        try:
            while True:
                yield ls.Streamable(CALM, duration=0.2, transition_duration=0.1)
        finally:
            self.ended.set()

    async def aitems(self) -> AsyncIterator[Any]:
        try:
            while True:
                yield ls.Streamable(CALM, duration=0.2, transition_duration=0.1)
                await asyncio.sleep(0)
        finally:
            await asyncio.sleep(0.01)
            self.ended.set()

    def seen(self, started: float) -> dict[str, Any]:
        """What is left of it."""
        return {"seconds": time.monotonic() - started, "ended": settle(self.ended.is_set), "left": left()}


def left() -> list[str]:
    """Threads that do not end."""
    return [] if settle(lambda: not own_threads()) else own_threads()


def endings() -> dict[str, Any]:
    """Closed, interrupted, cancelled, failed: each time with an endless source."""
    seen: dict[str, Any] = {}

    source = Endless()
    live = ls.live(source.items())
    playback = live.play(block=False)
    until(lambda: playback.position > 0.15)
    started = time.monotonic()
    live.close()
    seen["closed"] = {**source.seen(started), "playing": playback.playing}

    source = Endless()
    live = ls.live(source.items())
    pressed: list[float] = []

    def press() -> None:
        until(lambda: live.events and live.events[-1].time_s > 0.1)
        pressed.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press).start()
    try:
        live.play()
    except KeyboardInterrupt:
        seen["interrupted"] = source.seen(pressed[0])

    seen["cancelled"] = asyncio.run(cancelled())

    def failing() -> Iterator[Any]:
        yield ls.Streamable(CALM, duration=0.3)
        raise OSError("the sensor is gone")

    live = ls.live(failing())
    try:
        live.play()
    except OSError as error:
        seen["failed"] = {"error": str(error), "left": left()}

    playback = ls.stream(CALM, NEAR, duration=30, transition=0.1).play(block=False)
    until(lambda: playback.position > 0.1)
    playback.stop()
    seen["stopped"] = {"playing": playback.playing, "left": left()}
    return seen


async def cancelled() -> dict[str, Any]:
    """`aplay` of an async source, cancelled."""
    source = Endless()
    live = ls.live(source.aitems())
    task = asyncio.create_task(live.aplay())
    while "transition_start" not in kinds(live):
        await asyncio.sleep(0.01)
    started = time.monotonic()
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        seen = {"at_once": source.ended.is_set(), **await asyncio.to_thread(source.seen, started)}
        seen["tasks"] = len(asyncio.all_tasks()) - 1
        return seen
    raise AssertionError("it was not cancelled")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by a shell's jobs in the background
    warm()
    print(json.dumps(globals()[sys.argv[1]]()))
