"""Voicings: chords laid out in a register, and led to the next chord with little movement."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise, permutations
from typing import Final

from latentscore.theory.pitch import at_or_above, nearest

MUD_LIMIT: Final = 48
"""Below C3 close intervals turn to mud: notes there keep at least a fifth apart."""

_PARALLEL: Final = 2.0
"""Semitones of movement that one pair of parallel fifths or octaves is worth avoiding."""


@lru_cache(maxsize=4096)
def close(pitch_classes: tuple[int, ...], low: int) -> tuple[int, ...]:
    """Stack pitch classes upward from `low`, each the next above the one before."""
    voicing: list[int] = []
    floor = low
    for pitch_class in pitch_classes:
        pitch = at_or_above(pitch_class, floor)
        voicing.append(pitch)
        floor = pitch + 1
    return tuple(voicing)


def is_clear(voicing: Sequence[int]) -> bool:
    """Tell whether an ascending voicing has no unison, and no interval under a fifth that starts below C3."""
    pairs = pairwise(voicing)
    return all(above - below >= (7 if below < MUD_LIMIT else 1) for below, above in pairs)


@lru_cache(maxsize=8192)
def lead(
    previous: tuple[int, ...], pitch_classes: tuple[int, ...], low: int, high: int, gap: int = 1
) -> tuple[int, ...]:
    """Return the voicing of `pitch_classes` in [low, high] reached from `previous` with least movement.

    Each voice goes to the nearest pitch of its new class; of all ways to hand out the classes (at most 120)
    the one with the smallest sum of moves wins (after Tymoczko, "The Geometry of Musical Chords", 2006: voice
    leading as a matching), with a slight pull to the middle of the register against drift, and a price on
    parallel fifths and octaves. Where none fits, or there is no voicing to come from, the chord is stacked
    anew from the bottom.

    Args:
        previous: Ascending pitches; disregarded unless as many as `pitch_classes`.
        pitch_classes: The new chord; repeats are allowed (a doubling).
        low: Lowest pitch allowed.
        high: Highest pitch allowed.
        gap: Smallest interval between neighbouring voices, in semitones.
    """
    if len(previous) != len(pitch_classes):
        return _stacked(pitch_classes, low, high, gap)
    middle = (low + high) / 2.0
    best: tuple[int, ...] | None = None
    best_cost = 1e9
    for order in permutations(pitch_classes):
        reached = (_within(nearest(c, p), low, high) for c, p in zip(order, previous, strict=True))
        voicing = tuple(sorted(reached))
        cost = _movement(previous, voicing) + 0.15 * abs(sum(voicing) / len(voicing) - middle)
        cost += _PARALLEL * _parallels(previous, voicing)
        if cost < best_cost and _is_allowed(voicing, low, high, gap):
            best, best_cost = voicing, cost
    return best if best is not None else _stacked(pitch_classes, low, high, gap)


def _movement(previous: Sequence[int], voicing: Sequence[int]) -> int:
    return sum(abs(new - old) for old, new in zip(previous, voicing, strict=True))


def _parallels(previous: Sequence[int], voicing: Sequence[int]) -> int:
    """Return how many pairs of voices keep a perfect fifth or octave while both move."""
    moved = [at for at in range(len(voicing)) if voicing[at] != previous[at]]
    return sum(
        voicing[high] - voicing[low] == previous[high] - previous[low]
        and (voicing[high] - voicing[low]) % 12 in (0, 7)
        for place, low in enumerate(moved)
        for high in moved[place + 1 :]
    )


def _is_allowed(voicing: tuple[int, ...], low: int, high: int, gap: int) -> bool:
    if voicing[0] < low or voicing[-1] > high or not is_clear(voicing):
        return False
    return all(above - below >= gap for below, above in pairwise(voicing))


def _within(pitch: int, low: int, high: int) -> int:
    return pitch + 12 if pitch < low else pitch - 12 if pitch > high else pitch


def _stacked(pitch_classes: tuple[int, ...], low: int, high: int, gap: int) -> tuple[int, ...]:
    """Return the stack nearest to the middle of the register; the gap gives way where none would fit."""
    stacks = [_stack(order, low, gap) for order in permutations(pitch_classes)]
    middle = (low + high) / 2.0
    best = min(stacks, key=lambda stack: (max(0, stack[-1] - high), abs(sum(stack) / len(stack) - middle)))
    return best if best[-1] <= high or gap == 1 else _stacked(pitch_classes, low, high, gap - 1)


def _stack(order: Sequence[int], low: int, gap: int) -> tuple[int, ...]:
    voicing: list[int] = []
    floor = low
    for pitch_class in order:
        pitch = at_or_above(pitch_class, floor)
        voicing.append(pitch)
        floor = pitch + (max(gap, 7) if pitch < MUD_LIMIT else gap)
    return tuple(voicing)
