"""The parts of playback by themselves, and a machine without sound that says what to do.

What is heard through a sound card, `test_alsa.py` tells.
"""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import latentscore as ls
from latentscore.errors import InvalidConfigError, PlaybackError
from latentscore.output.device import default_output_device, load_sounddevice
from latentscore.output.look_ahead import LookAhead
from latentscore.output.playback import Playback, play_samples
from latentscore.output.ring import Outlet, Ring
from latentscore.output.sources import ArraySource, SleepingSource

RATE = 44100
RAMP = 20


# The ring and its outlet


@given(
    st.integers(1, 50),
    st.sampled_from([1, 2]),
    st.lists(st.tuples(st.booleans(), st.integers(0, 60)), max_size=60),
)
def test_a_ring_is_a_bounded_queue(size: int, channels: int, steps: list[tuple[bool, int]]) -> None:
    ring = Ring(size, channels)
    waiting: list[float] = []
    written = 0
    for writes, n_frames in steps:
        if writes and n_frames > size - len(waiting):
            with pytest.raises(ValueError, match="don't fit"):
                ring.write(np.zeros((n_frames, channels), dtype=np.float32))
        elif writes:
            values = np.arange(written, written + n_frames, dtype=np.float32)
            ring.write(values[:, None] * [1, -1][:channels])
            waiting.extend(values.tolist())
            written += n_frames
        else:
            out = np.full((n_frames, channels), np.nan, dtype=np.float32)
            taken = ring.take(out)
            assert taken == min(n_frames, len(waiting))
            np.testing.assert_array_equal(out[:taken, 0], waiting[:taken])
            np.testing.assert_array_equal(out[:taken, -1], out[:taken, 0] * [1, -1][channels - 1])
            assert np.isnan(out[taken:]).all(), "the rest is left alone"
            del waiting[:taken]
        assert ring.fill == len(waiting)
        assert ring.taken == written - len(waiting)


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty_threads")
def test_a_ring_between_two_threads_keeps_the_order() -> None:
    ring, n_frames = Ring(700, 1), 40_000
    sent = np.arange(n_frames, dtype=np.float32)[:, None]

    def write() -> None:
        done = 0
        while done < n_frames:
            room = min(700 - ring.fill, 97, n_frames - done)
            ring.write(sent[done : done + room])
            done += room

    writer = threading.Thread(target=write)
    writer.start()
    got = np.zeros_like(sent)
    while ring.taken < n_frames:
        ring.take(got[ring.taken : ring.taken + 131])
    writer.join()
    np.testing.assert_array_equal(got, sent)


@given(st.lists(st.tuples(st.integers(1, 70), st.booleans()), min_size=1, max_size=60))
def test_pauses_never_click_or_lose_a_frame(requests: list[tuple[int, bool]]) -> None:
    ring = Ring(10_000, 1)
    ring.write(np.ones((10_000, 1), dtype=np.float32))  # so that what is heard is the gain
    outlet = Outlet(ring, RAMP)
    outlet.flowing = True
    heard = [np.ones((1, 1), dtype=np.float32)]
    for n_frames, outlet.paused in requests:
        out = np.full((n_frames, 1), np.nan, dtype=np.float32)
        assert outlet.fill(out) is False
        heard.append(out)
    gain = np.concatenate(heard)[:, 0]
    assert np.abs(np.diff(gain)).max() <= 1.001 / (RAMP + 1)
    assert ring.taken == np.count_nonzero(gain[1:]), "a frame is taken if and only if it is heard"
    assert outlet.gaps == 0
    outlet.paused = False
    last = np.zeros((RAMP + 1, 1), dtype=np.float32)
    outlet.fill(last)
    assert last[-1] == 1.0, "and after at most one ramp every bit is back"


def test_a_dry_ring_is_one_gap_until_enough_is_there() -> None:
    ring = Ring(1000, 2)
    outlet = Outlet(ring, RAMP)
    out = np.full((100, 2), np.nan, dtype=np.float32)
    outlet.fill(out)
    assert not out.any()
    assert outlet.gaps == 0, "before the beginning nothing is missed"
    ring.write(np.ones((150, 2), dtype=np.float32))
    outlet.flowing = True
    heard = []
    for _ in range(4):
        outlet.fill(out)
        heard.append(np.count_nonzero(out[:, 0]))
    assert heard == [100, 50, 0, 0]
    assert (outlet.gaps, outlet.flowing, outlet.largest_request) == (1, False, 100)
    ring.write(np.ones((100, 2), dtype=np.float32))
    outlet.fill(out)
    assert not out.any(), "whoever fills the ring says when it goes on"
    outlet.flowing = outlet.source_ended = True
    assert outlet.fill(out) is False
    assert out.all(), "on from where it was, without a ramp"
    assert outlet.fill(out) is True
    assert outlet.gaps == 1, "the end is no gap"


