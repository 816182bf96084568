"""The commands that help and docs show: each one is understood as it is written."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from latentscore.cli.live_screen import NUDGES
from latentscore.cli.main import COMMANDS, build

Command = Callable[..., Any]
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "command-line.md").read_text("utf-8")
BLOCKS = "\n".join(re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL))


def understood(line: str) -> None:
    """Parse a command without running it. Wrong options and arguments raise."""
    program, name, *arguments = shlex.split(line)
    assert program == "latentscore"
    group: Any = get_command(build([name]))
    found = group.get_command(group.make_context("latentscore", [name]), name)
    found.make_context(name, arguments)


def test_every_command_of_the_page_is_understood() -> None:
    lines = [line for line in BLOCKS.splitlines() if line]
    assert len(lines) > 15
    for line in lines:
        understood(line)
    with pytest.raises(Exception, match="--loud"):
        understood("latentscore render rain --loud")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_an_example_that_is_understood(command: Command, name: str) -> None:
    shown = re.findall(
        rf"^ *(?:Example: )?(latentscore {name}\b.*)$", command(name, "--help").out, re.MULTILINE
    )
    examples = [line for line in shown if "[OPTIONS]" not in line]
    assert examples
    for example in examples:
        understood(example)


def test_the_page_tells_of_every_command_and_key() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    assert set(COMMANDS) <= rows
    keys: dict[str, list[str]] = {}
    for field, _, written in NUDGES.values():
        keys.setdefault(field, []).append(f"`{written}`" if written.isalpha() else written)
    for field, (more, less) in keys.items():
        assert f"| {more} {less} | {field}" in PAGE
