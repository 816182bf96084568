"""Items: what a stream plays one after another, and the one form in which its parts are handed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast

from latentscore.config.checks import is_number
from latentscore.config.model import MusicConfig
from latentscore.config.update import MusicConfigUpdate
from latentscore.errors import invalid, shown
from latentscore.vibe.text import checked_vibe

Playable: TypeAlias = str | MusicConfig | MusicConfigUpdate | Mapping[str, float]
"""What an item may say: a vibe, a config, a change of what plays, or vibes with weights."""
StreamFallback: TypeAlias = Literal["keep_last", "embedding"] | MusicConfig | MusicConfigUpdate | None
"""What a stream plays when an item can't be resolved; None raises."""
Quantize: TypeAlias = Literal["beat", "bar"] | None
When: TypeAlias = Literal["now", "end"] | None

ITEM_S: Final = 60.0
"""How long an item lasts that does not say so."""


@dataclass(frozen=True)
class Streamable:
    """One item of a stream, with its own terms.

    Attributes:
        content: A vibe, a config, an update of what plays, or vibes with weights.
        duration: Seconds that it holds.
        transition_duration: Seconds of the transition into it; None is the stream's.
        fallback: As in `ls.stream`; None is the stream's.
        quantize: Begin at the next `"beat"` or `"bar"`; None begins at once.
        when: `"now"` takes effect as soon as it arrives, `"end"` once the time of the item before is up; None is
            `"end"` after an item with a duration, and `"now"` after a bare one.
    """

    content: Playable
    duration: float = ITEM_S
    transition_duration: float | None = None
    fallback: StreamFallback = None
    quantize: Quantize = None
    when: When = None

    def __post_init__(self) -> None:
        check_content(self.content)
        check_seconds("duration", self.duration, above=True)
        if self.transition_duration is not None:
            check_seconds("transition_duration", self.transition_duration)
        check_stream_fallback(self.fallback)
        check_quantize(self.quantize)
        if self.when not in (None, "now", "end"):
            raise invalid("when", self.when, ("now", "end"), also="or None")


@dataclass(frozen=True)
class Track:
    """One track of a `Playlist`.

    Attributes:
        content: As in `Streamable`.
        duration: Seconds; None is the playlist's.
        transition: Seconds of the transition into it; None is the playlist's.
        name: For people; None is the vibe.
    """

    content: Playable
    duration: float | None = None
    transition: float | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        check_content(self.content)
        if self.duration is not None:
            check_seconds("duration", self.duration, above=True)
        if self.transition is not None:
            check_seconds("transition", self.transition)


Item: TypeAlias = Playable | Streamable | Track


@dataclass(frozen=True)
class Entry:
    """An item as the stream handles it."""

    number: int
    content: Playable
    duration_s: float | None
    """None for a bare item, which does not say how long it holds."""
    transition_s: float | None
    fallback: StreamFallback
    quantize: Quantize
    when: When
    name: str | None = None

    @property
    def label(self) -> str:
        """The item in short."""
        if self.name:
            return self.name
        return self.content if isinstance(self.content, str) else type(self.content).__name__


def entry_of(item: object, number: int, duration_s: float | None = None) -> Entry:
    """Return an item in the stream's form; `duration_s` is for items that don't say how long they hold.

    Raises:
        InvalidConfigError: Something that is no item.
    """
    if isinstance(item, Streamable):
        return Entry(
            number,
            item.content,
            item.duration,
            item.transition_duration,
            item.fallback,
            item.quantize,
            item.when,
        )
    if isinstance(item, Track):
        duration_s = duration_s if item.duration is None else item.duration
        return Entry(number, item.content, duration_s, item.transition, None, None, None, item.name)
    check_content(item, f"item {number}")
    return Entry(number, cast(Playable, item), duration_s, None, None, None, None)


def check_content(content: object, argument: str = "content") -> None:
    """Raise `InvalidConfigError` unless `content` may be played."""
    if isinstance(content, str):
        checked_vibe(content)
    elif isinstance(content, Mapping):
        weights = cast(Mapping[object, object], content)
        if not weights:
            raise invalid(argument, {}, "a mapping of at least one vibe to its weight")
        for vibe, weight in weights.items():
            checked_vibe(vibe)  # pyright: ignore[reportArgumentType]
            if not (is_number(weight) and weight > 0):  # pyright: ignore[reportOperatorIssue]
                raise invalid(f"{argument}[{shown(vibe)}]", weight, "a weight above 0")
    elif not isinstance(content, (MusicConfig, MusicConfigUpdate)):
        raise invalid(
            argument,
            content,
            "a vibe, a MusicConfig, a MusicConfigUpdate, vibes with weights, a Streamable or a Track",
        )


def check_seconds(argument: str, seconds: object, *, above: bool = False) -> None:
    """Raise `InvalidConfigError` unless `seconds` is a number from 0 (or above it) to 24 hours."""
    least = "above 0" if above else "from 0"
    if not (is_number(seconds) and 0 <= seconds <= 86_400 and not (above and seconds == 0)):  # pyright: ignore[reportOperatorIssue]
        raise invalid(argument, seconds, f"a number of seconds {least} to 86400 (24 hours)")


def check_quantize(quantize: object) -> None:
    """Raise `InvalidConfigError` unless it is None, "beat" or "bar"."""
    if quantize not in (None, "beat", "bar"):
        raise invalid("quantize", quantize, ("beat", "bar"), also="or None")


def check_stream_fallback(fallback: object) -> None:
    """Raise `InvalidConfigError` unless it is a fallback that a stream knows."""
    known = fallback is None or isinstance(fallback, (MusicConfig, MusicConfigUpdate))
    if not known and fallback not in ("keep_last", "embedding"):
        raise invalid(
            "fallback",
            fallback,
            ("keep_last", "embedding"),
            also="a MusicConfig, a MusicConfigUpdate or None",
        )
