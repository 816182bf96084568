"""How many times faster than real time a render is, and against the published 0.1.8 on the same configs.

    python -m benchmarks.render_speed --configs 40 --seconds 30
    python -m benchmarks.render_speed --baseline /path/to/venv-with-0.1.8/bin/python

The baseline runs in its own virtual environment (`pip install latentscore==0.1.8`), one config in turn with
ours, so that the ratio holds when the machine's speed drifts.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time

from benchmarks.configs import random_configs
from latentscore.config import FIELDS, MusicConfig

_BASELINE = """
import json, sys, time
import latentscore as ls
for line in sys.stdin:
    job = json.loads(line)
    config = ls.MusicConfig(**job["config"])
    started = time.perf_counter()
    audio = ls.render(config, duration=job["seconds"])
    spent = time.perf_counter() - started
    print(json.dumps({"spent": spent, "n": len(audio.samples)}), flush=True)
"""
_SHARED_FIELDS = [name for name, field in FIELDS.items() if field.group != "finer"]


class Baseline:
    """The published package in a process of its own, fed one config a line."""

    def __init__(self, python: str) -> None:
        self._process = subprocess.Popen(
            [python, "-c", _BASELINE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=tempfile.gettempdir(),  # here it would import this package
        )

    def seconds_for(self, config: MusicConfig, seconds: float) -> float:
        """Time its render of the eighteen fields that both packages know."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        labels = {name: getattr(config, name) for name in _SHARED_FIELDS}
        print(json.dumps({"config": labels, "seconds": seconds}), file=self._process.stdin, flush=True)
        while True:
            line = self._process.stdout.readline()
            if not line:
                raise RuntimeError("the baseline process ended")
            if line.startswith('{"spent"'):
                return float(json.loads(line)["spent"])


def our_seconds_for(config: MusicConfig, seconds: float) -> float:
    """Time our stereo render, composing, reverb and master included."""
    from latentscore.engine.render import render_config

    started = time.perf_counter()
    render_config(config, 0, round(seconds * 44100), sample_rate=44100, channels=2, fade_out_s=1.0)
    return time.perf_counter() - started


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--configs", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--baseline", help="Python of a virtual environment with latentscore==0.1.8")
    options = parser.parse_args()
    from latentscore.engine.warmup import warm

    warm()
    baseline = Baseline(options.baseline) if options.baseline else None
    configs = random_configs(options.configs)
    if baseline:
        baseline.seconds_for(configs[0], 1.0)  # its own warm-up
    speeds: list[float] = []
    ratios: list[float] = []
    for k, config in enumerate(configs):
        spent = our_seconds_for(config, options.seconds)
        speeds.append(options.seconds / spent)
        if baseline:
            ratios.append(baseline.seconds_for(config, options.seconds) / spent)
        print(f"\r{k + 1}/{len(configs)}", end="", file=sys.stderr)
    print(file=sys.stderr)
    print(f"times real time: median {statistics.median(speeds):.0f}, slowest {min(speeds):.0f}")
    if ratios:
        print(f"times 0.1.8:     median {statistics.median(ratios):.1f}, least {min(ratios):.1f}")


if __name__ == "__main__":
    main()
