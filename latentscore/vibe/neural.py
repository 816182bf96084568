"""The model `neural`: a small network from the embedding straight to all labels, so that it fills between the rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from latentscore.config.fields import FIELDS, Value
from latentscore.config.model import MusicConfig
from latentscore.vibe.obeying import Votes
from latentscore.vibe.reception import Reception
from latentscore.vibe.retrieval import Choice, Query
from latentscore.vibe.voting import VOTED, choose_labels, load_reception, read_fitted

Array = NDArray[np.float32]

ASSET: Final = Path(__file__).parent / "assets" / "neural.npz"
ENDS: Final = dict(
    zip(FIELDS, np.cumsum([len(field.labels) for field in FIELDS.values()]).tolist(), strict=True)
)
"""Where each field's labels end among the columns of the network's output."""
N_OUTPUTS: Final = sum(len(field.labels) for field in FIELDS.values())

_REMEDY = "Reinstall latentscore, or in a clone run: python -m data_work.train_neural"
_LOW, _HIGH = "register_min_oct", "register_max_oct"


@dataclass(frozen=True, eq=False)
class Network:
    """One hidden layer of rectified units.

    Attributes:
        first: (width, units). first_bias: (units,).
        second: (units, N_OUTPUTS). second_bias: (N_OUTPUTS,).
    """

    first: Array
    first_bias: Array
    second: Array
    second_bias: Array

    def shares(self, vectors: Array) -> dict[str, Array]:
        """Return for each field the probability of each label, (vectors, labels), for (vectors, width)."""
        outputs = np.maximum(vectors @ self.first + self.first_bias, 0.0) @ self.second + self.second_bias
        return {
            name: _softmax(outputs[:, end - len(FIELDS[name].labels) : end]) for name, end in ENDS.items()
        }


@cache
def load_network(path: Path = ASSET) -> Network:
    """Read the network.

    Raises:
        ModelNotAvailableError: The file is missing, damaged or made for other fields.
    """
    columns = read_fitted(path, _REMEDY)
    names = ("first", "first_bias", "second", "second_bias")
    return Network(*(columns[name].astype(np.float32) for name in names))


class Neural:
    """A chooser that asks the network; the neighbours only tell how far the vibe is from anything known."""

    def __init__(self, network: Network | None = None, reception: Reception | None = None) -> None:
        self._network = network or load_network()
        self._reception = reception or load_reception(ASSET)

    def __call__(self, query: Query, /) -> Choice:
        """Return the config that the network gives."""
        shares = {name: share[0] for name, share in self._network.shares(query.vector[None]).items()}
        voted = np.concatenate([shares[name] for name in VOTED])
        values = {name: _likeliest(name, share) for name, share in shares.items()}
        values |= choose_labels(voted, self._reception.scores(query.vector, voted))
        low, high = (FIELDS[name].index(values[name]) for name in (_LOW, _HIGH))
        if high <= low:
            values[_LOW] = FIELDS[_LOW].labels[max(0, high - 1)]
            values[_HIGH] = FIELDS[_HIGH].labels[max(1, high)]
        votes: Votes = {name: share.astype(np.float64) for name, share in shares.items()}
        sources = {
            name: f"network {share[FIELDS[name].index(values[name])]:.0%}" for name, share in votes.items()
        }
        return Choice(MusicConfig.model_validate(values), query.neighbours[0], sources, votes)


def _likeliest(name: str, share: Array) -> Value:
    """The label in the middle of the probability for an ordered field, else the likeliest."""
    known = FIELDS[name]
    at = int(np.searchsorted(np.cumsum(share), 0.5)) if known.ordered else int(share.argmax())
    return known.labels[min(at, len(known.labels) - 1)]


def _softmax(logits: Array) -> Array:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
