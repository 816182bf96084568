"""The commands that render, demo and render, and the one that prepares for them, warm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latentscore.cli import delivery
from latentscore.cli.options import (
    AsJson,
    BackendOptions,
    Blend,
    Channels,
    Config,
    Device,
    Duration,
    Ending,
    FadeOut,
    Fallback,
    LoopBars,
    MaybeDuration,
    MaybeVibe,
    Model,
    Output,
    Play,
    SampleRate,
    Seed,
    Settings,
    Stems,
    Variants,
)

if TYPE_CHECKING:
    from latentscore.audio import Audio

_DEMO_VIBE = "warm sunset over water"
_DEMO_FILE = Path("latentscore-demo.wav")
_RENDER_FILE = Path("latentscore.wav")


def demo(
    vibe: Annotated[str, typer.Option(help="What it should feel like.")] = _DEMO_VIBE,
    duration: Duration = 10.0,
    output: Output = None,
    seed: Seed = None,
    device: Device = None,
) -> None:
    """Render a sample and play it.

    \b
    Examples:
      latentscore demo
      latentscore demo --vibe "neon city rain" --duration 30 --output neon.wav
    """
    import latentscore as ls

    delivery.check_output(output, notes=True)
    audio = ls.render(vibe, duration=duration, seed=seed, channels=2)
    delivery.say_notes(audio)
    if output is not None:
        delivery.save(audio, output)
    try:
        delivery.play(audio, device)
    except ls.PlaybackError as error:
        typer.echo(f"Can't play here: {error}")
        if output is None:
            delivery.save(audio, _DEMO_FILE)


def render(
    vibe: MaybeVibe = None,
    output: Output = None,
    duration: MaybeDuration = None,
    loop_bars: LoopBars = None,
    seed: Seed = None,
    channels: Channels = 2,
    sample_rate: SampleRate = 44100,
    model: Model = "fast",
    fallback: Fallback = None,
    options: BackendOptions = None,
    config: Config = None,
    settings: Settings = None,
    blend: Blend = None,
    fade_out: FadeOut = None,
    ending: Ending = False,
    variants: Variants = None,
    stems: Stems = None,
    play: Play = False,
    device: Device = None,
    as_json: AsJson = False,
) -> None:
    """Render a vibe or a config to a file.

    \b
    Examples:
      latentscore render "rain on a tin roof" --duration 60 --output rain.flac
      latentscore render "deep space" --set tempo=slow --set brightness=-1 --play
      latentscore render rain --blend "neon city=0.5" --variants 4 -o mix.wav
      latentscore render "enchanted forest" --loop-bars 8 -o forest.ogg
    """
    import latentscore as ls
    from latentscore.cli.settings import read_config, read_content, read_fallback, read_options, read_update
    from latentscore.rendering import DURATION_S

    output = _RENDER_FILE if output is None and not play else output
    delivery.check_output(output, notes=True)
    if variants is not None and stems is not None:
        raise ls.InvalidConfigError("--stems is for one take; leave --variants out.")
    chosen = read_config(config)
    takes: Any = ls.render(
        read_content(vibe, blend or [], chosen),
        variants=variants,
        duration=DURATION_S if duration is None else duration,
        loop_bars=loop_bars,
        seed=seed,
        channels=channels,
        sample_rate=sample_rate,
        model=model,
        fallback=read_fallback(fallback),
        options=read_options(options),
        config=chosen,
        update=read_update(settings or []),
        fade_out=fade_out,
        ending=ending,
        stems=stems is not None,
    )
    written = _write(takes if variants else [takes], output, stems, several=bool(variants), err=as_json)
    if as_json:
        told = [delivery.describe(audio, path) for audio, path in written]
        typer.echo(json.dumps(told if variants else told[0], indent=2))
    for audio, _ in written if play else []:
        delivery.play(audio, device, err=as_json)


def warm() -> None:
    """Prepare now, so that the first render starts at once.

    The synthesizer is compiled, once on a machine, and the model is loaded.

    \b
    Example:
      latentscore warm
    """
    from latentscore.api import warm as warm_all

    warm_all()
    typer.echo("Ready.")


def _write(
    takes: list[Audio], output: Path | None, stems: Path | None, *, several: bool, err: bool
) -> list[tuple[Audio, Path | None]]:
    """Write the takes, and return each with its file."""
    delivery.say_notes(takes[0])
    written: list[tuple[Audio, Path | None]] = []
    for number, audio in enumerate(takes, start=1):
        path = delivery.numbered(output, number) if output and several else output
        if path is not None:
            delivery.save(audio, path, err=err)
        if stems is not None:
            delivery.save_stems(audio, stems, err=err)
        written.append((audio, path))
    return written
