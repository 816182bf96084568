"""Accept-rate and wrong-rate of configs against judged vibes, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from data_work.evaluation_set import JUDGED_FIELDS, JudgedVibe
from latentscore.config.fields import FIELDS, Label
from latentscore.config.model import MusicConfig

N_RESAMPLES = 2000
LEVEL = 0.95

Verdict: TypeAlias = tuple[float, float]
"""How far a choice is accepted, and how far rejected: 0 or 1, or the mean of a random choice."""


class Rate(NamedTuple):
    """A share with its interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} [{self.low:.3f} {self.high:.3f}]"


class Scores(NamedTuple):
    """Verdicts on every judged field of every vibe; nan where a field is not judged. Both (vibes, fields)."""

    accepted: NDArray[np.float64]
    rejected: NDArray[np.float64]


def scored(judged: Sequence[JudgedVibe], verdict: Callable[[int, str], Verdict]) -> Scores:
    """Score by a function of a vibe's position and a field's name."""
    shape = (len(judged), len(JUDGED_FIELDS))
    accepted, rejected = np.full(shape, np.nan), np.full(shape, np.nan)
    for row, one in enumerate(judged):
        for column, name in enumerate(JUDGED_FIELDS):
            if name in one.accept or name in one.reject:
                accepted[row, column], rejected[row, column] = verdict(row, name)
    return Scores(accepted, rejected)


def of_configs(judged: Sequence[JudgedVibe], configs: Sequence[MusicConfig]) -> Scores:
    """Score a config for each vibe. A tempo number counts as its nearest label."""

    def verdict(row: int, name: str) -> Verdict:
        return of_label(judged[row], name, FIELDS[name].nearest(getattr(configs[row], name)))

    return scored(judged, verdict)


def of_random(judged: Sequence[JudgedVibe]) -> Scores:
    """Score a label drawn at random, every label alike: the expected verdicts."""

    def verdict(row: int, name: str) -> Verdict:
        one, n_labels = judged[row], len(FIELDS[name].labels)
        return len(one.accept.get(name, ())) / n_labels, len(one.reject.get(name, ())) / n_labels

    return scored(judged, verdict)


def of_constant(judged: Sequence[JudgedVibe], constants: Mapping[str, Label]) -> Scores:
    """Score the same labels for every vibe."""
    return scored(judged, lambda row, name: of_label(judged[row], name, constants[name]))


def best_constants(judged: Sequence[JudgedVibe]) -> dict[str, Label]:
    """Return each field's label that is accepted most often."""

    def accepted(name: str, label: Label) -> int:
        return sum(label in one.accept.get(name, ()) for one in judged)

    return {name: max(FIELDS[name].labels, key=lambda label: accepted(name, label)) for name in JUDGED_FIELDS}


def of_label(judged: JudgedVibe, name: str, label: Label) -> Verdict:
    """Return the verdict on one label."""
    return float(label in judged.accept.get(name, ())), float(label in judged.reject.get(name, ()))


def rate(verdicts: NDArray[np.float64], seed: int = 0) -> Rate:
    """Return the mean over judged fields, and the interval over resampled vibes (percentile bootstrap).

    Fields of one vibe are no independent draws, so whole vibes are drawn.
    """
    sums, counts = np.nansum(verdicts, axis=1), np.sum(~np.isnan(verdicts), axis=1)
    if not counts.sum():
        return Rate(np.nan, np.nan, np.nan)
    drawn = np.random.default_rng(seed).integers(0, len(sums), (N_RESAMPLES, len(sums)))
    totals = np.maximum(counts[drawn].sum(axis=1), 1)
    means = sums[drawn].sum(axis=1) / totals
    low, high = np.quantile(means, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Rate(float(sums.sum() / counts.sum()), float(low), float(high))
