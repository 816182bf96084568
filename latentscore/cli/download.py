"""The command `download`: what a model needs is fetched ahead of time, since nothing else ever fetches it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

_IN_PACKAGE = ("fast", "neural")
_EXTRAS = ("expressive", "musicgen")


def download(
    name: Annotated[
        str,
        typer.Argument(
            help="A model as model= calls it: expressive, expressive:OWNER/NAME, musicgen:OWNER/NAME, fast, neural."
        ),
    ],
) -> None:
    """Fetch the weights that a model needs.

    They come from the Hugging Face hub, into its cache. If it breaks off, what has arrived is kept.

    Example: latentscore download expressive
    """
    kind, _, rest = name.partition(":")
    if name in _IN_PACKAGE:
        from latentscore.vibe.shipped import shipped_model

        shipped_model(name)
        typer.echo(f"{name} is part of the package and works: there is nothing to download.")
    elif kind == "external":
        typer.echo(f"{name} runs elsewhere: there is nothing to download.")
    elif kind in _EXTRAS:
        _download(name, kind, _source(kind, rest))
    else:
        from latentscore.errors import invalid

        names = (*_IN_PACKAGE, "expressive", "expressive:OWNER/NAME", "musicgen:OWNER/NAME")
        raise invalid("NAME", name, names)


def _source(kind: str, rest: str) -> str:
    from latentscore.vibe.expressive import DEFAULT_HUB_ID

    if kind == "expressive" and not rest:
        return DEFAULT_HUB_ID
    return rest


def _download(name: str, kind: str, source: str) -> None:
    from latentscore.downloads import fetch_weights, is_hub_id, weights_folder
    from latentscore.errors import invalid

    if source and Path(source).expanduser().is_dir():
        weights_folder(name, source)
        typer.echo(f"{source} is a folder with a model: there is nothing to download.")
        return
    if not is_hub_id(source):
        raise invalid("NAME", name, f"{kind}:OWNER/NAME, such as {_example(kind)}")
    if not (sys.stderr and sys.stderr.isatty()):
        from huggingface_hub.utils import disable_progress_bars

        disable_progress_bars()
    folder = fetch_weights(source)
    n_bytes = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    typer.echo(f"{source} is on this machine: {n_bytes / 1e6:.1f} MB in {folder}")
    missing = _missing_packages(kind)
    if missing:
        typer.echo(f'To use it: pip install "latentscore[{kind}]" ({", ".join(missing)} missing)')


def _example(kind: str) -> str:
    from latentscore.vibe.expressive import DEFAULT_HUB_ID

    return f"expressive:{DEFAULT_HUB_ID}" if kind == "expressive" else "musicgen:facebook/musicgen-small"


def _missing_packages(kind: str) -> list[str]:
    from latentscore.backends import musicgen
    from latentscore.pretrained import missing_packages
    from latentscore.vibe.expressive import model

    return missing_packages(model.PACKAGES if kind == "expressive" else musicgen.PACKAGES)
