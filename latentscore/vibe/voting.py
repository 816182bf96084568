"""How neighbours become a config: they vote on every field, and the label that will be received best is played.

The voters are the rows nearest in meaning and in what their place suggests (`hints`, a linear map from embedding to
labels). A vote is not yet a choice: see `latentscore.vibe.reception`. Both are fitted by
`python -m data_work.fit_votes`; the test half of the evaluation has no part in it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from latentscore.config.fields import FIELDS, Value
from latentscore.errors import ModelNotAvailableError
from latentscore.vibe.library import Library, best_rows
from latentscore.vibe.library_file import stamp
from latentscore.vibe.obeying import Votes
from latentscore.vibe.reception import Reception
from latentscore.vibe.retrieval import DEFAULT, SAME, Choice, Neighbour, Query

Array = NDArray[np.float32]

ASSET: Final = Path(__file__).parent / "assets" / "votes.npz"
VOTED: Final = tuple(name for name, field in FIELDS.items() if field.group != "finer" and name != "root")
"""The fields that are voted on. The key's root and the finer fields come from one row, since they belong together."""
N_LABELS: Final = sum(len(FIELDS[name].labels) for name in VOTED)
SLICES: Final = dict(
    zip(
        VOTED,
        (
            slice(end - len(FIELDS[name].labels), end)
            for name, end in zip(
                VOTED, np.cumsum([len(FIELDS[name].labels) for name in VOTED]).tolist(), strict=True
            )
        ),
        strict=True,
    )
)
"""Where each field's labels stand among the columns of all voted labels."""

N_VOTERS: Final = 40
TEMPERATURE: Final = 0.08
"""A voter this much less like the vibe counts e times less."""
HINT_WEIGHT: Final = 0.16
"""How much the hints count beside the meaning when voters are looked for."""
HINT_SHARE: Final = 0.2
"""Share of the votes that the hints themselves have."""
LEAST_SUPPORT: Final = 0.03
"""A label with fewer votes than this share of the leader's is not chosen, however well it is received."""
SHOWN_VOTERS: Final = 3

_REMEDY = "Reinstall latentscore, or in a clone run: python -m data_work.fit_votes"


@dataclass(frozen=True, eq=False)
class Ballot:
    """What was fitted.

    Attributes:
        hints: (width, labels): from an embedding to votes, about `prior`.
        main: (width, few): the main directions of `hints`, by which likeness is measured.
        prior: (labels,): shares of the labels in the library.
    """

    hints: Array
    main: Array
    prior: Array


@cache
def load_ballot(path: Path = ASSET) -> Ballot:
    """Read what was fitted.

    Raises:
        ModelNotAvailableError: The file is missing, damaged or made for other fields.
    """
    columns = read_fitted(path, _REMEDY)
    return Ballot(*(columns[name].astype(np.float32) for name in ("hints", "main", "prior")))


@cache
def load_reception(path: Path = ASSET, precedents: Path = ASSET) -> Reception:
    """Read how labels are received; `neural` has the precedents of `fast`. Raises as `load_ballot` does."""
    columns = read_fitted(path, _REMEDY)
    vibes = columns if precedents == path else read_fitted(precedents, _REMEDY)
    return Reception(
        *(a.astype(np.float32) for a in (columns["linear"], vibes["precedents"], columns["rulings"]))
    )


def read_fitted(path: Path, remedy: str) -> dict[str, NDArray[Any]]:
    """Return the arrays of a fitted file, after the check that it was made for this version's fields."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            columns: dict[str, NDArray[Any]] = {name: stored[name] for name in stored.files}
    except FileNotFoundError:
        raise ModelNotAvailableError(f"{path} is missing. {remedy}") from None
    except (OSError, EOFError, ValueError, zipfile.BadZipFile) as error:
        raise ModelNotAvailableError(f"{path} can't be read ({error}). {remedy}") from error
    if str(columns.get("stamp")) != stamp():
        raise ModelNotAvailableError(f"{path} was made for other config fields. {remedy}")
    return columns


def choose_labels(votes: Array, scores: Array) -> dict[str, Value]:
    """Return for each voted field the label with the best score among those voted for; both (labels,)."""
    chosen: dict[str, Value] = {}
    for name, part in SLICES.items():
        is_supported = votes[part] >= LEAST_SUPPORT * votes[part].max()
        chosen[name] = FIELDS[name].labels[int(np.where(is_supported, scores[part], -np.inf).argmax())]
    return chosen


def by_field(votes: Array) -> Votes:
    """Return the votes field by field, each field's adding up to 1."""
    kept = np.maximum(votes, 1e-6).astype(np.float64)
    return {name: kept[part] / kept[part].sum() for name, part in SLICES.items()}


