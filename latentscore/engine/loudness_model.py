"""The trim: how loud a config will be before the master, predicted from its labels.

Each stem's level in dB is a sum of terms, one a label, fitted by `data_work/fit_loudness.py` on measured renders;
the stems' powers add up. The table is made anew whenever sounds or styles change.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from latentscore.config.fields import FIELDS
from latentscore.config.model import MusicConfig
from latentscore.events import LAYERS

TARGET_LUFS: Final = -16.0
STEMS: Final = (*LAYERS, "returns")
TABLE: Final = Path(__file__).parent / "assets" / "loudness.json"

_GATING_LU: Final = 0.25
"""By how much the gated loudness of a mastered render lies above the plain mean that the table predicts."""

_CROSSED: Final = ("attack", "brightness", "density", "grain")
"""Fields whose effect is fitted for each style apart: a soft attack takes more from a pluck than from a pad."""


def terms(config: MusicConfig, stem: str) -> list[str]:
    """Names of the table's terms that a config has in a stem."""
    names = [f"{name}={getattr(config, name)}" for name in FIELDS if name != "tempo"]
    names.append(f"tempo={_tempo_label(config)}")
    if stem in LAYERS:
        style = f"{stem}={getattr(config, stem)}"
        names += [f"{style} {name}={getattr(config, name)}" for name in _CROSSED]
    return names


def predicted_lufs(config: MusicConfig) -> float:
    """Loudness of the mix before the trim, in LUFS."""
    power = 0.0
    for stem, table in _tables().items():
        if stem in LAYERS and getattr(config, stem) == "none":
            continue
        level_db = table[""] + math.fsum(table.get(term, 0.0) for term in terms(config, stem))
        power += 10.0 ** (level_db / 10.0)
    return 10.0 * math.log10(power)


def predicted_trim(config: MusicConfig) -> float:
    """Linear gain that brings the config's mix to about -16 LUFS."""
    return 10.0 ** ((TARGET_LUFS - _GATING_LU - predicted_lufs(config)) / 20.0)


def _tempo_label(config: MusicConfig) -> str:
    """The tempo's label, or the nearest one to a number."""
    field = FIELDS["tempo"]
    bpm = config.value("tempo")
    return str(min(field.labels, key=lambda label: abs(math.log(field.number(label) / bpm))))


@functools.cache
def _tables() -> Mapping[str, Mapping[str, float]]:
    return json.loads(TABLE.read_text("utf-8"))
