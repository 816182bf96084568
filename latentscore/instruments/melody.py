"""The melody instruments, G3 to C6: each a voice that is told from the others by its first note."""

from __future__ import annotations

from latentscore.instruments.instrument import Instrument, Patch, register
from latentscore.instruments.partials import FREE_BAR, TUNED_BAR, scaled, stiff_string
from latentscore.instruments.patches.fm import FmPatch
from latentscore.instruments.patches.modal import ModalPatch
from latentscore.instruments.patches.noise import NoisePatch
from latentscore.instruments.patches.saw import SawPatch
from latentscore.instruments.patches.string import StringPatch
from latentscore.instruments.shape import Amp, Lfo, Sweep


def _melody(style: str, gain_db: float, *patches: Patch) -> None:
    register(Instrument(f"melody.{style}", (patches,), gain_db))


_melody(
    "procedural",
    -12.1,
    SawPatch(
        cutoff_hz=900.0,
        detune_cents=6.0,
        level_2=0.2,
        sine_level=0.7,
        key_track=0.7,
        resonance=0.9,
        velocity_oct=1.2,
        sweep=Sweep(decay_s=0.35, sustain=0.35),
        sweep_oct=0.8,
        lfo=Lfo(rate_hz=5.1, vibrato_cents=13.0, fade_in_s=0.7),
        amp=Amp(decay_s=2.5, sustain=0.7, release_s=0.35),
        glide_s=0.06,
    ),
)

# Felt between hammer and strings: few partials, a soft thump, a quick first decay and a long second one.
_melody(
    "contemplative",
    4.3,
    ModalPatch(
        partials=stiff_string(8, hardness=0.42, t60_s=7.5),
        amp=Amp(attack_ratio=0.6, decay_s=1.5, sustain=0.4, release_s=0.5),
        beating_hz=0.0,
        velocity_tilt=1.1,
        spread=0.12,
        level_db=-8.0,
    ),
    NoisePatch(
        cutoff_hz=420.0,
        resonance=0.9,
        key_track=0.3,
        amp=Amp(attack_s=0.003, decay_s=0.09, sustain=0.0, rings=True),
        level_db=-17.0,
    ),
)

# A flute: breath before tone, tone brighter as it speaks, vibrato in loudness more than in pitch.
_melody(
    "rising",
    -12.5,
    FmPatch(
        harmonics=(1.0, 0.38, 0.16, 0.05, 0.02),
        drive=0.7,
        sweep_drive=0.3,
        sweep=Sweep(attack_s=0.14, decay_s=1.8, sustain=0.7),
        lfo=Lfo(rate_hz=4.9, vibrato_cents=12.0, fade_in_s=0.8),
        breath=0.14,
        breath_hz=3200.0,
        scoop_cents=-30.0,
        scoop_s=0.09,
        amp=Amp(decay_s=3.0, sustain=0.8, release_s=0.28, tremolo=0.16),
    ),
    NoisePatch(
        cutoff_hz=523.3,
        resonance=3.0,
        key_track=1.0,
        amp=Amp(attack_ratio=0.6, decay_s=0.22, sustain=0.04, release_s=0.15),
        level_db=-11.0,
    ),
)

# A double reed: the second to fourth harmonics lead, nasal and close; each note is leant into.
_melody(
    "falling",
    -10.2,
    FmPatch(
        harmonics=(0.50, 0.75, 1.0, 0.80, 0.42, 0.30, 0.16, 0.10),
        drive=0.80,
        sweep_drive=0.20,
        sweep=Sweep(attack_s=0.10, decay_s=0.9, sustain=0.55),
        lfo=Lfo(rate_hz=5.6, vibrato_cents=19.0, fade_in_s=0.6),
        breath=0.025,
        breath_hz=5000.0,
        scoop_cents=-45.0,
        scoop_s=0.12,
        amp=Amp(decay_s=2.2, sustain=0.6, release_s=0.22, tremolo=0.08),
        glide_s=0.10,
        level_db=-4.0,
    ),
)

_melody(
    "minimal",
    4.1,
    ModalPatch(
        partials=(*scaled(TUNED_BAR, (1.0, 0.30, 0.10), 1.5, 1.25), *scaled((2.01,), (0.03,), 0.3, 0.0)),
        amp=Amp(attack_ratio=0.4, rings=True),
        key_decay=0.8,
        velocity_tilt=1.3,
        level_db=-8.0,
    ),
    NoisePatch(
        cutoff_hz=900.0,
        resonance=1.0,
        key_track=0.5,
        amp=Amp(attack_s=0.001, decay_s=0.03, sustain=0.0, rings=True),
        level_db=-16.0,
    ),
)

