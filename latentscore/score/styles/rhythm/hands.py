"""Rhythm styles of one player's hands: military snare, tabla, brushes."""

from __future__ import annotations

from typing import Final

from latentscore.events import Note
from latentscore.randomness import Random
from latentscore.score.context import BarContext
from latentscore.score.registry import style
from latentscore.score.strokes import Groove, drag, flam, hits, is_fill, kept, stroke
from latentscore.theory.drums import (
    AS_TUNED,
    BRUSH_SWISH,
    BRUSH_TAP,
    DHA,
    GE,
    KICK,
    NA,
    SNARE,
    SNARE_BUZZ,
    TE,
    TIN,
)
from latentscore.theory.meter import BEATS
from latentscore.theory.pitch import nearest

# F flam, D drag, X accent, x tap, R roll over the rest of the beat
_CADENCES: Final = (
    ("X...F...X.xxF...", "X.xxF.x.X.xxF.x.", "X...F...X.xxF...", "X.xxF.xxR...X..."),
    ("X.x.F.x.D...F...", "X.x.F.x.D...F.xx", "X.x.F.x.D...F...", "R...X...R...F..."),
    ("X..xF...X..xF...", "X..xF.xxX..xF...", "D...F...D...F...", "X.xxX.xxR...F..."),
)


@style("rhythm", "military", patch="rhythm.military")
def military(bar: BarContext) -> list[Note]:
    """A four-bar snare cadence of flams, drags and rolls, over a bass drum on 1."""
    random = bar.random
    cadence = bar.memory.of(Groove).of(bar, _CADENCES)
    notes = [stroke(0.0, KICK, 0.75)]
    if random.chance(0.3 + 0.4 * bar.tension):
        notes.append(stroke(2.0, KICK, 0.6))
    for beat, sign in hits(cadence[bar.place.bar % 4]):
        light = sign == "x"
        if not light or kept(bar, 0.3):
            notes += _rudiment(bar, beat, sign)
    if is_fill(bar):
        notes = [note for note in notes if note.beat < 2.9]
        notes.append(Note(3.0, 0.95, AS_TUNED, 0.7, SNARE_BUZZ))
    elif random.chance(0.2 * bar.tension):
        notes.append(stroke(random.choice((1.75, 3.75)), SNARE, 0.35))
    return notes


def _rudiment(bar: BarContext, beat: float, sign: str) -> list[Note]:
    lift = 0.05 * bar.random.uniform()
    if sign == "F":
        return flam(bar, beat, SNARE, 0.72 + lift)
    if sign == "D":
        return drag(bar, beat, SNARE, 0.68 + lift) if beat > 0.0 else [stroke(beat, SNARE, 0.68 + lift)]
    if sign == "R":
        return [Note(beat, 0.9, AS_TUNED, 0.6 + lift, SNARE_BUZZ)]
    return [stroke(beat, SNARE, (0.66 if sign == "X" else 0.38) + lift)]


# One sign a matra: D dha, d dhin, T tin, n na (ta), g ge, k ka; a dot rests.
_TINTAL: Final = "DddDDddDDTTnnddD"
_KEHERWA: Final = "DgnTnkdn"
_BOLS: Final = {"D": (DHA,), "d": (TIN, GE), "T": (TIN,), "n": (NA,), "g": (GE,), "k": (TE,)}


class _Theka:
    """The cycle that a section plays, and where it stands."""

    def __init__(self) -> None:
        self.section = -1
        self.cycle = _TINTAL
        self.per_bar = 8

    def begin(self, bar: BarContext) -> None:
        """Choose tintal or keherwa where a section begins, in eighths, or in beats if those are too fast."""
        self.section = bar.place.section_index
        self.cycle = _KEHERWA if bar.random.chance(0.4) else _TINTAL
        self.per_bar = 4 if bar.tempo_bpm > 150 and self.cycle is _TINTAL else 8


