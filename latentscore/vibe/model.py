"""What any model from text to music must offer, and what it may give back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from latentscore.config.model import MusicConfig
    from latentscore.vibe.palette import Palette


@dataclass(frozen=True)
class GenerateResult:
    """A config, with what the model said about it.

    Attributes:
        title: A name for the piece; may be empty.
        thinking: Why the model chose as it did; may be empty.
        config: What to play.
        palettes: Colours that go with it, the best fitting palette first.
    """

    title: str
    thinking: str
    config: MusicConfig
    palettes: tuple[Palette, ...] = ()


@runtime_checkable
class VibeModel(Protocol):
    """Anything that turns a vibe into a config."""

    async def generate(self, vibe: str) -> MusicConfig | GenerateResult:
        """Return the config for a vibe, bare or with what the model says about it."""
        ...
