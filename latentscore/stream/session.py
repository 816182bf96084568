"""`Session`: music that is told what to play while it plays."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from latentscore.config.checks import is_integer, is_number
from latentscore.config.model import MusicConfig
from latentscore.config.update import MusicConfigUpdate
from latentscore.engine.warmup import warm_if_cold
from latentscore.errors import InvalidConfigError, StreamStateError, invalid
from latentscore.events import LAYERS
from latentscore.hooks import StreamEvent
from latentscore.output.playback import Playback
from latentscore.output.recipes import SessionRecipe
from latentscore.stream.conductor import Frames
from latentscore.stream.events import Teller, UnderWay
from latentscore.stream.items import Entry, Item, Quantize, check_quantize, check_seconds, entry_of
from latentscore.stream.performing import begin, go_over
from latentscore.stream.resolving import Background, Ready, Refused, Resolver
from latentscore.stream.room import Room
from latentscore.stream.snapshots import packed, unpacked
from latentscore.stream.stats import SessionStats
from latentscore.stream.terms import Terms

_MAX_GAIN_DB: Final = 12.0


class Session:
    """An engine room: set an item, read or play, set another; the music goes over into it.

    Off a device `set` and `read` wait for a text to be resolved, so that the samples depend only on the frames at which
    `set` is called. While it plays, `set` returns at once, and the item is played when it is ready. All methods may
    be called from any thread.

    Args:
        terms: How items are played.
        quantize: Where changes begin: `"beat"`, `"bar"`, or None for at once.
    """

    def __init__(self, terms: Terms, quantize: Quantize = None) -> None:
        check_quantize(quantize)
        self._terms = terms
        self._quantize: Quantize = quantize
        self._lock = threading.RLock()
        self._begin_anew()
        self._background = Background("latentscore-session")
        self._playback: Playback | None = None
        self._closed = False

    # What plays

    @property
    def config(self) -> MusicConfig:
        """What plays, or is on its way: updates apply to it."""
        with self._lock:
            return self._room.target

    @property
    def position(self) -> float:
        """Seconds of music read so far."""
        return (self._room.frame - len(self._unheard)) / self._terms.sample_rate

    @property
    def events(self) -> tuple[StreamEvent, ...]:
        """The latest events, the newest last; at most 1000 are remembered."""
        return self._teller.events

    @property
    def log(self) -> list[dict[str, Any]]:
        """All commands so far with the frames at which they were carried out: texts are resolved, faders included."""
        with self._lock:
            return self._room.log

    @property
    def recipe(self) -> SessionRecipe:
        """How to make what was read so far again."""
        with self._lock:
            return self._room.recipe(self._terms.base_seed)

    @property
    def stats(self) -> SessionStats:
        """How it fares at present."""
        with self._lock:
            ahead_s = self._room.latest_s
            played = self._playback.stats if self._playback else None
        return SessionStats(
            position=self.position,
            underruns=played.underruns if played else 0,
            late_blocks=played.late_blocks if played else 0,
            headroom=played.headroom if played else self._headroom,
            buffer_s=played.buffer_s if played else 0.0,
            control_latency_s=ahead_s + (played.buffer_s + played.device_latency_s if played else 0.0),
        )

    # Telling it what to play

    def set(self, item: Item, transition: float | None = None, quantize: Quantize = None) -> None:
        """Play an item: the first starts at once, later ones steer the music or crossfade into it.

        Args:
            item: A vibe, a config, an update, vibes with weights, or a `Streamable`, whose duration means nothing here.
            transition: Seconds; None is the item's, or else the session's.
            quantize: `"beat"` or `"bar"`; None is the item's, or else the session's.

        Raises:
            InvalidConfigError: An argument that is not allowed.
            LatentScoreError: A text that can't be resolved and has no fallback; while playing, an `error` event tells.
            StreamStateError: The session is closed.
        """
        if transition is not None:
            check_seconds("transition", transition)
        check_quantize(quantize)
        with self._lock:
            self._check_open()
            entry = entry_of(item, self._n_items)
            self._n_items += 1
            self._newest = entry.number if not isinstance(entry.content, MusicConfigUpdate) else self._newest
        command = _Command(entry, transition, quantize)
        if not self._plays:
            outcome = self._resolver.resolve(entry)
            with self._lock:
                self._carry_out(command, outcome, now=True)
        elif isinstance(entry.content, MusicConfigUpdate):
            with self._lock:
                self._inbox.append((command, self._resolver.resolve(entry)))  # nothing to wait for
                self._meanwhile = entry.content.after(self._meanwhile) if self._awaited is not None else None
        else:
            with self._lock:
                self._awaited, self._meanwhile = entry.number, None
            resolver = self._resolver
            self._background.submit(lambda: self._resolve_later(command, resolver))

    def prompts(
        self, weights: Mapping[str, float], transition: float | None = None, quantize: Quantize = None
    ) -> None:
        """Play a blend of vibes. Called again with other weights, it moves: near blends steer, far ones crossfade."""
        self.set(weights, transition, quantize)

    def mute(self, layer: str, on: bool = True) -> None:
        """Silence a layer, or let it sound again."""
        self._set_faders(layer, lambda: self._muted.add(layer) if on else self._muted.discard(layer))

    def solo(self, layer: str, on: bool = True) -> None:
        """Let only soloed layers sound, this one among them; or end its solo."""
        self._set_faders(layer, lambda: self._soloed.add(layer) if on else self._soloed.discard(layer))

    def gain(self, layer: str, gain_db: float) -> None:
        """Set a layer's level, in dB: 0 is as composed, at most 12."""
        if not (is_number(gain_db) and gain_db <= _MAX_GAIN_DB):
            raise invalid("gain_db", gain_db, f"a number of at most {_MAX_GAIN_DB:g} (dB)")
        self._set_faders(layer, lambda: self._gains.__setitem__(layer, 10.0 ** (float(gain_db) / 20.0)))

    # Reading and playing

    def read(self, n_frames: int) -> Frames:
        """Return the next frames, float32 (n,) or (n, 2), never fewer than asked for; paused, silence.

        Raises:
            StreamStateError: Nothing was set yet, it is closed, or it plays through a device.
        """
        if not (is_integer(n_frames) and n_frames >= 0):
            raise invalid("n_frames", n_frames, "a whole number from 0")
        if self._plays:
            raise StreamStateError("the session plays through a device, which reads it; stop() first")
        return self._read(int(n_frames))

    def play(
        self, block: bool = False, device: str | int | None = None, sleep: float | None = None
    ) -> Playback:
        """Play through a sound device, from where the music is.

        Args:
            block: Wait until `stop` or `sleep` ends it.
            device: Name or number of the output device; None is the system's default.
            sleep: Seconds until it fades to silence within 30 s and ends.

        Raises:
            PlaybackError: No PortAudio library or no such device.
        """
        with self._lock:
            self._check_open()
            if self._plays:
                raise StreamStateError("the session plays already")
            self._paused = False
            self._playback = Playback(
                _Feed(self._deliver),
                self._terms.sample_rate,
                self._terms.channels,
                device=device,
                sleep=sleep,
                on_underrun=lambda: self._teller.tell("underrun"),
            )
            playback = self._playback
        if block:
            playback.wait()
        return playback

    def pause(self) -> None:
        """Hold the music where it is. Musical time stands still."""
        self._paused = True
        if self._playback is not None:
            self._playback.pause()

    def resume(self) -> None:
        """Go on with the very next sample."""
        self._paused = False
        if self._playback is not None and (self._plays or self._playback.error):
            self._playback.resume()

    def stop(self) -> None:
        """Free the sound device. The music stays where it is: `play` or `read` goes on."""
        playback, self._playback = self._playback, None
        if playback is not None:
            playback.stop()
            with self._lock:
                self._unheard = np.concatenate([playback.unheard(), self._unheard])

    def reset(self) -> None:
        """Stop, and forget all that was set, as if new."""
        self.stop()
        with self._lock:
            self._resolver.close()
            self._begin_anew()

    def close(self) -> None:
        """Free everything. The log and the events can still be read."""
        self.stop()
        self._resolver.close()
        self._background.close()
        self._closed = True

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Carrying it over a restart

    def snapshot(self) -> bytes:
        """Return all of the running music: `restore` goes on with the very next sample.

        It may be stored, and restored in another process with the same version of LatentScore.
        """
        with self._lock:
            self._check_open()
            return packed(self._room, (self._muted, self._soloed, self._gains, self._unheard))

    def restore(self, snapshot: bytes) -> None:
        """Go on from a snapshot. What plays now is dropped.

        Raises:
            FileFormatError: Not a snapshot, or of another version.
            InvalidConfigError: Of another sample rate or number of channels.
        """
        room, carried = unpacked(snapshot, self._terms.sample_rate, self._terms.channels)
        with self._lock:
            self._check_open()
            self._begin_anew(room)
            self._muted, self._soloed, self._gains, self._unheard = carried

    # Within

    @property
    def _plays(self) -> bool:
        return self._playback is not None and self._playback.playing

    def _begin_anew(self, room: Room | None = None) -> None:
        self._room = room or Room(self._terms.sample_rate, self._terms.channels)
        self._teller = Teller(self._terms.hooks, lambda: self.position)
        self._resolver = Resolver(self._terms, self._room, self._teller)
        self._inbox: deque[tuple[_Command, Ready | Refused]] = deque()
        self._under_way = UnderWay(self._teller)
        self._n_items = 0
        self._newest = -1
        self._awaited: int | None = None
        self._meanwhile: MusicConfigUpdate | None = None
        self._headroom = float("inf")
        self._unheard = self._silence(0)
        """What was rendered for a device that was then freed."""
        self._paused = False
        self._muted: set[str] = set()
        self._soloed: set[str] = set()
        self._gains: dict[str, float] = dict.fromkeys(LAYERS, 1.0)

    def _check_open(self) -> None:
        if self._closed:
            raise StreamStateError("the session is closed")

    def _resolve_later(self, command: _Command, resolver: Resolver) -> None:
        """In the background: resolve, unless a later vibe, or a reset, has made this one pointless."""
        if command.entry.number < self._newest:
            self._teller.tell("item_superseded", command.entry)
            return
        warm_if_cold()
        outcome = resolver.resolve(command.entry)
        with self._lock:
            if resolver is self._resolver:
                self._inbox.append((command, outcome))

    def _carry_out(self, command: _Command, outcome: Ready | Refused, *, now: bool = False) -> None:
        if isinstance(outcome, Refused):
            self._teller.tell("error", command.entry, error=outcome.error)
            if now:
                raise outcome.error
            return
        if not self._room.has_begun:
            begin(self._room, outcome, self._terms.base_seed)
            self._teller.tell_once("first_config_ready", command.entry, config=self._room.target)
            return
        quantize = command.quantize or command.entry.quantize or self._quantize
        transition_s = command.transition_s
        if transition_s is None:
            transition_s = command.entry.transition_s
        if transition_s is None:
            transition_s = self._terms.transition_s
        change = go_over(self._room, outcome, transition_s, quantize)
        if change is not None:
            self._under_way.add(change, command.entry)

    def _carry_out_later(self, command: _Command, outcome: Ready | Refused) -> None:
        """As it plays: what was changed while a vibe was being resolved is changed in that vibe's music, too."""
        is_update = isinstance(command.entry.content, MusicConfigUpdate)
        if is_update and self._awaited is not None and not self._room.has_begun:
            return  # it belongs to a vibe that is still to come
        try:
            self._carry_out(command, outcome)
            if command.entry.number == self._awaited:
                update, self._awaited, self._meanwhile = self._meanwhile, None, None
                if update is not None and self._room.has_begun:
                    self._carry_out(command, Ready(command.entry, update=update))
        except InvalidConfigError as error:  # bounds of the register that don't go with what plays
            self._teller.tell("error", command.entry, error=error)

    def _read(self, n_frames: int) -> Frames:
        warm_if_cold()
        with self._lock:
            self._check_open()
            while self._inbox:
                self._carry_out_later(*self._inbox.popleft())
            if not self._room.has_begun if self._plays else self._paused:
                return self._silence(n_frames)
            left, self._unheard = self._unheard[:n_frames], self._unheard[n_frames:]
            n_frames -= len(left)
            started = time.perf_counter()
            block = self._room.read(n_frames)
            took_s = time.perf_counter() - started
            if n_frames:
                self._headroom = n_frames / self._terms.sample_rate / max(took_s, 1e-9)
            self._under_way.tell(self._room)
        self._teller.tell_once("first_audio_chunk", time_s=0.0)
        return np.concatenate([left, block]) if len(left) else block

    def _deliver(self, n_frames: int) -> Frames:
        """Read for the device: silence until the first item is ready."""
        if not self._room.has_begun and not self._inbox:
            return self._silence(n_frames)
        return self._read(n_frames)

    def _silence(self, n_frames: int) -> Frames:
        shape = (n_frames,) if self._terms.channels == 1 else (n_frames, 2)
        return np.zeros(shape, dtype=np.float32)

    def _set_faders(self, layer: str, change: Callable[[], object]) -> None:
        if layer not in LAYERS:
            raise invalid("layer", layer, LAYERS)
        with self._lock:
            self._check_open()
            change()
            self._apply_faders()

    def _apply_faders(self) -> None:
        for layer in LAYERS:
            heard = layer not in self._muted and (not self._soloed or layer in self._soloed)
            self._room.set_fader(layer, self._gains[layer] if heard else 0.0)


@dataclass(frozen=True)
class _Command:
    """An item, and how it is to come in."""

    entry: Entry
    transition_s: float | None
    quantize: Quantize


@dataclass(frozen=True)
class _Feed:
    """What playback reads."""

    read: Callable[[int], Frames]
