"""The sound device, through PortAudio: found, opened, watched and closed."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from latentscore.errors import PlaybackError, invalid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentscore.output.ring import Outlet

STALL_S: Final = 3.0
"""A device that has asked for nothing for so long is lost."""
_LONGEST_GLANCE_S: Final = 0.1
"""Most that one look at the device adds to that: the time of a sleeping computer doesn't count."""
_DRAIN_S: Final = 0.04
"""Time for a stopped device to play its ramp to silence before it is cut off."""

_PORTAUDIO_HELP: Final = {
    "linux": "install it with the system's package manager (Debian and Ubuntu: libportaudio2, Fedora: portaudio)",
    "darwin": "install it with `brew install portaudio`",
    "win32": "reinstall the sounddevice package, whose Windows wheel brings it",
}

_portaudio_lock = threading.Lock()  # PortAudio opens and closes one stream at a time
_open_devices: set[OutputDevice] = set()


class OutputDevice:
    """One open output of PortAudio, which calls `outlet` until that has finished.

    Args:
        outlet: Fills the device's requests.
        sample_rate: Frames per second.
        channels: 1 or 2. One channel is played on both sides where the device has two.
        device: Name or number; None is the system's default.
        rescan: If it can't be opened, ask the system for its devices once more: PortAudio knows only those that
            were there when it was loaded.

    Raises:
        PlaybackError: No PortAudio library, no such device, or the device refuses.
    """

    def __init__(
        self, outlet: Outlet, sample_rate: int, channels: int, device: str | int | None, rescan: bool = False
    ) -> None:
        self._outlet = outlet
        self._finished = threading.Event()
        self._calls_seen = -1
        self._idle_s = 0.0
        self._looked = time.monotonic()
        sounddevice = load_sounddevice()

        def fill(out: NDArray[np.float32], n_frames: int, when: Any, status: Any) -> None:
            # In PortAudio's own thread: copy, and nothing else.
            if status and status.output_underflow:
                outlet.device_gaps += 1
            if outlet.fill(out):
                raise sounddevice.CallbackStop

        def open_stream() -> Any:
            outputs = sounddevice.query_devices(device=device, kind="output")["max_output_channels"]
            return sounddevice.OutputStream(
                samplerate=sample_rate,
                channels=2 if channels == 1 and outputs > 1 else channels,
                dtype="float32",
                device=device,
                callback=fill,
                finished_callback=self._finished.set,
            )

        with _portaudio_lock:
            self._stream = _opened(sounddevice, open_stream, device, rescan)
            _open_devices.add(self)
        self.latency_s = float(self._stream.latency)

    def start(self) -> None:
        """Begin to ask for samples. Raises `PlaybackError` if the device refuses."""
        sounddevice = load_sounddevice()
        try:
            self._stream.start()
        except sounddevice.PortAudioError as error:
            self.close()
            raise PlaybackError(f"The sound device doesn't start: {error}") from error

    @property
    def finished(self) -> bool:
        """Whether the device has stopped to ask, for whatever reason."""
        return self._finished.is_set()

    def stalled(self) -> bool:
        """Look whether the device still asks; to be called often."""
        now = time.monotonic()
        self._idle_s += min(now - self._looked, _LONGEST_GLANCE_S)
        self._looked = now
        if self._outlet.calls != self._calls_seen:
            self._calls_seen = self._outlet.calls
            self._idle_s = 0.0
        return self._idle_s > STALL_S

    def close(self) -> None:
        """Let a finished outlet ring out for a moment, then free the device."""
        if self._outlet.finished or self._outlet.stopping:
            self._finished.wait(_DRAIN_S)
        self._stream.abort()  # may hang with the device, so without the lock
        with _portaudio_lock:
            self._stream.close()
            _open_devices.discard(self)


def load_sounddevice() -> Any:
    """Import sounddevice. Raises `PlaybackError` naming the remedy where PortAudio is missing."""
    try:
        import sounddevice
    except OSError as error:  # what sounddevice raises when it finds no PortAudio library
        remedy = _PORTAUDIO_HELP.get(sys.platform, _PORTAUDIO_HELP["linux"])
        raise PlaybackError(f"No sound: the PortAudio library is missing; {remedy}") from error
    return sounddevice


def default_output_device() -> str:
    """Name of the device that plays by default. Raises `PlaybackError` where there is none."""
    sounddevice = load_sounddevice()
    try:
        return str(sounddevice.query_devices(kind="output")["name"])
    except (sounddevice.PortAudioError, ValueError) as error:
        raise PlaybackError(f"No sound device: {error}; save() writes a file instead") from error


def check_device(device: object) -> None:
    """Raise `InvalidConfigError` unless `device` is a name, a number or None."""
    if device is not None and (isinstance(device, bool) or not isinstance(device, (str, int))):
        raise invalid("device", device, "the name or number of an output device, or None")


def _opened(sounddevice: Any, open_stream: Callable[[], Any], device: str | int | None, rescan: bool) -> Any:
    try:
        return open_stream()
    except (sounddevice.PortAudioError, ValueError) as error:
        if not rescan or _open_devices:  # a rescan ends every open stream
            raise _refusal(sounddevice, device, error) from error
    sounddevice._terminate()
    sounddevice._initialize()
    return _opened(sounddevice, open_stream, device, rescan=False)


def _refusal(sounddevice: Any, device: str | int | None, error: Exception) -> PlaybackError:
    """The error for a device that can't be opened, with the devices that there are."""
    try:
        outputs = [
            f"{number} {info['name']!r}"
            for number, info in enumerate(sounddevice.query_devices())
            if info["max_output_channels"] > 0
        ]
    except sounddevice.PortAudioError:
        outputs = []
    there = f"the output devices are {', '.join(outputs)}" if outputs else "there is no output device"
    return PlaybackError(f"device={device!r}: can't play ({error}); {there}. save() writes a file instead")
