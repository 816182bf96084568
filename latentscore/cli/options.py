"""Arguments and options of the commands, each written once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

# typer reads the annotations at run time, and Python 3.10's typing needs Optional for that.
# ruff: noqa: UP045

Vibe = Annotated[str, typer.Argument(help="What it should feel like, in your own words.")]
MaybeVibe = Annotated[Optional[str], typer.Argument(help="What it should feel like, in your own words.")]
Vibes = Annotated[
    list[str], typer.Argument(metavar="VIBE", help="What it should feel like, one after another.")
]
Duration = Annotated[float, typer.Option(help="Seconds of music.")]
MaybeDuration = Annotated[Optional[float], typer.Option(help="Seconds of music.", show_default="10")]
LoopBars = Annotated[
    Optional[int], typer.Option(help="Make a loop of so many bars without a seam, instead of --duration.")
]
Seed = Annotated[Optional[int], typer.Option(help="The same seed gives the same samples.")]
Channels = Annotated[int, typer.Option(help="1 for mono, 2 for stereo.")]
SampleRate = Annotated[int, typer.Option(help="44100 or 48000.")]
Model = Annotated[str, typer.Option(help='What reads the text: "fast", "neural", "external:<name>", …')]
Fallback = Annotated[
    Optional[str],
    typer.Option(
        metavar="embedding|CONFIG",
        help="What to play if the model fails: what `fast` finds, or a config as --config takes it.",
        show_default="fail",
    ),
]
BackendOptions = Annotated[
    Optional[str],
    typer.Option("--options", metavar="JSON", help="Settings of an audio backend, such as musicgen."),
]
Output = Annotated[
    Optional[Path],
    typer.Option("--output", "-o", help="File to write; its suffix (.wav, .flac, .ogg, …) is the format."),
]
Device = Annotated[
    Optional[str], typer.Option(help="Sound device by name or number; `python -m sounddevice` lists them.")
]
Transition = Annotated[float, typer.Option(help="Seconds of a crossfade.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a script.")]

Config = Annotated[
    Optional[str],
    typer.Option(help="Play this config: a share code (ls1:…), JSON, or a file that holds either."),
]
Settings = Annotated[
    Optional[list[str]],
    typer.Option("--set", metavar="FIELD=LABEL", help="Change a field: brightness=dark, tempo=92, space=+1."),
]
Blend = Annotated[
    Optional[list[str]],
    typer.Option(metavar="TEXT=WEIGHT", help="Blend another vibe in; the first one weighs 1."),
]
FadeOut = Annotated[
    Optional[float],
    typer.Option(help="Seconds of the closing fade.", show_default="a tenth, at most 2"),
]
Ending = Annotated[bool, typer.Option("--ending", help="Compose a close.")]
Variants = Annotated[Optional[int], typer.Option(help="Write so many takes, as NAME-1, NAME-2, …")]
Stems = Annotated[
    Optional[Path], typer.Option(metavar="FOLDER", help="Write every layer to this folder too.")
]
Play = Annotated[bool, typer.Option("--play", help="Play it; a file is written only with --output.")]


def device_of(written: str | None) -> str | int | None:
    """A device is named, or numbered."""
    return int(written) if written is not None and written.isdecimal() else written
