"""Endless music in constant memory: what minutes of blocks allocate is given back."""

from __future__ import annotations

import gc
import tracemalloc

from latentscore.config import MusicConfig
from latentscore.engine.renderer import Renderer

RATE = 8_000
"""Far below what is offered, so that minutes are cheap; what is kept for each bar or note stays the same."""
LIGHT = MusicConfig(
    tempo="very_fast",
    density=2,
    space="dry",
    echo="none",
    bass="walking",
    pad="dark_sustained",
    rhythm="heartbeat",
    texture="none",
    accent="none",
)


def _kept_after(renderer: Renderer, minutes: int) -> int:
    """Render, and return the bytes that Python and NumPy then hold."""
    for _ in range(60 * minutes):
        renderer.read(RATE)
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def test_memory_is_flat_over_minutes_of_music() -> None:
    """A bar of this music has a kilobyte and more of notes: a list of the bars played takes 200 kB in four minutes."""
    renderer = Renderer(LIGHT, 1, RATE)
    tracemalloc.start()
    try:
        early = _kept_after(renderer, 1)  # by then caches are filled and arrays have reached their size
        late = _kept_after(renderer, 4)
    finally:
        tracemalloc.stop()
    assert late - early < 80_000
