"""What the local model may write: the schema of an answer, narrowed until all that fits it is a valid config."""

from __future__ import annotations

from typing import Any, Final

from latentscore.config.fields import FIELDS
from latentscore.vibe.prompt import answer_schema

_LOW, _HIGH = "register_min_oct", "register_max_oct"
_LENGTHS: Final = {"thinking": 240, "title": 48}  # characters: each token takes its time


def local_schema() -> dict[str, Any]:
    """Return the JSON schema: short texts, every field, one palette, and the register's bounds in the right order."""
    schema = answer_schema(bounded=True)
    properties = schema["properties"]
    for name, length in _LENGTHS.items():
        properties[name] |= {"maxLength": length}
    properties["title"]["minLength"] = 1
    properties["palettes"]["maxItems"] = 1
    properties["config"]["anyOf"] = [
        {"properties": {_LOW: {"const": low}, _HIGH: {"enum": [high for high in highs if high > low]}}}
        for low, highs in _registers()
    ]
    return schema


def _registers() -> list[tuple[int, list[int]]]:
    """Every lower bound of the register that leaves room above it, with all upper bounds."""
    lows, highs = ([int(label) for label in FIELDS[name].labels] for name in (_LOW, _HIGH))
    return [(low, highs) for low in lows if low < max(highs)]
