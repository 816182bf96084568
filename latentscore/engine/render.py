"""Offline rendering: one config from its first frame to its last, with edges, mono fold-down and stems."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from latentscore.config.model import MusicConfig
from latentscore.dsp.ticks import TICK
from latentscore.engine.edges import apply_edges
from latentscore.engine.performer import MAX_TICKS
from latentscore.engine.renderer import Renderer

_CHUNK: Final = MAX_TICKS * TICK  # how often progress is told and a cancel is noticed: every half second


class Rendering(NamedTuple):
    """The samples of a render, and its stems if they were asked for."""

    samples: NDArray[np.float32]
    """float32 (n,) for one channel, (n, 2) for two."""
    stems: Mapping[str, NDArray[np.float32]] | None
    """By `STEM_NAMES`, shaped as `samples`; before trim, limiter and fades."""


def render_config(
    config: MusicConfig,
    seed: int,
    n_frames: int,
    *,
    sample_rate: int,
    channels: int,
    fade_out_s: float,
    stems: bool = False,
    ending: bool = False,
    on_progress: Callable[[float], None] | None = None,
) -> Rendering:
    """Render `n_frames` of a config.

    Args:
        config: What to play.
        seed: Seed of every choice.
        n_frames: Length in frames.
        sample_rate: 44100 or 48000 frames per second.
        channels: 1 (the mean of both sides) or 2.
        fade_out_s: Seconds of the closing fade.
        stems: Whether to keep the stems.
        ending: Whether the music comes to a close in time, rather than just fading out.
        on_progress: Called with the share done, 0 to 1, about every half second of music. What it raises
            ends the render: that is how one is cancelled.
    """
    renderer = Renderer(config, seed, sample_rate, keep_stems=stems, ends_at=n_frames if ending else None)
    out = np.empty((n_frames, 2), dtype=np.float32)
    for first in range(0, n_frames, _CHUNK):
        piece = renderer.read(min(_CHUNK, n_frames - first))
        apply_edges(piece, first, n_frames, fade_out_s, sample_rate)
        out[first : first + len(piece)] = piece
        if on_progress:
            on_progress((first + len(piece)) / n_frames)
    kept = (
        {name: fold_down(part, channels) for name, part in renderer.stems(n_frames).items()}
        if stems
        else None
    )
    return Rendering(fold_down(out, channels), kept)


def fold_down(stereo: NDArray[np.float32], channels: int) -> NDArray[np.float32]:
    """Return stereo (n, 2) as it is, or its mean (n,) for one channel."""
    if channels == 2:
        return stereo
    return np.float32(0.5) * (stereo[:, 0] + stereo[:, 1])
