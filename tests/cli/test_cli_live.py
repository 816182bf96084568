"""`live`: the screen through textual's pilot, with a real session, and the whole command in a real terminal."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from sound_card import SoundCard, require_portaudio
from textual.pilot import Pilot
from textual.widgets import Input, RichLog, Static

import latentscore as ls
from latentscore.cli.live_music import LiveMusic, PacedOutlet, device_outlet
from latentscore.cli.live_screen import NUDGES, LiveScreen, legend
from latentscore.config import FIELDS

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 300.0  # a machine without compiled kernels, with other work to do
Command = Callable[..., Any]


@contextlib.asynccontextmanager
async def live(
    first: str | None = None, output: Path | None = None, **options: Any
) -> AsyncIterator[tuple[LiveMusic, Pilot[None]]]:
    """The screen in an 80 × 24 terminal, over a session that sounds at its own pace."""
    with contextlib.closing(LiveMusic(ls.session(**options), 44100, 1)) as music:
        music.sound_through(PacedOutlet(music, output), "silent")
        async with LiveScreen(music, first).run_test(size=(80, 24)) as pilot:
            yield music, pilot


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the app run until the condition holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, told(pilot)
        await pilot.pause(0.02)


async def type_in(pilot: Pilot[None], text: str) -> None:
    pilot.app.query_one(Input).value = text
    await pilot.press("enter")


def told(pilot: Pilot[None]) -> str:
    return "\n".join(strip.text.rstrip() for strip in pilot.app.query_one(RichLog).lines)


def shown(pilot: Pilot[None], name: str) -> str:
    widget = pilot.app.query_one(f"#{name}", Static)
    return "\n".join(widget.render_line(y).text for y in range(widget.size.height))


def test_a_typed_vibe_plays_and_the_next_one_crossfades() -> None:
    async def story() -> None:
        async with live(transition=0.3) as (music, pilot):
            assert isinstance(pilot.app.focused, Input)
            await until(pilot, lambda: "Nothing plays yet" in shown(pilot, "now"))
            await pilot.press(*"rain")
            await pilot.press("enter")
            await until(pilot, lambda: "rain begins" in told(pilot))
            assert pilot.app.query_one(Input).value == ""
            assert music.config == ls.explain("rain").config
            await until(pilot, lambda: "rain" in shown(pilot, "now"))  # drawn a moment after it is told
            await until(pilot, lambda: music.levels_db[0] > -40.0)
            await until(pilot, lambda: "█" in shown(pilot, "meter"))

            await type_in(pilot, "neon city, 110 bpm")
            await until(pilot, lambda: "neon city, 110 bpm is all there" in told(pilot))
            assert "neon city, 110 bpm comes in" in told(pilot)
            assert music.config == ls.explain("neon city, 110 bpm").config
            await until(pilot, lambda: shown(pilot, "now").startswith("neon city, 110 bpm"))
            assert pilot.app.query_one("#legend").region.bottom <= 24, "all of it fits"

    asyncio.run(story())


def test_escape_leaves_the_box_and_every_key_does_what_the_legend_says() -> None:
    async def story() -> None:
        async with live("rain") as (music, pilot):
            await until(pilot, lambda: "rain begins" in told(pilot))
            box = pilot.app.query_one(Input)
            await pilot.press("q", "d", "1")
            assert box.value == "qd1", "in the box, keys are text"
            await pilot.press("escape", "space")  # the pilot waits for an idle process after each key
            assert not box.has_focus
            held_at = music.position_s
            await until(pilot, lambda: "paused" in shown(pilot, "now"))

            expected = music.config
            assert expected is not None
            for field, steps, written in NUDGES.values():
                expected = ls.MusicConfigUpdate(**{field: ls.Step(steps)}).apply(expected)
                assert written in legend()
            await pilot.press(*NUDGES)
            await until(pilot, lambda: told(pilot).count("→") == len(NUDGES))
            assert music.config == expected
            assert "brightness -1 → " in told(pilot)
            await pilot.press("up", "up", "up", "up", "up")
            await until(pilot, lambda: "very_bright" in shown(pilot, "config"))
            await pilot.press("2")
            assert [layer for layer, sounds in music.faders.items() if not sounds] == ["pad"]
            await pilot.press("2")
            assert all(music.faders.values())
            assert music.position_s - held_at < 0.1

            await pilot.press("space")
            await until(pilot, lambda: music.position_s > held_at + 0.2)
            await pilot.press("enter")
            assert box.has_focus
            await pilot.press("escape", "q")
            await until(pilot, lambda: not pilot.app.is_running)

    asyncio.run(story())


def test_ctrl_c_quits_from_the_box() -> None:
    async def story() -> None:
        async with live() as (_, pilot):
            await pilot.press("r", "shift+left", "ctrl+c")  # with a selection, the box would copy it
            await until(pilot, lambda: not pilot.app.is_running)

    asyncio.run(story())


class NoAnswer:
    """A model of the caller's own that fails."""

    async def generate(self, vibe: str) -> ls.MusicConfig:
        raise ls.LLMInferenceError("nobody answers")


def test_what_fails_is_told_and_the_music_goes_on() -> None:
    async def story() -> None:
        async with live(model=NoAnswer()) as (music, pilot):
            await type_in(pilot, "[red]rain[/] \x1b[31m")
            await until(pilot, lambda: "failed: nobody answers" in told(pilot))
            assert told(pilot).count("nobody answers") == 1
            assert "[red]rain[/]" in told(pilot), "text is never markup"
            assert "\x1b" not in told(pilot)
            assert not music.is_over
            assert pilot.app.is_running

    asyncio.run(story())


