"""Fits how labels are received, from votes and what judges said of the dev vibes; `fit_votes` and `train_neural` use it.

A kernel ridge regression with two kernels: the product of the votes, where those on the field itself weigh more, and
the likeness of the vibes. The target of a label is 1 if it was accepted, 0 if neutral, less if rejected, drawn towards
the votes themselves. Every field is fitted on the vibes for which it was judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from data_work.evaluation_set import JudgedVibe
from latentscore.config.fields import FIELDS
from latentscore.vibe.reception import Reception, likeness
from latentscore.vibe.voting import N_LABELS, SLICES, choose_labels

RIDGE = 8.0
OWN_WEIGHT = 5.0
"""How much more readily a field's reception is drawn from the votes on that field than from those on others."""
LIKENESS_WEIGHT = 9.0
"""How readily it is drawn from vibes near in meaning."""
REJECTED = -0.7
"""What a rejected label counts, where an accepted one counts 1 and a neutral one 0."""

Array = NDArray[np.float32]


def verdicts(judged: Sequence[JudgedVibe]) -> tuple[Array, NDArray[np.bool_]]:
    """Return what was said of each label (1, 0, REJECTED), and whether its field was judged: both (vibes, labels)."""
    said = np.zeros((len(judged), N_LABELS), np.float32)
    known = np.zeros((len(judged), N_LABELS), bool)
    for row, one in enumerate(judged):
        for name, part in SLICES.items():
            known[row, part] = name in one.accept or name in one.reject
            for labels, value in ((one.accept, 1.0), (one.reject, REJECTED)):
                for label in labels.get(name, ()):
                    said[row, part.start + FIELDS[name].index(label)] = value
    return said, known


def fit_reception(vectors: Array, votes: Array, judged: Sequence[JudgedVibe]) -> Reception:
    """Return how labels are received, from (vibes, width) embeddings and (vibes, labels) votes."""
    said, known = verdicts(judged)
    linear = np.eye(N_LABELS)
    rulings = np.zeros((len(judged), N_LABELS))
    alike = LIKENESS_WEIGHT * likeness(vectors, vectors).astype(np.float64)
    for part in SLICES.values():
        rows = known[:, part.start]
        readiness = np.ones(N_LABELS)
        readiness[part] = OWN_WEIGHT
        seen = votes[rows].astype(np.float64) * readiness
        kernel = seen @ seen.T + alike[np.ix_(rows, rows)]
        rest = said[rows, part] - votes[rows, part]
        fitted = np.linalg.solve(kernel + RIDGE * np.eye(len(kernel)), rest)
        linear[:, part] += readiness[:, None] * (seen.T @ fitted)
        rulings[rows, part] = LIKENESS_WEIGHT * fitted
    return Reception(linear.astype(np.float32), vectors, rulings.astype(np.float32))


def cross_validated(vectors: Array, votes: Array, judged: Sequence[JudgedVibe]) -> tuple[float, float]:
    """Return accept-rate and wrong-rate of the votes alone, each judge's vibes left out of the fit in turn."""
    found = np.concatenate(list(_outcomes(vectors, votes, judged)))
    return float(np.mean(found > 0)), float(np.mean(found < 0))


def _outcomes(vectors: Array, votes: Array, judged: Sequence[JudgedVibe]) -> Iterator[Array]:
    said, known = verdicts(judged)
    for judge in sorted({one.judge for one in judged}):
        held = np.array([one.judge == judge for one in judged])
        kept = [one for one in judged if one.judge != judge]
        reception = fit_reception(vectors[~held], votes[~held], kept)
        for row in np.flatnonzero(held):
            values = choose_labels(votes[row], reception.scores(vectors[row], votes[row]))
            chosen = [SLICES[name].start + FIELDS[name].index(value) for name, value in values.items()]
            yield said[row, chosen][known[row, chosen]]
