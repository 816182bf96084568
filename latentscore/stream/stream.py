"""`AudioStream`: known items, one after another, as often as one likes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from latentscore.audio import Audio
from latentscore.errors import invalid
from latentscore.output.playback import Playback
from latentscore.stream.conductor import Frames
from latentscore.stream.items import Entry, Item, check_seconds, entry_of
from latentscore.stream.passes import Pass
from latentscore.stream.sources import source_of
from latentscore.stream.terms import Terms

if TYPE_CHECKING:
    import os

    from latentscore.vibe.content import Resolved

CHUNK_S = 1.0


class AudioStream:
    """Items played one after another, each crossfading or steering into the next.

    It can be iterated, collected, saved and played any number of times, with the same samples. Texts are read by the
    model the first time only. Iterating, sync or async, yields float32 blocks of a second.

    Args:
        items: At least one.
        terms: How they are played.

    Raises:
        InvalidConfigError: No items, or a transition longer than the item before it lasts.
    """

    def __init__(self, items: Sequence[Item], terms: Terms) -> None:
        if not items:
            raise invalid("items", list(items), "at least one item")
        self.items = tuple(items)
        self._terms = replace(terms, duration_s=60.0) if terms.duration_s is None else terms
        self._entries = [entry_of(item, k, self._terms.duration_s) for k, item in enumerate(items)]
        self._resolved: dict[int, Resolved] = {}
        self._check_transitions()

    @property
    def duration(self) -> float:
        """Seconds."""
        return sum(entry.duration_s or 0.0 for entry in self._entries)

    def __iter__(self) -> Iterator[Frames]:
        return self.chunks()

    def __aiter__(self) -> AsyncIterator[Frames]:
        return self.achunks()

    def chunks(self, chunk_seconds: float = CHUNK_S) -> Iterator[Frames]:
        """Yield float32 blocks, (n,) or (n, 2), of `chunk_seconds`; the last one may be shorter."""
        check_seconds("chunk_seconds", chunk_seconds, above=True)
        return self._pass().blocks(chunk_seconds)

    def achunks(self, chunk_seconds: float = CHUNK_S) -> AsyncIterator[Frames]:
        """As `chunks`, rendered in a thread, so that the event loop stays free."""
        check_seconds("chunk_seconds", chunk_seconds, above=True)
        return self._pass().ablocks(chunk_seconds)

    def collect(self) -> Audio:
        """Render all of it into memory."""
        return self._pass().collect(self.items)

    def save(self, path: str | os.PathLike[str], *, bits: int | None = None) -> Path:
        """Render all of it to a file; memory stays flat.

        Raises:
            FileFormatError: Unknown suffix.
            OutputError: The path can't be written; what stood there before still does.
        """
        return self._pass().save(path, bits)

    def play(
        self, block: bool = True, device: str | int | None = None, sleep: float | None = None
    ) -> Playback:
        """Play through a sound device.

        Args:
            block: Wait until it has been played; otherwise return at once.
            device: Name or number of the output device; None is the system's default.
            sleep: Seconds until it fades to silence within 30 s and ends.

        Raises:
            PlaybackError: No PortAudio library or no such device.
        """
        playback = self._pass(paced=True).play(device, sleep, on_end=lambda: None)
        if block:
            playback.wait()
        return playback

    def __repr__(self) -> str:
        return f"<AudioStream {self.duration:g} s: {' → '.join(entry.label for entry in self._entries)}>"

    def _pass(self, *, paced: bool = False) -> Pass:
        source = source_of(list(self.items))
        return Pass(source, self._terms, paced=paced, known=True, resolved=self._resolved)

    def _check_transitions(self) -> None:
        for before, entry in zip(self._entries, self._entries[1:], strict=False):
            transition_s = self._terms.transition_s if entry.transition_s is None else entry.transition_s
            if transition_s > _lasts(before):
                raise invalid(
                    "transition",
                    transition_s,
                    f"at most {_lasts(before):g} s into item {entry.number}: so long lasts the item before it",
                )


def _lasts(entry: Entry) -> float:
    return 0.0 if entry.duration_s is None else entry.duration_s
