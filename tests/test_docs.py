"""The documentation is true: its examples run, the site builds, and the page of fields is that of the package."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
RUN = ("index", "first-sound", "how-it-works", "games", "installations", "web-servers")
"""Pages whose examples are run here, one after another, as a reader would."""


def blocks(page: Path) -> list[str]:
    """Fenced Python blocks of a page."""
    return re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("name", RUN)
def test_the_examples_of_a_page_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = blocks(DOCS / f"{name}.md")
    assert found
    namespace: dict[str, object] = {"__name__": "__main__"}
    for block in found:
        exec(compile(block, f"{name}.md", "exec"), namespace)


def test_the_examples_of_all_pages_are_well_typed(tmp_path: Path) -> None:
    """Blocks of a page build on each other; those of the gallery are configs, to be pasted."""
    for page in DOCS.glob("*.md"):
        if found := blocks(page):
            head = "from latentscore import *\n" if page.stem == "palette" else "import latentscore as ls\n"
            (tmp_path / f"page_{page.stem.replace('-', '_')}.py").write_text(head + "\n\n".join(found))
    (tmp_path / "pyrightconfig.json").write_text(
        '{"typeCheckingMode": "basic", "reportUnsupportedDunderAll": false, "reportOptionalMemberAccess": false,'
        ' "reportWildcardImportFromLibrary": false, "reportUnusedExpression": false, "reportMissingImports": false,'
        ' "reportRedeclaration": false, "reportUnusedCoroutine": false}'
    )
    command = [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, "-p", str(tmp_path)]
    checked = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "error:" not in checked.stdout, checked.stdout


def test_the_page_of_fields_is_that_of_the_package() -> None:
    spec = importlib.util.spec_from_file_location("make_fields", DOCS / "make_fields.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    assert (DOCS / "fields.md").read_text("utf-8") == made.page(), "run `python docs/make_fields.py`"


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs", reason="the extra `docs` is not installed")
    pytest.importorskip("mkdocstrings", reason="the extra `docs` is not installed")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "reference" / "index.html").is_file()
