"""A config as a person sees it: each field's value as words, its place on its scale, and a table for notebooks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from latentscore.config.fields import FIELDS, Field, Group, Value
from latentscore.markup import Html, element, faint, joined, table

GROUPS: Final[tuple[Group, ...]] = ("mix", "key", "layer", "finer")
LAYER_COLORS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bass": "#3f4b8c",
        "pad": "#5fa39a",
        "melody": "#d9683c",
        "rhythm": "#7b7772",
        "texture": "#a98bc9",
        "accent": "#d9a521",
    }
)
"""Told apart by hue and by lightness, for eyes that see few hues too."""
_DOT: Final = "#d9683c"
_RAIL: Final = "#a9a5b8"
_RAIL_PX: Final = 96


class Place(NamedTuple):
    """Where a value stands on the scale of its field."""

    at: float
    """0 for the least label, 1 for the greatest; a number lies between the labels by its logarithm."""
    n_labels: int


def place(field: Field, value: Value) -> Place | None:
    """Return where a value stands; None where the labels have no order."""
    if not field.ordered:
        return None
    last = len(field.labels) - 1
    if not (field.number_range and isinstance(value, float)):
        return Place(field.index(value) / last, len(field.labels))
    known = [math.log(meaning) for meaning in field.values]
    wanted = min(max(math.log(value), known[0]), known[-1])
    below = max(at for at in range(last) if known[at] <= wanted)
    return Place(
        (below + (wanted - known[below]) / (known[below + 1] - known[below])) / last, len(field.labels)
    )


def words(field: Field, value: Value) -> str:
    """Return a value as words: `very dark`, `92 bpm`, `yes`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g} {field.unit}"
    return str(value).replace("_", " ")


def config_html(labels: Mapping[str, Value]) -> Html:
    """Return a config's fields as tables side by side; what a field means shows under the pointer."""
    rows = {name: _row(FIELDS[name], value) for name, value in labels.items()}
    mix, key, layers, finer = (
        [row for name, row in rows.items() if FIELDS[name].group == group] for group in GROUPS
    )
    half = len(finer) // 2
    columns = [(*key, *layers), mix, finer[:half], finer[half:]]
    return element(
        "div",
        joined(element("div", table((), column)) for column in columns),
        style="display:flex;flex-wrap:wrap;gap:4px 24px;font-size:90%",
    )


def _row(field: Field, value: Value) -> tuple[Html, Html]:
    found = place(field, value)
    name = element("span", faint(field.name.replace("_", " ")), title=field.help)
    if found is None:
        return name, element("span", words(field, value))
    return name, joined((_rail(found), words(field, value)), " ")


def _rail(found: Place) -> Html:
    """Return a line with a notch for each label and a dot where the value stands."""
    inner = _RAIL_PX - 12
    notches = "".join(
        f'<circle cx="{6 + inner * at / (found.n_labels - 1):.1f}" cy="7" r="1.6" fill="{_RAIL}"/>'
        for at in range(found.n_labels)
    )
    return Html(
        f'<svg width="{_RAIL_PX}" height="14" style="vertical-align:middle">'
        f'<line x1="6" x2="{_RAIL_PX - 6}" y1="7" y2="7" stroke="{_RAIL}" stroke-opacity="0.5"/>{notches}'
        f'<circle cx="{6 + inner * found.at:.1f}" cy="7" r="4.5" fill="{_DOT}"/></svg>'
    )
