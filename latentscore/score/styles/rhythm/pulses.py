"""Rhythm styles that keep a plain pulse: none, minimal, heartbeat, soft four, hats only."""

from __future__ import annotations

from typing import Final

from latentscore.events import Note
from latentscore.score.context import BarContext
from latentscore.score.registry import style
from latentscore.score.strokes import Groove, is_fill, kept, stroke
from latentscore.theory.drums import HAT_CLOSED, HAT_OPEN, KICK, RIM, SHAKER, THUMP_DUB, THUMP_LUB


@style("rhythm", "none", patch=None)
def none(_: BarContext) -> tuple[Note, ...]:
    """Silence."""
    return ()


_ANSWERS: Final = ((1.0, 3.0), (3.0, 2.5), (1.5, 3.5), (2.5, 3.5))


@style("rhythm", "minimal", patch="rhythm.minimal")
def minimal(bar: BarContext) -> list[Note]:
    """A soft pulse on 1 and sometimes 3, a rim or shaker answering."""
    random = bar.random
    answer, second = bar.memory.of(Groove).of(bar, _ANSWERS)
    drum = RIM if bar.place.section_index % 2 == 0 else SHAKER
    notes = [stroke(0.0, KICK, 0.7)]
    if random.chance(0.15 + 0.45 * bar.level):
        notes.append(stroke(2.0, KICK, 0.55))
    if random.chance(0.35 + 0.5 * bar.level):
        notes.append(stroke(answer, drum, 0.42 + 0.12 * random.uniform()))
    if random.chance(0.35 * bar.tension * bar.level):
        notes.append(stroke(second, SHAKER if drum == RIM else RIM, 0.32 + 0.1 * random.uniform()))
    return notes


_DUB_S: Final = 0.3
"""From lub to dub: a heart at rest takes about 0.3 s from the first sound to the second."""


@style("rhythm", "heartbeat", patch="rhythm.heartbeat")
def heartbeat(bar: BarContext) -> list[Note]:
    """Lub-dub: two low thumps, the second a little late; a pair each beat, or each half bar where it is to be thin."""
    random = bar.random
    beat_s = 60.0 / bar.tempo_bpm
    pairs = (0.0, 1.0, 2.0, 3.0) if bar.level > 0.5 else (0.0, 2.0)
    # the second sound keeps to the grid, then lags a twentieth of a beat
    late = 0.05 + min((0.25, 0.5), key=lambda beat: abs(beat * beat_s - _DUB_S))
    notes: list[Note] = []
    for beat in pairs:
        skips = random.chance(0.3 * (1.0 - bar.level))
        if skips and beat > 0.0:
            continue
        loud = 0.78 + 0.08 * random.uniform()
        notes.append(stroke(beat, THUMP_LUB, loud, 0.3))
        notes.append(stroke(beat + late, THUMP_DUB, loud * 0.72, 0.25))
    return notes


_ACCENTED: Final = (3.5, 1.5, 2.5)


@style("rhythm", "soft_four", patch="rhythm.soft_four")
def soft_four(bar: BarContext) -> list[Note]:
    """Four on the floor, softly, with an off-beat hat."""
    random = bar.random
    notes = [stroke(float(beat), KICK, 0.76 if beat == 0 else 0.68, 0.4) for beat in range(4)]
    if is_fill(bar):
        notes = notes[:3]  # the floor drops out for a beat before something new
    accent = bar.memory.of(Groove).of(bar, _ACCENTED)
    for beat in (0.5, 1.5, 2.5, 3.5):
        if kept(bar):
            notes.append(stroke(beat, HAT_CLOSED, (0.5 if beat == accent else 0.4) + 0.1 * random.uniform()))
    if random.chance(0.4 * bar.tension * bar.level):
        notes.append(stroke(random.choice((0.75, 1.75, 2.75, 3.75)), HAT_CLOSED, 0.25))
    return notes


_HAT_GRIDS: Final = (
    "X.x.X.x.X.x.X.x.",
    "X.xxX.x.X.xxX.x.",
    "x.X.x.X.x.X.xxX.",
    "X.xxx.X.x.xxX.x.",
    "XxxxX.x.XxxxX.x.",
    "X.x.xxX.x.X.x.xx",
)


@style("rhythm", "hats_only", patch="rhythm.hats_only")
def hats_only(bar: BarContext) -> list[Note]:
    """Eighths and sixteenths whose accents wander; an open hat ends the phrase."""
    random = bar.random
    grids = bar.memory.of(Groove)
    grid = grids.of(bar, _HAT_GRIDS[bar.place.phrase_index % 2 :])
    turn = random.choice((0.0, 0.0, 0.0, 2.0))
    notes: list[Note] = []
    for place in range(16):
        beat = place * 0.25
        sign = grid[(place + int(turn * 4)) % 16]
        fills = random.chance(0.12 * bar.tension * bar.level)
        if sign == "." and not fills:
            continue
        loud = 0.62 if sign == "X" else 0.42 if place % 2 == 0 else 0.3
        if sign == "X" or kept(bar, 0.25):
            notes.append(stroke(beat, HAT_CLOSED, loud + 0.08 * random.uniform(), 0.12))
    if bar.place.ends_phrase or is_fill(bar):
        notes = [note for note in notes if note.beat < 3.5]
        notes.append(stroke(3.5, HAT_OPEN, 0.55, 0.5))
    return notes
