"""Replaying: a log makes the same samples again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentscore.output.recipes import SessionRecipe
from latentscore.stream.room import LogEntry, Room, perform


def render_log(recipe: SessionRecipe) -> NDArray[np.float32]:
    """Return the samples of a session, float32 (n,) or (n, 2), from its recipe."""
    log: list[Any] = list(recipe.log)
    return render_commands(log, recipe.sample_rate, recipe.channels, recipe.n_frames)


def render_commands(
    log: Sequence[LogEntry], sample_rate: int, channels: int, n_frames: int
) -> NDArray[np.float32]:
    """Return `n_frames` of what a `session.log` describes, or fewer if it ends before."""
    pieces: list[NDArray[np.float32]] = []
    perform(Room(sample_rate, channels), log, n_frames, pieces.append)
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32)
