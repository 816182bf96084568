"""Reception: what judges said of a vibe is heeded near it, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from data_work.evaluation_set import JudgedVibe
from data_work.fit_reception import cross_validated, fit_reception, verdicts
from latentscore.config import FIELDS
from latentscore.vibe.reception import REACH, likeness
from latentscore.vibe.voting import N_LABELS, SLICES, choose_labels

N_VIBES = 24
TEMPO = SLICES["tempo"]
SLOW, FAST = (TEMPO.start + FIELDS["tempo"].index(label) for label in ("slow", "fast"))


def judged(n: int, label: str, judge: str) -> JudgedVibe:
    return JudgedVibe(f"{judge} {n}", "word", judge, {"tempo": frozenset({label})}, {})


def votes_for_slow(n: int) -> np.ndarray:
    votes = np.full((n, N_LABELS), 0.05, np.float32)
    votes[:, SLOW], votes[:, FAST] = 0.5, 0.4
    return votes


def test_likeness_falls_with_the_cosine() -> None:
    across = likeness(np.eye(3, dtype=np.float32), np.eye(3, dtype=np.float32))
    assert np.allclose(across.diagonal(), 1.0)
    assert across[0, 1] == pytest.approx(np.exp(-1.0 / REACH))


def test_what_was_said_counts_near_by() -> None:
    """Judges say fast of everything that lies along the first axis, and slow of the rest; votes are alike."""
    random = np.random.default_rng(3)
    near = np.arange(N_VIBES) < N_VIBES // 2
    vectors = 0.1 * random.standard_normal((N_VIBES, 8)).astype(np.float32)
    vectors[near, 0] += 1.0
    vectors[~near, 1] += 1.0
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    said = [judged(n, "fast" if is_near else "slow", f"j{n % 3}") for n, is_near in enumerate(near.tolist())]
    votes = votes_for_slow(N_VIBES)
    reception = fit_reception(vectors, votes, said)
    for axis, label in ((0, "fast"), (1, "slow")):
        vector = np.eye(8, dtype=np.float32)[axis]
        assert choose_labels(votes[0], reception.scores(vector, votes[0]))["tempo"] == label
    assert cross_validated(vectors, votes, said) == (1.0, 0.0), "the other judges tell as much"


def test_fields_that_nobody_judged_follow_the_votes() -> None:
    votes = votes_for_slow(2)
    reception = fit_reception(
        np.eye(2, 8, dtype=np.float32), votes, [judged(n, "fast", "j") for n in range(2)]
    )
    scores = reception.scores(np.eye(8, dtype=np.float32)[0], votes[0])
    others = np.ones(N_LABELS, bool)
    others[TEMPO] = False
    assert np.allclose(scores[others], votes[0][others])
    said, known = verdicts([judged(0, "fast", "j")])
    assert said[0, FAST] == 1.0
    assert known[0].sum() == len(FIELDS["tempo"].labels)
