"""The command `replay`: the recipe in a file makes its music again."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Annotated, Optional

import typer


def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that LatentScore saved.")],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="File to write: .wav, .flac, .ogg, .opus or .mp3."),
    ],
    bits: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(help="Bits per sample: 16 or 24, or 32 for floats.", show_default="the format's own"),
    ] = None,
) -> None:
    """Make the music of a file again, from the recipe in its metadata.

    On the same version of the engine the samples are the same, bit for bit; otherwise it is said.

    Example: latentscore replay rain.ogg --output rain.wav
    """
    import latentscore as ls
    from latentscore.output.files import check_target

    check_target(output, bits)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ls.CapabilityWarning)  # the notes below say the same
        audio = ls.replay(file)
    for note in audio.substitutions:
        typer.echo(f"Note: {note}", err=True)
    audio.save(output, bits=bits)
    typer.echo(f"Wrote {output}: {audio.duration:g} s, seed {audio.seed}.")
