"""The styles: what plays each label of the six layer fields, registered in `score/styles/<layer>.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Final, NamedTuple

from latentscore.errors import invalid
from latentscore.events import LAYERS, Note
from latentscore.score.context import BarContext

Part = Callable[[BarContext], Iterable[Note]]


class Style(NamedTuple):
    """One label of a layer: what it plays, and the instrument patch that plays it."""

    layer: str
    label: str
    patch: str | None
    """Name in the instruments' registry; None for a style that is silence."""
    part: Part


STYLES: Final[dict[tuple[str, str], Style]] = {}
"""Every registered style by (layer, label). Filled on the first `find` or `labels`."""


def style(layer: str, label: str, *, patch: str | None) -> Callable[[Part], Part]:
    """Register the decorated part as a style. Raises `InvalidConfigError` if the layer has it already."""

    def register(part: Part) -> Part:
        if layer not in LAYERS:
            raise invalid("layer", layer, LAYERS)
        if (layer, label) in STYLES:
            raise invalid("label", label, f"new: {layer} already has it")
        STYLES[layer, label] = Style(layer, label, patch, part)
        return part

    return register


def find(layer: str, label: str) -> Style:
    """Return a style. Raises `InvalidConfigError` for an unknown one, listing those of the layer."""
    found = _loaded().get((layer, label))
    if layer not in LAYERS:
        raise invalid("layer", layer, LAYERS)
    if found is None:
        raise invalid(layer, label, labels(layer))
    return found


def labels(layer: str) -> tuple[str, ...]:
    """Return the labels of a layer's styles, sorted."""
    return tuple(sorted(label for known, label in _loaded() if known == layer))


def _loaded() -> dict[tuple[str, str], Style]:
    for layer in LAYERS:
        import_module(f"latentscore.score.styles.{layer}")
    return STYLES
