"""One pass through a source of items: read in blocks, by a thread, a coroutine, a file or a sound device."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from latentscore.audio import Audio
from latentscore.output.files import check_target, write_audio
from latentscore.output.playback import Playback
from latentscore.output.recipes import SessionRecipe
from latentscore.stream.conductor import Conductor, Frames
from latentscore.stream.events import Teller
from latentscore.stream.items import Item
from latentscore.stream.resolving import Resolver
from latentscore.stream.room import Room
from latentscore.stream.sources import Source
from latentscore.stream.terms import Terms

if TYPE_CHECKING:
    import os

    from latentscore.vibe.content import Resolved

_POLL_S: Final = 0.02
_CANCEL_S: Final = 2.0
"""A block that is being rendered when its reader is cancelled is waited for no longer."""


class Pass:
    """Plays a source from its first item on, once.

    Args:
        source: Of items.
        terms: How they are played.
        paced: Whether a clock paces it.
        known: Whether the source answers at once.
        n_frames: Where it ends at the latest.
        resolved: What items came to in an earlier pass, by number; filled.
    """

    def __init__(
        self,
        source: Source,
        terms: Terms,
        *,
        paced: bool = False,
        known: bool = False,
        n_frames: int | None = None,
        resolved: dict[int, Resolved] | None = None,
    ) -> None:
        self.terms = terms
        self.room = Room(terms.sample_rate, terms.channels)
        self.teller = Teller(terms.hooks, lambda: self.room.frame / terms.sample_rate)
        self.source = source
        resolver = Resolver(terms, self.room, self.teller, resolved)
        self.conductor = Conductor(
            source, self.room, resolver, self.teller, terms, paced=paced, known=known, n_frames=n_frames
        )

    def blocks(self, chunk_seconds: float) -> Iterator[Frames]:
        """Yield blocks of `chunk_seconds`, the last one perhaps shorter."""
        n = max(1, round(chunk_seconds * self.terms.sample_rate))
        try:
            while len(block := self.conductor.read(n)):
                yield block
        finally:
            self.conductor.close()

    async def ablocks(self, chunk_seconds: float) -> AsyncIterator[Frames]:
        """As `blocks`, rendered in a thread of its own."""
        n = max(1, round(chunk_seconds * self.terms.sample_rate))
        loop = asyncio.get_running_loop()
        pool = ThreadPoolExecutor(1, "latentscore-stream")
        reading: asyncio.Future[Frames] | None = None
        try:
            while True:
                reading = loop.run_in_executor(pool, self.conductor.read, n)
                block = await asyncio.shield(reading)
                if not len(block):
                    return
                yield block
        finally:
            self.conductor.close()
            if reading is not None and not reading.done():
                await asyncio.wait([reading], timeout=_CANCEL_S)
            pool.shutdown(wait=False)
            await self.source.aclose()

    def collect(self, items: tuple[Item, ...] = ()) -> Audio:
        """Read it all into memory."""
        pieces = list(self.blocks(1.0))
        samples = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32)
        return Audio(
            samples,
            self.terms.sample_rate,
            self.conductor.config,  # pyright: ignore[reportArgumentType]  # None for several items
            self.room.first_seed,
            items=items,
            recipe=self.recipe(),
        )

    def save(self, path: str | os.PathLike[str], bits: int | None = None) -> Path:
        """Write it all to a file as it is rendered; memory stays flat."""
        target = check_target(Path(path), bits)
        write_audio(
            target,
            self.blocks(1.0),
            self.terms.sample_rate,
            self.terms.channels,
            self.terms.base_seed,
            bits=bits,
            recipe=self.recipe,
        )
        return target

    def recipe(self) -> SessionRecipe:
        """How to make what was read so far again."""
        return self.room.recipe(self.terms.base_seed)

    def play(self, device: str | int | None, sleep: float | None, on_end: Callable[[], object]) -> Playback:
        """Start to play; return the handle."""
        try:
            return Playback(
                _Feed(self.conductor),
                self.terms.sample_rate,
                self.terms.channels,
                device=device,
                sleep=sleep,
                on_underrun=lambda: self.teller.tell("underrun"),
                on_end=lambda: (self.conductor.close(), on_end()),
            )
        except BaseException:
            self.conductor.close()
            raise


class _Feed:
    """What playback reads: a failure comes after the audio that is due."""

    def __init__(self, conductor: Conductor) -> None:
        self._conductor = conductor

    def read(self, n_frames: int, /) -> Frames:
        block = self._conductor.read(n_frames)
        missing = n_frames - len(block)
        if missing > 0 and self._conductor.failure is not None and len(block):
            return np.concatenate([block, np.zeros((missing, *block.shape[1:]), dtype=np.float32)])
        return block


async def ended(playback: Playback) -> None:
    """Wait until a playback is over, and raise what it ended with. Cancelling stops it."""
    try:
        while playback.playing:
            await asyncio.sleep(_POLL_S)
    except asyncio.CancelledError:
        playback.stop()
        raise
    playback.wait(0)
