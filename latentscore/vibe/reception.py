"""How well each label will be received for a vibe: what the votes say, corrected by what judges said of other vibes.

A vote is not yet a choice: of labels that are nearly as likely, one that suits most readings of a vibe is better than
one that would be wrong in the others. Two corrections are added to the votes. One is linear in them; the other
takes after the judged vibes that are near in meaning, the precedents. Together they are a kernel ridge regression
(Saunders, Gammerman and Vovk, 1998), fitted by `data_work/fit_reception.py`; the test half of the evaluation has no
part in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

REACH: Final = 0.35
"""A precedent this much less like the vibe, as a cosine, counts e times less."""


@dataclass(frozen=True, eq=False)
class Reception:
    """What was fitted.

    Attributes:
        linear: (labels, labels): from votes to what they say about each label.
        precedents: (vibes, width): the embeddings of judged vibes, unit length.
        rulings: (vibes, labels): what each of them adds to each label.
    """

    linear: Array
    precedents: Array
    rulings: Array

    def scores(self, vector: Array, votes: Array) -> Array:
        """Return how well each label will be received, (labels,).

        Args:
            vector: The vibe's embedding, unit length, (width,).
            votes: The share of each label, (labels,).
        """
        return np.add(votes @ self.linear, likeness(vector, self.precedents) @ self.rulings, dtype=np.float32)


def likeness(vectors: Array, others: Array) -> Array:
    """Return how much each vibe is like each of the others, 0 to 1: (..., others) for (..., width)."""
    distance = (np.float32(1.0) - vectors @ others.T) / np.float32(REACH)
    return np.exp(-distance)
