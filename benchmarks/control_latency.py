"""How soon music answers: from `session.set` to the first changed sample, and from `live` to the first sound.

    python -m benchmarks.control_latency [--steers 200] [--no-load]

Four figures. Off a device: frames from a steer to the first sample that differs from music left alone, for every field
that steers at once. On a device whose clock is simulated (a thread asks for 512 frames when they are due), while another
process keeps a core busy: milliseconds from the call of `set` to the moment at which the device takes the first frame
that the steer may change. The first block of a live stream, from the call, everything loaded. And how late a 10 ms
heartbeat of an event loop is while it reads a stream.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import threading
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

import latentscore as ls
from latentscore.output import playback as playback_module
from latentscore.output.ring import Outlet
from latentscore.randomness import Random

RATE = ls.SAMPLE_RATE
BLOCK = 512
CONFIG = ls.MusicConfig(density=5, rhythm="kit_light")
CHANGES: tuple[dict[str, Any], ...] = (
    {"brightness": "very_bright"},
    {"space": "vast"},
    {"motion": "chaotic"},
    {"stereo": "ultra_wide"},
    {"echo": "heavy"},
    {"grain": "gritty"},
    {"tempo": "very_fast"},
    {"density": 2},
    {"bass": "walking"},
    {"pad": "cinematic"},
    {"melody": "arp_melody"},
    {"rhythm": "electronic"},
    {"texture": "crystal"},
    {"accent": "bells_dense"},
)
VIBES = (
    "rain on a tin roof",
    "neon city at night",
    "warm sunset over water",
    "a cathedral of ice",
    "slow trains",
)


class SimulatedDevice:
    """A sound device without sound: asks for 512 frames whenever they are due, and notes when it took what.

    It stands in for `latentscore.output.device.OutputDevice`.
    """

    latency_s = 0.0
    latest: SimulatedDevice | None = None

    def __init__(self, outlet: Outlet, sample_rate: int, channels: int, *_: object) -> None:
        self._outlet = outlet
        self._out = np.zeros((BLOCK, channels), dtype=np.float32)
        self._period_s = BLOCK / sample_rate
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.taken: list[tuple[int, float]] = []
        """Frames of the source taken so far, and when."""
        SimulatedDevice.latest = self

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    @property
    def finished(self) -> bool:
        """Whether it has stopped to ask."""
        return not self._thread.is_alive()

    def stalled(self) -> bool:
        """It never hangs."""
        return False

    def close(self) -> None:
        """Stop."""
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        due = time.perf_counter()
        while not self._done.wait(max(0.0, due - time.perf_counter())):
            over = self._outlet.fill(self._out)
            self.taken.append((self._outlet.ring.taken, time.perf_counter()))
            due += self._period_s
            if over:
                return


def off_device() -> dict[str, int]:
    """Frames from a steer to the first changed sample, for each field."""
    found: dict[str, int] = {}
    with ls.session(seed=1, channels=2) as steered, ls.session(seed=1, channels=2) as twin:
        steered.set(CONFIG)
        steered.read(round(2.51 * RATE))
        snapshot = steered.snapshot()
        for change in CHANGES:
            for session in (steered, twin):
                session.restore(snapshot)
            steered.set(ls.MusicConfigUpdate(**change), transition=1.0)
            differs = (steered.read(4 * BLOCK) != twin.read(4 * BLOCK)).any(axis=1)
            found[next(iter(change))] = int(np.argmax(differs)) if differs.any() else 4 * BLOCK
    return found


def on_device(n_steers: int) -> tuple[list[float], ls.Session]:
    """Seconds from `set` to the moment at which the device takes the first frame that may have changed."""
    playback_module.OutputDevice = SimulatedDevice  # type: ignore[misc, assignment]
    random = Random(1, "steers")
    session = ls.session(seed=1)
    session.set(CONFIG)
    session.read(BLOCK)
    before = session.position * RATE
    session.play()
    time.sleep(1.0)
    asked: list[float] = []
    for k in range(n_steers):
        time.sleep(0.03 + 0.05 * random.uniform())
        asked.append(time.perf_counter())
        session.set(ls.MusicConfigUpdate(brightness=("dark", "bright")[k % 2]), transition=0.2)
    time.sleep(0.5)
    device = SimulatedDevice.latest
    assert device is not None
    frames = [entry["frame"] - before for entry in session.log if entry["do"] == "steer"]
    taken = np.array([n for n, _ in device.taken])
    times = np.array([at for _, at in device.taken])
    heard = times[np.minimum(np.searchsorted(taken, frames, side="right"), len(times) - 1)]
    return [float(b - a) for a, b in zip(asked, heard, strict=True)], session


def first_audio() -> list[float]:
    """Seconds from `live` to its first block, for each vibe."""
    found: list[float] = []
    for vibe in VIBES:
        started = time.perf_counter()
        chunks = ls.live(iter([vibe]), chunk_seconds=BLOCK / RATE).chunks()
        next(chunks)
        found.append(time.perf_counter() - started)
        chunks.close()  # type: ignore[attr-defined]
    return found


async def heartbeat() -> list[float]:
    """How late each beat of 10 ms is while the loop reads a stream, in seconds."""
    late: list[float] = []

    async def beat() -> None:
        while True:
            due = time.perf_counter() + 0.01
            await asyncio.sleep(0.01)
            late.append(time.perf_counter() - due)

    beating = asyncio.create_task(beat())
    async for _ in ls.astream(VIBES, duration=12.0, transition=2.0):
        pass
    beating.cancel()
    return late


def spread(values: Sequence[float]) -> str:
    """Median, 99th percentile and largest, in milliseconds."""
    p50, p99 = np.percentile(values, [50, 99])
    return f"p50 {1e3 * p50:.0f} ms, p99 {1e3 * p99:.0f} ms, most {1e3 * max(values):.0f} ms"


def burn() -> None:
    """Keep a core busy."""
    while True:
        sum(range(100_000))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--steers", type=int, default=200)
    parser.add_argument("--no-load", action="store_true", help="keep no core busy")
    options = parser.parse_args(arguments)
    ls.render("warm-up", duration=0.1)
    warmed = off_device()  # kernels that only a steer needs are loaded as well
    frames = off_device()
    assert frames == warmed
    print("off a device, frames to the first changed sample: ", end="")
    print(
        ", ".join(f"{name} {n}" for name, n in frames.items()), f"; most {max(frames.values())} (budget 512)"
    )
    print(f"first block of a live stream: {spread(first_audio())} (budget 150 ms)")
    print(f"lateness of a 10 ms heartbeat: {spread(asyncio.run(heartbeat()))} (budget 50 ms)")
    load = None if options.no_load else multiprocessing.get_context("spawn").Process(target=burn, daemon=True)
    if load is not None:
        load.start()
    found, session = on_device(options.steers)
    stats = session.stats
    session.close()
    if load is not None:
        load.terminate()
    print(
        f"on a device, {'idle' if load is None else 'one core busy'}: {spread(found)}; "
        f"stats say {1e3 * stats.control_latency_s:.0f} ms, of which {1e3 * stats.buffer_s:.0f} ms buffer; "
        f"{stats.underruns} underruns, headroom {stats.headroom:.0f}"
    )


if __name__ == "__main__":
    main()
