"""A vibe as items: phrases of the lexicon with the modifiers before them, figures, unknown words and stops."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from latentscore.config.fields import FIELDS
from latentscore.vibe.figures import Figure, figures
from latentscore.vibe.lexicon import MODIFIERS, Lexicon, Rule, Shift, folded, is_joint, lowered, words

FARTHEST_MODIFIER: Final = 4
"""Items between a modifier and what it modifies."""
LONGEST: Final = 12
"""Words and signs in the longest phrase or figure."""

FARTHEST_LISTED: Final = 3
"""Items in one part of a list: "no drums, no bells or any piano"."""
LINKS: Final = (",", "/", "and", "&", "or", "nor")

_NO_MARKS: Final = frozenset[str]()
_REFUSING: Final = ("no", "without", "zero", "sin", "sans", "ohne", "senza", "sem")
"""How phrases of the lexicon begin that refuse something themselves: "no reverb"."""
_HEDGES: Final = ("not too", "not very", "not so", "not that", "not really", "not overly")
_REFUSING_ANYTHING: Final = (*_REFUSING, "nothing", "neither", "don't", "dont", "do not", "avoid")
_REFUSING_ALL: Final = ("without", "sans", "ohne", "senza", "don't", "dont", "do not", "avoid", "remove")
"""After these "and" goes on with what is refused: "without drums and bass"."""
_THINGS: Final = frozenset(
    (*(name for name, known in FIELDS.items() if known.group == "layer"), "echo", "swing", "syncopation")
)
"""Fields of what may be there or not; the others are of how it is."""

Kind: TypeAlias = Literal["rule", "figure", "mark", "unknown", "stop"]


@dataclass
class Item:
    """A piece of a text, and what is found out about it.

    `segment` counts the stops before it, `clause` the stops and boundaries; `begins` is where the first of its
    modifiers stands.
    """

    kind: Kind
    start: int
    end: int
    marks: frozenset[str] = _NO_MARKS
    rule: Rule | None = None
    figure: Figure | None = None
    text: str = ""
    modifiers: list[str] = field(default_factory=list[str])
    begins: int = 0
    segment: int = 0
    clause: int = 0

    @property
    def asks(self) -> bool:
        """Whether it may be an instruction."""
        return self.kind in ("rule", "figure")

    @property
    def level(self) -> str | None:
        """Its rule's or figure's."""
        return self.figure.level if self.figure else self.rule.level if self.rule else ""

    @property
    def musical(self) -> bool:
        """Whether it shows that music is spoken of."""
        return "nouns" in self.marks or (self.asks and self.level in ("hard", None))

    @property
    def sets_scene(self) -> bool:
        """Whether it is a mood that is wanted: an instruction, and what the text is about as well."""
        return self.level == "mood" and "not" not in self.modifiers

    @property
    def refuses(self) -> bool:
        """Whether it says what is not wanted."""
        return "not" in self.modifiers or (self.kind == "rule" and self.text.split()[0] in _REFUSING)


def itemised(text: str, lexicon: Lexicon) -> tuple[str, list[Item]]:
    """Return the text as it was read, in lower case, and its items in order."""
    spaced = lexicon.unspaced.sub(lambda match: f" {match[0]} ", folded(text))
    low = lowered(spaced)
    tokens = [token for token in words(low) if not is_joint(token[0])]
    written = {one.start: one for one in reversed(list(figures(spaced))) if one.wishes}
    items: list[Item] = []
    at = segment = clause = 0
    while at < len(tokens):
        ahead = tokens[at : at + LONGEST]
        figure = written.get(ahead[0].start())
        item, n_tokens = _figure_item(figure, ahead) if figure else _word_item(ahead, lexicon)
        segment += item.kind == "stop"
        clause += item.kind == "stop" or "boundaries" in item.marks
        item.segment, item.clause, item.begins = segment, clause, item.start
        item.text = low[item.start : item.end]
        items.append(item)
        at += n_tokens
    _modify(items)
    return low, items


def _figure_item(figure: Figure, tokens: Sequence[re.Match[str]]) -> tuple[Item, int]:
    n_tokens = sum(token.start() < figure.end for token in tokens)
    return Item("figure", figure.start, figure.end, figure=figure), n_tokens


def _word_item(tokens: Sequence[re.Match[str]], lexicon: Lexicon) -> tuple[Item, int]:
    """Return the longest phrase that begins here, or one unknown word or stop."""
    spoken = tuple(token[0] for token in tokens[: lexicon.longest])
    start = tokens[0].start()
    for length in range(len(spoken), 0, -1):
        phrase = spoken[:length]
        rule, marks = lexicon.rules.get(phrase), lexicon.marks.get(phrase, _NO_MARKS)
        if rule or marks:
            kind: Kind = "unknown" if "idioms" in marks else "rule" if rule else "mark"
            return Item(kind, start, tokens[length - 1].end(), marks, rule), length
    kind = "unknown" if any(map(str.isalnum, spoken[0])) else "stop"
    return Item(kind, start, tokens[0].end()), 1


def _modify(items: list[Item]) -> None:
    """Give every rule the modifiers that stand before it; what is listed after a negation is negated too."""
    for item, following in pairwise(items):
        is_modifier = item.kind == "rule" and not item.marks.isdisjoint(MODIFIERS)
        if is_modifier and following.kind == "rule" and following.rule and _is_graded(following.rule):
            item.kind = "mark"  # "light reverb" is a little reverb; "light piano" is not a little piano
    for at, item in enumerate(items):
        if item.kind in ("rule", "figure"):
            _collect(item, items[max(0, at - FARTHEST_MODIFIER) : at])
            if at + 1 < len(items) and "after" in items[at + 1].marks:
                item.modifiers.append("strong")
                item.end = items[at + 1].end
    for at in range(len(items)):
        for item in _refused_with(items, at):
            item.modifiers.append("not")
    for at, item in enumerate(items):
        is_hedged = any(other.text in _HEDGES for other in items[max(0, at - FARTHEST_MODIFIER) : at])
        if item.rule and item.level == "mood" and (is_hedged or (item.sets_scene and not item.rule.plain)):
            item.kind, item.rule = "unknown", None  # "sad" alone, "not too sad"; only "not sad" refuses


def _collect(item: Item, before: Sequence[Item]) -> None:
    for at, other in reversed(list(enumerate(before))):
        is_passed = other.text == "in" and at > 0 and "not" in before[at - 1].marks  # "not in a minor key"
        if (
            other.kind != "mark"
            or other.segment != item.segment
            or ("boundaries" in other.marks and not is_passed)
        ):
            return
        found = [name for name in MODIFIERS if name in other.marks]
        if found:
            item.modifiers += found
            item.begins = other.start


def _refused_with(items: Sequence[Item], at: int) -> list[Item]:
    """Return what is refused along with an item because it is listed with it: "no drums, bells or piano"."""
    first = items[at]
    after = at + 1 if first.refuses else _after_unknown(items, at)
    if not after:
        return []
    parts = list(_listed(items, after))
    last_or = max((n for n, (link, _) in enumerate(parts) if link in ("or", "nor")), default=-1)
    if last_or < 0 and parts and parts[0][0] in ("and", "&") and parts[0][1]:
        refuses_all = _refusal(items, at) in _REFUSING_ALL and _is_thing(parts[0][1])
        last_or = 0 if refuses_all or (first.refuses and "nouns" in parts[0][1].marks) else -1
    refused = [item for _, item in parts[: last_or + 1]]
    if last_or > 0 and not all(item is None or _is_thing(item) for item in refused):
        return []  # "no drums, slow or medium tempo"
    return [item for item in refused if item and "not" not in item.modifiers]


def _refusal(items: Sequence[Item], at: int) -> str:
    """The word by which an item is refused."""
    if items[at].kind != "rule":
        return items[at].text
    marks = (item.text for item in items[at::-1] if item.start >= items[at].begins and "not" in item.marks)
    return next(marks, items[at].text.split()[0])


def _after_unknown(items: Sequence[Item], at: int) -> int:
    """Where the list goes on if an item refuses something that is not known ("nothing struck or …"); 0 if not."""
    if items[at].text not in _REFUSING_ANYTHING or items[at].kind != "mark":
        return 0
    end = at + 1
    while end < min(len(items), at + 1 + FARTHEST_LISTED) and items[end].text not in LINKS:
        end += 1
    between = items[at + 1 : end]
    is_plain = all(item.kind == "unknown" or "fillers" in item.marks for item in between)
    return end if is_plain and between and between[-1].kind == "unknown" else 0


def _listed(items: Sequence[Item], at: int) -> Iterator[tuple[str, Item | None]]:
    """Yield the link and the phrase of each part of a list that goes on here; None for a part that is not known."""
    while at < len(items) and items[at].text in LINKS:
        link = items[at].text
        at += 1
        if link == "," and at < len(items) and items[at].text in LINKS[2:]:  # ", or"
            link = items[at].text
            at += 1
        start = at
        while at < len(items) and items[at].text not in LINKS and not _is_end(items[at]):
            at += 1
        part = [item for item in items[start:at] if item.asks or "fillers" not in item.marks]
        asking = [item for item in part if item.asks]
        if not _is_simple(part, asking):
            return
        yield link, asking[0] if asking else None


def _is_end(item: Item) -> bool:
    return item.kind == "stop" or "boundaries" in item.marks


def _is_simple(part: Sequence[Item], asking: Sequence[Item]) -> bool:
    """Whether a part of a list names one thing and no more: "any bells", but not "soft bells", "just bells"."""
    is_modified = any(item.modifiers or item.kind == "figure" for item in asking)
    is_modifying = any(item.kind == "mark" and not item.marks.isdisjoint(MODIFIERS) for item in part)
    return 0 < len(part) <= FARTHEST_LISTED and len(asking) <= 1 and not is_modified and not is_modifying


def _is_thing(item: Item) -> bool:
    """Whether a phrase is about what may be there or not: "bells", "reverb"; not "slow", nor "dry"."""
    if "nouns" in item.marks:
        return True
    wishes = item.rule.plain if item.rule else ()
    fields = {option.field for wish in wishes if not isinstance(wish, Shift) for option in wish}
    return bool(fields & _THINGS) or (fields == {"space"} and item.level != "loose")


def _is_graded(rule: Rule) -> bool:
    return rule.graded("mild") != rule.plain
