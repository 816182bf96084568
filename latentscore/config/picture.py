"""A picture of a config: its key and styles as words, its ordered fields as dots on their scales."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from latentscore.config.display import LAYER_COLORS, place, words
from latentscore.config.fields import FIELDS, Group, Value
from latentscore.drawing import ACCENT, FAINT, INK, RULE, Picture, bare, picture, title

_NAME_X = -0.12
_VALUE_X = 1.1


def config_picture(labels: Mapping[str, Value]) -> Picture:
    """Draw a config, given as its labels by field."""
    mix, layers, finer = (_names(group) for group in ("mix", "layer", "finer"))
    ordered = [name for name in finer if FIELDS[name].ordered]
    others = [name for name in finer if not FIELDS[name].ordered]
    figure = picture(12.0, 5.0)
    left, middle, right = figure.subplots(1, 3, width_ratios=(0.8, 1.0, 1.0))
    tempo = words(FIELDS["tempo"], labels["tempo"])
    tempo = tempo if isinstance(labels["tempo"], float) else f"{tempo} tempo"
    _listed(left, labels, layers, others)
    title(left, f"{str(labels['root']).upper().replace('#', '♯')} {labels['mode']}, {tempo}", size=14.0)
    _scales(middle, labels, mix, ACCENT)
    title(middle, "mix", size=11.0)
    _scales(right, labels, ordered, LAYER_COLORS["melody"])
    title(right, "finer", size=11.0)
    return figure


def _names(group: Group) -> list[str]:
    return [name for name, field in FIELDS.items() if field.group == group]


def _listed(axes: Axes, labels: Mapping[str, Value], layers: Sequence[str], others: Sequence[str]) -> None:
    """List the layers' styles, each beside its colour, and what has no order below them."""
    bare(axes)
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(len(layers) + len(others) + 0.4, -0.6)
    for row, name in enumerate(layers):
        value = words(FIELDS[name], labels[name])
        axes.scatter([0.03], [row], s=90, color=LAYER_COLORS[name], marker="s", linewidths=0)
        axes.text(0.10, row, name, va="center", fontsize=9, color=FAINT)
        axes.text(0.38, row, value, va="center", fontsize=11, color=FAINT if value == "none" else INK)
    for row, name in enumerate(others, len(layers) + 1):
        axes.text(0.0, row, name.replace("_", " "), va="center", fontsize=8.5, color=FAINT)
        axes.text(0.38, row, words(FIELDS[name], labels[name]), va="center", fontsize=9, color=INK)


def _scales(axes: Axes, labels: Mapping[str, Value], names: Sequence[str], color: str) -> None:
    """Draw each field as a rail with a notch for each label, filled up to where it stands."""
    bare(axes)
    axes.set_xlim(-0.95, 1.75)
    axes.set_ylim(len(names) - 0.5, -0.6)
    for row, name in enumerate(names):
        field = FIELDS[name]
        found = place(field, labels[name])
        assert found is not None, name
        notches = [at / (found.n_labels - 1) for at in range(found.n_labels)]
        axes.plot([0.0, 1.0], [row, row], color=RULE, linewidth=5, solid_capstyle="round", zorder=1)
        axes.plot(
            [0.0, found.at],
            [row, row],
            color=color,
            alpha=0.45,
            linewidth=5,
            solid_capstyle="round",
            zorder=2,
        )
        axes.scatter(notches, [row] * found.n_labels, s=7, color=FAINT, linewidths=0, zorder=3)
        axes.scatter([found.at], [row], s=80, color=color, linewidths=0, zorder=4)
        axes.text(_NAME_X, row, name.replace("_", " "), ha="right", va="center", fontsize=9, color=FAINT)
        axes.text(_VALUE_X, row, words(field, labels[name]), va="center", fontsize=9, color=INK)
