"""Rhythm styles of whole kits: electronic, light kit, medium kit."""

from __future__ import annotations

from typing import Final

from latentscore.events import Note
from latentscore.score.context import BarContext
from latentscore.score.registry import style
from latentscore.score.strokes import Groove, flam, hits, is_fill, kept, stroke
from latentscore.theory.drums import BRUSH_TAP, CLAP, HAT_CLOSED, HAT_OPEN, KICK, RIDE, SNARE, TOM

_KICKS: Final = (
    "x.....x...x.....",
    "x..x....x.x.....",
    "x.....x..x....x.",
    "x..x..x...x..x..",
    "x......x..x.x...",
)


@style("rhythm", "electronic", patch="rhythm.electronic")
def electronic(bar: BarContext) -> list[Note]:
    """Syncopated kick, clap on 2 and 4, sixteenth hats, small fills."""
    random = bar.random
    fill = is_fill(bar)
    kicks = hits(bar.memory.of(Groove).of(bar, _KICKS))
    notes = [stroke(beat, KICK, 0.82 if beat == 0.0 else 0.7) for beat, _ in kicks]
    if bar.level > 0.3 or bar.cue:
        notes += [stroke(beat, CLAP, 0.6) for beat in (1.0, 3.0)]
    for place in range(16):
        loud = (0.42, 0.22, 0.34, 0.22)[place % 4] + 0.08 * random.uniform()
        if (place % 2 == 0 or bar.tension > 0.3) and kept(bar, 0.1):
            opens = place == 14 and bar.place.bar % 2 == 1
            notes.append(stroke(place * 0.25, HAT_OPEN if opens else HAT_CLOSED, loud, 0.12))
    if random.chance(0.3 * bar.tension):
        notes.append(stroke(random.choice((1.75, 2.25, 3.75)), CLAP, 0.25))
    if fill:
        notes += _stutter(bar)
    return notes


def _stutter(bar: BarContext) -> list[Note]:
    """A run of claps or hats into the next bar."""
    drum, step = (CLAP, 0.25) if bar.random.chance(0.4) else (HAT_CLOSED, 0.125)
    n = int(0.75 / step)
    return [stroke(3.25 + at * step, drum, 0.3 + 0.3 * at / n, 0.1) for at in range(n)]


_RIDES: Final = ("x.x.x.x.", "x.xxx.xx", "x.xxx.x.", "x.x.x.xx")


@style("rhythm", "kit_light", patch="rhythm.kit_light")
def kit_light(bar: BarContext) -> list[Note]:
    """Ride, a brushed backbeat, and a quiet kick."""
    random = bar.random
    ride = bar.memory.of(Groove).of(bar, _RIDES)
    notes: list[Note] = []
    for beat, _ in hits(ride):
        if beat == int(beat) or kept(bar, 0.3):
            loud = (0.5 if beat in (1.0, 3.0) else 0.42) - (0.1 if beat != int(beat) else 0.0)
            notes.append(stroke(beat, RIDE, loud + 0.06 * random.uniform(), 0.5))
    notes += [stroke(beat, BRUSH_TAP, 0.5 + 0.06 * random.uniform()) for beat in (1.0, 3.0)]
    notes.append(stroke(0.0, KICK, 0.48))
    second = random.choice((2.0, 2.5, 2.5, 3.5))
    if kept(bar, 0.3):
        notes.append(stroke(second, KICK, 0.4))
    for beat in (0.5, 1.5, 2.5, 3.5):
        if random.chance(0.16 * bar.level):
            notes.append(stroke(beat, BRUSH_TAP, 0.24))
    if is_fill(bar):
        notes += [stroke(beat, BRUSH_TAP, 0.3 + 0.07 * at) for at, beat in enumerate((2.5, 2.75, 3.25, 3.5))]
    return notes


_BACKBEATS: Final = (
    # kick, ghost notes of the snare
    ("x.......x.x.....", ".......g.g.....g"),
    ("x.....x.x.......", ".......g..g....."),
    ("x..x....x.......", "......g..g.....g"),
    ("x.......x..x....", ".g.....g......g."),
    ("x.x.....x.....x.", ".......g.g......"),
)


@style("rhythm", "kit_medium", patch="rhythm.kit_medium")
def kit_medium(bar: BarContext) -> list[Note]:
    """A backbeat with ghost notes, and fills each 4 to 8 bars."""
    random = bar.random
    kick, ghosts = bar.memory.of(Groove).of(bar, _BACKBEATS)
    fill = is_fill(bar)
    end = random.choice((2.0, 3.0)) if fill else 4.0
    notes = [stroke(beat, KICK, 0.78 if beat == 0.0 else 0.7) for beat, _ in hits(kick) if beat < end]
    notes += [stroke(beat, SNARE, 0.72 + 0.05 * random.uniform()) for beat in (1.0, 3.0) if beat < end]
    notes += [stroke(beat, SNARE, 0.2) for beat, _ in hits(ghosts) if kept(bar, 0.0) and beat < end]
    for eighth in range(8):
        beat = eighth * 0.5
        if beat < end and (eighth % 2 == 0 or kept(bar, 0.3)):
            cymbal = RIDE if bar.tension > 0.7 else HAT_CLOSED
            opens = eighth == 7 and random.chance(0.2)
            notes.append(stroke(beat, HAT_OPEN if opens else cymbal, 0.46 if eighth % 2 == 0 else 0.34))
    if fill:
        notes += _tom_fill(bar, end)
    return notes


_TOM_PITCHES: Final = (64.0, 60.0, 55.0)


def _tom_fill(bar: BarContext, start: float) -> list[Note]:
    """Sixteenths from the snare down the toms, with a hole or two, into the next bar."""
    n = int((4.0 - start) / 0.25)
    notes: list[Note] = []
    for at in range(n):
        rests = bar.random.chance(0.3)
        if rests and at > 0:
            continue
        beat, loud = start + at * 0.25, 0.5 + 0.3 * at / n
        if at < n / 3:
            notes += flam(bar, beat, SNARE, loud) if at == 0 else [stroke(beat, SNARE, loud)]
        else:
            pitch = _TOM_PITCHES[min(2, int((at / n - 1 / 3) * 4.5))]
            notes.append(stroke(beat, TOM, loud)._replace(pitch=pitch))
    return notes
