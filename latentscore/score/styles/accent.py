"""The accent styles: rare events, placed by the phrase and the form."""

from __future__ import annotations

from typing import Final

from latentscore.events import Note
from latentscore.score.context import BarContext
from latentscore.score.placing import AccentPlan
from latentscore.score.registry import style
from latentscore.theory.drums import AS_TUNED
from latentscore.theory.pitch import nearest
from latentscore.theory.scales import ladder, rung
from latentscore.theory.voicing import close

_ON_THE_BEAT: Final = (0.0, 2.0, 1.0, 3.0)
_OFF_THE_BEAT: Final = (1.5, 2.5, 3.5, 0.5)


def _placed(bar: BarContext, fewest: int, most: int, grid: tuple[float, ...]) -> list[float]:
    return bar.memory.of(AccentPlan).beats(bar, fewest, most, grid)


def _tone(bar: BarContext, beat: float, low: float, high: float) -> float:
    """Return a chord tone somewhere between two pitches."""
    tone = bar.random.choice(bar.chord_at(beat).tones[:4])
    return float(nearest(tone, bar.random.uniform(low, high)))


def _pan(bar: BarContext, width: float) -> float:
    return bar.random.uniform(-width, width)


def _spaced_s(bar: BarContext, seconds: float) -> float:
    """Return a time as beats."""
    return seconds * bar.tempo_bpm / 60.0


@style("accent", "none", patch=None)
def none(_: BarContext) -> tuple[Note, ...]:
    """Silence."""
    return ()


@style("accent", "bells", patch="accent.bells")
def bells(bar: BarContext) -> list[Note]:
    """One struck bell on a chord tone."""
    return [
        Note(beat, 3.0, _tone(bar, beat, 74.0, 87.0), 0.55 + 0.2 * bar.random.uniform(), 0, _pan(bar, 0.5))
        for beat in _placed(bar, 2, 3, _ON_THE_BEAT)
    ]


@style("accent", "pluck", patch="accent.pluck")
def pluck(bar: BarContext) -> list[Note]:
    """A single plucked string, off the beat."""
    return [
        Note(beat, 1.25, _tone(bar, beat, 52.0, 64.0), 0.6 + 0.2 * bar.random.uniform(), 0, _pan(bar, 0.2))
        for beat in _placed(bar, 3, 5, _OFF_THE_BEAT)
    ]


@style("accent", "chime", patch="accent.chime")
def chime(bar: BarContext) -> list[Note]:
    """A small cascade of wind-chime bars, five to nine, falling or rising."""
    random = bar.random
    notes: list[Note] = []
    for beat in _placed(bar, 1, 2, (0.0, 3.0, 2.0)):
        span = bar.chord_at(beat)
        rungs = ladder(
            (*span.tones[:3], (span.root + 2) % 12 if (span.root + 2) % 12 in span.scale else span.root)
        )
        at, falls = rung(rungs, random.uniform(90.0, 99.0)), random.chance(0.6)
        when = beat
        for place in range(5 + random.below(5)):
            pitch = rungs[at - place if falls else at - 8 + place]
            notes.append(Note(when, 1.5, float(pitch), 0.4 + 0.15 * random.uniform(), 0, -0.7 + 0.17 * place))
            when += _spaced_s(bar, random.uniform(0.06, 0.16))
    return notes


@style("accent", "bells_dense", patch="accent.bells_dense")
def bells_dense(bar: BarContext) -> list[Note]:
    """A flurry of small bells, eight to sixteen in any order."""
    random = bar.random
    notes: list[Note] = []
    for beat in _placed(bar, 1, 3, _ON_THE_BEAT):
        for _ in range(8 + random.below(9)):
            when = beat + 0.25 * random.below(8) + 0.125 * random.below(2)
            pitch = _tone(bar, when, 76.0, 96.0)
            notes.append(Note(when, 1.0, pitch, 0.28 + 0.25 * random.uniform(), 0, _pan(bar, 0.8)))
    return notes


