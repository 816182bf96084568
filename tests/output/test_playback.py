"""Playback: the device hears the samples, and a machine without sound says what to do."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from latentscore.errors import PlaybackError
from latentscore.output.playback import Playback, default_output_device, load_sounddevice

RATE = 44100
BLOCK = 512


class FakeDevice(ModuleType):
    """Stands in for the module `sounddevice`: a device that takes blocks as fast as it gets them."""

    class PortAudioError(Exception):
        """PortAudio refused."""

    class CallbackStop(Exception):  # noqa: N818
        """The callback has nothing left."""

    def __init__(self) -> None:
        super().__init__("sounddevice")
        self.heard: list[NDArray[np.float32]] = []
        self.opened: dict[str, Any] = {}
        self.refuses: Exception | None = None
        self.hold = threading.Event()
        self.hold.set()
        device = self

        class OutputStream:
            """PortAudio's own thread, in little."""

            def __init__(self, **settings: Any) -> None:
                if device.refuses:
                    raise device.refuses
                device.opened = settings
                self.closed = False
                self._aborted = threading.Event()
                self._thread = threading.Thread(target=self._run, daemon=True)

            def start(self) -> None:
                self._thread.start()

            def abort(self) -> None:
                self._aborted.set()
                device.hold.set()

            def close(self) -> None:
                self.closed = True

            def _run(self) -> None:
                stopped = False
                while not stopped and not self._aborted.is_set():
                    out = np.full((BLOCK, device.opened["channels"]), np.nan, dtype=np.float32)
                    try:
                        device.opened["callback"](out, BLOCK, None, None)
                    except device.CallbackStop:
                        stopped = True
                    device.heard.append(out)
                    device.hold.wait()
                device.opened["finished_callback"]()

        self.OutputStream = OutputStream

    def query_devices(self, kind: str) -> dict[str, str]:
        """The default device, if there is one."""
        assert kind == "output"
        if self.refuses:
            raise self.refuses
        return {"name": "Fake speakers"}


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDevice]:
    """A working sound device."""
    fake = FakeDevice()
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    yield fake
    fake.hold.set()


class NoPortAudio:
    """A finder that fails as sounddevice does where the library is missing."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Refuse one module."""
        if name == "sounddevice":
            raise OSError("PortAudio library not found")


@pytest.fixture
def no_portaudio(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the PortAudio library."""
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoPortAudio(), *sys.meta_path])


@pytest.mark.parametrize("n_frames", [1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK, 3000])
@pytest.mark.parametrize("channels", [1, 2])
def test_the_device_hears_every_sample_once_then_silence(
    device: FakeDevice, n_frames: int, channels: int
) -> None:
    samples = np.random.default_rng(1).uniform(-1, 1, (n_frames, channels)).astype(np.float32)
    playback = Playback(samples[:, 0] if channels == 1 else samples, RATE)
    assert playback.wait(timeout=10)
    heard = np.concatenate(device.heard)
    np.testing.assert_array_equal(heard[:n_frames], samples)
    assert not heard[n_frames:].any()
    assert not playback.playing
    assert playback.position == pytest.approx(n_frames / RATE)
    assert (device.opened["samplerate"], device.opened["channels"]) == (RATE, channels)
    assert device.opened["dtype"] == "float32"


def test_playing_does_not_block_and_stop_stops(device: FakeDevice) -> None:
    device.hold.clear()
    playback = Playback(np.ones(100 * BLOCK, dtype=np.float32), RATE, device="speakers")
    assert device.opened["device"] == "speakers"
    assert playback.playing
    assert playback.wait(timeout=0.06) is False
    assert playback.playing
    playback.stop()
    assert not playback.playing
    assert playback.wait(timeout=10)
    assert len(device.heard) < 100


def test_ctrl_c_while_waiting_stops_the_device(device: FakeDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    device.hold.clear()
    playback = Playback(np.ones(100 * BLOCK, dtype=np.float32), RATE)

    def interrupted(timeout: float) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(playback._finished, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        playback.wait()
    assert not playback.playing


def test_the_callback_is_left_alone_after_the_end(device: FakeDevice) -> None:
    playback = Playback(np.ones(10, dtype=np.float32), RATE)
    playback.wait()
    heard = len(device.heard)
    time.sleep(0.02)
    assert len(device.heard) == heard == 1


@pytest.mark.parametrize(
    "refusal",
    [FakeDevice.PortAudioError("Error querying device -1"), ValueError("No output device matching 'x'")],
)
def test_a_device_that_refuses_is_a_playback_error(device: FakeDevice, refusal: Exception) -> None:
    device.refuses = refusal
    with pytest.raises(PlaybackError, match=r"device='x'") as told:
        Playback(np.zeros(10, dtype=np.float32), RATE, device="x")
    assert str(refusal) in str(told.value)
    assert "save()" in str(told.value), "a remedy"
    with pytest.raises(PlaybackError, match="No sound device"):
        default_output_device()


def test_the_default_device_has_a_name(device: FakeDevice) -> None:
    assert default_output_device() == "Fake speakers"


@pytest.mark.usefixtures("no_portaudio")
@pytest.mark.parametrize(
    ("platform", "remedy"),
    [("linux", "libportaudio2"), ("darwin", "brew install portaudio"), ("win32", "reinstall")],
)
def test_no_portaudio_names_the_remedy(platform: str, remedy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    for attempt in (
        load_sounddevice,
        default_output_device,
        lambda: Playback(np.zeros(10, dtype=np.float32), RATE),
    ):
        with pytest.raises(PlaybackError, match=remedy) as told:
            attempt()
        assert isinstance(told.value.__cause__, OSError)


def test_no_portaudio_in_a_fresh_process(
    tmp_path: Path, run_python: Callable[..., CompletedProcess[str]]
) -> None:
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "import numpy as np, latentscore as ls\n"
        "audio = ls.Audio(np.zeros(100, dtype=np.float32), 44100, ls.MusicConfig(), seed=0)\n"
        "try:\n    audio.play()\n"
        "except ls.PlaybackError as error:\n    print('told:', error)\n"
        "audio.save('still.wav')\n"
    )
    done = run_python("-W", "error", "-c", script, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("told: No sound: the PortAudio library is missing")
    assert (tmp_path / "still.wav").exists(), "saving needs no sound device"
