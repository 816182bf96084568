"""The music config: fields, labels, updates and blends. All but the label aliases load on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latentscore.config import labels
from latentscore.config.labels import *  # noqa: F403  (the generated list of aliases)

if TYPE_CHECKING:
    from latentscore.config.blending import blend
    from latentscore.config.fields import FIELDS
    from latentscore.config.label_help import STYLE_HELP
    from latentscore.config.model import MusicConfig
    from latentscore.config.update import MusicConfigUpdate, Step

__all__ = ["FIELDS", "STYLE_HELP", "MusicConfig", "MusicConfigUpdate", "Step", "blend"]
__all__ += labels.__all__

_HOMES = {
    "FIELDS": "fields",
    "STYLE_HELP": "label_help",
    "MusicConfig": "model",
    "MusicConfigUpdate": "update",
    "Step": "steps",
    "blend": "blending",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    globals()[name] = found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
