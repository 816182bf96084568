"""A check by ear that a machine can do: renders entries, measures them, and lists those that do not sound as labelled.

    python -m data_work.check_by_ear --limit 40
    python -m data_work.check_by_ear                            # every entry, on all cores; goes on where it stopped
    python -m data_work.check_by_ear --scheduler tcp://host:8786    # the same work on a Dask cluster (extra `dask`)

Each entry's descriptors (`benchmarks/descriptors.py`, one for each ordered field) are appended to a file as they are
measured. An entry is an outlier in a field if its descriptor would suit a label at least two away better: most entries
of its own label lie on one side of it, and it lies beyond the middle of the far label. Such entries are worth a look;
many are right, since a descriptor hears the whole mix.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from data_work.library_source import LIBRARY_FOLDER, SourceEntry, read_library
from latentscore.config.fields import FIELDS, Label
from latentscore.config.model import MusicConfig

SECONDS = 16.0
SEED = 1
LEAST_IN_GROUP = 5
"""Entries of a label below which nothing can be said about it."""
EXTREME = 0.1
"""Share of its own label's entries that may lie beyond an outlier."""
FAR = 2

Descriptors: TypeAlias = dict[str, float]


class Job(NamedTuple):
    """An entry to be rendered: its config as a share code, which is its key as well."""

    code: str
    seconds: float


class Outlier(NamedTuple):
    """An entry that sounds more like another label."""

    entry: SourceEntry
    field: str
    label: Label
    sounds_like: Label
    rank: float
    """Share of its own label's entries that lie below it."""

    def __str__(self) -> str:
        heard = f"{self.field} {self.label} sounds like {self.sounds_like} (rank {self.rank:.2f})"
        return f"{self.entry.place}: {heard}: {self.entry.vibe[:80]}"


def describe(job: Job) -> tuple[str, Descriptors]:
    """Render a config and return its code with the descriptors of the mix."""
    from benchmarks.descriptors import DESCRIPTORS, RATE
    from latentscore.engine.render import render_config

    config = MusicConfig.from_share(job.code)
    n_frames = round(job.seconds * RATE)
    made = render_config(config, SEED, n_frames, sample_rate=RATE, channels=2, fade_out_s=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # librosa warns of empty bands
        bpm = config.value("tempo")
        return job.code, {name: float(measure(made.samples, bpm)) for name, measure in DESCRIPTORS.items()}


def on_cores(jobs: Sequence[Job], n_workers: int) -> Iterator[tuple[str, Descriptors]]:
    """Do the jobs on this machine, as they come."""
    with ProcessPoolExecutor(n_workers) as pool:
        for done in as_completed([pool.submit(describe, job) for job in jobs]):
            yield done.result()


def on_cluster(jobs: Sequence[Job], address: str) -> Iterator[tuple[str, Descriptors]]:
    """Do the jobs on a Dask cluster, as they come. Raises `SystemExit` if Dask is not installed."""
    try:
        from dask.distributed import Client
        from dask.distributed import as_completed as dask_as_completed
    except ImportError:
        raise SystemExit('--scheduler needs Dask: pip install "latentscore[dask]"') from None
    with Client(address) as client:
        for done in dask_as_completed(client.map(describe, jobs, pure=False)):
            yield done.result()


def measured(path: Path, seconds: float) -> dict[str, Descriptors]:
    """Return what an earlier run has measured; a line cut short by a kill is left out."""
    found: dict[str, Descriptors] = {}
    for line in path.read_text("utf-8").splitlines() if path.exists() else []:
        try:
            row: dict[str, Any] = json.loads(line)
        except ValueError:
            continue
        if row.get("seconds") == seconds:
            found[row["code"]] = row["descriptors"]
    return found


def measure_all(codes: Iterable[str], path: Path, options: argparse.Namespace) -> dict[str, Descriptors]:
    """Measure what has not been measured yet, each result written as it comes; return everything."""
    found = measured(path, options.seconds)
    jobs = [Job(code, options.seconds) for code in dict.fromkeys(codes) if code not in found]
    if not jobs:
        return found
    results = on_cluster(jobs, options.scheduler) if options.scheduler else on_cores(jobs, options.workers)
    columns = (TextColumn("rendering"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file, Progress(*columns) as progress:
        task = progress.add_task("rendering", total=len(jobs))
        for code, descriptors in results:
            row = {"code": code, "seconds": options.seconds, "descriptors": descriptors}
            file.write(json.dumps(row) + "\n")
            file.flush()
            found[code] = descriptors
            progress.advance(task)
    return found


def outliers(entries: Sequence[SourceEntry], found: Mapping[str, Descriptors]) -> list[Outlier]:
    """Return the entries that sound more like a label two or more away, field by field."""
    heard = [(entry, found[entry.config.share()]) for entry in entries if entry.config.share() in found]
    names = sorted({name for _, descriptors in heard for name in descriptors}, key=list(FIELDS).index)
    return [outlier for name in names for outlier in _of_field(name, heard)]


def _of_field(name: str, heard: Sequence[tuple[SourceEntry, Descriptors]]) -> Iterator[Outlier]:
    known = FIELDS[name]
    groups: defaultdict[Label, list[float]] = defaultdict(list)
    for entry, descriptors in heard:
        groups[known.nearest(getattr(entry.config, name))].append(descriptors[name])
    middles = {
        label: float(np.median(group)) for label, group in groups.items() if len(group) >= LEAST_IN_GROUP
    }
    for entry, descriptors in heard:
        label = known.nearest(getattr(entry.config, name))
        if label not in middles:
            continue
        value, own = descriptors[name], groups[label]
        rank = (sum(other < value for other in own) + 0.5 * sum(other == value for other in own)) / len(own)
        far = [other for other in middles if abs(known.index(other) - known.index(label)) >= FAR]
        beyond = [
            other
            for other in far
            if _is_beyond(known.index(other) - known.index(label), value, middles[other], rank)
        ]
        if beyond:
            yield Outlier(
                entry, name, label, min(beyond, key=lambda other: abs(middles[other] - value)), rank
            )


def _is_beyond(labels_up: int, value: float, middle: float, rank: float) -> bool:
    """Whether a value lies past the middle of a label so many up, and at the edge of its own."""
    if labels_up > 0:
        return value > middle and rank >= 1 - EXTREME
    return value < middle and rank <= EXTREME


def main(arguments: list[str]) -> int:
    """Measure, and print the outliers; the exit code."""
    parser = argparse.ArgumentParser("python -m data_work.check_by_ear", description="Check labels by sound.")
    parser.add_argument("--sources", type=Path, default=LIBRARY_FOLDER, help="folder of *.txt")
    parser.add_argument(
        "--results", type=Path, default=Path("build/check_by_ear.jsonl"), help="kept between runs"
    )
    parser.add_argument("--limit", type=int, help="only so many entries, spread over the library")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each render")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--scheduler", help="address of a Dask scheduler, instead of this machine's cores")
    options = parser.parse_args(arguments)
    entries, _ = read_library(options.sources)
    if options.limit:
        entries = entries[:: max(1, len(entries) // options.limit)][: options.limit]
    found = measure_all((entry.config.share() for entry in entries), options.results, options)
    listed = outliers(entries, found)
    for outlier in listed:
        print(outlier)
    n_checked = sum(entry.config.share() in found for entry in entries)
    print(
        f"{n_checked} entries, {len(listed)} outliers in {len({one.entry.place for one in listed})} of them"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
