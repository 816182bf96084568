"""Whether saving hours of music takes no more memory than saving minutes.

    python -m benchmarks.long_save --minutes 180 --suffix .flac

Saves one long stream to a file in a temporary folder, and prints the memory of the process (the resident set, as the
system counts it) after each part of it. What counts is the growth from the first part to the last. With `--noise`
the samples are noise instead of music, which tests the writing alone, many times faster.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import latentscore as ls
from benchmarks.soak import resident_mb
from latentscore.output.files import write_audio

RATE = 44_100
_EVERY_S = 0.2


class Watch(threading.Thread):
    """Notes the memory while a file grows."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.found: list[tuple[float, float]] = []
        self._done = threading.Event()
        self._since = time.perf_counter()

    def run(self) -> None:
        """Look every now and then."""
        while not self._done.wait(_EVERY_S):
            self.found.append((time.perf_counter() - self._since, resident_mb()))

    def stop(self) -> float:
        """Stop; return the seconds that have passed."""
        self._done.set()
        self.join()
        return time.perf_counter() - self._since


def noise(n_frames: int) -> Iterator[NDArray[np.float32]]:
    """Blocks of a second of noise, which encoders can't make small."""
    block = np.random.default_rng(0).uniform(-0.5, 0.5, (RATE, 2)).astype(np.float32)
    for first in range(0, n_frames, RATE):
        yield block[: n_frames - first]


def main(arguments: Sequence[str] | None = None) -> None:
    """Save, and print the memory along the way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=180.0)
    parser.add_argument("--suffix", default=".flac")
    parser.add_argument("--parts", type=int, default=10)
    parser.add_argument("--noise", action="store_true", help="noise instead of music")
    options = parser.parse_args(arguments)
    seconds = 60.0 * options.minutes
    with tempfile.TemporaryDirectory() as folder:
        warm_up = Path(folder) / f"warm{options.suffix}"
        ls.stream("rain on a tin roof", duration=5.0, channels=2).save(
            warm_up
        )  # loads all that is ever needed
        gc.collect()
        watch, target = Watch(), Path(folder) / f"long{options.suffix}"
        watch.start()
        if options.noise:
            write_audio(target, noise(round(seconds * RATE)), RATE, 2, 0)
        else:
            ls.stream("rain on a tin roof", duration=seconds, channels=2).save(target)
        took = watch.stop()
        size = target.stat().st_size
    looks = [look for look in watch.found if look[0] > 0.05 * took]
    for part in np.array_split(np.array(looks), options.parts):
        print(f"{100 * part[-1, 0] / took:4.0f} %  {part[:, 1].max():8.1f} MB")
    levels = [mb for _, mb in looks]
    print(
        f"{options.minutes:g} min in {took:.0f} s ({seconds / took:.0f} times real time), {size / 2**20:.0f} MB file; "
        f"memory {min(levels):.1f} to {max(levels):.1f} MB: within {max(levels) - min(levels):.1f} MB"
    )


if __name__ == "__main__":
    main()
