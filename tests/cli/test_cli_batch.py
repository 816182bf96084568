"""`batch`: exact after kills, on this machine and on a Dask cluster; bad lines are told and stop nothing."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import latentscore as ls
from latentscore.batching.manifest import sha256_of
from latentscore.batching.plan import BadLine, Task, read_plan
from latentscore.batching.run import run_batch

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
Command = Callable[..., Any]

N_LINES = 40
PATIENCE_S = 600.0  # for machines with much other work
CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


def lines(*objects: Any) -> str:
    return "".join(json.dumps(one) + "\n" for one in objects)


def forty() -> list[dict[str, Any]]:
    """Texts, configs, blends, updates, and two lines that must fail."""
    wanted: list[dict[str, Any]] = [
        {"id": f"take-{k}", "vibe": f"rain on roof number {k}", "duration": 0.2, "seed": k}
        for k in range(N_LINES)
    ]
    wanted[3] = {"id": "take-3", "config": {"tempo": "slow"}, "duration": 0.2, "channels": 2}
    wanted[5] = {"vibe": {"rain": 0.7, "neon city": 0.3}, "duration": 0.2, "update": {"space": {"steps": 1}}}
    wanted[7] = {"id": "take-7", "vibe": " ", "duration": 0.2}
    wanted[9] = {"id": "../take-9", "vibe": "rain"}
    return wanted


def manifest_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def dask_address() -> Iterator[str]:
    """A scheduler with two worker processes, in a process that may use the network of this machine."""
    with subprocess.Popen(
        [sys.executable, "-c", CLUSTER],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as cluster:
        assert cluster.stdin
        assert cluster.stdout
        yield cluster.stdout.readline().strip()
        cluster.stdin.close()


def start(source: Path, folder: Path, scheduler: str | None) -> subprocess.Popen[str]:
    options = ["--jobs", "2"] if scheduler is None else ["--scheduler", scheduler]
    return subprocess.Popen(
        [sys.executable, "-m", "latentscore", "batch", str(source), "--out", str(folder), *options],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kill_at(process: subprocess.Popen[str], folder: Path, n_entries: int) -> None:
    """Kill when the manifest has so many lines. Returns when the workers, who share its pipes, have ended too."""
    path, deadline = folder / "manifest.jsonl", time.monotonic() + PATIENCE_S
    while not path.exists() or path.read_bytes().count(b"\n") < n_entries:
        assert process.poll() is None, "ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.kill()
    process.communicate(timeout=PATIENCE_S)


def assert_exact(folder: Path) -> None:
    """The manifest tells of every line once, in order, and of every file as it is; nothing else lies there."""
    entries = manifest_of(folder)
    assert [entry["line"] for entry in entries] == list(range(1, N_LINES + 1))
    assert [entry["line"] for entry in entries if entry["status"] == "failed"] == [8, 10]
    done = [entry for entry in entries if entry["status"] == "done"]
    assert len({entry["id"] for entry in done}) == N_LINES - 2
    assert {entry["file"]: entry["sha256"] for entry in done} == {
        path.name: sha256_of(path) for path in folder.glob("*.wav")
    }
    assert sorted(os.listdir(folder)) == sorted([*(entry["file"] for entry in done), "manifest.jsonl"])


def written_at(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("*.wav")}


def interrupted_twice(source: Path, folder: Path, scheduler: str | None) -> None:
    """Run a batch to its end with two kills on the way, and see that it is exact."""
    source.write_text(lines(*forty()), "utf-8")
    kill_at(start(source, folder, scheduler), folder, 8)
    with (folder / "manifest.jsonl").open("ab") as journal:
        journal.write(b'{"line": 1, "id": "take-0", "sta')  # as a kill in the middle of a line leaves it
    kill_at(start(source, folder, scheduler), folder, 22)
    before = written_at(folder)
    kept = {entry["file"] for entry in manifest_of(folder) if entry["status"] == "done"}
    last = start(source, folder, scheduler)
    out, err = last.communicate(timeout=PATIENCE_S)
    assert last.returncode == 1, err  # two lines are bad
    assert_exact(folder)
    after = written_at(folder)
    assert {name for name in kept if after[name] != before[name]} == set(), "rendered twice"
    assert len(kept) >= 20
    assert f"Rendered {N_LINES - 2 - len(kept)}, {len(kept)} were there already, 2 failed" in out


def test_killed_twice_and_resumed_it_is_exact(command: Command, tmp_path: Path) -> None:
    source, folder = tmp_path / "vibes.jsonl", tmp_path / "new" / "out"
    interrupted_twice(source, folder, None)

    blend = ls.render(
        {"rain": 0.7, "neon city": 0.3}, duration=0.2, update=ls.MusicConfigUpdate(space=ls.Step(1))
    )
    blend.save(tmp_path / "blend.wav")
    entry = manifest_of(folder)[5]
    assert (folder / "000006.wav").read_bytes() == (tmp_path / "blend.wav").read_bytes()
    assert (entry["seed"], ls.MusicConfig.model_validate(entry["config"])) == (blend.seed, blend.config)

    before, wanted = written_at(folder), forty()
    (folder / "take-1.wav").write_bytes(b"damaged")
    wanted[2]["seed"] = 99
    source.write_text(lines(*wanted), "utf-8")
    done = command("batch", str(source), "--out", str(folder), "--jobs", "1", "--json")
    assert (done.code, done.err) == (1, "")
    report = json.loads(done.out)
    assert (report["rendered"], report["kept"]) == (2, N_LINES - 4)
    assert [one["line"] for one in report["failed"]] == [8, 10]
    assert_exact(folder)
    after = written_at(folder)
    assert {name for name in after if after[name] != before[name]} == {"take-1.wav", "take-2.wav"}


def test_the_same_on_a_dask_cluster(tmp_path: Path, dask_address: str) -> None:
    interrupted_twice(tmp_path / "vibes.jsonl", tmp_path / "out", dask_address)


def test_a_worker_that_dies_is_told_and_what_is_finished_is_kept(tmp_path: Path) -> None:
    source, folder = tmp_path / "vibes.jsonl", tmp_path / "out"
    source.write_text(lines(*({"id": f"v{k}", "vibe": f"{k}", "duration": 0.2} for k in range(8))), "utf-8")

    def kill_workers(n_done: int, n_lines: int) -> None:
        if n_done == 2:
            for worker in multiprocessing.active_children():
                worker.kill()

    with pytest.raises(ls.LatentScoreError, match="a worker process died"):
        run_batch(source, folder, jobs=1, on_progress=kill_workers)
    assert len(manifest_of(folder)) >= 2
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"{", "not a JSON object"),
        (b"[" * 100_000, "not a JSON object"),
        (b'{"vibe": "\xff"}', "not a JSON object"),
        (b"[1]", "JSON object of render's keywords"),
        (b"{}", "a vibe or a config"),
        (b'{"vibe": 7}', "vibe must be"),
        (b'{"vibe": "rain", "duration": NaN}', "duration must be"),
        (b'{"vibe": "rain", "duration": "long"}', "duration must be"),
        (b'{"vibe": "rain", "variants": 2}', "'variants'"),
        (b'{"vibe": "rain", "hooks": {}}', "'hooks'"),
        (b'{"vibe": "rain", "channels": 3}', "channels must be"),
        (b'{"vibe": "rain", "config": {"tempo": "quick"}}', "tempo must be"),
        (b'{"vibe": "rain", "config": "ls1:???"}', "share"),
        (b'{"vibe": "rain", "config": 3}', "config must be"),
        (b'{"vibe": "rain", "update": {"tempo": {"steps": "x"}}}', "Step must be"),
        (b'{"vibe": "rain", "fallback": {"tempo": "quick"}}', "tempo must be"),
        (b'{"vibe": "rain", "fallback": "sing"}', "fallback must be"),
        (b'{"vibe": "rain", "model": "nonsense"}', "model must be"),
        (b'{"vibe": "rain", "id": "a/b"}', "id must be"),
        (b'{"vibe": "rain", "id": ""}', "id must be"),
        (b'{"vibe": "rain", "id": "nul.x"}', "id must be"),
        (b'{"vibe": "rain", "id": true}', "id must be"),
        (b'{"vibe": "rain", "id": "ONE"}', "line 1 too"),
    ],
)
def test_a_bad_line_is_told_by_its_number(tmp_path: Path, line: bytes, told: str) -> None:
    source = tmp_path / "vibes.jsonl"
    source.write_bytes(b'\xef\xbb\xbf{"vibe": "rain", "id": "one"}\r\n\n' + line + b'\n{"vibe": "sun"}')
    first, bad, last = read_plan(source)
    assert isinstance(first, Task)
    assert isinstance(last, Task)
    assert (first.id, last.id, last.line) == ("one", "000004", 4)
    assert isinstance(bad, BadLine)
    assert bad.line == 3
    assert told in bad.error


@given(name=st.text(max_size=12) | st.text("./\\:-_aN~ ", max_size=8) | st.integers())
def test_an_id_never_leaves_the_folder(name: str | int, tmp_path_factory: pytest.TempPathFactory) -> None:
    source = tmp_path_factory.getbasetemp() / "ids.jsonl"
    source.write_text(lines({"vibe": "rain", "id": name}), "utf-8")
    (item,) = read_plan(source)
    if isinstance(item, Task):
        file = f"{item.id}.wav"
        assert item.id == str(name)
        assert PureWindowsPath("C:/out", file).parent == PureWindowsPath("C:/out")
        assert PurePosixPath("/out", file).parent == PurePosixPath("/out")
        assert not file.startswith((".", "-"))


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["missing.jsonl", "--out", "o"], 1, "file='missing.jsonl'"),
        (["."], 2, "--out"),
        (["v.jsonl", "--out", "v.jsonl"], 1, "can't be made"),
        (["v.jsonl", "--out", "o", "--jobs", "0"], 2, "jobs must be"),
    ],
)
def test_wrong_use_of_batch(
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "v.jsonl").write_text(lines({"vibe": "rain"}), "utf-8")
    done = command("batch", *arguments)
    assert done.code == code
    assert told in done.err
    assert "Traceback" not in done.err
    assert os.listdir(tmp_path) == ["v.jsonl"]
