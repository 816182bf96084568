"""Meter: how strong each place of a four-beat bar is, and which places lie off the beat."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

BEATS: Final = 4
"""Beats in a bar. All styles are in common time."""

_BEAT_STRENGTHS: Final = (1.0, 0.6, 0.8, 0.6)
_PART_STRENGTHS: Final = (None, 0.15, 0.3, 0.15)  # of the sixteenths within a beat
STRENGTH: Final[Mapping[float, float]] = MappingProxyType(
    {step / 4: _PART_STRENGTHS[step % 4] or _BEAT_STRENGTHS[step // 4] for step in range(16)}
)
"""Metric strength of the sixteenth places of a bar: 1 on the first beat, 0.15 on the weakest."""


def is_off_beat(beat: float) -> bool:
    """Tell whether a place lies between the beats."""
    return beat != int(beat)


def strength(beat: float) -> float:
    """Return the metric strength of a place: 0.1 off the sixteenth grid."""
    return STRENGTH.get(beat % BEATS, 0.1)


def is_strong(beat: float) -> bool:
    """Tell whether a place is the first or third beat."""
    return beat % 2 == 0
