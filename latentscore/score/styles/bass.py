"""The bass styles: C1 to G2, leading the harmony."""

from __future__ import annotations

from typing import Final

from latentscore.events import Note
from latentscore.score.context import BarContext, ChordSpan
from latentscore.score.figures import BASS_TOP, Held, bars_left, bass_floor, bass_pitch
from latentscore.score.registry import style
from latentscore.score.walking import Walker
from latentscore.theory.meter import BEATS
from latentscore.theory.pitch import at_or_above, fold, nearest
from latentscore.theory.scales import ladder, stepped
from latentscore.theory.voicing import close


class _Line:
    """Where a moving bass stands, and the figure it keeps within a section."""

    def __init__(self) -> None:
        self.pitch = 36
        self.section = -1
        self.figure = 0

    def turn(self, bar: BarContext, n_figures: int) -> int:
        """Return the section's figure: a new one where a section begins."""
        if self.section != bar.place.section_index:
            self.section = bar.place.section_index
            self.figure = bar.random.below(n_figures)
        return self.figure


@style("bass", "drone", patch="bass.drone")
def drone(bar: BarContext) -> list[Note]:
    """The tonic under every chord, bowed anew each 2 to 4 bars."""
    held = bar.memory.of(Held)
    n_bars = min(bar.random.choice((2, 3, 4)), bars_left(bar))
    if not held.is_free(bar):
        return []
    length = float(n_bars * BEATS)
    held.hold(bar, 0.0, length)
    root = at_or_above(bar.key.root, bass_floor(bar))
    notes = [Note(0.0, length + 0.75, float(root), 0.72 + 0.12 * bar.random.uniform())]
    if bar.tension > 0.55 and root + 12 <= BASS_TOP + 3:
        notes.append(Note(2.0, length - 2.0, root + 12.0, 0.4))
    return notes


@style("bass", "sustained", patch="bass.sustained")
def sustained(bar: BarContext) -> list[Note]:
    """One legato note a chord, and sometimes a step that leads into the next."""
    line, held = bar.memory.of(_Line), bar.memory.of(Held)
    notes: list[Note] = []
    for span in bar.chords:
        connects = bar.random.chance(0.2 + 0.3 * bar.tension)
        if not span.is_new and not held.is_free(bar, span.beat):
            continue
        # a chord that lasts is bowed anew, and its last bar is left free for the way out of it
        length = min(span.left - BEATS if span.left > BEATS else span.left, 8.0)
        length = min(length, bars_left(bar) * BEATS - span.beat)
        held.hold(bar, span.beat, length)
        before, line.pitch = line.pitch, bass_pitch(bar, span.root, line.pitch)
        glide = float(before) if bar.number > 0 and 0 < abs(before - line.pitch) <= 7 else None
        following = bar.chord_at(span.beat + span.length)
        way = _step_toward(line.pitch, following, span)
        if connects and length == span.left >= 2.0 and following.root != span.root and way != line.pitch:
            notes.append(Note(span.beat, length - 0.95, float(line.pitch), 0.78, 0, 0.0, glide))
            notes.append(Note(span.beat + length - 1.0, 1.05, float(way), 0.62, 0, 0.0, float(line.pitch)))
            line.pitch = way
        else:
            notes.append(Note(span.beat, length + 0.1, float(line.pitch), 0.78, 0, 0.0, glide))
    return notes


def _step_toward(pitch: int, following: ChordSpan, span: ChordSpan) -> int:
    """Return a scale tone beside the next root, on the side we come from."""
    goal = nearest(following.root, pitch)
    return fold(stepped(ladder(span.scale), goal, -1 if goal >= pitch else 1), 28, 45)


_GROUPINGS: Final = ((0, 3, 6), (0, 2, 5), (0, 4), (0, 3, 5))


@style("bass", "pulsing", patch="bass.pulsing")
def pulsing(bar: BarContext) -> list[Note]:
    """Eighths on the root; the accents wander over the bar from phrase to phrase."""
    line, random = bar.memory.of(_Line), bar.random
    grouping = _GROUPINGS[(line.turn(bar, 4) + bar.place.phrase_index) % len(_GROUPINGS)]
    notes: list[Note] = []
    for eighth in range(8):
        beat = eighth * 0.5
        span = bar.chord_at(beat)
        accent = eighth in grouping
        drops = random.chance(0.35 * (1.0 - bar.level))
        if drops and not accent:
            continue
        line.pitch = bass_pitch(bar, span.root, line.pitch)
        pitch = line.pitch
        if eighth == 7 and random.chance(0.35) and bar.next_chord.root != span.root:
            pitch = _step_toward(line.pitch, bar.next_chord, span)
        loud = (0.82 if accent else 0.55) + 0.08 * random.uniform()
        notes.append(Note(beat, 0.42 if accent else 0.34, float(pitch), loud))
    return notes


@style("bass", "walking", patch="bass.walking")
def walking(bar: BarContext) -> list[Note]:
    """Quarter notes: chord tones on 1 and 3, and a way into each next chord; in two at a low level."""
    return bar.memory.of(Walker).walk(bar)


