"""Terms: what a whole stream is played with, checked once."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import TypedDict

from latentscore.config.checks import is_integer
from latentscore.errors import invalid
from latentscore.hooks import StreamHooks
from latentscore.stream.items import StreamFallback, check_seconds, check_stream_fallback
from latentscore.types import SAMPLE_RATES
from latentscore.vibe.models import ModelLike, check_model


class StreamOptions(TypedDict, total=False):
    """The keywords that every kind of stream takes."""

    seed: int | None
    channels: int
    sample_rate: int
    model: ModelLike
    fallback: StreamFallback
    hooks: StreamHooks | None


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How a stream is played.

    Attributes:
        seed: Of every item; None derives each from its vibe.
        channels: 1 gives blocks (n,), 2 gives (n, 2).
        sample_rate: 44100 or 48000.
        model: Which model reads texts.
        fallback: What is played when an item can't be resolved: None raises, `"keep_last"` lets the music go on,
            `"embedding"` asks `fast`, a config or an update is played instead.
        hooks: Callbacks.
        duration_s: Of items that don't say; None leaves them bare, to give way to whatever comes.
        transition_s: Into items that don't say.
    """

    seed: int | None = None
    channels: int = 1
    sample_rate: int = SAMPLE_RATES[0]
    model: ModelLike = "fast"
    fallback: StreamFallback = None
    hooks: StreamHooks | None = None
    duration_s: float | None = None
    transition_s: float = 5.0

    @property
    def base_seed(self) -> int:
        """The seed of what has none of its own: 0, as in `render`, unless one is given."""
        return 0 if self.seed is None else self.seed

    def __post_init__(self) -> None:
        if self.seed is not None and not (is_integer(self.seed) and 0 <= self.seed < 2**63):
            raise invalid("seed", self.seed, "a whole number from 0 to 2**63 - 1, or None")
        if not is_integer(self.channels) or self.channels not in (1, 2):
            raise invalid("channels", self.channels, (1, 2))
        if self.sample_rate not in SAMPLE_RATES:
            raise invalid("sample_rate", self.sample_rate, SAMPLE_RATES)
        check_model(self.model)
        check_stream_fallback(self.fallback)
        if self.hooks is not None and not isinstance(self.hooks, StreamHooks):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise invalid("hooks", self.hooks, "a StreamHooks or None")
        if self.duration_s is not None:
            check_seconds("duration", self.duration_s, above=True)
        check_seconds("transition", self.transition_s)
