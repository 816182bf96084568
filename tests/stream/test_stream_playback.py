"""Streams and sessions through PortAudio and ALSA: what was meant is heard, and every ending leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sound_card import SoundCard, require_portaudio
from stream_kit import RATE
from stream_players import ITEMS

import latentscore as ls
from latentscore.engine.warmup import warm
from latentscore.output.recipes import SessionRecipe
from latentscore.stream.replaying import render_log

RAMP = round(0.01 * RATE)
PLAYERS = Path(__file__).with_name("stream_players.py")

Play = Callable[[str], dict[str, Any]]


@pytest.fixture
def card(tmp_path: Path) -> Iterator[SoundCard]:
    """A card with a listener; skips where there is no PortAudio."""
    require_portaudio()
    card = SoundCard(tmp_path)
    yield card
    card.close()


@pytest.fixture
def play(card: SoundCard, tmp_path: Path, run_python: Callable[..., CompletedProcess[str]]) -> Play:
    """Run one of the players to its end; what it saw. Kernels are compiled before, not while it plays."""
    warm()

    def run(name: str) -> dict[str, Any]:
        done = run_python("-W", "error", str(PLAYERS), name, cwd=tmp_path, env=card.env, timeout=150)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        return json.loads(done.stdout)

    return run


def sounding(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Without silent frames: a gap of a busy machine adds some, and nothing else may change."""
    return samples[samples.any(axis=1)]


def test_a_finite_generator_is_heard_to_its_end_sample_for_sample(
    card: SoundCard, play: Play, tmp_path: Path
) -> None:
    seen = play("finite")
    recipe = SessionRecipe.model_validate_json((tmp_path / "recipe.json").read_text("utf-8"))
    expected = render_log(recipe)
    np.testing.assert_array_equal(sounding(card.heard()), sounding(expected))
    assert (seen["playing"], seen["position"]) == (False, len(expected) / RATE)
    assert len(expected) >= 1.5 * RATE, "longer where an item was late, since its deck took a while to make"
    if len(expected) == 1.5 * RATE:
        whole = ls.stream(*ITEMS, duration=0.5, transition=0.2, channels=2).collect().samples
        assert np.array_equal(expected, whole)
    assert seen["kinds"][-1] == "stream_end"
    assert seen["kinds"].count("transition_end") == 2
    assert seen["threads"] == []


def test_what_a_session_is_told_while_it_plays_is_heard_and_its_log_plays_it_again(
    card: SoundCard, play: Play, tmp_path: Path
) -> None:
    seen = play("played_session")
    recipe = SessionRecipe.model_validate_json((tmp_path / "recipe.json").read_text("utf-8"))
    done = [entry["do"] for entry in recipe.log]  # type: ignore[index, call-overload]
    assert (done[0], done[-3:]) == ("start", ["crossfade", "steer", "fader"])
    expected, heard = sounding(render_log(recipe)), sounding(card.heard())
    assert 0.4 * RATE < len(heard) <= len(expected)
    same = len(heard) - RAMP - 1
    np.testing.assert_array_equal(heard[:same], expected[:same])
    assert seen["before"] == 0.0, "silence before the first item is no musical time"
    assert "stop() first" in seen["read"]
    assert seen["buffer"] < seen["latency"] < seen["buffer"] + 1.0
    assert (seen["playing"], seen["threads"], seen["more"]) == (False, [], 1000)


def test_a_paused_session_stands_still(play: Play) -> None:
    seen = play("paused_session")
    first, second = seen["positions"]
    assert first == second
    assert (seen["playing"], seen["log"], seen["threads"]) == (False, [], [])


@pytest.mark.usefixtures("card")
def test_every_ending_frees_source_thread_and_device(play: Play) -> None:
    seen = play("endings")
    assert set(seen) == {"closed", "interrupted", "cancelled", "failed", "stopped"}
    for how, what in seen.items():
        assert what["left"] == [], how
        assert what.get("ended", True), how
    assert seen["cancelled"]["at_once"], "the generator was closed before the call returned"
    assert seen["cancelled"]["tasks"] == 0
    assert not seen["closed"]["playing"]
    assert not seen["stopped"]["playing"]
    assert seen["failed"]["error"] == "the sensor is gone"
