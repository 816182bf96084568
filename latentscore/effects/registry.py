"""The effects by name, each with the factory that makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from latentscore.effects.chorus import Chorus
from latentscore.effects.echo import Echo
from latentscore.effects.effect import Control, InsertEffect, SendEffect
from latentscore.effects.reverb import Reverb
from latentscore.errors import invalid


@dataclass(frozen=True)
class SendEntry:
    """An effect on a send, which adds to what it is given."""

    name: str
    factory: Callable[[int], SendEffect]
    controls: tuple[Control, ...]


@dataclass(frozen=True)
class InsertEntry:
    """An effect in a chain, which works in place."""

    name: str
    factory: Callable[[int], InsertEffect]
    controls: tuple[Control, ...]


Entry = SendEntry | InsertEntry

_ENTRIES: Final[dict[str, Entry]] = {}


def register(entry: Entry) -> None:
    """Add an effect. Raises `InvalidConfigError` if its name is taken."""
    if entry.name in _ENTRIES:
        raise invalid("name", entry.name, f"a new name, unlike {', '.join(_ENTRIES)}")
    _ENTRIES[entry.name] = entry


def effect(name: str) -> Entry:
    """Return an effect's entry. Raises `InvalidConfigError` if there is none of that name."""
    if name not in _ENTRIES:
        raise invalid("effect", name, _ENTRIES)
    return _ENTRIES[name]


def effects() -> Mapping[str, Entry]:
    """Return all effects by name."""
    return MappingProxyType(_ENTRIES)


register(SendEntry("echo", Echo, Echo.CONTROLS))
register(SendEntry("reverb", Reverb, Reverb.CONTROLS))
register(InsertEntry("chorus", Chorus, Chorus.CONTROLS))