def test_a_stopped_outlet_ends_when_it_is_silent() -> None:
    ring = Ring(1000, 1)
    ring.write(np.ones((1000, 1), dtype=np.float32))
    outlet = Outlet(ring, RAMP)
    outlet.flowing = True
    out = np.zeros((RAMP - 1, 1), dtype=np.float32)
    assert outlet.fill(out) is False
    outlet.paused = outlet.stopping = True
    assert outlet.fill(out) is False
    assert outlet.fill(out) is True
    assert ring.taken == 2 * RAMP - 1


# How far ahead


def test_the_look_ahead_follows_the_need() -> None:
    ahead = LookAhead(0.06)
    assert (ahead.seconds, ahead.headroom, ahead.late_blocks) == (0.06, math.inf, 0)
    for _ in range(500):
        ahead.rendered(0.01, 0.001)
    assert ahead.seconds == 0.06, "fast and steady: nothing more"
    assert ahead.headroom == pytest.approx(10)
    ahead.rendered(0.01, 0.05)
    assert ahead.seconds == pytest.approx(0.075), "half as much again as the slowest block"
    assert ahead.late_blocks == 1
    assert 6 < ahead.headroom < 7, "one slow block among the last hundred"
    ahead.rendered(0.01, 0.4, ran_dry=True)
    assert ahead.seconds == pytest.approx(0.6)
    for _ in range(4000):
        ahead.rendered(0.01, 0.001)
    assert ahead.seconds == pytest.approx(0.3, rel=0.1), "half after forty seconds"
    for _ in range(12_000):
        ahead.rendered(0.01, 0.001)
    assert ahead.seconds == 0.06, "back to the least"
    ahead.rendered(0.01, 0.001, ran_dry=True)
    assert ahead.seconds == pytest.approx(0.12), "the device asks for more than that at times"


def test_what_makes_gaps_now_and_then_soon_makes_no_more() -> None:
    ahead, gaps = LookAhead(0.06), 0
    for _ in range(20):
        for _ in range(3000):
            ahead.rendered(0.01, 0.001)
        ran_dry = ahead.seconds < 0.1
        gaps += ran_dry
        ahead.rendered(0.01, 0.1, ran_dry)
    assert gaps == 2, "a tenth of a second every half minute"


def test_the_look_ahead_grows_before_it_is_too_late_but_not_without_end() -> None:
    ahead = LookAhead(0.06)
    for _ in range(200):
        ahead.rendered(0.01, 0.008)
    assert ahead.seconds == pytest.approx(0.06 * 4), "doubled each second at four fifths of real time"
    for _ in range(2):
        ahead.rendered(0.01, 30.0, ran_dry=True)
        assert ahead.seconds == 2.0


# Sources


@given(st.lists(st.integers(1, 40), min_size=1), st.integers(0, 60), st.integers(1, 60), st.integers(0, 150))
def test_sleep_is_the_same_for_any_block_size(sizes: list[int], awake: int, fade: int, n_frames: int) -> None:
    samples = np.random.default_rng(3).uniform(-1, 1, (n_frames, 2)).astype(np.float32)
    source = SleepingSource(ArraySource(samples), awake, fade)
    blocks = [source.read(1) for _ in range(min(1, n_frames))]
    for size in sizes * 200:
        block = source.read(size)
        blocks.append(block.reshape(-1, 2))
        if len(block) < size:
            break
    heard = np.concatenate(blocks) if blocks else samples
    kept = min(n_frames, awake + fade)
    gain = np.clip(1.0 - (np.arange(kept) - awake) / fade, None, 1.0) ** 3
    np.testing.assert_array_equal(heard, samples[:kept] * gain.astype(np.float32)[:, None])


# Arguments


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"sleep": -1}, "sleep must be a number of seconds"),
        ({"sleep": math.nan}, "sleep"),
        ({"sleep": "soon"}, "sleep"),
        ({"device": True}, "device must be the name or number"),
        ({"device": 1.5}, "device"),
        ({"look_ahead_s": 0.0}, "look_ahead_s must be a number of seconds above 0"),
    ],
)
def test_a_wrong_argument_is_refused_before_any_device_is_asked(
    arguments: dict[str, object], told: str
) -> None:
    with pytest.raises(InvalidConfigError, match=told):
        Playback(ArraySource(np.zeros(10, dtype=np.float32)), RATE, 1, **arguments)  # type: ignore[arg-type]


