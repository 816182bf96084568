"""`Palette`: the colours that go with a vibe."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from latentscore.errors import invalid
from latentscore.markup import Html

HEAVIEST: Final = 9
_WIDTH_PX: Final = 240
_HEIGHT_PX: Final = 28
_HEX = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True)
class Color:
    """One colour of a palette.

    Attributes:
        hex: sRGB as `#rrggbb`, lower case.
        weight: Its share beside the others, 1 to 9.
    """

    hex: str
    weight: int

    def __post_init__(self) -> None:
        if not isinstance(self.hex, str) or not _HEX.fullmatch(self.hex):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise invalid("hex", self.hex, "a colour as #rrggbb, in lower case")
        if type(self.weight) is not int or not 1 <= self.weight <= HEAVIEST:
            raise invalid("weight", self.weight, f"a whole number from 1 to {HEAVIEST}")


@dataclass(frozen=True)
class Palette:
    """Weighted colours, the most important first."""

    colors: tuple[Color, ...]

    def __post_init__(self) -> None:
        if not self.colors:
            raise invalid("colors", self.colors, "at least one colour")

    def __str__(self) -> str:
        return " ".join(f"{color.hex}:{color.weight}" for color in self.colors)

    def svg(self) -> str:
        """Return the colours as swatches side by side, each as wide as its weight, in an inline SVG."""
        total = sum(color.weight for color in self.colors)
        left, swatches = 0.0, ""
        for color in self.colors:
            width = _WIDTH_PX * color.weight / total
            swatches += (
                f'<rect x="{left:.2f}" width="{width:.2f}" height="{_HEIGHT_PX}" fill="{color.hex}">'
                f"<title>{color.hex}, weight {color.weight}</title></rect>"
            )
            left += width
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH_PX}" height="{_HEIGHT_PX}" role="img" '
            f'aria-label="{self}" style="border-radius:6px">{swatches}</svg>'
        )

    def _repr_html_(self) -> str:
        """Show the swatches in a notebook."""
        return Html(self.svg())
