"""The basses, C1 to G2: each leaves little above 1 kHz, and most of it in the middle of the field."""

from __future__ import annotations

from latentscore.instruments.instrument import Instrument, Patch, register
from latentscore.instruments.patches.fm import FmPatch
from latentscore.instruments.patches.modal import ModalPatch, Partial
from latentscore.instruments.patches.noise import NoisePatch
from latentscore.instruments.patches.saw import SawPatch
from latentscore.instruments.patches.string import StringPatch
from latentscore.instruments.shape import Amp, Lfo, Sweep


def _bass(style: str, gain_db: float, *patches: Patch) -> None:
    register(Instrument(f"bass.{style}", (patches,), gain_db))


# Two saws under 300 Hz, whose filter breathes at the pace of a tide; a sine holds the root.
_bass(
    "drone",
    -6.7,
    SawPatch(
        cutoff_hz=400.0,
        detune_cents=18.0,
        sine_level=0.6,
        key_track=0.3,
        resonance=0.9,
        lfo=Lfo(rate_hz=0.11, rate_spread=0.4),
        wobble_oct=1.1,
        amp=Amp(attack_ratio=2.0, release_s=1.8),
        locked=True,
        level_db=-5.0,
    ),
)

# Legato: little attack of its own, a short slide into each note.
_bass(
    "sustained",
    -5.8,
    SawPatch(
        locked=True,
        cutoff_hz=1050.0,
        detune_cents=3.0,
        level_2=0.5,
        sine_level=0.4,
        key_track=0.5,
        resonance=0.6,
        sweep=Sweep(decay_s=0.9, sustain=0.4),
        sweep_oct=1.0,
        lfo=Lfo(rate_hz=4.6, vibrato_cents=4.0, fade_in_s=1.5),
        amp=Amp(decay_s=5.0, sustain=0.75, release_s=0.35),
        glide_s=0.14,
        level_db=-3.0,
    ),
)

# The filter snaps shut and the level ducks after each stroke, as if a kick pushed it down.
_bass(
    "pulsing",
    -5.1,
    SawPatch(
        locked=True,
        cutoff_hz=400.0,
        detune_cents=9.0,
        sine_level=0.5,
        key_track=0.4,
        resonance=1.2,
        velocity_oct=1.6,
        sweep=Sweep(decay_s=0.16, sustain=0.12),
        sweep_oct=2.7,
        amp=Amp(attack_ratio=0.6, decay_s=1.1, sustain=0.22, release_s=0.10),
        level_db=-3.0,
    ),
)

# Upright: a soft pluck near the middle of the string, the box's own sine, and the finger leaving the string.
_bass(
    "walking",
    -0.7,
    StringPatch(
        t60_s=1.7,
        high_t60_s=0.22,
        key_decay=0.5,
        pluck_hz=620.0,
        pick=0.27,
        noise=0.18,
        amp=Amp(attack_ratio=0.6, release_s=0.22),
        bend_cents=22.0,
        bend_s=0.07,
        level_db=-10.0,
    ),
    ModalPatch(
        partials=(Partial(1.0, 1.0, 1.1), Partial(2.0, 0.25, 0.6)),
        amp=Amp(attack_ratio=0.6, release_s=0.12),
        key_decay=0.35,
        brightness_tilt=0.1,
        bend_cents=22.0,
        bend_s=0.07,
        level_db=-8.0,
    ),
    NoisePatch(
        cutoff_hz=1500.0,
        resonance=1.2,
        amp=Amp(attack_s=0.002, decay_s=0.045, sustain=0.0, rings=True),
        level_db=-25.0,
    ),
)

# Stopped organ pipes: square waves have no even harmonics, hence the hollow.
_bass(
    "fifth_drone",
    -8.4,
    SawPatch(
        cutoff_hz=1500.0,
        pulse_width=0.47,
        sine_level=0.0,
        key_track=0.4,
        resonance=0.55,
        noise_level=0.035,
        lfo=Lfo(rate_hz=0.21, rate_spread=0.3),
        amp=Amp(attack_ratio=2.0, release_s=1.2, tremolo=0.6),
    ),
)

# The ear completes the root from its second and third harmonic where a speaker cannot give it.
_bass(
    "sub_pulse",
    -4.5,
    FmPatch(
        harmonics=(1.0, 0.16, 0.07),
        drive=0.7,
        sweep_drive=0.3,
        sweep=Sweep(attack_s=0.05, decay_s=0.8, sustain=0.3),
        amp=Amp(attack_ratio=1.5, decay_s=3.0, sustain=0.3, release_s=0.5),
    ),
)

_bass(
    "octave",
    -1.4,
    SawPatch(
        locked=True,
        cutoff_hz=600.0,
        pulse_width=0.28,
        sine_level=0.35,
        key_track=0.8,
        resonance=0.8,
        velocity_oct=1.2,
        sweep=Sweep(decay_s=0.12, sustain=0.2),
        sweep_oct=1.6,
        amp=Amp(attack_ratio=0.6, decay_s=0.55, sustain=0.08, release_s=0.10),
        level_db=-2.0,
    ),
)

# The filter nearly sings: its peak passes the harmonics one by one.
_bass(
    "arp_bass",
    -0.2,
    SawPatch(
        locked=True,
        cutoff_hz=330.0,
        detune_cents=4.0,
        key_track=0.6,
        resonance=3.4,
        velocity_oct=2.0,
        sweep=Sweep(decay_s=0.20, sustain=0.05),
        sweep_oct=2.8,
        amp=Amp(attack_ratio=0.5, decay_s=0.65, sustain=0.05, release_s=0.07),
        level_db=-5.0,
    ),
)
