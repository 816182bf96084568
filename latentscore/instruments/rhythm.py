"""The drum kits. A stroke of pitch 60 sounds as its drum is tuned; the voices' numbers are those of `theory/drums.py`."""

from __future__ import annotations

from latentscore.instruments import drums as sounds
from latentscore.instruments.instrument import Instrument, Patch, register
from latentscore.theory import drums

_NAMES = {number: name.lower() for name, number in vars(drums).items() if isinstance(number, int)}


def _kit(style: str, gain_db: float, voices: dict[int, tuple[Patch, ...]]) -> None:
    numbers = range(max(voices) + 1)
    register(
        Instrument(
            f"rhythm.{style}",
            tuple(voices.get(number, ()) for number in numbers),
            gain_db,
            pitched=False,
            voice_names=tuple(_NAMES[number] if number in voices else "" for number in numbers),
        )
    )


_kit("minimal", 2.9, {drums.KICK: sounds.KICK_SOFT, drums.RIM: sounds.RIM_WOOD, drums.SHAKER: sounds.SHAKER})
_kit("heartbeat", -1.8, {drums.THUMP_LUB: sounds.LUB, drums.THUMP_DUB: sounds.DUB})
_kit(
    "soft_four",
    0.0,
    {
        drums.KICK: sounds.KICK_ROUND,
        drums.HAT_CLOSED: sounds.HAT_SOFT_CLOSED,
        drums.HAT_OPEN: sounds.HAT_SOFT_OPEN,
    },
)
_kit("hats_only", 8.5, {drums.HAT_CLOSED: sounds.HAT_METAL_CLOSED, drums.HAT_OPEN: sounds.HAT_METAL_OPEN})
_kit(
    "electronic",
    -1.9,
    {
        drums.KICK: sounds.KICK_SYNTH,
        drums.SNARE: sounds.SNARE_SYNTH,
        drums.RIM: sounds.RIM_SYNTH,
        drums.HAT_CLOSED: sounds.HAT_SYNTH_CLOSED,
        drums.HAT_OPEN: sounds.HAT_SYNTH_OPEN,
        drums.CLAP: sounds.CLAP,
        drums.TOM: sounds.TOM_SYNTH,
    },
)
_kit(
    "kit_light",
    10.6,
    {
        drums.KICK: sounds.KICK_FELT,
        drums.SNARE: sounds.BRUSH_SNARE,
        drums.RIM: sounds.RIM_STICK,
        drums.HAT_CLOSED: sounds.HAT_FOOT,
        drums.RIDE: sounds.RIDE,
        drums.BRUSH_SWISH: sounds.SWISH,
        drums.BRUSH_TAP: sounds.BRUSH_SNARE,
    },
)
_kit(
    "kit_medium",
    2.0,
    {
        drums.KICK: sounds.KICK_WOOD,
        drums.SNARE: sounds.SNARE,
        drums.RIM: sounds.RIM_STICK,
        drums.HAT_CLOSED: sounds.HAT_CLOSED,
        drums.HAT_OPEN: sounds.HAT_OPEN,
        drums.RIDE: sounds.RIDE,
        drums.TOM: sounds.TOM,
    },
)
_kit(
    "military",
    0.9,
    {
        drums.KICK: sounds.BASS_DRUM,
        drums.SNARE: sounds.SNARE_TIGHT,
        drums.RIM: sounds.RIM_STICK,
        drums.SNARE_BUZZ: sounds.SNARE_BUZZ,
    },
)
_kit(
    "tabla_essence",
    -1.8,
    {
        drums.NA: sounds.NA,
        drums.TIN: sounds.TIN,
        drums.DHA: (*sounds.NA, *sounds.GE),
        drums.GE: sounds.GE,
        drums.TE: sounds.TE,
    },
)
_kit(
    "brush",
    9.2,
    {drums.KICK: sounds.KICK_FELT, drums.BRUSH_SWISH: sounds.SWISH_WIDE, drums.BRUSH_TAP: sounds.BRUSH_TAP},
)
