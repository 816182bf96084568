"""Fit the table that predicts a piece's loudness from its labels and first notes, on renders of random configs.

    python -m data_work.fit_loudness --configs 1500
    python -m data_work.fit_loudness --configs 400 --update

The second fits only what the table that ships is off by, which takes fewer renders after a change of a few sounds.
Writes latentscore/engine/assets/loudness.json and prints how far predictions are off on configs that were held out.
Measurements are kept in --cache, so that an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import functools
import json
import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from scipy.fft import rfft, rfftfreq
from scipy.signal import sosfreqz

from benchmarks.configs import random_configs
from latentscore.config import MusicConfig
from latentscore.dsp.loudness import integrated_loudness, k_weighting, power_to_lufs
from latentscore.dsp.ticks import TICK
from latentscore.engine import loudness_model as model
from latentscore.engine.performer import MAX_TICKS, Performer
from latentscore.events import LAYERS
from latentscore.score.foresight import ForeseeingComposer

_RATE: Final = 44100
_FLOOR_DB: Final = -70.0
_RIDGE: Final = 2.0
_UPDATE_RIDGE: Final = 40.0
"""Of an update: terms that did not change should stay."""


class Piece(NamedTuple):
    """A config, how loud it was (each stem without gating, then the gated mix, in LUFS), and how much it plays."""

    config: MusicConfig
    levels: NDArray[np.float64]
    activity: Mapping[str, model.Activity]


def measured(config: MusicConfig, seed: int) -> list[float]:
    """K-weighted level of each stem without gating, and the integrated loudness of the mix, in LUFS."""
    performer = Performer(config, seed, _RATE, keep_stems=True)
    n = MAX_TICKS * TICK
    n_blocks = math.ceil(model.SECONDS * _RATE / n)
    weights = _power_weights(n)
    power = np.zeros(len(model.STEMS))
    mix: list[NDArray[np.float32]] = []
    for _ in range(n_blocks):
        mix.append(performer.process(MAX_TICKS))
        block = np.concatenate([performer.stems, performer.returns[None]])
        power += (np.square(np.abs(rfft(block, axis=-1)), dtype=np.float64) * weights).sum(axis=(1, 2))
    whole = np.concatenate(mix, axis=1)[:, : round(model.SECONDS * _RATE)].T
    stems = [max(_FLOOR_DB, power_to_lufs(float(p) / n_blocks)) for p in power]
    return [*stems, max(_FLOOR_DB, integrated_loudness(whole, _RATE))]


@functools.cache
def _power_weights(n: int) -> NDArray[np.float64]:
    """What the squared spectrum of a block is multiplied by to give its K-weighted mean square (Parseval)."""
    _, response = sosfreqz(k_weighting(_RATE), rfftfreq(n, 1.0 / _RATE), fs=_RATE)
    weights = 2.0 * np.abs(response) ** 2 / n**2
    weights[0] = 0.0
    return weights


def _measure(job: tuple[int, str]) -> list[float]:
    seed, code = job
    return measured(MusicConfig.from_share(code), seed)


def measure(configs: Sequence[MusicConfig], cache: Path, workers: int) -> list[Piece]:
    """Measure all configs, each with its number as its seed; `cache` keeps what is known."""
    known: dict[str, list[float]] = json.loads(cache.read_text()) if cache.exists() else {}
    codes = [config.share() for config in configs]
    jobs = [(k, code) for k, code in enumerate(codes) if code not in known]
    with ProcessPoolExecutor(workers) as pool:
        for done, levels in enumerate(track(pool.map(_measure, jobs, chunksize=4), total=len(jobs))):
            known[jobs[done][1]] = levels
            if done % 100 == 99:
                cache.write_text(json.dumps(known))
    cache.write_text(json.dumps(known))
    return [
        Piece(config, np.array(known[code]), model.activities(ForeseeingComposer(config, k, _RATE)))
        for k, (config, code) in enumerate(zip(configs, codes, strict=True))
    ]


def fit(
    pieces: Sequence[Piece], stem: str, target: NDArray[np.float64], before: Mapping[str, float]
) -> dict[str, float]:
    """Terms of one stem, or of the mix, by ridge regression towards those of `before` (none: towards 0)."""
    rows = [list(model.terms(piece.config, stem, piece.activity)) for piece in pieces]
    names = sorted({name for row in rows for name, _ in row})
    column = {name: k for k, name in enumerate(names)}
    design = np.zeros((len(rows), len(names)))
    for k, row in enumerate(rows):
        for name, factor in row:
            design[k, column[name]] = factor
    off = target - before.get("", 0.0) - design @ np.array([before.get(name, 0.0) for name in names])
    middle = float(off.mean())
    gram = design.T @ design + (_UPDATE_RIDGE if before else _RIDGE) * np.eye(len(names))
    weights = np.linalg.solve(gram, design.T @ (off - middle))
    table = dict(before) | {
        name: before.get(name, 0.0) + float(weight) for name, weight in zip(names, weights, strict=True)
    }
    rounded = {name: round(value, 3) for name, value in table.items() if name and round(value, 3)}
    return {"": round(before.get("", 0.0) + middle, 3)} | rounded


def fit_all(pieces: Sequence[Piece], before: model.Tables) -> dict[str, dict[str, float]]:
    """Tables of the layers, then of the returns beyond what is sent, then of the mix beyond the stems' sum."""
    tables: dict[str, dict[str, float]] = {}
    for k, layer in enumerate(LAYERS):
        used = [piece for piece in pieces if getattr(piece.config, layer) != "none"]
        levels = np.array([piece.levels[k] for piece in used])
        tables[layer] = fit(used, layer, levels, before.get(layer, {}))
    sent = np.array([model.sent_db(_powers(tables, piece)) for piece in pieces])
    returned = np.array([piece.levels[model.STEMS.index(model.RETURNS)] for piece in pieces])
    tables[model.RETURNS] = fit(pieces, model.RETURNS, returned - sent, before.get(model.RETURNS, {}))
    tables[model.MIX] = {"": 0.0}
    off = np.array(
        [piece.levels[-1] - model.summed_lufs(tables, piece.config, piece.activity) for piece in pieces]
    )
    tables[model.MIX] = fit(pieces, model.MIX, off, before.get(model.MIX, {}))
    return tables


def _powers(tables: model.Tables, piece: Piece) -> dict[str, float]:
    return {
        layer: 10.0 ** (model.level_db(tables, piece.config, layer, piece.activity) / 10.0)
        for layer in LAYERS
        if getattr(piece.config, layer) != "none"
    }


def main() -> None:
    """Measure, fit, report on the last tenth (left out of that fit), then fit all and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--configs", type=int, default=1500)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--update", action="store_true", help="fit what the table that ships is off by")
    parser.add_argument("--cache", type=Path, default=Path("loudness-measurements.json"))
    options = parser.parse_args()
    pieces = measure(random_configs(options.configs, seed=7), options.cache, options.workers)
    cut = len(pieces) * 9 // 10
    before = json.loads(model.TABLE.read_text("utf-8")) if options.update else {}
    tables = fit_all(pieces[:cut], before)
    off = np.array([model.summed_lufs(tables, p.config, p.activity) - p.levels[-1] for p in pieces[cut:]])
    print(
        f"held out {len(off)}: mean {off.mean():+.2f}, spread {off.std():.2f}, worst {abs(off).max():.2f} LU"
    )
    model.TABLE.parent.mkdir(exist_ok=True)
    model.TABLE.write_text(json.dumps(fit_all(pieces, before), indent=0, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