@style("accent", "blip", patch="accent.blip")
def blip(bar: BarContext) -> list[Note]:
    """One short pure blip on the grid, on the root or the fifth."""
    notes: list[Note] = []
    for beat in _placed(bar, 4, 6, (0.0, 1.0, 2.0, 3.0, 2.5)):
        tone = bar.chord_at(beat).tones[bar.random.choice((0, 0, 2))]
        notes.append(
            Note(beat, 0.2, float(nearest(tone, 84.0)), 0.5 + 0.15 * bar.random.uniform(), 0, _pan(bar, 0.3))
        )
    return notes


@style("accent", "blip_random", patch="accent.blip_random")
def blip_random(bar: BarContext) -> list[Note]:
    """Blips at odd places and pitches, in ones and twos."""
    random = bar.random
    notes: list[Note] = []
    for place in _placed(bar, 1, 4, (0.25, 1.25, 1.75, 2.25, 3.25, 3.75, 0.75)):
        for at in range(1 + random.below(3)):
            beat = place + at * random.choice((0.125, 0.1875, 0.3125))
            pitch = float(60 + random.below(40))
            notes.append(Note(beat, 0.15, pitch, 0.4 + 0.25 * random.uniform(), 0, _pan(bar, 0.9)))
    return notes


@style("accent", "brass_hit", patch="accent.brass_hit")
def brass_hit(bar: BarContext) -> list[Note]:
    """A short brass chord where a section starts, and where some of its phrases do."""
    place = bar.place
    wants = bar.random.chance(0.55 + 0.4 * bar.level * bar.tension)
    if not (place.bar == 0 or bar.cue or (place.phrase_bar == 0 and wants)):
        return []
    tones = bar.chord.tones[:4]
    voicing = close(tones, 52) if len(tones) == 4 else (*close(tones, 52), close(tones, 52)[0] + 12)
    loud = 0.66 + 0.2 * bar.random.uniform()
    notes = [Note(0.0, 0.6, float(pitch), loud, 0, 0.2 * at - 0.3) for at, pitch in enumerate(voicing)]
    if bar.random.chance(0.4):
        notes += [note._replace(beat=0.75, length=1.2, velocity=loud * 0.85) for note in notes]
    return notes


@style("accent", "wind", patch="accent.wind")
def wind(bar: BarContext) -> list[Note]:
    """A gust of noise that crosses the field in two to four beats."""
    random = bar.random
    notes: list[Note] = []
    for beat in _placed(bar, 1, 2, (0.0, 2.0)):
        length = random.choice((2.0, 3.0, 4.0))
        pitch = AS_TUNED + random.uniform(-5.0, 7.0)
        side = -1.0 if random.chance(0.5) else 1.0
        notes.append(Note(beat, length, pitch, 0.5 + 0.25 * random.uniform(), 0, side, pitch - 3.0 * side))
    return notes


@style("accent", "arp_accent", patch="accent.arp_accent")
def arp_accent(bar: BarContext) -> list[Note]:
    """A fast arpeggio upward through the chord, in thirty-seconds."""
    random = bar.random
    notes: list[Note] = []
    for beat in _placed(bar, 1, 2, (0.0, 2.0, 3.0)):
        rungs = ladder(bar.chord_at(beat).tones[:4])
        start = rung(rungs, random.uniform(58.0, 66.0))
        step = 0.125 if bar.tempo_bpm < 125 else 0.25
        for at in range(5 + random.below(4)):
            loud = 0.38 + 0.04 * at + 0.08 * random.uniform()
            notes.append(Note(beat + at * step, 0.5, float(rungs[start + at]), loud, 0, -0.4 + 0.1 * at))
    return notes


@style("accent", "piano_note", patch="accent.piano_note")
def piano_note(bar: BarContext) -> list[Note]:
    """One soft piano note with a long tail."""
    return [
        Note(beat, 6.0, _tone(bar, beat, 58.0, 76.0), 0.35 + 0.2 * bar.random.uniform(), 0, _pan(bar, 0.25))
        for beat in _placed(bar, 2, 4, (0.0, 2.0, 2.5, 1.0))
    ]
