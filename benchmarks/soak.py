"""Whether endless music stays within its memory and its level: an hour of it, block by block.

    python -m benchmarks.soak --minutes 60

Reads blocks of 512 frames, as a stream does, and prints the memory of the process, the loudness and the peak of
each part of the hour. Memory is the resident set as the system counts it; its growth from the first part to the last
is what counts. The config is a busy one with an endless echo, unless `--share` gives another.
"""

from __future__ import annotations

import argparse
import gc
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from latentscore.config import MusicConfig
from latentscore.dsp.loudness import integrated_loudness
from latentscore.engine.renderer import Renderer
from latentscore.engine.warmup import warm

RATE = 44_100
BLOCK = 512
BUSY = MusicConfig(
    tempo="fast", density=6, echo="infinite", space="vast", rhythm="kit_medium", texture="crystal"
)


def resident_mb() -> float:
    """Megabytes of the process now; where the system does not tell, the most that it has ever had."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize() / 2**20
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each part, then the growth."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--parts", type=int, default=12)
    parser.add_argument("--share", help="share code of the config")
    options = parser.parse_args(arguments)
    warm()
    config = MusicConfig.from_share(options.share) if options.share else BUSY
    renderer = Renderer(config, 1, RATE)
    n_blocks = round(60.0 * options.minutes / options.parts * RATE / BLOCK)
    part = np.zeros((n_blocks * BLOCK, 2), dtype=np.float32)  # made before the first look at the memory
    part[:] = 1.0
    found: list[float] = []
    started = time.process_time()
    for k in range(options.parts):
        for block in range(n_blocks):
            part[block * BLOCK : (block + 1) * BLOCK] = renderer.read(BLOCK)
        before = time.process_time()
        lufs, peak = integrated_loudness(part[-30 * RATE :], RATE), float(np.abs(part).max())
        gc.collect()
        started += time.process_time() - before
        found.append(resident_mb())
        minutes = (k + 1) * options.minutes / options.parts
        print(f"{minutes:6.1f} min  {found[-1]:8.1f} MB  {lufs:6.1f} LUFS  peak {peak:.3f}", flush=True)
    speed = 60.0 * options.minutes / (time.process_time() - started)
    print(f"growth after the first part: {found[-1] - found[0]:+.1f} MB; {speed:.0f} times real time")


if __name__ == "__main__":
    main()
