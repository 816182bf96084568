"""`Explanation`: why a vibe sounds as it does, to be read by a program or, as a table, by a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from latentscore.config.fields import Value
from latentscore.config.model import MusicConfig
from latentscore.vibe.embedder import WINDOW
from latentscore.vibe.retrieval import Neighbour, Resolution, fast_model
from latentscore.vibe.tables import aligned, clipped

if TYPE_CHECKING:
    from latentscore.vibe.retrieval import FastModel

StandIns = Mapping[tuple[str, str], str]
"""(layer, label) whose style is not built yet → the label that plays instead."""

_NO_STAND_INS: StandIns = MappingProxyType({})


class FieldSource(NamedTuple):
    """A field of the config and where it came from."""

    value: Value
    source: str
    """`library row …` or `default`."""
    played: Value
    """What sounds: the value, or the label that stands in for it."""


@dataclass(frozen=True)
class Explanation:
    """What a vibe was matched with, and what followed. `str()` is a table.

    Attributes:
        vibe: The text.
        config: The config that it gives.
        neighbours: The nearest library entries, best first: `.vibe .title .similarity .config`.
        instructions: Words that were taken as direct instructions.
        fields: Each field by name, with its value and where it came from.
        low_confidence: Nothing in the library is close; the config is the best guess.
        truncated: The text is longer than the encoder's window; only its beginning counted.
        substitutions: What will not be played as asked, one sentence each.
    """

    vibe: str
    config: MusicConfig
    neighbours: tuple[Neighbour, ...]
    instructions: tuple[str, ...]
    fields: Mapping[str, FieldSource]
    low_confidence: bool
    truncated: bool
    substitutions: tuple[str, ...]

    @classmethod
    def of(cls, resolution: Resolution, stand_ins: StandIns = _NO_STAND_INS) -> Explanation:
        """Explain a resolution.

        Args:
            resolution: What `fast` made of a vibe.
            stand_ins: The styles that are not built yet, and what plays instead.
        """
        found = {
            name: FieldSource(value, resolution.sources[name], stand_ins.get((name, str(value)), value))
            for name, value in resolution.config.labels().items()
        }
        return cls(
            vibe=resolution.vibe,
            config=resolution.config,
            neighbours=resolution.match.neighbours,
            instructions=(),
            fields=MappingProxyType(found),
            low_confidence=resolution.low_confidence,
            truncated=resolution.truncated,
            substitutions=tuple(
                f"{name} {field.value} is not built yet; {field.played} plays instead."
                for name, field in found.items()
                if field.played != field.value
            ),
        )

    def __str__(self) -> str:
        return "\n\n".join([self._head(), self._neighbour_table(), self._field_table(), *self._notes()])

    def _head(self) -> str:
        best = self.neighbours[0]
        sure = "low: nothing in the library is close, so this is a guess" if self.low_confidence else "fair"
        return aligned(
            [
                ("vibe", clipped(self.vibe, 90)),
                ("match", f"{clipped(best.vibe, 90)} (row {best.row})"),
                ("confidence", f"{sure} (similarity {best.similarity:.2f})"),
                ("instructions", ", ".join(self.instructions) or "none found"),
            ]
        )

    def _neighbour_table(self) -> str:
        rows = [
            (f"{near.similarity:.2f}", str(near.row), clipped(near.vibe, 60), clipped(near.title, 40))
            for near in self.neighbours
        ]
        return aligned([("similarity", "row", "neighbour", "title"), *rows])

    def _field_table(self) -> str:
        rows = [
            (name, _shown(field), f"{field.source}{_instead(field)}") for name, field in self.fields.items()
        ]
        return aligned([("field", "value", "from"), *rows])

    def _notes(self) -> list[str]:
        notes = list(self.substitutions)
        if self.truncated:
            notes.append(f"The text is long: only the first {WINDOW} word pieces were read.")
        return ["\n".join(f"Note: {note}" for note in notes)] if notes else []


def explain(vibe: str, *, model: FastModel | None = None, stand_ins: StandIns = _NO_STAND_INS) -> Explanation:
    """Explain what a vibe becomes.

    Args:
        vibe: The text.
        model: Resolves it; None is the model that ships.
        stand_ins: The styles that are not built yet, by (layer, label), and the label that plays instead.

    Raises:
        InvalidConfigError: Blank text, or no text.
        ModelNotAvailableError: The encoder or the library can't be read.
    """
    return Explanation.of((model or fast_model()).resolve(vibe), stand_ins)


def _shown(field: FieldSource) -> str:
    return f"{field.value:g}" if isinstance(field.value, float) else str(field.value)


def _instead(field: FieldSource) -> str:
    return f"; played as {field.played}" if field.played != field.value else ""
