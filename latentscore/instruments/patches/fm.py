"""The patch of the FM bank: winds, organs, electric pianos, glass, pure tones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from latentscore.events import NoteEvent
from latentscore.instruments import units
from latentscore.instruments.banks import fm as bank
from latentscore.instruments.banks import lanes as ln
from latentscore.instruments.banks.lanes import column as at
from latentscore.instruments.instrument import Touch
from latentscore.instruments.shape import (
    NO_LFO,
    NO_SWEEP,
    NOMINAL_VELOCITY,
    STEADY,
    Amp,
    Lanes,
    Lfo,
    Rows,
    Sweep,
    as_rows,
    fresh,
    shape_glide,
    shape_lfo,
    shape_note,
    shape_template,
)
from latentscore.randomness import Random
from latentscore.theory.pitch import hertz as hertz_of

_TUNE, _MOD_TUNE, _INDEX_BASE, _INDEX_SWEEP, _PHASE, _MOD_PHASE = map(
    at, (bank.TUNE, bank.MOD_TUNE, bank.INDEX_BASE, bank.INDEX_SWEEP, bank.PHASE, bank.MOD_PHASE)
)


@dataclass(frozen=True, eq=False)
class FmPatch:
    """A carrier with chosen harmonics, and a modulator."""

    harmonics: tuple[float, ...] = (1.0,)
    """Amplitudes of up to eight harmonics of the carrier, from the first."""
    carrier_ratio: float = 1.0
    modulator_ratio: float = 1.0
    index: float = 0.0
    """Depth of the modulation in radians, constant part."""
    sweep_index: float = 0.0
    """What the second envelope adds to it."""
    lfo_index: float = 0.0
    drive: float = 1.0
    """Amplitude before the harmonics are made, constant part: below 1 the tone is duller."""
    sweep_drive: float = 0.0
    lfo_drive: float = 0.0
    sweep: Sweep = NO_SWEEP
    lfo: Lfo = NO_LFO
    breath: float = 0.0
    """Level of noise in the tone."""
    breath_hz: float = 2500.0
    """Cutoff of that noise."""
    velocity_index: float = 1.0
    """Share by which full velocity raises the modulation more than none."""
    lanes_per_note: int = 1
    detune_cents: float = 0.0
    """Spread of the lanes, from the lowest to the highest."""
    scoop_cents: float = 0.0
    """Where the pitch starts, against the note: winds come from below."""
    scoop_s: float = 0.06
    amp: Amp = STEADY
    glide_s: float = 0.08
    spread: float = 0.0
    delay_s: float = 0.0
    level_db: float = 0.0

    bank = "fm"

    def lanes(self, event: NoteEvent, touch: Touch, random: Random) -> Rows:
        """Return the start values of the note's lanes."""
        lanes = fresh(_template(self, touch))
        hertz = hertz_of(event.pitch)
        step = hertz / touch.sample_rate
        harder = max(0.0, 1.0 + self.velocity_index * (event.velocity - NOMINAL_VELOCITY))
        # Sidebands that would fold at the top of the spectrum are given up.
        highest = hertz * (self.carrier_ratio * len(self.harmonics) + 2.0 * self.modulator_ratio)
        harder *= min(1.0, 0.4 * touch.sample_rate / highest)
        for lane in lanes:
            lane[_TUNE] *= step
            lane[_MOD_TUNE] *= step
            lane[_INDEX_BASE] *= harder
            lane[_INDEX_SWEEP] *= harder
        shape_note(lanes, event, self.amp, touch, self.spread)
        shape_lfo(lanes, self.lfo, random)
        shape_glide(lanes, event, self.glide_s, touch.sample_rate)
        if self.lanes_per_note > 1:
            for lane in lanes:
                lane[_PHASE] = random.uniform(-0.5, 0.5)
                # Both begin at one moment of the same wave: kept odd in time, it has no DC.
                modulated = lane[_PHASE] * self.modulator_ratio / self.carrier_ratio
                lane[_MOD_PHASE] = (modulated + 0.5) % 1.0 - 0.5
        return as_rows(lanes)


@lru_cache(maxsize=256)
def _template(patch: FmPatch, touch: Touch) -> Lanes:
    n = patch.lanes_per_note
    rate = touch.sample_rate
    rows = np.zeros((n, bank.N_ROWS), dtype=np.float32)
    shape_template(rows, touch, patch.amp, patch.sweep, patch.lfo)
    rows[:, at(ln.AMP)] *= units.gain(patch.level_db) / math.sqrt(n)
    places = np.linspace(-0.5, 0.5, n) if n > 1 else np.zeros(1)
    ratios = 2.0 ** (places * patch.detune_cents / 1200.0)
    rows[:, at(bank.TUNE)] = patch.carrier_ratio * ratios
    rows[:, at(bank.MOD_TUNE)] = patch.modulator_ratio * ratios
    turns = 0.5 / math.pi
    rows[:, at(bank.INDEX_BASE)] = patch.index * turns
    rows[:, at(bank.INDEX_SWEEP)] = patch.sweep_index * turns
    rows[:, at(bank.INDEX_LFO)] = patch.lfo_index * turns
    rows[:, at(bank.DRIVE_BASE)] = patch.drive
    rows[:, at(bank.DRIVE_SWEEP)] = patch.sweep_drive
    rows[:, at(bank.DRIVE_LFO)] = patch.lfo_drive
    rows[:, at(bank.BREATH)] = patch.breath
    rows[:, at(bank.BREATH_CO)] = (
        1.0 - math.exp(-2.0 * math.pi * patch.breath_hz / rate) if patch.breath else 1.0
    )
    rows[:, at(bank.A1) : at(bank.A1) + bank.N_HARMONICS] = _polynomial(patch.harmonics)
    rows[:, at(ln.DELAY)] = round(patch.delay_s * rate)
    if patch.scoop_cents:
        rows[:, at(ln.BEND)] = 2.0 ** (patch.scoop_cents / 1200.0) - 1.0
        rows[:, at(ln.BEND_CO)] = units.glide_co(patch.scoop_s, rate)
    return rows.tolist()


def _polynomial(harmonics: tuple[float, ...]) -> Rows:
    """Return the coefficients, from the constant, of the sum of U(n-1) weighted by the harmonics."""
    before, now = np.zeros(bank.N_HARMONICS), np.zeros(bank.N_HARMONICS)
    now[0] = 1.0
    total = np.zeros(bank.N_HARMONICS)
    for level in harmonics:
        total += level * now
        before, now = now, 2.0 * np.append(0.0, now[:-1]) - before  # U(n+1) = 2 x U(n) - U(n-1)
    return total.astype(np.float32)
