"""An installation that listens to its room: a sensor, read by an async generator, steers endless music.

python examples/installation.py                                   # play until Ctrl-C
python examples/installation.py --seconds 30 --output room.wav    # no sound device, and no waiting
"""

from __future__ import annotations

import argparse
import asyncio
import math
from collections.abc import AsyncIterator

import latentscore as ls

HOLDS_S = 2.0
"""How long a reading holds at least."""
BRIGHTNESS = ("very_dark", "dark", "medium", "bright", "very_bright")
DENSITY = (2, 3, 4, 5, 6)


async def light(wait_s: float) -> AsyncIterator[float]:
    """Readings from 0 to 1, one every `wait_s` seconds. Replace it by your sensor; it may block as long as it likes."""
    reading = 0
    while True:
        yield 0.5 + 0.5 * math.sin(0.7 * reading)
        reading += 1
        await asyncio.sleep(wait_s)


async def music(wait_s: float) -> AsyncIterator[str | ls.Streamable]:
    """The items of the stream: a vibe to begin with, then a steer whenever the room has changed."""
    yield ls.Streamable("slow light through tall windows, an empty hall", duration=HOLDS_S)
    heard = -1
    async for reading in light(wait_s):
        level = min(4, int(reading * 5))
        if level != heard:
            update = ls.MusicConfigUpdate(brightness=BRIGHTNESS[level], density=DENSITY[level])
            yield ls.Streamable(update, duration=HOLDS_S, transition_duration=1.5)
            heard = level


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, help="length of the file (30 by default)")
    parser.add_argument("--output", help="write a file instead of playing")
    options = parser.parse_args()
    if options.output:
        with ls.live(music(0.0), seed=7) as live:
            print("wrote", live.save(options.output, seconds=options.seconds or 30.0))
        return
    try:
        asyncio.run(ls.live(music(HOLDS_S), seed=7).aplay(sleep=options.seconds))
    except KeyboardInterrupt:
        print("good night")


if __name__ == "__main__":
    main()
