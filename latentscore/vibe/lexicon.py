"""The lexicon of direct instructions, `assets/directives.txt`: which words ask for which labels, and how firmly."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias, cast

from latentscore.config.fields import FIELDS, Field, Label

Level: TypeAlias = Literal["hard", "soft", "loose", "mood"]
Grade: TypeAlias = Literal["plain", "not", "mild", "strong", "more", "less"]

ASSET: Final = Path(__file__).parent / "assets" / "directives.txt"
LEVELS: Final[tuple[Level, ...]] = ("hard", "soft", "loose", "mood")
MODIFIERS: Final = ("not", "mild", "strong", "more", "less", "only")
OTHERS: Final = ("after", "nouns", "fillers", "boundaries", "idioms")

_HASH = "#"
_ALONE = "[alone]"


class Option(NamedTuple):
    """Some labels of a field."""

    field: str
    labels: tuple[Label, ...]


Demand: TypeAlias = tuple[Option, ...]
"""Options of which one must hold; mostly there is a single one."""


class Shift(NamedTuple):
    """A move along an ordered field."""

    field: str
    steps: int


Wish: TypeAlias = Demand | Shift


@dataclass(frozen=True)
class Rule:
    """What a phrase asks for.

    Attributes:
        level: When it counts: `hard` anywhere, `soft` among musical words, `loose` in musical texts; a `mood` as
            loose, but it stays part of what the text is about unless it is refused.
        plain: What is asked for without a modifier.
        written: Grades that do not follow from `plain`.
        note: Said when the rule is obeyed only as far as the engine goes.
    """

    level: Level
    plain: tuple[Wish, ...]
    written: Mapping[str, tuple[Wish, ...]] = field(default_factory=dict[str, tuple[Wish, ...]])
    note: str = ""

    def graded(self, grade: Grade) -> tuple[Wish, ...]:
        """Return the wishes of a grade: `not` (no drums), `mild` (a bit dark), `strong`, `more`, `less`."""
        if grade in self.written:
            return self.written[grade]
        if grade == "less" and "more" in self.written:
            return tuple(_reversed(wish) for wish in self.written["more"])
        return tuple(graded for wish in self.plain for graded in _graded(wish, grade))


def _graded(wish: Wish, grade: Grade) -> Iterator[Wish]:
    if isinstance(wish, Shift):
        if grade != "not":
            yield (
                _reversed(wish)
                if grade == "less"
                else Shift(wish.field, wish.steps * (1 + (grade == "strong")))
            )
    elif grade == "not":
        for option in wish:
            others = tuple(label for label in FIELDS[option.field].labels if label not in option.labels)
            yield (Option(option.field, others),)
    elif len(wish) == 1 and (upward := _direction(wish[0])):
        yield from _along(wish[0], upward, grade)
    else:
        yield wish


def _along(option: Option, upward: int, grade: Grade) -> Iterator[Wish]:
    """The grades of a range that reaches one end of an ordered field."""
    ends = option.labels if upward > 0 else option.labels[::-1]  # mildest first
    if grade in ("more", "less"):
        yield Shift(option.field, upward if grade == "more" else -upward)
    elif grade in ("mild", "strong"):
        yield (Option(option.field, (ends[0 if grade == "mild" else -1],)),)
    else:
        yield (option,)


def _direction(option: Option) -> int:
    """1 for a range up to the highest label of an ordered field, -1 down to the lowest, else 0."""
    labels = FIELDS[option.field].labels
    if not FIELDS[option.field].ordered:
        return 0
    return (option.labels[-1] == labels[-1]) - (option.labels[0] == labels[0])


def _reversed(wish: Wish) -> Wish:
    return Shift(wish.field, -wish.steps) if isinstance(wish, Shift) else wish


@dataclass(frozen=True)
class Lexicon:
    """The file, by phrase. A phrase is a tuple of words as `words` gives them."""

    rules: Mapping[tuple[str, ...], Rule]
    marks: Mapping[tuple[str, ...], frozenset[str]]
    """Modifiers, nouns, fillers, boundaries and idioms."""
    alone: tuple[Wish, ...]
    """What "only" asks of the layers that are not named."""
    longest: int
    """Words in the longest phrase."""
    unspaced: re.Pattern[str]
    """Phrases of scripts that set no spaces between words."""


def folded(text: str) -> str:
    """Return the text as phrases are compared, but for case: compatibility forms, no accents, plain signs."""
    parts = unicodedata.normalize("NFKD", text.replace("♯", "#").replace("♭", "b").replace("’", "'"))
    return unicodedata.normalize("NFC", _ACCENTS.sub("", parts))


_ACCENTS = re.compile("[\u0300-\u036f]")  # of Latin, Greek and Cyrillic letters; other scripts need theirs


def lowered(text: str) -> str:
    """Return the text in lower case, character by character, so that positions stay."""
    low = text.lower()
    if len(low) == len(text):  # no letter grew, so all stand where they stood
        return low
    return "".join(low if len(low := mark.lower()) == 1 else mark for mark in text)


def words(text: str) -> list[re.Match[str]]:
    """Return the words and the signs of a folded text. A hyphen inside a word is a space."""
    return list(_WORD.finditer(text))


_WORD = re.compile(r"[\w#]+(?:'\w+)?|(?<=\w)[-‐‑](?=\w)|\n|[^\w\s]")
_PLAIN = re.compile(r" *[a-z0-9]+(?:[ -][a-z0-9]+)* *")
_JOINT = ("-", "‐", "‑")


def is_joint(word: str) -> bool:
    """Whether a sign only joins the parts of a word."""
    return word in _JOINT


def _phrase(text: str) -> tuple[str, ...]:
    if _PLAIN.fullmatch(text):  # nearly all of the lexicon: much quicker, and the same
        return tuple(text.replace("-", " ").split())
    found = (match[0] for match in words(lowered(folded(text))))
    return tuple(word for word in found if not is_joint(word))


@cache
def load_lexicon() -> Lexicon:
    """Read the lexicon that ships, once a process."""
    return parse(ASSET.read_text("utf-8"))


def parse(text: str) -> Lexicon:
    """Read a lexicon. Raises `ValueError` that names the line of a mistake."""
    rules: dict[tuple[str, ...], Rule] = {}
    marks: dict[tuple[str, ...], frozenset[str]] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith(_HASH + " ") or line == _HASH:
            continue
        if line.startswith("["):
            section = line.strip("[] ")
            continue
        try:
            _read_line(section, line, rules, marks)
        except (KeyError, ValueError) as error:
            raise ValueError(f"line {number} of the lexicon: {error} in {line!r}") from error
    for phrase, rule in _derived():
        rules.setdefault(_phrase(phrase), rule)
    phrases = [*rules, *marks]
    unspaced = [phrase[0] for phrase in phrases if len(phrase) == 1 and _is_unspaced(phrase[0])]
    pattern = "|".join(map(re.escape, sorted(unspaced, key=len, reverse=True))) or r"(?!)"
    alone = rules.pop((_ALONE,)).plain
    return Lexicon(rules, marks, alone, max(map(len, phrases)), re.compile(pattern))


def _is_unspaced(word: str) -> bool:
    return not word.isascii() and any("\u3040" <= mark <= "\u9fff" for mark in word)


def _read_line(
    section: str,
    line: str,
    rules: dict[tuple[str, ...], Rule],
    marks: dict[tuple[str, ...], frozenset[str]],
) -> None:
    written, _, effects = line.partition(" : ")
    phrases = [_phrase(phrase) for phrase in written.split(";") if phrase.strip()]
    if section in LEVELS:
        rule = _rule(section, effects)
        rules.update({phrase: rule for phrase in phrases if phrase not in rules})
    elif section == "alone":
        rules[_ALONE,] = _rule("hard", effects)
    elif section in MODIFIERS or section in OTHERS:
        for phrase in phrases:
            marks[phrase] = marks.get(phrase, frozenset()) | {section}
    else:
        raise ValueError(f"no such section: {section!r}")


def _rule(level: Level, effects: str) -> Rule:
    """Read what follows a phrase."""
    plain, *grades = (part.strip() for part in effects.split("|"))
    named = {name.strip(): value.strip() for name, _, value in (grade.partition(":") for grade in grades)}
    note = named.pop("note", "")
    wishes = _wishes(plain)
    written: dict[str, tuple[Wish, ...]] = {}
    for name, value in named.items():
        if name == "more":
            first = cast(Demand, wishes[0])[0]
            written[name] = (Shift(first.field, int(value)),)
        else:
            written[name] = _wishes(value)
    return Rule(level, wishes, written, note)


def _wishes(text: str) -> tuple[Wish, ...]:
    """Read `field=labels field=labels or field=labels`."""
    groups: list[list[str]] = []
    joined = False
    for part in text.split():
        if part == "or":
            joined = True
        elif joined:
            groups[-1].append(part)
            joined = False
        else:
            groups.append([part])
    return tuple(_wish(group) for group in groups)


def _wish(parts: list[str]) -> Wish:
    name, _, value = parts[0].partition("=")
    if re.fullmatch(r"[+-]\d", value):
        return Shift(FIELDS[name].name, int(value))
    return tuple(_option(part) for part in parts)


def _option(text: str) -> Option:
    name, _, value = text.partition("=")
    known = FIELDS[name]
    if ".." in value:
        first, last = value.split("..")
        low = known.index(_label(known, first)) if first else 0
        high = known.index(_label(known, last)) if last else len(known.labels) - 1
        return Option(name, known.labels[low : high + 1])
    labels = tuple(_label(known, word) for word in value.removeprefix("!").split("/"))
    if value.startswith("!"):
        labels = tuple(label for label in known.labels if label not in labels)
    return Option(name, labels)


def _label(known: Field, word: str) -> Label:
    for label in known.labels:
        if str(label).lower() == word.lower():
            return label
    raise ValueError(f"{known.name} has no label {word!r}")


def _derived() -> Iterator[tuple[str, Rule]]:
    """Yield the phrases that follow from the field table: `space: vast`, `drone bass`, `texture stars`."""
    for name, known in FIELDS.items():
        for label in known.labels:
            rule = Rule("hard", ((Option(name, (label,)),),))
            for spoken in dict.fromkeys((str(label), str(label).replace("_", " "))):
                yield f"{name}: {spoken}", rule
                yield f"{name}={spoken}", rule
                if known.group == "layer" and label != "none":
                    yield f"{name} {spoken}", rule
                    yield f"{spoken} {name}", rule
