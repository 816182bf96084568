"""What a config field is: its labels, and how a value is read, ordered, stepped and turned into a number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from latentscore.config.checks import is_integer, is_number
from latentscore.errors import invalid

Label: TypeAlias = str | int  # bool included: `depth` is labelled False and True
Value: TypeAlias = str | int | float  # a label, or the number that a field with `number_range` also takes
Group: TypeAlias = Literal["mix", "key", "layer", "finer"]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a config.

    `values` gives each label's numeric meaning in `unit`; it is empty where a label has none. `ordered`
    labels run from least to most, so that a `Step` and a blend make sense on them. `number_range` is set
    where a plain number in `unit` is accepted beside the labels.
    """

    name: str
    group: Group
    labels: tuple[Label, ...]
    default: Label
    help: str
    ordered: bool = False
    values: tuple[float, ...] = ()
    unit: str = ""
    number_range: tuple[float, float] | None = None

    @property
    def alias(self) -> str:
        """Name of the `Literal` alias generated for the field: `TempoLabel`, `BassStyle`."""
        stem = "".join(part.capitalize() for part in self.name.split("_"))
        return stem + ("Style" if self.group == "layer" else "Label")

    def parse(self, value: object, *, also: str = "") -> Value:
        """Return the label equal to `value`, or the accepted number as a float.

        Types count: "3" and True are not 3. Raises `InvalidConfigError`, which lists the labels and then
        `also`.
        """
        position = self._position(value)
        if position is not None:
            return self.labels[position]
        if self.number_range and is_number(value):
            low, high = self.number_range
            if low <= value <= high:  # compared before converting: a huge int does not fit a float
                return float(value)
        hints = [hint for hint in (self._number_hint(), also) if hint]
        raise invalid(self.name, value, self.labels, also=", ".join(hints))

    def index(self, label: Value) -> int:
        """Return the position of `label`, from 0. Raises `InvalidConfigError` for anything else."""
        position = self._position(label)
        if position is None:
            raise invalid(self.name, label, self.labels)
        return position

    def number(self, value: Value) -> float:
        """Return what a label or number means in `unit`. Raises `InvalidConfigError` if it means nothing."""
        if not self.values:
            raise invalid("field", self.name, "a field whose labels have a numeric meaning")
        if self.number_range and isinstance(value, float):
            return value
        return self.values[self.index(value)]

    def nearest(self, value: Value) -> Label:
        """Return a number as the label whose meaning is nearest by ratio, and a label as it is."""
        if not (self.number_range and isinstance(value, float)):
            return self.labels[self.index(value)]
        ratios = [max(value / meaning, meaning / value) for meaning in self.values]
        return self.labels[ratios.index(min(ratios))]

    def step(self, value: Value, steps: int) -> Value:
        """Return the label `steps` above `value` (below, if negative); the ends hold.

        From a number the first step leads to the next label in that direction; beyond the last it stays.
        Raises `InvalidConfigError` on an unordered field.
        """
        if not self.ordered:
            raise invalid("field", self.name, "a field whose labels have an order")
        if self.number_range and isinstance(value, float):
            return self._step_from_number(value, steps)
        return self.labels[min(max(self.index(value) + steps, 0), len(self.labels) - 1)]

    @cached_property
    def _positions(self) -> dict[tuple[type, Label], int]:
        """Where each label stands, by its type too: True equals 1."""
        return {(type(label), label): position for position, label in enumerate(self.labels)}

    def _position(self, value: object) -> int | None:
        if isinstance(value, bool):
            return self._positions.get((bool, value))
        if isinstance(value, str):
            return self._positions.get((str, str.__str__(value)))  # an enum's own hash is another
        return self._positions.get((int, int(value))) if is_integer(value) else None

    def _step_from_number(self, number: float, steps: int) -> Value:
        pairs = list(zip(self.labels, self.values, strict=True))
        if steps > 0:
            ahead = [label for label, meaning in pairs if meaning > number]
        else:
            ahead = [label for label, meaning in reversed(pairs) if meaning < number]
        if not ahead or steps == 0:
            return number
        return ahead[min(abs(steps), len(ahead)) - 1]

    def _number_hint(self) -> str:
        if not self.number_range:
            return ""
        low, high = self.number_range
        return f"or a number from {low:g} to {high:g} ({self.unit})"
