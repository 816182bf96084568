"""The single drums that the kits are put together from: skins and plates as partials, wires and air as noise.

Ratios are against C4 (261.6 Hz), so that a stroke of pitch 60 sounds as the drum is tuned.
"""

from __future__ import annotations

from latentscore.instruments.partials import CYMBAL, scaled
from latentscore.instruments.patches.modal import ModalPatch, Partial
from latentscore.instruments.patches.noise import NoisePatch
from latentscore.instruments.shape import Amp, Lfo, Sweep

_C4 = 261.63
_STRUCK = Amp(attack_s=0.0008, rings=True)
_FELT = Amp(attack_s=0.004, rings=True)


def _skin(
    *partials: tuple[float, float, float],
    level_db: float = 0.0,
    bend_cents: float = 0.0,
    bend_s: float = 0.05,
    amp: Amp = _STRUCK,
    scattered: bool = False,
) -> ModalPatch:
    """Return a drum head or block from (hertz, level, t60 in seconds)."""
    return ModalPatch(
        tuple(Partial(hertz / _C4, level, t60_s) for hertz, level, t60_s in partials),
        amp=amp,
        key_decay=0.2,
        velocity_tilt=0.6,
        brightness_tilt=0.2,
        bend_cents=bend_cents,
        bend_s=bend_s,
        level_db=level_db,
        scattered=scattered,
    )


def _burst(t60_s: float, attack_s: float = 0.0008) -> Amp:
    return Amp(attack_s=attack_s, decay_s=t60_s, sustain=0.0, rings=True)


# Kicks: the head's pitch falls as its tension eases; a little noise for the beater.
KICK_SOFT = (
    _skin((52.0, 1.0, 0.42), (88.0, 0.14, 0.14), bend_cents=1100.0, bend_s=0.06, amp=_FELT, level_db=-3.0),
    NoisePatch(900.0, "low", amp=_burst(0.02, 0.002), level_db=-19.0),
)
KICK_ROUND = (
    _skin(
        (49.0, 1.0, 0.55), bend_cents=1900.0, bend_s=0.075, amp=Amp(attack_s=0.002, rings=True), level_db=-2.0
    ),
    NoisePatch(2200.0, "low", amp=_burst(0.012), level_db=-22.0),
)
KICK_SYNTH = (
    _skin((46.0, 1.0, 0.75), (92.0, 0.08, 0.3), bend_cents=3000.0, bend_s=0.06, level_db=-2.0),
    NoisePatch(4200.0, "band", amp=_burst(0.008), level_db=-14.0),
)
KICK_FELT = (
    _skin(
        (58.0, 1.0, 0.34), (103.0, 0.3, 0.16), (151.0, 0.1, 0.1), bend_cents=350.0, amp=_FELT, level_db=-9.0
    ),
    NoisePatch(600.0, "low", amp=_burst(0.04, 0.003), level_db=-17.0),
)
KICK_WOOD = (
    _skin(
        (61.0, 1.0, 0.36),
        (99.0, 0.4, 0.17),
        (167.0, 0.16, 0.09),
        bend_cents=600.0,
        bend_s=0.04,
        level_db=-3.0,
    ),
    NoisePatch(3300.0, "band", 0.9, amp=_burst(0.018), level_db=-15.0),
)
BASS_DRUM = (
    _skin(
        (43.0, 1.0, 1.3),
        (68.0, 0.55, 0.8),
        (96.0, 0.3, 0.5),
        (127.0, 0.15, 0.3),
        bend_cents=180.0,
        bend_s=0.1,
        amp=Amp(attack_s=0.006, rings=True),
        level_db=-3.0,
    ),
    NoisePatch(260.0, "low", amp=_burst(0.12, 0.004), level_db=-9.0),
)
LUB = (
    _skin(
        (44.0, 1.0, 0.34),
        (62.0, 0.5, 0.2),
        (124.0, 0.22, 0.12),
        bend_cents=500.0,
        bend_s=0.09,
        amp=Amp(attack_s=0.014, rings=True),
        level_db=0.0,
    ),
    NoisePatch(260.0, "low", amp=_burst(0.09, 0.010), level_db=-6.0),
)
DUB = (
    _skin(
        (60.0, 1.0, 0.22),
        (83.0, 0.4, 0.13),
        (171.0, 0.22, 0.09),
        bend_cents=400.0,
        bend_s=0.06,
        amp=Amp(attack_s=0.009, rings=True),
        level_db=-1.0,
    ),
    NoisePatch(350.0, "low", amp=_burst(0.06, 0.006), level_db=-8.0),
)

