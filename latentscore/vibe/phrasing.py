"""A vibe as items: phrases of the lexicon with the modifiers before them, figures, unknown words and stops."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from latentscore.vibe.figures import Figure, figures
from latentscore.vibe.lexicon import MODIFIERS, Lexicon, Rule, folded, is_joint, lowered, words

FARTHEST_MODIFIER: Final = 4
"""Items between a modifier and what it modifies."""
LONGEST: Final = 12
"""Words and signs in the longest phrase or figure."""

_NO_MARKS: Final = frozenset[str]()

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
    for first, link, second in zip(items, items[1:], items[2:], strict=False):
        is_listed = link.text in ("or", "nor") or (link.text == "and" and "nouns" in second.marks)
        if "not" in first.modifiers and is_listed and second.kind == "rule" and not second.modifiers:
            second.modifiers.append("not")


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


def _is_graded(rule: Rule) -> bool:
    return rule.graded("mild") != rule.plain
