"""Whether every label can be heard: ordered fields against acoustic descriptors, styles against each other.

python -m benchmarks.legibility
python -m benchmarks.legibility --fields tempo density --layers none --bases 6
python -m benchmarks.legibility --fields none --layers bass melody
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Final, NamedTuple

import numpy as np
from rich.progress import track
from scipy.stats import spearmanr

from benchmarks.configs import random_configs
from benchmarks.descriptors import DESCRIPTORS, RATE, Array, Audio
from benchmarks.style_distance import Recognition, recognise
from benchmarks.timbre import features
from latentscore.config import FIELDS, MusicConfig
from latentscore.events import LAYERS

RHO_BAR: Final = 0.9
RATIO_BAR: Final = 1.0
RATE_BAR: Final = 0.95
_STYLE_CONTEXT: Final = {"density": 5}
"""Styles play in the default config, dense enough that every layer plays in most sections."""
_WORST: Final = 4


class FieldJob(NamedTuple):
    """One config to be described, by every field whose sweep holds it."""

    code: str
    seed: int
    fields: tuple[str, ...]
    seconds: float


class StyleJob(NamedTuple):
    """One style and seed to be rendered."""

    layer: str
    label: str
    seed: int
    seconds: float


class FieldResult(NamedTuple):
    """How well a field's descriptor follows its labels."""

    field: str
    rhos: list[float]
    """Spearman's rho over the labels, for each base config."""
    pooled: float
    """The same over all renders, each base's values standardised."""


def main() -> None:
    """Print the tables, ending with what fails."""
    options = _options()
    fields = [] if options.fields == ["none"] else options.fields
    layers = [] if options.layers == ["none"] else options.layers
    failures: list[str] = []
    with ProcessPoolExecutor(options.workers) as pool:
        if fields:
            failures += _report_fields(_sweep(pool, fields, options))
        for layer in layers:
            failures += _report_layer(pool, layer, options)
    print("\nfails:" if failures else "\nnothing fails")
    for failure in failures:
        print(f"  {failure}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--fields", nargs="+", choices=(*DESCRIPTORS, "none"), default=list(DESCRIPTORS))
    parser.add_argument("--layers", nargs="+", choices=(*LAYERS, "none"), default=list(LAYERS))
    parser.add_argument("--bases", type=int, default=12, help="random configs that each field is swept on")
    parser.add_argument("--base-seed", type=int, default=5, help="which random configs")
    parser.add_argument("--repeats", type=int, default=1, help="seeds averaged for each base")
    parser.add_argument("--seeds", type=int, default=8, help="seeds of each style")
    parser.add_argument("--seconds", type=float, default=24.0)
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


