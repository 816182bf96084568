"""Direct instructions in a vibe: "no drums", "92 bpm", "in D minor", "not too bright" win over what was retrieved.

The lexicon says which phrases ask for what. A phrase is an instruction where its level allows it: a hard one
anywhere; a soft one in a clause in which nothing is unknown, or right before a musical noun; a loose one and a mood
only where the rest of the text is musical too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from latentscore.config.fields import FIELDS
from latentscore.vibe.figures import Tempo
from latentscore.vibe.glossary import in_english
from latentscore.vibe.lexicon import Demand, Grade, Lexicon, Option, Shift, Wish, load_lexicon
from latentscore.vibe.phrasing import Item, itemised

READ_CHARACTERS: Final = 20_000
"""Instructions beyond this are not looked for."""
LEAST_REST: Final = 4
"""Letters that must be left of a text for the rest to mean anything."""


@dataclass(frozen=True)
class Instruction:
    """Words that were taken as an instruction.

    Attributes:
        words: As written, in lower case and without accents.
        wishes: What they ask for.
        note: How far it could be done, where that needs saying.
    """

    words: str
    wishes: tuple[Wish | Tempo, ...]
    note: str = ""


class Reading(NamedTuple):
    """What a text asks for, and the rest of it."""

    instructions: tuple[Instruction, ...]
    """In the order written."""
    english: str
    """The text as it was read: words of other languages glossed."""
    rest: str
    """The English text in lower case without the words of its instructions, but with those of moods that are wanted;
    empty if too little is left."""


def read(text: str, *, lenient: bool = False) -> Reading:
    """Find the instructions in a text.

    Args:
        text: A vibe.
        lenient: Take every phrase of the lexicon, wherever it stands: for a linter, not for playing.
    """
    lexicon = load_lexicon()
    english = in_english(text[:READ_CHARACTERS])
    low, items = itemised(english, lexicon)
    context = _Context.of(items)
    counted = [item for at, item in enumerate(items) if item.asks and (lenient or context.counts(at))]
    found = [_instruction(item, low) for item in counted]
    asked = (*(one for one in found if one.wishes), *_alone(low, items, counted, lexicon))
    return Reading(asked, english, _rest(low, [item for item in counted if not item.sets_scene]))


def read_instructions(text: str, *, lenient: bool = False) -> tuple[Instruction, ...]:
    """Return the instructions in a text, in the order written; see `read`."""
    return read(text, lenient=lenient).instructions


def _rest(text: str, counted: Sequence[Item]) -> str:
    pieces: list[str] = []
    at = 0
    for item in counted:
        pieces.append(text[at : item.begins])
        at = max(at, item.end)
    rest = " ".join("".join([*pieces, text[at:]]).replace(" ,", ",").split()).strip(" ,.;")
    return rest if sum(map(str.isalpha, rest)) >= LEAST_REST else ""


def is_nothing_else(text: str) -> bool:
    """Whether a text is instructions and nothing else: "no drums, in D minor"."""
    _, items = itemised(in_english(text[:READ_CHARACTERS]), load_lexicon())
    is_scene = any(item.kind == "unknown" or item.sets_scene for item in items)
    return not is_scene and bool(read_instructions(text))


@dataclass(frozen=True)
class _Context:
    """What surrounds an item, counted once for the whole text."""

    items: Sequence[Item]
    unknown_in_clause: Counter[int]
    unknown_in_segment: Counter[int]
    musical_in_clause: Counter[int]
    n_musical: int

    @classmethod
    def of(cls, items: Sequence[Item]) -> _Context:
        return cls(
            items,
            Counter(item.clause for item in items if item.kind == "unknown"),
            Counter(item.segment for item in items if item.kind == "unknown"),
            Counter(item.clause for item in items if item.musical),
            sum(item.musical for item in items),
        )

    def counts(self, at: int) -> bool:
        """Whether a phrase stands where it is an instruction."""
        item = self.items[at]
        following = self.items[at + 1] if at + 1 < len(self.items) else None
        if item.level == "hard" or ("not" in item.modifiers and "nouns" in item.marks):
            return True
        if item.level is None:
            return following is None or following.kind != "unknown"
        elsewhere = self.n_musical > item.musical
        is_clause_known = not self.unknown_in_clause[item.clause]
        if item.level == "loose" and _is_tempo(item):  # a number that stands alone: "techno, 128"
            return elsewhere and is_clause_known and not self.musical_in_clause[item.clause]
        if following and following.musical and following.clause == item.clause:
            return True
        if not is_clause_known:
            return False
        if elsewhere or not self.unknown_in_segment.total():
            return True
        return item.level == "soft" and not self.unknown_in_segment[item.segment]


def _is_tempo(item: Item) -> bool:
    return item.figure is not None and isinstance(item.figure.wishes[0], Tempo)


def _instruction(item: Item, text: str) -> Instruction:
    if item.figure and "not" in item.modifiers:
        return Instruction(" ".join(text[item.begins : item.end].split()), _refused(item.figure.wishes))
    if item.figure:
        return Instruction(item.text, item.figure.wishes, item.figure.note)
    assert item.rule is not None
    grade = _grade(item.modifiers)
    wishes = item.rule.graded(grade)
    if grade in ("more", "less") and "strong" in item.modifiers:
        wishes = tuple(Shift(one.field, 2 * one.steps) if isinstance(one, Shift) else one for one in wishes)
    note = item.rule.note if grade == "plain" or grade in item.rule.written else ""
    return Instruction(" ".join(text[item.begins : item.end].split()), wishes, note)


def _refused(wishes: Sequence[Demand | Tempo]) -> tuple[Demand, ...]:
    """What is left without a key ("not in D minor"): other roots. Without one tempo any other would do, so nothing."""
    for wish in wishes:
        if not isinstance(wish, Tempo):
            (option,) = wish
            others = tuple(label for label in FIELDS[option.field].labels if label not in option.labels)
            return ((Option(option.field, others),),)
    return ()


def _grade(modifiers: Sequence[str]) -> Grade:
    """The grade that modifiers amount to, the nearest given first; "no more" is no, "a bit less" is less."""
    order: tuple[Grade, ...] = ("not", "less", "more")
    for grade in order:
        if grade in modifiers:
            return grade
    nearest: list[Grade] = [grade for grade in ("mild", "strong") if grade in modifiers]
    return min(nearest, key=modifiers.index) if nearest else "plain"


def _alone(
    text: str, items: Sequence[Item], counted: Sequence[Item], lexicon: Lexicon
) -> tuple[Instruction, ...]:
    """Return what "just a drone" asks of the layers that it does not name."""
    for item in items:
        if "only" not in item.marks:
            continue
        segment = [other for other in items if other.segment == item.segment]
        named = [other for other in counted if other in segment] or list(counted)
        layers = {layer for other in named for layer in _layers(other)}
        if layers and not any(other.kind == "unknown" for other in segment):
            wishes = tuple(wish for wish in lexicon.alone if not _touches(wish, layers))
            first, last = segment[segment[0].kind == "stop"], segment[-1]
            return (Instruction(" ".join(text[first.start : last.end].split()), wishes),)
    return ()


def _layers(item: Item) -> set[str]:
    if item.rule is None or "not" in item.modifiers:
        return set()
    named = {option.field for wish in item.rule.plain if not isinstance(wish, Shift) for option in wish}
    return {name for name in named if FIELDS[name].group == "layer"}


def _touches(wish: Wish, layers: set[str]) -> bool:
    if isinstance(wish, Shift):
        return False
    of_melody = "melody" in layers and wish[0].field == "melody_density"
    return of_melody or any(option.field in layers for option in wish)
