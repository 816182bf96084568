"""Words of other languages into English, for an encoder and a lexicon that know little else: `assets/glossary.json`.

Word by word, without grammar: enough to tell what a vibe is about. English texts are left as they are. A word in
another script is glossed wherever it stands; one in Latin letters only where the text is not English, which is so if
the glossary knows at least as many of its words as it does not, words that English shares aside.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from latentscore.errors import ModelNotAvailableError
from latentscore.vibe.emoji import in_words
from latentscore.vibe.figures import figures
from latentscore.vibe.foreign_figures import in_english_figures
from latentscore.vibe.lexicon import folded, lowered

ASSET: Final = Path(__file__).parent / "assets" / "glossary.json"

_REMEDY = "Reinstall latentscore, or in a clone run: python -m data_work.build_glossary"

LONGEST_ENDING: Final = 4
"""Letters that may follow a stem."""
LONGEST_PHRASE: Final = 4
"""Words in the longest phrase."""
LEAST_PART: Final = 4
"""Letters in the shortest part of a compound."""
LONGEST_COMPOUND: Final = 40
LONGEST_UNSPACED: Final = 8
"""Signs in the longest word of a script without spaces."""

_MARKS = "\u0591-\u05c7\u064b-\u065f\u0900-\u0dff"  # vowel signs of Hebrew, Arabic and Indian letters
_WORD = re.compile(rf"(?:[^\W_]|[{_MARKS}])+")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HANGUL = re.compile("[\uac00-\ud7af]")
_BEFORE_STOP = re.compile(r" +([,.!?])")
_JOINED = frozenset(("", " ", "'", "-"))
_STOPS = str.maketrans(
    {"。": ". ", "、": ", ", "·": " ", "।": ". ", "\u200c": " ", "،": ", ", "؛": ", ", "؟": "? "}
)
_PREFIXES: Final = ("وال", "بال", "لل", "ال", "و", "ב", "ה", "ו", "ל", "מ", "ש")
"""Articles and particles that Arabic and Hebrew write as part of the word."""
_LINKS: Final = ("", "s", "n", "en", "es", "e")
"""What German and Dutch put between the parts of a compound."""


class Word(NamedTuple):
    """A word or phrase of a text, and its gloss."""

    start: int
    end: int
    english: str | None
    """None if the glossary has no such word; empty if English needs none."""
    is_shared: bool
    """English has a word that is spelled alike, or a number."""
    is_latin: bool
    is_last: bool = False
    """It follows what its gloss precedes: ドラムなし is "no drums"."""


@dataclass(frozen=True)
class Glossary:
    """The file, by word.

    Attributes:
        words: Whole words, and phrases with spaces between their words.
        stems: Beginnings of words.
        shared: Those that English spells alike.
    """

    words: Mapping[str, str]
    stems: Mapping[str, str]
    shared: frozenset[str]
    english: frozenset[str]
    """English words that are never glossed, whatever they look like."""
    last: frozenset[str]
    """Words that follow what their glosses precede."""
    alone: Mapping[str, str]
    """What words mean that are a clause of their own."""

    def look_up(self, word: str) -> tuple[str, bool] | None:
        """Return the gloss of a folded word and whether English shares it; None if it is not known."""
        if word in self.english:
            return None
        if word in self.words:
            return self.words[word], word in self.shared
        if _UNSPACED.match(word):
            return self._segmented(word)
        if (stem := self._stem(word)) is not None:
            return self.stems[stem], stem in self.shared
        if not word.isascii() and (prefix := next(filter(word.startswith, _PREFIXES), "")):
            return self.look_up(word.removeprefix(prefix)) if len(word) > len(prefix) + 1 else None
        parts = self._compound(word) if len(word) <= LONGEST_COMPOUND else []
        return (" ".join(parts), False) if parts else None

    def _stem(self, word: str) -> str | None:
        """The longest stem that the word may be a form of."""
        ends = range(len(word), max(0, len(word) - LONGEST_ENDING - 1), -1)
        return next((word[:end] for end in ends if word[:end] in self.stems), None)

    def _compound(self, word: str) -> list[str]:
        """The glosses of the two parts of a compound; the second may have an ending."""
        for links in (_LINKS[:1], _LINKS[1:]):  # Schach-spiel rather than Schach-s-piel
            for end in range(len(word) - LEAST_PART, LEAST_PART - 1, -1):
                rest = self.words.get(word[end:]) or self.stems.get(self._stem(word[end:]) or "")
                link = next((link for link in links if rest and self._has(word[:end], link)), None)
                if rest and link is not None:
                    first = word[:end].removesuffix(link)
                    return [self.words.get(first) or self.stems[first], rest]
        return []

    def _has(self, part: str, link: str) -> bool:
        bare = part.removesuffix(link)
        whole = part.endswith(link) and len(bare) >= LEAST_PART
        return whole and bool(self.words.get(bare) or self.stems.get(bare))

    def _segmented(self, word: str) -> tuple[str, bool] | None:
        """The longest words that are known, from the front; signs that begin none are passed over."""
        found: list[str] = []
        at = 0
        while at < len(word):
            ends = range(min(len(word), at + LONGEST_UNSPACED), at, -1)
            end = next((end for end in ends if self._stands(word, at, end)), 0)
            gloss = self.words.get(word[at:end]) or self.stems.get(word[at:end], "")
            if end and (gloss or not found):
                found.insert(len(found) - (word[at:end] in self.last), gloss)
            at = end or at + 1
        return (" ".join(filter(None, found)), False) if found else None

    def _stands(self, word: str, start: int, end: int) -> bool:
        part = word[start:end]
        is_piece = end == start + 1 and start > 0 and bool(_HANGUL.match(part))  # mostly inside another word
        return not is_piece and (part in self.words or part in self.stems)


@cache
def load_glossary() -> Glossary:
    """Read the glossary that ships, once a process.

    Raises:
        ModelNotAvailableError: The file is missing or damaged.
    """
    try:
        stored: dict[str, Any] = json.loads(ASSET.read_bytes())
        return Glossary(
            words=stored["words"],
            stems=stored["stems"],
            shared=frozenset(stored["shared"]),
            english=frozenset(stored["english"]),
            last=frozenset(stored["last"]),
            alone=stored["alone"],
        )
    except (OSError, ValueError, KeyError) as error:
        raise ModelNotAvailableError(f"{ASSET} can't be read ({error!r}). {_REMEDY}") from error


def in_english(text: str) -> str:
    """Return a text with the words of other languages glossed, and emoji in words; any other as it is, sign for sign.

    Tempos and keys that `figures` can read ("en la menor") stay as written.
    """
    glossed = _glossed(text)
    worded = in_words(glossed)
    return glossed if worded == glossed else _tidy(worded)


def _glossed(text: str) -> str:
    written = folded(text).translate(_STOPS)
    plain = in_english_figures(written)
    low = lowered(plain)
    glossary = load_glossary()
    found = [_alone(word, low, glossary) for word in _words(low, glossary, _figured(plain))]
    accented = _accented(text)
    is_foreign = _is_foreign(
        [
            word
            for word in found
            if word.is_latin and (word.english is not None or low[word.start : word.end] not in accented)
        ]
    )
    glossed = [word for word in found if word.english is not None and (is_foreign or not word.is_latin)]
    if not glossed and plain == written:
        return text
    pieces: list[str] = []
    at = 0
    for word in _in_english_order(glossed, plain):
        pieces += [plain[at : word.start], f" {word.english} "]
        at = word.end
    return _tidy("".join([*pieces, plain[at:]])).strip(" ,.")


def _tidy(text: str) -> str:
    joined = "\n".join(" ".join(line.split()) for line in text.splitlines())
    return _BEFORE_STOP.sub(r"\1", joined)


def _accented(text: str) -> frozenset[str]:
    """The folded words that were written with accents: unknown ones speak for no language, but not for English either."""
    if text.isascii():
        return frozenset()
    return frozenset(lowered(folded(word)) for word in _WORD.findall(text) if not word.isascii())


def _figured(text: str) -> list[tuple[int, int]]:
    """Where the tempos and keys of a text stand; a bare number is none."""
    return sorted((figure.start, figure.end) for figure in figures(text) if figure.level != "loose")


def _is_foreign(words: Sequence[Word]) -> bool:
    """Whether these words are of another language. Figures are not among them: all languages write "92 bpm"."""
    known = [word for word in words if word.english is not None and not word.is_shared]
    n_unknown = sum(word.english is None and not word.is_shared for word in words)
    return any(word.english for word in known) and len(known) >= n_unknown


def _in_english_order(words: Sequence[Word], text: str) -> list[Word]:
    """Put before their neighbour the glosses that English says first: "drums no" becomes "no drums"."""
    ordered = list(words)
    for at, word in enumerate(ordered):
        before = at
        while word.is_last and before and not text[ordered[before - 1].end : ordered[before].start].strip():
            before -= 1
            if other := ordered[before].english:
                ordered[before] = ordered[before]._replace(english=f"{word.english} {other}")
                ordered[at] = word._replace(english="")
                break
    return ordered


def _words(text: str, glossary: Glossary, apart: Sequence[tuple[int, int]]) -> Iterator[Word]:
    """Yield the words of a folded text, but for what stands `apart`; known phrases as one."""
    found: list[re.Match[str]] = []
    at = 0
    for start, end in (*apart, (len(text), len(text))):
        found += _WORD.finditer(text, at, max(at, start))
        at = max(at, end)
    at = 0
    while at < len(found):
        start = found[at].start()
        for length in range(_joined(text, found[at : at + LONGEST_PHRASE]), 0, -1):
            end = found[at + length - 1].end()
            spoken = " ".join(word[0] for word in found[at : at + length])
            known = glossary.look_up(spoken) if length == 1 else _phrase(spoken, glossary)
            if known or length == 1:
                english, is_shared = known or (None, spoken.isdecimal())
                is_latin = _is_latin(spoken)
                yield Word(start, end, english, is_shared, is_latin, spoken in glossary.last)
                at += length
                break


def _alone(word: Word, text: str, glossary: Glossary) -> Word:
    """Return a word with what it means where it is a clause of its own, as "bitte langsamer" is."""
    english = glossary.alone.get(text[word.start : word.end])
    if not english:
        return word
    before, after = _around_alone()
    begins = before.search(text, max(0, word.start - LONGEST_COMPOUND), word.start)
    return word._replace(english=english) if begins and after.match(text, word.end) else word


@cache
def _around_alone() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What may stand between the ends of a clause and a word that is one of its own."""
    others = "|".join(("bitte", "noch", "und", *map(re.escape, load_glossary().alone)))
    polite = rf"(?: *\b(?:{others})\b){{0,3}} *"
    return re.compile(rf"(?:^|[,.;!?(\n]){polite}$"), re.compile(rf"{polite}(?:$|[,.;!?)\n])")


def _phrase(spoken: str, glossary: Glossary) -> tuple[str, bool] | None:
    return (glossary.words[spoken], spoken in glossary.shared) if spoken in glossary.words else None


def _joined(text: str, words: Sequence[re.Match[str]]) -> int:
    """How many of the words follow each other without a stop."""
    n_words = 1
    while n_words < len(words) and text[words[n_words - 1].end() : words[n_words].start()] in _JOINED:
        n_words += 1
    return n_words


def _is_latin(word: str) -> bool:
    return word.isascii() or "LATIN" in unicodedata.name(word[0], "")
