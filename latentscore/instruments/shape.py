"""How a note moves in time, for every kind of patch: amplitude, second envelope, LFO, and the rows they fill."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from latentscore.dsp.ticks import TICK
from latentscore.events import NoteEvent
from latentscore.instruments import units
from latentscore.instruments.banks import lanes as ln
from latentscore.instruments.banks.lanes import column as at
from latentscore.instruments.instrument import Touch
from latentscore.randomness import Random
from latentscore.theory.pitch import hertz

Rows = NDArray[np.float32]
"""Start values of a note's lanes, (n_lanes, n_rows of the bank)."""
Lanes = list[list[float]]
"""The same while a note is made. Lists, since numpy takes a microsecond for every number that is touched alone."""

_HOLD, _RISE_OCT, _RELEASE_CO, _AMP, _PAN_L, _PAN_R, _LFO, _LFO_STEP, _BEND, _BEND_CO = map(
    at,
    (
        ln.HOLD,
        ln.RISE_OCT,
        ln.RELEASE_CO,
        ln.AMP,
        ln.PAN_L,
        ln.PAN_R,
        ln.LFO,
        ln.LFO_STEP,
        ln.BEND,
        ln.BEND_CO,
    ),
)

NOMINAL_VELOCITY: Final = 0.7
_FASTEST_ATTACK_S: Final = 0.001
_MEDIUM_ATTACK_S: Final = 0.04
_TAIL_S: Final = 1.0
"""Longest release of a short note; others release for no longer than they are held."""
_RISEN_BY: Final = 0.5
"""Share of a note's length by which it has come: a short note under a soft attack would never be there."""
_OPENING: Final = 0.35  # power of the attack, against a medium one, that the opening of the timbre follows


@dataclass(frozen=True, eq=False)
class Amp:
    """Loudness over a note. A decay or release is the time in which it falls by 60 dB."""

    attack_s: float | None = None
    """Rise to 90 %; None follows the config's `attack`."""
    attack_ratio: float = 1.0
    """Share of the config's attack that is taken, where `attack_s` is None."""
    decay_s: float = 1.0
    sustain: float = 1.0
    """Level that the decay ends at, as an amplitude."""
    release_s: float = 0.4
    rings: bool = False
    """The note's length does not matter: it sounds until it has decayed."""
    tremolo: float = 0.0
    """Depth, 0 to 1, of the LFO on the loudness."""

    def attack(self, touch: Touch) -> float:
        """Return the seconds of the attack under a config."""
        seconds = touch.attack_s * self.attack_ratio if self.attack_s is None else self.attack_s
        return max(seconds, _FASTEST_ATTACK_S) if self.attack_s is None else seconds

    def attack_within(self, touch: Touch, length_s: float) -> float:
        """Return the seconds of the attack of a note of some length: less of the config's where the note is short."""
        seconds = self.attack(touch)
        if self.rings or self.attack_s is not None:
            return seconds
        return min(seconds, max(_RISEN_BY * length_s, _FASTEST_ATTACK_S))

    def opening(self, touch: Touch) -> float:
        """Return the factor on the time in which the timbre opens: it is quicker where the attack is."""
        return (touch.attack_s / _MEDIUM_ATTACK_S) ** _OPENING if self.attack_s is None else 1.0


@dataclass(frozen=True, eq=False)
class Sweep:
    """The second envelope, 0 to 1, which moves the timbre. All times are to 90 % of the way."""

    attack_s: float = 0.0
    decay_s: float = 0.5
    sustain: float = 0.0


@dataclass(frozen=True, eq=False)
class Lfo:
    """A sine on pitch, loudness or timbre. Each lane and note has its own phase."""

    rate_hz: float = 5.0
    vibrato_cents: float = 0.0
    fade_in_s: float = 0.0
    rate_spread: float = 0.1
    """Share by which the rate of a lane may differ."""


STEADY: Final = Amp()
NO_SWEEP: Final = Sweep()
NO_LFO: Final = Lfo()


def shape_template(rows: Rows, touch: Touch, amp: Amp, sweep: Sweep, lfo: Lfo) -> None:
    """Fill the common rows that no single note changes."""
    rate = touch.sample_rate
    attack_s = amp.attack(touch)
    rows[:, at(ln.REST)] = 1.0
    rows[:, at(ln.RISE_OCT)] = units.rise_oct(attack_s, rate)
    rows[:, at(ln.LEVEL)] = 1.0
    rows[:, at(ln.LEVEL_TO)] = math.sqrt(amp.sustain) if amp.sustain > 0.0 else float(ln.FLOOR)
    rows[:, at(ln.LEVEL_CO)] = units.fall_co(amp.decay_s, rate)
    rows[:, at(ln.RELEASE_CO)] = units.fall_co(amp.release_s * touch.ring, rate)
    rows[:, at(ln.HOLD)] = units.FOREVER
    rows[:, at(ln.AMP)] = units.makeup(attack_s, amp.decay_s) if amp.sustain < 0.1 else 1.0
    rows[:, at(ln.TREMOLO)] = amp.tremolo
    rows[:, at(ln.SWEEP)] = 1.0
    rows[:, at(ln.SWEEP_TO)] = sweep.sustain
    rows[:, at(ln.SWEEP_CO)] = units.glide_co(sweep.decay_s, rate)
    rows[:, at(ln.SWEEP_RISE)] = 0.0 if sweep.attack_s > 0.0 else 1.0
    rows[:, at(ln.SWEEP_RISE_CO)] = units.glide_co(sweep.attack_s * amp.opening(touch), rate)
    rows[:, at(ln.LFO_STEP)] = lfo.rate_hz * TICK / rate
    rows[:, at(ln.VIBRATO)] = lfo.vibrato_cents * (math.log(2.0) / 1200.0)
    rows[:, at(ln.LFO_IN)] = 0.0 if lfo.fade_in_s > 0.0 else 1.0
    rows[:, at(ln.LFO_IN_CO)] = units.glide_co(lfo.fade_in_s, rate)


