"""`MusicConfigUpdate`: a change to a config, by new labels or by steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pydantic import model_validator
from typing_extensions import Self

from latentscore.config.bodies import UpdateBody
from latentscore.config.fields import FIELDS, Field, Value
from latentscore.config.model import MusicConfig
from latentscore.config.steps import Step
from latentscore.errors import InvalidConfigError, invalid

__all__ = ["MusicConfigUpdate", "Step"]

_STEP_HINT = "or a Step"
_NO_STEP_HINT = "and no Step, since these labels have no order"
_FAR = 100  # beyond the ends of every scale
_LOW, _HIGH = "register_min_oct", "register_max_oct"


class MusicConfigUpdate(UpdateBody, frozen=True):
    """Changes to make to a config: for each field a label, a `Step` (ordered fields only), or None.

    In JSON a step is `{"steps": 2}`. Anything that is not allowed raises `InvalidConfigError`.
    """

    @classmethod
    def _parse(cls, field: Field, value: object) -> object:
        if value is None:
            return None
        step = _as_step(field, value)
        if step is None:
            return field.parse(value, also=_STEP_HINT if field.ordered else "")
        if not field.ordered:
            raise invalid(field.name, step, field.labels, also=_NO_STEP_HINT)
        return step

    @model_validator(mode="after")
    def _labelled_bounds_apart(self) -> Self:
        low, high = self.register_min_oct, self.register_max_oct
        if isinstance(low, int) and isinstance(high, int) and high <= low:
            raise invalid(_HIGH, high, f"above {_LOW}, which is {low}")
        return self

    def changes(self) -> dict[str, Value | Step]:
        """Return what is to change, by field name in the reference order."""
        wanted = {name: getattr(self, name) for name in FIELDS}
        return {name: change for name, change in wanted.items() if change is not None}

    def apply(self, config: MusicConfig) -> MusicConfig:
        """Return `config` with the changes made.

        Steps stop at the ends of their scale, and register bounds also before they meet. From a tempo number
        the first step leads to the next label in that direction. Raises `InvalidConfigError` if a new label
        puts one register bound beyond the other.
        """
        if not isinstance(cast(object, config), MusicConfig):
            raise invalid("config", config, "a MusicConfig")
        before, changes = config.labels(), self.changes()
        after = {name: _changed(FIELDS[name], before[name], change) for name, change in changes.items()}
        return config.model_copy(update={**after, **_register_bounds(before, changes, after)})

    def after(self, earlier: MusicConfigUpdate | None) -> MusicConfigUpdate:
        """Return the update that does what `earlier` and then this one do; this one alone if they don't go together."""
        merged = {} if earlier is None else earlier.changes()
        for name, change in self.changes().items():
            before = merged.get(name)
            if isinstance(before, Step) and isinstance(change, Step):
                merged[name] = Step(max(-_FAR, min(_FAR, before.steps + change.steps)))
            elif before is None or isinstance(before, Step):
                merged[name] = change
            else:
                merged[name] = _changed(FIELDS[name], before, change)
        try:
            return MusicConfigUpdate(**cast(dict[str, Any], merged))
        except InvalidConfigError:  # a bound of the register on the wrong side of the other
            return self

    def __str__(self) -> str:
        changes = self.changes().items()
        return ", ".join(f"{name} {change}" for name, change in changes) or "no change"


def _as_step(field: Field, value: object) -> Step | None:
    if isinstance(value, Step):
        return value
    if not isinstance(value, dict):
        return None
    written = cast(dict[object, Any], value)
    if set(written) != {"steps"}:
        raise invalid(field.name, written, 'a label, or a step written {"steps": 2}')
    return Step(written["steps"])


def _changed(field: Field, value: Value, change: Value | Step) -> Value:
    return field.step(value, change.steps) if isinstance(change, Step) else change


def _register_bounds(
    before: Mapping[str, Value], changes: Mapping[str, Value | Step], after: Mapping[str, Value]
) -> dict[str, Value]:
    """Return the bounds as steps leave them, the lower below the upper.

    A bound given as a label stays where it was put. Two stepping bounds that would meet stop beside each
    other, the upper first. Where that leaves no room, or no step is involved, the config refuses the bounds.
    """
    old_low, old_high = cast(int, before[_LOW]), cast(int, before[_HIGH])
    low, high = cast(int, after.get(_LOW, old_low)), cast(int, after.get(_HIGH, old_high))
    low_steps, high_steps = (isinstance(changes.get(name), Step) for name in (_LOW, _HIGH))
    if low < high or not (low_steps or high_steps):
        return {}
    if high_steps and _LOW in changes and not low_steps:
        return {_HIGH: FIELDS[_HIGH].step(low, 1)}
    if low_steps and _HIGH in changes and not high_steps:
        return {_LOW: FIELDS[_LOW].step(high, -1)}
    high = max(high, min(old_low, low) + 1)
    return {_LOW: min(low, high - 1), _HIGH: high}
