"""The layers: a package imports only from rows below its own, wherever in a file the import stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "latentscore"

ROWS = (
    ("errors", "types", "events", "hooks", "randomness", "freezing", "markup", "drawing", "progress"),
    ("config", "theory", "dsp", "downloads", "pretrained"),
    ("score", "instruments", "effects"),
    ("engine", "vibe"),
    ("output",),
    ("audio", "scores", "backends"),
    ("stream", "rendering"),
    ("api", "streams", "batching", "dx", "game_sets", "replaying", "__init__"),
    ("cli", "__main__", "server", "ui", "mcp"),
)
"""The table of docs/architecture.md: what stands in a row may import from the rows before it."""

ROW_OF = {unit: row for row, units in enumerate(ROWS) for unit in units}

# Modules that only pass on what a unit of their own row offers.
DOORS = {("__main__", "cli"), ("dx", "streams")} | {
    ("__init__", unit) for unit in ("api", "dx", "game_sets", "replaying", "streams")
}

# `from latentscore import __version__` reads a constant of a module that imports nothing.
CONSTANTS = {"__version__"}


def unit_of(module: str) -> str:
    """`latentscore.score.clock` belongs to `score`; `latentscore` itself to `__init__`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imported_units(source: str, module: str, is_package: bool) -> Iterator[tuple[int, str]]:
    """Line and unit of every import of this package, those in functions and under TYPE_CHECKING included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (
                (node.lineno, unit_of(alias.name))
                for alias in node.names
                if alias.name.split(".")[0] == "latentscore"
            )
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            if node.level:
                parents = module.split(".")
                kept = parents[: len(parents) - node.level + (1 if is_package else 0)]
                origin = ".".join([*kept, *filter(None, [origin])])
            if origin == "latentscore":
                for alias in node.names:
                    if alias.name in CONSTANTS:
                        continue
                    yield node.lineno, alias.name if alias.name in ROW_OF else "__init__"
            elif origin.startswith("latentscore."):
                yield node.lineno, unit_of(origin)
        elif isinstance(node, ast.Call) and _called(node) in {"import_module", "__import__"}:
            yield from ((node.lineno, unit_of(name)) for name in _module_names(node))


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _module_names(call: ast.Call) -> list[str]:
    written = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    return [name for name in written if isinstance(name, str) and name.startswith("latentscore")]


def violations(source: str, module: str, is_package: bool = False) -> list[str]:
    """What a module imports that it may not, one sentence each."""
    own = unit_of(module)
    row = ROW_OF[own]
    return [
        f"{module}, line {line}: {own} (row {row}) imports {unit} (row {ROW_OF.get(unit, '?')})"
        for line, unit in imported_units(source, module, is_package)
        if unit != own and ROW_OF.get(unit, 99) >= row and (own, unit) not in DOORS
    ]


def _modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_every_module_has_a_row() -> None:
    units = {unit_of(_name_of(path)) for path in _modules()}
    assert units <= set(ROW_OF), f"no row for {sorted(units - set(ROW_OF))}"


def test_modules_import_only_from_rows_below() -> None:
    found = [
        sentence
        for path in _modules()
        for sentence in violations(path.read_text("utf-8"), _name_of(path), path.name == "__init__.py")
    ]
    assert not found, "\n".join(found)


def test_the_package_root_reaches_only_up_to_its_own_row() -> None:
    import latentscore

    owners = {unit_of(owner) for owner in latentscore._OWNERS}
    assert all(ROW_OF[unit] <= ROW_OF["__init__"] for unit in owners), owners


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("latentscore.vibe.retrieval", "from latentscore.engine.render import render_config"),
        ("latentscore.engine.layer", "from latentscore.vibe import text"),
        ("latentscore.dsp.noise", "def f():\n    from latentscore.score import clock"),
        (
            "latentscore.errors",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import latentscore.config",
        ),
        ("latentscore.config.model", "from latentscore.dsp import ticks"),
        ("latentscore.config.model", "from ..theory import pitch"),
        ("latentscore.output.files", "from latentscore import audio"),
        ("latentscore.engine.mix", "import latentscore as ls"),
        ("latentscore.audio", "from importlib import import_module\nimport_module('latentscore.api')"),
        ("latentscore.score.form", "from latentscore.nowhere import thing"),
    ],
)
def test_a_forbidden_import_is_found(module: str, source: str) -> None:
    assert len(violations(source, module)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("latentscore.engine.layer", "from latentscore.score import clock\nimport latentscore.dsp.ticks"),
        ("latentscore.config.model", "from .fields import FIELDS\nfrom latentscore.config import share"),
        ("latentscore.cli.main", "from latentscore import __version__\nimport latentscore as ls"),
        ("latentscore.audio", "import numpy\nfrom latentscore.output import files"),
    ],
)
def test_an_allowed_import_is_not(module: str, source: str) -> None:
    assert violations(source, module) == []
