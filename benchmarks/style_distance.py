"""How far styles are apart against how far seeds of one style are, and whether a style is recognised by its sound."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.preprocessing import StandardScaler

from benchmarks.descriptors import Array


class Recognition(NamedTuple):
    """What a layer's renders show; every row is one render of one style."""

    ratios: list[tuple[float, str, str]]
    """For each pair of styles: distance between them against distance between seeds, the least first."""
    rate: float
    """Share of renders whose style is named rightly by the renders of the other seeds."""
    confusions: list[tuple[int, str, str]]
    """How often a style was taken for another, most first."""


def recognise(rows: Array, labels: Sequence[str], seeds: Sequence[int]) -> Recognition:
    """Compare renders.

    Args:
        rows: float64 (n, n_features).
        labels: The style of each row.
        seeds: The seed of each row; each label has every seed.
    """
    known = np.array(labels)
    groups = np.array(seeds)
    rows = rows[:, rows.std(axis=0) > 1e-9]
    guesses = np.empty_like(known)
    for seed in np.unique(groups):
        rest = groups != seed
        scale = StandardScaler().fit(rows[rest])
        model = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto")
        model.fit(scale.transform(rows[rest]), known[rest])
        guesses[~rest] = model.predict(scale.transform(rows[~rest]))
    pairs = [(str(a), str(b)) for a, b in zip(known, guesses, strict=True) if a != b]
    confusions = sorted(((pairs.count(pair), *pair) for pair in set(pairs)), reverse=True)
    return Recognition(_ratios(rows, known), float(np.mean(known == guesses)), confusions)


def _ratios(rows: Array, known: Array) -> list[tuple[float, str, str]]:
    """Mean distance between the renders of two styles over the greater mean distance between a style's own seeds."""
    z = StandardScaler().fit_transform(rows)
    apart = np.linalg.norm(z[:, None, :] - z[None, :, :], axis=-1)
    within = {
        label: _mean_within(apart[np.ix_(known == label, known == label)]) for label in np.unique(known)
    }
    return sorted(
        (
            float(apart[np.ix_(known == a, known == b)].mean() / max(within[a], within[b], 1e-9)),
            str(a),
            str(b),
        )
        for a, b in itertools.combinations(within, 2)
    )


def _mean_within(apart: Array) -> float:
    n = len(apart)
    return float(apart.sum() / max(n * (n - 1), 1))
