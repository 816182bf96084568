"""What a listener hears: playback through PortAudio and ALSA, bit for bit, and what happens when things go wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pytest
from alsa_players import RATE, music
from sound_card import SoundCard, require_portaudio

RAMP = round(0.01 * RATE)
BLOCK = 512
PLAYERS = Path(__file__).with_name("alsa_players.py")

Play = Callable[..., dict[str, Any]]


@pytest.fixture
def card(tmp_path: Path) -> Iterator[SoundCard]:
    """A card with a listener; skips where there is no PortAudio."""
    require_portaudio()
    card = SoundCard(tmp_path)
    yield card
    card.close()


@pytest.fixture
def play(card: SoundCard, tmp_path: Path, run_python: Callable[..., CompletedProcess[str]]) -> Play:
    """Run one of the players to its end; what it saw."""

    def run(*arguments: str) -> dict[str, Any]:
        done = run_python("-W", "error", str(PLAYERS), *arguments, cwd=tmp_path, env=card.env, timeout=30)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.mark.parametrize(("n_frames", "channels"), [(60 * BLOCK, 1), (60 * BLOCK + 99, 2)])
def test_what_arrives_is_what_was_sent(card: SoundCard, play: Play, n_frames: int, channels: int) -> None:
    seen = play("plain", str(n_frames), str(channels))
    sent = np.broadcast_to(music(1.0, channels)[:n_frames], (n_frames, 2))
    np.testing.assert_array_equal(card.heard(), sent, "one channel is heard on both sides")
    assert (seen["position"], seen["underruns"], seen["late_blocks"]) == (n_frames / RATE, 0, 0)
    assert seen["headroom"] > 10
    assert not seen["playing"]
    assert seen["threads"] == []


def test_a_pause_loses_nothing(card: SoundCard, play: Play) -> None:
    seen = play("paused")
    heard = card.heard()
    silent = ~heard.any(axis=1)
    assert silent.sum() > 0.3 * RATE, "it was silent for about 0.43 s"
    kept = heard[~silent]
    sent = music(0.7)
    assert kept.shape == sent.shape, "every frame was played, the ramps' included"
    ratio = kept[:, 0] / sent[:, 0]
    np.testing.assert_allclose(kept[:, 1] / sent[:, 1], ratio, rtol=1e-5)
    ramped = np.flatnonzero(ratio != 1.0)
    assert len(ramped) == 4 * RAMP, "two ramps per pause, and beyond them every bit"
    steps = np.diff(ratio[ramped[0] : ramped[0] + 2 * RAMP])
    assert np.abs(steps).max() < 1.1 / RAMP, "no click"
    assert (seen["position"], seen["underruns"]) == (0.7, 0), "silence is no musical time"


def test_stop_ends_softly_within_a_tenth_of_a_second(card: SoundCard, play: Play) -> None:
    seen = play("stopped")
    assert_prompt(seen["stops"])
    assert seen["ends"] == 3
    assert all(stop["waited"] for stop in seen["stops"])
    assert seen["resumed"] == "this playback is over; play() starts another"
    heard = card.heard()
    first = heard[: np.flatnonzero(~heard.any(axis=1))[0]]
    assert 0.15 * RATE < len(first) < 0.3 * RATE
    kept = len(first) - RAMP
    np.testing.assert_array_equal(first[:kept], music(5.0)[:kept])
    assert np.abs(first[-1]).max() < 2.0 / RAMP, "no click"


def test_stop_does_not_wait_for_a_source_that_blocks(card: SoundCard, play: Play) -> None:
    seen = play("blocked")
    deaf, hears = seen["stops"]
    assert min(deaf["seconds"], hears["seconds"]) < 0.1
    for stop in (deaf, hears):
        assert (stop["playing"], stop["waited"], stop["position"]) == (False, True, 10 * BLOCK / RATE)
    assert deaf["threads"] == ["latentscore playback"], "a thread can't be ended from outside"
    assert hears["threads"] == [], "but the source hears of the end"
    assert "a source gave samples of shape (512, 2)" in seen["error"]
    np.testing.assert_array_equal(card.heard()[: 10 * BLOCK], music(1.0)[: 10 * BLOCK])


@pytest.mark.usefixtures("card")
def test_ctrl_c_ends_within_a_tenth_of_a_second(play: Play) -> None:
    seen = play("interrupted")
    assert len(seen["stops"]) == 3
    assert_prompt(seen["stops"])


def assert_prompt(stops: list[dict[str, Any]]) -> None:
    """It took less than 0.1 s, in the best of three times on a machine with other work, and left no thread."""
    assert min(stop["seconds"] for stop in stops) < 0.1
    assert not any(stop["playing"] for stop in stops)
    assert [stop["threads"] for stop in stops][-1] == []


def test_a_late_block_is_played_next_and_an_error_waits_for_its_turn(card: SoundCard, play: Play) -> None:
    seen = play("late")
    heard = card.heard()
    silent = ~heard.any(axis=1)
    sent = music(1.0)[: 86 * BLOCK]
    np.testing.assert_array_equal(heard[~silent], sent, "nothing is dropped, repeated or out of order")
    assert np.count_nonzero(np.diff(silent.astype(int)) == 1) == seen["underruns"] == 1
    assert np.flatnonzero(silent)[0] == 40 * BLOCK == round(seen["gaps"][0] * RATE)
    assert 0.1 * RATE < silent.sum() < 0.6 * RATE
    assert seen["late_blocks"] >= 1
    assert seen["buffer_s"] > seen["buffer_before_s"], "more is held ready after that"
    assert seen["position"] == len(sent) / RATE, "silence is no musical time"
    assert seen["error"] == "no more ideas"
    assert seen["threads"] == []


@pytest.mark.parametrize(("program", "other"), [("unplugged", "late"), ("hanging", "spare")])
def test_a_lost_device_is_told_and_the_music_goes_on_elsewhere(
    card: SoundCard, play: Play, program: str, other: str
) -> None:
    seen = play(program)
    lost = seen["lost"]
    assert "lost" in seen["errors"][0]
    assert "resume()" in seen["errors"][0]
    if program == "unplugged":
        assert "device='late'" in seen["errors"][1]
        assert "'spare'" in seen["errors"][1]
        assert lost["threads"] == []
    assert not lost["playing"]
    assert lost["seconds"] < 1.0
    assert 0.3 <= lost["position"] < 0.5
    sent = music(1.0)
    first = card.heard()
    np.testing.assert_array_equal(first, sent[: len(first)])
    taken = round(lost["position"] * RATE)
    second = card.heard(other)
    np.testing.assert_array_equal(second[RAMP:], sent[taken + RAMP :], "on with the very next frame")
    assert len(second) == len(sent) - taken
    assert np.abs(second[0]).max() < 2.0 / RAMP, "no click"
    assert lost["handle"] == f"<Playback {lost['position']:.2f} s, lost>"
    assert seen["position"] == 1.0


def test_sleep_fades_to_silence_and_ends(card: SoundCard, play: Play) -> None:
    seen = play("asleep")
    heard, sent = card.heard(), music(9.0)
    third = RATE // 3
    np.testing.assert_array_equal(heard[:third], sent[:third])
    gain = heard[third:, 0] / sent[third : len(heard), 0]
    np.testing.assert_allclose(gain, (1.0 - np.arange(len(gain)) / third) ** 3, rtol=1e-5, atol=1e-12)
    assert seen["position"] == 2 / 3


@pytest.mark.parametrize("name", ["gramophone", "99"])
def test_an_unknown_device_lists_those_that_exist(play: Play, name: str) -> None:
    told = play("unknown", name)["error"]
    assert f"device={name if name.isdigit() else repr(name)}: can't play" in told
    assert "'default'" in told
    assert "'spare'" in told
    assert "save()" in told
