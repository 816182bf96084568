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


class FieldSource(NamedTuple):
    """A field of the config and where it came from."""

    value: Value
    source: str
    """`library row …` or `default`."""


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
    """

    vibe: str
    config: MusicConfig
    neighbours: tuple[Neighbour, ...]
    instructions: tuple[str, ...]
    fields: Mapping[str, FieldSource]
    low_confidence: bool
    truncated: bool

    @classmethod
    def of(cls, resolution: Resolution) -> Explanation:
        """Explain what `fast` made of a vibe."""
        found = {
            name: FieldSource(value, resolution.sources[name])
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
        rows = [(name, _shown(field), field.source) for name, field in self.fields.items()]
        return aligned([("field", "value", "from"), *rows])

    def _notes(self) -> list[str]:
        if not self.truncated:
            return []
        return [f"Note: The text is long: only the first {WINDOW} word pieces were read."]


def explain(vibe: str, *, model: FastModel | None = None) -> Explanation:
    """Explain what a vibe becomes.

    Args:
        vibe: The text.
        model: Resolves it; None is the model that ships.

    Raises:
        InvalidConfigError: Blank text, or no text.
        ModelNotAvailableError: The encoder or the library can't be read.
    """
    return Explanation.of((model or fast_model()).resolve(vibe))


def _shown(field: FieldSource) -> str:
    return f"{field.value:g}" if isinstance(field.value, float) else str(field.value)
