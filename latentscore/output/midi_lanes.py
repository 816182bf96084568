"""Which MIDI channel plays which note: two notes of one key, or a note that bends and another, need two channels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from latentscore.events import LAYERS
from latentscore.output.general_midi import PROGRAMS, drum_key
from latentscore.output.tempo_map import TempoMap
from latentscore.score.sheet import ScoreNote

DRUM_CHANNEL: Final = 9
"""Channel 10, counted from 0."""
BEND_RANGE: Final = 24
"""Semitones that a full pitch bend spans to either side."""

_N_LANES: Final = 3
_MELODIC: Final = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)
_BEND_STEP_S: Final = 0.01
_SMALLEST_BEND: Final = 0.01
"""Semitones: a glide that has come so near is over."""
_GLIDES_S: Final[Mapping[str, float]] = MappingProxyType({"bass": 0.14, "accent": 1.6})
_GLIDE_S: Final = 0.08
"""In which a glide has gone 90 % of its way; by layer where its instruments differ."""
_UNBENT: Final = ("rhythm", "texture")
"""Layers whose fractional pitches only vary a noise or a drum: the nearest key will do."""


@dataclass
class Stroke:
    """One note as MIDI plays it: a key of a channel, down from `on` to `off`, in ticks."""

    on: int
    off: int
    key: int
    velocity: int
    bends: tuple[tuple[int, int], ...] = ()
    """(tick, pitch bend), the first where the note starts; empty for one that stays on its key."""


@dataclass
class Lane:
    """One channel and what it plays."""

    channel: int
    program: int
    strokes: list[Stroke] = field(default_factory=list[Stroke])
    _by_key: dict[int, Stroke] = field(default_factory=dict[int, Stroke])
    _busy_until: int = 0
    _bent_until: int = 0

    def can_play(self, stroke: Stroke) -> bool:
        """Tell whether a stroke would disturb nothing that the channel plays."""
        before = self._by_key.get(stroke.key)
        if (before is not None and before.off > stroke.on) or self._bent_until > stroke.on:
            return False
        return not stroke.bends or self._busy_until <= stroke.on

    def last_on(self, key: int) -> int:
        """Return when a key was last struck; -1 if never."""
        return self._by_key[key].on if key in self._by_key else -1

    def play(self, stroke: Stroke) -> None:
        """Play a stroke. An earlier one of the same key ends here; of two that start at once the louder stays."""
        before = self._by_key.get(stroke.key)
        if before is not None and before.on == stroke.on:
            before.velocity = max(before.velocity, stroke.velocity)
            before.off = max(before.off, stroke.off)
            stroke = before
        else:
            if before is not None:
                before.off = min(before.off, stroke.on)
                before.bends = tuple(bend for bend in before.bends if bend[0] < stroke.on)
            if self._busy_until > stroke.on:
                stroke.bends = ()
            self.strokes.append(stroke)
            self._by_key[stroke.key] = stroke
        self._busy_until = max(self._busy_until, stroke.off)
        if stroke.bends:
            self._bent_until = stroke.off


def lanes(layer: str, label: str, notes: Iterable[ScoreNote], tempo: TempoMap) -> list[Lane]:
    """Return the channels of a layer, with its notes, which must be sorted by onset; the first ones are always there.

    Each voice of the instrument has a channel; what is left of the layer's three helps out where notes collide.
    """
    programs = PROGRAMS[layer][label]
    if layer == "rhythm":
        found = [Lane(DRUM_CHANNEL, programs[0])]
    else:
        place = [name for name in LAYERS if name != "rhythm"].index(layer)
        channels = _MELODIC[place :: len(LAYERS) - 1][:_N_LANES]
        spare = programs[0]
        found = [
            Lane(channel, programs[at] if at < len(programs) else spare)
            for at, channel in enumerate(channels)
        ]
    for note in notes:
        voice = min(note.voice, len(programs) - 1) if layer != "rhythm" else 0
        stroke = _stroke(note, tempo)
        own = found[voice]
        others = [lane for lane in found[len(programs) :] if lane.program == own.program]
        free = (lane for lane in (own, *others) if lane.can_play(stroke))
        next(free, min((own, *others), key=lambda lane: lane.last_on(stroke.key))).play(stroke)
    return [lane for at, lane in enumerate(found) if lane.strokes or at < len(programs)]


def _stroke(note: ScoreNote, tempo: TempoMap) -> Stroke:
    on = tempo.tick(note.onset_s)
    off = max(on + 1, tempo.tick(note.onset_s + note.length_s))
    if note.layer == "rhythm":
        return Stroke(on, off, drum_key(note.voice, note.pitch), note.velocity)
    key = min(127, max(0, round(note.pitch)))
    return Stroke(on, off, key, note.velocity, _bends(note, key, tempo))


def _bends(note: ScoreNote, key: int, tempo: TempoMap) -> tuple[tuple[int, int], ...]:
    """Return the pitch bends of a note that glides or lies between the keys: the engine's one-pole, in 10 ms steps."""
    offset = note.pitch - key
    if note.layer in _UNBENT or (note.glide_from is None and abs(offset) < _SMALLEST_BEND):
        return ()
    if note.glide_from is None:
        return ((tempo.tick(note.onset_s), _wheel(offset)),)
    far = 2.0 ** ((note.glide_from - note.pitch) / 12.0) - 1.0
    fall = math.log(10.0) / _GLIDES_S.get(note.layer, _GLIDE_S)
    found: dict[int, int] = {}
    after_s, left = 0.0, math.inf
    while after_s < note.length_s and abs(left) > _SMALLEST_BEND:
        left = 12.0 * math.log2(1.0 + far * math.exp(-fall * after_s))
        found[tempo.tick(note.onset_s + after_s)] = _wheel(offset + left)
        after_s += _BEND_STEP_S
    return tuple(found.items())


def _wheel(semitones: float) -> int:
    return max(-8192, min(8191, round(semitones * 8192.0 / BEND_RANGE)))
