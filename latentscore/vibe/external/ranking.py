"""Best of n: candidates are ranked by how far they agree with what the library's neighbours vote for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from latentscore.config.fields import FIELDS
from latentscore.config.model import MusicConfig
from latentscore.vibe.obeying import Votes
from latentscore.vibe.retrieval import fast_model

T = TypeVar("T")


def ranked(vibe: str, candidates: Sequence[T], config_of: Callable[[T], MusicConfig]) -> list[T]:
    """Return the candidates, the one that agrees most with the vibe's neighbourhood first; equals keep their order."""
    votes = fast_model().resolve(vibe).votes
    return sorted(candidates, key=lambda candidate: -agreement(config_of(candidate), votes))


def agreement(config: MusicConfig, votes: Votes) -> float:
    """Return the mean share of the votes that the config's labels have, 0 to 1, over the fields voted on."""
    shares = [
        float(share[FIELDS[name].index(FIELDS[name].nearest(getattr(config, name)))])
        for name, share in votes.items()
    ]
    return sum(shares) / len(shares) if shares else 0.0
