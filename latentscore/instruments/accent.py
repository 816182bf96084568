"""The accents: rare single gestures, clear but not loud."""

from __future__ import annotations

from latentscore.instruments.instrument import Instrument, Patch, register
from latentscore.instruments.partials import CHURCH_BELL, FREE_BAR, scaled, stiff_string
from latentscore.instruments.patches.fm import FmPatch
from latentscore.instruments.patches.modal import ModalPatch
from latentscore.instruments.patches.noise import NoisePatch
from latentscore.instruments.patches.saw import SawPatch
from latentscore.instruments.patches.string import StringPatch
from latentscore.instruments.shape import Amp, Sweep


def _accent(style: str, gain_db: float, *patches: Patch, pitched: bool = True) -> None:
    register(Instrument(f"accent.{style}", (patches,), gain_db, pitched))


# Each mode of the bell is two, a little apart, so that it beats as it dies.
_accent(
    "bells",
    4.1,
    ModalPatch(
        partials=scaled(CHURCH_BELL, (0.22, 1.0, 0.55, 0.25, 0.85, 0.40, 0.30, 0.40, 0.20), 18.0, 0.75),
        amp=Amp(attack_ratio=0.3, rings=True),
        beating_hz=0.6,
        spread=0.7,
        level_db=-14.0,
    ),
)

_accent(
    "pluck",
    3.9,
    StringPatch(
        t60_s=2.2,
        high_t60_s=0.32,
        pluck_hz=4200.0,
        pick=0.13,
        noise=0.12,
        amp=Amp(attack_ratio=0.3, rings=True),
        level_db=-12.0,
    ),
)

_accent(
    "chime",
    -0.5,
    ModalPatch(
        partials=scaled(FREE_BAR[:3], (1.0, 0.5, 0.14), 9.0, 0.9),
        amp=Amp(attack_ratio=0.15, rings=True),
        beating_hz=3.0,
        key_decay=0.5,
        spread=0.2,
        level_db=-10.0,
    ),
)

# Hand bells, small: hardly a hum, a strong twelfth, soon gone.
_accent(
    "bells_dense",
    -2.7,
    ModalPatch(
        partials=scaled((1.0, 2.0, 3.0, 4.15), (1.0, 0.25, 0.5, 0.12), 3.6, 0.9),
        amp=Amp(attack_ratio=0.15, rings=True),
        jitter=0.2,
        level_db=-9.0,
    ),
)

_accent(
    "blip",
    8.0,
    FmPatch(
        harmonics=(1.0, 0.08),
        amp=Amp(attack_ratio=0.1, decay_s=0.26, sustain=0.0, rings=True),
        level_db=-5.0,
    ),
)

# Cousins of the blip that chirp as they come.
_accent(
    "blip_random",
    3.2,
    FmPatch(
        harmonics=(1.0, 0.0, 0.22),
        modulator_ratio=2.0,
        index=0.2,
        sweep_index=1.4,
        sweep=Sweep(decay_s=0.06),
        scoop_cents=-500.0,
        scoop_s=0.05,
        amp=Amp(attack_ratio=0.1, decay_s=0.22, sustain=0.0, rings=True),
        level_db=-5.0,
    ),
)

_accent(
    "brass_hit",
    -4.0,
    SawPatch(
        cutoff_hz=820.0,
        lanes_per_note=2,
        detune_cents=12.0,
        noise_level=0.008,
        key_track=0.5,
        resonance=0.8,
        velocity_oct=2.5,
        sweep=Sweep(attack_s=0.045, decay_s=0.45, sustain=0.35),
        sweep_oct=2.6,
        amp=Amp(attack_ratio=0.6, decay_s=1.4, sustain=0.5, release_s=0.35),
        spread=0.35,
    ),
)

# The gust starts on the note's side of the field and leaves on the other.
_accent(
    "wind",
    -3.7,
    *(
        NoisePatch(
            430.0,
            "band",
            2.6,
            tilt_hz=1800.0,
            key_track=1.0,
            sweep=Sweep(attack_s=1.0, decay_s=2.4, sustain=0.3),
            sweep_oct=1.1,
            flutter_hz=1.7,
            flutter_oct=0.30,
            flutter_amp=0.30,
            amp=Amp(attack_ratio=ratio, release_s=release_s),
            pan_factor=side,
            delay_s=delay_s,
            glide_s=1.6,
        )
        for side, delay_s, ratio, release_s in (
            (0.9, 0.0, 6.0, 1.2),
            (0.0, 0.25, 9.0, 2.0),
            (-0.9, 0.55, 12.0, 3.0),
        )
    ),
    pitched=False,
)

_accent(
    "arp_accent",
    -1.8,
    SawPatch(
        cutoff_hz=900.0,
        pulse_width=0.34,
        key_track=0.8,
        resonance=2.0,
        velocity_oct=2.0,
        sweep=Sweep(decay_s=0.18, sustain=0.1),
        sweep_oct=2.4,
        amp=Amp(attack_ratio=0.15, decay_s=0.7, sustain=0.0, release_s=0.5),
        level_db=-5.0,
    ),
)

# Two strings a note, whose beating makes the long tail; a firmer hammer than that of `melody.contemplative`.
_accent(
    "piano_note",
    11.5,
    ModalPatch(
        partials=stiff_string(9, hardness=0.50, t60_s=13.0),
        amp=Amp(attack_ratio=0.4, decay_s=1.2, sustain=0.45, rings=True),
        beating_hz=0.35,
        velocity_tilt=1.2,
        spread=0.35,
        level_db=-9.0,
    ),
    NoisePatch(
        650.0,
        "band",
        0.8,
        key_track=0.3,
        amp=Amp(attack_s=0.002, decay_s=0.06, sustain=0.0, rings=True),
        level_db=-18.0,
    ),
)
