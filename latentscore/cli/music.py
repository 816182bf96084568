"""The commands that make music: demo, render, explain, warm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

if TYPE_CHECKING:
    from latentscore.audio import Audio

# typer reads the annotations at run time, and Python 3.10's typing needs Optional for that.
Vibe = Annotated[str, typer.Argument(help="What it should feel like, in your own words.")]
Duration = Annotated[float, typer.Option(help="Seconds of music.")]
Seed = Annotated[Optional[int], typer.Option(help="The same seed gives the same samples.")]  # noqa: UP045
Output = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--output", "-o", help="File to write: .wav, .flac or .ogg."),
]

_DEMO_VIBE = "warm sunset over water"
_DEMO_FILE = Path("latentscore-demo.wav")


def demo(
    vibe: Annotated[str, typer.Option(help="What it should feel like.")] = _DEMO_VIBE,
    duration: Duration = 10.0,
    output: Output = None,
    seed: Seed = None,
) -> None:
    """Render a sample and play it; with --output, write it too.

    Example: latentscore demo --vibe "neon city rain" --duration 30 --output neon.wav
    """
    from latentscore.errors import PlaybackError

    audio = _render(vibe, duration, seed, channels=2, output=output)
    if output is not None:
        _save(audio, output)
    try:
        typer.echo(f"Playing {vibe!r} for {duration:g} s …")
        audio.play()
    except PlaybackError as error:
        typer.echo(f"Can't play here: {error}")
        if output is None:
            _save(audio, _DEMO_FILE)


def render(
    vibe: Vibe,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="File to write: .wav, .flac or .ogg.")
    ] = Path("latentscore.wav"),
    duration: Duration = 10.0,
    seed: Seed = None,
    channels: Annotated[int, typer.Option(help="1 for mono, 2 for stereo.")] = 2,
    sample_rate: Annotated[int, typer.Option(help="44100 or 48000.")] = 44100,
) -> None:
    """Render a vibe to a file.

    Example: latentscore render "rain on a tin roof" --duration 60 --output rain.flac
    """
    audio = _render(vibe, duration, seed, channels=channels, sample_rate=sample_rate, output=output)
    _save(audio, output)


def explain(vibe: Vibe) -> None:
    """Show which library entries a vibe was matched with, and the config that follows.

    Example: latentscore explain "thunderstorm on a tin roof"
    """
    import latentscore as ls

    typer.echo(str(ls.explain(vibe)))


def warm() -> None:
    """Compile the synthesizer and load the model now, so that the first render starts at once."""
    from latentscore.api import warm as warm_all

    warm_all()
    typer.echo("Ready.")


def _render(
    vibe: str,
    duration: float,
    seed: int | None,
    *,
    channels: int,
    output: Path | None,
    sample_rate: int = 44100,
) -> Audio:
    import latentscore as ls
    from latentscore.output.files import check_target

    if output is not None:
        check_target(output)  # a wrong path is told before the work, not after
    audio = ls.render(vibe, duration=duration, seed=seed, channels=channels, sample_rate=sample_rate)
    for note in audio.substitutions:
        typer.echo(f"Note: {note}", err=True)
    return audio


def _save(audio: Audio, path: Path) -> None:
    audio.save(path)
    matched = f", matched with {audio.match.vibe!r}" if audio.match else ""
    typer.echo(f"Wrote {path}: {audio.duration:g} s, seed {audio.seed}{matched}.")
