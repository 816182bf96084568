"""The commands that only tell: explain, and config, the reference of the fields."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from latentscore.cli.options import AsJson, Model, Vibe

if TYPE_CHECKING:
    from latentscore.config.field import Field, Label
    from latentscore.vibe.explanation import Explanation

_GROUPS = {"mix": "Mix", "key": "Key", "layer": "Layers", "finer": "Finer points of the composition"}


def explain(vibe: Vibe, model: Model = "fast", as_json: AsJson = False) -> None:
    """Show what a vibe was matched with, and its config.

    \b
    Examples:
      latentscore explain "thunderstorm on a tin roof"
      latentscore explain "deep space, 60 bpm" --json
    """
    import latentscore as ls

    found = ls.explain(vibe, model=model)
    typer.echo(json.dumps(_explained(found), indent=2, ensure_ascii=False) if as_json else str(found))


def config(
    field: Annotated[Optional[str], typer.Argument(help="One field; without it, all.")] = None,  # noqa: UP045
    as_json: AsJson = False,
) -> None:
    """Show the fields of a config, or all about one.

    \b
    Examples:
      latentscore config
      latentscore config brightness
      latentscore config --json
    """
    from latentscore.config.fields import FIELDS
    from latentscore.errors import invalid

    if field is not None and field not in FIELDS:
        raise invalid("field", field, FIELDS)
    chosen = [FIELDS[field]] if field else list(FIELDS.values())
    if as_json:
        told = [_as_json(one) for one in chosen]
        typer.echo(json.dumps(told[0] if field else told, indent=2, ensure_ascii=False))
    else:
        typer.echo(_one(chosen[0]) if field else _all(chosen))


def _explained(found: Explanation) -> dict[str, Any]:
    return {
        "vibe": found.vibe,
        "config": json.loads(found.config.to_json()),
        "share": found.config.share(),
        "low_confidence": found.low_confidence,
        "truncated": found.truncated,
        "instructions": list(found.instructions),
        "neighbours": [
            {"row": near.row, "similarity": float(near.similarity), "vibe": near.vibe, "title": near.title}
            for near in found.neighbours
        ],
        "fields": {
            name: {
                "value": source.value,
                "source": source.source,
                "votes": [{"label": label, "share": float(share)} for label, share in source.votes],
            }
            for name, source in found.fields.items()
        },
    }


def _all(fields: list[Field]) -> str:
    """The table of all fields, by group; the default stands in brackets."""
    from latentscore.vibe.tables import aligned

    blocks: list[str] = []
    for group, title in _GROUPS.items():
        rows = [(one.name, " ".join(_marked(one))) for one in fields if one.group == group]
        blocks.append(typer.style(title, bold=True) + "\n" + aligned(rows))
    last = "The default is in [brackets]. More about one: latentscore config FIELD"
    return "\n\n".join([*blocks, last])


def _one(field: Field) -> str:
    from latentscore.vibe.tables import aligned

    rows = [
        (name, _number(field, position), _meaning(field, label))
        for position, (name, label) in enumerate(zip(_marked(field), field.labels, strict=True))
    ]
    lines = [f"{typer.style(field.name, bold=True)}: {field.help}", "", aligned(rows)]
    if field.number_range:
        low, high = field.number_range
        lines.append(f"\nor a number from {low:g} to {high:g} ({field.unit})")
    if field.ordered:
        lines.append("\nThe labels have an order: --set " + f"{field.name}=+1 moves one up, -1 one down.")
    return "\n".join(lines)


def _as_json(field: Field) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": field.name,
        "group": field.group,
        "help": field.help,
        "default": field.default,
        "ordered": field.ordered,
        "labels": [{"label": label, "help": _meaning(field, label) or None} for label in field.labels],
        "unit": field.unit or None,
        "number_range": list(field.number_range) if field.number_range else None,
    }
    for told_label, value in zip(told["labels"], field.values, strict=False):
        told_label["value"] = value
    return told


def _marked(field: Field) -> list[str]:
    return [f"[{label}]" if label == field.default else str(label) for label in field.labels]


def _number(field: Field, position: int) -> str:
    return f"{field.values[position]:.3g} {field.unit}" if field.values else ""


def _meaning(field: Field, label: Label) -> str:
    from latentscore.config.label_help import STYLE_HELP

    return STYLE_HELP.get(field.name, {}).get(str(label), "")
