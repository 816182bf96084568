# Generated from latentscore/config/fields.py; do not edit. Run: python -m data_work.generate_labels
"""One `Literal` alias for each field: every label the type checker should know."""

from __future__ import annotations

from typing import Literal, TypeAlias

__all__ = [
    "TempoLabel",
    "BrightnessLabel",
    "SpaceLabel",
    "MotionLabel",
    "StereoLabel",
    "EchoLabel",
    "HumanLabel",
    "AttackLabel",
    "GrainLabel",
    "DensityLabel",
    "RootLabel",
    "ModeLabel",
    "BassStyle",
    "PadStyle",
    "MelodyStyle",
    "RhythmStyle",
    "TextureStyle",
    "AccentStyle",
    "DepthLabel",
    "MelodyEngineLabel",
    "PhraseLenBarsLabel",
    "MelodyDensityLabel",
    "SyncopationLabel",
    "SwingLabel",
    "MotifRepeatProbLabel",
    "StepBiasLabel",
    "ChromaticProbLabel",
    "RegisterMinOctLabel",
    "RegisterMaxOctLabel",
    "CadenceStrengthLabel",
    "TensionCurveLabel",
    "HarmonyStyleLabel",
    "ChordChangeBarsLabel",
    "ChordExtensionsLabel",
]

TempoLabel: TypeAlias = Literal["very_slow", "slow", "medium", "fast", "very_fast"]
BrightnessLabel: TypeAlias = Literal["very_dark", "dark", "medium", "bright", "very_bright"]
SpaceLabel: TypeAlias = Literal["dry", "small", "medium", "large", "vast"]
MotionLabel: TypeAlias = Literal["static", "slow", "medium", "fast", "chaotic"]
StereoLabel: TypeAlias = Literal["mono", "narrow", "medium", "wide", "ultra_wide"]
EchoLabel: TypeAlias = Literal["none", "subtle", "medium", "heavy", "infinite"]
HumanLabel: TypeAlias = Literal["robotic", "tight", "natural", "loose", "drunk"]
AttackLabel: TypeAlias = Literal["soft", "medium", "sharp"]
GrainLabel: TypeAlias = Literal["clean", "warm", "gritty"]
DensityLabel: TypeAlias = Literal[2, 3, 4, 5, 6]
RootLabel: TypeAlias = Literal["c", "c#", "d", "d#", "e", "f", "f#", "g", "g#", "a", "a#", "b"]
ModeLabel: TypeAlias = Literal["major", "minor", "dorian", "mixolydian"]
BassStyle: TypeAlias = Literal[
    "drone",
    "sustained",
    "pulsing",
    "walking",
    "fifth_drone",
    "sub_pulse",
    "octave",
    "arp_bass",
]
PadStyle: TypeAlias = Literal[
    "warm_slow",
    "dark_sustained",
    "cinematic",
    "thin_high",
    "ambient_drift",
    "stacked_fifths",
    "bright_open",
]
MelodyStyle: TypeAlias = Literal[
    "procedural",
    "contemplative",
    "rising",
    "falling",
    "minimal",
    "ornamental",
    "arp_melody",
    "contemplative_minor",
    "call_response",
    "heroic",
]
RhythmStyle: TypeAlias = Literal[
    "none",
    "minimal",
    "heartbeat",
    "soft_four",
    "hats_only",
    "electronic",
    "kit_light",
    "kit_medium",
    "military",
    "tabla_essence",
    "brush",
]
TextureStyle: TypeAlias = Literal[
    "none",
    "shimmer",
    "shimmer_slow",
    "vinyl_crackle",
    "breath",
    "stars",
    "glitch",
    "noise_wash",
    "crystal",
    "pad_whisper",
]
AccentStyle: TypeAlias = Literal[
    "none",
    "bells",
    "pluck",
    "chime",
    "bells_dense",
    "blip",
    "blip_random",
    "brass_hit",
    "wind",
    "arp_accent",
    "piano_note",
]
DepthLabel: TypeAlias = Literal[False, True]
MelodyEngineLabel: TypeAlias = Literal["pattern", "procedural"]
PhraseLenBarsLabel: TypeAlias = Literal[2, 4, 8]
MelodyDensityLabel: TypeAlias = Literal["very_sparse", "sparse", "medium", "busy", "very_busy"]
SyncopationLabel: TypeAlias = Literal["straight", "light", "medium", "heavy"]
SwingLabel: TypeAlias = Literal["none", "light", "medium", "heavy"]
MotifRepeatProbLabel: TypeAlias = Literal["rare", "sometimes", "often"]
StepBiasLabel: TypeAlias = Literal["step", "balanced", "leapy"]
ChromaticProbLabel: TypeAlias = Literal["none", "light", "medium", "heavy"]
RegisterMinOctLabel: TypeAlias = Literal[1, 2, 3, 4, 5, 6, 7, 8]
RegisterMaxOctLabel: TypeAlias = Literal[1, 2, 3, 4, 5, 6, 7, 8]
CadenceStrengthLabel: TypeAlias = Literal["weak", "medium", "strong"]
TensionCurveLabel: TypeAlias = Literal["arc", "ramp", "waves"]
HarmonyStyleLabel: TypeAlias = Literal["auto", "pop", "jazz", "cinematic", "ambient"]
ChordChangeBarsLabel: TypeAlias = Literal["very_slow", "slow", "medium", "fast"]
ChordExtensionsLabel: TypeAlias = Literal["triads", "sevenths", "lush"]
