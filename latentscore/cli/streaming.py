"""The command `stream`: several vibes, one after another, to a sound device or a file."""

from __future__ import annotations

import json
from typing import Annotated, Optional

import typer

from latentscore.cli import delivery
from latentscore.cli.options import (
    AsJson,
    Channels,
    Device,
    Fallback,
    Model,
    Output,
    Play,
    SampleRate,
    Seed,
    Transition,
    Vibes,
    device_of,
)


def stream(
    vibes: Vibes,
    duration: Annotated[float, typer.Option(help="Seconds for each vibe.")] = 60.0,
    total_duration: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(help="Seconds in all, shared evenly; instead of --duration."),
    ] = None,
    transition: Transition = 5.0,
    output: Output = None,
    play: Play = False,
    seed: Seed = None,
    channels: Channels = 2,
    sample_rate: SampleRate = 44100,
    model: Model = "fast",
    fallback: Fallback = None,
    device: Device = None,
    as_json: AsJson = False,
) -> None:
    """Play vibes one after another, with crossfades.

    With --output they are written to a file instead.

    \b
    Examples:
      latentscore stream "morning coffee" "afternoon focus" "evening wind-down"
      latentscore stream "rainy window" "thunder" --duration 30 --transition 3 -o storm.flac
    """
    import latentscore as ls
    from latentscore.cli.settings import read_fallback

    delivery.check_output(output)
    music = ls.stream(
        *vibes,
        duration=duration,
        total_duration=total_duration,
        transition=transition,
        seed=seed,
        channels=channels,
        sample_rate=sample_rate,
        model=model,
        fallback=read_fallback(fallback),
    )
    if output is not None:
        music.save(output)
        typer.echo(f"Wrote {output}: {music.duration:g} s, {len(vibes)} vibes.", err=as_json)
    if play or output is None:
        typer.echo(f"Playing {len(vibes)} vibes for {music.duration:g} s …", err=as_json)
        music.play(device=device_of(device))
    if as_json:
        told = {"file": str(output) if output else None, "duration_s": music.duration, "vibes": vibes}
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