# Machines without sound


class Refusing(ModuleType):
    """The module `sounddevice` where every device refuses: an error that no real one gives on request."""

    class PortAudioError(Exception):
        """PortAudio refused."""

    def __init__(self, devices: list[dict[str, object]]) -> None:
        super().__init__("sounddevice")
        self._devices = devices

    def query_devices(self, device: object = None, kind: str | None = None) -> object:
        """A list that is there, a device that is not."""
        if kind is None:
            return self._devices
        raise self.PortAudioError("Error querying device -1")


@pytest.mark.parametrize(
    ("names", "listed"), [([], "there is no output device"), (["Mixer"], "the output devices are 1 'Mixer'")]
)
def test_a_device_that_refuses_is_a_playback_error(
    names: list[str], listed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    microphone = {"name": "Microphone", "max_output_channels": 0}
    outputs = [{"name": name, "max_output_channels": 2} for name in names]
    monkeypatch.setitem(sys.modules, "sounddevice", Refusing([microphone, *outputs]))
    with pytest.raises(PlaybackError, match=r"device='x': can't play \(Error querying device -1\)") as told:
        play_samples(np.zeros(10, dtype=np.float32), RATE, device="x")
    assert listed in str(told.value)
    assert "Microphone" not in str(told.value)
    assert "save()" in str(told.value), "a remedy"
    with pytest.raises(PlaybackError, match="No sound device"):
        default_output_device()


class NoPortAudio:
    """A finder that fails as sounddevice does where the library is missing."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Refuse one module."""
        if name == "sounddevice":
            raise OSError("PortAudio library not found")


@pytest.mark.parametrize(
    ("platform", "remedy"),
    [("linux", "libportaudio2"), ("darwin", "brew install portaudio"), ("win32", "reinstall")],
)
def test_no_portaudio_names_the_remedy(platform: str, remedy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoPortAudio(), *sys.meta_path])
    monkeypatch.setattr(sys, "platform", platform)
    audio = ls.Audio(np.zeros(10, dtype=np.float32), RATE, ls.MusicConfig(), seed=0)
    for attempt in (load_sounddevice, default_output_device, audio.play):
        with pytest.raises(PlaybackError, match=remedy) as told:
            attempt()
        assert isinstance(told.value.__cause__, OSError)


NO_PORTAUDIO = "raise OSError('PortAudio library not found')\n"
SILENCE = (
    "import sys; sys.path.insert(0, '.')\n"
    "import numpy as np, latentscore as ls\n"
    "audio = ls.Audio(np.zeros(100, dtype=np.float32), 44100, ls.MusicConfig(), seed=0)\n"
)


def test_no_portaudio_in_a_fresh_process(
    tmp_path: Path, run_python: Callable[..., CompletedProcess[str]]
) -> None:
    (tmp_path / "sounddevice.py").write_text(NO_PORTAUDIO)
    script = (
        f"{SILENCE}try:\n    audio.play()\n"
        "except ls.PlaybackError as error:\n    print('told:', error)\n"
        "audio.save('still.wav')\n"
    )
    done = run_python("-W", "error", "-c", script, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("told: No sound: the PortAudio library is missing")
    assert (tmp_path / "still.wav").exists(), "saving needs no sound device"


def test_a_notebook_without_sound_shows_the_audio_instead(
    tmp_path: Path, run_python: Callable[..., CompletedProcess[str]]
) -> None:
    pytest.importorskip("IPython", reason="not shown in a notebook: IPython is not installed")
    (tmp_path / "sounddevice.py").write_text(NO_PORTAUDIO)
    script = (
        f"{SILENCE}"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "from IPython.utils.capture import capture_output\n"
        "shell = InteractiveShell.instance(history_manager=None)\n"
        "for kernel in (False, True):\n"
        "    if kernel:\n        shell.kernel = 'what tells a notebook from a terminal'\n"
        "    for block in (True, False):\n"
        "        with capture_output() as captured:\n"
        "            try:\n                told = audio.play(block=block)\n"
        "            except ls.PlaybackError:\n                told = 'refused'\n"
        "        print(kernel, block, told, [repr(audio) in out.data['text/plain'] for out in captured.outputs])\n"
    )
    done = run_python("-c", script, cwd=tmp_path, env={"IPYTHONDIR": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "False True refused []",
        "False False refused []",
        "True True None [True]",
        "True False refused []",
    ]
