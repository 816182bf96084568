"""The command `doctor`: what of LatentScore works on this machine, and what to do about the rest."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib import metadata
from typing import Annotated, Any, Literal

import typer

Status = Literal["ok", "note", "problem"]

_PACKAGES = ("numpy", "scipy", "numba", "onnxruntime", "tokenizers", "pydantic", "soundfile", "sounddevice")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. A `note` is no fault: something optional is not there."""

    name: str
    status: Status
    message: str
    details: dict[str, Any] = field(default_factory=dict[str, Any])
    """More for scripts."""
    more: tuple[str, ...] = ()
    """More lines for people."""


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a script.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 on notes too, such as no sound device.")
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Count only models that need no network.")
    ] = False,
) -> None:
    """Show what works here, and what to do about the rest.

    Packages, encoder, library, kernels, sound device and every model.

    Example: latentscore doctor --json
    """
    checks = {**CHECKS, "models": partial(_models, offline)}
    findings = [_guarded(name, check) for name, check in checks.items()]
    if as_json:
        report = {
            f.name: {"name": f.name, "status": f.status, "message": f.message} | f.details for f in findings
        }
        typer.echo(json.dumps(report, indent=2))
    else:
        marks = {"ok": "ok  ", "note": "note", "problem": "FAIL"}
        for finding in findings:
            typer.echo(f"{marks[finding.status]}  {finding.name:10} {finding.message}")
            for line in finding.more:
                typer.echo(f"{'':16} {line}")
        if offline:
            typer.echo("Nothing that is ok above needs a network.")
    bad = {"problem", "note"} if strict else {"problem"}
    if any(finding.status in bad for finding in findings):
        raise typer.Exit(1)


def _guarded(name: str, check: Callable[[], Finding]) -> Finding:
    """A check that itself fails is a finding, so that the others are still told."""
    try:
        return check()
    except Exception as error:
        return Finding(name, "problem", f"{type(error).__name__}: {error}")


def _packages() -> Finding:
    versions = {name: metadata.version(name) for name in _PACKAGES}
    listed = ", ".join(f"{name} {version}" for name, version in versions.items())
    return Finding("packages", "ok", f"Python {platform.python_version()}, {listed}", {"versions": versions})


def _encoder() -> Finding:
    from latentscore.vibe.retrieval import fast_model

    fast_model().resolve("rain on a tin roof")
    return Finding("encoder", "ok", "a vibe is embedded and matched")


def _library() -> Finding:
    from latentscore.vibe.library import load_library

    n_entries = len(load_library())
    return Finding("library", "ok", f"{n_entries} entries", {"entries": n_entries})


def _kernels() -> Finding:
    from latentscore.engine.warmup import cache_folder, warm

    warm()
    folder = cache_folder()
    if folder is None:
        return Finding(
            "kernels", "note", "compiled, but no cache folder is writable: every start compiles anew"
        )
    return Finding("kernels", "ok", f"compiled and cached in {folder}", {"cache": str(folder)})


def _sound() -> Finding:
    from latentscore.errors import PlaybackError
    from latentscore.output.device import default_output_device

    try:
        name = default_output_device()
    except PlaybackError as error:
        return Finding("sound", "note", str(error), {"device": None})
    return Finding("sound", "ok", name, {"device": name})


def _models(offline: bool) -> Finding:
    from latentscore.cli.model_states import model_states

    states = model_states(offline)
    usable = [state.name for state in states if state.usable]
    broken = [state for state in states if state.name in ("fast", "neural") and not state.usable]
    return Finding(
        "models",
        "problem" if broken else "ok",  # the others are extras: lacking one is no fault
        f"usable: {', '.join(usable) or 'none'}",
        {
            "usable": usable,
            "models": {state.name: asdict(state) | {"usable": state.usable} for state in states},
        },
        tuple(
            f"{state.name}: {state.reason or state.detail}"
            for state in states
            if state.reason or state.detail
        ),
    )


CHECKS: dict[str, Callable[[], Finding]] = {
    "packages": _packages,
    "encoder": _encoder,
    "library": _library,
    "kernels": _kernels,
    "sound": _sound,
}
"""What is looked at, by name, beside the models."""
