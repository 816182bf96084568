"""The README is true: its table is the table of fields, its examples run, its links lead somewhere."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from latentscore.config import FIELDS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
HEAD = ["| field | labels | what it does |", "|---|---|---|"]
GROUPS = {"mix": "Mix", "key": "Key", "layer": "Layers", "finer": "Finer points of the composition"}


def field_tables() -> str:
    """Return the tables of fields in Markdown, one a group."""
    tables: list[str] = []
    for group, title in GROUPS.items():
        rows = [
            f"| `{name}` | {_labels(name)} | {field.help} |"
            for name, field in FIELDS.items()
            if field.group == group
        ]
        tables.append("\n".join([f"**{title}**", "", *HEAD, *rows]))
    return "\n\n".join(tables)


def _labels(name: str) -> str:
    field = FIELDS[name]
    written = [
        f"**`{_shown(label)}`**" if label == field.default else f"`{_shown(label)}`" for label in field.labels
    ]
    return " ".join(written)


def _shown(label: object) -> str:
    return label if isinstance(label, str) else repr(label)


def blocks(language: str) -> list[str]:
    """Fenced blocks of one language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def commands() -> list[list[str]]:
    """Arguments of every `latentscore` command in the README."""
    lines = [line for block in blocks("bash") for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("latentscore ")]


class Silence(ModuleType):
    """The module `sounddevice` where there is no device."""

    class PortAudioError(Exception):
        """What it raises."""

    def OutputStream(self, **settings: Any) -> None:  # noqa: N802 - sounddevice's own name
        """Refuse."""
        raise self.PortAudioError("no device")

    query_devices = OutputStream


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working folder on a machine without sound."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "sounddevice", Silence("sounddevice"))


def test_the_field_tables_are_those_of_the_package() -> None:
    written = README.split("<!-- fields: begin -->\n")[1].split("\n<!-- fields: end -->")[0]
    assert written.strip() == field_tables()


@pytest.mark.parametrize("block", blocks("python"), ids=lambda block: block.splitlines()[-1].strip()[:40])
def test_the_examples_run(block: str) -> None:
    exec(compile(block, "README.md", "exec"), {"__name__": "__main__"})


def test_there_are_examples_and_commands() -> None:
    assert len(blocks("python")) >= 6
    assert {arguments[0] for arguments in commands()} == {"demo", "render", "explain", "doctor", "warm"}


@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_the_commands_run(arguments: list[str]) -> None:
    from latentscore.cli.main import app

    app(arguments, standalone_mode=False)


def test_links_lead_somewhere() -> None:
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTE.md", *(ROOT / "docs").glob("*.md")]
    for document in documents:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text("utf-8")):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name}: {target}"
