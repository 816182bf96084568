"""Ornaments on a sung line: grace notes, turns, trills, sighs, and notes that lean on a minor degree."""

from __future__ import annotations

from typing import Final

from latentscore.events import Note
from latentscore.score.context import BarContext
from latentscore.score.settings import settings
from latentscore.theory.meter import is_strong
from latentscore.theory.scales import ladder, stepped

_GRACE_BEATS: Final = 0.125


def beside(bar: BarContext, note: Note, steps: int) -> float:
    """Return the pitch some scale steps from a note, or the note's own where that leaves the register."""
    numbers = settings(bar.config)
    pitch = stepped(ladder(bar.chord_at(note.beat).scale), note.pitch, steps)
    return float(pitch) if numbers.melody_low <= pitch <= numbers.melody_high else note.pitch


def decorated(bar: BarContext, notes: list[Note]) -> list[Note]:
    """Return a slow line with grace notes, turns and trills around it."""
    random = bar.random
    played: list[Note] = []
    for note in notes:
        share = 0.45 + 0.35 * bar.level
        weights = (1.0 - share, share * 0.45, share * 0.35, share * 0.2)
        kind = random.weighted(("plain", "grace", "turn", "trill"), weights)
        if kind == "trill" and note.length >= 1.5:
            played += _trill(bar, note)
        elif kind in ("turn", "trill") and note.length >= 0.9:
            played += _turn(bar, note)
        elif kind != "plain" and note.length >= 0.4:
            played += _grace(bar, note, 1 if random.chance(0.65) else -1)
        else:
            played.append(note)
    return played


def _grace(bar: BarContext, note: Note, side: int) -> list[Note]:
    crushed = note._replace(pitch=beside(bar, note, side), length=_GRACE_BEATS, velocity=note.velocity * 0.75)
    return [crushed, note._replace(beat=note.beat + _GRACE_BEATS, length=note.length - _GRACE_BEATS)]


def _turn(bar: BarContext, note: Note) -> list[Note]:
    """Upper neighbour, note, lower neighbour, note: the gruppetto, in the note's first half beat or so."""
    step = 0.25 if note.length >= 1.5 else _GRACE_BEATS
    pitches = (beside(bar, note, 1), note.pitch, beside(bar, note, -1))
    soft = note.velocity * 0.8
    turn = [Note(note.beat + at * step, step, pitch, soft, note.voice) for at, pitch in enumerate(pitches)]
    return [*turn, note._replace(beat=note.beat + 3 * step, length=note.length - 3 * step)]


def _trill(bar: BarContext, note: Note) -> list[Note]:
    """Alternate with the upper neighbour, and end on the note."""
    step = 0.25 if bar.tempo_bpm >= 80 else _GRACE_BEATS
    n_pairs = min(4, int(note.length * 0.6 / (2.0 * step)))
    upper = beside(bar, note, 1)
    pitches = (note.pitch, upper) * n_pairs
    shakes = [
        Note(note.beat + at * step, step, pitch, note.velocity * (0.7 + 0.02 * at), note.voice)
        for at, pitch in enumerate(pitches)
    ]
    done = 2 * n_pairs * step
    return [*shakes, note._replace(beat=note.beat + done, length=note.length - done)]


def _after(note: Note, beats: float) -> Note:
    """Return the rest of a note once it has been leaned on for some beats: the resolution is softer."""
    return note._replace(beat=note.beat + beats, length=note.length - beats, velocity=note.velocity * 0.85)


def sighing(bar: BarContext, notes: list[Note]) -> list[Note]:
    """Return the line with appoggiaturas: strong notes are leaned on from a step above, and give way."""
    played: list[Note] = []
    for note in notes:
        sighs = bar.random.chance(0.8)
        above = beside(bar, note, 1)
        if sighs and is_strong(note.beat) and note.length >= 0.9 and above != note.pitch:
            lean = 0.5 if note.length < 2.0 else 1.0
            played.append(note._replace(pitch=above, length=lean))
            played.append(_after(note, lean))
        else:
            played.append(note)
    return played


_LEANS: Final = {2: 3, 7: 8, 0: 10}
"""Degree that resolves (semitones above the tonic) → the minor degree that leans on it: ♭3, ♭6 or ♭7."""


def minor_leaning(bar: BarContext, notes: list[Note]) -> list[Note]:
    """Return the line leaning on ♭3, ♭6 and ♭7 of the key before the tones they resolve to, in any mode."""
    numbers = settings(bar.config)
    played: list[Note] = []
    for note in notes:
        leans = bar.random.chance(0.9)
        degree = (int(note.pitch) - bar.key.root) % 12
        lean = _LEANS.get(degree)
        if not leans or lean is None or note.length < 0.9:
            played.append(note)
            continue
        pitch = note.pitch + (lean - degree + 6) % 12 - 6
        if not numbers.melody_low <= pitch <= numbers.melody_high:
            played.append(note)
            continue
        first = 0.5 if note.length < 1.4 else 1.0 if note.length < 2.9 else 1.5
        played.append(note._replace(pitch=pitch, length=first))
        played.append(_after(note, first))
    return played
