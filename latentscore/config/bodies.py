# Generated from latentscore/config/fields.py; do not edit. Run: python -m data_work.generate_labels
"""The typed attributes of `MusicConfig` and `MusicConfigUpdate`."""

from __future__ import annotations

from latentscore.config.base import LabelModel
from latentscore.config.labels import (
    AccentStyle,
    AttackLabel,
    BassStyle,
    BrightnessLabel,
    CadenceStrengthLabel,
    ChordChangeBarsLabel,
    ChordExtensionsLabel,
    ChromaticProbLabel,
    DensityLabel,
    DepthLabel,
    EchoLabel,
    GrainLabel,
    HarmonyStyleLabel,
    HumanLabel,
    MelodyDensityLabel,
    MelodyEngineLabel,
    MelodyStyle,
    ModeLabel,
    MotifRepeatProbLabel,
    MotionLabel,
    PadStyle,
    PhraseLenBarsLabel,
    RegisterMaxOctLabel,
    RegisterMinOctLabel,
    RhythmStyle,
    RootLabel,
    SpaceLabel,
    StepBiasLabel,
    StereoLabel,
    SwingLabel,
    SyncopationLabel,
    TempoLabel,
    TensionCurveLabel,
    TextureStyle,
)
from latentscore.config.steps import Step


class ConfigBody(LabelModel, frozen=True):
    """A label for each field."""

    tempo: TempoLabel | float = "medium"
    brightness: BrightnessLabel = "medium"
    space: SpaceLabel = "large"
    motion: MotionLabel = "slow"
    stereo: StereoLabel = "medium"
    echo: EchoLabel = "subtle"
    human: HumanLabel = "natural"
    attack: AttackLabel = "medium"
    grain: GrainLabel = "clean"
    density: DensityLabel = 4
    root: RootLabel = "c"
    mode: ModeLabel = "major"
    bass: BassStyle = "sustained"
    pad: PadStyle = "warm_slow"
    melody: MelodyStyle = "procedural"
    rhythm: RhythmStyle = "minimal"
    texture: TextureStyle = "shimmer_slow"
    accent: AccentStyle = "bells"
    depth: DepthLabel = False
    melody_engine: MelodyEngineLabel = "procedural"
    phrase_len_bars: PhraseLenBarsLabel = 4
    melody_density: MelodyDensityLabel = "medium"
    syncopation: SyncopationLabel = "light"
    swing: SwingLabel = "none"
    motif_repeat_prob: MotifRepeatProbLabel = "sometimes"
    step_bias: StepBiasLabel = "balanced"
    chromatic_prob: ChromaticProbLabel = "none"
    register_min_oct: RegisterMinOctLabel = 4
    register_max_oct: RegisterMaxOctLabel = 6
    cadence_strength: CadenceStrengthLabel = "medium"
    tension_curve: TensionCurveLabel = "arc"
    harmony_style: HarmonyStyleLabel = "auto"
    chord_change_bars: ChordChangeBarsLabel = "medium"
    chord_extensions: ChordExtensionsLabel = "triads"


class UpdateBody(LabelModel, frozen=True):
    """A new label, a step or nothing for each field."""

    tempo: TempoLabel | float | Step | None = None
    brightness: BrightnessLabel | Step | None = None
    space: SpaceLabel | Step | None = None
    motion: MotionLabel | Step | None = None
    stereo: StereoLabel | Step | None = None
    echo: EchoLabel | Step | None = None
    human: HumanLabel | Step | None = None
    attack: AttackLabel | Step | None = None
    grain: GrainLabel | Step | None = None
    density: DensityLabel | Step | None = None
    root: RootLabel | None = None
    mode: ModeLabel | None = None
    bass: BassStyle | None = None
    pad: PadStyle | None = None
    melody: MelodyStyle | None = None
    rhythm: RhythmStyle | None = None
    texture: TextureStyle | None = None
    accent: AccentStyle | None = None
    depth: DepthLabel | None = None
    melody_engine: MelodyEngineLabel | None = None
    phrase_len_bars: PhraseLenBarsLabel | Step | None = None
    melody_density: MelodyDensityLabel | Step | None = None
    syncopation: SyncopationLabel | Step | None = None
    swing: SwingLabel | Step | None = None
    motif_repeat_prob: MotifRepeatProbLabel | Step | None = None
    step_bias: StepBiasLabel | Step | None = None
    chromatic_prob: ChromaticProbLabel | Step | None = None
    register_min_oct: RegisterMinOctLabel | Step | None = None
    register_max_oct: RegisterMaxOctLabel | Step | None = None
    cadence_strength: CadenceStrengthLabel | Step | None = None
    tension_curve: TensionCurveLabel | None = None
    harmony_style: HarmonyStyleLabel | None = None
    chord_change_bars: ChordChangeBarsLabel | Step | None = None
    chord_extensions: ChordExtensionsLabel | Step | None = None
