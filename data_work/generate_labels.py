"""Writes the typed parts of the config, `labels.py` and `bodies.py`, from the table of fields.

    python -m data_work.generate_labels            # write
    python -m data_work.generate_labels --check    # exit 1 if a file is out of date

The type checker cannot read a table, so what it must see as text is generated; a test keeps both in step.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from latentscore.config.fields import FIELDS, Field

CONFIG_FOLDER = Path(__file__).resolve().parents[1] / "latentscore" / "config"
LINE_LENGTH = 110
HEADER = """\
# Generated from latentscore/config/fields.py; do not edit. Run: python -m data_work.generate_labels
\"\"\"{purpose}\"\"\"

from __future__ import annotations

"""


def labels_source() -> str:
    """Return the text of `labels.py`: one `Literal` alias for each field."""
    lines = [
        HEADER.format(purpose="One `Literal` alias for each field: every label the type checker should know.")
    ]
    lines[0] += "from typing import Literal, TypeAlias\n"
    lines.append(_brackets("__all__ = ", [_quoted(field.alias) for field in FIELDS.values()]) + "\n")
    for field in FIELDS.values():
        labels = [_quoted(label) for label in field.labels]
        lines.append(_brackets(f"{field.alias}: TypeAlias = Literal", labels))
    return "\n".join(lines) + "\n"


def bodies_source() -> str:
    """Return the text of `bodies.py`: the typed attributes of `MusicConfig` and `MusicConfigUpdate`."""
    aliases = sorted(field.alias for field in FIELDS.values())
    imports = "\n".join(f"    {alias}," for alias in aliases)
    return (
        HEADER.format(purpose="The typed attributes of `MusicConfig` and `MusicConfigUpdate`.")
        + "from latentscore.config.base import LabelModel\n"
        + f"from latentscore.config.labels import (\n{imports}\n)\n"
        + "from latentscore.config.steps import Step\n\n\n"
        + _class("ConfigBody", "A label for each field.", map(_config_attribute, FIELDS.values()))
        + "\n\n"
        + _class(
            "UpdateBody",
            "A new label, a step or nothing for each field.",
            map(_update_attribute, FIELDS.values()),
        )
    )


def _class(name: str, purpose: str, attributes: Iterable[str]) -> str:
    body = "\n".join(f"    {attribute}" for attribute in attributes)
    return f'class {name}(LabelModel, frozen=True):\n    """{purpose}"""\n\n{body}\n'


def _config_attribute(field: Field) -> str:
    return f"{field.name}: {_value_type(field)} = {_quoted(field.default)}"


def _update_attribute(field: Field) -> str:
    step = " | Step" if field.ordered else ""
    return f"{field.name}: {_value_type(field)}{step} | None = None"


def _value_type(field: Field) -> str:
    return f"{field.alias} | float" if field.number_range else field.alias


def _brackets(prefix: str, items: list[str]) -> str:
    """Return `prefix[items]` as ruff formats it: on one line if it fits, else one item a line."""
    flat = f"{prefix}[{', '.join(items)}]"
    if len(flat) <= LINE_LENGTH:
        return flat
    return f"{prefix}[\n" + "".join(f"    {item},\n" for item in items) + "]"


def _quoted(label: object) -> str:
    return f'"{label}"' if isinstance(label, str) else repr(label)


def sources() -> dict[Path, str]:
    """Return the wanted text of each generated file."""
    return {CONFIG_FOLDER / "labels.py": labels_source(), CONFIG_FOLDER / "bodies.py": bodies_source()}


def main(arguments: list[str]) -> int:
    """Write or check the generated files; the exit code."""
    stale = [path for path, text in sources().items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        if "--check" not in arguments:
            path.write_text(sources()[path], encoding="utf-8", newline="\n")
        print(f"{'out of date' if '--check' in arguments else 'wrote'}: {path}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