def describe(job: FieldJob) -> list[float]:
    """Render a config and return the descriptor of each of the job's fields."""
    config = MusicConfig.from_share(job.code)
    x = _render(config, job.seed, job.seconds)["master"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # librosa warns of empty bands
        return [DESCRIPTORS[field](x, config.value("tempo")) for field in job.fields]


def portray(job: StyleJob) -> tuple[Array, Array]:
    """Render a style and return the features of its stem and of the mix."""
    config = MusicConfig.model_validate({**_STYLE_CONTEXT, job.layer: job.label})
    made = _render(config, job.seed, job.seconds)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return features(made[job.layer]), features(made["master"])


def _render(config: MusicConfig, seed: int, seconds: float) -> dict[str, Audio]:
    from latentscore.engine.render import render_config

    n_frames = round(seconds * RATE)
    made = render_config(config, seed, n_frames, sample_rate=RATE, channels=2, fade_out_s=0.0, stems=True)
    assert made.stems is not None
    return {**made.stems, "master": made.samples}


def _sweep(
    pool: ProcessPoolExecutor, fields: Sequence[str], options: argparse.Namespace
) -> list[FieldResult]:
    """Describe each field's labels on every base; configs that several sweeps share are rendered once."""
    wanted: dict[tuple[str, int], list[str]] = {}
    codes: dict[tuple[int, str, int], str] = {}
    for base, config in enumerate(random_configs(options.bases, seed=options.base_seed)):
        for field in fields:
            for rank, label in enumerate(FIELDS[field].labels):
                code = MusicConfig.model_validate({**config.model_dump(), field: label}).share()
                codes[base, field, rank] = code
                for seed in _seeds(base, options):
                    wanted.setdefault((code, seed), []).append(field)
    jobs = [
        FieldJob(code, seed, tuple(dict.fromkeys(names)), options.seconds)
        for (code, seed), names in wanted.items()
    ]
    described = track(pool.map(describe, jobs), total=len(jobs), description="fields")
    values = {
        (job.code, job.seed, field): value
        for job, row in zip(jobs, described, strict=True)
        for field, value in zip(job.fields, row, strict=True)
    }
    results: list[FieldResult] = []
    for field in fields:
        table = np.array(
            [
                [
                    np.mean([values[codes[base, field, rank], s, field] for s in _seeds(base, options)])
                    for rank in range(len(FIELDS[field].labels))
                ]
                for base in range(options.bases)
            ]
        )
        results.append(_correlated(field, table))
    return results


def _seeds(base: int, options: argparse.Namespace) -> list[int]:
    return [1 + base + 1000 * repeat for repeat in range(options.repeats)]


def _correlated(field: str, table: Array) -> FieldResult:
    """Correlate a table of descriptors (n_bases, n_labels) with the labels' ranks."""
    ranks = np.arange(table.shape[1])
    rhos = [_rho(ranks, row) for row in table]
    standard = (table - table.mean(axis=1, keepdims=True)) / (table.std(axis=1, keepdims=True) + 1e-12)
    return FieldResult(field, rhos, _rho(np.tile(ranks, len(table)), standard.ravel()))


def _rho(ranks: Array, values: Array) -> float:
    return float(spearmanr(ranks, values)[0]) if np.ptp(values) > 0.0 else 0.0


def _report_fields(results: Sequence[FieldResult]) -> list[str]:
    print(f"\n{'field':12}{'rho':>7}{'pooled':>8}   rho of each base")
    failures: list[str] = []
    for field, rhos, pooled in results:
        mean = float(np.mean(rhos))
        fails = mean < RHO_BAR or pooled < RHO_BAR
        each = " ".join(f"{rho:+.1f}" for rho in rhos)
        print(f"{field:12}{mean:7.3f}{pooled:8.3f} {'!' if fails else ' '} {each}")
        if fails:
            failures.append(f"{field}: rho {mean:.3f}, pooled {pooled:.3f}, below {RHO_BAR}")
    return failures


def _report_layer(pool: ProcessPoolExecutor, layer: str, options: argparse.Namespace) -> list[str]:
    labels = [str(label) for label in FIELDS[layer].labels]
    jobs = [
        StyleJob(layer, label, seed, options.seconds) for label in labels for seed in range(options.seeds)
    ]
    portraits = list(track(pool.map(portray, jobs), total=len(jobs), description=layer))
    failures: list[str] = []
    for place, heard in enumerate(("stem", "mix")):
        kept = [k for k, job in enumerate(jobs) if heard == "mix" or job.label != "none"]
        found = recognise(
            np.array([portraits[k][place] for k in kept]),
            [jobs[k].label for k in kept],
            [jobs[k].seed for k in kept],
        )
        failures += _report_recognition(layer, heard, found)
    return failures


def _report_recognition(layer: str, heard: str, found: Recognition) -> list[str]:
    close = [f"{a}/{b} {ratio:.2f}" for ratio, a, b in found.ratios[:_WORST]]
    taken = [f"{a} for {b} x{n}" for n, a, b in found.confusions[:_WORST]]
    print(f"{layer:8} {heard:5} recognised {found.rate:6.1%}   closest: {', '.join(close)}")
    if taken:
        print(f"{'':15}taken: {', '.join(taken)}")
    failures = [
        f"{layer} ({heard}): {a} and {b} are no further apart than seeds ({ratio:.2f})"
        for ratio, a, b in found.ratios
        if ratio <= RATIO_BAR
    ]
    if found.rate < RATE_BAR:
        failures.append(f"{layer} ({heard}): recognised in {found.rate:.1%}, below {RATE_BAR:.0%}")
    return failures


if __name__ == "__main__":
    main()