# Snares: two modes of the head, and the wires' hiss, which outlasts them.
SNARE = (
    _skin((186.0, 1.0, 0.16), (331.0, 0.5, 0.11), (412.0, 0.2, 0.08), bend_cents=120.0, level_db=-9.0),
    NoisePatch(3400.0, "band", 0.45, velocity_oct=0.8, amp=_burst(0.24), level_db=-5.0),
)
SNARE_TIGHT = (
    _skin((243.0, 0.9, 0.10), (398.0, 0.6, 0.08), (611.0, 0.3, 0.05), bend_cents=90.0, level_db=-8.0),
    NoisePatch(5200.0, "band", 0.5, velocity_oct=0.9, amp=_burst(0.17), level_db=-3.0),
    NoisePatch(1900.0, "band", 1.2, amp=_burst(0.06), level_db=-9.0),
)
# A press roll: the sticks bounce some thirty times a second, for as long as the note lasts.
SNARE_BUZZ = (
    NoisePatch(
        4600.0,
        "band",
        0.5,
        lfo=Lfo(rate_hz=27.0, rate_spread=0.06),
        amp=Amp(attack_s=0.05, decay_s=2.5, sustain=0.7, release_s=0.10, tremolo=0.85),
        lanes_per_note=2,
        spread=0.12,
        level_db=-8.0,
    ),
    NoisePatch(
        420.0,
        "band",
        2.0,
        lfo=Lfo(rate_hz=27.0, rate_spread=0.06),
        amp=Amp(attack_s=0.05, decay_s=2.5, sustain=0.7, release_s=0.10, tremolo=0.85),
        level_db=-17.0,
    ),
)
SNARE_SYNTH = (
    _skin((178.0, 1.0, 0.14), (287.0, 0.6, 0.09), bend_cents=500.0, bend_s=0.03, level_db=-8.0),
    NoisePatch(2600.0, "high", 0.7, amp=_burst(0.26), level_db=-8.0),
)
BRUSH_SNARE = (
    _skin((192.0, 1.0, 0.12), (318.0, 0.4, 0.08), amp=_FELT, level_db=-17.0),
    NoisePatch(3900.0, "band", 0.5, amp=_burst(0.15, 0.006), level_db=-7.0),
)
BRUSH_TAP = (
    _skin((224.0, 1.0, 0.14), (371.0, 0.5, 0.09), amp=_FELT, level_db=-15.0),
    NoisePatch(2700.0, "band", 0.6, amp=_burst(0.10, 0.003), level_db=-7.0),
)
# A brush drawn in a circle: towards us it is brighter, away from us duller.
SWISH = (
    NoisePatch(
        2900.0,
        "band",
        0.55,
        sweep=Sweep(attack_s=0.10, decay_s=0.30),
        sweep_oct=0.8,
        flutter_hz=14.0,
        flutter_amp=0.22,
        amp=Amp(attack_s=0.13, decay_s=0.9, sustain=0.12, release_s=0.16),
        level_db=-10.0,
    ),
)
SWISH_WIDE = (
    NoisePatch(
        2300.0,
        "band",
        0.5,
        sweep=Sweep(attack_s=0.16, decay_s=0.45),
        sweep_oct=1.1,
        flutter_hz=17.0,
        flutter_amp=0.25,
        amp=Amp(attack_s=0.17, decay_s=1.4, sustain=0.18, release_s=0.22),
        lanes_per_note=2,
        spread=0.3,
        level_db=-8.0,
    ),
)
CLAP = (
    *(
        NoisePatch(1250.0, "band", 1.6, amp=_burst(0.022), delay_s=at, level_db=-7.0)
        for at in (0.0, 0.011, 0.021)
    ),
    NoisePatch(1350.0, "band", 1.1, amp=_burst(0.24), delay_s=0.031, level_db=-7.0),
)

# Sticks and wood.
RIM_WOOD = (_skin((1690.0, 1.0, 0.055), (2620.0, 0.5, 0.04), (830.0, 0.5, 0.06), level_db=-12.0),)
RIM_STICK = (
    _skin(
        (1130.0, 1.0, 0.05), (1790.0, 0.8, 0.04), (3420.0, 0.35, 0.025), (482.0, 0.4, 0.05), level_db=-12.0
    ),
    NoisePatch(4500.0, "band", amp=_burst(0.015), level_db=-16.0),
)
RIM_SYNTH = (_skin((1870.0, 1.0, 0.03), (475.0, 0.9, 0.035), level_db=-9.0),)
SHAKER = (
    NoisePatch(6300.0, "band", 1.4, amp=_burst(0.09, 0.022), level_db=-6.0),
    NoisePatch(7400.0, "band", 1.4, amp=_burst(0.07, 0.006), delay_s=0.055, level_db=-9.0),
)
TOM = (
    _skin(
        (118.0, 1.0, 0.55), (187.0, 0.4, 0.3), (252.0, 0.2, 0.2), bend_cents=160.0, bend_s=0.08, level_db=-5.0
    ),
    NoisePatch(1200.0, "band", 0.6, amp=_burst(0.05), level_db=-17.0),
)
TOM_SYNTH = (_skin((98.0, 1.0, 0.5), bend_cents=900.0, bend_s=0.09, level_db=-4.0),)

