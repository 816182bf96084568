"""The pads, C3 to C6: wide, and soft enough to stand under a melody."""

from __future__ import annotations

from latentscore.instruments.instrument import Instrument, Patch, register
from latentscore.instruments.patches.fm import FmPatch
from latentscore.instruments.patches.noise import NoisePatch
from latentscore.instruments.patches.saw import SawPatch
from latentscore.instruments.patches.wavetable import WavetablePatch
from latentscore.instruments.shape import Amp, Lfo, Sweep


def _pad(style: str, gain_db: float, *patches: Patch, chorus: float = 0.0) -> None:
    register(Instrument(f"pad.{style}", (patches,), gain_db, chorus=chorus))


_pad(
    "warm_slow",
    -15.5,
    SawPatch(
        cutoff_hz=780.0,
        detune_cents=17.0,
        sine_level=0.35,
        resonance=0.6,
        sweep=Sweep(attack_s=1.8, decay_s=9.0, sustain=0.5),
        sweep_oct=1.0,
        lfo=Lfo(rate_hz=0.43, vibrato_cents=6.0, rate_spread=0.5),
        amp=Amp(attack_ratio=4.0, release_s=2.4),
        spread=0.4,
    ),
    chorus=0.7,
)

# Two close voices beat about once in two seconds, while a resonance wanders through the shade below 900 Hz.
_pad(
    "dark_sustained",
    -10.6,
    WavetablePatch(
        "shade",
        cutoff_hz=560.0,
        place=0.10,
        sweep_place=0.5,
        lfo_place=0.38,
        scatter=0.12,
        key_track=0.25,
        resonance=0.8,
        sweep=Sweep(attack_s=5.0, decay_s=12.0, sustain=0.3),
        lfo=Lfo(rate_hz=0.11, rate_spread=0.5),
        detune_cents=5.5,
        amp=Amp(attack_ratio=4.0, release_s=3.0),
        spread=0.6,
        level_db=-6.0,
    ),
)

# Six players a note: each his own vibrato, late; the bow's noise; the section opens slowly.
_pad(
    "cinematic",
    -13.9,
    SawPatch(
        cutoff_hz=1300.0,
        lanes_per_note=3,
        detune_cents=21.0,
        noise_level=0.05,
        key_track=0.6,
        resonance=0.55,
        sweep=Sweep(attack_s=2.6, decay_s=30.0, sustain=0.8),
        sweep_oct=1.3,
        lfo=Lfo(rate_hz=5.3, vibrato_cents=11.0, fade_in_s=1.6, rate_spread=0.14),
        amp=Amp(attack_ratio=4.0, release_s=1.6, tremolo=0.08),
        spread=0.8,
    ),
)

_pad(
    "thin_high",
    -15.1,
    FmPatch(
        harmonics=(1.0, 0.10, 0.05, 0.22, 0.0, 0.0, 0.09),
        modulator_ratio=5.0,
        index=0.12,
        lfo_index=0.10,
        breath=0.04,
        breath_hz=7000.0,
        lfo=Lfo(rate_hz=0.31, rate_spread=0.5),
        lanes_per_note=2,
        detune_cents=7.0,
        amp=Amp(attack_ratio=4.0, release_s=2.8, tremolo=0.25),
        spread=0.85,
    ),
)

# Lanes swell against each other as each moves through its own partials; noise through a peak on the note is the haze.
_pad(
    "ambient_drift",
    -8.7,
    WavetablePatch(
        "haze",
        cutoff_hz=2400.0,
        place=0.40,
        lfo_place=0.40,
        scatter=0.30,
        key_track=0.4,
        resonance=0.6,
        lfo=Lfo(rate_hz=0.13, vibrato_cents=7.0, rate_spread=0.6),
        lanes_per_note=3,
        detune_cents=11.0,
        amp=Amp(attack_ratio=4.0, release_s=3.4, tremolo=0.6),
        spread=1.0,
        level_db=-6.0,
    ),
    NoisePatch(
        cutoff_hz=523.3,
        resonance=22.0,
        key_track=1.0,
        velocity_oct=0.0,
        flutter_hz=5.0,
        flutter_amp=0.45,
        amp=Amp(attack_ratio=4.0, release_s=3.4),
        lanes_per_note=2,
        spread=0.9,
        level_db=-6.0,
    ),
)

_pad(
    "stacked_fifths",
    -14.1,
    SawPatch(
        cutoff_hz=1500.0,
        lanes_per_note=2,
        detune_cents=7.0,
        pulse_width=0.5,
        key_track=0.7,
        resonance=0.55,
        sweep=Sweep(attack_s=0.8, decay_s=12.0, sustain=0.6),
        sweep_oct=0.6,
        lfo=Lfo(rate_hz=0.27, vibrato_cents=4.0, rate_spread=0.4),
        amp=Amp(attack_ratio=4.0, release_s=2.0),
        spread=0.7,
    ),
)

_pad(
    "bright_open",
    -14.7,
    SawPatch(
        cutoff_hz=4200.0,
        lanes_per_note=3,
        detune_cents=30.0,
        sine_level=0.15,
        noise_level=0.06,
        key_track=0.3,
        resonance=0.55,
        velocity_oct=1.0,
        sweep=Sweep(attack_s=0.6, decay_s=8.0, sustain=0.7),
        sweep_oct=0.8,
        lfo=Lfo(rate_hz=0.6, vibrato_cents=4.0, rate_spread=0.5),
        amp=Amp(attack_ratio=4.0, release_s=1.8),
        spread=0.9,
    ),
)
