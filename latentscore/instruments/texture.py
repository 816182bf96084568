"""The textures: quiet beds of sound, in stereo. Continuous ones are played by long notes that overlap."""

from __future__ import annotations

from latentscore.instruments.instrument import Instrument, Patch, register
from latentscore.instruments.partials import GLASS, scaled
from latentscore.instruments.patches.fm import FmPatch
from latentscore.instruments.patches.modal import ModalPatch
from latentscore.instruments.patches.noise import NoisePatch
from latentscore.instruments.patches.saw import SawPatch
from latentscore.instruments.shape import Amp, Lfo, Sweep


def _texture(style: str, gain_db: float, *patches: Patch, pitched: bool = True) -> None:
    register(Instrument(f"texture.{style}", (patches,), gain_db, pitched))


# Two sines tremble at unlike paces; the octave's sparkle is in the fourth harmonic.
_texture(
    "shimmer",
    -20.2,
    FmPatch(
        harmonics=(1.0, 0.30, 0.0, 0.14),
        lfo=Lfo(rate_hz=8.5, rate_spread=0.25),
        lanes_per_note=2,
        detune_cents=9.0,
        amp=Amp(attack_s=0.06, decay_s=4.0, sustain=0.3, release_s=1.4, tremolo=0.9),
        spread=0.8,
    ),
)

_texture(
    "shimmer_slow",
    -22.4,
    FmPatch(
        harmonics=(1.0, 0.45, 0.10, 0.25, 0.0, 0.10),
        drive=0.6,
        sweep_drive=0.4,
        sweep=Sweep(attack_s=3.0, decay_s=5.0, sustain=0.3),
        lfo=Lfo(rate_hz=4.2, vibrato_cents=4.0, rate_spread=0.4),
        lanes_per_note=3,
        detune_cents=13.0,
        amp=Amp(attack_s=2.6, release_s=4.5, tremolo=0.5),
        spread=0.9,
    ),
)

register(
    Instrument(
        "texture.vinyl_crackle",
        (
            (
                NoisePatch(
                    2600.0,
                    "band",
                    1.1,
                    key_track=1.0,
                    velocity_oct=1.5,
                    amp=Amp(attack_s=0.0003, decay_s=0.009, sustain=0.0, rings=True),
                    level_db=5.0,
                ),
                NoisePatch(
                    420.0,
                    "band",
                    0.9,
                    key_track=0.6,
                    amp=Amp(attack_s=0.0005, decay_s=0.02, sustain=0.0, rings=True),
                    level_db=-8.0,
                ),
            ),
            (
                NoisePatch(
                    58.0,
                    "band",
                    0.6,
                    flutter_hz=0.6,
                    flutter_amp=0.25,
                    amp=Amp(attack_s=1.0, release_s=2.5),
                    lanes_per_note=2,
                    spread=0.5,
                    level_db=2.0,
                ),
                NoisePatch(
                    5200.0,
                    "band",
                    0.4,
                    flutter_hz=9.0,
                    flutter_amp=0.3,
                    amp=Amp(attack_s=1.0, release_s=2.5),
                    lanes_per_note=2,
                    spread=0.9,
                    level_db=-37.0,
                ),
            ),
            (
                NoisePatch(
                    170.0,
                    "low",
                    0.9,
                    amp=Amp(attack_s=0.05, decay_s=0.3, sustain=0.0, rings=True),
                    level_db=-1.0,
                ),
                NoisePatch(
                    1400.0,
                    "band",
                    0.6,
                    amp=Amp(attack_s=0.09, decay_s=0.35, sustain=0.0, rings=True),
                    level_db=-20.0,
                ),
            ),
        ),
        -0.8,
        pitched=False,
        voice_names=("click or pop", "rumble bed", "turn of the record"),
    )
)

