"""`Palette`: the colours that go with a vibe."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from latentscore.errors import invalid

HEAVIEST: Final = 9
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
