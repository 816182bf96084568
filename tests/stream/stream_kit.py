"""What tests of streams share: configs far apart, a model that is told what to say, and patience with threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentscore.config import MusicConfig
from latentscore.stream.conductor import BLOCK, Conductor
from latentscore.stream.passes import Pass
from latentscore.stream.sources import source_of
from latentscore.stream.terms import Terms

RATE = 44100
CALM = MusicConfig(tempo="slow", density=3, rhythm="none", space="dry", echo="none", human="robotic")
"""Rings out soon, and has nothing random in its timing."""
NEAR = CALM.model_copy(update={"brightness": "bright", "pad": "cinematic"})
BUSY = MusicConfig(
    tempo="fast", density=5, rhythm="kit_light", bass="walking", root="f", mode="major", texture="crystal"
)
LONGEST_WAIT_S = 60.0


class Listed:
    """A model that says what it was given for a vibe, raises it if it is an error, and notes what it was asked."""

    name = "listed"

    def __init__(self, **answers: MusicConfig | Exception) -> None:
        self._answers = answers
        self.asked: list[str] = []

    async def generate(self, vibe: str, /) -> MusicConfig:
        """Answer."""
        self.asked.append(vibe)
        answer = self._answers[vibe]
        if isinstance(answer, Exception):
            raise answer
        return answer


def joined(blocks: Iterable[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Blocks in one piece."""
    return np.concatenate(list(blocks))


def paced(items: Any, **terms: Any) -> Pass:
    """A pass that keeps to a clock, which is whoever reads it."""
    return Pass(source_of(items), Terms(**terms), paced=True)


def drive(conductor: Conductor, seconds: float) -> NDArray[np.float32]:
    """Read as a device does, in blocks; fewer frames at the end. Threads get a chance to run between blocks."""
    pieces: list[NDArray[np.float32]] = []
    for _ in range(-(-round(seconds * RATE) // BLOCK)):
        pieces.append(conductor.read(BLOCK))
        if len(pieces[-1]) < BLOCK:
            break
        time.sleep(0)
    return joined(pieces)


def drive_until(conductor: Conductor, done: Callable[[], object], most_s: float = 600.0) -> float:
    """Read until something is so; return the seconds of music that it took. Fails after `most_s` of them."""
    started = conductor.time_s
    while not done():
        if not len(conductor.read(BLOCK)) or conductor.time_s > started + most_s:
            raise AssertionError(f"it is not so after {conductor.time_s - started:.2f} s of music")
        time.sleep(0.0005)
    return conductor.time_s - started


def kinds(played: Any) -> list[str]:
    """Kinds of the events of a pass, stream or session, in order."""
    events = played.teller.events if isinstance(played, Pass) else played.events
    return [event.kind for event in events]


def own_threads() -> list[str]:
    """Names of our threads that run; the loop in which models are asked lives as long as the process."""
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith("latentscore") and name != "latentscore-models"]


def settle(wanted: Callable[[], object], seconds: float = LONGEST_WAIT_S) -> bool:
    """Wait until something is so; False if it does not become so."""
    ends = time.monotonic() + seconds
    while not wanted():
        if time.monotonic() > ends:
            return False
        time.sleep(0.002)
    return True


class Hasty(ModuleType):
    """The module `sounddevice` with a card that asks as fast as it is served."""

    class PortAudioError(Exception):
        """What it raises."""

    class CallbackStop(Exception):  # noqa: N818 - sounddevice's own name
        """Raised by a callback that has no more."""

    def query_devices(self, **_: Any) -> dict[str, Any]:
        """The only device."""
        return {"name": "hasty", "max_output_channels": 2}

    def OutputStream(self, **settings: Any) -> Any:  # noqa: N802 - sounddevice's own name
        """Open it."""
        over = threading.Event()

        def run() -> None:
            try:
                while not over.wait(0.0005):
                    settings["callback"](np.empty((512, settings["channels"]), np.float32), 512, None, None)
            except self.CallbackStop:
                settings["finished_callback"]()

        thread = threading.Thread(target=run, daemon=True)
        return SimpleNamespace(latency=0.0, start=thread.start, abort=over.set, close=thread.join)
