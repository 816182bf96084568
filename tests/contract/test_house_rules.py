"""House rules that a script can check: short files, a purpose in the first line, one test command."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("latentscore", "tests", "data_work", "benchmarks", "examples")
MAX_LINES = 400

FILES = [
    path.relative_to(ROOT)
    for path in (*ROOT.glob("*.py"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")))
]


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_file_is_short_and_says_what_it_owns(path: Path) -> None:
    source = (ROOT / path).read_text("utf-8")
    assert source.count("\n") < MAX_LINES
    if not source.strip() and path.name == "__init__.py" and path.parts[0] != "latentscore":
        return  # only marks a folder of scripts as importable
    docstring = ast.get_docstring(ast.parse(source))
    assert docstring, "a module's first statement is a docstring"
    first = docstring.splitlines()[0]
    assert len(first) > 15, f"{first!r} says too little"
    assert first.endswith((".", ":", "…", "?")), f"{first!r} is cut off; the purpose fits in the first line"


def test_test_files_have_unlike_names() -> None:
    # pytest imports tests as top-level modules, so that two of one name would collide
    names = [
        path.name
        for path in FILES
        if path.parts[0] == "tests" and path.name not in {"__init__.py", "conftest.py"}
    ]
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)


def _test_command() -> str:
    blocks = re.findall(r"```(?:bash|sh)\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.rstrip().endswith("check.py")]
    assert len(lines) == 1, lines
    return lines[0].strip()


def test_ci_runs_the_command_of_the_readme() -> None:
    commands = [
        line
        for line in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
        if line.strip() and not line.startswith(("#", "set ", "cd "))
    ]
    assert commands == [_test_command()]
