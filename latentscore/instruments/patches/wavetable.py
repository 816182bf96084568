"""The patch of the wavetable bank: pads whose spectrum is never at rest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from latentscore.events import NoteEvent
from latentscore.instruments import spectra, units
from latentscore.instruments.banks import lanes as ln
from latentscore.instruments.banks import wavetable as bank
from latentscore.instruments.banks.lanes import column as at
from latentscore.instruments.instrument import Touch
from latentscore.instruments.shape import (
    NO_LFO,
    NO_SWEEP,
    STEADY,
    Amp,
    Lanes,
    Lfo,
    Rows,
    Sweep,
    as_rows,
    fresh,
    opened,
    shape_glide,
    shape_lfo,
    shape_note,
    shape_template,
)
from latentscore.randomness import Random
from latentscore.theory.pitch import hertz as hertz_of

_TUNE, _COPY, _ANGLE, _PHASE, _PLACE_BASE = map(
    at, (bank.TUNE, bank.COPY, bank.ANGLE, bank.PHASE, bank.PLACE_BASE)
)


@dataclass(frozen=True, eq=False)
class WavetablePatch:
    """A wavetable, moved through by the second envelope and the LFO, and a low-pass of two poles."""

    table: str
    """One of `spectra.SPECTRA`."""
    cutoff_hz: float
    """At C4; see `key_track`."""
    place: float = 0.0
    """Where in the table a note begins, from 0 (first frame) to 1 (last)."""
    sweep_place: float = 0.0
    """What the second envelope adds to it."""
    lfo_place: float = 0.0
    scatter: float = 0.0
    """How far from `place` a lane may begin, either way."""
    resonance: float = 0.7
    """Q of the filter."""
    key_track: float = 0.5
    """0: the cutoff stays; 1: it follows the pitch."""
    velocity_oct: float = 0.7
    """Octaves by which full velocity opens the filter further than none."""
    sweep: Sweep = NO_SWEEP
    sweep_oct: float = 0.0
    lfo: Lfo = NO_LFO
    lanes_per_note: int = 2
    detune_cents: float = 6.0
    """Spread of the lanes, from the lowest to the highest."""
    amp: Amp = STEADY
    glide_s: float = 0.08
    spread: float = 0.0
    """Distance of the lanes from the note's place, 0 to 1."""
    level_db: float = 0.0

    bank = "wavetable"

    def lanes(self, event: NoteEvent, touch: Touch, random: Random) -> Rows:
        """Return the start values of the note's lanes."""
        lanes = fresh(_template(self, touch))
        step = hertz_of(event.pitch) / touch.sample_rate
        copy = bank.copy_for(step)
        opening = opened(event, self.key_track, self.velocity_oct)
        shape_note(lanes, event, self.amp, touch, self.spread)
        shape_lfo(lanes, self.lfo, random)
        shape_glide(lanes, event, self.glide_s, touch.sample_rate)
        for lane in lanes:
            lane[_TUNE] *= step
            lane[_COPY] += copy
            lane[_ANGLE] *= opening
            lane[_PHASE] = random.uniform(-0.5, 0.5)
            lane[_PLACE_BASE] += (bank.N_FRAMES - 1) * random.uniform(-self.scatter, self.scatter)
        return as_rows(lanes)


@lru_cache(maxsize=256)
def _template(patch: WavetablePatch, touch: Touch) -> Lanes:
    n = patch.lanes_per_note
    rows = np.zeros((n, bank.N_ROWS), dtype=np.float32)
    shape_template(rows, touch, patch.amp, patch.sweep, patch.lfo)
    rows[:, at(ln.AMP)] *= units.gain(patch.level_db) / math.sqrt(n)
    places = np.linspace(-0.5, 0.5, n) if n > 1 else np.zeros(1)
    rows[:, at(bank.TUNE)] = 2.0 ** (places * patch.detune_cents / 1200.0)
    rows[:, at(bank.COPY)] = spectra.start_of(patch.table)
    for row, share in (
        (bank.PLACE_BASE, patch.place),
        (bank.PLACE_SWEEP, patch.sweep_place),
        (bank.PLACE_LFO, patch.lfo_place),
    ):
        rows[:, at(row)] = share * (bank.N_FRAMES - 1)
    rows[:, at(bank.DAMP)] = 1.0 / patch.resonance
    rows[:, at(bank.ANGLE)] = math.pi * patch.cutoff_hz / touch.sample_rate
    rows[:, at(bank.SWEEP_OCT)] = patch.sweep_oct
    return rows.tolist()