def label_columns(library: Library) -> NDArray[np.intp]:
    """Return the column of every row's label of each voted field, (rows, voted fields)."""
    starts = np.array([SLICES[name].start for name in VOTED])
    return library.positions(VOTED) + starts


class Voting:
    """A chooser: votes of the rows of a library."""

    def __init__(
        self, library: Library, ballot: Ballot | None = None, reception: Reception | None = None
    ) -> None:
        self._ballot = ballot or load_ballot()
        self._reception = reception or load_reception()
        self._columns = label_columns(library)
        self._main = library.projected(self._ballot.main)
        self._lengths = np.sqrt(1 + HINT_WEIGHT * np.einsum("ij,ij->i", self._main, self._main))

    def __call__(self, query: Query, /) -> Choice:
        """Return the config that the rows vote for."""
        best = query.neighbours[0]
        rows, weights = self.voters(query.vector, query.similarities)
        votes = self.votes(query.vector, rows, weights)
        shares = by_field(votes)
        if best.similarity >= SAME:
            return Choice(best.config, best, _row_sources(best), shares)
        voted = choose_labels(votes, self._reception.scores(query.vector, votes))
        model = self._most_alike(query.neighbours, voted)
        config = model.config.model_copy(update=voted)
        sources = _row_sources(model)
        sources |= {name: self._source(name, voted[name], shares, rows) for name in VOTED}
        return Choice(config, best, sources, shares)

    def voters(self, vector: Array, similarities: Array) -> tuple[NDArray[np.intp], Array]:
        """Return the rows that vote, best first, and their weights, which add up to 1.

        Args:
            vector: The vibe's embedding, (width,).
            similarities: Its cosine with every row, (rows,).
        """
        main = vector @ self._ballot.main
        own = np.sqrt(1 + HINT_WEIGHT * float(main @ main))
        likeness = (similarities + HINT_WEIGHT * (self._main @ main)) / (own * self._lengths)
        rows = best_rows(likeness, N_VOTERS)
        weights = np.exp((likeness[rows] - likeness[rows[0]]) / TEMPERATURE)
        return rows, (weights / weights.sum()).astype(np.float32)

    def votes(self, vector: Array, rows: NDArray[np.intp], weights: Array) -> Array:
        """Return the votes, (labels,), the hints' share among them."""
        counted = np.zeros(N_LABELS, np.float32)
        np.add.at(counted, self._columns[rows], weights[:, None])
        hinted = vector @ self._ballot.hints + self._ballot.prior
        return ((1 - HINT_SHARE) * counted + HINT_SHARE * hinted).astype(np.float32)

    @staticmethod
    def _most_alike(neighbours: Sequence[Neighbour], voted: dict[str, Value]) -> Neighbour:
        """The neighbour whose config agrees with the votes in most fields; the first of equals."""
        return max(
            neighbours, key=lambda near: sum(getattr(near.config, name) == voted[name] for name in voted)
        )

    def _source(self, name: str, value: Value, shares: Votes, rows: NDArray[np.intp]) -> str:
        at = FIELDS[name].index(value)
        agreeing = rows[self._columns[rows, VOTED.index(name)] == SLICES[name].start + at][:SHOWN_VOTERS]
        named = f", rows {' '.join(map(str, agreeing))}" if len(agreeing) else ""
        return f"votes {shares[name][at]:.0%}{named}"


def _row_sources(near: Neighbour) -> dict[str, str]:
    chosen = near.config.model_fields_set
    return {name: f"library row {near.row}" if name in chosen else DEFAULT for name in FIELDS}