def test_a_file_holds_what_was_heard_and_can_be_made_again(tmp_path: Path) -> None:
    output = tmp_path / "session.wav"

    async def story() -> float:
        async with live("rain", output, transition=0.2, seed=5) as (music, pilot):
            await until(pilot, lambda: music.position_s > 0.2)
            await type_in(pilot, "neon city")
            await until(pilot, lambda: "neon city comes in" in told(pilot))
            await pilot.press("escape", "up", "3")
            await until(pilot, lambda: "brightness +1" in told(pilot))
        return music.position_s

    seconds = asyncio.run(story())
    read, rate = soundfile.read(output, dtype="float32")
    assert len(read) == round(seconds * rate)
    again = tmp_path / "again.wav"
    ls.replay(output).save(again)
    assert soundfile.read(again, dtype="float32")[0].tolist() == read.tolist()


def test_no_device_and_no_terminal_are_told(command: Command) -> None:
    with contextlib.closing(LiveMusic(ls.session(), 44100, 1)) as music, pytest.raises(ls.PlaybackError):
        device_outlet(music, None)
    done = command("live")
    assert done.code == 2
    assert "terminal" in done.err


def test_an_outlet_that_fails_ends_the_screen_and_says_why(tmp_path: Path) -> None:
    async def story() -> None:
        async with live("rain", tmp_path / "gone" / "a.wav") as (music, pilot):
            await until(pilot, lambda: not pilot.app.is_running)
            assert isinstance(music.error, ls.OutputError)

    asyncio.run(story())


def test_small_letters_are_up_and_capitals_down() -> None:
    assert all(FIELDS[field].ordered for field, _, _ in NUDGES.values())
    steps = {key: steps for key, (_, steps, _) in NUDGES.items()}
    assert (steps["up"], steps["down"], steps["right"], steps["left"]) == (1, -1, 1, -1)
    letters = {key: step for key, step in steps.items() if len(key) == 1}
    assert letters == {key: 1 if key.islower() else -1 for key in letters}
    assert all(NUDGES[key.lower()][0] == NUDGES[key][0] for key in letters)


class Terminal:
    """A terminal of tmux's, with a shell in it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        own = {"TMUX_TMPDIR": str(folder), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
        self._environment = {**os.environ, **own, **environment}
        self._environment.pop("TMUX", None)
        self._tmux("new-session", "-d", "-x", "100", "-y", "30", "sh")

    def keys(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        self._tmux("send-keys", "-l", text)
        self.keys("Enter")

    def screen(self) -> str:
        return self._tmux("capture-pane", "-p")

    def state(self, name: str) -> str:
        return self._tmux("display-message", "-p", f"#{{{name}}}").strip()

    def wait_for(self, text: str) -> str:
        deadline = time.monotonic() + PATIENCE_S
        while text not in (screen := self.screen()):
            assert time.monotonic() < deadline, screen
            time.sleep(0.05)
        return screen

    def close(self) -> None:
        self._tmux("kill-server")

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-u", "-f", "/dev/null", *arguments]
        done = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, check=True, timeout=30
        )
        return done.stdout


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short name: the path of a socket has a limit."""
    made = tempfile.mkdtemp(prefix="ls")
    yield Path(made)
    shutil.rmtree(made)


@pytest.fixture
def card(folder: Path) -> Iterator[SoundCard]:
    """A sound card with a listener."""
    require_portaudio()
    opened = SoundCard(folder)
    yield opened
    opened.close()


@contextlib.contextmanager
def terminal(folder: Path, environment: dict[str, str]) -> Iterator[Terminal]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed, so there is no terminal to drive")
    opened = Terminal(folder, environment)
    try:
        yield opened
    finally:
        opened.close()


LIVE = f"{shlex.quote(sys.executable)} -m latentscore live"


def test_the_whole_command_in_a_terminal(folder: Path) -> None:
    with terminal(folder, {}) as shell:
        shell.type(f"{LIVE} --silent 'rain on a tin roof' --transition 0.5; echo left with $?")
        assert "rain on a tin roof" in shell.wait_for("begins")
        assert shell.state("alternate_on") == "1"
        shell.type("neon city")
        shell.wait_for("neon city comes in")
        shell.keys("Escape")
        shell.keys("Up")
        shell.wait_for("brightness +1")
        shell.keys("q")
        shell.wait_for("left with 0")
        restored(shell)


def test_it_sounds_through_a_device_until_ctrl_c(folder: Path, card: SoundCard) -> None:
    with terminal(folder, card.env) as shell:
        shell.type(f"{LIVE} rain; echo left with $?")
        shell.wait_for("begins")
        deadline = time.monotonic() + PATIENCE_S
        while len(card.heard()) < 4410:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert np.abs(card.heard()).max() > 0.001
        shell.keys("C-c")
        shell.wait_for("left with 0")
        restored(shell)


def test_without_a_device_it_says_so_before_the_screen_opens(folder: Path) -> None:
    (folder / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    with terminal(folder, {"PYTHONPATH": f"{folder}:{ROOT}"}) as shell:
        shell.type(f"{LIVE} rain; echo left with $?")
        assert "PortAudio library is missing" in shell.wait_for("left with 1")


def restored(terminal: Terminal) -> None:
    assert terminal.state("alternate_on") == "0"
    assert terminal.state("cursor_flag") == "1"
    assert terminal.state("mouse_any_flag") == "0"
    terminal.type("clear; stty -a | tr ' ;' '\\n\\n' | grep -cx -e echo -e icanon -e isig")
    terminal.wait_for("3")
