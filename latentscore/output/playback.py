"""Playback: a thread renders ahead, a sound device plays, and a handle steers both."""

from __future__ import annotations

import atexit
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from latentscore.errors import PlaybackError, StreamStateError, invalid
from latentscore.output.device import OutputDevice, check_device
from latentscore.output.look_ahead import MAX_LOOK_AHEAD_S, LookAhead
from latentscore.output.ring import Outlet, Ring
from latentscore.output.sources import ArraySource, SleepingSource, Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

LIVE_LOOK_AHEAD_S: Final = 0.06
"""Where a source that is rendered while it plays begins."""
MEMORY_LOOK_AHEAD_S: Final = 0.5
"""Samples in memory can't be steered, so nothing is gained by holding few."""
SLEEP_FADE_S: Final = 30.0
"""Length of the fade that `sleep=` ends with."""

_BLOCK_FRAMES: Final = 512
_RAMP_S: Final = 0.01
_RESTART_S: Final = 0.25
"""After a gap no more than this is gathered before the music goes on."""
_SHORTEST_NAP_S: Final = 0.004
_LONGEST_NAP_S: Final = 0.05
_STOP_S: Final = 0.09
"""`stop` waits no longer; only a source that blocks in `read` outlasts it, unheard."""


@dataclass(frozen=True)
class PlaybackStats:
    """How playback fares, at one moment.

    Attributes:
        underruns: Gaps: times that the next samples were not ready, or that the device was served too late.
        late_blocks: Blocks (512 frames) that took longer to render than they last. The buffer hides them, unless
            `underruns` counts as well. They are played next, never dropped.
        headroom: How many times faster than real time the last second was rendered; inf before the first block.
        buffer_s: Seconds held ready, beyond one request of the device. It grows with trouble, to at most 2 s (or what
            was asked for), and shrinks slowly.
        device_latency_s: What the device adds, by its own account.
        position: Seconds of the source that the device was given.
    """

    underruns: int
    late_blocks: int
    headroom: float
    buffer_s: float
    device_latency_s: float
    position: float


