"""The examples run, and what they write is the music that they promise."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

FOLDER = Path(__file__).resolve().parents[1] / "examples"
TESTED = {"first_sound", "variations", "game_loop", "installation", "day_playlist", "web_server"}

SAMPLE_RATE = 44100


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)


def run(name: str, *arguments: str) -> None:
    """Run an example as a script."""
    before = sys.argv
    sys.argv = [name, *arguments]
    try:
        runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")
    finally:
        sys.argv = before


def written(path: str, seconds: float) -> NDArray[np.float64]:
    """The samples of a file, which must be as long as that and sound throughout."""
    samples, rate = soundfile.read(path, always_2d=True)
    assert rate == SAMPLE_RATE
    assert len(samples) == round(seconds * rate)
    for part in np.array_split(samples[: -rate // 4], 4):
        assert np.abs(part).max() > 0.005
    return samples


def test_every_example_is_tested() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} == TESTED


def test_first_sound(capsys: pytest.CaptureFixture[str]) -> None:
    run("first_sound", "rain", "on", "a", "tin", "roof")
    written("first_sound.wav", 20)
    assert "rain on a tin roof" in capsys.readouterr().out


def test_variations() -> None:
    run("variations")
    files = sorted(Path("variations").iterdir())
    assert [path.name for path in files] == [
        "blend.wav",
        "brighter.wav",
        "take-0.wav",
        "take-1.wav",
        "take-2.wav",
    ]
    sounds = [written(str(path), 15) for path in files]
    assert all(not np.array_equal(a, b) for k, a in enumerate(sounds) for b in sounds[:k])


def test_game_loop_follows_the_scene() -> None:
    run("game_loop", "--seconds", "4", "--output", "game.wav")
    written("game.wav", 4)
    game = runpy.run_path(str(FOLDER / "game_loop.py"))
    steers: list[Any] = []

    class Session:
        """Takes note of steers."""

        def set(self, update: Any, transition: float) -> None:
            steers.append(update)

    director = game["Director"](Session())
    for frame in range(20 * game["FRAMES_PER_S"]):
        director.follow(game["tension_at"](frame / game["FRAMES_PER_S"]))
    levels = [game["CALM_TO_WILD"].index(update) for update in steers]
    assert levels == [0, 1, 2, 3, 2, 1, 0], "a steer for each level, not for each frame"


def test_installation_follows_its_sensor() -> None:
    run("installation", "--seconds", "5", "--output", "room.wav")
    written("room.wav", 5)


def test_day_playlist_is_a_day_from_any_hour(capsys: pytest.CaptureFixture[str]) -> None:
    run("day_playlist", "--seconds", "6", "--output", "day.flac", "--hour", "13.5")
    written("day.flac", 6)
    told = [line.split(" s  ")[1] for line in capsys.readouterr().out.splitlines() if " s  " in line]
    assert [line[:5] for line in told] == [
        "14:00",
        "17:00",
        "20:00",
        "22:00",
        "00:00",
        "05:00",
        "07:00",
        "09:00",
    ]
    day = runpy.run_path(str(FOLDER / "day_playlist.py"))["playlist"](0.0)
    assert sum(track.duration for track in day.tracks) == 86_400
    assert day.stream().duration == 86_400


def test_web_server_writes_what_it_sends() -> None:
    run("web_server", "--seconds", "2", "--output", "music.wav")
    assert written("music.wav", 2).shape[1] == 2


def test_web_server_serves_it() -> None:
    pytest.importorskip("fastapi", reason="pip install fastapi to test examples/web_server.py")
    from fastapi.testclient import TestClient

    server = runpy.run_path(str(FOLDER / "web_server.py"))
    with TestClient(server["build_app"]()) as client:
        answer = client.get(
            "/music", params={"vibe": ["rain on a tin roof", "neon city at night"], "duration": 1.0}
        )
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "audio/wav"
        Path("served.wav").write_bytes(answer.content)
        run("web_server", "--seconds", "2", "--output", "music.wav")
        assert answer.content == Path("music.wav").read_bytes()
        written("served.wav", 2)
        for params in ({}, {"vibe": " "}, {"vibe": "rain", "duration": 0}):
            assert client.get("/music", params=params).status_code == 422


def test_web_server_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fastapi", None)
    with pytest.raises(SystemExit, match="pip install fastapi uvicorn"):
        run("web_server")
