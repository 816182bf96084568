"""HTML for notebooks: text is escaped unless it is `Html` already, and tables need no style sheet."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Sequence

_CELL = "padding:2px 12px 2px 0;text-align:left;vertical-align:top"
_FAINT = "color:#8a8580"


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def escaped(value: object) -> Html:
    """Return a value's text as HTML: markup shows as it was typed, what HTML can't hold as U+FFFD."""
    if isinstance(value, Html):
        return value
    return Html(html.escape("".join(_allowed(character) for character in str(value))))


def joined(parts: Iterable[object], between: str = "") -> Html:
    """Return parts as one piece of HTML."""
    return Html(between.join(escaped(part) for part in parts))


def element(tag: str, content: object = "", **attributes: object) -> Html:
    """Return `<tag …>content</tag>`; an underscore in an attribute's name stands for a hyphen."""
    listed = "".join(f' {name.replace("_", "-")}="{escaped(value)}"' for name, value in attributes.items())
    return Html(f"<{tag}{listed}>{escaped(content)}</{tag}>")


def faint(content: object) -> Html:
    """Return text that stands back, on a light page and on a dark one."""
    return element("span", content, style=_FAINT)


def table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> Html:
    """Return a table; an empty `head` leaves its row out."""
    top = element("tr", joined(element("th", faint(name), style=_CELL) for name in head)) if head else ""
    lines = (element("tr", joined(element("td", cell, style=_CELL) for cell in row)) for row in rows)
    return element("table", joined((top, *lines)), style="border-collapse:collapse")


def _allowed(character: str) -> str:
    """Keep what HTML allows: no control characters but white space, no lone surrogates."""
    is_bad = unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\n\r"
    return "\ufffd" if is_bad else character
