"""The patch of the string bank: lutes, zithers, harps, upright basses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from latentscore.dsp.ticks import TICK
from latentscore.events import NoteEvent
from latentscore.instruments import units
from latentscore.instruments.banks import lanes as ln
from latentscore.instruments.banks import string as bank
from latentscore.instruments.banks.lanes import column as at
from latentscore.instruments.instrument import Touch
from latentscore.instruments.shape import (
    NO_LFO,
    NO_SWEEP,
    NOMINAL_VELOCITY,
    Amp,
    Lanes,
    Lfo,
    Rows,
    as_rows,
    fresh,
    shape_glide,
    shape_lfo,
    shape_note,
    shape_template,
)
from latentscore.randomness import Random
from latentscore.theory.pitch import hertz as hertz_of

PLUCKED = Amp(attack_ratio=0.5, rings=True)
_PERIOD, _LAG, _LOSS, _DULL, _LIFE_CO, _SOFT, _PICK, _WORD = map(
    at,
    (bank.PERIOD, bank.LAG, bank.LOSS, bank.DULL, bank.LIFE_CO, bank.SOFT, bank.PICK, bank.WORD),
)


@dataclass(frozen=True, eq=False)
class StringPatch:
    """One plucked string."""

    t60_s: float = 3.0
    """Seconds in which the fundamental of C4 falls by 60 dB."""
    high_t60_s: float = 0.6
    """The same for what lies ten times as high: how quickly the string gets dull."""
    key_decay: float = 0.6
    """How much shorter higher notes ring: t60 falls by this power of the frequency."""
    pluck_hz: float = 3000.0
    """Softness of the pick: a low-pass on the pluck."""
    pick: float = 0.2
    """Where it is plucked, as a share of the string."""
    noise: float = 0.3
    """Roughness of the pluck."""
    amp: Amp = PLUCKED
    lfo: Lfo = NO_LFO
    detune_cents: float = 0.0
    """Off the note by this, for the second string of a course."""
    bend_cents: float = 0.0
    """Where the pitch starts, against where it ends: a hard pluck stretches the string."""
    bend_s: float = 0.1
    glide_s: float = 0.05
    level_db: float = 0.0

    bank = "string"

    def lanes(self, event: NoteEvent, touch: Touch, random: Random) -> Rows:
        """Return the start values of the note's lane."""
        lanes = fresh(_template(self, touch))
        (lane,) = lanes
        hertz, rate = hertz_of(event.pitch + self.detune_cents / 100.0), touch.sample_rate
        higher = 2.0 ** ((event.pitch - 60.0) / 12.0 * self.key_decay)
        t60_s, high_t60_s = self.t60_s / higher, self.high_t60_s / higher
        lane[_PERIOD] = rate / hertz
        lane[_DULL], lane[_LAG], lane[_LOSS] = _loop(rate / hertz, t60_s, high_t60_s, rate)
        lane[_LIFE_CO] = 1.0 - 2.0 ** (TICK * units.fade_oct(t60_s, rate))
        octaves = 1.2 * (event.velocity - NOMINAL_VELOCITY) + 0.6 * touch.brightness
        lane[_SOFT] = math.exp(-2.0 * math.pi * self.pluck_hz * 2.0**octaves / rate)
        attack_s = self.amp.attack_within(touch, event.length / rate)
        shape_note(lanes, event, self.amp, touch, 0.0, units.makeup(attack_s, t60_s))
        lane[_PICK] = self.pick * random.uniform(0.93, 1.07)
        word = random.word() >> 32
        if self.lfo is not NO_LFO:
            shape_lfo(lanes, self.lfo, random)
        shape_glide(lanes, event, self.glide_s, rate)
        rows = as_rows(lanes)
        rows.view(np.uint32)[:, _WORD] = word
        return rows


@lru_cache(maxsize=256)
def _template(patch: StringPatch, touch: Touch) -> Lanes:
    rows = np.zeros((1, bank.N_ROWS), dtype=np.float32)
    shape_template(rows, touch, patch.amp, NO_SWEEP, patch.lfo)
    rows[:, at(ln.AMP)] *= units.gain(patch.level_db)
    rows[:, at(bank.NOISE)] = patch.noise
    rows[:, at(bank.LIFE)] = 1.0
    if patch.bend_cents:
        rows[:, at(ln.BEND)] = 2.0 ** (patch.bend_cents / 1200.0) - 1.0
        rows[:, at(ln.BEND_CO)] = units.glide_co(patch.bend_s, touch.sample_rate)
    return rows.tolist()


def _loop(period: float, t60_s: float, high_t60_s: float, sample_rate: int) -> tuple[float, float, float]:
    """Return pole, delay at the fundamental and gain of the loop, for two decay times.

    The one-pole low-pass in the loop takes, at ten times the fundamental, what the higher decay asks beyond the
    lower one (at most up to a quarter of the sample rate); the gain does the rest.
    """
    omega = 2.0 * math.pi / period
    high = min(10.0 * omega, math.pi / 2.0)
    wanted = 10.0 ** (-3.0 * period / sample_rate * (1.0 / high_t60_s - 1.0 / t60_s))
    # |H|² = (1 - p)² / (1 - 2 p cos + p²) at `high`, solved for p.
    square = wanted * wanted
    b = (1.0 - square * math.cos(high)) / (1.0 - square)
    pole = b - math.sqrt(b * b - 1.0)
    lag = math.atan2(pole * math.sin(omega), 1.0 - pole * math.cos(omega)) / omega
    size = (1.0 - pole) / math.sqrt(1.0 - 2.0 * pole * math.cos(omega) + pole * pole)
    return pole, lag, min(10.0 ** (-3.0 * period / (t60_s * sample_rate)) / size, 0.99999)
