"""The renderer: serves any number of mastered frames from a performer's fixed ticks."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from latentscore.config.model import MusicConfig
from latentscore.dsp.ticks import TICK, n_ticks
from latentscore.engine.loudness_model import predicted_trim
from latentscore.engine.master import Master
from latentscore.engine.performer import MAX_TICKS, Performer
from latentscore.engine.sides import interleaved
from latentscore.events import LAYERS
from latentscore.score.foresight import ForeseeingComposer

STEM_NAMES: Final = (*LAYERS, "returns", "premaster")
"""What a render with stems gives: the six layers and the effects, which add up to the pre-master mix."""


class Renderer:
    """A performer and the master behind it, read in pieces of any size.

    Args:
        config: What to play.
        seed: Seed of every choice.
        sample_rate: 44100 or 48000 frames per second.
        keep_stems: Whether to keep every layer, the returns and the pre-master mix for `stems`.
        ends_at: Frame at which the piece is over, for one that comes to a close; None never ends.
    """

    def __init__(
        self,
        config: MusicConfig,
        seed: int,
        sample_rate: int,
        *,
        keep_stems: bool = False,
        ends_at: int | None = None,
    ) -> None:
        composer = ForeseeingComposer(config, seed, sample_rate)
        self.performer = Performer(
            config,
            seed,
            sample_rate,
            ends_at=ends_at,
            keep_stems=keep_stems,
            composer=composer if ends_at is None else None,
        )
        self._master = Master(sample_rate)
        self._trim = predicted_trim(composer)
        self._ready = np.zeros((2, 0), dtype=np.float32)
        self._skip = self._master.latency_frames
        self._kept: list[NDArray[np.float32]] | None = [] if keep_stems else None

    def read(self, n_frames: int) -> NDArray[np.float32]:
        """Return the next `n_frames` of stereo, float32 (n_frames, 2), fades not applied."""
        pieces = [self._ready]
        available = self._ready.shape[1]
        while available < n_frames:
            piece = self._next_block(n_frames - available)
            pieces.append(piece)
            available += piece.shape[1]
        joined = np.concatenate(pieces, axis=1)
        self._ready = joined[:, n_frames:]
        return interleaved(joined[:, :n_frames])

    def stems(self, n_frames: int) -> dict[str, NDArray[np.float32]]:
        """The first `n_frames` of every stem, float32 (n_frames, 2); needs `keep_stems`."""
        assert self._kept is not None
        parts = np.concatenate(self._kept, axis=2)[:, :, :n_frames]
        return {name: interleaved(part) for name, part in zip(STEM_NAMES, parts, strict=True)}

    def _next_block(self, wanted: int) -> NDArray[np.float32]:
        """Master one block that yields up to `wanted` frames; the master's latency is cut off at the start."""
        ticks = min(MAX_TICKS, n_ticks(wanted + self._skip))
        premaster = self.performer.process(ticks)
        if self._kept is not None:
            n = ticks * TICK
            parts = [*self.performer.stems[:, :, :n], self.performer.returns[:, :n], premaster]
            self._kept.append(np.stack(parts))
        out = np.empty_like(premaster)
        self._master.process(premaster, np.full(ticks + 1, self._trim, dtype=np.float32), out)
        skipped = min(self._skip, ticks * TICK)
        self._skip -= skipped
        return out[:, skipped:]
