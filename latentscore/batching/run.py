"""Running a batch: tasks go to a pool of processes or to a Dask cluster, entries come back to the manifest."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from latentscore.batching.manifest import Entry, Manifest, sha256_of
from latentscore.batching.plan import BadLine, Task, read_plan
from latentscore.config.checks import is_integer
from latentscore.config.model import MusicConfig
from latentscore.errors import LatentScoreError, OutputError, invalid
from latentscore.progress import quiet

_MOST_PROCESSES = 61  # what Windows can wait for at once


@dataclass(frozen=True)
class BatchReport:
    """How a batch went."""

    entries: tuple[Entry, ...]
    """One for each line, in the order of the lines: what the manifest holds."""
    n_kept: int
    """Files that an earlier run had finished."""

    @property
    def failed(self) -> tuple[Entry, ...]:
        """The lines that gave no file."""
        return tuple(entry for entry in self.entries if entry.status == "failed")


def run_batch(
    source: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    on_progress: Callable[[int, int], object] = lambda n_done, n_lines: None,
) -> BatchReport:
    """Render every line of a JSONL file into `folder`, beside a manifest.

    It may be killed at any time: run again it keeps what is finished and does the rest. A line that fails is
    an entry of the manifest and stops nothing; it is tried again by the next run.

    Args:
        source: A line is an object of `render`'s keywords plus `vibe` or `config`, and an optional `id`.
        folder: Made if need be. Gets `<id>.wav` for each line, and `manifest.jsonl`.
        jobs: Processes; None takes every core that this process may use.
        scheduler: Address of a Dask scheduler, whose workers then render; they share `folder` by that name.
        on_progress: Called with lines done and lines in all, at the start and after each.

    Raises:
        InvalidConfigError: A wrong `jobs` or `scheduler`.
        FileFormatError: `source` can't be read.
        OutputError: `folder` can't be written.
        LatentScoreError: The pool or the cluster is gone; what was finished is kept.
    """
    if jobs is not None and not (is_integer(jobs) and jobs >= 1):
        raise invalid("jobs", jobs, "a whole number from 1, or None")
    plan, target = read_plan(Path(source)), _made(Path(folder).resolve())
    manifest = Manifest(target)
    finished, entries, todo = manifest.finished(), list[Entry](), list[Task]()
    for item in plan:
        if isinstance(item, BadLine):
            entries.append(Entry(line=item.line, id=item.id, status="failed", error=item.error))
        elif (kept := finished.get((item.id, item.request))) is not None:
            entries.append(replace(kept, line=item.line))
        else:
            todo.append(item)
    n_kept = sum(entry.status == "done" for entry in entries)
    manifest.replace(entries)
    on_progress(len(entries), len(plan))
    with contextlib.closing(manifest), contextlib.closing(_render_all(todo, target, jobs, scheduler)) as done:
        for entry in done:
            manifest.append(entry)
            entries.append(entry)
            on_progress(len(entries), len(plan))
        manifest.replace(entries)
    return BatchReport(tuple(sorted(entries, key=lambda one: one.line)), n_kept)


def render_task(task: Task, folder: str) -> Entry:
    """Render one line to its file; runs in a worker. Raises what `render` and `save` raise."""
    with quiet():
        (audio,) = task.job.run()
    config = cast(MusicConfig | None, audio.config)  # an audio backend has none
    path = audio.save(Path(folder) / f"{task.id}.wav")
    return Entry(
        line=task.line,
        id=task.id,
        status="done",
        file=path.name,
        sha256=sha256_of(path),
        seed=audio.seed,
        config=None if config is None else json.loads(config.to_json()),
        notes=audio.substitutions,
        request=task.request,
    )


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"folder={str(folder)!r}: can't be made ({error.strerror})") from error
    return folder


def _render_all(tasks: list[Task], folder: Path, jobs: int | None, scheduler: str | None) -> Generator[Entry]:
    """Render the tasks and yield their entries as they come."""
    if not tasks:
        return
    pool = _processes(min(jobs or _n_cores(), len(tasks))) if scheduler is None else _cluster(scheduler)
    with pool as executor:
        pending = {executor.submit(render_task, task, str(folder)): task for task in tasks}
        for future in as_completed(pending):
            yield _entry_of(future, pending.pop(future), folder)


def _entry_of(future: Future[Entry], task: Task, folder: Path) -> Entry:
    if future.cancelled():
        raise LatentScoreError("the scheduler is gone; what is finished is kept. Run the same command again")
    error = future.exception()
    if isinstance(error, BrokenExecutor):
        raise LatentScoreError(
            "a worker process died, perhaps for want of memory; what is finished is kept. Run the same command "
            "again, with fewer jobs if it happens again"
        ) from error
    if error is None and not (folder / f"{task.id}.wav").is_file():
        error = OutputError("the worker wrote to a disk of its own; all workers must share the folder")
    if error is None:
        return future.result()
    said = str(error) if isinstance(error, LatentScoreError) else f"{type(error).__name__}: {error}"
    return Entry(line=task.line, id=task.id, status="failed", error=said, request=task.request)


@contextlib.contextmanager
def _processes(n_processes: int) -> Generator[Executor]:
    """Give a pool of processes, whose kernels are compiled before they start."""
    from latentscore.engine.warmup import is_cold, warm

    if is_cold():
        warm()
    others = set(multiprocessing.active_children())
    with ProcessPoolExecutor(
        min(n_processes, _MOST_PROCESSES),
        mp_context=multiprocessing.get_context("spawn"),  # a fork copies the locks of other threads
        initializer=_start_worker,
    ) as pool:
        try:
            yield pool
        except BaseException:
            for worker in set(multiprocessing.active_children()) - others:
                worker.terminate()  # files are atomic, so nothing half done is left in their places
            pool.shutdown(cancel_futures=True)  # returns when the workers are gone
            raise


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and end with it even if it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _n_cores() -> int:
    """Cores that this process may use."""
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


@contextlib.contextmanager
def _cluster(address: str) -> Generator[Executor]:
    """Give the workers of a Dask scheduler as an executor."""
    try:
        from distributed import Client
    except ImportError as error:
        raise LatentScoreError('scheduler= needs Dask: pip install "latentscore[dask]"') from error
    try:
        client: Any = Client(address)
    except (OSError, ValueError) as error:
        raise LatentScoreError(f"scheduler={address!r}: can't be reached ({error})") from error
    with client:
        executor: Executor = client.get_executor(
            pure=False
        )  # writing a file is not pure: never reuse a result
        try:
            yield executor
        except BaseException:
            executor.shutdown(wait=False)
            raise
