"""Plain text in aligned columns, whatever the script, with nothing in it that a terminal would obey."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

_GAP = "  "
_ZERO_WIDTH = ("Mn", "Me", "Cf")
_KEPT_FORMATS = "\u200c\u200d"  # joiners: Persian, Indic scripts and emoji need them


def clipped(text: str, n_columns: int) -> str:
    """Return the text on one line, at most so many columns wide, without control characters.

    Direction marks go too: a stray override would turn the rest of the table around.
    """
    line = "".join(_visible(character) for character in " ".join(text.split()))
    if width(line) <= n_columns:
        return line
    kept, used = "", 1  # one column for the ellipsis
    for character in line:
        used += width(character)
        if used > n_columns:
            break
        kept += character
    return kept + "…"


def aligned(rows: Iterable[Sequence[str]]) -> str:
    """Return the rows as columns wide enough for their cells, set apart by two spaces."""
    cells = [list(row) for row in rows]
    widths = [max(width(cell) for cell in column) for column in zip(*cells, strict=True)]
    lines = (
        _GAP.join(cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True))
        for row in cells
    )
    return "\n".join(line.rstrip() for line in lines)


def width(text: str) -> int:
    """Return how many terminal columns the text takes (Unicode annex 11; wide and full-width take two)."""
    return sum(
        0
        if unicodedata.category(character) in _ZERO_WIDTH
        else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Cs"):
        return "\ufffd"
    return "" if category == "Cf" and character not in _KEPT_FORMATS else character
