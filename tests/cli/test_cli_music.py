"""The commands that make music: what they write, say, refuse, and the codes that they exit with."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import latentscore as ls

Command = Callable[..., Any]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make any rendering a failure."""

    def work(*arguments: Any, **keywords: Any) -> Any:
        raise AssertionError("rendering began before the arguments were checked")

    monkeypatch.setattr(ls, "render", work)


def test_demo_without_a_device_writes_a_file_and_says_so(command: Command, here: Path) -> None:
    done = command("demo", "--duration", "1")
    assert done.code == 0
    assert os.listdir(here) == ["latentscore-demo.wav"]
    assert "Can't play here" in done.out
    assert "Wrote latentscore-demo.wav: 1 s" in done.out
    read, rate = soundfile.read(here / "latentscore-demo.wav")
    assert (read.shape, rate) == ((44100, 2), 44100)
    assert np.abs(read).max() > 0.01


def test_demo_with_output_writes_only_there(command: Command, here: Path) -> None:
    done = command(
        "demo", "--duration", "0.5", "--output", "sunset.flac", "--seed", "4", "--vibe", "deep space"
    )
    assert done.code == 0
    assert os.listdir(here) == ["sunset.flac"]
    assert "Wrote sunset.flac: 0.5 s, seed 4, matched with" in done.out


def test_render_writes_what_the_api_renders(command: Command, here: Path) -> None:
    assert command("render", "rain on a tin roof", "-o", "a.wav", "--duration", "0.7").code == 0
    ls.render("rain on a tin roof", duration=0.7, channels=2).save("b.wav")
    assert (here / "a.wav").read_bytes() == (here / "b.wav").read_bytes()


def test_render_writes_the_notes_as_midi(command: Command, here: Path) -> None:
    assert command("render", "rain", "--duration", "2", "--output", "rain.mid").code == 0
    assert (here / "rain.mid").read_bytes()[:4] == b"MThd"
    assert command("render", "rain", "--duration", "2", "--output", "nowhere/rain.mid").code == 1


def test_render_mono_at_48_khz(command: Command, here: Path) -> None:
    done = command(
        "render",
        "🌊",
        "--output",
        "sea.ogg",
        "--channels",
        "1",
        "--sample-rate",
        "48000",
        "--duration",
        "0.5",
    )
    assert done.code == 0, done.err
    info = soundfile.info(here / "sea.ogg")
    assert (info.samplerate, info.channels, info.frames) == (48000, 1, 24000)


def test_explain_prints_the_table(command: Command) -> None:
    done = command("explain", "rain on a tin roof")
    assert done.code == 0
    assert done.out.rstrip() == str(ls.explain("rain on a tin roof"))


def test_warm_says_when_it_is_ready(command: Command) -> None:
    assert command("warm") == (0, "Ready.\n", "")


def test_version_and_help(command: Command) -> None:
    assert command("--version") == (0, f"{ls.__version__}\n", "")
    for name in ("demo", "render", "explain", "warm", "doctor"):
        assert name in command("--help").out
        assert f"latentscore {name}" in command(name, "--help").out


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize("name", ["demo", "render"])
@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("missing/a.wav", "no folder"),
        ("file/a.wav", "no folder"),
        (".", "suffix"),
        ("a.xyz", "one of .wav, .flac, .ogg"),
        ("folder.wav", "is a folder"),
    ],
)
def test_a_bad_path_is_told_before_the_work(
    command: Command, here: Path, name: str, path: str, told: str
) -> None:
    (here / "file").touch()
    (here / "folder.wav").mkdir()
    vibe = ["rain"] if name == "render" else []
    done = command(name, *vibe, "--output", path)
    assert done.code == 1
    assert done.out == ""
    assert done.err.startswith("latentscore: path=")
    assert told in done.err
    assert len(done.err.splitlines()) == 1, "a sentence, not a traceback"
    assert sorted(os.listdir(here)) == ["file", "folder.wav"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["render", ""], "not blank"),
        (["render", "rain", "--duration", "0"], "duration must be"),
        (["render", "rain", "--duration", "-1"], "duration must be"),
        (["render", "rain", "--duration", "nan"], "duration must be"),
        (["render", "rain", "--duration", "inf"], "duration must be"),
        (["render", "rain", "--duration", "90000"], "24 hours"),
        (["render", "rain", "--duration", "soon"], "--duration"),
        (["render", "rain", "--channels", "3"], "channels must be"),
        (["render", "rain", "--sample-rate", "22050"], "sample_rate must be"),
        (["render", "rain", "--seed", "-1"], "seed must be"),
        (["render", "rain", "--seed", "x"], "--seed"),
        (["demo", "--vibe", " "], "not blank"),
        (["explain", " "], "not blank"),
        (["render"], "vibe"),
        (["explain"], "vibe"),
        (["sing"], "sing"),
        (["demo", "--loud"], "--loud"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_exits_with_2(command: Command, here: Path, arguments: list[str], told: str) -> None:
    done = command(*arguments)
    assert done.code == 2
    assert told in done.err.lower()  # typer's versions differ in how they write a missing argument
    assert "Traceback" not in done.err
    assert os.listdir(here) == []


def test_ctrl_c_exits_as_a_shell_expects(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: Any, **keywords: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(ls, "render", interrupted)
    done = command("demo")
    assert done.code == 130
    assert "Traceback" not in done.err
