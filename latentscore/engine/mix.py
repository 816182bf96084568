"""The mix: what each label of the config means in levels, widths, sends and effect settings."""

from __future__ import annotations

from typing import Final, NamedTuple

from latentscore.config.fields import FIELDS
from latentscore.config.model import MusicConfig
from latentscore.effects.echo import ECHO_AMOUNTS
from latentscore.events import LAYERS


class LayerMix(NamedTuple):
    """A layer's fixed place in the mix, whatever the config."""

    echo_send: float
    reverb_send: float
    width: float
    """Share of the config's stereo width that the layer takes: the bass stays near the middle."""
    movement: float
    """Share of the config's motion that the layer takes."""
    brightness: float
    """Share of the config's brightness tilt that the layer takes."""
    drive: float
    """Factor on the drive of the grain: the softer a layer is mixed, the more it needs to be heard as warm."""
    grit: float
    """Share of the config's grit that the layer takes: the hiss of what is loud and held would cover every stroke."""


LAYER_MIX: Final[dict[str, LayerMix]] = {
    "bass": LayerMix(0.0, 0.30, 0.12, 0.35, 0.8, 1.0, 0.4),
    "pad": LayerMix(0.10, 0.8, 1.0, 1.0, 1.0, 1.8, 0.7),
    "melody": LayerMix(0.8, 0.8, 0.8, 0.6, 1.0, 1.4, 1.0),
    "rhythm": LayerMix(0.25, 0.6, 0.6, 0.3, 0.8, 1.2, 1.0),
    "texture": LayerMix(0.2, 0.7, 1.2, 1.0, 0.8, 5.0, 0.7),
    "accent": LayerMix(1.0, 1.0, 1.0, 0.5, 0.8, 1.6, 1.0),
}
assert tuple(LAYER_MIX) == LAYERS

PRESENCE_DB: Final[dict[str, tuple[float, ...]]] = {
    "bass": (0.0, 0.0, 0.0, 0.0, 0.0),
    "pad": (0.6, 0.3, 0.0, -0.8, -2.0),
    "melody": (-4.0, -2.0, 0.0, 0.8, 2.0),
    "rhythm": (-3.5, -1.5, 0.2, 0.7, 1.0),
    "texture": (0.5, 2.0, 3.0, 3.5, 4.0),
    "accent": (-2.0, 0.0, 1.5, 2.5, 3.8),
}
"""Level of each layer by density, 2 to 6: the fewer play, the further the figures recede behind the pad; the more
play, the more room the pad makes for them."""
assert tuple(PRESENCE_DB) == LAYERS

# One value a label, in the field's order.
_TREBLE_DB: Final = (-9.0, -4.5, 0.0, 4.5, 9.0)
_CUTOFF: Final = (0.42, 0.65, 1.0, 1.6, 2.5)
_REVERB_WET: Final = (0.005, 0.13, 0.28, 0.50, 0.80)
_PREDELAY_S: Final = (0.002, 0.008, 0.018, 0.030, 0.045)
_MOVE_DEPTH: Final = (0.0, 0.42, 0.62, 0.82, 1.0)
_MOVE_RATE_HZ: Final = (0.05, 0.12, 0.4, 1.5, 4.0)
_MOVE_IRREGULARITY: Final = (0.0, 0.15, 0.2, 0.3, 1.0)
_SIDE: Final = (0.0, 0.35, 0.7, 1.0, 1.25)
_SPREAD: Final = (0.0, 0.06, 0.18, 0.38, 0.64)
_RETURN_SIDE: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
_WARM: Final = (0.0, 1.0, 0.4)
_GRIT: Final = (0.0, 0.0, 0.65)
_ECHO_BEATS: Final = 0.75  # a dotted eighth: repeats fall between the beats
_WOW: Final = (0.0, 0.0018, 0.0026)  # pitch wander of tape, as a share of the pitch


def _rank(config: MusicConfig, field: str) -> int:
    return FIELDS[field].index(getattr(config, field))


def mix_targets(config: MusicConfig, sample_rate: int) -> dict[str, float]:
    """The continuous parameters that a config asks for; steering ramps from one set to another."""
    brightness, stereo, grain = (_rank(config, name) for name in ("brightness", "stereo", "grain"))
    motion, space, density = (_rank(config, name) for name in ("motion", "space", "density"))
    echo = ECHO_AMOUNTS[config.echo]
    return {
        "treble_db": _TREBLE_DB[brightness],
        "cutoff": _CUTOFF[brightness],
        "side": _SIDE[stereo],
        "spread": _SPREAD[stereo],
        "return_side": _RETURN_SIDE[stereo],
        "warm": _WARM[grain],
        "grit": _GRIT[grain],
        "wow": _WOW[grain],
        "move_depth": _MOVE_DEPTH[motion],
        "move_rate_hz": _MOVE_RATE_HZ[motion],
        "move_irregularity": _MOVE_IRREGULARITY[motion],
        "t60_s": config.value("space"),
        "predelay_s": _PREDELAY_S[space],
        "reverb_wet": _REVERB_WET[space],
        "echo_frames": _ECHO_BEATS * 60.0 / config.value("tempo") * sample_rate,
        "echo_feedback": echo.feedback,
        "echo_wet": echo.wet,
        **{f"{layer}_gain": 10.0 ** (levels_db[density] / 20.0) for layer, levels_db in PRESENCE_DB.items()},
    }
