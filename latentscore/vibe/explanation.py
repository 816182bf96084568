"""`Explanation`: why a vibe sounds as it does, to be read by a program or, as a table, by a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from latentscore.config.fields import FIELDS, Label, Value
from latentscore.config.model import MusicConfig
from latentscore.markup import Html, element, faint, joined, table
from latentscore.vibe.embedder import WINDOW
from latentscore.vibe.retrieval import Neighbour, Resolution
from latentscore.vibe.shipped import shipped_model
from latentscore.vibe.tables import aligned, clipped

if TYPE_CHECKING:
    from latentscore.vibe.retrieval import FastModel

LEAST_SHARE: Final = 0.01
"""Votes below this share are not told."""
N_SHOWN_LABELS: Final = 3


class FieldSource(NamedTuple):
    """A field of the config and where it came from."""

    value: Value
    source: str
    """`votes …`, `network …`, `instruction …`, `library row …` or `default`."""
    votes: tuple[tuple[Label, float], ...] = ()
    """The labels that had votes, with their shares, most first; empty where nothing was voted on."""


@dataclass(frozen=True)
class Explanation:
    """What a vibe was matched with, and what followed. `str()` is a table.

    Attributes:
        vibe: The text.
        config: The config that it gives.
        neighbours: The nearest library entries, best first: `.vibe .title .similarity .config`.
        instructions: Words that were taken as direct instructions, and what they came to.
        fields: Each field by name, with its value, where it came from, and the votes.
        low_confidence: Nothing in the library is close; the config is the best guess.
        truncated: The text is longer than the encoder's window; only its beginning counted.
        read_as: The English that a text in another language was read as; empty for an English one.
    """

    vibe: str
    config: MusicConfig
    neighbours: tuple[Neighbour, ...]
    instructions: tuple[str, ...]
    fields: Mapping[str, FieldSource]
    low_confidence: bool
    truncated: bool
    read_as: str = ""

    @classmethod
    def of(cls, resolution: Resolution) -> Explanation:
        """Explain what a model made of a vibe."""
        found = {
            name: FieldSource(value, resolution.sources[name], _votes(resolution, name))
            for name, value in resolution.config.labels().items()
        }
        return cls(
            vibe=resolution.vibe,
            config=resolution.config,
            neighbours=resolution.match.neighbours,
            instructions=resolution.instructions,
            fields=MappingProxyType(found),
            low_confidence=resolution.low_confidence,
            truncated=resolution.truncated,
            read_as=resolution.read_as,
        )

    def __str__(self) -> str:
        return "\n\n".join([self._head(), self._neighbour_table(), self._field_table(), *self._notes()])

    def _repr_html_(self) -> str:
        """Show the tables in a notebook."""
        best = self.neighbours[0]
        sure = "nothing in the library is close: a guess" if self.low_confidence else f"row {best.row}"
        lines = [
            element("div", clipped(self.vibe, 160), style="font-weight:600"),
            element("div", joined((clipped(best.vibe, 160), faint(f" · {best.similarity:.2f}, {sure}")))),
            *(element("div", joined((faint("instruction "), line))) for line in self.instructions),
            *(element("div", faint(note)) for note in self._notes()),
        ]
        neighbours = [
            (f"{near.similarity:.2f}", faint(near.row), clipped(near.vibe, 120), clipped(near.title, 60))
            for near in self.neighbours
        ]
        fields = [
            (
                faint(name),
                _shown(field.value),
                joined((_bar(field.votes), _tally(field.votes))),
                faint(field.source),
            )
            for name, field in self.fields.items()
        ]
        folded = joined((element("summary", faint("fields"), style="cursor:pointer"), table((), fields)))
        lines += [table(("similarity", "row", "neighbour", "title"), neighbours), element("details", folded)]
        return element("div", joined(lines), style="line-height:1.5")

    def _head(self) -> str:
        best = self.neighbours[0]
        sure = "low: nothing in the library is close, so this is a guess" if self.low_confidence else "fair"
        return aligned(
            [
                ("vibe", clipped(self.vibe, 90)),
                *([("read as", clipped(self.read_as, 90))] if self.read_as else []),
                ("match", f"{clipped(best.vibe, 90)} (row {best.row})"),
                ("confidence", f"{sure} (similarity {best.similarity:.2f})"),
                *zip(
                    ["instructions"] + [""] * len(self.instructions), self._instruction_lines(), strict=False
                ),
            ]
        )

    def _instruction_lines(self) -> list[str]:
        return [clipped(line, 110) for line in self.instructions] or ["none found"]

    def _neighbour_table(self) -> str:
        rows = [
            (f"{near.similarity:.2f}", str(near.row), clipped(near.vibe, 60), clipped(near.title, 40))
            for near in self.neighbours
        ]
        return aligned([("similarity", "row", "neighbour", "title"), *rows])

    def _field_table(self) -> str:
        rows = [
            (name, _shown(field.value), _tally(field.votes), clipped(field.source, 50))
            for name, field in self.fields.items()
        ]
        return aligned([("field", "value", "votes", "from"), *rows])

    def _notes(self) -> list[str]:
        if not self.truncated:
            return []
        return [f"Note: The text is long: only the first {WINDOW} word pieces were read."]


def explain(vibe: str, *, model: str | FastModel = "fast") -> Explanation:
    """Explain what a vibe becomes.

    Args:
        vibe: The text.
        model: What resolves it: a model, or the name of one that ships.

    Raises:
        InvalidConfigError: Blank text, or no text.
        ModelNotAvailableError: An unknown model, or one whose files can't be read.
    """
    return Explanation.of((shipped_model(model) if isinstance(model, str) else model).resolve(vibe))


def _votes(resolution: Resolution, name: str) -> tuple[tuple[Label, float], ...]:
    shares = resolution.votes.get(name)
    if shares is None:
        return ()
    pairs = zip(FIELDS[name].labels, shares.tolist(), strict=True)
    return tuple(sorted((pair for pair in pairs if pair[1] >= LEAST_SHARE), key=lambda pair: -pair[1]))


def _bar(votes: tuple[tuple[Label, float], ...]) -> Html:
    """Return the shares of the votes as a bar, the winner's part the darkest."""
    left, parts = 0.0, ""
    for place, (_, share) in enumerate(votes[:N_SHOWN_LABELS]):
        width = 80.0 * share
        parts += (
            f'<rect x="{left:.1f}" width="{width:.1f}" height="10" fill="#6d79b8" '
            f'fill-opacity="{(0.95, 0.55, 0.3)[place]}"/>'
        )
        left += width
    return Html(f'<svg width="88" height="10">{parts}</svg>' if parts else "")


def _tally(votes: tuple[tuple[Label, float], ...]) -> str:
    return ", ".join(f"{label} {share:.0%}" for label, share in votes[:N_SHOWN_LABELS])


def _shown(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