class Playback:
    """Something being played: the handle to pause, stop or wait for it.

    Args:
        source: Where the samples come from.
        sample_rate: Frames per second.
        channels: 1 or 2; every block of the source has as many.
        device: Name or number of the output device; None is the system's default.
        sleep: Seconds of music until it fades to silence within 30 s and ends; None plays to the source's end.
        look_ahead_s: Least seconds to render ahead, above 0. More makes gaps less likely and steering slower.
        on_underrun: Called after each gap, by the thread that renders. What it raises counts as the source's error.
        on_end: Called once, when all was played, the source raised, or `stop` was called. A lost device is no end.
            It may be called by any thread.

    Raises:
        PlaybackError: No PortAudio library, no such device, or the device refuses.
        InvalidConfigError: Another argument is not allowed.
    """

    def __init__(
        self,
        source: Source,
        sample_rate: int,
        channels: int,
        *,
        device: str | int | None = None,
        sleep: float | None = None,
        look_ahead_s: float = LIVE_LOOK_AHEAD_S,
        on_underrun: Callable[[], object] | None = None,
        on_end: Callable[[], object] | None = None,
        _sleep_fade_s: float = SLEEP_FADE_S,
    ) -> None:
        check_device(device)
        check_sleep(sleep)
        if not 0.0 < look_ahead_s < math.inf:
            raise invalid("look_ahead_s", look_ahead_s, "a number of seconds above 0")
        if sleep is not None:
            frames = round(sleep * sample_rate), round(_sleep_fade_s * sample_rate)
            source = SleepingSource(source, *frames)
        self._source = source
        self._sample_rate = sample_rate
        self._channels = channels
        self._device_asked = device
        self._on_underrun = on_underrun
        self._on_end = on_end
        self._look_ahead = LookAhead(look_ahead_s)
        # Twice the longest look-ahead: one for it, one for the largest request of any device.
        self._ring = Ring(round(2.0 * max(look_ahead_s, MAX_LOOK_AHEAD_S) * sample_rate), channels)
        self._outlet = Outlet(self._ring, round(_RAMP_S * sample_rate))
        self._gaps_seen = 0
        self._source_error: Exception | None = None
        self._loss: PlaybackError | None = None
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._over = threading.Event()
        self._device = self._start(device)

    def __repr__(self) -> str:
        state = "lost" if self._loss else "paused" if self.paused else "playing" if self.playing else "over"
        return f"<Playback {self.position:.2f} s, {state}>"

    @property
    def position(self) -> float:
        """Seconds of the source that the device was given; silence doesn't count."""
        return self._ring.taken / self._sample_rate

    @property
    def playing(self) -> bool:
        """Whether it is under way, be it paused: not over, stopped or without its device."""
        return not self._over.is_set()

    @property
    def paused(self) -> bool:
        """Whether it is under way and held by `pause`."""
        return self.playing and self._outlet.paused

    @property
    def error(self) -> Exception | None:
        """What `wait` raises: a `PlaybackError` for a lost device, or else the source's error; None while it plays."""
        return None if self.playing else self._loss or self._source_error

    @property
    def stats(self) -> PlaybackStats:
        """How it fares at present."""
        return PlaybackStats(
            underruns=self._outlet.gaps + self._outlet.device_gaps,
            late_blocks=self._look_ahead.late_blocks,
            headroom=self._look_ahead.headroom,
            buffer_s=self._look_ahead.seconds,
            device_latency_s=self._device.latency_s,
            position=self.position,
        )

    def pause(self) -> None:
        """Fall silent within 10 ms of music and hold the source there."""
        self._outlet.paused = True

    def resume(self, device: str | int | None = None) -> None:
        """Go on with the very next sample; if the device was lost, on another one.

        Args:
            device: After a loss, the device to go on with; None tries the one asked for at first.

        Raises:
            PlaybackError: The device can't be opened.
            StreamStateError: It is over or was stopped.
        """
        check_device(device)
        with self._lock:
            over = self._over.is_set()
            if self._stopped.is_set() or (over and not self._loss):
                raise StreamStateError("this playback is over; play() starts another")
            if over:
                self._outlet.restart()
                asked = self._device_asked if device is None else device
                self._device = self._start(asked, rescan=True)
            self._outlet.paused = False

    def stop(self) -> None:
        """End it within 100 ms and free the device."""
        with self._lock:
            self._outlet.stopping = self._outlet.paused = True
            self._stopped.set()
        self._end()
        if threading.current_thread() is not self._thread:
            self._thread.join(_STOP_S)
        self._over.set()

    def unheard(self) -> NDArray[np.float32]:
        """Return what was read from the source and not played, (n,) or (n, channels), once it was stopped."""
        left = np.zeros((self._ring.fill, self._channels), dtype=np.float32)
        self._ring.take(left)
        return left[:, 0] if self._channels == 1 else left

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until all was played; False if `timeout` seconds passed first. Ctrl-C stops it.

        Raises:
            PlaybackError: The device was lost; `resume` goes on from there.
            Exception: What the source raised, after everything before it was played.
        """
        ends = math.inf if timeout is None else time.monotonic() + timeout
        try:
            # Short waits, since Python takes no signal in one long wait on Windows.
            while not self._over.wait(max(0.0, min(0.05, ends - time.monotonic()))):
                if time.monotonic() >= ends:
                    return False
            self._thread.join(_STOP_S)
        except KeyboardInterrupt:
            self.stop()
            raise
        if error := self.error:
            raise error
        return True

    def _start(self, device: str | int | None, rescan: bool = False) -> OutputDevice:
        """Open a device, and a thread that feeds it until the end, `stop` or its loss."""
        opened = OutputDevice(self._outlet, self._sample_rate, self._channels, device, rescan)
        opened.start()
        self._loss = None
        self._over.clear()
        atexit.register(self.stop)
        self._thread = threading.Thread(
            target=self._run, args=(opened,), name="latentscore playback", daemon=True
        )
        self._thread.start()
        return opened

    def _run(self, device: OutputDevice) -> None:
        """Keep the ring filled and the device watched. This thread alone closes the device."""
        stalled = False
        while not (self._stopped.is_set() or device.finished or stalled):
            self._tend()
            stalled = device.stalled()
        if not (self._stopped.is_set() or self._outlet.finished):
            self._loss = PlaybackError(
                f"The sound device was lost at {self.position:.2f} s; resume() goes on from there"
            )
        atexit.unregister(self.stop)
        if not stalled:
            device.close()
        try:
            if not self._loss:
                self._end()
        finally:
            self._over.set()
        if stalled:  # closing a device that hangs may hang as well, so it comes last
            device.close()

    def _tend(self) -> None:
        """Render one block, or nap if enough is ready."""
        outlet, ahead = self._outlet, self._look_ahead
        request = min(outlet.largest_request, round(MAX_LOOK_AHEAD_S * self._sample_rate) - _BLOCK_FRAMES)
        excess = self._ring.fill - request - round(ahead.seconds * self._sample_rate)
        enough = request + round(min(ahead.seconds, _RESTART_S) * self._sample_rate)
        if outlet.source_ended or self._ring.fill >= enough:
            outlet.flowing = True
        if outlet.source_ended or excess >= 0:
            nap_s = _LONGEST_NAP_S if outlet.source_ended else excess / self._sample_rate
            self._stopped.wait(min(max(nap_s, _SHORTEST_NAP_S), _LONGEST_NAP_S))
        else:
            self._render()

    def _render(self) -> None:
        """Move one block from the source to the ring, and learn from how long it took."""
        outlet, started = self._outlet, time.perf_counter()
        try:
            block = self._read()
            self._ring.write(block)
            outlet.source_ended = len(block) < _BLOCK_FRAMES
            ran_dry = outlet.gaps > self._gaps_seen
            self._gaps_seen = outlet.gaps
            self._look_ahead.rendered(
                _BLOCK_FRAMES / self._sample_rate, time.perf_counter() - started, ran_dry
            )
            if ran_dry and self._on_underrun is not None:
                self._on_underrun()
        except (
            Exception
        ) as error:  # source and hook are anyone's code: the error waits for the audio before it
            self._source_error = error
            outlet.source_ended = True

    def _read(self) -> NDArray[np.float32]:
        """Return the source's next block, (n, channels)."""
        block = self._source.read(_BLOCK_FRAMES)
        columns = block[:, None] if block.ndim == 1 else block
        if len(block) > _BLOCK_FRAMES or (len(block) and columns.shape[1:] != (self._channels,)):
            raise PlaybackError(
                f"a source gave samples of shape {block.shape}; asked for were at most {_BLOCK_FRAMES} frames "
                f"of {self._channels} channels"
            )
        return columns

    def _end(self) -> None:
        """Tell the owner, once."""
        with self._lock:
            on_end, self._on_end = self._on_end, None
        if on_end is not None:
            on_end()


def play_samples(
    samples: NDArray[np.float32],
    sample_rate: int,
    *,
    device: str | int | None = None,
    sleep: float | None = None,
) -> Playback:
    """Play float32 samples, (n,) or (n, channels). Arguments and errors are those of `Playback`."""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    source = ArraySource(samples)
    return Playback(
        source, sample_rate, channels, device=device, sleep=sleep, look_ahead_s=MEMORY_LOOK_AHEAD_S
    )


def check_sleep(sleep: object) -> None:
    """Raise `InvalidConfigError` unless `sleep` is a number of seconds or None."""
    if sleep is None:
        return
    if isinstance(sleep, bool) or not isinstance(sleep, (int, float)) or not 0.0 <= sleep < math.inf:
        raise invalid("sleep", sleep, "a number of seconds of at least 0, or None")
