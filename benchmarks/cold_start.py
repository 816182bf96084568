"""How long a new process takes to its first 10 s of audio, with and without compiled kernels, and to import.

python -m benchmarks.cold_start [--runs 5]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

_RENDER = "import latentscore as ls; ls.render('warm sunset over water', duration=10)"


def seconds_of(code: str, cache: str | None = None) -> float:
    """Wall-clock seconds of one process that runs `code`."""
    environment = dict(os.environ)
    if cache:
        environment["NUMBA_CACHE_DIR"] = cache
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    return time.perf_counter() - started


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    seconds_of(_RENDER)
    empty = statistics.median(seconds_of("pass") for _ in range(runs))
    imported = statistics.median(seconds_of("import latentscore") for _ in range(runs))
    cached = statistics.median(seconds_of(_RENDER) for _ in range(runs))
    with tempfile.TemporaryDirectory() as folder:
        first = seconds_of(_RENDER, folder)
    print(f"import latentscore, beyond the interpreter: {1000 * (imported - empty):.0f} ms")
    print(f"process to 10 s of audio, kernels cached:    {cached:.2f} s")
    print(f"the same with nothing compiled:              {first:.2f} s")


if __name__ == "__main__":
    main()
