"""`MusicConfig`: a piece of music as labels that a person can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pydantic import model_validator
from typing_extensions import Self

from latentscore.config import mutation, share
from latentscore.config.bodies import ConfigBody
from latentscore.config.fields import FIELDS, Group, Value
from latentscore.errors import invalid, require

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class MusicConfig(ConfigBody, frozen=True):
    """What to play: one label for each field, all with defaults. Frozen, hashable, equal by value.

    `tempo` also takes a number of beats per minute from 30 to 240, kept as a float. Anything that is not
    allowed raises `InvalidConfigError`, naming the field, the value and the valid labels. `MusicConfigUpdate`
    and `model_copy(update={...})` make changed copies; both validate.
    """

    @model_validator(mode="after")
    def _register_bounds_apart(self) -> Self:
        if self.register_max_oct <= self.register_min_oct:
            allowed = f"above register_min_oct, which is {self.register_min_oct}"
            raise invalid("register_max_oct", self.register_max_oct, allowed)
        return self

    def labels(self) -> dict[str, Value]:
        """Return every field's label (or tempo number) by name, in the reference order."""
        return {name: getattr(self, name) for name in FIELDS}

    def value(self, field: str) -> float:
        """Return what a field's label means as a number, in the unit that `FIELDS[field].unit` names.

        `MusicConfig(space="vast").value("space")` is 10.0 (seconds); tempo is in bpm. Raises
        `InvalidConfigError` for a field that has no numeric meaning, such as a style.
        """
        numeric = {name: known for name, known in FIELDS.items() if known.values}
        if field not in numeric:
            raise invalid("field", field, numeric)
        return numeric[field].number(getattr(self, field))

    def differences(self, other: MusicConfig) -> tuple[str, ...]:
        """Return the names of the fields that differ, in the reference order.

        Values are compared as written: the tempos "medium" and 86 differ.
        """
        if not isinstance(cast(object, other), MusicConfig):
            raise invalid("other", other, "a MusicConfig")
        return tuple(name for name in FIELDS if getattr(self, name) != getattr(other, name))

    def mutate(self, seed: int, strength: float = 0.25) -> MusicConfig:
        """Return a variation: the same for the same seed, farther away the greater `strength` (0 to 1).

        About a share `strength` of the fields changes, and at least one unless it is 0; ordered fields move
        by up to `strength` of their scale. Raises `InvalidConfigError` on any other seed or strength.
        """
        return MusicConfig.model_validate(mutation.mutated(self.labels(), seed, strength))

    def share(self) -> str:
        """Return the config as a short URL-safe code, `ls1:…`."""
        return share.encode(self.labels())

    @classmethod
    def from_share(cls, text: str) -> Self:
        """Read a share code. Raises `InvalidConfigError` if it is damaged or from a newer version."""
        return cls.model_validate(share.decode(text))

    def plot(self) -> Figure:
        """Draw the styles, and the ordered fields on their scales, as a Matplotlib figure of its own (extra `plot`).

        Raises:
            LatentScoreError: Matplotlib is not installed.
        """
        require("matplotlib", extra="plot", what="plot()")
        from latentscore.config.picture import config_picture

        return config_picture(self.labels())

    def _repr_html_(self) -> str:
        """Show the fields as a table in a notebook."""
        from latentscore.config.display import config_html

        return config_html(self.labels())

    def __str__(self) -> str:
        finer = [name for name in _names("finer") if getattr(self, name) != FIELDS[name].default]
        parts = [
            self._listed(_names("mix")),
            f"{self.root} {self.mode}",
            self._listed(_names("layer")),
            self._listed(finer),
        ]
        return " | ".join(part for part in parts if part)

    def _listed(self, names: list[str]) -> str:
        return ", ".join(f"{name} {_plain(getattr(self, name))}" for name in names)


def _names(group: Group) -> list[str]:
    return [name for name, field in FIELDS.items() if field.group == group]


def _plain(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
