"""What the live screen shows, as text: the config in dots, levels in bars, events in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table
from rich.text import Text

from latentscore.config.fields import FIELDS
from latentscore.config.update import MusicConfigUpdate
from latentscore.vibe.tables import clipped

if TYPE_CHECKING:
    from latentscore.config.model import MusicConfig
    from latentscore.hooks import StreamEvent

FLOOR_DB: Final = -48.0
"""Level at which a meter is empty."""
_SHOWN: Final = [name for name, field in FIELDS.items() if field.group != "finer"]
_WIDEST: Final = 200


def config_table(config: MusicConfig) -> Table:
    """Mix, key and layers in two columns; ordered fields as dots too."""
    table = Table.grid(padding=(0, 1), expand=True)
    for _ in range(2):
        table.add_column(style="bold", width=10)
        table.add_column(width=6)
        table.add_column(ratio=1, no_wrap=True)
    half = (len(_SHOWN) + 1) // 2
    for left, right in zip(_SHOWN[:half], _SHOWN[half:], strict=True):
        table.add_row(*_cells(config, left), *_cells(config, right))
    return table


def _cells(config: MusicConfig, name: str) -> tuple[str, Text, str]:
    value, field = getattr(config, name), FIELDS[name]
    if not field.ordered:
        return name, Text(), str(value)
    place = field.index(field.nearest(value))
    dots = Text("●" * (place + 1), "green") + Text("○" * (len(field.labels) - place - 1), "dim")
    return name, dots, f"{value:g} {field.unit}" if isinstance(value, float) else str(value)


def meter(levels_db: tuple[float, ...], width: int) -> Text:
    """One bar a channel, from `FLOOR_DB` to full scale, and the louder one's level in dBFS."""
    each = max(4, (width - 12) // max(1, len(levels_db)) - 2)
    line = Text()
    for level in levels_db:
        filled = round(each * min(1.0, max(0.0, 1.0 - level / FLOOR_DB)))
        line.append("█" * filled, "green" if level < -6.0 else "yellow")
        line.append("░" * (each - filled) + "  ", "dim")
    loudest = max(levels_db, default=FLOOR_DB)
    return line.append(f"{loudest:5.1f} dBFS" if loudest > FLOOR_DB else "   silence")


def layers_line(faders: Mapping[str, bool]) -> Text:
    """The layers with the keys that mute them; the muted ones struck through."""
    line = Text()
    for number, (layer, sounds) in enumerate(faders.items(), start=1):
        line.append(f"{number} ", "dim").append(layer, "" if sounds else "dim strike").append("   ")
    return line


_WORDS: Final = {
    "item_resolve_success": "read as",
    "first_config_ready": "begins",
    "transition_start": "comes in",
    "transition_end": "is all there",
    "transition_shortened": "comes in faster",
    "item_superseded": "gave way",
    "fallback_used": "fallback",
    "underrun": "gap: this machine could not keep up",
    "error": "failed",
}
"""The events that are told, and how."""


def is_told(event: StreamEvent) -> bool:
    """Whether an event is news. Nudges are told when they are made."""
    is_nudge = event.label == MusicConfigUpdate.__name__ and event.error is None
    return event.kind in _WORDS and not is_nudge


def event_line(event: StreamEvent) -> Text:
    """One event as a sentence."""
    line = _stamp(event.time_s).append(clipped(event.label, 60), "bold").append(" " if event.label else "")
    line.append(_WORDS[event.kind], "red" if event.error is not None else "cyan")
    if event.match is not None:
        line.append(f" {matched(event.match)}")
    told = event.message or (str(event.error) if event.error is not None else "")
    return line.append(f": {clipped(told, _WIDEST)}") if told else line


def nudge_line(time_s: float, update: MusicConfigUpdate, config: MusicConfig) -> Text:
    """A nudge and what it came to."""
    reached = ", ".join(str(getattr(config, name)) for name in update.changes())
    return _stamp(time_s).append(str(update), "bold").append(f" → {reached}", "cyan")


def refusal(time_s: float, item: object, error: Exception) -> Text:
    """What was asked for and not done, and why."""
    line = _stamp(time_s).append(clipped(str(item), 60), "bold").append(" failed", "red")
    return line.append(f": {clipped(str(error), _WIDEST)}")


def matched(match: Any) -> str:
    """The library row that a text was matched with."""
    return f"{clipped(match.vibe, 60)} ({match.similarity:.2f})"


def _stamp(time_s: float) -> Text:
    minutes, seconds = divmod(int(time_s), 60)
    return Text(f"{minutes:3d}:{seconds:02d}  ", "dim")
