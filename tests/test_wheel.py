"""The wheel: built, installed in a fresh environment with its dependencies, and run from another folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import soundfile

import latentscore

ROOT = Path(__file__).resolve().parents[1]
BIN = "Scripts" if sys.platform == "win32" else "bin"

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run to the end, without this environment's paths; fail with what was printed."""
    environment = {
        name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}
    }
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the working tree."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("latentscore-*.whl")
    return built


def test_what_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (metadata_name,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        metadata = archive.read(metadata_name).decode("utf-8")
    shipped = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "latentscore").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    info = metadata_name.rsplit("/", 1)[0]
    assert names - shipped == {
        *(f"{info}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt")),
        *(f"{info}/licenses/{name}" for name in ("LICENSE", "NOTICE")),
    }
    assert shipped <= names, "every file of the package is in it: code, weights, library, py.typed"
    assert "latentscore/py.typed" in names
    assert f"Version: {latentscore.__version__}" in metadata
    assert "License-Expression: Apache-2.0" in metadata
    required = [
        line for line in metadata.splitlines() if line.startswith("Requires-Dist") and "extra" not in line
    ]
    assert not any("torch" in line for line in required)


def test_the_wheel_in_a_fresh_environment(wheel: Path, tmp_path: Path) -> None:
    environment, elsewhere = tmp_path / "environment", tmp_path / "elsewhere"
    elsewhere.mkdir()
    run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=tmp_path)
    python = environment / BIN / "python"
    pip = (sys.executable, "-m", "pip", "--python", python)
    run(*pip, "install", "--quiet", "--no-compile", wheel, cwd=elsewhere)
    run(*pip, "check", cwd=elsewhere)

    done = run(
        environment / BIN / "latentscore", "demo", "--duration", "2", "--output", "demo.wav", cwd=elsewhere
    )
    assert "Wrote demo.wav: 2 s" in done.stdout
    assert soundfile.info(elsewhere / "demo.wav").frames == 2 * 44100

    script = "import latentscore, sys; print(latentscore.__file__); print('torch' in sys.modules)"
    told = run(python, "-c", script, cwd=elsewhere).stdout.splitlines()
    assert Path(told[0]).is_relative_to(environment)
    assert not list((environment).rglob("site-packages/torch"))
