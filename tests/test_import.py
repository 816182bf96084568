"""`import latentscore`: cheap, complete, and the same for type checkers as at run time."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import latentscore

Run = Callable[..., CompletedProcess[str]]

HEAVY = {
    "litellm",
    "llvmlite",
    "matplotlib",
    "numba",
    "numpy",
    "onnxruntime",
    "pydantic",
    "rich",
    "scipy",
    "sentence_transformers",
    "sounddevice",
    "soundfile",
    "tokenizers",
    "torch",
    "transformers",
    "typer",
}


def _type_checking_imports(path: Path) -> dict[str, set[str]]:
    """Module → names imported under the file's `if TYPE_CHECKING:`."""
    found: dict[str, set[str]] = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for statement in node.body:
                assert isinstance(statement, ast.ImportFrom)
                assert statement.module
                found.setdefault(statement.module, set()).update(alias.name for alias in statement.names)
    return found


def test_import_loads_nothing_heavy(run_python: Run) -> None:
    script = (
        "import sys, json; before = set(sys.modules); import latentscore; "
        "print(json.dumps(sorted({m.split('.')[0] for m in set(sys.modules) - before})))"
    )
    done = run_python("-c", script)
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout))
    assert "latentscore" in loaded
    assert not loaded & HEAVY


def test_listing_names_loads_nothing_heavy(run_python: Run) -> None:
    script = (
        "import sys, latentscore; assert 'render' in dir(latentscore); "
        "latentscore.LatentScoreError; latentscore.RenderHooks; "
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = run_python("-c", script)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_import_has_no_side_effects(run_python: Run) -> None:
    script = (
        "import logging, os, threading; environment = dict(os.environ); import latentscore; "
        "assert dict(os.environ) == environment; assert threading.active_count() == 1; "
        "assert not logging.getLogger().handlers; assert not logging.getLogger('latentscore').handlers"
    )
    done = run_python("-W", "error", "-c", script)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", latentscore.__all__)
def test_every_public_name_resolves_and_says_what_it_is(name: str) -> None:
    value = getattr(latentscore, name)
    assert name in dir(latentscore)
    if callable(value) and hasattr(value, "__module__") and value.__module__.startswith("latentscore"):
        assert value.__doc__, f"{name} has no docstring"


def test_type_checkers_see_the_lazy_table() -> None:
    table = {owner: set(names) for owner, names in latentscore._OWNERS.items()}
    assert _type_checking_imports(Path(latentscore.__file__)) == table


def test_no_name_has_two_owners() -> None:
    names = [name for names in latentscore._OWNERS.values() for name in names]
    assert len(names) == len(set(names))
    assert set(latentscore.__all__) == {"__version__", *names}


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"latentscore.*'rendre'"):
        latentscore.rendre  # noqa: B018


def test_star_import(run_python: Run) -> None:
    script = "from latentscore import *; print(render.__name__, Audio.__name__, __version__)"
    done = run_python("-W", "error", "-c", script)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["render", "Audio", latentscore.__version__]


def test_a_public_name_is_not_hidden_by_a_folder_of_that_name() -> None:
    code = (
        "import latentscore.score.composer, latentscore as ls; assert callable(ls.score);"
        "from latentscore import score; assert callable(score)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
