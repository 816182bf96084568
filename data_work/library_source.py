"""Reads the authored library, `data/library/*.txt`: the format is described in `data/library/FORMAT.md`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from latentscore.config.fields import FIELDS, Field, Group, Value
from latentscore.config.model import MusicConfig
from latentscore.errors import InvalidConfigError
from latentscore.vibe.palette import Color, Palette

ROOT = Path(__file__).resolve().parents[1]
LIBRARY_FOLDER = ROOT / "data" / "library"
N_COLORS = 5

_COMMENT = re.compile(r"#(?:\s|$)")  # a palette also starts with #, but a digit follows
_COLOR = re.compile(r"(#[0-9a-f]{6}):([1-9])")
_GROUPS: tuple[Group, ...] = ("mix", "key", "layer")
_BY_GROUP = {
    group: [field for field in FIELDS.values() if field.group == group] for group in (*_GROUPS, "finer")
}


class Line(NamedTuple):
    """A line of a source file."""

    file: str
    number: int
    text: str

    @property
    def place(self) -> str:
        """`file:number`, which editors and terminals can open."""
        return f"{self.file}:{self.number}"


class Problem(NamedTuple):
    """Something an author should correct."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(frozen=True)
class SourceEntry:
    """An entry as it was written.

    `place` is the file and line of the vibe; `config.model_fields_set` names the fields that were chosen.
    """

    place: str
    vibe: str
    title: str
    theme: str
    config: MusicConfig
    palettes: tuple[Palette, ...]


class Refused(Exception):  # noqa: N818 - what it carries is a Problem
    """Raised inside the parser where a line is wrong."""

    def __init__(self, line: Line, message: str) -> None:
        super().__init__(Problem(line.place, message))
        self.problem = Problem(line.place, message)


def read_library(folder: Path = LIBRARY_FOLDER) -> tuple[list[SourceEntry], list[Problem]]:
    """Return the entries of all files, in the order of their names, and every problem found on the way."""
    entries: list[SourceEntry] = []
    problems: list[Problem] = []
    paths = sorted(folder.glob("*.txt"))
    if not paths:
        problems.append(Problem(str(folder), "no *.txt here"))
    for path in paths:
        found, wrong = parse(path.read_text("utf-8"), _shown_path(path))
        entries += found
        problems += wrong
    return entries, problems


def parse(text: str, file: str) -> tuple[list[SourceEntry], list[Problem]]:
    """Return the entries of one file's text. A wrong entry is a problem; the next ones are still read."""
    lines = [Line(file, number, line.rstrip()) for number, line in enumerate(text.split("\n"), 1)]
    comments = [line.text[1:].strip() for line in lines if _COMMENT.match(line.text)]
    theme = comments[0].casefold() if comments else ""
    problems: list[Problem] = []
    if not theme:
        problems.append(Problem(f"{file}:1", "the first comment must name the theme: # rain and weather"))
    entries: list[SourceEntry] = []
    for block in _blocks(lines):
        try:
            entries.append(_entry(block, theme))
        except Refused as refused:
            problems.append(refused.problem)
    return entries, problems


def _blocks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """The runs of lines between blank lines, without the comments."""
    block: list[Line] = []
    for line in lines:
        if line.text and not _COMMENT.match(line.text):
            block.append(line)
        elif block and not line.text:
            yield block
            block = []
    if block:
        yield block


def _entry(block: list[Line], theme: str) -> SourceEntry:
    if len(block) < 4:
        raise Refused(
            block[0], f"an entry is vibe, title, config, palette: at least 4 lines; got {len(block)}"
        )
    vibe, title, config, *palettes = block
    return SourceEntry(
        place=vibe.place,
        vibe=vibe.text.strip(),
        title=title.text.strip(),
        theme=theme,
        config=_config(config),
        palettes=tuple(map(_palette, palettes)),
    )


def _config(line: Line) -> MusicConfig:
    groups = [group.split() for group in line.text.split(" / ")]
    if not len(_GROUPS) <= len(groups) <= len(_GROUPS) + 1:
        wanted = " / ".join(" ".join(field.name for field in _BY_GROUP[group]) for group in _GROUPS)
        raise Refused(line, f"the config must read {wanted} [/ name=label …]; got {len(groups)} groups")
    chosen: dict[str, Value] = {}
    for group, words in zip(_GROUPS, groups, strict=False):
        fields = _BY_GROUP[group]
        if len(words) != len(fields):
            raise Refused(line, f"{len(fields)} labels wanted ({_names(fields)}); got {len(words)}")
        chosen |= {field.name: _value(line, field, word) for field, word in zip(fields, words, strict=True)}
    chosen |= _finer(line, groups[len(_GROUPS)] if len(groups) > len(_GROUPS) else [])
    try:
        return MusicConfig.model_validate(chosen)
    except InvalidConfigError as error:
        raise Refused(line, str(error)) from None


def _finer(line: Line, words: list[str]) -> dict[str, Value]:
    known = {field.name: field for field in _BY_GROUP["finer"]}
    chosen: dict[str, Value] = {}
    for word in words:
        name, equals, label = word.partition("=")
        if not equals or name not in known:
            raise Refused(line, f"name=label wanted, name one of {', '.join(known)}; got {word!r}")
        if name in chosen:
            raise Refused(line, f"{name} is given twice")
        chosen[name] = _value(line, known[name], label)
    return chosen


def _value(line: Line, field: Field, word: str) -> Value:
    spelled: dict[str, Value] = {str(label).lower(): label for label in field.labels}
    value: Value = spelled.get(word, word)
    if field.number_range and re.fullmatch(r"\d+(\.\d+)?", word):
        value = float(word)
    try:
        return field.parse(value)
    except InvalidConfigError as error:
        raise Refused(line, str(error)) from None


def _palette(line: Line) -> Palette:
    colors = [_COLOR.fullmatch(word) for word in line.text.split()]
    found = [Color(match[1], int(match[2])) for match in colors if match]
    if len(colors) != N_COLORS or len(found) != N_COLORS:
        wanted = f"{N_COLORS} times #rrggbb:weight, lower case, weight 1 to 9"
        raise Refused(line, f"a palette is {wanted}; got {line.text!r}")
    return Palette(tuple(found))


def _names(fields: Iterable[Field]) -> str:
    return " ".join(field.name for field in fields)


def _shown_path(path: Path) -> str:
    resolved = path.resolve()
    return str(resolved.relative_to(ROOT)) if resolved.is_relative_to(ROOT) else str(path)
