"""Mutation: a config nearby, chosen by a seed.

The choices come from hashed bits through our own mapping, so that a seed names the same variation for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from latentscore.config.checks import is_integer, is_number
from latentscore.config.fields import FIELDS, Field, Label, Value
from latentscore.errors import invalid

_WIDEST_CHANGE = 0.6  # of a number, at strength 1; small enough that up or down always stays in 30–240
_LEAST_CHANGE = 0.1


@dataclass(frozen=True)
class _Draw:
    """A field's random bits: `urge` in [0, 1) says how readily it changes, `pick` (64 bits) into what."""

    urge: float
    pick: int


def mutated(values: Mapping[str, Value], seed: int, strength: float) -> dict[str, Value]:
    """Return `values` with about a share `strength` of the fields changed, and at least one unless it is 0.

    Ordered fields move by up to `strength` of their scale, other fields to any other label. A greater
    strength changes the same fields and more. Raises `InvalidConfigError` on any other seed or strength.
    """
    amount = _checked_strength(strength)
    draws = {name: _draw(_checked_seed(seed), name) for name in FIELDS}
    result = dict(values)
    for name in sorted(FIELDS, key=lambda name: draws[name].urge):
        beyond = draws[name].urge >= amount
        if amount == 0.0 or (beyond and result != values):
            break
        result[name] = _moved(FIELDS[name], result, draws[name].pick, amount)
    return result


def _moved(field: Field, values: Mapping[str, Value], pick: int, amount: float) -> Value:
    value = values[field.name]
    if field.number_range and isinstance(value, float):
        return _moved_number(value, field.number_range, pick, amount)
    candidates = _candidates(field, values, amount)
    return candidates[pick * len(candidates) >> 64] if candidates else value


def _candidates(field: Field, values: Mapping[str, Value], amount: float) -> list[Label]:
    """Return the other labels within reach that keep the register bounds apart."""
    here = field.index(values[field.name])
    reach = max(1, round(amount * (len(field.labels) - 1))) if field.ordered else len(field.labels)
    near = [label for at, label in enumerate(field.labels) if at != here and abs(at - here) <= reach]
    if field.name == "register_min_oct":
        return [label for label in near if cast(int, label) < cast(int, values["register_max_oct"])]
    if field.name == "register_max_oct":
        return [label for label in near if cast(int, label) > cast(int, values["register_min_oct"])]
    return near


def _moved_number(number: float, bounds: tuple[float, float], pick: int, amount: float) -> float:
    share = (pick >> 11) / 2.0**53
    change = max(_LEAST_CHANGE, _WIDEST_CHANGE * amount * share * number)
    target = number + change if pick & 1 else number - change
    if not bounds[0] <= target <= bounds[1]:
        target = 2 * number - target
    return round(target, 1)


def _draw(seed: int, name: str) -> _Draw:
    digest = hashlib.blake2b(f"{seed:x}:{name}".encode(), digest_size=16).digest()
    return _Draw(
        urge=(int.from_bytes(digest[:8], "big") >> 11) / 2.0**53, pick=int.from_bytes(digest[8:], "big")
    )


def _checked_seed(seed: object) -> int:
    if is_integer(seed):
        return int(seed)
    raise invalid("seed", seed, "an integer")


def _checked_strength(strength: object) -> float:
    if is_number(strength) and 0 <= strength <= 1:
        return float(strength)
    raise invalid("strength", strength, "a number from 0 to 1")
