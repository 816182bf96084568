"""LatentScore: a short text becomes endless ambient music, on any CPU, offline, in real time."""

# pyright: reportUnusedImport=false
from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Every public name and the module that owns it. Modules are imported on first use, so that
# `import latentscore` costs nothing; type checkers read the imports below, and a test compares both lists.
_OWNERS = {
    "latentscore.api": ("SAMPLE_RATE", "arender", "explain", "library", "render", "score"),
    "latentscore.audio": ("Audio", "save_wav"),
    "latentscore.config": ("MusicConfig", "MusicConfigUpdate", "Step", "blend"),
    "latentscore.errors": (
        "CapabilityWarning",
        "ConfigGenerateError",
        "FileFormatError",
        "InvalidConfigError",
        "LLMInferenceError",
        "LatentScoreError",
        "ModelNotAvailableError",
        "OutputError",
        "PlaybackError",
        "StreamStateError",
    ),
    "latentscore.game_sets": ("GameSet", "game_set"),
    "latentscore.hooks": ("RenderHooks", "StreamEvent", "StreamHooks"),
    "latentscore.output.playback": ("Playback",),
    "latentscore.replaying": ("replay",),
    "latentscore.scores": ("Score",),
    "latentscore.stream.items": ("Streamable", "Track"),
    "latentscore.stream.live": ("LiveStream",),
    "latentscore.stream.playlist": ("Playlist",),
    "latentscore.stream.session": ("Session",),
    "latentscore.stream.stream": ("AudioStream",),
    "latentscore.streams": (
        "astream",
        "live",
        "session",
        "stream",
        "stream_configs",
        "stream_texts",
        "stream_updates",
    ),
    "latentscore.vibe.explanation": ("Explanation",),
    "latentscore.vibe.external.spec": ("ExternalModelSpec",),
    "latentscore.vibe.model": ("GenerateResult", "VibeModel"),
    "latentscore.vibe.palette": ("Palette",),
    "latentscore.config.labels": (
        "AccentStyle",
        "AttackLabel",
        "BassStyle",
        "BrightnessLabel",
        "DensityLabel",
        "EchoLabel",
        "GrainLabel",
        "HumanLabel",
        "MelodyStyle",
        "ModeLabel",
        "MotionLabel",
        "PadStyle",
        "RhythmStyle",
        "RootLabel",
        "SpaceLabel",
        "StereoLabel",
        "TempoLabel",
        "TextureStyle",
    ),
}
_OWNER_OF = {name: owner for owner, names in _OWNERS.items() for name in names}

__all__ = ["__version__", *sorted(_OWNER_OF)]  # pyright: ignore[reportUnsupportedDunderAll]

if TYPE_CHECKING:
    from latentscore.api import SAMPLE_RATE, arender, explain, library, render, score
    from latentscore.audio import Audio, save_wav
    from latentscore.config import MusicConfig, MusicConfigUpdate, Step, blend
    from latentscore.config.labels import (
        AccentStyle,
        AttackLabel,
        BassStyle,
        BrightnessLabel,
        DensityLabel,
        EchoLabel,
        GrainLabel,
        HumanLabel,
        MelodyStyle,
        ModeLabel,
        MotionLabel,
        PadStyle,
        RhythmStyle,
        RootLabel,
        SpaceLabel,
        StereoLabel,
        TempoLabel,
        TextureStyle,
    )
    from latentscore.errors import (
        CapabilityWarning,
        ConfigGenerateError,
        FileFormatError,
        InvalidConfigError,
        LatentScoreError,
        LLMInferenceError,
        ModelNotAvailableError,
        OutputError,
        PlaybackError,
        StreamStateError,
    )
    from latentscore.game_sets import GameSet, game_set
    from latentscore.hooks import RenderHooks, StreamEvent, StreamHooks
    from latentscore.output.playback import Playback
    from latentscore.replaying import replay
    from latentscore.scores import Score
    from latentscore.stream.items import Streamable, Track
    from latentscore.stream.live import LiveStream
    from latentscore.stream.playlist import Playlist
    from latentscore.stream.session import Session
    from latentscore.stream.stream import AudioStream
    from latentscore.streams import (
        astream,
        live,
        session,
        stream,
        stream_configs,
        stream_texts,
        stream_updates,
    )
    from latentscore.vibe.explanation import Explanation
    from latentscore.vibe.external.spec import ExternalModelSpec
    from latentscore.vibe.model import GenerateResult, VibeModel
    from latentscore.vibe.palette import Palette


class _Package(ModuleType):
    """This package. `ls.score` is the function, though a folder of that name is imported as a submodule.

    The import system binds a submodule as an attribute of its package when it is first imported; for public names
    that is left out. `from latentscore.score import …` does not need it.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _OWNER_OF and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    owner = _OWNER_OF.get(name)
    if owner is None:
        raise AttributeError(f"module 'latentscore' has no attribute {name!r}")
    return getattr(import_module(owner), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_OWNER_OF})
