"""Which values count as numbers: those of numpy too, but never True or False."""

from __future__ import annotations

from numbers import Integral, Real
from typing import TypeGuard


def is_number(value: object) -> TypeGuard[float]:
    """Tell whether `value` is a real number (int, float, numpy scalar, fraction), nan and infinity too."""
    return isinstance(value, Real) and not _is_bool(value)


def is_integer(value: object) -> TypeGuard[int]:
    """Tell whether `value` is an integer of any type; 2.0 is not."""
    return isinstance(value, Integral) and not _is_bool(value)


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)  # apart: pyright takes bool and the abstract numbers for disjoint
