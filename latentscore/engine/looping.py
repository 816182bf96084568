"""Rendering for repetition: loops whose tails ring into their own beginning, and stingers that ring out."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from latentscore.config.model import MusicConfig
from latentscore.dsp.ticks import TICK, n_ticks
from latentscore.engine.edges import apply_edges
from latentscore.engine.loudness_model import predicted_trim
from latentscore.engine.master import Master
from latentscore.engine.performer import MAX_TICKS, Performer
from latentscore.engine.render import Rendering, fold_down
from latentscore.engine.renderer import STEM_NAMES
from latentscore.engine.sides import interleaved
from latentscore.score.foresight import ForeseeingComposer
from latentscore.score.looping import LoopComposer, loop_frames

_EARLY_S: Final = 0.3  # human timing may bring a note this much before the first beat
_SILENCE: Final = 1e-5  # -100 dBFS
_QUIET_S: Final = 2.0  # longer than an echo waits
_MAX_TAIL_S: Final = 60.0  # an infinite echo would not end
_TAIL_FADE_S: Final = 2.0
_SETTLED_DB: Final = 1e-3
_MAX_SETTLING_S: Final = 240.0
_STINGER_TAIL_S: Final = 1.5
_STINGER_FADE_S: Final = 0.5

Sides = NDArray[np.float32]
Progress = Callable[[float], None]


def render_loop(
    config: MusicConfig,
    seed: int,
    n_bars: int,
    *,
    sample_rate: int,
    channels: int,
    stems: bool = False,
    on_progress: Progress | None = None,
) -> Rendering:
    """Render `n_bars` that can be repeated without a seam: `loop_frames` of them.

    The bars are played once, from silence to silence. What rings on after their end is added to their beginning, as
    often as it is long: the sum goes on from its last frame to its first as it does between any other two. The
    master then hears the loop again and again until it has settled.

    Args:
        config: What to play.
        seed: Seed of every choice.
        n_bars: Length in bars of four beats.
        sample_rate: 44100 or 48000 frames per second.
        channels: 1 (the mean of both sides) or 2.
        stems: Whether to keep the stems, which are wrapped likewise.
        on_progress: As in `render_config`.
    """
    length, early = loop_frames(config, n_bars, sample_rate), round(_EARLY_S * sample_rate)
    composer = LoopComposer(config, seed, sample_rate, n_bars, starts_at=early)
    performer = Performer(config, seed, sample_rate, keep_stems=stems, composer=composer)
    played = _played_out(performer, early + length, on_progress)
    wrapped = np.zeros((*played.shape[:2], length), dtype=np.float32)
    for first in range(early - length, played.shape[2], length):
        piece = played[:, :, max(0, first) : first + length]
        start = max(0, -first)
        wrapped[:, :, start : start + piece.shape[2]] += piece
    trim = predicted_trim(ForeseeingComposer(config, seed, sample_rate))
    samples = _mastered_round(wrapped[-1], trim, sample_rate)
    return _rendering(samples, wrapped if stems else None, channels)


def stinger_frames(config: MusicConfig, n_bars: int, sample_rate: int) -> int:
    """Return the length of a stinger: its bars, and as many more as its tail needs."""
    bar_s = loop_frames(config, 1, sample_rate) / sample_rate
    tail_s = _STINGER_TAIL_S + config.value("space")
    return loop_frames(config, n_bars + math.ceil(tail_s / bar_s), sample_rate)


def render_stinger(
    config: MusicConfig,
    seed: int,
    n_bars: int,
    *,
    sample_rate: int,
    channels: int,
    stems: bool = False,
    on_progress: Progress | None = None,
) -> Rendering:
    """Render `n_bars` that begin on the beat and ring out: `stinger_frames` of them. Arguments as in `render_loop`."""
    total = stinger_frames(config, n_bars, sample_rate)
    composer = LoopComposer(config, seed, sample_rate, n_bars)
    performer = Performer(config, seed, sample_rate, keep_stems=stems, composer=composer)
    master = Master(sample_rate)
    whole = n_ticks(total + master.latency_frames)
    played = _played(performer, whole, on_progress)
    out = np.empty_like(played[-1])
    trim = predicted_trim(ForeseeingComposer(config, seed, sample_rate))
    master.process(played[-1], np.full(whole + 1, trim, dtype=np.float32), out)
    first = master.latency_frames
    samples = interleaved(out[:, first : first + total])
    apply_edges(samples, 0, total, _STINGER_FADE_S, sample_rate)
    return _rendering(samples.T, played[:, :, :total] if stems else None, channels)


def _rendering(samples: Sides, parts: Sides | None, channels: int) -> Rendering:
    def folded(sides: Sides) -> Sides:
        return fold_down(interleaved(sides), channels)

    if parts is None:
        return Rendering(folded(samples), None)
    stems = {name: folded(part) for name, part in zip(STEM_NAMES, parts, strict=True)}
    return Rendering(folded(samples), stems)


def _block(performer: Performer, ticks: int) -> Sides:
    """Play a block: its stems if they are kept, the returns, and last the whole, (parts, 2, n)."""
    whole = performer.process(ticks)
    if len(performer.stems) == 1:
        return whole[None]
    n = ticks * TICK
    return np.stack([*performer.stems[:, :, :n], performer.returns[:, :n], whole])


def _played(performer: Performer, ticks: int, on_progress: Progress | None) -> Sides:
    """Play a given number of ticks."""
    blocks: list[Sides] = []
    for done in range(0, ticks, MAX_TICKS):
        blocks.append(_block(performer, min(MAX_TICKS, ticks - done)))
        if on_progress:
            on_progress(min(1.0, (done + MAX_TICKS) / ticks))
    return np.concatenate(blocks, axis=2)


def _played_out(performer: Performer, n_frames: int, on_progress: Progress | None) -> Sides:
    """Play until at least `n_frames` are over and it has been silent for a while, but not forever."""
    rate = performer.sample_rate
    blocks: list[Sides] = []
    quiet = done = 0
    longest = n_frames + round(_MAX_TAIL_S * rate)
    while done < longest and (done < n_frames or quiet < _QUIET_S * rate):
        blocks.append(_block(performer, MAX_TICKS))
        done += MAX_TICKS * TICK
        quiet = quiet + MAX_TICKS * TICK if np.abs(blocks[-1][-1]).max() < _SILENCE else 0
        if on_progress:
            on_progress(min(1.0, done / n_frames))
    played = np.concatenate(blocks, axis=2)
    fade = np.linspace(1.0, 0.0, round(_TAIL_FADE_S * rate), dtype=np.float32)
    played[:, :, -len(fade) :] *= fade
    return played


def _mastered_round(premaster: Sides, trim: float, sample_rate: int) -> Sides:
    """Master a loop as if it had always been playing: again and again, until the level no longer drifts."""
    length = premaster.shape[1]
    master = Master(sample_rate)
    out = np.empty_like(premaster)
    ticks, done, before = n_ticks(length), 0, math.inf
    trims = np.full(ticks + 1, trim, dtype=np.float32)
    while done < 2 * length or (
        abs(master.gain_db - before) > _SETTLED_DB and done < _MAX_SETTLING_S * sample_rate
    ):
        before = master.gain_db
        frames = np.arange(done, done + ticks * TICK)
        block = np.ascontiguousarray(premaster[:, frames % length])
        master.process(block, trims, block)
        out[:, (frames - master.latency_frames) % length] = block
        done += len(frames)
    return out
