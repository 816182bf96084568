"""The command `batch`: many renders from one file, with progress on a terminal."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from latentscore.cli.options import AsJson

if TYPE_CHECKING:
    from latentscore.batching.run import BatchReport

_MOST_TOLD = 10


def batch(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="One JSON object a line.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the files go.")],
    jobs: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(help="Processes.", show_default="one for each core"),
    ] = None,
    scheduler: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="ADDRESS", help="Render on the workers of this Dask scheduler: tcp://host:8786."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Render every line of a file, over all cores.

    Stop it at any time, and run it again for the rest. A line holds render's keywords plus "vibe" or "config", and an
    "id" that names the file. The folder gets <id>.wav for each line and manifest.jsonl, which says what became of
    every one.

    \b
    Example lines:
      {"id": "rain", "vibe": "rain on a tin roof", "duration": 30, "seed": 7}
      {"id": "dawn", "config": {"tempo": "slow", "space": "vast"}, "channels": 2}

    \b
    Examples:
      latentscore batch vibes.jsonl --out renders
      latentscore batch vibes.jsonl --out /shared/renders --scheduler tcp://head:8786
    """
    from latentscore.batching.run import run_batch

    with _progress() as on_progress:
        report = run_batch(file, out, jobs=jobs, scheduler=scheduler, on_progress=on_progress)
    _tell(report, out, as_json)
    if report.failed:
        raise typer.Exit(1)


@contextlib.contextmanager
def _progress() -> Generator[Callable[[int, int], object]]:
    """Draw a bar on a terminal; nothing when the error stream is piped."""
    if not sys.stderr.isatty():
        yield lambda n_done, n_lines: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Rendering"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Rendering")
        yield lambda n_done, n_lines: bar.update(task, completed=n_done, total=n_lines)


def _tell(report: BatchReport, out: Path, as_json: bool) -> None:
    n_failed = len(report.failed)
    n_rendered = len(report.entries) - n_failed - report.n_kept
    if as_json:
        failed = [{"line": entry.line, "id": entry.id, "error": entry.error} for entry in report.failed]
        told = {"rendered": n_rendered, "kept": report.n_kept, "failed": failed, "folder": str(out)}
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for entry in report.failed[:_MOST_TOLD]:
        typer.echo(f"line {entry.line}: {entry.error}", err=True)
    if n_failed > _MOST_TOLD:
        typer.echo(f"… and {n_failed - _MOST_TOLD} more; the manifest lists them all.", err=True)
    kept = f", {report.n_kept} were there already" if report.n_kept else ""
    failed_too = f", {n_failed} failed" if n_failed else ""
    typer.echo(f"Rendered {n_rendered}{kept}{failed_too}: {out / 'manifest.jsonl'}")
