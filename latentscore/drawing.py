"""Matplotlib in the house style: a figure without global state, colours, and titles in any script.

Import it where something is drawn: Matplotlib is an extra, and slow to load.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Final

from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.ticker import MultipleLocator

PAPER: Final = "#fbfaf7"
INK: Final = "#2b2a33"
FAINT: Final = "#8f8b86"
RULE: Final = "#e4e0d9"
ACCENT: Final = "#3f4b8c"

_FONTS: Final = (
    "DejaVu Sans",
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Hiragino Sans",
    "Yu Gothic",
    "Microsoft YaHei",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "Noto Sans Devanagari",
    "Nirmala UI",
    "Noto Emoji",
)
"""DejaVu comes with Matplotlib; the others are what systems have for the scripts that it lacks."""


class Picture(Figure):
    """A Matplotlib figure that notebooks show whether or not pyplot was imported. It never opens a window."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png")
        return buffer.getvalue()


def picture(width_in: float, height_in: float) -> Picture:
    """Return an empty figure on paper."""
    figure = Picture(figsize=(width_in, height_in), dpi=120, facecolor=PAPER)
    figure.set_layout_engine("constrained", w_pad=0.16, h_pad=0.09)
    return figure


def title(axes: Axes, text: str, *, size: float = 12.0) -> None:
    """Set a title as it is typed: `$` starts no formula, and a sign that no font has shows as a box."""
    axes.set_title(
        legible(text),
        loc="left",
        fontsize=size,
        color=INK,
        pad=10,
        parse_math=False,
        family=list(_families()),
    )


def bare(axes: Axes) -> None:
    """Take away an axes' frame, ticks and labels; what is drawn stays."""
    axes.set_facecolor("none")
    axes.tick_params(which="both", length=0, labelbottom=False, labelleft=False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def plain(axes: Axes) -> None:
    """Give an axes thin rules and faint labels, and no box."""
    axes.set_facecolor(PAPER)
    axes.tick_params(colors=FAINT, labelsize=8, length=3, width=0.6)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(RULE)


def clock(axes: Axes, duration_s: float) -> None:
    """Label the x axis in seconds, or in minutes and seconds where it is longer than two minutes."""
    axes.set_xlim(0.0, duration_s)
    if duration_s > 120.0:
        axes.xaxis.set_major_locator(_minutes(duration_s))
        axes.xaxis.set_major_formatter(lambda seconds, _: f"{int(seconds) // 60}:{int(seconds) % 60:02d}")
    else:
        axes.xaxis.set_major_formatter(lambda seconds, _: f"{seconds:g} s")


def legible(text: str) -> str:
    """Return the text with a box for every sign that no installed font of ours has."""
    known = _signs()
    return "".join(sign if sign.isspace() or ord(sign) in known else "□" for sign in text)


def _minutes(duration_s: float) -> MultipleLocator:
    steps = (15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
    return MultipleLocator(next((step for step in steps if duration_s / step <= 12.0), 7200.0))


@cache
def _families() -> tuple[str, ...]:
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return tuple(name for name in _FONTS if name in installed)


@cache
def _signs() -> frozenset[int]:
    """Return the code points that the fonts have between them."""
    found: set[int] = set()
    for name in _families():
        found |= FT2Font(font_manager.findfont(name)).get_charmap().keys()
    return frozenset(found)
