"""`doctor`: what a script may rely on, and what becomes of a check that fails."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import latentscore as ls
from latentscore.cli import doctor

Command = Callable[..., Any]

EXTRAS = ("external:<litellm id>", "expressive", "musicgen:<folder or hub id>")


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No key in the environment, nothing downloaded."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def test_the_report_for_scripts(command: Command) -> None:
    done = command("doctor", "--json")
    assert (done.code, done.err) == (0, "")
    report = json.loads(done.out)
    assert set(report) == {"packages", "encoder", "library", "kernels", "sound", "models"}
    assert report["library"]["entries"] == len(ls.library())
    assert report["packages"]["versions"]["numpy"]
    assert {"fast", "neural"} <= set(report["models"]["usable"])
    assert {finding["status"] for finding in report.values()} <= {"ok", "note"}
    states = report["models"]["models"]
    assert all(state["usable"] != bool(state["reason"]) for state in states.values())
    assert all(
        "pip install" in states[name]["reason"] or "download" in states[name]["reason"] for name in EXTRAS[1:]
    )


def test_each_model_says_what_it_lacks(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("litellm", "transformers"):
        monkeypatch.setitem(sys.modules, package, None)
    done = command("doctor")
    assert done.code == 0, "an extra that is not there is no fault"
    told = {line.split(": ", 1)[0].strip(): line for line in done.out.splitlines() if line.startswith("  ")}
    for name, extra in zip(EXTRAS, ("external", "expressive", "musicgen"), strict=True):
        assert "missing" in told[name]
        assert f"latentscore[{extra}]" in told[name]


@pytest.mark.skipif(not find_spec("litellm"), reason='needs litellm: pip install "latentscore[external]"')
def test_a_key_is_seen_but_never_shown(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    done = command("doctor", "--json")
    assert "sk-very-secret" not in done.out
    external = json.loads(done.out)["models"]["models"][EXTRAS[0]]
    assert external["usable"]
    assert "OPENAI_API_KEY" in external["detail"]
    offline = json.loads(command("doctor", "--json", "--offline").out)["models"]
    assert EXTRAS[0] not in offline["usable"]
    assert "network" in offline["models"][EXTRAS[0]]["reason"]
    assert {"fast", "neural"} <= set(offline["usable"])


def test_downloaded_models_are_usable(command: Command, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason='needs torch: pip install "latentscore[expressive]"')
    pytest.importorskip("transformers", reason='needs transformers: pip install "latentscore[expressive]"')
    pytest.importorskip("llguidance", reason='needs llguidance: pip install "latentscore[expressive]"')
    from latentscore.vibe.expressive import DEFAULT_HUB_ID

    for hub_id, kind in (
        (DEFAULT_HUB_ID, "gemma3_text"),
        ("some/music", "musicgen"),
        ("half/music", "musicgen"),
    ):
        repository = tmp_path / "hub" / f"models--{hub_id.replace('/', '--')}"
        snapshot = repository / "snapshots" / ("0" * 40)
        snapshot.mkdir(parents=True)
        (repository / "refs").mkdir()
        (repository / "refs" / "main").write_text("0" * 40)
        (snapshot / "config.json").write_text(json.dumps({"model_type": kind}))
        (snapshot / "tokenizer.json").touch()
        if hub_id != "half/music":
            (snapshot / "model.safetensors").touch()
    models = json.loads(command("doctor", "--json").out)["models"]
    assert set(EXTRAS[1:]) <= set(models["usable"])
    assert models["models"]["expressive"]["detail"] == DEFAULT_HUB_ID
    assert models["models"][EXTRAS[2]]["detail"] == "some/music"


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
    def broken() -> Any:
        raise ls.ModelNotAvailableError("the library is damaged; reinstall latentscore")

    monkeypatch.setitem(doctor.CHECKS, "library", broken)
    done = command("doctor")
    assert done.code == 1
    (line,) = [line for line in done.out.splitlines() if line.startswith("FAIL")]
    assert "library" in line
    assert "reinstall" in line
    assert len([line for line in done.out.splitlines() if line[0] != " "]) == len(doctor.CHECKS) + 1


def test_a_model_of_the_package_that_fails_is_a_problem(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(name: str) -> Any:
        raise ls.ModelNotAvailableError("the network's file is stale")

    monkeypatch.setattr("latentscore.vibe.shipped.shipped_model", broken)
    done = command("doctor", "--json")
    assert done.code == 1
    models = json.loads(done.out)["models"]
    assert models["status"] == "problem"
    assert "stale" in models["models"]["neural"]["reason"]
