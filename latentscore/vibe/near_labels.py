"""Labels as a language model may write them: read where only one can be meant, refused otherwise."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from latentscore.config.field import Field, Label, Value
from latentscore.config.fields import FIELDS
from latentscore.errors import InvalidConfigError, shown

LIKE: Final = 0.8
"""How alike a misspelt label must be, 0 to 1 (difflib's ratio)."""
LEAD: Final = 0.1
"""How much more alike than any other label."""

_MAX_LENGTH: Final = 60  # longer text is no label
_LARGEST: Final = 1e6  # nan and integers that no float holds are not below it either
_NUMBER: Final = re.compile(r"(-?\d+(?:\.\d+)?)(?: ?(?:bpm|bars?|layers?|octaves?))?", re.IGNORECASE)
_FLATS: Final = {
    "db": "c#",
    "eb": "d#",
    "gb": "f#",
    "ab": "g#",
    "bb": "a#",
    "cb": "b",
    "fb": "e",
    "e#": "f",
    "b#": "c",
}
_TRUTHS: Final[dict[str, Label]] = {
    "true": True,
    "yes": True,
    "on": True,
    "false": False,
    "no": False,
    "off": False,
}


def read_value(field: Field, value: object) -> Value:
    """Return the label (or tempo number) that is meant by `value`.

    Raises:
        InvalidConfigError: No label is meant, or more than one may be; the message lists the labels.
    """
    try:
        return field.parse(value)
    except InvalidConfigError:
        meant = _meant(field, value)
        if len(meant) != 1:
            raise
        return meant[0]


def _meant(field: Field, value: object) -> list[Value]:
    """Return every value that may be meant. Each rule is tried only if those before it found nothing."""
    if isinstance(value, str):
        text = value.strip().strip("\"'`.").strip()
        if not text or len(text) > _MAX_LENGTH:
            return []
        number = _NUMBER.fullmatch(text)
        if number:
            return _by_number(field, float(number[1]))
        return _by_name(field, text)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _by_number(field, float(value)) if abs(value) < _LARGEST else []
    return []


def _by_number(field: Field, number: float) -> list[Value]:
    """A number is the label that it equals or means, unless it could also be meant as a position."""
    if field.number_range:
        low, high = field.number_range
        return [number] if low <= number <= high else []
    if all(isinstance(label, bool) for label in field.labels):
        return [bool(number)] if number in (0, 1) else []
    equal: list[Value] = [label for label in field.labels if not isinstance(label, str) and label == number]
    if equal:
        return equal
    means: list[Value] = [
        label for label, meaning in zip(field.labels, field.values, strict=False) if meaning == number
    ]
    positions = {field.labels[int(at)] for at in (number, number - 1) if at in range(len(field.labels))}
    return means if positions <= set(means) else []


def _by_name(field: Field, text: str) -> list[Value]:
    name = _plain(text)
    if field.name == "root":
        note = re.sub(r"_?(sharp|flat)$", lambda sign: "#" if sign[1] == "sharp" else "b", name)
        note = _FLATS.get(note, note)
        return [label for label in field.labels if label == note]
    if all(isinstance(label, bool) for label in field.labels):
        return [_TRUTHS[name]] if name in _TRUTHS else []
    words = {str(label): label for label in field.labels if isinstance(label, str)}
    spelled = name.removesuffix(f"_{field.name}").removeprefix(f"{field.name}_")
    if spelled in words:
        return [words[spelled]]
    short = [label for written, label in words.items() if set(spelled.split("_")) <= set(written.split("_"))]
    return list[Value](short) or _by_likeness(spelled, words)


def _by_likeness(name: str, words: Mapping[str, Label]) -> list[Value]:
    ratios = {written: difflib.SequenceMatcher(None, name, written).ratio() for written in words}
    ranked = sorted(ratios, key=lambda written: -ratios[written])
    if not ranked or ratios[ranked[0]] < LIKE:
        return []
    if len(ranked) > 1 and ratios[ranked[0]] - ratios[ranked[1]] < LEAD:
        return []
    return [words[ranked[0]]]


def _plain(text: str) -> str:
    """Return a label as the table writes it: lower case, one underscore between words, plain accidentals."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("♯", "#").replace("♭", "b")
    return re.sub(r"[\s_\-/.]+", "_", folded).strip("_")


def read_fields(
    written: dict[str, object], required: Iterable[str]
) -> tuple[dict[str, Value], list[str], list[str]]:
    """Read the fields of a config. Returns the values, what was read otherwise than written, and what is wrong."""
    values: dict[str, Value] = {}
    notes: list[str] = []
    problems = [f"{name} is missing." for name in required if name not in written]
    for name, value in written.items():
        if name not in FIELDS:
            notes.append(f"{shown(name)} is no field and was left out.")
            continue
        try:
            values[name] = read_value(FIELDS[name], value)
        except InvalidConfigError as error:
            problems.append(str(error))
            continue
        if not _same(values[name], value):
            notes.append(f"{name}: {shown(value)} was read as {values[name]!r}.")
    return values, notes, problems


def _same(value: Value, written: object) -> bool:
    return value == written and isinstance(written, str) == isinstance(value, str)
