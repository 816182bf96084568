"""`LiveStream`: items from a generator, as they come; and `astream`, the same for async readers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from latentscore.audio import Audio
from latentscore.errors import StreamStateError
from latentscore.hooks import StreamEvent
from latentscore.output.playback import Playback
from latentscore.stream.conductor import Frames
from latentscore.stream.items import check_seconds
from latentscore.stream.passes import Pass, ended
from latentscore.stream.sources import source_of
from latentscore.stream.terms import Terms

if TYPE_CHECKING:
    import os

_CLOSING_FADE_S: Final = 0.05


class LiveStream:
    """Music that follows a sync or async source of items, which is consumed lazily and once.

    Args:
        items: Any iterable or async iterable.
        terms: How they are played.
        chunk_seconds: Length of the blocks that iteration yields.

    Raises:
        InvalidConfigError: Something that can't be iterated, or a bad argument.
    """

    def __init__(self, items: object, terms: Terms, chunk_seconds: float) -> None:
        check_seconds("chunk_seconds", chunk_seconds, above=True)
        source_of(items)  # refuse now what can't be iterated
        self._items = items
        self._terms = terms
        self._chunk_s = chunk_seconds
        self._lock = threading.Lock()
        self._pass: Pass | None = None
        self._playback: Playback | None = None
        self._closed = False

    @property
    def events(self) -> tuple[StreamEvent, ...]:
        """The latest events, the newest last."""
        return self._pass.teller.events if self._pass else ()

    def __iter__(self) -> Iterator[Frames]:
        return self.chunks()

    def __aiter__(self) -> AsyncIterator[Frames]:
        return self.achunks()

    def chunks(self, seconds: float | None = None) -> Iterator[Frames]:
        """Yield float32 blocks, (n,) or (n, 2), until the source is exhausted or `seconds` have been played.

        It is not paced by a clock: where an item's time is up, it waits for the source.

        Raises:
            StreamStateError: The stream has been used or closed, or the source has no item.
        """
        return self._begin(seconds).blocks(self._chunk_s)

    def achunks(self, seconds: float | None = None) -> AsyncIterator[Frames]:
        """As `chunks`; the event loop stays free, and an async source runs in it."""
        return self._begin(seconds, loop=_running_loop()).ablocks(self._chunk_s)

    def collect(self, seconds: float | None = None) -> Audio:
        """Read it into memory until the source is exhausted or `seconds` have been played."""
        return self._begin(seconds).collect()

    def save(
        self, path: str | os.PathLike[str], seconds: float | None = None, *, bits: int | None = None
    ) -> Path:
        """Write it to a file until the source is exhausted or `seconds` have been played; memory stays flat."""
        return self._begin(seconds).save(path, bits)

    def play(
        self, block: bool = True, device: str | int | None = None, sleep: float | None = None
    ) -> Playback:
        """Play through a sound device while the source runs. A source that blocks never stops the music.

        Args:
            block: Wait until the source is exhausted and its last item has been played; otherwise return at once.
            device: Name or number of the output device; None is the system's default.
            sleep: Seconds until it fades to silence within 30 s and ends.

        Raises:
            PlaybackError: No PortAudio library or no such device.
            StreamStateError: The stream has been used or closed, or the source has no item.
        """
        self._playback = self._begin(None, paced=True).play(device, sleep, self._forget)
        if block:
            self._playback.wait()
        return self._playback

    async def aplay(self, device: str | int | None = None, sleep: float | None = None) -> None:
        """Play as `play`; return when all has been played. Cancelling stops it. An async source runs in this loop."""
        played = self._begin(None, loop=asyncio.get_running_loop(), paced=True)
        self._playback = played.play(device, sleep, self._forget)
        try:
            await ended(self._playback)
        finally:
            await played.source.aclose()

    def close(self) -> None:
        """End generator, thread and device, after a short fade."""
        with self._lock:
            self._closed = True
            playback, used = self._playback, self._pass
        if used is None:
            source_of(self._items).close()
            return
        if playback is not None and playback.playing:
            used.conductor.fade_out(_CLOSING_FADE_S)
            playback.wait(_CLOSING_FADE_S * 4)
            playback.stop()
        used.conductor.close()

    def __enter__(self) -> LiveStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _begin(
        self,
        seconds: float | None,
        *,
        loop: asyncio.AbstractEventLoop | None = None,
        paced: bool = False,
    ) -> Pass:
        if seconds is not None:
            check_seconds("seconds", seconds, above=True)
        with self._lock:
            if self._closed:
                raise StreamStateError("this live stream is closed")
            if self._pass is not None:
                raise StreamStateError("a live stream is consumed once; make another with ls.live")
            n_frames = None if seconds is None else max(1, round(seconds * self._terms.sample_rate))
            self._pass = Pass(source_of(self._items, loop), self._terms, paced=paced, n_frames=n_frames)
            return self._pass

    def _forget(self) -> None:
        self._items = ()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:  # asked for outside of a loop: an async source then runs in one of its own
        return None
