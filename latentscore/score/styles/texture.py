"""The texture styles: quiet beds, written as long overlapping notes or scattered small ones."""

from __future__ import annotations

from typing import Final

from latentscore.events import Note
from latentscore.score.context import BarContext
from latentscore.score.figures import Held, swell_beats
from latentscore.score.registry import style
from latentscore.score.swells import Choir, chorus
from latentscore.theory.drums import AS_TUNED
from latentscore.theory.meter import BEATS
from latentscore.theory.pitch import nearest

_USUAL_BPM: Final = 86.0


def _span_s(bar: BarContext) -> float:
    """Seconds for which to scatter notes in a bar: more in quick music, though it gains less than the beat does."""
    return bar.seconds * (bar.tempo_bpm / _USUAL_BPM) ** 0.7


@style("texture", "none", patch=None)
def none(_: BarContext) -> tuple[Note, ...]:
    """Silence."""
    return ()


@style("texture", "shimmer", patch="texture.shimmer")
def shimmer(bar: BarContext) -> list[Note]:
    """Chord tones high above, trembling: a bed on each half bar and quick sparkles over it."""
    random = bar.random
    notes: list[Note] = []
    for half in (0.0, 2.0):
        tones = bar.chord_at(half).tones
        pitch = nearest(random.choice(tones), random.uniform(78.0, 90.0))
        loud, pan = 0.46 + 0.1 * random.uniform(), random.uniform(-0.6, 0.6)
        notes.append(Note(half, 3.0, float(pitch), loud, 0, pan))
    for eighth in range(8):
        sparkles = random.chance(0.15 + 0.3 * bar.level * bar.tension)
        if sparkles:
            beat = eighth * 0.5
            pitch = nearest(random.choice(bar.chord_at(beat).tones), random.uniform(88.0, 98.0))
            loud, pan = 0.34 + 0.12 * random.uniform(), random.uniform(-0.8, 0.8)
            notes.append(Note(beat, 0.5, float(pitch), loud, 0, pan))
    return notes


@style("texture", "shimmer_slow", patch="texture.shimmer_slow")
def shimmer_slow(bar: BarContext) -> list[Note]:
    """The same sparkle in overlapping swells of 4 to 8 s."""
    held, random = bar.memory.of(Held), bar.random
    if not held.is_free(bar):
        return []
    length = swell_beats(bar)
    held.hold(bar, 0.0, length)
    tones, pan = bar.chord.tones, random.uniform(-0.7, 0.7)
    first = nearest(tones[0] if random.chance(0.6) else tones[2], 84.0)
    second = nearest(random.choice(tones), random.uniform(80.0, 93.0))
    return [
        Note(0.0, length + 2.0, float(first), 0.5, 0, -pan),
        Note(random.choice((0.0, 1.0, 2.0)), length + 1.0, float(second), 0.46, 0, pan),
    ]


_CLICK, _RUMBLE, _TURN = 0, 1, 2
_TURN_S: Final = 1.8
"""One turn of a record at 33⅓ rpm."""


class _Record:
    """How far the record has turned."""

    def __init__(self) -> None:
        self.until_turn_s = 0.4


@style("texture", "vinyl_crackle", patch="texture.vinyl_crackle")
def vinyl_crackle(bar: BarContext) -> list[Note]:
    """Clicks and pops (voice 0), a rumble (1), and a thump at each turn (2)."""
    random, record, held = bar.random, bar.memory.of(_Record), bar.memory.of(Held)
    beat_s = bar.seconds / BEATS
    notes: list[Note] = []
    if held.is_free(bar):
        held.hold(bar, 0.0, swell_beats(bar))
        notes.append(Note(0.0, swell_beats(bar) + 1.0, AS_TUNED, 0.45, _RUMBLE))
    while record.until_turn_s < bar.seconds:
        notes.append(Note(record.until_turn_s / beat_s, 0.3, AS_TUNED, 0.32 + 0.06 * random.uniform(), _TURN))
        record.until_turn_s += _TURN_S
    record.until_turn_s -= bar.seconds
    wanted = bar.seconds * (0.7 + 1.5 * bar.level)
    for _ in range(int(wanted * random.uniform(0.6, 1.4))):
        loud = 0.1 + 0.5 * random.uniform() * random.uniform()
        pitch = AS_TUNED + random.uniform(-12.0, 12.0)
        notes.append(Note(random.uniform(0.0, 3.99), 0.05, pitch, loud, _CLICK, random.uniform(-0.6, 0.6)))
    return notes


_BREATH_S: Final = 2.2
"""Half a breath in music of the usual tempo; quicker music breathes quicker, by the root of its tempo."""


class _Breath:
    """Whether the next half breath goes in, and when it comes."""

    def __init__(self) -> None:
        self.goes_in = True
        self.next_beat = 0.0


