"""The patch of the saw bank: analogue-like basses, pads, ensembles, brass, and choirs through band-pass formants."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from latentscore.events import NoteEvent
from latentscore.instruments import units
from latentscore.instruments.banks import saw as bank
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

_TUNE_1, _TUNE_2, _PHASE_1, _PHASE_2, _ANGLE = map(
    at, (bank.TUNE_1, bank.TUNE_2, bank.PHASE_1, bank.PHASE_2, bank.ANGLE)
)


@dataclass(frozen=True, eq=False)
class SawPatch:
    """Two saws a lane, or a pulse, with sine and noise, through a two-pole filter."""

    cutoff_hz: float
    """At C4; see `key_track`."""
    lanes_per_note: int = 1
    """Unison: each lane has two oscillators, detuned against all others."""
    detune_cents: float = 6.0
    """Spread of all oscillators of a note, from the lowest to the highest."""
    pulse_width: float | None = None
    """If set, the second saw is turned over and follows the first by this share of a period: a pulse."""
    ratio_2: float = 1.0
    """Frequency of the second saw against the first."""
    level_2: float = 1.0
    sine_level: float = 0.0
    """A sine in phase with the first saw, that makes the fundamental firm."""
    noise_level: float = 0.0
    resonance: float = 0.7
    """Q of the filter."""
    band: bool = False
    """Band-pass (a formant) instead of low-pass."""
    key_track: float = 0.5
    """0: the cutoff stays; 1: it follows the pitch."""
    velocity_oct: float = 0.7
    """Octaves by which full velocity opens the filter further than none."""
    sweep: Sweep = NO_SWEEP
    sweep_oct: float = 0.0
    lfo: Lfo = NO_LFO
    wobble_oct: float = 0.0
    """Depth of the LFO on the cutoff."""
    amp: Amp = STEADY
    glide_s: float = 0.08
    locked: bool = False
    """Both saws start together, so that every note has the same attack; otherwise anywhere."""
    spread: float = 0.0
    """Distance of the lanes from the note's place, 0 to 1."""
    level_db: float = 0.0

    bank = "saw"

    def lanes(self, event: NoteEvent, touch: Touch, random: Random) -> Rows:
        """Return the start values of the note's lanes."""
        lanes = fresh(_template(self, touch))
        step = hertz_of(event.pitch) / touch.sample_rate
        opening = opened(event, self.key_track, self.velocity_oct)
        for lane in lanes:
            lane[_TUNE_1] *= step
            lane[_TUNE_2] *= step
            lane[_ANGLE] *= opening
        shape_note(lanes, event, self.amp, touch, self.spread)
        shape_lfo(lanes, self.lfo, random)
        shape_glide(lanes, event, self.glide_s, touch.sample_rate)
        for lane in lanes:
            phase, other = random.uniform(-0.5, 0.5), random.uniform()
            if self.locked:
                phase = other = 0.0
            if self.pulse_width is not None:
                other = self.pulse_width
            lane[_PHASE_1], lane[_PHASE_2] = phase, (phase + other + 0.5) % 1.0 - 0.5
        return as_rows(lanes)


@lru_cache(maxsize=256)
def _template(patch: SawPatch, touch: Touch) -> Lanes:
    n = patch.lanes_per_note
    rows = np.zeros((n, bank.N_ROWS), dtype=np.float32)
    shape_template(rows, touch, patch.amp, patch.sweep, patch.lfo)
    detune = patch.detune_cents * (1.0 + 0.25 * touch.grain)
    n_saws = 2 * n if patch.pulse_width is None else n
    places = np.linspace(-0.5, 0.5, n_saws) if n_saws > 1 else np.zeros(1)
    ratios = 2.0 ** (places * detune / 1200.0)
    rows[:, at(bank.TUNE_1)] = ratios[:n]
    rows[:, at(bank.TUNE_2)] = (ratios[:n] if patch.pulse_width is not None else ratios[n:]) * patch.ratio_2
    # Saws that run freely add up by their powers.
    level = units.gain(patch.level_db) / math.sqrt(n)
    rows[:, at(bank.MIX_1)] = 0.5 * level
    rows[:, at(bank.MIX_2)] = 0.5 * level * (patch.level_2 if patch.pulse_width is None else -1.0)
    rows[:, at(bank.MIX_SINE)] = patch.sine_level * level
    rows[:, at(bank.MIX_NOISE)] = patch.noise_level * level
    rows[:, at(bank.DAMP)] = 1.0 / patch.resonance
    rows[:, at(bank.OUT_BAND if patch.band else bank.OUT_LOW)] = 1.0 / patch.resonance if patch.band else 1.0
    rows[:, at(bank.ANGLE)] = math.pi * patch.cutoff_hz / touch.sample_rate
    rows[:, at(bank.SWEEP_OCT)] = patch.sweep_oct
    rows[:, at(bank.WOBBLE_OCT)] = patch.wobble_oct
    return rows.tolist()
