"""`stream`: several vibes to one file, and what is refused before the work."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import soundfile

import latentscore as ls

Command = Callable[..., Any]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("timing", [["--duration", "0.5"], ["--total-duration", "1"]], ids=" ".join)
def test_it_writes_what_the_api_streams(command: Command, here: Path, timing: list[str]) -> None:
    options = ["--transition", "0.2", "--seed", "3", "--channels", "1", "--sample-rate", "48000"]
    done = command("stream", "rain", "neon city", *timing, *options, "-o", "a.wav")
    assert (done.code, done.err) == (0, "")
    assert done.out == "Wrote a.wav: 1 s, 2 vibes.\n"
    ls.stream("rain", "neon city", duration=0.5, transition=0.2, seed=3, sample_rate=48000).save("b.wav")
    ours, rate = soundfile.read("a.wav")
    assert rate == 48000
    assert ours.tolist() == soundfile.read("b.wav")[0].tolist()


def test_json_for_scripts(command: Command) -> None:
    done = command("stream", "rain", "--duration", "0.3", "--output", "a.flac", "--json")
    assert done.code == 0
    assert json.loads(done.out) == {"file": "a.flac", "duration_s": 0.3, "vibes": ["rain"]}


def test_without_a_device_it_fails_and_says_what_writes_a_file(command: Command, here: Path) -> None:
    done = command("stream", "rain", "--duration", "0.3")
    assert done.code == 1
    assert "device" in done.err
    assert "Traceback" not in done.err
    assert os.listdir(here) == []


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ([], 2, "vibe"),
        (["rain", " "], 2, "blank"),
        (["rain", "--duration", "0"], 2, "duration must be"),
        (["rain", "sun", "--duration", "1", "--transition", "2"], 2, "transition must be"),
        (["rain", "-o", "missing/a.wav"], 1, "no folder"),
    ],
    ids=str,
)
def test_wrong_use_is_told_before_the_work(
    command: Command, here: Path, arguments: list[str], code: int, told: str
) -> None:
    done = command("stream", *arguments)
    assert done.code == code
    assert told in done.err.lower()
    assert "Traceback" not in done.err
    assert os.listdir(here) == []