class _Swelling:
    """Which voice of a drone swells while the other is held, and how loud."""

    def __init__(self) -> None:
        self.pitch = 0.0
        self.loud = 0.0


@style("bass", "fifth_drone", patch="bass.fifth_drone")
def fifth_drone(bar: BarContext) -> list[Note]:
    """Tonic and fifth together; one is held while the other swells each bar, the fifth softer: home stays home."""
    held, swelling = bar.memory.of(Held), bar.memory.of(_Swelling)
    if not held.is_free(bar):
        loud = swelling.loud * (0.72 + 0.08 * bar.random.uniform())
        return [Note(0.0, BEATS + 0.5, swelling.pitch, loud)]
    length = float(min(bar.random.choice((2, 2, 4)), bars_left(bar)) * BEATS)
    held.hold(bar, 0.0, length)
    root = at_or_above(bar.key.root, 25)
    tonic, fifth = (float(root), 1.0), (float(root + 7), 0.75)
    (first, loud), (second, soft) = (tonic, fifth) if bar.random.chance(0.5) else (fifth, tonic)
    swelling.pitch, swelling.loud = second, soft
    return [
        Note(0.0, length + 0.5, first, loud * (0.74 + 0.08 * bar.random.uniform())),
        Note(0.0, BEATS + 0.5, second, soft * 0.54),
    ]


@style("bass", "sub_pulse", patch="bass.sub_pulse")
def sub_pulse(bar: BarContext) -> list[Note]:
    """Throbs of half a bar, below 60 Hz."""
    notes: list[Note] = []
    for beat in (0.0, 2.0):
        root = at_or_above(bar.chord_at(beat).root, 23)
        rests = bar.random.chance(0.25 * (1.0 - bar.level))
        if beat == 0.0 or not rests:
            loud = (0.85 if beat == 0.0 else 0.72) + 0.08 * bar.random.uniform()
            notes.append(Note(beat, 1.7, float(root), loud))
    ahead = bar.random.chance(0.12 + 0.15 * bar.tension)
    if ahead:  # a short throb into the next bar
        notes[-1] = notes[-1]._replace(length=min(notes[-1].length, 3.4 - notes[-1].beat))
        notes.append(Note(3.5, 0.4, float(at_or_above(bar.chord_at(3.5).root, 23)), 0.6))
    return notes


_OCTAVE_FIGURES: Final = (
    # (beat, an octave up?)
    ((0.0, False), (0.75, True), (1.5, False), (2.5, True), (3.0, False), (3.5, True)),
    ((0.0, False), (0.5, True), (1.5, True), (2.0, False), (2.75, True), (3.5, True)),
    ((0.0, False), (1.0, True), (1.5, False), (2.5, True), (3.0, True), (3.75, False)),
    ((0.0, False), (0.75, False), (1.0, True), (2.0, False), (2.5, True), (3.25, True)),
)


@style("bass", "octave", patch="bass.octave")
def octave(bar: BarContext) -> list[Note]:
    """Root and octave in a syncopated figure that a section keeps."""
    line, random = bar.memory.of(_Line), bar.random
    figure = _OCTAVE_FIGURES[line.turn(bar, len(_OCTAVE_FIGURES))]
    notes: list[Note] = []
    for place, (beat, up) in enumerate(figure):
        root = at_or_above(bar.chord_at(beat).root, 28)
        drops = random.chance(0.1 + 0.4 * (1.0 - bar.level))
        flips = random.chance(0.08)
        if drops and place > 1:
            continue
        loud = (0.62 if up else 0.8) + 0.08 * random.uniform()
        notes.append(Note(beat, 0.4, root + (12.0 if up != flips else 0.0), loud))
    return notes


_ARP_SHAPES: Final = ((0, 1, 2, 3), (0, 2, 1, 2), (0, 3, 2, 1), (0, 1, 2, 1), (0, 2, 3, 2))


@style("bass", "arp_bass", patch="bass.arp_bass")
def arp_bass(bar: BarContext) -> list[Note]:
    """Chord tones in eighths, or in sixteenths where the music is full; an accent on each change."""
    line, random = bar.memory.of(_Line), bar.random
    shape = _ARP_SHAPES[line.turn(bar, len(_ARP_SHAPES))]
    full = bar.level > 0.75 and bar.tension > 0.45 and bar.tempo_bpm < 150
    step = 0.25 if full else 0.5
    turned = random.below(3)
    notes: list[Note] = []
    for at in range(round(BEATS / step)):
        beat = at * step
        span = bar.chord_at(beat)
        root = at_or_above(span.root, 28)
        voicing = (*close(span.tones[:3], root), root + 12)
        pick = shape[(at + (turned if beat >= 2.0 and beat != span.beat else 0)) % len(shape)]
        if beat == span.beat:
            pick = 0
        rests = random.chance(0.06 + 0.15 * (1.0 - bar.level))
        if rests and beat != span.beat:
            continue
        loud = 0.88 if beat == span.beat else 0.58 + 0.1 * random.uniform()
        notes.append(Note(beat, step * 0.85, float(voicing[pick]), loud))
    return notes
