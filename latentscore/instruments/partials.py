"""Partials of real things: stiff strings, free bars, church bells and skins, as ratios, levels and decays."""

from __future__ import annotations

import math
from collections.abc import Sequence

from latentscore.instruments.patches.modal import Partial


def stiff_string(
    n: int, *, hardness: float, t60_s: float, inharmonicity: float = 0.0004
) -> tuple[Partial, ...]:
    """Return the partials of a piano string struck at an eighth of its length (Fletcher and Rossing, ch. 12).

    Args:
        n: How many.
        hardness: Of the hammer: each partial has this share of the one before.
        t60_s: Decay of the first; higher ones fall faster.
        inharmonicity: Stiffness against tension.
    """
    partials: list[Partial] = []
    for k in range(1, n + 1):
        ratio = k * math.sqrt((1.0 + inharmonicity * k * k) / (1.0 + inharmonicity))
        level = (0.25 + abs(math.sin(math.pi * k / 8.0))) * hardness ** (k - 1)
        partials.append(Partial(ratio, level, t60_s / (1.0 + 0.3 * (k - 1))))
    return tuple(partials)


def scaled(
    ratios: Sequence[float], levels: Sequence[float], t60_s: float, damping: float
) -> tuple[Partial, ...]:
    """Return partials whose decay falls with the power `damping` of the ratio to the first."""
    return tuple(
        Partial(ratio, level, t60_s * (ratios[0] / ratio) ** damping)
        for ratio, level in zip(ratios, levels, strict=True)
    )


FREE_BAR = (1.0, 2.756, 5.404, 8.933)
"""A bar free at both ends: chimes, glockenspiel (Fletcher and Rossing, ch. 2)."""
TUNED_BAR = (1.0, 3.984, 9.2)
"""A marimba's bar, cut so that the second mode is two octaves up."""
CHURCH_BELL = (0.5, 1.0, 1.2, 1.5, 2.0, 2.67, 3.0, 4.0, 5.33)
"""Hum, prime, tierce, quint, nominal and above (Fletcher and Rossing, ch. 21)."""
GLASS = (1.0, 2.32, 4.25, 6.63, 9.38)
"""A wine glass's rim (French 1983): modes near n²."""
CYMBAL = (1.0, 1.34, 1.69, 2.13, 2.57, 3.21, 3.88, 4.63, 5.41, 6.67)
"""No two alike intervals: metal plates."""
