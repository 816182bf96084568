"""The command `latentscore`: its sub-commands, and what becomes of errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Annotated, Final

import typer

from latentscore import __version__
from latentscore.errors import InvalidConfigError, LatentScoreError

COMMANDS: Final = {
    "demo": "music",
    "render": "music",
    "stream": "streaming",
    "live": "live",
    "batch": "batch",
    "replay": "replay",
    "explain": "reading",
    "config": "reading",
    "warm": "music",
    "doctor": "doctor",
    "download": "download",
}
"""Every command, and the module in which the function of that name is."""


def build(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the application with these commands. Each one more takes time to start."""
    app = typer.Typer(
        name="latentscore",
        epilog='Try: latentscore demo · latentscore render "rain on a tin roof" --output rain.wav',
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # plain help starts faster and prints the same everywhere
    )
    app.callback()(_latentscore)
    for name in names:
        app.command(name)(getattr(import_module(f"latentscore.cli.{COMMANDS[name]}"), name))
    return app


def __getattr__(name: str) -> typer.Typer:
    """`app` is the whole application, for whoever documents or embeds it."""
    if name == "app":
        return build()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


def _latentscore(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Turn a short text into ambient music, on any CPU, offline."""


def run() -> None:
    """Run the command. Exit codes: 0 done, 1 failed, 2 wrong use."""
    first = sys.argv[1:2]
    completes = "_LATENTSCORE_COMPLETE" in os.environ  # a shell asks what could be typed
    try:
        build(first if first and first[0] in COMMANDS and not completes else COMMANDS)()
    except InvalidConfigError as error:
        _fail(error, 2)
    except LatentScoreError as error:
        _fail(error, 1)
    except KeyboardInterrupt:
        sys.exit(130)


def _fail(error: LatentScoreError, code: int) -> None:
    print(f"latentscore: {error}", file=sys.stderr)
    sys.exit(code)
