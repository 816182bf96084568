"""Tempo numbers and keys in a text: what is written in figures and note names rather than in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from latentscore.config.fields import FIELDS
from latentscore.vibe.lexicon import Demand, Level, Option


class Tempo(NamedTuple):
    """A tempo in beats per minute."""

    bpm: float


class Figure(NamedTuple):
    """Something written in figures or note names."""

    start: int
    end: int
    wishes: tuple[Demand | Tempo, ...]
    level: Level | None
    """As of a rule; None where it counts unless a word follows that is not about music (`a minor accident`)."""
    note: str = ""


_ROOTS: Final[dict[str, int]] = dict(zip("cdefgab", (0, 2, 4, 5, 7, 9, 11), strict=True))
_SOLFEGE: Final[dict[str, int]] = dict(
    zip(("do", "re", "mi", "fa", "sol", "la", "si"), _ROOTS.values(), strict=True)
)
_SHIFTS: Final = {
    "#": 1,
    "sharp": 1,
    "is": 1,
    "dièse": 1,
    "diese": 1,
    "sostenido": 1,
    "sustenido": 1,
    "diesis": 1,
    "b": -1,
    "flat": -1,
    "es": -1,
    "s": -1,
    "bemol": -1,
    "bemolle": -1,
}
_MODES: Final = {
    **dict.fromkeys(
        ("major", "maj", "dur", "mayor", "majeur", "maggiore", "maior", "ionian", "lydian"), "major"
    ),
    **dict.fromkeys(("minor", "min", "moll", "menor", "mineur", "minore", "aeolian"), "minor"),
    **dict.fromkeys(("phrygian", "locrian"), "minor"),
    "dorian": "dorian",
    "mixolydian": "mixolydian",
}
_NEAREST: Final = ("lydian", "phrygian", "locrian")
_NOTE_NEAREST: Final = "the nearest mode there is"

_BPM = r"(?:bpm|b\.p\.m\.?|beats per minute|beats a minute|beats/min)"
_NUMBER = r"(\d{2,3}(?:\.\d+)?)"
_TEMPO: Final = (
    rf"(?<![a-z0-9_]){_NUMBER} ?(?:-|–|to|and|or) ?{_NUMBER} ?{_BPM}",  # \b sees none between で and 92
    rf"(?<![a-z0-9_]){_NUMBER} ?-?(?:ish)? ?{_BPM}",
    rf"(?<![a-z0-9_])(?:bpm|tempo) ?(?:of|at|is|around|about|:|=)? ?(?:around|about)? ?{_NUMBER}"
    rf"(?: ?(?:-|–|to) ?{_NUMBER})?(?![a-z0-9_])",
    rf"[♩♪] ?= ?{_NUMBER}\b",
)
_BARE_TEMPO = r"(?<![\w.:'/#$€£-])(\d{2,3})(?:ish|-ish)?(?![\w:%°/'-]|\.\d)"
_MODE_WORDS = "major|maj|minor|min|dorian|mixolydian|aeolian|ionian|lydian|phrygian|locrian"
_KEY = rf"\b([a-g])(?: ?(#)|(b)| ?-?(sharp|flat))?[ -]({_MODE_WORDS})\b"
_GERMAN = r"\b([a-h])(is|es|s)?[- ](dur|moll)\b"
_ROMANCE = (
    r"\b(?:en|em|in) (do|re|mi|fa|sol|la|si)(?: (diese|bemol|sostenido|sustenido|diesis|bemolle))? "
    r"(mayor|menor|majeur|mineur|maggiore|minore|maior)\b"
)
_KEY_OF = (
    r"\b(?:key of|keyed to|tuned to|key:) ?([a-g])(?: ?(#)|(b)| ?-?(sharp|flat))?"
    rf"(?![\w#]|[ -](?:sharp|flat|{_MODE_WORDS}))"
)
_ROOT_ONLY = rf"\bin ([a-g])(?: ?(#)|(b)|[ -](sharp|flat))(?![\w#]|[ -](?:{_MODE_WORDS}))"
_CLAUSE_END = r" *(?:[,.;!?)\n]|$)"
_CAPITAL = rf"\bin ([A-G])(?={_CLAUSE_END})"
_CLAUSE_ENDS: Final = re.compile(_CLAUSE_END)
_CAPITAL_WITH = r"\bin ([A-G])(?= (?:with|and|plus|over|at|but)\b)"  # "in A with a walking bass"
_TONIC = (
    r"\b(?i:tonic|root|root note|key cent(?:er|re)|tonal cent(?:er|re))(?: is| on|:|=)? ?"
    r"([A-G]|[b-g](?=[ -]?(?:#|sharp|flat)))(?: ?(#)|(b)| ?-?((?i:sharp|flat)))?"
    rf"(?![\w#]|[ -](?i:sharp|flat|{_MODE_WORDS}))"
)
_NOTE = (
    r"(?:(?<![^,.;!?(\n])|(?<=[,.;!?(] ))([A-G]|[b-g](?=[ -](?:sharp|flat)))(?:(#)|(b)|[ -]((?i:sharp|flat)))"
    rf"(?={_CLAUSE_END})"  # a clause of its own: "major, B flat"
)

_Reader = Callable[[re.Match[str]], Figure]


def figures(text: str) -> Iterator[Figure]:
    """Yield the tempos and keys of a folded text (its case kept), in the order of the patterns."""
    for pattern, flags, read in _PATTERNS:
        for match in re.finditer(pattern, text, flags):
            yield read(match)


def _tempo(match: re.Match[str]) -> Figure:
    numbers = [float(number) for number in match.groups() if number]
    return _at(match, (Tempo(sum(numbers) / len(numbers)),), "hard")


def _bare_tempo(match: re.Match[str]) -> Figure:
    low, high = 40.0, 200.0
    bpm = float(match[1])
    return _at(match, (Tempo(bpm),) if low <= bpm <= high else (), "loose")


def _key(match: re.Match[str]) -> Figure:
    letter, *signs, mode = match.groups()
    level: Level | None = "hard"
    if letter.lower() == "a" and not any(signs):
        level = None if letter == "A" else "soft"
        names_mode = re.match(r" (?:key|mode|chord|scale|tonality|feel)", match.string[match.end() :])
        if letter == "a" and (names_mode or mode.lower() not in ("minor", "min", "major", "maj")):
            return _at(match, (), "hard")  # "a dorian mode" names no root; the lexicon reads the mode
    wishes = (_root(_ROOTS[letter.lower()], signs), _mode(mode))
    return _at(match, wishes, level, _NOTE_NEAREST if mode.lower() in _NEAREST else "")


def _german(match: re.Match[str]) -> Figure:
    letter, sign, mode = match.groups()
    root = {"h": 11, "b": 10}.get(letter.lower(), _ROOTS.get(letter.lower(), 0))
    return _at(match, (_root(root, [sign]), _mode(mode)), "hard")


def _romance(match: re.Match[str]) -> Figure:
    syllable, sign, mode = match.groups()
    return _at(match, (_root(_SOLFEGE[syllable.lower()], [sign]), _mode(mode)), "hard")


def _root_alone(match: re.Match[str]) -> Figure:
    letter, *signs = match.groups()
    if letter == "a" and signs[-1:] == ["flat"] and not _CLAUSE_ENDS.match(match.string, match.end()):
        return _at(match, (), "hard")  # "in a flat in Berlin" is a home
    return _at(match, (_root(_ROOTS[letter.lower()], signs),), "hard")


def _root_in_company(match: re.Match[str]) -> Figure:
    return _root_alone(match)._replace(level="soft")


def _note(match: re.Match[str]) -> Figure:
    return _root_alone(match)._replace(level="loose")


def _at(
    match: re.Match[str], wishes: tuple[Demand | Tempo, ...], level: Level | None, note: str = ""
) -> Figure:
    return Figure(match.start(), match.end(), wishes, level, note)


def _root(pitch_class: int, signs: list[str | None]) -> Demand:
    shift = sum(_SHIFTS[sign.lower()] for sign in signs if sign)
    return (Option("root", (FIELDS["root"].labels[(pitch_class + shift) % 12],)),)


def _mode(name: str) -> Demand:
    return (Option("mode", (_MODES[name.lower()],)),)


_PATTERNS: Final[tuple[tuple[str, re.RegexFlag, _Reader], ...]] = (
    *((pattern, re.IGNORECASE, _tempo) for pattern in _TEMPO),
    (_KEY, re.IGNORECASE, _key),
    (_GERMAN, re.IGNORECASE, _german),
    (_ROMANCE, re.IGNORECASE, _romance),
    (_KEY_OF, re.IGNORECASE, _root_alone),
    (_ROOT_ONLY, re.IGNORECASE, _root_alone),
    (_CAPITAL, re.RegexFlag(0), _root_alone),
    (_CAPITAL_WITH, re.RegexFlag(0), _root_in_company),
    (_TONIC, re.RegexFlag(0), _root_alone),
    (_NOTE, re.RegexFlag(0), _note),
    (_BARE_TEMPO, re.IGNORECASE, _bare_tempo),
)
