"""`doctor`: what a script may rely on, and what becomes of a check that fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import latentscore as ls
from latentscore.cli import doctor

Command = Callable[..., Any]


def test_the_report_for_scripts(command: Command) -> None:
    done = command("doctor", "--json")
    assert (done.code, done.err) == (0, "")
    report = json.loads(done.out)
    assert set(report) == {"packages", "encoder", "library", "kernels", "sound", "models"}
    assert report["library"]["entries"] == len(ls.library())
    assert report["packages"]["versions"]["numpy"]
    assert "fast" in report["models"]["usable"]
    assert {finding["status"] for finding in report.values()} <= {"ok", "note"}


def test_no_sound_device_is_a_note_and_strict_minds_it(command: Command) -> None:
    done = command("doctor")
    assert done.code == 0
    (line,) = [line for line in done.out.splitlines() if " sound " in line]
    assert line.startswith("note")
    assert "save()" in line, "a remedy"
    assert command("doctor", "--strict").code == 1


def test_offline_says_that_nothing_needs_a_network(command: Command) -> None:
    done = command("doctor", "--offline")
    assert done.code == 0
    assert "network" in done.out.splitlines()[-1]


def test_a_check_that_fails_is_told_beside_the_others(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def _library() -> Any:
        raise ls.ModelNotAvailableError("the library is damaged; reinstall latentscore")

    checks = tuple(_library if check.__name__ == "_library" else check for check in doctor.CHECKS)
    monkeypatch.setattr(doctor, "CHECKS", checks)
    done = command("doctor")
    assert done.code == 1
    (line,) = [line for line in done.out.splitlines() if line.startswith("FAIL")]
    assert "library" in line
    assert "reinstall" in line
    assert len(done.out.splitlines()) == len(checks)
