"""Fits what the votes of `fast` need: the hints, from the library, and the reception, from the dev vibes.

    python -m data_work.fit_votes
    python -m data_work.fit_votes --library FILE --out FILE

Both are ridge regressions in closed form. Hints: from the embeddings of the library's vibes to their labels.
Reception: from the votes for a dev vibe to what its judges said (accepted 1, neutral 0, rejected less), drawn towards
the votes themselves. The last lines are measured by cross-validation on dev. The test half is not read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data_work.evaluation_set import JudgedVibe, read_evaluation
from latentscore.config.fields import FIELDS
from latentscore.vibe.embedder import Embedder
from latentscore.vibe.library import Library
from latentscore.vibe.library_file import ASSET as LIBRARY
from latentscore.vibe.library_file import read_table, stamp
from latentscore.vibe.retrieval import FastModel
from latentscore.vibe.voting import (
    ASSET,
    N_LABELS,
    SLICES,
    VOTED,
    Ballot,
    Voting,
    choose_labels,
    label_columns,
)

HINT_RIDGE = 3.0
RECEPTION_RIDGE = 8.0
OWN_WEIGHT = 5.0
"""How much more readily a field's reception is drawn from the votes on that field than from those on others."""
REJECTED = -0.6
"""What a rejected label counts, where an accepted one counts 1 and a neutral one 0."""
N_MAIN = 16
"""Directions kept of the hints for the likeness of rows; more make no difference."""
N_FOLDS = 10

Array = NDArray[np.float32]


def one_hot(library: Library) -> Array:
    """Return every row's voted labels as 0 and 1, (rows, labels)."""
    hot = np.zeros((len(library), N_LABELS), np.float32)
    np.put_along_axis(hot, label_columns(library), 1.0, axis=1)
    return hot


def fit_hints(library: Library) -> Ballot:
    """Return a ballot with hints, its reception still the identity: the label with the most votes."""
    vectors, hot = library.units().astype(np.float64), one_hot(library).astype(np.float64)
    prior = hot.mean(axis=0)
    hints = np.linalg.solve(
        vectors.T @ vectors + HINT_RIDGE * np.eye(vectors.shape[1]), vectors.T @ (hot - prior)
    )
    basis, values, _ = np.linalg.svd(hints, full_matrices=False)
    main = basis[:, :N_MAIN] * values[:N_MAIN]
    return Ballot(*(a.astype(np.float32) for a in (hints, main, prior, np.eye(N_LABELS))))


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


def fit_reception(votes: Array, judged: Sequence[JudgedVibe]) -> Array:
    """Return the map from votes to reception, (labels, labels)."""
    said, known = verdicts(judged)
    reception = np.eye(N_LABELS)
    for part in SLICES.values():
        rows = known[:, part.start]
        readiness = np.ones(N_LABELS)
        readiness[part] = OWN_WEIGHT
        seen = votes[rows].astype(np.float64) * readiness
        rest = said[rows, part] - votes[rows, part]
        fitted = np.linalg.solve(seen.T @ seen + RECEPTION_RIDGE * np.eye(N_LABELS), seen.T @ rest)
        reception[:, part] += readiness[:, None] * fitted
    return reception.astype(np.float32)


def vectors_of(library: Library, judged: Sequence[JudgedVibe]) -> Array:
    """Return the vectors that a chooser is given for the vibes, (vibes, width)."""
    model = FastModel(Embedder(), library)
    return np.stack([model.vector(one.vibe) for one in judged])


def votes_of(voting: Voting, library: Library, vectors: Array) -> Array:
    """Return the votes for each embedding, (vibes, labels)."""
    return np.stack(
        [voting.votes(one, *voting.voters(one, library.similarities(one))) for one in vectors],
    )


def cross_validated(votes: Array, judged: Sequence[JudgedVibe]) -> tuple[float, float]:
    """Return accept-rate and wrong-rate of the votes alone, each vibe judged by a map fitted without it."""
    said, known = verdicts(judged)
    outcomes: list[NDArray[np.float32]] = []
    for fold in range(N_FOLDS):
        held = np.arange(len(judged)) % N_FOLDS == fold
        kept = [one for one, is_held in zip(judged, held, strict=True) if not is_held]
        reception = fit_reception(votes[~held], kept)
        for row, scores in zip(np.flatnonzero(held), votes[held], strict=True):
            values = choose_labels(scores, reception)
            chosen = [SLICES[name].start + FIELDS[name].index(value) for name, value in values.items()]
            outcomes.append(said[row, chosen][known[row, chosen]])
    found = np.concatenate(outcomes)
    return float(np.mean(found > 0)), float(np.mean(found < 0))


def main(arguments: list[str]) -> int:
    """Fit and write; the exit code."""
    parser = argparse.ArgumentParser("python -m data_work.fit_votes", description="Fit the votes of `fast`.")
    parser.add_argument("--library", type=Path, default=LIBRARY, help="compiled library")
    parser.add_argument("--out", type=Path, default=ASSET, help="file to write")
    options = parser.parse_args(arguments)
    library = Library(read_table(options.library))
    judged = read_evaluation("dev")
    ballot = fit_hints(library)
    votes = votes_of(Voting(library, ballot), library, vectors_of(library, judged))
    ballot = replace(ballot, reception=fit_reception(votes, judged))
    write_ballot(ballot, options.out)
    accepted, wrong = cross_validated(votes, judged)
    print(f"{len(library)} rows, {len(judged)} dev vibes, {len(VOTED)} fields")
    print(f"cross-validated on dev, without instructions: accepted {accepted:.3f}, wrong {wrong:.3f}")
    print(f"wrote {options.out} ({options.out.stat().st_size / 1e6:.2f} MB)")
    return 0


def write_ballot(ballot: Ballot, path: Path) -> None:
    """Write what was fitted, in half precision."""
    halved = {name: value.astype(np.float16) for name, value in vars(ballot).items()}
    np.savez(path, stamp=np.array(stamp()), **halved)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
