"""What the local model may answer: a JSON schema derived from the field table, and how an answer is read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from latentscore.config.fields import FIELDS, Value
from latentscore.config.model import MusicConfig
from latentscore.vibe.library import Entry
from latentscore.vibe.palette import HEAVIEST, Color, Palette

_N_COLORS: Final = 5
_LONGEST_TITLE: Final = 48  # characters; an untrained model would write for ever
_LOW, _HIGH = "register_min_oct", "register_max_oct"


def answer_schema() -> dict[str, Any]:
    """Return the JSON schema of an answer: a title, a config with every field, one palette.

    It is narrower than a `MusicConfig`'s: tempo is one of its labels, and of the register's bounds only pairs in the
    right order fit. So whatever keeps to it is valid.
    """
    return _object(
        {
            "title": {"type": "string", "minLength": 1, "maxLength": _LONGEST_TITLE},
            "config": {
                **_object({name: {"enum": list(field.labels)} for name, field in FIELDS.items()}),
                "anyOf": _registers(),
            },
            "palette": {
                "type": "array",
                "minItems": _N_COLORS,
                "maxItems": _N_COLORS,
                "items": _object(
                    {
                        "hex": {"type": "string", "pattern": "^#[0-9a-f]{6}$"},
                        "weight": {"enum": list(range(1, HEAVIEST + 1))},
                    }
                ),
            },
        }
    )


def example_answer(entry: Entry) -> str:
    """Write a library entry as the answer that a model should have given."""
    answer = {
        "title": entry.title[:_LONGEST_TITLE],
        "config": {name: FIELDS[name].nearest(value) for name, value in entry.config.labels().items()},
        "palette": [
            {"hex": color.hex, "weight": color.weight} for color in entry.palettes[0].colors[:_N_COLORS]
        ],
    }
    return json.dumps(answer, ensure_ascii=False)


def read_answer(text: str) -> tuple[str, MusicConfig, Palette]:
    """Return title, config and palette of an answer that keeps to the schema."""
    answer: Mapping[str, Any] = json.loads(text)
    labels: dict[str, Value] = answer["config"]
    colors = tuple(Color(color["hex"], color["weight"]) for color in answer["palette"])
    return answer["title"].strip(), MusicConfig.model_validate(labels), Palette(colors)


def _registers() -> list[dict[str, Any]]:
    """One alternative for each lower bound of the register, with the upper bounds that lie above it."""
    lows, highs = FIELDS[_LOW].labels, FIELDS[_HIGH].labels
    above = {low: [high for high in highs if high > low] for low in lows}  # pyright: ignore[reportOperatorIssue]
    return [
        {"properties": {_LOW: {"const": low}, _HIGH: {"enum": allowed}}}
        for low, allowed in above.items()
        if allowed
    ]


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