def fresh(template: Lanes) -> Lanes:
    """Return lanes of their own for one note."""
    return [lane[:] for lane in template]


def as_rows(lanes: Lanes) -> Rows:
    """Return what a bank starts lanes with."""
    return np.array(lanes, dtype=np.float32)


def shape_note(
    lanes: Lanes, event: NoteEvent, amp: Amp, touch: Touch, spread: float, loudness: float = 1.0
) -> None:
    """Set length, loudness and place of one note; its lanes lie alternately left and right by `spread`."""
    loudness *= _evened(event.pitch) * (event.velocity / NOMINAL_VELOCITY) ** 1.5
    if not amp.rings:
        loudness *= _shape_length(lanes, event, amp, touch)
    places = [_place(event.pan - spread), _place(event.pan + spread)]
    for k, lane in enumerate(lanes):
        lane[_AMP] *= loudness
        lane[_PAN_L], lane[_PAN_R] = places[k % 2]
    if len(lanes) % 2:  # the odd lane, in the middle
        lanes[-1][_PAN_L], lanes[-1][_PAN_R] = _place(event.pan)


def _evened(pitch: float) -> float:
    """Return the gain that keeps high notes from being louder: the rise of the ear's sensitivity, taken back.

    The rise is the shelf of BS.1770's K-weighting, of 4 dB above 1682 Hz; this is the inverse of its analogue form.
    """
    power = (hertz(pitch) / 1682.0) ** 4
    return math.sqrt((1.0 + power) / (1.0 + 10.0**0.4 * power))


def _place(pan: float) -> tuple[float, float]:
    """Return the gains of both sides for a place between -1 (left) and 1 (right), of equal power."""
    angle = (max(-1.0, min(1.0, pan)) + 1.0) * (math.pi / 4.0)
    return math.cos(angle), math.sin(angle)


def _shape_length(lanes: Lanes, event: NoteEvent, amp: Amp, touch: Touch) -> float:
    """Set how long a note is held, comes and goes; return the factor on its loudness for that.

    A short note comes sooner than the config asks, no louder for it where it decays, and is gone sooner.
    """
    factor, length_s = 1.0, event.length / touch.sample_rate
    wanted_s, attack_s = amp.attack(touch), amp.attack_within(touch, length_s)
    sooner, tail_s = attack_s < wanted_s, max(length_s, _TAIL_S)
    if sooner and amp.sustain < 0.1:
        factor = units.makeup(attack_s, amp.decay_s) / units.makeup(wanted_s, amp.decay_s)
    rise_oct = units.rise_oct(attack_s, touch.sample_rate)
    release_co = units.fall_co(tail_s * touch.ring, touch.sample_rate)
    for lane in lanes:
        lane[_HOLD] = event.length
        if sooner:
            lane[_RISE_OCT] = rise_oct
        if tail_s < amp.release_s:  # it would blur the harmony two chords on
            lane[_RELEASE_CO] = release_co
    return factor


def opened(event: NoteEvent, key_track: float, velocity_oct: float) -> float:
    """Return the factor on a filter's cutoff, for what it is at C4 and at the nominal velocity."""
    octaves = (event.pitch - 60.0) / 12.0 * key_track + (event.velocity - NOMINAL_VELOCITY) * velocity_oct
    return 2.0**octaves


def shape_lfo(lanes: Lanes, lfo: Lfo, random: Random) -> None:
    """Give each lane its own phase and pace."""
    for lane in lanes:
        lane[_LFO] = random.uniform(-0.5, 0.5)
        lane[_LFO_STEP] *= 1.0 + random.uniform(-lfo.rate_spread, lfo.rate_spread)


def shape_glide(lanes: Lanes, event: NoteEvent, glide_s: float, sample_rate: int) -> None:
    """Let a note that glides begin on its old pitch."""
    if event.glide_from is None:
        return
    bend, bend_co = (
        2.0 ** ((event.glide_from - event.pitch) / 12.0) - 1.0,
        units.glide_co(glide_s, sample_rate),
    )
    for lane in lanes:
        lane[_BEND], lane[_BEND_CO] = bend, bend_co
