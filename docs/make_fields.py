"""Writes docs/fields.md from the table of fields: every label of `MusicConfig`, what it means, and its number.

python docs/make_fields.py
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from latentscore.config import FIELDS, STYLE_HELP
from latentscore.config.field import Field

PAGE: Final = Path(__file__).resolve().parent / "fields.md"
GROUPS: Final = {"mix": "Mix", "key": "Key", "layer": "Layers", "finer": "Finer points of the composition"}
HEAD: Final = """# Fields

Every field of `MusicConfig`, its default in bold. Ordered fields run from less to more, and take a `Step` in an update.
`tempo` also takes a number of beats per minute from 30 to 240. `python docs/make_fields.py` writes this page.
"""


def page() -> str:
    """Return the page in Markdown."""
    parts = [HEAD]
    for group, title in GROUPS.items():
        parts.append(f"## {title}\n")
        parts += [_section(field) for field in FIELDS.values() if field.group == group]
    return "\n".join(parts)


def _section(field: Field) -> str:
    kind = "Ordered" if field.ordered else "Unordered"
    if field.name in STYLE_HELP:
        labels = "\n".join(
            f"- {_shown(field, label)}: {STYLE_HELP[field.name][str(label)]}"
            for label in field.labels
            if str(label) in STYLE_HELP[field.name]
        )
    else:
        labels = " ".join(_shown(field, label) for label in field.labels)
    return f"### `{field.name}`\n\n{field.help[:1].upper()}{field.help[1:]}. {kind}.\n\n{labels}\n"


def _shown(field: Field, label: object) -> str:
    written = label if isinstance(label, str) else repr(label)
    number = (
        f" ({field.number(label):g} {field.unit})" if field.values and len(field.unit) in range(1, 5) else ""
    )
    return f"**`{written}`**{number}" if label == field.default else f"`{written}`{number}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
