"""A language model's answer is read: JSON in whatever wrapping it came, labels as they were meant, nothing on trust."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from latentscore.config.checks import is_number
from latentscore.config.fields import FIELDS
from latentscore.config.model import MusicConfig
from latentscore.errors import InvalidConfigError, shown
from latentscore.vibe.near_labels import read_fields
from latentscore.vibe.palette import HEAVIEST, Color, Palette
from latentscore.vibe.prompt import MAX_PALETTES, N_COLORS

MAX_ANSWER: Final = 60_000
"""Characters of an answer that are still read; a usual one has two thousand."""
MAX_PROBLEMS: Final = 12
REQUIRED: Final = tuple(name for name, field in FIELDS.items() if field.group != "finer")
"""The fields that an answer must have; finer ones that are missing take their defaults, and a note says so."""

_MAX_BRACKETS: Final = 400  # of broken JSON: nesting costs the repairing parser quadratic time
_MAX_TITLE: Final = 120
_MAX_THINKING: Final = 4_000
_REASONING: Final = re.compile(r"\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_HEX: Final = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")


@dataclass(frozen=True)
class Answer:
    """What a model answered, as it was read."""

    title: str
    thinking: str
    config: MusicConfig
    palettes: tuple[Palette, ...]
    notes: tuple[str, ...]
    """What was read otherwise than it was written, or left out; one sentence each."""


class UnreadableAnswerError(Exception):
    """An answer of which no config can be made. `problems` says why, one sentence each, in words for the model."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems[:MAX_PROBLEMS])


def read_answer(text: str) -> Answer:
    """Read an answer.

    Fences, words around the JSON, trailing commas, single quotes and the like are seen through; a label is read as
    the one that it must mean, with a note. An answer that breaks off is read as far as it goes.

    Raises:
        UnreadableAnswerError: There is no JSON object, or its config is not complete and valid.
    """
    found = _found_object(text)
    written = found.get("config", found)
    if not isinstance(written, Mapping):
        raise UnreadableAnswerError("config must be an object with every field.")
    apart = () if written is not found else ("thinking", "title", "palettes")
    fields = {str(k): v for k, v in cast(Mapping[object, object], written).items() if k not in apart}
    config, notes = _read_config(fields)
    palettes, dropped = _read_palettes(found.get("palettes"))
    return Answer(
        title=_line(found.get("title"))[:_MAX_TITLE],
        thinking=_paragraph(found.get("thinking"))[:_MAX_THINKING],
        config=config,
        palettes=palettes,
        notes=(*notes, *dropped),
    )


def _read_config(fields: dict[str, object]) -> tuple[MusicConfig, list[str]]:
    values, notes, problems = read_fields(fields, REQUIRED)
    left_out = [name for name in FIELDS if name not in values and name not in REQUIRED and name not in fields]
    if left_out:
        notes.append(f"Left at their defaults, since the answer has none: {', '.join(left_out)}.")
    if not problems:
        try:
            return MusicConfig.model_validate(values), notes
        except InvalidConfigError as error:  # fields that don't go together
            problems.append(str(error))
    raise UnreadableAnswerError(*problems)


def _found_object(text: str) -> dict[str, Any]:
    """Return the object in an answer: the one with a config, if there are several."""
    reasoning = _REASONING.match(text)
    bare = text[reasoning.end() if reasoning else 0 :].strip()
    if not bare:
        raise UnreadableAnswerError("The answer is empty.")
    if len(bare) > MAX_ANSWER:
        raise UnreadableAnswerError(
            f"The answer is too long: {len(bare)} characters, of at most {MAX_ANSWER}."
        )
    objects = _valid_objects(bare) or _repaired_objects(bare)
    if not objects:
        raise UnreadableAnswerError("There is no JSON object in the answer.")
    return max(objects, key=_promise)


def _promise(found: dict[str, Any]) -> tuple[bool, int]:
    return "config" in found, len(found)


def _valid_objects(text: str) -> list[dict[str, Any]]:
    """Return the objects in valid JSON, wherever in the text they stand."""
    if text.count("{") > _MAX_BRACKETS:
        raise UnreadableAnswerError("The answer has too many brackets.")
    decoder, found, at = json.JSONDecoder(strict=False), list[dict[str, Any]](), text.find("{")
    while at >= 0:
        try:
            one, end = decoder.raw_decode(text, at)
            found.append(one)
        except (ValueError, RecursionError):
            end = at + 1
        at = text.find("{", end)
    return [one for one in found if _promise(one)[0] or FIELDS.keys() & one.keys()]


def _repaired_objects(text: str) -> list[dict[str, Any]]:
    """Return the objects in what is nearly JSON, or breaks off."""
    import json_repair

    try:
        found: object = json_repair.loads(text[max(0, text.find("{")) :], skip_json_loads=True)
    except (ValueError, RecursionError):
        return []
    listed = cast(list[object], found) if isinstance(found, list) else [found]
    return [cast(dict[str, Any], one) for one in listed if isinstance(one, dict)]


def _read_palettes(written: object) -> tuple[tuple[Palette, ...], list[str]]:
    """Read palettes. One that is not valid is left out with a note: colours are not worth losing the music."""
    listed = cast(list[object], written) if isinstance(written, list) else []
    read = [_read_palette(one) for one in listed[:MAX_PALETTES]]
    palettes = tuple(palette for palette in read if palette)
    dropped = len(listed) - len(palettes)
    return palettes, [f"{dropped} of {len(listed)} palettes left out."] if dropped else []


def _read_palette(written: object) -> Palette | None:
    colors = cast(Mapping[str, object], written).get("colors") if isinstance(written, Mapping) else written
    if not isinstance(colors, list):
        return None
    read = [_read_color(one) for one in cast(list[object], colors)]
    kept = tuple(color for color in read if color)
    return Palette(kept) if len(kept) == N_COLORS else None


def _read_color(written: object) -> Color | None:
    if not isinstance(written, Mapping):
        return None
    color = cast(Mapping[str, object], written)
    code, weight = color.get("hex"), color.get("weight")
    digits = _HEX.fullmatch(code.strip()) if isinstance(code, str) else None
    if not digits or not is_number(weight) or weight not in range(1, HEAVIEST + 1):
        return None
    short = digits[1].lower()
    return Color("#" + (short if len(short) == 6 else "".join(digit * 2 for digit in short)), int(weight))


def _line(text: object) -> str:
    """Return a text on one line, without characters that a terminal would obey."""
    return " ".join(_paragraph(text).split())


def _paragraph(text: object) -> str:
    if not isinstance(text, str):
        return "" if text is None else shown(text)
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs")).strip()