# Cymbals: many modes at no simple ratios, and the sizzle of those too many to count.
HAT_CLOSED = (
    _skin(*((3150.0 * ratio**0.8, 0.35, 0.08) for ratio in CYMBAL[:6]), level_db=-15.0, scattered=True),
    NoisePatch(7600.0, "high", 0.8, amp=_burst(0.075), level_db=-9.0),
)
HAT_OPEN = (
    _skin(*((3150.0 * ratio**0.8, 0.35, 0.5) for ratio in CYMBAL[:6]), level_db=-17.0, scattered=True),
    NoisePatch(7000.0, "high", 0.8, amp=_burst(0.60), level_db=-10.0),
)
HAT_FOOT = (
    _skin(*((2700.0 * ratio**0.8, 0.35, 0.05) for ratio in CYMBAL[:5]), level_db=-18.0, scattered=True),
    NoisePatch(5200.0, "high", 0.8, amp=_burst(0.05, 0.003), level_db=-13.0),
)
HAT_SOFT_CLOSED = (NoisePatch(8200.0, "band", 0.9, amp=_burst(0.065, 0.002), level_db=-6.0),)
HAT_SOFT_OPEN = (NoisePatch(7400.0, "band", 0.8, amp=_burst(0.38, 0.003), level_db=-8.0),)
HAT_METAL_CLOSED = (
    _skin(*((2430.0 * ratio, 0.5, 0.13) for ratio in CYMBAL[:7]), level_db=-13.0, scattered=True),
    NoisePatch(9000.0, "high", 0.9, velocity_oct=0.9, amp=_burst(0.10), level_db=-12.0),
)
HAT_METAL_OPEN = (
    _skin(*((2430.0 * ratio, 0.5, 0.55) for ratio in CYMBAL[:7]), level_db=-15.0, scattered=True),
    NoisePatch(8200.0, "high", 0.9, amp=_burst(0.75), level_db=-12.0),
)
HAT_SYNTH_CLOSED = (NoisePatch(9800.0, "high", 1.8, amp=_burst(0.045), level_db=-9.0),)
HAT_SYNTH_OPEN = (NoisePatch(9000.0, "high", 1.8, amp=_burst(0.42), level_db=-11.0),)
RIDE = (
    ModalPatch(
        scaled(
            tuple(ratio * 3.0 for ratio in CYMBAL),
            (0.12, 0.25, 0.35, 0.8, 0.6, 1.0, 0.8, 0.9, 0.8, 0.6),
            1.2,
            0.5,
        ),
        amp=Amp(attack_s=0.0008, rings=True, decay_s=0.2, sustain=0.25),
        velocity_tilt=0.5,
        jitter=0.25,
        scattered=True,
        level_db=-20.0,
    ),
    NoisePatch(6200.0, "high", 0.7, amp=_burst(1.2), level_db=-20.0),
    NoisePatch(4300.0, "band", 1.2, amp=_burst(0.03), level_db=-14.0),
)

# Tabla. The loaded right head has five modes in harmonic order (Raman 1934), of which each stroke leaves some.
NA = (
    _skin(
        (_C4, 0.18, 0.30), (2.01 * _C4, 0.8, 0.55), (3.02 * _C4, 1.0, 0.62), (4.03 * _C4, 0.45, 0.35),
        (5.06 * _C4, 0.25, 0.22), level_db=-10.0,
    ),
    NoisePatch(3100.0, "band", 0.8, amp=_burst(0.025), level_db=-13.0),
)  # fmt: skip
TIN = (
    _skin(
        (_C4, 0.30, 1.1), (2.01 * _C4, 1.0, 1.35), (3.02 * _C4, 0.22, 0.6), (4.03 * _C4, 0.10, 0.35), level_db=-9.0,
    ),
    NoisePatch(2000.0, "band", 0.8, amp=_burst(0.02, 0.002), level_db=-20.0),
)  # fmt: skip
# The left, bass head: the heel of the hand presses, and the pitch slides up.
GE = (
    _skin(
        (0.305 * _C4, 1.0, 0.85), (0.62 * _C4, 0.35, 0.45), (0.93 * _C4, 0.12, 0.25),
        bend_cents=-420.0, bend_s=0.26, amp=Amp(attack_s=0.003, rings=True), level_db=-3.0,
    ),
    NoisePatch(420.0, "low", amp=_burst(0.035, 0.002), level_db=-12.0),
)  # fmt: skip
TE = (
    _skin((1.5 * _C4, 0.6, 0.05), (2.7 * _C4, 0.5, 0.04), (4.4 * _C4, 0.3, 0.03), level_db=-11.0),
    NoisePatch(1700.0, "band", 0.8, amp=_burst(0.04), level_db=-10.0),
)
