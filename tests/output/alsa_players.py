"""Programs that play through the sound card of the tests, each in a process of its own: `alsa_players.py NAME`.

Each prints what it saw as JSON; what was heard, the card knows.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentscore.errors import PlaybackError, StreamStateError
from latentscore.output import device
from latentscore.output.playback import Playback, play_samples
from latentscore.output.sources import ArraySource

RATE = 44100


def music(seconds: float, channels: int = 2) -> NDArray[np.float32]:
    """Noise without a single silent frame, so that silence in what is heard stands out."""
    values = np.random.default_rng(7).uniform(0.1, 1.0, (round(seconds * RATE), channels))
    return (values * np.where(values * 1e6 % 1 < 0.5, -1, 1)).astype(np.float32)


class Slow(ArraySource):
    """Samples in memory, with a delay before some of the blocks, and perhaps an error in the end."""

    def __init__(
        self, samples: NDArray[np.float32], delays: dict[int, float], error: Exception | None = None
    ):
        super().__init__(samples)
        self._n = 0
        self._delays = delays
        self._error = error

    def read(self, n_frames: int, /) -> NDArray[np.float32]:
        """Sleep, then read."""
        time.sleep(self._delays.get(self._n, 0.0))
        self._n += 1
        block = super().read(n_frames)
        if self._error and not len(block):
            raise self._error
        return block


def until(playback: Playback, position: float) -> None:
    """Let it play on to a position, in seconds."""
    while playback.position < position:
        time.sleep(0.001)


class Once(ArraySource):
    """Samples in memory, which nobody may ask for after their end."""

    _ended = False

    def read(self, n_frames: int, /) -> NDArray[np.float32]:
        """Read, up to the end."""
        if self._ended:
            raise AssertionError("read after the end")
        block = super().read(n_frames)
        self._ended = len(block) < n_frames
        return block


class Blocked(ArraySource):
    """Samples in memory, and then a wait for something that does not come until the end."""

    def __init__(self, samples: NDArray[np.float32], ended: threading.Event):
        super().__init__(samples)
        self._ended = ended

    def read(self, n_frames: int, /) -> NDArray[np.float32]:
        """Read, or wait."""
        block = super().read(n_frames)
        if not len(block):
            self._ended.wait()
        return block


def told(playback: Playback, started: float) -> dict[str, Any]:
    """What the handle says."""
    names = [thread.name for thread in threading.enumerate()]
    return {
        "seconds": time.monotonic() - started,
        "handle": repr(playback),
        "playing": playback.playing,
        "position": playback.position,
        "threads": [name for name in names if "latentscore" in name],
        **{name: getattr(playback.stats, name) for name in playback.stats.__dataclass_fields__},
    }


def plain(n_frames: str, channels: str) -> dict[str, Any]:
    """A piece, from beginning to end."""
    started = time.monotonic()
    samples = music(1.0, int(channels))[: int(n_frames)]
    playback = play_samples(samples[:, 0] if channels == "1" else samples, RATE)
    assert playback.wait(0.1) is False
    assert playback.playing
    assert playback.wait(10)
    return told(playback, started)


def paused() -> dict[str, Any]:
    """Two pauses, a short one and a long one."""
    started = time.monotonic()
    playback = Playback(Once(music(0.7)), RATE, 2)
    for position, rest in ((0.2, 0.03), (0.4, 0.4)):
        until(playback, position)
        playback.pause()
        assert playback.paused
        time.sleep(rest / 2)
        before = playback.position
        time.sleep(rest / 2)
        if rest > 0.1:
            assert playback.position == before, "musical time is frozen"
        playback.resume()
    playback.wait(10)
    return told(playback, started)


def stopped() -> dict[str, Any]:
    """Stopped in the middle, three times."""
    ends: list[float] = []
    seen: list[dict[str, Any]] = []
    for _ in range(3):
        playback = Playback(ArraySource(music(5.0)), RATE, 2, on_end=lambda: ends.append(time.monotonic()))
        until(playback, 0.15)
        started = time.monotonic()
        playback.stop()
        seen.append({**told(playback, started), "waited": playback.wait(1)})
    try:
        playback.resume()
    except StreamStateError as error:
        return {"stops": seen, "ends": len(ends), "resumed": str(error)}
    raise AssertionError("it rises from the dead")


def blocked() -> dict[str, Any]:
    """Stopped while the source blocks: once for good, once until it hears of the end."""
    seen: list[dict[str, Any]] = []
    for hears in (False, True):
        ended = threading.Event()
        samples = music(1.0)[: 10 * 512]
        playback = Playback(Blocked(samples, ended), RATE, 2, on_end=ended.set if hears else None)
        until(playback, len(samples) / RATE)
        started = time.monotonic()
        playback.stop()
        seen.append({**told(playback, started), "waited": playback.wait(0)})
        ended.set()
    wrong = Playback(ArraySource(music(0.1)), RATE, 1)
    try:
        wrong.wait(10)
    except PlaybackError as error:
        return {"stops": seen, "error": str(error)}
    raise AssertionError("stereo is no mono")


def interrupted() -> dict[str, Any]:
    """Ctrl-C while waiting, as the system sends it, three times."""
    seen: list[dict[str, Any]] = []
    for _ in range(3):
        playback = Playback(ArraySource(music(5.0)), RATE, 2)
        pressed = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
        pressed.start()
        started = time.monotonic() + 0.2
        try:
            playback.wait()
        except KeyboardInterrupt:
            seen.append(told(playback, started))
    return {"stops": seen}


def late() -> dict[str, Any]:
    """A block that takes 0.4 s, soon after the start; at the end, an error."""
    gaps: list[float] = []
    started = time.monotonic()
    source = Slow(music(1.0)[: 512 * 86], {40: 0.4}, ValueError("no more ideas"))
    playback = Playback(source, RATE, 2, on_underrun=lambda: gaps.append(playback.position))
    before = playback.stats.buffer_s
    try:
        playback.wait(10)
    except ValueError as error:
        return {**told(playback, started), "error": str(error), "gaps": gaps, "buffer_before_s": before}
    raise AssertionError("the source's error is lost")


def unplugged() -> dict[str, Any]:
    """The device disappears; the music goes on on one that was not there when PortAudio was loaded."""
    playback = play_samples(music(1.0), RATE)
    until(playback, 0.3)
    Path("unplug-default").touch()
    started = time.monotonic()
    errors: list[str] = []
    try:
        playback.wait(10)
    except PlaybackError as error:
        errors.append(str(error))
    lost = told(playback, started)
    try:
        playback.resume("late")
    except PlaybackError as error:
        errors.append(str(error))
    Path("plug-late").touch()
    while Path("plug-late").exists():
        time.sleep(0.001)
    playback.resume("late")
    playback.wait(10)
    return {"lost": lost, "errors": errors, **told(playback, started)}


def hanging() -> dict[str, Any]:
    """The device takes nothing any more; the music goes on on another one."""
    device.STALL_S = 0.3  # type: ignore[misc]
    playback = play_samples(music(1.0), RATE)
    until(playback, 0.3)
    Path("hold-default").touch()
    started = time.monotonic()
    errors: list[str] = []
    try:
        playback.wait(10)
    except PlaybackError as error:
        errors.append(str(error))
    lost = told(playback, started)
    playback.resume("spare")
    playback.wait(10)
    seen = told(playback, started)
    Path("hold-default").unlink()  # now the device can be closed, and PortAudio end
    while threading.active_count() > 1:
        time.sleep(0.001)
    return {"lost": lost, "errors": errors, **seen}


def asleep() -> dict[str, Any]:
    """A third of a second, then a fade of a third of a second, from a source that goes on."""
    started = time.monotonic()
    playback = Playback(ArraySource(music(9.0)), RATE, 2, sleep=1 / 3, _sleep_fade_s=1 / 3)
    playback.wait(10)
    return told(playback, started)


def unknown(name: str) -> dict[str, Any]:
    """A device that doesn't exist."""
    try:
        play_samples(music(0.1), RATE, device=int(name) if name.isdigit() else name)
    except PlaybackError as error:
        return {"error": str(error)}
    raise AssertionError("it plays")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by a shell's jobs in the background
    program, *arguments = sys.argv[1:]
    print(json.dumps(globals()[program](*arguments)))
