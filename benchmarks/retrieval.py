"""Measures retrieval: cold from import in a fresh process, warm queries, loading and size of the library.

    python -m benchmarks.retrieval

The library that ships is measured, and one of 10,000 rows made of it, which is what it is to grow to.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from latentscore.vibe.embedder import Embedder
from latentscore.vibe.library import Library
from latentscore.vibe.library_file import ASSET, LibraryTable, pack_lines, read_table, write_table
from latentscore.vibe.retrieval import FastModel
from latentscore.vibe.voting import Voting

N_ROWS = 10_000
N_COLD = 5
N_WARM = 400
VIBES = (
    "rain",
    "a café in Paris in the morning",
    "neon signs in the rain, city at night, wet streets",
    "boss fight",
)
COLD = (
    "import time; start = time.perf_counter()\n"
    "from latentscore.vibe.retrieval import fast_model\n"
    "fast_model().resolve('rain on a tin roof')\n"
    "print(time.perf_counter() - start)"
)


def enlarged(table: LibraryTable, n_rows: int) -> LibraryTable:
    """Return the table repeated up to so many rows, with noise on the vectors so that no two are the same."""
    picked = np.arange(n_rows) % len(table.scales)
    library = Library(table)
    entries = [library[int(row)] for row in range(len(library))]
    noise = np.random.default_rng(0).integers(-20, 21, (n_rows, library.width))
    vectors = np.clip(table.vectors[picked].astype(np.int16) + noise, -127, 127).astype(np.int8)
    return replace(
        table,
        vectors=vectors,
        scales=(1 / np.linalg.norm(vectors.astype(np.float64), axis=1)).astype(np.float32),
        labels=table.labels[picked],
        numbers=table.numbers[picked],
        texts=pack_lines([entries[k].vibe for k in picked] + [entries[k].title for k in picked]),
        themes=table.themes[picked],
        colors=np.tile(table.colors, (n_rows // len(entries) + 1, 1, 1)),
        palette_ends=np.arange(1, n_rows + 1, dtype=np.uint32),
    )


def timed(work: Callable[[], object], n_times: int) -> list[float]:
    """Return the milliseconds of each of so many calls."""
    spent: list[float] = []
    for _ in range(n_times):
        start = time.perf_counter()
        work()
        spent.append(1000 * (time.perf_counter() - start))
    return spent


def measure(name: str, path: Path, embedder: Embedder) -> None:
    """Print load time, size and query times of a library file."""
    load_ms = float(np.median(timed(lambda: Library(read_table(path)), 20)))
    library = Library(read_table(path))
    model = FastModel(embedder, library, choose=Voting(library))
    queries = iter(VIBES * (N_WARM // len(VIBES) + 1))
    first_ms = timed(lambda: model.resolve(next(queries)), 1)[0]
    p50, p99 = np.quantile(timed(lambda: model.resolve(next(queries)), N_WARM), (0.5, 0.99))
    vector = embedder.embed(["rain"])[0]
    nearest_ms = float(np.median(timed(lambda: model.library.nearest(vector, 5), 100)))
    size = f"{len(model.library):6} rows  {path.stat().st_size / 1e6:5.2f} MB  load {load_ms:5.1f} ms"
    warm = f"warm p50 {p50:4.1f} ms, p99 {p99:4.1f} ms, search alone {nearest_ms:.2f} ms"
    print(f"{name:8} {size}  first query {first_ms:5.1f} ms  {warm}")


def cold_ms() -> list[float]:
    """Return the milliseconds from import to the first config, each in a new process."""
    runs = (
        subprocess.run([sys.executable, "-c", COLD], capture_output=True, text=True, check=True)
        for _ in range(N_COLD)
    )
    return sorted(1000 * float(run.stdout) for run in runs)


def main() -> None:
    """Print the table."""
    times = cold_ms()
    median_ms = times[len(times) // 2]
    print(
        f"cold, import to config: median {median_ms:.0f} ms (of {N_COLD}: {times[0]:.0f} … {times[-1]:.0f})"
    )
    embedder = Embedder()
    measure("ships", ASSET, embedder)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library.npz"
        write_table(enlarged(read_table(), N_ROWS), path)
        measure("enlarged", path, embedder)


if __name__ == "__main__":
    main()
