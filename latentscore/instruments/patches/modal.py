"""The patch of the modal bank: a list of decaying partials. Bells, bars, pianos, drums."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from latentscore.events import NoteEvent
from latentscore.instruments import units
from latentscore.instruments.banks import lanes as ln
from latentscore.instruments.banks import modal as bank
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

RINGING = Amp(attack_ratio=0.5, rings=True)
_AMP, _TUNE, _FADE, _PHASE = map(at, (ln.AMP, bank.TUNE, bank.FADE, bank.PHASE))


class Partial(NamedTuple):
    """One mode of a struck thing."""

    ratio: float
    """Frequency against the note's."""
    level: float
    """Amplitude when struck at medium strength."""
    t60_s: float
    """Seconds in which it falls by 60 dB, at C4."""


@dataclass(frozen=True, eq=False)
class ModalPatch:
    """A struck thing: each partial decays on its own."""

    partials: tuple[Partial, ...]
    amp: Amp = RINGING
    """Attack; with a `sustain` below 1, a second and faster decay before the long one; release where damped."""
    beating_hz: float = 0.0
    """If not 0, every partial is two, about this far apart: a bell not quite round, a piano's pair of strings."""
    key_decay: float = 0.5
    """How much shorter higher notes ring: t60 falls by this power of the frequency."""
    velocity_tilt: float = 0.8
    """Power of the ratio by which full velocity favours higher partials more than none."""
    brightness_tilt: float = 0.35
    """The same for each step of the config's brightness."""
    bend_cents: float = 0.0
    """Where the pitch starts, against where it ends: drums fall, a tabla's bass may rise."""
    bend_s: float = 0.05
    """Time in which 90 % of the bend is over."""
    jitter: float = 0.08
    """Chance of the stroke: share by which a partial's level may differ."""
    scattered: bool = False
    """Partials begin anywhere in their cycle, as those of plates do, rather than all at rest."""
    lfo: Lfo = NO_LFO
    spread: float = 0.0
    delay_s: float = 0.0
    """Later than the note by this."""
    level_db: float = 0.0

    bank = "modal"

    def lanes(self, event: NoteEvent, touch: Touch, random: Random) -> Rows:
        """Return the start values of the note's lanes."""
        lanes = fresh(_template(self, touch))
        tilt = (
            self.velocity_tilt * (event.velocity - NOMINAL_VELOCITY) + self.brightness_tilt * touch.brightness
        )
        weights = [lane[_TUNE] ** tilt for lane in lanes]
        level = math.sqrt(len(lanes) / math.fsum(weight * weight for weight in weights))
        shape_note(lanes, event, self.amp, touch, self.spread, level)
        step = hertz_of(event.pitch) / touch.sample_rate
        higher = 2.0 ** ((event.pitch - 60.0) / 12.0 * self.key_decay)
        for lane, weight in zip(lanes, weights, strict=True):
            lane[_TUNE] *= step
            lane[_FADE] *= higher
            lane[_AMP] *= weight * (1.0 + random.uniform(-self.jitter, self.jitter))
            if lane[_TUNE] > 0.45:  # past the end of the spectrum
                lane[_AMP] = 0.0
            if self.scattered:
                lane[_PHASE] = random.uniform(-0.5, 0.5)
        if self.lfo is not NO_LFO:
            shape_lfo(lanes, self.lfo, random)
        shape_glide(lanes, event, self.bend_s, touch.sample_rate)
        return as_rows(lanes)


@lru_cache(maxsize=256)
def _template(patch: ModalPatch, touch: Touch) -> Lanes:
    partials: Sequence[Partial] = patch.partials
    if patch.beating_hz:
        partials = [part for pair in zip(partials, partials, strict=True) for part in pair]
    rows = np.zeros((len(partials), bank.N_ROWS), dtype=np.float32)
    shape_template(rows, touch, patch.amp, NO_SWEEP, patch.lfo)
    level = units.gain(patch.level_db)
    attack_s = patch.amp.attack(touch)
    for k, part in enumerate(partials):
        rows[k, at(bank.TUNE)] = part.ratio
        if patch.beating_hz:  # apart by a share of C4's frequency, in both directions
            rows[k, at(bank.TUNE)] += (
                (0.5 if k % 2 else -0.5) * patch.beating_hz * (1.0 + 0.23 * (k // 2)) / 261.6
            )
        rows[k, at(bank.FADE)] = units.fade_oct(part.t60_s, touch.sample_rate)
        rows[k, at(ln.AMP)] = part.level * level * units.makeup(attack_s, part.t60_s)
        if patch.beating_hz:  # unequal, so that the beats never reach silence
            rows[k, at(ln.AMP)] *= 0.35 if k % 2 else 0.65
    rows[:, at(bank.SIZE)] = 1.0
    rows[:, at(ln.DELAY)] = round(patch.delay_s * touch.sample_rate)
    if patch.bend_cents:
        rows[:, at(ln.BEND)] = 2.0 ** (patch.bend_cents / 1200.0) - 1.0
        rows[:, at(ln.BEND_CO)] = units.glide_co(patch.bend_s, touch.sample_rate)
    return rows.tolist()
