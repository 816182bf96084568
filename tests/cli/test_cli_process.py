"""The command as its own process: no network, no terminal, no writable cache folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import latentscore as ls

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., CompletedProcess[str]]

# What a process runs first when it finds this module on its path.
NO_NETWORK = """
import socket

def refuse(*arguments, **keywords):
    with open("network.log", "a") as log:
        log.write(repr(arguments))
    raise OSError("no network")

for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, refuse)
for name in ("getaddrinfo", "gethostbyname", "create_connection"):
    setattr(socket, name, refuse)
"""
NO_SOUND = "raise OSError('PortAudio library not found')\n"


def bare_machine(folder: Path) -> dict[str, str]:
    """Environment of a machine without network and without PortAudio."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(NO_NETWORK)
    (folder / "sounddevice.py").write_text(NO_SOUND)
    return {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}


def test_the_main_job_without_network_sound_or_terminal(tmp_path: Path, run_python: Run) -> None:
    work = tmp_path / "work"
    work.mkdir()
    environment = bare_machine(tmp_path / "site")
    done = run_python(
        "-W", "error", "-m", "latentscore", "demo", "--duration", "1", cwd=work, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", "no progress line when piped"
    assert "PortAudio library is missing" in done.stdout
    assert os.listdir(work) == ["latentscore-demo.wav"], "the file, and no note of a use of the network"


def test_a_wrong_path_is_told_without_loading_the_synthesizer(tmp_path: Path, run_python: Run) -> None:
    script = (
        "import sys; sys.argv = ['latentscore', 'render', 'rain', '--output', 'missing/rain.wav']\n"
        "from latentscore.cli.main import run\n"
        "try:\n    run()\nfinally:\n    print(sorted({'numba', 'onnxruntime', 'scipy'} & set(sys.modules)))\n"
    )
    done = run_python("-c", script, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.strip() == "[]"
    assert "no folder 'missing'" in done.stderr


HEAVY = {
    "distributed",
    "numba",
    "numpy",
    "onnxruntime",
    "rich",
    "scipy",
    "sounddevice",
    "soundfile",
    "textual",
}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["render", "--help"], ["live", "--help"], ["batch", "--help"]]
)
def test_help_starts_fast_since_it_loads_nothing_heavy(run_python: Run, arguments: list[str]) -> None:
    script = (
        f"import sys; sys.argv = {['latentscore', *arguments]!r}\n"
        "from latentscore.cli.main import run\n"
        f"try:\n    run()\nfinally:\n    print(sorted({HEAVY!r} & set(sys.modules)))\n"
    )
    done = run_python("-c", script)
    assert done.returncode == 0, done.stderr
    assert "latentscore" in done.stdout, "an example"
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_shell_completes_commands_and_options(run_python: Run) -> None:
    def completed(*words: str) -> str:
        environment = {
            "_LATENTSCORE_COMPLETE": "complete_bash",
            "COMP_WORDS": " ".join(words),
            "COMP_CWORD": str(len(words) - 1),
        }
        script = "import sys; sys.argv[0] = 'latentscore'\nfrom latentscore.cli.main import run; run()"
        done = run_python("-c", script, env=environment)
        assert done.stderr == ""
        return done.stdout

    assert set(completed("latentscore", "re").split()) == {"render", "replay"}
    assert "--sample-rate" in completed("latentscore", "render", "--sa").split()


def read_only_install(folder: Path) -> dict[str, str]:
    """A copy of the package beside which nothing can be cached, not even by root, and a home that is none.

    A file in the place of each `__pycache__` folder does what a read-only disk does.
    """
    shutil.copytree(
        ROOT / "latentscore", folder / "latentscore", ignore=shutil.ignore_patterns("__pycache__")
    )
    for path in [folder / "latentscore", *(folder / "latentscore").rglob("*")]:
        if path.is_dir():
            (path / "__pycache__").write_text("not a folder")
    blocked = folder / "blocked"
    blocked.write_text("not a folder")
    nowhere = str(blocked / "cache")
    return {
        "PYTHONPATH": str(folder),
        "NUMBA_CACHE_DIR": nowhere,
        "HOME": nowhere,
        "XDG_CACHE_HOME": nowhere,
        "LOCALAPPDATA": nowhere,
    }


def test_where_no_cache_folder_is_writable_it_still_runs(tmp_path: Path, run_python: Run) -> None:
    environment = read_only_install(tmp_path)
    script = (
        "import logging\n"
        "logging.basicConfig(level=logging.DEBUG, format='%(name)s %(message)s')\n"
        "logging.getLogger('numba').setLevel(logging.WARNING)\n"
        "from latentscore.cli.main import build\n"
        "build()(['render', 'rain', '--duration', '0.5', '--output', 'rain.wav'], standalone_mode=False)\n"
        "from latentscore.cli.doctor import _kernels\n"
        "print(_kernels().status)\n"
    )
    work = tmp_path / "work"
    work.mkdir()
    done = run_python("-W", "error", "-c", script, cwd=work, env=environment)
    assert done.returncode == 0, done.stderr
    ls.render("rain", duration=0.5, channels=2).save(tmp_path / "cached.wav")
    assert (work / "rain.wav").read_bytes() == (tmp_path / "cached.wav").read_bytes(), (
        "cached or not, the same"
    )
    assert done.stdout.splitlines()[-1] == "note", "doctor tells that nothing is cached"
    assert done.stderr.count("compiled anew") == 1, "said once, at debug level"
    assert not list(tmp_path.rglob("*.nbi"))
