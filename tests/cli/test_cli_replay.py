"""The command `replay`, as a shell sees it, and loops by `render`."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

import latentscore as ls
from latentscore.cli.main import app
from latentscore.output.files import write_audio

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short Ogg file."""
    return ls.render("rain", duration=0.3, seed=3).save(tmp_path_factory.mktemp("replay") / "rain.ogg")


def test_replay_makes_the_same_file_again(saved: Path, tmp_path: Path) -> None:
    made = CliRunner().invoke(
        app, ["replay", str(saved), "--output", str(tmp_path / "a.flac"), "--bits", "16"]
    )
    assert (made.exit_code, made.stderr) == (0, "")
    assert f"Wrote {tmp_path / 'a.flac'}: 0.3 s, seed 3." in made.stdout
    expected = ls.replay(saved).save(tmp_path / "b.flac", bits=16)
    assert (tmp_path / "a.flac").read_bytes() == expected.read_bytes()
    assert soundfile.info(expected).subtype == "PCM_16"


def test_what_can_not_be_promised_is_noted(saved: Path, tmp_path: Path) -> None:
    audio = ls.replay(saved)
    assert audio.recipe is not None
    older = audio.recipe.model_copy(
        update={"made_with": audio.recipe.made_with.model_copy(update={"engine": 0})}
    )
    write_audio(tmp_path / "old.wav", [audio.samples], 44100, 1, 3, recipe=older)
    made = CliRunner().invoke(app, ["replay", str(tmp_path / "old.wav"), "-o", str(tmp_path / "new.wav")])
    assert made.exit_code == 0
    assert made.stderr.startswith("Note: version 0 of the engine made it")
    again = ls.replay(tmp_path / "new.wav")
    np.testing.assert_array_equal(again.samples, audio.samples)
    assert again.recipe == audio.recipe, "the new file is of this version"


def test_render_makes_loops(tmp_path: Path) -> None:
    target = tmp_path / "a.wav"
    arguments = ["render", "rain", "--loop-bars", "1", "--set", "tempo=240", "-o", str(target)]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert soundfile.info(target).frames == 44100
    refused = CliRunner().invoke(app, [*arguments, "--duration", "10"])
    assert isinstance(refused.exception, ls.InvalidConfigError)
    assert "duration must be left out with loop_bars" in str(refused.exception)


def test_failures_have_an_exit_code_and_one_line(saved: Path, tmp_path: Path, run_python: Run) -> None:
    soundfile.write(tmp_path / "other.wav", np.zeros(100), 44100)
    for arguments, code, says in (
        (["other.wav", "-o", "new.wav"], 1, "no recipe"),
        ([str(saved), "-o", "new.xyz"], 1, "unknown suffix"),
        ([str(saved), "-o", "new.ogg", "--bits", "16"], 2, "bits must be None"),
    ):
        done = run_python("-m", "latentscore", "replay", *arguments, cwd=tmp_path)
        assert done.returncode == code
        assert done.stderr.startswith("latentscore: ")
        assert says in done.stderr
        assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["other.wav"]
