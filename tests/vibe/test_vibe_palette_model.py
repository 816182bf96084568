"""Palettes and results are checked, frozen and equal by value; a model is anything with `generate`."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from latentscore.config import MusicConfig
from latentscore.errors import InvalidConfigError
from latentscore.vibe.model import GenerateResult, VibeModel
from latentscore.vibe.palette import Color, Palette


def test_palette() -> None:
    palette = Palette((Color("#1b2a3a", 5), Color("#ffffff", 1)))
    assert [(color.hex, color.weight) for color in palette.colors] == [("#1b2a3a", 5), ("#ffffff", 1)]
    assert str(palette) == "#1b2a3a:5 #ffffff:1"
    assert palette == Palette((Color("#1b2a3a", 5), Color("#ffffff", 1)))
    assert len({palette, palette}) == 1
    with pytest.raises(FrozenInstanceError):
        palette.colors = ()  # type: ignore[misc]


@pytest.mark.parametrize(
    ("hex_", "weight", "argument"),
    [
        ("#1B2A3A", 5, "hex"),
        ("1b2a3a", 5, "hex"),
        ("#1b2a3", 5, "hex"),
        (7, 5, "hex"),
        ("#1b2a3a", 0, "weight"),
        ("#1b2a3a", 10, "weight"),
        ("#1b2a3a", True, "weight"),
        ("#1b2a3a", 2.0, "weight"),
    ],
)
def test_a_wrong_color(hex_: Any, weight: Any, argument: str) -> None:
    with pytest.raises(InvalidConfigError, match=f"^{argument} must be"):
        Color(hex_, weight)


def test_an_empty_palette() -> None:
    with pytest.raises(InvalidConfigError, match="colors must be at least one colour"):
        Palette(())


def test_result() -> None:
    result = GenerateResult("Tin Roof", "slow, because it rains", MusicConfig())
    assert result == GenerateResult("Tin Roof", "slow, because it rains", MusicConfig(), ())
    assert hash(result) == hash(GenerateResult("Tin Roof", "slow, because it rains", MusicConfig()))
    with pytest.raises(FrozenInstanceError):
        result.title = "x"  # type: ignore[misc]


def test_protocol() -> None:
    class Own:
        async def generate(self, vibe: str) -> MusicConfig:
            return MusicConfig()

    assert isinstance(Own(), VibeModel)
    assert not isinstance(object(), VibeModel)
