"""General MIDI: which of its sounds comes near each style, each drum, and each layer's place in the mix."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from latentscore.theory import drums

PROGRAMS: Final[Mapping[str, Mapping[str, tuple[int, ...]]]] = MappingProxyType(
    {
        "bass": {
            "drone": (89,),  # warm pad
            "sustained": (35,),  # fretless bass
            "pulsing": (38,),  # synth bass 1
            "walking": (32,),  # acoustic bass
            "fifth_drone": (19,),  # church organ
            "sub_pulse": (39,),  # synth bass 2
            "octave": (33,),  # fingered bass
            "arp_bass": (87,),  # bass and lead
        },
        "pad": {
            "warm_slow": (89,),  # warm pad
            "dark_sustained": (51,),  # synth strings 2
            "cinematic": (48,),  # string ensemble
            "thin_high": (92,),  # bowed glass
            "ambient_drift": (94,),  # halo
            "stacked_fifths": (20,),  # reed organ
            "bright_open": (90,),  # polysynth
        },
        "melody": {
            "procedural": (82,),  # calliope lead
            "contemplative": (0,),  # grand piano
            "rising": (73,),  # flute
            "falling": (68,),  # oboe
            "minimal": (12,),  # marimba
            "ornamental": (15,),  # dulcimer
            "arp_melody": (10,),  # music box
            "contemplative_minor": (71,),  # clarinet
            "call_response": (21, 14),  # accordion, tubular bells
            "heroic": (60,),  # French horn
        },
        "rhythm": {  # kits: other devices than GS and GM2 play the standard one
            "none": (0,),
            "minimal": (0,),
            "heartbeat": (0,),
            "soft_four": (0,),
            "hats_only": (0,),
            "electronic": (24,),  # electronic kit
            "kit_light": (40,),  # brush kit
            "kit_medium": (0,),
            "military": (48,),  # orchestra kit
            "tabla_essence": (0,),
            "brush": (40,),  # brush kit
        },
        "texture": {
            "none": (0,),
            "shimmer": (100,),  # brightness
            "shimmer_slow": (88,),  # new age
            "vinyl_crackle": (120,),  # fret noise
            "breath": (121,),  # breath noise
            "stars": (112,),  # tinkle bell
            "glitch": (80,),  # square lead
            "noise_wash": (122,),  # seashore
            "crystal": (98,),  # crystal
            "pad_whisper": (91,),  # choir pad
        },
        "accent": {
            "none": (0,),
            "bells": (14,),  # tubular bells
            "pluck": (24,),  # nylon guitar
            "chime": (112,),  # tinkle bell
            "bells_dense": (9,),  # glockenspiel
            "blip": (80,),  # square lead
            "blip_random": (82,),  # calliope lead
            "brass_hit": (61,),  # brass section
            "wind": (122,),  # seashore
            "arp_accent": (46,),  # harp
            "piano_note": (0,),  # grand piano
        },
    }
)
"""Layer and label → the program (from 0) of each of the instrument's voices; for the rhythm, the kit."""

DRUM_KEYS: Final[Mapping[int, int]] = MappingProxyType(
    {
        drums.KICK: 36,
        drums.SNARE: 38,
        drums.RIM: 37,
        drums.HAT_CLOSED: 42,
        drums.HAT_OPEN: 46,
        drums.CLAP: 39,
        drums.RIDE: 51,
        drums.TOM: 45,
        drums.SHAKER: 70,  # maracas
        drums.BRUSH_SWISH: 40,  # the brush kit's swirl
        drums.BRUSH_TAP: 38,  # the brush kit's tap
        drums.THUMP_LUB: 35,
        drums.THUMP_DUB: 36,
        drums.SNARE_BUZZ: 40,
        drums.NA: 60,  # high bongo
        drums.TIN: 61,  # low bongo
        drums.DHA: 63,  # open high conga
        drums.GE: 64,  # low conga
        drums.TE: 62,  # mute high conga
        drums.CLICK: 76,  # high wood block
    }
)
"""Drum voice → key of the General MIDI drum map."""

_HIGH_TOM: Final = 48
_LOW_TOM: Final = 41
_TOM_SPLIT: Final = 2.0

VOLUMES: Final[Mapping[str, int]] = MappingProxyType(
    {"bass": 92, "pad": 82, "melody": 100, "rhythm": 84, "texture": 58, "accent": 74}
)
"""Layer → channel volume (controller 7)."""

REVERBS: Final = (0, 25, 50, 80, 110)
"""Reverb send (controller 91) of the labels of `space`, from dry to vast."""


def drum_key(voice: int, pitch: float) -> int:
    """Return the key of a stroke. Only toms have keys for how they are tuned: high, middle and low."""
    if voice == drums.TOM and abs(pitch - drums.AS_TUNED) > _TOM_SPLIT:
        return _HIGH_TOM if pitch > drums.AS_TUNED else _LOW_TOM
    return DRUM_KEYS[voice]
