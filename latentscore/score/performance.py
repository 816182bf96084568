"""The performance: a part's notes become events, on the clock, by a human hand, as loud as the form asks."""

from __future__ import annotations

from typing import Final

from latentscore.events import Note, NoteEvent
from latentscore.score.clock import BarGrid, HumanHand
from latentscore.score.context import BarContext
from latentscore.score.manner import manner
from latentscore.score.settings import Settings
from latentscore.theory.pitch import nearest

_LOWEST_SUB: Final = 20
"""MIDI pitch of 26 Hz: below it a sub-octave is felt by few rooms and heard by none."""

_LONGEST_BREATH: Final = 6.0
"""Beats that a melody holds its last note at most."""

_ARTICULATED: Final = ("bass", "melody", "accent")
"""Layers whose notes a player holds longer or shorter; pads and beds overlap as written."""
_SEAM_SWELL: Final = 0.2
"""How much louder the last bar of a section grows; after a peak it dies away by as much."""


def performed(
    layer: str, hand: HumanHand, notes: list[Note], bar: BarContext, grid: BarGrid, numbers: Settings
) -> list[NoteEvent]:
    """Return the events of a bar's notes."""
    how = manner(bar.config)
    held = how.held if layer in _ARTICULATED else 1.0
    loudness = (0.6 + 0.4 * bar.level) * (0.76 + 0.28 * bar.tension)
    swell = _SEAM_SWELL * (-1.0 if bar.place.section == "peak" else 1.0) if bar.place.is_seam else 0.0
    notes.sort(key=_beat)
    events: list[NoteEvent] = []
    for beat, length, pitch, velocity, voice, pan, glide_from in notes:
        place = grid.frame(beat)
        onset = max(0, round(place + hand.timing(place, numbers.human_ms)))
        n_frames = max(1, round((grid.frame(beat + length) - place) * held))
        velocity = how.velocity(velocity) * loudness * hand.loudness(numbers.loudness_spread)
        velocity = min(1.0, max(0.02, velocity * (1.0 + swell * beat / bar.beats)))
        pan = min(1.0, max(-1.0, pan * how.width))
        events.append(NoteEvent(layer, onset, n_frames, pitch, velocity, voice, pan, glide_from))
    return events


def _beat(note: Note) -> float:
    return note.beat


def doubled(notes: list[Note]) -> list[Note]:
    """Return the bass an octave lower and softer; in unison where an octave lower would not be heard."""
    return [
        note._replace(
            pitch=note.pitch - 12.0 if note.pitch - 12.0 >= _LOWEST_SUB else note.pitch,
            velocity=note.velocity * 0.6,
            voice=0,
            glide_from=None,
        )
        for note in notes
    ]


def final(layer: str, notes: list[Note], bar: BarContext, held: float) -> list[Note]:
    """Return what stays of a part in the last bar: its downbeat, held; a melody comes home to the tonic."""
    if layer == "melody":
        return _homecoming(notes, bar, held)
    last = [note for note in notes if note.beat < 0.05]
    if layer == "rhythm":
        return last
    kept = [note for note in notes if note.beat >= 0.05] if layer == "texture" else []  # a bed goes on
    return [*(note._replace(length=held) for note in last), *kept]


def _homecoming(notes: list[Note], bar: BarContext, held: float) -> list[Note]:
    if not notes:
        return []
    pitch = float(nearest(bar.key.root, notes[0].pitch))
    length = min(held, _LONGEST_BREATH)
    return [notes[0]._replace(beat=0.0, length=length, pitch=pitch, glide_from=None)]
