"""The numbers of the drum voices, which the rhythm styles write and the drum instruments play."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

KICK: Final = 0
SNARE: Final = 1
RIM: Final = 2
HAT_CLOSED: Final = 3
HAT_OPEN: Final = 4
CLAP: Final = 5
RIDE: Final = 6
TOM: Final = 7
SHAKER: Final = 8
BRUSH_SWISH: Final = 9
BRUSH_TAP: Final = 10
THUMP_LUB: Final = 11
THUMP_DUB: Final = 12
SNARE_BUZZ: Final = 13
NA: Final = 14
TIN: Final = 15
DHA: Final = 16
GE: Final = 17
TE: Final = 18
CLICK: Final = 19

AS_TUNED: Final = 60.0
"""Pitch of a stroke that sounds as its drum is tuned; others transpose it by their distance from here."""

KITS: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType(
    {
        "minimal": (KICK, RIM, SHAKER),
        "heartbeat": (THUMP_LUB, THUMP_DUB),
        "soft_four": (KICK, HAT_CLOSED),
        "hats_only": (HAT_CLOSED, HAT_OPEN),
        "electronic": (KICK, CLAP, HAT_CLOSED, HAT_OPEN),
        "kit_light": (KICK, RIDE, BRUSH_TAP),
        "kit_medium": (KICK, SNARE, HAT_CLOSED, HAT_OPEN, RIDE, TOM),
        "military": (KICK, SNARE, SNARE_BUZZ),
        "tabla_essence": (NA, TIN, DHA, GE, TE),
        "brush": (BRUSH_SWISH, BRUSH_TAP),
    }
)
"""Rhythm style → the drums that its part plays."""
