"""The public functions for music that goes on: `stream`, `astream`, `live`, `session` and their kin."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING

from typing_extensions import Unpack

from latentscore.config.model import MusicConfig
from latentscore.config.update import MusicConfigUpdate
from latentscore.errors import invalid
from latentscore.stream.items import Item, Quantize, check_seconds
from latentscore.stream.live import LiveStream
from latentscore.stream.session import Session
from latentscore.stream.stream import AudioStream
from latentscore.stream.terms import StreamOptions, Terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def stream(
    *items: Item,
    duration: float = 60.0,
    total_duration: float | None = None,
    transition: float = 5.0,
    **options: Unpack[StreamOptions],
) -> AudioStream:
    """Play items one after another, each going over into the next: `n * duration` seconds, exact to the frame.

    Args:
        items: Vibes, configs, updates of what plays, vibes with weights, `Streamable`s or `Track`s.
        duration: Seconds of each item that does not say.
        total_duration: Seconds of all together, split evenly, instead of `duration`.
        transition: Seconds of the transition into each item that does not say; it ends when the time of the item before
            is up.
        options: `seed` (of every item), `channels` (1 or 2), `sample_rate` (44100 or 48000), `model`, `fallback` (what
            to play when a text can't be resolved: None raises, `"keep_last"`, `"embedding"`, a config or an update),
            `hooks` (`StreamHooks`).

    Raises:
        InvalidConfigError: An argument that is not allowed, or a transition longer than the item before lasts.
    """
    if total_duration is not None:
        check_seconds("total_duration", total_duration, above=True)
        duration = total_duration / max(1, len(items))
    return AudioStream(items, Terms(duration_s=duration, transition_s=transition, **options))


def stream_texts(texts: Iterable[str], **options: object) -> AudioStream:
    """`stream` of vibes from an iterable. Keywords are those of `stream`."""
    return stream(*_all(texts, str, "texts"), **options)  # pyright: ignore[reportArgumentType]


def stream_configs(configs: Iterable[MusicConfig], **options: object) -> AudioStream:
    """`stream` of configs from an iterable. Keywords are those of `stream`."""
    return stream(*_all(configs, MusicConfig, "configs"), **options)  # pyright: ignore[reportArgumentType]


def stream_updates(start: Item, updates: Iterable[MusicConfigUpdate], **options: object) -> AudioStream:
    """`stream` of one beginning, and updates that steer it. Keywords are those of `stream`."""
    return stream(start, *_all(updates, MusicConfigUpdate, "updates"), **options)  # pyright: ignore[reportArgumentType]


def astream(
    items: object,
    *,
    duration: float = 60.0,
    transition: float = 5.0,
    transition_seconds: float | None = None,
    chunk_seconds: float = 1.0,
    **options: Unpack[StreamOptions],
) -> AsyncIterator[NDArray[np.float32]]:
    """Return an async iterator over float32 blocks, (n,) or (n, 2), of a stream of items.

    The blocks together are the samples of `stream` of the same items. Items are taken as they are needed, one ahead; an
    async iterable runs in the caller's event loop. Rendering happens in a thread; cancelling or closing frees everything.

    Args:
        items: Any iterable or async iterable of what `stream` takes.
        duration: As in `stream`.
        transition: As in `stream`.
        transition_seconds: Another name of `transition`.
        chunk_seconds: Length of a block; the last one may be shorter.
        options: As in `stream`.

    Raises:
        InvalidConfigError: An argument that is not allowed.
    """
    transition_s = transition if transition_seconds is None else transition_seconds
    check_seconds("duration", duration, above=True)
    terms = Terms(duration_s=duration, transition_s=transition_s, **options)
    return LiveStream(items, terms, chunk_seconds).achunks()


def live(
    items: object,
    *,
    chunk_seconds: float = 1.0,
    transition: float = 3.0,
    transition_seconds: float | None = None,
    **options: Unpack[StreamOptions],
) -> LiveStream:
    """Follow a generator: play, iterate, collect or save what it yields, as it comes.

    Args:
        items: Any iterable or async iterable of what `stream` takes. It is consumed lazily, one item ahead.
        chunk_seconds: Length of the blocks that iteration yields.
        transition: Seconds of the transition into each item that does not say.
        transition_seconds: Another name of `transition`.
        options: As in `stream`.

    Raises:
        InvalidConfigError: An argument that is not allowed.
    """
    transition_s = transition if transition_seconds is None else transition_seconds
    return LiveStream(items, Terms(transition_s=transition_s, **options), chunk_seconds)


def session(
    *, transition: float = 3.0, quantize: Quantize = None, **options: Unpack[StreamOptions]
) -> Session:
    """Open an engine room: set an item, play or read, and set another.

    Args:
        transition: Seconds in which the music goes over into an item that does not say.
        quantize: Where changes begin: `"beat"`, `"bar"`, or None for at once.
        options: As in `stream`.

    Raises:
        InvalidConfigError: An argument that is not allowed.
    """
    return Session(Terms(transition_s=transition, **options), quantize)


def _all(items: object, kind: type, argument: str) -> list[Item]:
    if isinstance(items, (str, bytes)) or not isinstance(items, Iterable):
        raise invalid(argument, items, f"an iterable of {kind.__name__}")
    found: list[Item] = list(items)  # pyright: ignore[reportUnknownVariableType]
    for item in found:
        if not isinstance(item, kind):
            raise invalid(argument, item, f"an iterable of {kind.__name__}")
    return found
