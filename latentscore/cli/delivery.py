"""What becomes of rendered music: files, sound, and a line or JSON that tells of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer

from latentscore.cli.options import device_of

if TYPE_CHECKING:
    from latentscore.audio import Audio
    from latentscore.config.model import MusicConfig


def check_output(output: Path | None, *, notes: bool = False) -> None:
    """Tell of a wrong path before the work, not after. With `notes` it may be a MIDI file."""
    from latentscore.output.files import check_place, check_target
    from latentscore.output.midi import SUFFIXES

    if output is None:
        return
    if notes and output.suffix.lower() in SUFFIXES:
        check_place(output)
    else:
        check_target(output)


def save(audio: Audio, path: Path, *, err: bool = False) -> None:
    """Write a file and say so; with `err` on the error stream, where the output is for a script."""
    audio.save(path)
    matched = f", matched with {audio.match.vibe!r}" if audio.match else ""
    typer.echo(f"Wrote {path}: {audio.duration:g} s, seed {audio.seed}{matched}.", err=err)


def save_stems(audio: Audio, folder: Path, *, err: bool = False) -> None:
    """Write a file for each stem and say so."""
    written = audio.save_stems(folder)
    typer.echo(f"Wrote {len(written)} stems to {folder}.", err=err)


def play(audio: Audio, device: str | None, *, err: bool = False) -> None:
    """Play to the end and say what is played."""
    typer.echo(f"Playing {audio.vibe or str(audio.config)!r} for {audio.duration:g} s …", err=err)
    audio.play(device=device_of(device))


def numbered(output: Path, number: int) -> Path:
    """`rain.wav` is `rain-2.wav` for the second of several takes."""
    return output.with_name(f"{output.stem}-{number}{output.suffix}")


def say_notes(audio: Audio) -> None:
    """Say on the error stream what was not played as asked."""
    for note in audio.substitutions:
        typer.echo(f"Note: {note}", err=True)


def describe(audio: Audio, path: Path | None) -> dict[str, Any]:
    """What a script would want to know of a render."""
    match, config = audio.match, cast("MusicConfig | None", audio.config)  # an audio backend has no config
    return {
        "file": None if path is None else str(path),
        "duration_s": audio.duration,
        "sample_rate": audio.sample_rate,
        "channels": audio.channels,
        "vibe": audio.vibe,
        "seed": audio.seed,
        "config": None if config is None else json.loads(config.to_json()),
        "share": None if config is None else config.share(),
        "match": None if match is None else {"vibe": match.vibe, "similarity": float(match.similarity)},
        "substitutions": list(audio.substitutions),
    }
