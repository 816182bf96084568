"""`Audio`: an array with its story, saved and played as asked."""

from __future__ import annotations

import sys
import threading
import wave
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

import latentscore as ls
from latentscore.audio import Audio

RATE = 44100


def make(channels: int = 1, n_frames: int = 4410, **more: Any) -> Audio:
    """An `Audio` of quiet noise."""
    noise = np.random.default_rng(2).uniform(-0.25, 0.25, (n_frames, channels)).astype(np.float32)
    return Audio(noise[:, 0] if channels == 1 else noise, RATE, ls.MusicConfig(), seed=5, **more)


@pytest.mark.parametrize("channels", [1, 2])
def test_length_duration_and_channels(channels: int) -> None:
    audio = make(channels)
    assert (len(audio), audio.duration, audio.channels) == (4410, 0.1, channels)
    assert audio.samples.shape == ((4410,) if channels == 1 else (4410, 2))


def test_as_an_array() -> None:
    audio = make()
    assert np.asarray(audio) is audio.samples
    assert np.asarray(audio, dtype=np.float64).dtype == np.float64
    np.testing.assert_array_equal(np.asarray(audio, dtype=np.float64), audio.samples)
    copied = np.array(audio)
    copied[0] = 1.0
    assert audio.samples[0] != 1.0
    with pytest.raises(ValueError, match="float64"):
        audio.__array__(np.float64, copy=False)
    assert [float(x) for x in audio] == audio.samples.tolist()


def test_samples_cannot_be_changed_by_accident() -> None:
    audio = make(2)
    with pytest.raises(ValueError, match="read-only"):
        audio.samples[0] = 0.5
    with pytest.raises(AttributeError):
        audio.seed = 3  # type: ignore[misc]


def test_its_repr_says_what_it_is_and_stays_short() -> None:
    assert repr(make(2, vibe="rain")) == "<Audio 0.1 s, 2 ch, 44100 Hz, seed 5: 'rain'>"
    assert "medium" in repr(make())
    assert len(repr(make(vibe="rain " * 4000))) < 400


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("as_text", [True, False])
def test_save_returns_the_path(tmp_path: Path, channels: int, as_text: bool) -> None:
    audio = make(channels)
    path = tmp_path / "a.wav"
    assert audio.save(str(path) if as_text else path) == path
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getnframes(), file.getframerate()) == (channels, 4410, RATE)


def test_the_seed_makes_the_file_again(tmp_path: Path) -> None:
    first, again = make().save(tmp_path / "a.wav"), make().save(tmp_path / "b.wav")
    assert first.read_bytes() == again.read_bytes()


def test_a_seed_of_any_size_can_be_saved(tmp_path: Path) -> None:
    noise = make().samples.copy()
    for seed in (0, 2**63 - 1):
        Audio(noise, RATE, ls.MusicConfig(), seed=seed).save(tmp_path / f"{seed}.wav")


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
def test_save_stems(tmp_path: Path, suffix: str) -> None:
    stems = {"bass": make(2), "premaster": make(2)}
    paths = make(2, stems=stems).save_stems(tmp_path / "new" / "folder", suffix)
    assert paths == [tmp_path / "new" / "folder" / f"{name}{suffix}" for name in stems]
    assert all(soundfile.info(path).channels == 2 for path in paths)


def test_stems_that_were_not_kept_are_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ls.StreamStateError, match="stems=True"):
        make().save_stems(tmp_path / "stems")
    assert not (tmp_path / "stems").exists()


def test_stems_where_no_folder_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "file", tmp_path / "file" / "stems"):
        with pytest.raises(ls.OutputError, match="file"):
            make(stems={"bass": make()}).save_stems(folder)


def test_stems_of_an_unknown_format_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(ls.FileFormatError, match="xyz"):
        make(stems={"bass": make()}).save_stems(tmp_path / "stems", ".xyz")
    assert not list(tmp_path.rglob("*.*"))


class Speakers(ModuleType):
    """A sound device that plays as fast as it is fed, in the place of the module `sounddevice`."""

    latency = 0.0

    class PortAudioError(Exception):
        """PortAudio refused."""

    class CallbackStop(Exception):  # noqa: N818
        """The end."""

    def __init__(self) -> None:
        super().__init__("sounddevice")
        self.heard: list[NDArray[np.float32]] = []
        self.settings: dict[str, Any] = {}

    def OutputStream(self, **settings: Any) -> Speakers:  # noqa: N802 - sounddevice's own name
        self.settings = settings
        return self

    def query_devices(self, device: int, kind: str) -> dict[str, int]:
        """A stereo device."""
        return {"max_output_channels": 2}

    def start(self) -> None:
        """Begin to take every block."""
        threading.Thread(target=self._run).start()

    def _run(self) -> None:
        while True:
            out = np.empty((256, self.settings["channels"]), dtype=np.float32)
            try:
                self.settings["callback"](out, len(out), None, None)
            except self.CallbackStop:
                break
            finally:
                self.heard.append(out)
        self.settings["finished_callback"]()

    def abort(self) -> None:
        """Nothing to free."""

    close = abort


@pytest.mark.parametrize("block", [True, False])
def test_play(monkeypatch: pytest.MonkeyPatch, block: bool) -> None:
    speakers = Speakers()
    monkeypatch.setitem(sys.modules, "sounddevice", speakers)
    audio = make(2)
    playback = audio.play(block=block, device=3)
    assert isinstance(playback, ls.Playback)
    assert playback.wait(timeout=5)
    assert speakers.settings["device"] == 3
    heard = np.concatenate(speakers.heard)
    first = int(np.flatnonzero(heard.any(axis=1))[0])
    np.testing.assert_array_equal(heard[first : first + len(audio)], audio.samples)