@style("rhythm", "tabla_essence", patch="rhythm.tabla_essence")
def tabla_essence(bar: BarContext) -> list[Note]:
    """The theka of tintal or keherwa with fillers, and a tihai (a phrase three times) into a new section."""
    theka = bar.memory.of(_Theka)
    if theka.section != bar.place.section_index:
        theka.begin(bar)
    if is_fill(bar) and bar.place.is_seam:
        return _tihai(bar)
    notes: list[Note] = []
    step = BEATS / theka.per_bar
    first = bar.place.bar * theka.per_bar
    for at in range(theka.per_bar):
        bol = theka.cycle[(first + at) % len(theka.cycle)]
        sam = (first + at) % len(theka.cycle) == 0
        plays = kept(bar, 0.55)
        if plays or sam or at == 0:
            notes += _bol(bar, at * step, bol, 0.78 if sam else 0.6)
        fills = bar.random.chance(0.25 * bar.level * (0.4 + bar.tension))
        if fills and at % 2 == 1:
            notes += _filler(bar.random, bar, at * step + step * 0.5)
    return notes


def _bol(bar: BarContext, beat: float, sign: str, velocity: float) -> list[Note]:
    """Return the strokes of a bol: the right drum tuned to the tonic, the left bent by the hand's press."""
    high = float(nearest(bar.key.root, 62))
    notes: list[Note] = []
    for drum in _BOLS[sign]:
        loud = velocity + 0.1 * bar.random.uniform()
        bend = bar.random.choice((-4.0, -2.0, 3.0))
        if drum == GE:
            notes.append(Note(beat, 0.45, high, loud * 0.9, GE, -0.15, high + bend))
        else:
            notes.append(Note(beat, 0.4, high, loud * (0.7 if drum == TE else 1.0), drum, 0.1))
    return notes


def _filler(random: Random, bar: BarContext, beat: float) -> list[Note]:
    """Return `te te`: two dry strokes."""
    high = float(nearest(bar.key.root, 62))
    gap = 0.125
    return [Note(beat + at * gap, 0.1, high, 0.32 + 0.1 * random.uniform(), TE, 0.1) for at in range(2)]


_TIHAI: Final = ((0.0, "D"), (0.25, "k"), (0.5, "k"), (0.75, "D"))


def _tihai(bar: BarContext) -> list[Note]:
    """Return sam, then `dha te te dha` three times; its last `dha` is the sam that opens the next section."""
    notes = _bol(bar, 0.0, "D", 0.7)
    for turn, start in enumerate((0.75, 2.0, 3.25)):
        for at, sign in _TIHAI:
            if start + at < BEATS:
                notes += _bol(bar, start + at, sign, 0.6 + 0.06 * turn)
    return notes


_SWEEPS: Final = ((1.0, 1.0, 1.0, 1.0), (2.0, 2.0), (1.0, 1.0, 2.0), (2.0, 1.0, 1.0))


@style("rhythm", "brush", patch="rhythm.brush")
def brush(bar: BarContext) -> list[Note]:
    """Circling swishes on the beats, taps on 2 and 4, a skipped tap between."""
    random = bar.random
    notes: list[Note] = []
    beat = 0.0
    for at, length in enumerate(bar.memory.of(Groove).of(bar, _SWEEPS)):
        loud = 0.5 + 0.1 * random.uniform()
        notes.append(Note(beat, length * 0.95, AS_TUNED, loud, BRUSH_SWISH, -0.35 if at % 2 == 0 else 0.35))
        beat += length
    notes += [stroke(tap, BRUSH_TAP, 0.55 + 0.08 * random.uniform()) for tap in (1.0, 3.0)]
    for skip in (0.5, 1.5, 2.5, 3.5):
        if random.chance(0.22 * bar.level * (0.5 + bar.tension)):
            notes.append(stroke(skip, BRUSH_TAP, 0.28 + 0.08 * random.uniform()))
    if is_fill(bar):
        notes += [stroke(3.25 + 0.25 * at, BRUSH_TAP, 0.32 + 0.1 * at) for at in range(3)]
    return notes
