"""Fits what the votes of `fast` need: the hints, from the library, and the reception, from the dev vibes.

    python -m data_work.fit_votes
    python -m data_work.fit_votes --library FILE --out FILE

Both are ridge regressions in closed form. Hints: from the embeddings of the library's vibes to their labels.
Reception: see `data_work/fit_reception.py`. The last lines are measured on dev, each judge's vibes in turn left out
of the fit. The test half is not read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data_work.evaluation_set import JudgedVibe, read_evaluation
from data_work.fit_reception import cross_validated, fit_reception
from latentscore.vibe.embedder import Embedder
from latentscore.vibe.library import Library
from latentscore.vibe.library_file import ASSET as LIBRARY
from latentscore.vibe.library_file import read_table, stamp
from latentscore.vibe.reception import Reception
from latentscore.vibe.retrieval import FastModel
from latentscore.vibe.voting import (
    ASSET,
    N_LABELS,
    VOTED,
    Ballot,
    Voting,
    label_columns,
)

HINT_RIDGE = 3.0
N_MAIN = 16
"""Directions kept of the hints for the likeness of rows; more make no difference."""

Array = NDArray[np.float32]


def one_hot(library: Library) -> Array:
    """Return every row's voted labels as 0 and 1, (rows, labels)."""
    hot = np.zeros((len(library), N_LABELS), np.float32)
    np.put_along_axis(hot, label_columns(library), 1.0, axis=1)
    return hot


def fit_hints(library: Library) -> Ballot:
    """Return the hints, and what follows from them."""
    vectors, hot = library.units().astype(np.float64), one_hot(library).astype(np.float64)
    prior = hot.mean(axis=0)
    hints = np.linalg.solve(
        vectors.T @ vectors + HINT_RIDGE * np.eye(vectors.shape[1]), vectors.T @ (hot - prior)
    )
    basis, values, _ = np.linalg.svd(hints, full_matrices=False)
    main = basis[:, :N_MAIN] * values[:N_MAIN]
    return Ballot(*(a.astype(np.float32) for a in (hints, main, prior)))


def unjudged(library: Library) -> tuple[Ballot, Voting]:
    """Return hints fitted to a library, and its votes, of which nobody has said anything yet."""
    ballot = fit_hints(library)
    nobody = Reception(
        np.eye(N_LABELS, dtype=np.float32),
        np.zeros((0, ballot.hints.shape[0]), np.float32),
        np.zeros((0, N_LABELS), np.float32),
    )
    return ballot, Voting(library, ballot, nobody)


def vectors_of(library: Library, judged: Sequence[JudgedVibe]) -> Array:
    """Return the vectors that a chooser is given for the vibes, (vibes, width)."""
    model = FastModel(Embedder(), library)
    return np.stack([model.vector(one.vibe) for one in judged])


def votes_of(voting: Voting, library: Library, vectors: Array) -> Array:
    """Return the votes for each embedding, (vibes, labels)."""
    return np.stack(
        [voting.votes(one, *voting.voters(one, library.similarities(one))) for one in vectors],
    )


def main(arguments: list[str]) -> int:
    """Fit and write; the exit code."""
    parser = argparse.ArgumentParser("python -m data_work.fit_votes", description="Fit the votes of `fast`.")
    parser.add_argument("--library", type=Path, default=LIBRARY, help="compiled library")
    parser.add_argument("--out", type=Path, default=ASSET, help="file to write")
    options = parser.parse_args(arguments)
    library = Library(read_table(options.library))
    judged = read_evaluation("dev")
    ballot, voting = unjudged(library)
    vectors = vectors_of(library, judged)
    votes = votes_of(voting, library, vectors)
    write_fitted(options.out, {**vars(ballot), **vars(fit_reception(vectors, votes, judged))})
    accepted, wrong = cross_validated(vectors, votes, judged)
    print(f"{len(library)} rows, {len(judged)} dev vibes, {len(VOTED)} fields")
    print(f"cross-validated on dev, without instructions: accepted {accepted:.3f}, wrong {wrong:.3f}")
    print(f"wrote {options.out} ({options.out.stat().st_size / 1e6:.2f} MB)")
    return 0


def write_fitted(path: Path, columns: Mapping[str, Array]) -> None:
    """Write what was fitted, in half precision."""
    halved = {name: value.astype(np.float16) for name, value in columns.items()}
    np.savez(path, stamp=np.array(stamp()), **halved)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
