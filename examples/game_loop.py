"""A game whose music follows the tension of the scene: the loop steers a session, at most once a frame.

python examples/game_loop.py                              # play for a minute
python examples/game_loop.py --seconds 20 --output game.wav   # no sound device needed
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

import latentscore as ls

FRAMES_PER_S = 60
CALM_TO_WILD = (
    ls.MusicConfigUpdate(tempo="slow", density=2, rhythm="none", brightness="dark", motion="slow"),
    ls.MusicConfigUpdate(tempo="medium", density=3, rhythm="minimal", brightness="medium", motion="medium"),
    ls.MusicConfigUpdate(tempo="fast", density=5, rhythm="heartbeat", brightness="bright", motion="fast"),
    ls.MusicConfigUpdate(tempo="very_fast", density=6, rhythm="military", brightness="very_bright"),
)
"""What the music is like at each level of tension."""


class Director:
    """Turns the tension of the scene, 0 to 1, into steers of the music."""

    def __init__(self, session: ls.Session) -> None:
        self._session = session
        self._level = -1

    def follow(self, tension: float) -> None:
        """Call it every frame: it steers only when another level is reached."""
        level = min(len(CALM_TO_WILD) - 1, int(tension * len(CALM_TO_WILD)))
        if level != self._level:
            self._session.set(CALM_TO_WILD[level], transition=0.8)
            self._level = level


def tension_at(seconds: float) -> float:
    """A scene of twenty seconds: it builds up, breaks, and builds up again."""
    return 0.5 - 0.5 * math.cos(2.0 * math.pi * seconds / 20.0)


def offline(session: ls.Session, director: Director, seconds: float) -> Iterator[NDArray[np.float32]]:
    """Yield the music of the scene, a frame of the game at a time."""
    frame, done = 0, 0
    while done < round(seconds * ls.SAMPLE_RATE):
        director.follow(tension_at(frame / FRAMES_PER_S))
        frame += 1
        until = min(round(frame * ls.SAMPLE_RATE / FRAMES_PER_S), round(seconds * ls.SAMPLE_RATE))
        yield session.read(until - done)
        done = until


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--output", help="write a WAV file instead of playing")
    options = parser.parse_args()
    with ls.session(seed=1) as session:
        session.set("a ruined temple at dusk, something moves in the dark")
        director = Director(session)
        if options.output:
            print("wrote", ls.save_wav(options.output, offline(session, director, options.seconds)))
            return
        session.play()
        started = time.monotonic()
        while (now := time.monotonic() - started) < options.seconds:
            director.follow(tension_at(now))  # the rest of the game's frame goes here
            time.sleep(1.0 / FRAMES_PER_S)
        print(session.stats)


if __name__ == "__main__":
    main()