# Two formants over air: rising pitch opens the vowel from "oo" to "ah".
_texture(
    "breath",
    -12.6,
    NoisePatch(
        560.0,
        "band",
        4.0,
        key_track=1.0,
        tilt_hz=2500.0,
        sweep=Sweep(attack_s=0.9, decay_s=1.6, sustain=0.3),
        sweep_oct=0.45,
        flutter_hz=2.0,
        flutter_oct=0.05,
        amp=Amp(attack_s=0.75, release_s=1.6),
        lanes_per_note=2,
        spread=0.5,
    ),
    NoisePatch(
        1250.0,
        "band",
        5.0,
        key_track=1.6,
        sweep=Sweep(attack_s=0.9, decay_s=1.6, sustain=0.3),
        sweep_oct=0.3,
        flutter_hz=2.0,
        flutter_oct=0.05,
        amp=Amp(attack_s=0.85, release_s=1.4),
        lanes_per_note=2,
        spread=0.7,
        level_db=-7.0,
    ),
    NoisePatch(
        4200.0,
        "band",
        0.6,
        key_track=0.5,
        flutter_hz=11.0,
        flutter_amp=0.15,
        amp=Amp(attack_s=0.8, release_s=1.2),
        lanes_per_note=2,
        spread=0.9,
        level_db=-19.0,
    ),
    pitched=False,
)

# A point of light: pure, quick to come, slow to go, and it twinkles.
_texture(
    "stars",
    -16.3,
    FmPatch(
        harmonics=(1.0, 0.02, 0.04),
        lfo=Lfo(rate_hz=5.5, rate_spread=0.5),
        amp=Amp(attack_s=0.006, decay_s=4.5, sustain=0.0, rings=True, tremolo=0.45),
    ),
)

# Gated bits of a hard, hollow tone, cut off as they began.
_texture(
    "glitch",
    -19.4,
    FmPatch(
        harmonics=(1.0, 0.0, 0.5, 0.0, 0.4, 0.0, 0.3, 0.2),
        modulator_ratio=7.13,
        index=0.9,
        sweep_index=2.0,
        sweep=Sweep(decay_s=0.03),
        amp=Amp(attack_s=0.001, release_s=0.012),
        level_db=-4.0,
    ),
    NoisePatch(
        3800.0,
        "band",
        2.5,
        key_track=0.5,
        amp=Amp(attack_s=0.001, decay_s=0.03, sustain=0.05, release_s=0.01),
        level_db=-8.0,
    ),
)

_texture(
    "noise_wash",
    -22.6,
    NoisePatch(
        430.0,
        "band",
        0.35,
        tilt_hz=700.0,
        key_track=1.0,
        sweep=Sweep(attack_s=3.5, decay_s=7.0, sustain=0.3),
        sweep_oct=1.9,
        flutter_hz=0.7,
        flutter_oct=0.2,
        flutter_amp=0.15,
        amp=Amp(attack_s=3.2, release_s=7.0),
        lanes_per_note=2,
        spread=0.9,
    ),
    NoisePatch(  # the foam
        3300.0,
        "band",
        0.5,
        sweep=Sweep(attack_s=4.0, decay_s=4.0, sustain=0.1),
        sweep_oct=0.8,
        flutter_hz=6.0,
        flutter_amp=0.25,
        amp=Amp(attack_s=4.2, release_s=4.5),
        lanes_per_note=2,
        spread=1.0,
        level_db=-19.0,
    ),
    pitched=False,
)

_texture(
    "crystal",
    -8.8,
    ModalPatch(
        partials=scaled(GLASS[:4], (1.0, 0.35, 0.16, 0.05), 7.0, 0.8),
        amp=Amp(attack_s=0.001, rings=True),
        beating_hz=2.5,
        spread=0.25,
        level_db=-8.0,
    ),
)

# Three formants of an "ah" over a glottis of saws, with as much air as voice.
_texture(
    "pad_whisper",
    -16.1,
    *(
        SawPatch(
            cutoff_hz=hertz,
            detune_cents=14.0,
            noise_level=0.5,
            key_track=0.05,
            velocity_oct=0.0,
            resonance=q,
            band=True,
            lfo=Lfo(rate_hz=4.9, vibrato_cents=10.0, fade_in_s=1.0, rate_spread=0.25),
            wobble_oct=0.03,
            amp=Amp(attack_s=1.1, release_s=2.2),
            level_db=level_db,
        )
        for hertz, q, level_db in ((620.0, 5.0, 0.0), (1080.0, 7.0, -5.0), (2650.0, 9.0, -14.0))
    ),
)
