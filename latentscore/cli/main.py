"""The command `latentscore`: its sub-commands, and what becomes of errors."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from latentscore import __version__
from latentscore.cli import batch, doctor, live, music, reading, replay, streaming
from latentscore.errors import InvalidConfigError, LatentScoreError

app = typer.Typer(
    name="latentscore",
    help="Turn a short text into ambient music, on any CPU, offline.",
    epilog='Try: latentscore demo · latentscore render "rain on a tin roof" --output rain.wav',
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help starts faster and prints the same everywhere
)
for command in (
    music.demo,
    music.render,
    streaming.stream,
    live.live,
    batch.batch,
    replay.replay,
    reading.explain,
    reading.config,
    music.warm,
    doctor.doctor,
):
    app.command()(command)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def latentscore(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Turn a short text into ambient music, on any CPU, offline."""


def run() -> None:
    """Run the command. Exit codes: 0 done, 1 failed, 2 wrong use."""
    try:
        app()
    except InvalidConfigError as error:
        _fail(error, 2)
    except LatentScoreError as error:
        _fail(error, 1)
    except KeyboardInterrupt:
        sys.exit(130)


def _fail(error: LatentScoreError, code: int) -> None:
    print(f"latentscore: {error}", file=sys.stderr)
    sys.exit(code)
