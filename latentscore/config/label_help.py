"""What each style of the six layers sounds like, in one phrase, for docs and prompts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_BASS = {
    "drone": "one held root beneath every chord, swelling slowly",
    "sustained": "one soft legato note a chord",
    "pulsing": "repeated eighths whose accents wander",
    "walking": "upright-bass quarter notes that lead into each chord",
    "fifth_drone": "root and fifth held together, organ-like",
    "sub_pulse": "slow throbs of a deep sine",
    "octave": "root and octave in a syncopated figure",
    "arp_bass": "quick low arpeggios of the chord",
}

_PAD = {
    "warm_slow": "close, warm chords that swell and overlap",
    "dark_sustained": "low, dark chords that hardly move",
    "cinematic": "wide string-like chords in long crescendos",
    "thin_high": "two or three glassy notes, high and long",
    "ambient_drift": "voices that enter one by one and wander",
    "stacked_fifths": "hollow stacks of fourths and fifths",
    "bright_open": "airy suspended and added-ninth chords",
}

_MELODY = {
    "procedural": "balanced phrases grown from a motif",
    "contemplative": "long felt-piano notes with wide rests",
    "rising": "flute-like phrases that climb",
    "falling": "reed-like descending sighs",
    "minimal": "a few marimba notes, repeated with small shifts",
    "ornamental": "a slow plucked line with turns, trills and grace notes",
    "arp_melody": "bell-like chord arpeggios that change direction",
    "contemplative_minor": "a low, slow, clarinet-like line leaning on the minor notes",
    "call_response": "a reed's call and a bell's answer",
    "heroic": "horn-like fourths and fifths in dotted rhythm",
}

_RHYTHM = {
    "none": "no rhythm",
    "minimal": "a soft pulse with a rim or shaker in answer",
    "heartbeat": "low lub-dub pairs",
    "soft_four": "a soft kick on every beat and an off-beat hat",
    "hats_only": "hi-hats alone, with moving accents",
    "electronic": "a syncopated synthetic kit with claps",
    "kit_light": "brushed snare, ride and quiet kick",
    "kit_medium": "a backbeat kit with ghost notes and fills",
    "military": "a snare cadence with flams and rolls",
    "tabla_essence": "bending tabla phrases",
    "brush": "circling brush strokes with light taps",
}

_TEXTURE = {
    "none": "no texture",
    "shimmer": "quick sparkle an octave above the chord",
    "shimmer_slow": "the same sparkle in slow swells",
    "vinyl_crackle": "the clicks, pops and rumble of a record",
    "breath": "airy noise in and out at breathing pace",
    "stars": "scattered tiny high tones with long tails",
    "glitch": "stutters and gated bits on the grid",
    "noise_wash": "swells of noise like the sea",
    "crystal": "glassy pings",
    "pad_whisper": "a very soft choir that follows the chord",
}

_ACCENT = {
    "none": "no accents",
    "bells": "one struck bell",
    "pluck": "one plucked string",
    "chime": "a small cascade of wind chimes",
    "bells_dense": "flurries of small bells",
    "blip": "one short pure blip in time",
    "blip_random": "blips at odd places and pitches",
    "brass_hit": "a short brass chord where a section starts",
    "wind": "a gust across the stereo field",
    "arp_accent": "a fast upward arpeggio",
    "piano_note": "one soft piano note with a long tail",
}

STYLE_HELP: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "bass": _BASS,
        "pad": _PAD,
        "melody": _MELODY,
        "rhythm": _RHYTHM,
        "texture": _TEXTURE,
        "accent": _ACCENT,
    }
)
"""Layer name → style label → what is heard."""
