"""Fit the table that predicts a config's loudness from its labels, from renders of random configs.

    python -m data_work.fit_loudness --configs 1500 --seconds 24

Writes latentscore/engine/assets/loudness.json and prints how far predictions are off on configs that were held out.
Measurements are kept in --cache, so that an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import functools
import json
import math
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from scipy.fft import rfft, rfftfreq
from scipy.signal import sosfreqz

from benchmarks.configs import random_configs
from latentscore.config import MusicConfig
from latentscore.dsp.loudness import k_weighting, power_to_lufs
from latentscore.dsp.ticks import TICK
from latentscore.engine.loudness_model import STEMS, TABLE, terms
from latentscore.engine.performer import MAX_TICKS, Performer
from latentscore.events import LAYERS

_RATE = 44100
_FLOOR_DB = -70.0
_RIDGE = 2.0


def stem_levels(config: MusicConfig, seed: int, seconds: float) -> list[float]:
    """K-weighted level of each stem and of the whole mix in LUFS, without gating."""
    performer = Performer(config, seed, _RATE)
    n = MAX_TICKS * TICK
    n_blocks = math.ceil(seconds * _RATE / n)
    weights = _power_weights(n)
    power = np.zeros(len(STEMS) + 1)
    for _ in range(n_blocks):
        total = performer.process(MAX_TICKS)
        block = np.concatenate([performer.stems, performer.returns[None], total[None]])
        power += (np.square(np.abs(rfft(block, axis=-1)), dtype=np.float64) * weights).sum(axis=(1, 2))
    return [max(_FLOOR_DB, power_to_lufs(float(p) / n_blocks)) for p in power]


@functools.cache
def _power_weights(n: int) -> NDArray[np.float64]:
    """What the squared spectrum of a block is multiplied by to give its K-weighted mean square (Parseval)."""
    _, response = sosfreqz(k_weighting(_RATE), rfftfreq(n, 1.0 / _RATE), fs=_RATE)
    weights = 2.0 * np.abs(response) ** 2 / n**2
    weights[0] = 0.0
    return weights


def _measure(job: tuple[int, str, float]) -> tuple[int, list[float]]:
    index, code, seconds = job
    return index, stem_levels(MusicConfig.from_share(code), index, seconds)


def measure(configs: list[MusicConfig], seconds: float, cache: Path, workers: int) -> NDArray[np.float64]:
    """Levels of all configs, (n, stems + 1), measuring those that `cache` does not hold yet."""
    known: dict[str, list[float]] = json.loads(cache.read_text()) if cache.exists() else {}
    codes = [config.share() for config in configs]
    jobs = [(k, code, seconds) for k, code in enumerate(codes) if code not in known]
    with ProcessPoolExecutor(workers) as pool:
        for done, (k, levels) in enumerate(track(pool.map(_measure, jobs, chunksize=4), total=len(jobs))):
            known[codes[k]] = levels
            if done % 100 == 99:
                cache.write_text(json.dumps(known))
    cache.write_text(json.dumps(known))
    return np.array([known[code] for code in codes])


def fit_stem(configs: list[MusicConfig], levels: NDArray[np.float64], stem: str) -> dict[str, float]:
    """Terms of one stem by ridge regression; configs in which the stem is silent are left out."""
    used = [k for k, config in enumerate(configs) if stem not in LAYERS or getattr(config, stem) != "none"]
    rows = [terms(configs[k], stem) for k in used]
    names = sorted({name for row in rows for name in row})
    column = {name: k for k, name in enumerate(names)}
    design = np.zeros((len(rows), len(names)))
    for k, row in enumerate(rows):
        design[k, [column[name] for name in row]] = 1.0
    target = levels[used]
    middle = float(target.mean())
    gram = design.T @ design + _RIDGE * np.eye(len(names))
    weights = np.linalg.solve(gram, design.T @ (target - middle))
    table = {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True)}
    return {"": round(middle, 2)} | {name: value for name, value in table.items() if value}


def main() -> None:
    """Measure, fit, write, and report on the last tenth, which is not used in the reported fit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--configs", type=int, default=1500)
    parser.add_argument("--seconds", type=float, default=24.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=Path("loudness-measurements.json"))
    options = parser.parse_args()
    configs = random_configs(options.configs, seed=7)
    levels = measure(configs, options.seconds, options.cache, options.workers)
    cut = len(configs) * 9 // 10
    _write(configs[:cut], levels[:cut])
    errors = _errors(configs[cut:], levels[cut:, -1])
    print(
        f"held out {len(errors)}: mean {errors.mean():+.2f}, spread {errors.std():.2f}, worst {abs(errors).max():.2f} LU"
    )
    _write(configs, levels)


def _write(configs: list[MusicConfig], levels: NDArray[np.float64]) -> None:
    """Write the table of all stems; a sum of stems that are right on average is itself a little off, so shift it."""
    tables = {stem: fit_stem(configs, levels[:, k], stem) for k, stem in enumerate(STEMS)}
    _write_tables(tables)
    bias_db = float(_errors(configs, levels[:, -1]).mean())
    for table in tables.values():
        table[""] = round(table[""] - bias_db, 2)
    _write_tables(tables)


def _write_tables(tables: dict[str, dict[str, float]]) -> None:
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(json.dumps(tables, indent=0, sort_keys=True) + "\n", "utf-8")


def _errors(configs: list[MusicConfig], measured: NDArray[np.float64]) -> NDArray[np.float64]:
    from latentscore.engine import loudness_model

    loudness_model._tables.cache_clear()
    return np.array([loudness_model.predicted_lufs(config) for config in configs]) - measured


if __name__ == "__main__":
    main()
