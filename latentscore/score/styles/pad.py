"""The pad styles: C3 to C6, voice-led, wide."""

from __future__ import annotations

from typing import Final

from latentscore.events import Note
from latentscore.score.context import BarContext, ChordSpan
from latentscore.score.figures import swell_beats
from latentscore.score.registry import style
from latentscore.score.swells import Choir, chorus
from latentscore.theory.meter import BEATS
from latentscore.theory.pitch import at_or_above, fold, nearest


def four_tones(bar: BarContext, span: ChordSpan) -> tuple[int, ...]:
    """Return four classes of a chord, so that home stays home.

    A triad doubles the tonic if it has it, else its root. A ninth chord leaves out its fifth; on the
    tonic it leaves out its seventh instead, and keeps the fifth that names the key.
    """
    tones, tonic = span.tones, bar.key.root
    if len(tones) == 3:
        return (*tones, tonic if tonic in tones else tones[0])
    if len(tones) == 4:
        return tones
    return (*tones[:3], tones[4]) if span.root == tonic else (*tones[:2], *tones[3:])


@style("pad", "warm_slow", patch="pad.warm_slow")
def warm_slow(bar: BarContext) -> list[Note]:
    """Close voicings that swell and overlap at changes."""
    choir, notes = bar.memory.of(Choir), list[Note]()
    for swell in choir.swells(bar, swell_beats(bar)):
        voicing = choir.lead(bar, four_tones(bar, swell.span), 52, 72)
        notes += chorus(bar, swell, voicing, loud=0.6, overlap=0.75, width=0.35)
    return notes


@style("pad", "dark_sustained", patch="pad.dark_sustained")
def dark_sustained(bar: BarContext) -> list[Note]:
    """Three low voices wide apart; each moves as little as the chord lets it."""
    choir, notes = bar.memory.of(Choir), list[Note]()
    for swell in choir.swells(bar, swell_beats(bar)):
        voicing = choir.lead(bar, swell.span.tones[:3], 48, 66, 5)
        notes += chorus(bar, swell, voicing, loud=0.6, overlap=1.0, width=0.25)
    return notes


@style("pad", "cinematic", patch="pad.cinematic")
def cinematic(bar: BarContext) -> list[Note]:
    """A spread orchestra of voices in crescendos over the phrase, with octaves above once it is loud."""
    choir, notes = bar.memory.of(Choir), list[Note]()
    n_bars = max(4, bar.place.phrase_bars)
    crescendo = ((bar.place.bar % n_bars) + 1.0) / n_bars
    for swell in choir.swells(bar, swell_beats(bar)):
        voicing = choir.lead(bar, four_tones(bar, swell.span), 48, 72, 5)
        if crescendo > 0.5 and voicing[-1] + 12 <= _HIGHEST:
            voicing = (*voicing, voicing[-1] + 12)
        notes += chorus(bar, swell, voicing, loud=0.36 + 0.42 * crescendo, overlap=0.5, width=0.6)
    return notes


@style("pad", "thin_high", patch="pad.thin_high")
def thin_high(bar: BarContext) -> list[Note]:
    """Two or three glassy notes above C5."""
    choir, notes = bar.memory.of(Choir), list[Note]()
    for swell in choir.swells(bar, swell_beats(bar)):
        tones = swell.span.tones
        colour = tones[3:] or tones[:1]
        voicing = choir.lead(bar, (tones[1], tones[2], colour[-1]), 72, 86, 3, floor=72)
        n_voices = 3 if bar.random.chance(bar.level * 0.6 + 0.3 * bar.tension) else 2
        notes += chorus(bar, swell, voicing[-n_voices:], loud=0.5, overlap=1.0, width=0.5)
    return notes


@style("pad", "ambient_drift", patch="pad.ambient_drift")
def ambient_drift(bar: BarContext) -> list[Note]:
    """Voices that enter one at a time, linger into the next chord, and wander over the field."""
    choir, random, notes = bar.memory.of(Choir), bar.random, list[Note]()
    for swell in choir.swells(bar, swell_beats(bar)):
        voicing = list(choir.lead(bar, four_tones(bar, swell.span), 53, 79, 2))
        beat, end = swell.beat, swell.beat + swell.length
        step = max(0.5, min(1.5, swell.length / 4.0))
        while voicing and beat < min(end, float(BEATS)):
            pitch = voicing.pop(random.below(len(voicing)))
            loud, pan = 0.52 + 0.16 * random.uniform(), random.uniform(-0.8, 0.8)
            notes.append(Note(beat, end - beat + 2.0, float(pitch), loud, 0, pan))
            beat += step * random.choice((0.5, 1.0, 1.0, 1.5))
    return notes


_QUINTAL: Final = (0, 7, 14, 21)
_QUARTAL: Final = (0, 5, 10, 15)
_HOLLOW: Final = (0, 7, 12, 19)
_BARE: Final = (0, 12, 24)


@style("pad", "stacked_fifths", patch="pad.stacked_fifths")
def stacked_fifths(bar: BarContext) -> list[Note]:
    """Stacks of fifths, or of fourths where the fifths would leave the scale."""
    choir, notes = bar.memory.of(Choir), list[Note]()
    for swell in choir.swells(bar, swell_beats(bar)):
        root, scale = swell.span.root, swell.span.scale
        before = choir.pitches[0] if choir.pitches else 51
        lowest = fold(nearest(root, (before + 51) / 2.0), 48, 59)
        quartal = bar.random.chance(0.3)
        stacks = (_QUARTAL, _QUINTAL, _HOLLOW) if quartal else (_QUINTAL, _QUARTAL, _HOLLOW)
        stack = next((s for s in stacks if all((root + i) % 12 in scale for i in s)), _BARE)
        choir.pitches = tuple(lowest + interval for interval in stack)
        n_voices = 4 if bar.level > 0.75 or bar.tension > 0.6 else 3
        notes += chorus(bar, swell, choir.pitches[:n_voices], loud=0.58, overlap=0.4, width=0.4)
    return notes


_HIGHEST: Final = 88
"""Of the notes added above a voicing."""


@style("pad", "bright_open", patch="pad.bright_open")
def bright_open(bar: BarContext) -> list[Note]:
    """Open voicings with an added ninth or a suspension; higher and louder where the phrase peaks."""
    choir, notes = bar.memory.of(Choir), list[Note]()
    peak = (bar.place.phrase_bar + 1.0) / bar.place.phrase_bars
    for swell in choir.swells(bar, swell_beats(bar)):
        voicing = choir.lead(bar, _opened(bar, swell.span), 58, 76, 4)
        above = at_or_above(swell.span.tones[2], voicing[-1] + 1)
        if peak > 0.7 and bar.tension > 0.35 and above <= _HIGHEST:
            voicing = (*voicing, above)
        notes += chorus(bar, swell, voicing, loud=0.5 + 0.14 * peak, overlap=0.4, width=0.5)
    return notes


def _opened(bar: BarContext, span: ChordSpan) -> tuple[int, ...]:
    """Return root, fifth, third or suspended fourth, and the ninth where the scale has it."""
    root, third, fifth = span.tones[:3]
    ninth, fourth = (root + 2) % 12, (root + 5) % 12
    suspends = bar.random.chance(0.25)
    middle = fourth if suspends and fourth in span.scale and fourth not in (third, fifth) else third
    added = ninth if ninth in span.scale and ninth != middle else span.tones[-1]
    return (root, fifth, middle, added if added not in (root, fifth, middle) else root)
