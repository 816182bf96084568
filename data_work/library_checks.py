"""What must hold across the library's entries. What is only worth a second look is in `library_lint`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_work.library_source import Problem, SourceEntry
from latentscore.vibe.text import normalised

LONGEST_TITLE = 6
NEAR_DUPLICATE = 0.95

Check = Callable[[Sequence[SourceEntry]], Iterator[Problem]]


def titles(entries: Sequence[SourceEntry]) -> Iterator[Problem]:
    """Titles have at most six words and don't repeat the vibe."""
    for entry in entries:
        n_words = len(entry.title.split())
        if n_words > LONGEST_TITLE:
            yield Problem(entry.place, f"a title has at most {LONGEST_TITLE} words; this one has {n_words}")
        if normalised(entry.title) == normalised(entry.vibe):
            yield Problem(entry.place, "the title only repeats the vibe")


def plain_text(entries: Sequence[SourceEntry]) -> Iterator[Problem]:
    """Vibes and titles hold nothing that can't be seen, save the joiners that some scripts need."""
    for entry in entries:
        for text in (entry.vibe, entry.title):
            hidden = {mark for mark in text if not mark.isprintable() and mark not in "\u200c\u200d"}
            if hidden:
                yield Problem(entry.place, f"invisible characters: {', '.join(map(ascii, sorted(hidden)))}")


def repeated_vibes(entries: Sequence[SourceEntry]) -> Iterator[Problem]:
    """No vibe stands twice; case and spacing don't make a new one."""
    yield from _repeated(entries, lambda entry: normalised(entry.vibe), "the same vibe as")


def repeated_titles(entries: Sequence[SourceEntry]) -> Iterator[Problem]:
    """No title stands twice."""
    yield from _repeated(entries, lambda entry: normalised(entry.title), "the same title as")


def repeated_configs(entries: Sequence[SourceEntry]) -> Iterator[Problem]:
    """No two entries sound alike in every field."""
    yield from _repeated(entries, lambda entry: entry.config, "the same config as")


CHECKS: list[Check] = [titles, plain_text, repeated_vibes, repeated_titles, repeated_configs]


def check(entries: Sequence[SourceEntry]) -> list[Problem]:
    """Return everything that the checks find."""
    return [problem for one in CHECKS for problem in one(entries)]


def near_duplicates(entries: Sequence[SourceEntry], vectors: NDArray[np.float32]) -> Iterator[Problem]:
    """Entries whose vibes mean the same to the encoder; `vectors` is (entries, width), unit rows."""
    n_rows = 1024  # rows compared at a time, to bound the memory
    for first in range(0, len(entries), n_rows):
        cosines = vectors[first : first + n_rows] @ vectors[first:].T
        for row, column in np.argwhere(np.triu(cosines, 1) >= NEAR_DUPLICATE).tolist():
            one, other = entries[first + row], entries[first + column]
            near = f"nearly the same (cosine {cosines[row, column]:.3f}) as {one.place} {one.vibe!r}"
            yield Problem(other.place, f"{other.vibe!r} says {near}")


def _repeated(
    entries: Sequence[SourceEntry], key: Callable[[SourceEntry], Any], message: str
) -> Iterator[Problem]:
    seen: dict[Any, SourceEntry] = {}
    for entry in entries:
        first = seen.setdefault(key(entry), entry)
        if first is not entry:
            yield Problem(entry.place, f"{message} {first.place}")