@style("texture", "breath", patch="texture.breath")
def breath(bar: BarContext) -> list[Note]:
    """Air in and out at a resting pace, in half beats; in is higher and shorter, and the vowels change."""
    random, state = bar.random, bar.memory.of(_Breath)
    now = float(bar.number * BEATS)
    state.next_beat = max(state.next_beat, now)
    half_s = _BREATH_S * (_USUAL_BPM / bar.tempo_bpm) ** 0.5
    half = max(1.0, 0.5 * round(2.0 * half_s * bar.tempo_bpm / 60.0))
    notes: list[Note] = []
    while state.next_beat < now + BEATS:
        vowel = random.uniform(-3.0, 3.0)
        pitch = (64.0 if state.goes_in else 57.0) + vowel
        loud = (0.46 if state.goes_in else 0.54) + 0.08 * random.uniform()
        length = half * (0.8 if state.goes_in else 1.1)
        notes.append(Note(state.next_beat - now, length, pitch, loud, 0, random.uniform(-0.3, 0.3)))
        state.goes_in = not state.goes_in
        state.next_beat += half
    return notes


@style("texture", "stars", patch="texture.stars")
def stars(bar: BarContext) -> list[Note]:
    """Tiny high tones scattered over time and field, with long tails."""
    random = bar.random
    wanted = _span_s(bar) * (0.5 + 0.9 * bar.level)
    notes: list[Note] = []
    for _ in range(max(1, int(wanted * random.uniform(0.5, 1.5)))):
        beat = random.uniform(0.0, 3.9)
        span = bar.chord_at(beat)
        classes = span.tones if random.chance(0.7) else span.scale
        pitch = nearest(random.choice(classes), random.uniform(88.0, 102.0))
        loud = 0.2 + 0.35 * random.uniform()
        notes.append(Note(beat, random.uniform(2.0, 5.0), float(pitch), loud, 0, random.uniform(-0.95, 0.95)))
    return notes


@style("texture", "glitch", patch="texture.glitch")
def glitch(bar: BarContext) -> list[Note]:
    """Stutters on the grid: short runs of gated bits with tiny jumps of pitch."""
    random = bar.random
    notes: list[Note] = []
    n_bursts = 1 + random.below(1 + int(2.0 * bar.level + 0.5))
    for _ in range(n_bursts):
        start = random.choice((0.0, 0.5, 0.75, 1.5, 1.75, 2.0, 2.5, 3.0, 3.25))
        step = random.choice((0.125, 0.125, 0.25, 0.0625))
        base = float(nearest(random.choice(bar.chord_at(start).tones), random.uniform(58.0, 86.0)))
        pan = random.uniform(-0.8, 0.8)
        for at in range(random.choice((2, 3, 4, 6, 8))):
            jumps = random.chance(0.25)
            base += random.choice((-0.5, 0.5, 12.0, -12.0)) if jumps else 0.0
            beat = start + at * step
            if beat < BEATS:
                pitch = min(max(base, 48.0), 98.0)
                notes.append(Note(beat, step * 0.6, pitch, 0.3 + 0.25 * random.uniform(), 0, pan))
    return notes


@style("texture", "noise_wash", patch="texture.noise_wash")
def noise_wash(bar: BarContext) -> list[Note]:
    """Waves of noise, like the sea: each rises over the end of the one before."""
    held, random = bar.memory.of(Held), bar.random
    if not held.is_free(bar):
        return []
    length = swell_beats(bar)
    held.hold(bar, 0.0, length)
    colour = AS_TUNED + random.uniform(-5.0, 5.0)
    loud = 0.45 + 0.25 * random.uniform()
    return [Note(0.0, length + 2.5, colour, loud, 0, random.uniform(-0.5, 0.5))]


@style("texture", "crystal", patch="texture.crystal")
def crystal(bar: BarContext) -> list[Note]:
    """Glassy pings, dense where a phrase begins and sparse where it ends."""
    random, place = bar.random, bar.place
    thins = 1.0 - 0.75 * place.phrase_bar / place.phrase_bars
    n_pings = max(1, int(_span_s(bar) * (0.8 + 1.6 * bar.level) * thins * random.uniform(0.7, 1.3)))
    notes: list[Note] = []
    for _ in range(n_pings):
        beat = random.below(16) * 0.25
        pitch = nearest(random.choice(bar.chord_at(beat).tones), random.uniform(74.0, 96.0))
        loud = 0.25 + 0.3 * random.uniform()
        notes.append(Note(beat, 1.0, float(pitch), loud, 0, random.uniform(-0.8, 0.8)))
    return notes


@style("texture", "pad_whisper", patch="texture.pad_whisper")
def pad_whisper(bar: BarContext) -> list[Note]:
    """A very soft choir in three parts that follows the chords."""
    choir, notes = bar.memory.of(Choir), list[Note]()
    for swell in choir.swells(bar, swell_beats(bar)):
        voicing = choir.lead(bar, swell.span.tones[:3], 57, 76, 2)
        notes += chorus(bar, swell, voicing, loud=0.4, overlap=1.0, width=0.5)
    return notes
