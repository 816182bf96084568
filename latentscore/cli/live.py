"""The command `live`: type vibes and nudge the music while it plays."""

from __future__ import annotations

import contextlib
import sys
from typing import Annotated, Any, Optional, cast

import typer

from latentscore.cli import delivery
from latentscore.cli.options import (
    Channels,
    Device,
    Fallback,
    MaybeVibe,
    Model,
    Output,
    SampleRate,
    Seed,
    Transition,
    device_of,
)


def live(
    vibe: MaybeVibe = None,
    transition: Transition = 3.0,
    quantize: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help='Let changes begin on a "beat" or a "bar".', show_default="at once"),
    ] = None,
    output: Output = None,
    silent: Annotated[bool, typer.Option("--silent", help="Use no sound device.")] = False,
    seed: Seed = None,
    channels: Channels = 2,
    sample_rate: SampleRate = 44100,
    model: Model = "fast",
    fallback: Fallback = None,
    device: Device = None,
) -> None:
    """Type vibes while it plays, and nudge it with keys.

    Enter plays what was typed: it crossfades in. Escape leaves the text box for single keys, q among them to quit.

    With --output it is written to a file instead, at the pace of a listener.

    \b
    Examples:
      latentscore live
      latentscore live "rain on a tin roof" --quantize bar
      latentscore live --output session.flac
    """
    import latentscore as ls
    from latentscore.cli.settings import read_fallback

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ls.InvalidConfigError("live needs a terminal; `latentscore stream` plays vibes without one.")
    delivery.check_output(output)
    session = ls.session(
        transition=transition,
        quantize=cast(Any, quantize),  # the session checks it
        seed=seed,
        channels=channels,
        sample_rate=sample_rate,
        model=model,
        fallback=read_fallback(fallback),
    )
    muted = silent or output is not None
    _prepare(needs_device=not muted and device is None)
    from latentscore.cli.live_music import LiveMusic, PacedOutlet, device_outlet
    from latentscore.cli.live_screen import LiveScreen

    with contextlib.closing(LiveMusic(session, sample_rate, channels)) as music:
        outlet = PacedOutlet(music, output) if muted else device_outlet(music, device_of(device))
        music.sound_through(outlet, "silent" if silent else f"to {output or device or 'the default device'}")
        LiveScreen(music, vibe).run(mouse=False)
    if music.error is not None:
        raise music.error
    if output is not None and music.has_begun:
        typer.echo(f"Wrote {output}: {music.position_s:g} s.")


def _prepare(*, needs_device: bool) -> None:
    """Have everything ready before the screen opens, so that the first vibe sounds at once."""
    from latentscore.api import warm
    from latentscore.output.device import default_output_device

    if needs_device:
        default_output_device()  # tells of a silent machine before the work, not after
    warm()
