"""The music behind the live screen: a session, the thread that tells it what to play, and where its sound goes."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from latentscore.cli import live_text
from latentscore.config.update import MusicConfigUpdate
from latentscore.errors import InvalidConfigError, LatentScoreError
from latentscore.events import LAYERS
from latentscore.stream.resolving import Background

if TYPE_CHECKING:
    from latentscore.config.model import MusicConfig
    from latentscore.hooks import StreamEvent
    from latentscore.output.playback import Playback
    from latentscore.output.recipes import SessionRecipe
    from latentscore.stream.session import Session

_BLOCK_FRAMES: Final = 512
_NUDGE_S: Final = 0.5
_MOST_LATE_S: Final = 0.5
"""Without a device, no more than this is made up for."""
_FALL_DB_PER_S: Final = 24.0
"""How fast a meter falls after a peak."""


class Outlet(Protocol):
    """Where the sound goes. A `Playback` is one."""

    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def stop(self) -> None: ...
    @property
    def playing(self) -> bool: ...
    @property
    def error(self) -> Exception | None: ...


class LiveMusic:
    """What the screen steers and shows.

    Texts are resolved in a thread of its own, so that neither screen nor sound waits.

    Args:
        session: Plays; owned from here on.
        sample_rate: Of the session.
        channels: Of the session.
    """

    def __init__(self, session: Session, sample_rate: int, channels: int) -> None:
        self.sample_rate = sample_rate
        self.channels = channels
        self.playing = ""
        """The text that plays, or is coming in."""
        self.match = ""
        """What it was matched with."""
        self.faders: dict[str, bool] = dict.fromkeys(LAYERS, True)
        """Which layers sound."""
        self._session = session
        self._outlet: Outlet | None = None
        self._where = ""
        self._paused = False
        self._background = Background("latentscore-live")
        self._news: deque[Text] = deque()
        self._seen: StreamEvent | None = None
        self.has_begun = False
        """Whether something plays."""
        self._levels_db = np.full(channels, live_text.FLOOR_DB)

    # Steering

    def put(self, item: str | MusicConfigUpdate) -> None:
        """Play a text, or change what plays; returns at once."""
        self._background.submit(lambda: self._put(item))

    def toggle(self, layer: str) -> None:
        """Silence a layer, or let it sound again."""
        self.faders[layer] = not self.faders[layer]
        self._session.mute(layer, not self.faders[layer])

    def toggle_pause(self) -> None:
        """Hold the music, or let it go on."""
        if self._outlet is not None:
            self._paused = not self._paused
            (self._outlet.pause if self._paused else self._outlet.resume)()

    def _put(self, item: str | MusicConfigUpdate) -> None:
        is_nudge = isinstance(item, MusicConfigUpdate)
        if is_nudge and not self.has_begun:
            return
        try:
            self._session.set(item, transition=_NUDGE_S if is_nudge else None)
        except InvalidConfigError as error:
            self._news.append(live_text.refusal(self._session.position, item, error))
            return
        except LatentScoreError:  # an event tells why; the music goes on
            return
        self.has_begun = True
        if is_nudge:
            self._news.append(live_text.nudge_line(self._session.position, item, self._session.config))

    # Sounding

    def sound_through(self, outlet: Outlet, where: str) -> None:
        """Take over what reads this, and say on the screen where the sound goes."""
        self._outlet, self._where = outlet, where

    def read(self, n_frames: int, /) -> NDArray[np.float32]:
        """The next frames, float32 (n,) or (n, 2), silence before the first text; one thread reads."""
        if not self.has_begun:
            return np.zeros(n_frames if self.channels == 1 else (n_frames, 2), dtype=np.float32)
        block = self._session.read(n_frames)
        peaks = np.abs(block.reshape(n_frames, -1)).max(axis=0, initial=0.0)
        fallen = self._levels_db - _FALL_DB_PER_S * n_frames / self.sample_rate
        self._levels_db = np.maximum(20.0 * np.log10(np.maximum(peaks, 1e-9)), fallen)
        return block

    def close(self) -> None:
        """End sound, threads and session."""
        self._background.close()
        if self._outlet is not None:
            self._outlet.stop()
        self._session.close()

    # Showing

    @property
    def config(self) -> MusicConfig | None:
        """What plays, or is on its way; None before anything does."""
        return self._session.config if self.has_begun else None

    @property
    def levels_db(self) -> tuple[float, ...]:
        """Peak of each channel, dBFS."""
        sounds = self.has_begun and not self._paused
        return tuple(self._levels_db) if sounds else (live_text.FLOOR_DB,) * self.channels

    @property
    def position_s(self) -> float:
        """Seconds of music so far."""
        return self._session.position

    @property
    def recipe(self) -> SessionRecipe:
        """How to make what was heard so far again."""
        return self._session.recipe

    @property
    def status(self) -> str:
        """Time, where the sound goes, and how that fares."""
        minutes, seconds = divmod(int(self.position_s), 60)
        played = getattr(self._outlet, "stats", None)
        gaps = f", {played.underruns} gaps" if played is not None and played.underruns else ""
        return f"{minutes}:{seconds:02d}  {'paused' if self._paused else self._where}{gaps}"

    @property
    def is_over(self) -> bool:
        """Whether the sound has ended by itself: its device or file is gone, and `error` says why."""
        return self._outlet is not None and not self._outlet.playing

    @property
    def error(self) -> Exception | None:
        """What ended the sound."""
        return self._outlet.error if self._outlet is not None else None

    def news(self) -> list[Text]:
        """What happened since the last call, a line each."""
        events = self._session.events
        fresh = [event for event in _after(events, self._seen) if live_text.is_told(event)]
        self._seen = events[-1] if events else self._seen
        for event in fresh:
            self._note(event)
        lines = [live_text.event_line(event) for event in fresh]
        while self._news:
            lines.append(self._news.popleft())
        return lines

    def _note(self, event: StreamEvent) -> None:
        """Keep what plays now."""
        if event.kind == "item_resolve_success":
            self.playing = event.label
            self.match = live_text.matched(event.match) if event.match is not None else ""


def _after(events: tuple[StreamEvent, ...], seen: StreamEvent | None) -> list[StreamEvent]:
    """The events since `seen`; all of them if it is forgotten."""
    fresh: list[StreamEvent] = []
    for event in reversed(events):
        if event is seen:
            break
        fresh.append(event)
    return fresh[::-1]


def device_outlet(music: LiveMusic, device: str | int | None) -> Playback:
    """Play through a sound device. Raises `PlaybackError` where there is none."""
    from latentscore.output.playback import Playback

    return Playback(music, music.sample_rate, music.channels, device=device)


class PacedOutlet:
    """Takes the music at its own pace without a device, and writes it to a file if there is one.

    Args:
        music: What sounds.
        output: The file, whole once this is stopped.
    """

    def __init__(self, music: LiveMusic, output: Path | None) -> None:
        self._music = music
        self._output = output
        self._stopped = threading.Event()
        self._flows = threading.Event()
        self._flows.set()
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="latentscore-pace", daemon=True)
        self._thread.start()

    @property
    def playing(self) -> bool:
        """Whether it still takes music."""
        return self._thread.is_alive()

    def pause(self) -> None:
        """Take nothing for now."""
        self._flows.clear()

    def resume(self) -> None:
        """Go on."""
        self._flows.set()

    def stop(self) -> None:
        """End, and wait until the file is whole."""
        self._stopped.set()
        self._flows.set()
        self._thread.join()

    def _run(self) -> None:
        self._wait_for_a_beginning()
        try:
            if self._output is not None and self._music.has_begun:
                self._write(self._output)
            else:
                for _ in self._blocks():
                    pass
        except LatentScoreError as error:
            self.error = error

    def _write(self, output: Path) -> None:
        from latentscore.output.files import write_audio

        music = self._music
        write_audio(
            output,
            self._blocks(),
            music.sample_rate,
            music.channels,
            music.recipe.seed,
            recipe=lambda: music.recipe,
        )

    def _wait_for_a_beginning(self) -> None:
        """The file begins with the first text, not with the silence before it."""
        while not (self._music.has_begun or self._stopped.is_set()):
            self._stopped.wait(_BLOCK_FRAMES / self._music.sample_rate)

    def _blocks(self) -> Iterator[NDArray[np.float32]]:
        """Yield what sounds, as fast as it sounds; nothing while it is held."""
        due = time.monotonic()
        while not self._stopped.is_set():
            yield self._music.read(_BLOCK_FRAMES)
            due = max(due + _BLOCK_FRAMES / self._music.sample_rate, time.monotonic() - _MOST_LATE_S)
            self._stopped.wait(max(0.0, due - time.monotonic()))
            self._flows.wait()
