"""Playback: samples out of a sound device through PortAudio."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any, Final

from latentscore.errors import PlaybackError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PORTAUDIO_HELP: Final = {
    "linux": "install it with the system's package manager (Debian and Ubuntu: libportaudio2, Fedora: portaudio)",
    "darwin": "install it with `brew install portaudio`",
    "win32": "reinstall the sounddevice package, whose Windows wheel brings it",
}


class Playback:
    """A piece being played: a handle to wait for it or stop it.

    Args:
        samples: float32 (n,) or (n, channels).
        sample_rate: Frames per second.
        device: Name or number of the output device; None is the system's default.

    Raises:
        PlaybackError: No PortAudio library, no such device, or the device refuses.
    """

    def __init__(
        self, samples: NDArray[np.float32], sample_rate: int, device: str | int | None = None
    ) -> None:
        self._samples = samples.reshape(len(samples), -1)
        self._sample_rate = sample_rate
        self._next = 0
        self._finished = threading.Event()
        sounddevice = load_sounddevice()
        try:
            self._stream = sounddevice.OutputStream(
                samplerate=sample_rate,
                channels=self._samples.shape[1],
                dtype="float32",
                device=device,
                callback=self._fill,
                finished_callback=self._finished.set,
            )
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            raise PlaybackError(
                f"device={device!r}: can't play ({error}). `python -m sounddevice` lists the devices; "
                "save() writes a file instead"
            ) from error

    @property
    def position(self) -> float:
        """Seconds handed to the device so far."""
        return self._next / self._sample_rate

    @property
    def playing(self) -> bool:
        """Whether the device is still fed."""
        return not self._finished.is_set()

    def stop(self) -> None:
        """Stop at once and free the device."""
        self._stream.abort()
        self._stream.close()
        self._finished.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the piece has been played; False if `timeout` seconds passed first. Ctrl-C stops it."""
        try:
            # Short waits, since Python takes no signal in one long wait on Windows.
            waited = 0.0
            while not self._finished.wait(0.05):
                waited += 0.05
                if timeout is not None and waited >= timeout:
                    return False
        except KeyboardInterrupt:
            self.stop()
            raise
        self._stream.close()
        return True

    def _fill(self, out: Any, n_frames: int, time: Any, status: Any) -> None:
        """Copy the next frames; called by PortAudio's own thread, so nothing else happens here."""
        piece = self._samples[self._next : self._next + n_frames]
        out[: len(piece)] = piece
        out[len(piece) :] = 0.0
        self._next += len(piece)
        if len(piece) < n_frames:
            raise load_sounddevice().CallbackStop


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
