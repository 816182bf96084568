"""The patch of the noise bank: wind, breath, brushes, hats, the sea."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from latentscore.dsp.ticks import TICK
from latentscore.events import NoteEvent
from latentscore.instruments import units
from latentscore.instruments.banks import lanes as ln
from latentscore.instruments.banks import noise as bank
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

_AMP, _ANGLE, _STEADY, _WORD = map(at, (ln.AMP, bank.ANGLE, bank.STEADY, bank.WORD))


@dataclass(frozen=True, eq=False)
class NoisePatch:
    """Noise through a two-pole filter that may sweep and flutter."""

    cutoff_hz: float
    """At pitch 60; see `key_track`."""
    filter: Literal["low", "band", "high"] = "band"
    resonance: float = 0.7
    """Q of the filter."""
    tilt_hz: float | None = None
    """Above this, the noise falls by 6 dB an octave before the filter; None: white."""
    key_track: float = 0.0
    velocity_oct: float = 0.5
    """Octaves by which full velocity opens the filter further than none."""
    sweep: Sweep = NO_SWEEP
    sweep_oct: float = 0.0
    lfo: Lfo = NO_LFO
    wobble_oct: float = 0.0
    """Depth of the LFO on the cutoff."""
    flutter_hz: float = 1.0
    """Pace of the random walk."""
    flutter_oct: float = 0.0
    """Its spread (standard deviation) on the cutoff."""
    flutter_amp: float = 0.0
    """Its spread on the loudness, as a share."""
    amp: Amp = STEADY
    lanes_per_note: int = 1
    """Independent noises; with `spread` they make the sound wide."""
    spread: float = 0.0
    pan_factor: float = 1.0
    """Factor on the note's place: -1 puts it on the other side."""
    delay_s: float = 0.0
    glide_s: float = 0.3
    level_db: float = 0.0

    bank = "noise"

    def lanes(self, event: NoteEvent, touch: Touch, random: Random) -> Rows:
        """Return the start values of the note's lanes."""
        lanes = fresh(_template(self, touch))
        opening = opened(event, self.key_track, self.velocity_oct)
        if self.pan_factor != 1.0:
            event = event._replace(pan=self.pan_factor * event.pan)
        shape_note(lanes, event, self.amp, touch, self.spread)
        shape_glide(lanes, event, self.glide_s, touch.sample_rate)
        for lane in lanes:
            lane[_ANGLE] *= opening
            lane[_STEADY] = lane[_AMP]
        shape_lfo(lanes, self.lfo, random)
        rows = as_rows(lanes)
        rows.view(np.uint32)[:, _WORD] = [random.word() >> 32 for _ in lanes]
        return rows


@lru_cache(maxsize=256)
def _template(patch: NoisePatch, touch: Touch) -> Lanes:
    rows = np.zeros((patch.lanes_per_note, bank.N_ROWS), dtype=np.float32)
    shape_template(rows, touch, patch.amp, patch.sweep, patch.lfo)
    rate = touch.sample_rate
    rows[:, at(ln.AMP)] *= units.gain(patch.level_db) / math.sqrt(patch.lanes_per_note)
    tilt = 1.0 if patch.tilt_hz is None else 1.0 - math.exp(-2.0 * math.pi * patch.tilt_hz / rate)
    rows[:, at(bank.TILT)] = tilt
    out = 1.0 / math.sqrt(tilt)  # a part of what the tilt takes
    damp = 1.0 / patch.resonance
    rows[:, at(bank.DAMP)] = damp
    if patch.filter == "low":
        rows[:, at(bank.OUT_LOW)] = out
    elif patch.filter == "band":
        rows[:, at(bank.OUT_BAND)] = out * damp
    else:
        rows[:, at(bank.OUT_X)], rows[:, at(bank.OUT_BAND)], rows[:, at(bank.OUT_LOW)] = (
            out,
            -out * damp,
            -out,
        )
    rows[:, at(bank.ANGLE)] = math.pi * patch.cutoff_hz / rate
    rows[:, at(bank.SWEEP_OCT)] = patch.sweep_oct
    rows[:, at(bank.WOBBLE_OCT)] = patch.wobble_oct
    co = 1.0 - math.exp(-2.0 * math.pi * patch.flutter_hz * TICK / rate)
    rows[:, at(bank.FLUTTER_CO)] = co
    deviation = math.sqrt(co / 6.0 * 0.5)  # about that of uniform noise after two such one-poles
    rows[:, at(bank.FLUTTER_OCT)] = patch.flutter_oct / deviation
    rows[:, at(bank.FLUTTER_AMP)] = patch.flutter_amp / deviation
    rows[:, at(ln.DELAY)] = round(patch.delay_s * rate)
    return rows.tolist()