# A course of two strings, a hair apart, plucked near the bridge; the pitch gives as it is pulled.
_melody(
    "ornamental",
    -0.8,
    StringPatch(
        t60_s=2.6,
        high_t60_s=0.55,
        pluck_hz=4200.0,
        pick=0.11,
        noise=0.22,
        amp=Amp(attack_ratio=0.5, release_s=0.5),
        bend_cents=16.0,
        bend_s=0.09,
        detune_cents=-2.2,
        level_db=-12.0,
    ),
    StringPatch(
        t60_s=2.3,
        high_t60_s=0.45,
        pluck_hz=3600.0,
        pick=0.13,
        noise=0.22,
        amp=Amp(attack_ratio=0.5, release_s=0.5),
        bend_cents=16.0,
        bend_s=0.09,
        detune_cents=2.2,
        level_db=-14.0,
    ),
)

# A bell's clang that closes into a plain tone: the index falls while the carrier rings on.
_melody(
    "arp_melody",
    -7.1,
    FmPatch(
        harmonics=(1.0, 0.12),
        modulator_ratio=3.5,
        index=0.10,
        sweep_index=2.3,
        sweep=Sweep(decay_s=0.28),
        velocity_index=1.6,
        amp=Amp(attack_ratio=0.45, decay_s=1.6, sustain=0.0, release_s=0.9),
    ),
)

# Odd harmonics, in the chalumeau register: warm, dark, and almost without vibrato.
_melody(
    "contemplative_minor",
    -8.1,
    FmPatch(
        harmonics=(1.0, 0.03, 0.62, 0.03, 0.34, 0.04, 0.16, 0.03),
        drive=0.55,
        sweep_drive=0.36,
        sweep=Sweep(attack_s=0.22, decay_s=2.5, sustain=0.6),
        lfo=Lfo(rate_hz=4.4, vibrato_cents=4.0, fade_in_s=1.2),
        breath=0.05,
        breath_hz=1800.0,
        scoop_cents=-14.0,
        scoop_s=0.06,
        amp=Amp(attack_ratio=1.2, decay_s=3.0, sustain=0.75, release_s=0.30, tremolo=0.10),
        glide_s=0.05,
    ),
)

# The call: two free reeds a few cents apart, as in an accordion. The answer: a tubular bell.
register(
    Instrument(
        "melody.call_response",
        (
            (
                FmPatch(
                    harmonics=(1.0, 0.55, 0.60, 0.35, 0.40, 0.20, 0.22, 0.12),
                    drive=0.86,
                    sweep_drive=0.12,
                    sweep=Sweep(attack_s=0.08, decay_s=1.2, sustain=0.6),
                    lanes_per_note=2,
                    detune_cents=10.0,
                    amp=Amp(decay_s=3.0, sustain=0.85, release_s=0.16),
                    spread=0.2,
                    level_db=-9.0,
                ),
            ),
            (
                ModalPatch(
                    partials=scaled(
                        (1.0, *FREE_BAR[1:3], 2.0, 3.01), (1.0, 0.45, 0.14, 0.25, 0.10), 4.5, 0.75
                    ),
                    amp=Amp(attack_ratio=0.4, rings=True),
                    beating_hz=0.5,
                    spread=0.25,
                    level_db=-4.0,
                ),
            ),
        ),
        -5.0,
        voice_names=("reed: the call", "bell: the answer"),
    )
)

# Two horns: the louder and the later in the attack, the brighter (Risset 1965).
_melody(
    "heroic",
    -6.3,
    SawPatch(
        cutoff_hz=520.0,
        lanes_per_note=2,
        detune_cents=12.0,
        level_2=0.5,
        key_track=0.55,
        resonance=0.9,
        velocity_oct=2.2,
        sweep=Sweep(attack_s=0.09, decay_s=0.9, sustain=0.62),
        sweep_oct=2.6,
        lfo=Lfo(rate_hz=5.0, vibrato_cents=8.0, fade_in_s=1.3),
        amp=Amp(decay_s=2.5, sustain=0.8, release_s=0.22),
        glide_s=0.05,
        spread=0.25,
    ),
)
