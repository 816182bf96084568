"""`blend`: one config between several, each with a weight."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction
from typing import Any, TypeVar, cast

from latentscore.config.checks import is_number
from latentscore.config.fields import FIELDS, Field, Value
from latentscore.config.model import MusicConfig
from latentscore.errors import invalid

_Choice = TypeVar("_Choice", bound=Hashable)
_Weighted = list[tuple[MusicConfig, Fraction]]


def blend(parts: Mapping[MusicConfig, float] | Iterable[tuple[MusicConfig, float]]) -> MusicConfig:
    """Return the weighted middle of several configs, given as a mapping config → weight or as such pairs.

    Weights are positive and finite; only their ratios matter. Ordered fields take the label nearest to the
    weighted mean position (halfway goes up), other fields the label of the greatest total weight (the first
    of equals), root and mode together. If any tempo is a number, the tempo is the weighted geometric mean in
    bpm, to 0.01.

    Raises `InvalidConfigError` if there are no parts, or if one is not a `MusicConfig` with such a weight.
    """
    weighted = _checked(parts)
    blended: dict[str, Value] = {}
    for name, field in FIELDS.items():
        votes = [(cast(Value, getattr(config, name)), weight) for config, weight in weighted]
        blended[name] = _middle(field, votes) if field.ordered else _heaviest(votes)
    blended["root"], blended["mode"] = _heaviest(
        [((config.root, config.mode), weight) for config, weight in weighted]
    )
    return MusicConfig.model_validate(blended)


def _middle(field: Field, votes: list[tuple[Value, Fraction]]) -> Value:
    if field.number_range and any(isinstance(value, float) for value, _ in votes):
        return _geometric_mean([(field.number(value), weight) for value, weight in votes])
    total = sum(weight for _, weight in votes)
    mean = sum((field.index(value) * weight for value, weight in votes), Fraction(0)) / total
    # Exact fractions, always rounded alike, keep register bounds apart if they are apart in every part.
    return field.labels[math.floor(mean + Fraction(1, 2))]


def _geometric_mean(votes: list[tuple[float, Fraction]]) -> float:
    numbers = {number for number, _ in votes}
    if len(numbers) == 1:
        return numbers.pop()
    total = sum(weight for _, weight in votes)
    mean = math.exp(math.fsum(math.log(number) * float(weight / total) for number, weight in votes))
    return round(min(max(mean, min(numbers)), max(numbers)), 2)


def _heaviest(votes: list[tuple[_Choice, Fraction]]) -> _Choice:
    totals: dict[_Choice, Fraction] = {}
    for choice, weight in votes:
        totals[choice] = totals.get(choice, Fraction(0)) + weight
    return max(totals, key=lambda choice: totals[choice])  # a dict keeps the order given, and max the first


def _checked(parts: Any) -> _Weighted:
    wanted = "a mapping of MusicConfig to weight, or (MusicConfig, weight) pairs"
    pairs: list[Any]
    if isinstance(parts, Mapping):
        pairs = list(cast(Mapping[Any, Any], parts).items())
    elif isinstance(parts, Iterable) and not isinstance(parts, str | bytes | MusicConfig):
        pairs = list(cast(Iterable[Any], parts))
    else:
        raise invalid("parts", cast(object, parts), wanted)
    if not pairs:
        raise invalid("parts", cast(object, parts), f"{wanted}, at least one")
    return [_checked_pair(pair, wanted) for pair in pairs]


def _checked_pair(pair: Any, wanted: str) -> tuple[MusicConfig, Fraction]:
    if not isinstance(pair, tuple | list) or len(cast(list[object], pair)) != 2:
        raise invalid("parts", cast(object, pair), wanted)
    config, weight = cast(list[object], pair)
    if not isinstance(config, MusicConfig):
        raise invalid("parts", config, wanted)
    if not is_number(weight) or not 0 < weight < math.inf:
        raise invalid("weight", weight, "a finite number above 0")
    return config, Fraction(str(weight))  # the decimal that was typed: 0.1 + 0.2 ties with 0.3
