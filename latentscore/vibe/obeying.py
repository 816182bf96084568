"""Instructions meet a config: what they ask for is put in place, with as little change as they allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from latentscore.config.fields import FIELDS, Label, Value
from latentscore.config.model import MusicConfig
from latentscore.vibe.directives import Instruction
from latentscore.vibe.figures import Tempo
from latentscore.vibe.lexicon import Demand, Option, Shift, Wish

Votes: TypeAlias = Mapping[str, NDArray[np.float64]]
"""For each field, a weight for each label, in the order of the labels; they add up to 1."""

NO_VOTES: Final[Votes] = {}

_LOW, _HIGH = "register_min_oct", "register_max_oct"


class Obeyed(NamedTuple):
    """A config after the instructions."""

    config: MusicConfig
    sources: Mapping[str, str]
    """The fields that instructions decided, and by which words."""
    instructions: tuple[str, ...]
    """What each one came to, in a line."""
    shortfalls: tuple[str, ...] = ()
    """Those that could be met only in part, and why, a sentence each."""


def obey(config: MusicConfig, instructions: Sequence[Instruction], votes: Votes = NO_VOTES) -> Obeyed:
    """Return the config with the instructions carried out.

    A value that already does what is asked stays. Of several ways to do it the one with the most votes is taken.
    Ordered fields take the nearest label allowed, others the allowed one with the most votes (without votes the
    first). Where two instructions leave no label between them the later one wins; steps come last.
    """
    state = _State(dict(config.labels()), votes)
    for instruction in instructions:
        for wish in instruction.wishes:
            if not isinstance(wish, Shift):
                state.demand(wish, instruction.words)
    for instruction in instructions:
        for wish in instruction.wishes:
            if isinstance(wish, Shift):
                state.shift(wish, instruction.words)
    changed = {name: value for name, value in state.values.items() if name in state.sources}
    told = tuple(_told(instruction, state.values) for instruction in instructions)
    shortfalls = tuple(sentence for one in instructions for sentence in _shortfalls(one))
    return Obeyed(config.model_copy(update=changed), dict(state.sources), told, shortfalls)


class _State:
    """Values so far, what is still allowed of each field, and the words that decided."""

    def __init__(self, values: dict[str, Value], votes: Votes) -> None:
        self.values = values
        self.sources: dict[str, str] = {}
        self._votes = votes
        self._allowed: dict[str, tuple[Label, ...]] = {}

    def demand(self, wish: Demand | Tempo, words: str) -> None:
        if isinstance(wish, Tempo):
            self._put("tempo", _playable(wish), words)
            return
        met = [
            option
            for option in wish
            if FIELDS[option.field].nearest(self.values[option.field]) in option.labels
        ]
        option = met[0] if met else max(wish, key=self._support)  # the first of equals
        allowed = self._allowed.get(option.field, FIELDS[option.field].labels)
        both = tuple(label for label in option.labels if label in allowed) or option.labels
        self._allowed[option.field] = both
        value = self.values[option.field]
        fits = FIELDS[option.field].nearest(value) in both
        self._put(option.field, value if fits else self._chosen(Option(option.field, both)), words)

    def _support(self, option: Option) -> float:
        """The most votes that one of its labels has; 0 without votes."""
        votes = self._votes.get(option.field)
        known = FIELDS[option.field]
        return 0.0 if votes is None else max(float(votes[known.index(label)]) for label in option.labels)

    def shift(self, wish: Shift, words: str) -> None:
        self._put(wish.field, FIELDS[wish.field].step(self.values[wish.field], wish.steps), words)

    def _put(self, name: str, value: Value, words: str) -> None:
        self.values[name] = value
        self.sources[name] = f'instruction "{words}"'

    def _chosen(self, option: Option) -> Label:
        known = FIELDS[option.field]
        if known.ordered:
            here = known.index(known.nearest(self.values[option.field]))
            return min(option.labels, key=lambda label: abs(known.index(label) - here))
        if option.field not in self._votes:
            return option.labels[0]
        votes = self._votes[option.field]
        return max(option.labels, key=lambda label: votes[known.index(label)])  # the first of equals


def _playable(wish: Tempo) -> float:
    low, high = FIELDS["tempo"].number_range or (wish.bpm, wish.bpm)
    return min(max(float(wish.bpm), low), high)


def _shortfalls(instruction: Instruction) -> Iterator[str]:
    """Say how far an instruction can't be met."""
    if instruction.note:
        yield f'"{instruction.words}" is met only in part: {instruction.note}.'
    for wish in instruction.wishes:
        if isinstance(wish, Tempo) and (nearest := _playable(wish)) != wish.bpm:
            yield f'"{instruction.words}" is met only in part: {nearest:g} bpm is the nearest tempo there is.'


def _told(instruction: Instruction, values: Mapping[str, Value]) -> str:
    names = dict.fromkeys(name for wish in instruction.wishes for name in _fields(wish, values))
    outcome = ", ".join(f"{name} {_plain(values[name])}" for name in names)
    note = f" ({instruction.note})" if instruction.note else ""
    return f'"{instruction.words}" → {outcome}{note}'


def _fields(wish: Wish | Tempo, values: Mapping[str, Value]) -> list[str]:
    """The fields that a wish was about; of several options those that hold."""
    if isinstance(wish, Tempo):
        return ["tempo"]
    if isinstance(wish, Shift):
        return [wish.field]
    met = [
        option.field for option in wish if FIELDS[option.field].nearest(values[option.field]) in option.labels
    ]
    return met or [wish[0].field]


def _plain(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
