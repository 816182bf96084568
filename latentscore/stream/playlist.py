"""`Playlist`: named tracks that are streamed, rendered or played."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from typing_extensions import Unpack

from latentscore.audio import Audio
from latentscore.errors import invalid
from latentscore.output.playback import Playback
from latentscore.stream.items import Item, entry_of
from latentscore.stream.stream import AudioStream
from latentscore.stream.terms import StreamOptions, Terms

_DURATION_S: Final = 60.0
_TRANSITION_S: Final = 5.0


@dataclass(frozen=True)
class Playlist:
    """Tracks in order.

    Attributes:
        tracks: At least one `Track`, or anything that a stream plays.
        duration: Seconds of tracks that don't say.
        transition: Seconds of the transition into tracks that don't say.
    """

    tracks: Sequence[Item]
    duration: float = _DURATION_S
    transition: float = _TRANSITION_S

    def __post_init__(self) -> None:
        if not self.tracks:
            raise invalid("tracks", list(self.tracks), "at least one track")
        for number, item in enumerate(self.tracks):
            entry_of(item, number)  # refuse now what is no item
        object.__setattr__(self, "tracks", tuple(self.tracks))

    def stream(self, **options: Unpack[StreamOptions]) -> AudioStream:
        """Return the tracks as a stream. Keywords are `seed`, `channels`, `sample_rate`, `model`, `fallback`, `hooks`."""
        return AudioStream(
            self.tracks, Terms(duration_s=self.duration, transition_s=self.transition, **options)
        )

    def render(self, **options: Unpack[StreamOptions]) -> Audio:
        """Render all tracks into memory. Keywords are those of `stream`."""
        return self.stream(**options).collect()

    def play(
        self,
        block: bool = True,
        device: str | int | None = None,
        sleep: float | None = None,
        **options: Unpack[StreamOptions],
    ) -> Playback:
        """Play all tracks, as `AudioStream.play`. Further keywords are those of `stream`."""
        return self.stream(**options).play(block, device, sleep)
