"""`Step`: a move along the labels of an ordered field."""

from __future__ import annotations

from dataclasses import dataclass

from latentscore.errors import invalid

_FARTHEST = 1000


@dataclass(frozen=True)
class Step:
    """A move of `steps` labels up (positive) or down (negative), which stops at the ends of the scale.

    `Step(+2)` on brightness turns dark into bright. `Step(0)` changes nothing. Raises `InvalidConfigError`
    unless `steps` is an integer from -1000 to 1000.
    """

    steps: int

    def __post_init__(self) -> None:
        # type(), because True is an int and 2.0 equals one; neither is meant as a number of labels
        if type(self.steps) is not int or abs(self.steps) > _FARTHEST:
            raise invalid("Step", self.steps, f"an integer from {-_FARTHEST} to {_FARTHEST}")

    def __str__(self) -> str:
        return f"{self.steps:+d}"
