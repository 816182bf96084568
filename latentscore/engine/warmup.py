"""Warm-up: compiles or loads every kernel before the first sound, and says where compiled code is kept."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np

from latentscore.config.model import MusicConfig
from latentscore.dsp.ticks import TICK
from latentscore.engine.renderer import Renderer
from latentscore.instruments.bank import BANK_KINDS, Bank


@functools.cache
def warm() -> None:
    """Run every kernel once on a tick of nothing: compiled the first time on a machine, loaded after that."""
    config = MusicConfig()
    Renderer(config, seed=0, sample_rate=44100).read(TICK)
    controls = np.ones((2, 3), dtype=np.float32)
    out = np.zeros((2, TICK), dtype=np.float32)
    for kind in BANK_KINDS.values():
        Bank(kind, 44100).process(0, 1, controls, out)


def cache_folder() -> Path | None:
    """The folder of the compiled kernels, or None if none is writable."""
    from latentscore.dsp.strip import strip

    # numba's dispatcher names it in `stats`; a kernel without a cache has no path.
    path = getattr(getattr(strip, "stats", None), "cache_path", None)
    return Path(path) if path else None
