"""The form: sections of 8 to 32 bars along a tension curve, and how present each layer is in them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from latentscore.events import LAYERS
from latentscore.randomness import Random
from latentscore.score.settings import Settings

_GOLDEN: Final = 0.6180339887498949
_LENGTHS: Final = (8, 12, 16, 24, 32)
_SECTION_S: Final = 38.0
"""Length a section aims at: long enough to settle in, short enough that an hour is a journey."""
_BLOCK_BARS: Final = 8
"""Layers come and go by blocks of a section, so that none is missed for the whole of a long one."""
_HEARD_BY_S: Final = 13.0
"""A layer that enters later than this may not be heard within the first 20 s."""
_HINT_S: Final = 8.0
"""For so long at least, in whole bars, a layer that the opening only hints at (at low density) is heard: the same
time at every tempo, hence more strokes in quick music."""

_CURVES: Final[Mapping[str, tuple[tuple[str, float, float, float], ...]]] = MappingProxyType(
    {  # role, tension at the start, at the end, and the crest in the middle
        "arc": (
            ("theme", 0.3, 0.5, 0.0),
            ("lift", 0.5, 0.8, 0.0),
            ("peak", 0.8, 0.75, 0.2),
            ("breath", 0.35, 0.15, 0.0),
        ),
        "ramp": (
            ("theme", 0.1, 0.3, 0.0),
            ("theme", 0.3, 0.55, 0.0),
            ("lift", 0.55, 0.8, 0.0),
            ("peak", 0.8, 1.0, 0.0),
        ),
        "waves": (
            ("theme", 0.15, 0.2, 0.55),
            ("lift", 0.2, 0.2, 0.75),
            ("breath", 0.15, 0.15, 0.4),
            ("peak", 0.2, 0.2, 0.8),
        ),
    }
)
_INTRO: Final = {"arc": (0.15, 0.35, 0.0), "ramp": (0.05, 0.1, 0.0), "waves": (0.15, 0.15, 0.45)}

_LEVELS: Final[Mapping[str, tuple[float, ...]]] = MappingProxyType(
    {  # how present a playing layer is at densities 2 to 6
        "bass": (0.65, 0.73, 0.82, 0.9, 1.0),
        "pad": (0.8, 0.86, 0.9, 0.95, 1.0),
        "melody": (0.25, 0.4, 0.6, 0.78, 1.0),
        "rhythm": (0.2, 0.32, 0.52, 0.74, 1.0),
        "texture": (0.6, 0.65, 0.7, 0.8, 1.0),
        "accent": (0.28, 0.4, 0.52, 0.7, 1.0),
    }
)
_CHANCES: Final[Mapping[str, tuple[float, ...]]] = MappingProxyType(
    {  # in how many blocks a layer plays at densities 2 to 6
        "bass": (0.9, 0.95, 0.95, 1.0, 1.0),
        "pad": (1.0, 1.0, 1.0, 1.0, 1.0),
        "melody": (0.22, 0.7, 0.85, 0.92, 1.0),
        "rhythm": (0.18, 0.25, 0.75, 0.88, 1.0),
        "texture": (1.0, 1.0, 1.0, 1.0, 1.0),
        "accent": (0.25, 0.35, 0.6, 0.85, 1.0),
    }
)
_ROLE_CHANCES: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {  # factor on a layer's chance to play, by the section's role
        "breath": {"rhythm": 0.4, "melody": 0.7, "bass": 0.9},
        "peak": {"rhythm": 1.2, "melody": 1.1, "accent": 1.2},
        "lift": {"rhythm": 1.1},
    }
)
_ROLE_LEVELS: Final = {"intro": 0.8, "breath": 0.75, "theme": 0.95, "lift": 1.0, "peak": 1.1, "close": 0.8}


class SectionPlan(NamedTuple):
    """One section as planned: its place, its tension, and draws per layer that decide who rests when."""

    number: int
    """Sections before it."""
    role: str
    first_bar: int
    n_bars: int
    start: float
    """Tension at its start."""
    end: float
    """Tension at its end."""
    crest: float
    """Tension added in the middle."""
    draws: Mapping[str, tuple[float, ...]]
    """A draw for each block."""

    @property
    def n_blocks(self) -> int:
        """Blocks of eight bars; the last one takes what is left over."""
        return blocks(self.n_bars)

    def block(self, bar: int) -> int:
        """Return the block of the section's bar `bar`."""
        return min(bar // _BLOCK_BARS, self.n_blocks - 1)

    def bars_of(self, block: int) -> tuple[int, int]:
        """Return a block's first bar, and the bar after its last."""
        is_last = block == self.n_blocks - 1
        return block * _BLOCK_BARS, self.n_bars if is_last else (block + 1) * _BLOCK_BARS

    def tension(self, bar: int) -> float:
        """Return the tension, 0 to 1, in the middle of the section's bar `bar`."""
        at = (bar + 0.5) / self.n_bars
        eased = at * at * (3.0 - 2.0 * at)
        return min(1.0, self.start + (self.end - self.start) * eased + self.crest * 4.0 * at * (1.0 - at))


def blocks(n_bars: int) -> int:
    """Return into how many blocks a section of `n_bars` is divided."""
    return max(1, n_bars // _BLOCK_BARS)


class Form:
    """Plans sections one after another. What it draws does not depend on any layer's style.

    Args:
        random: Owned by the form.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._walks = {layer: random.uniform() for layer in LAYERS}
        self._n_planned = 0
        self._n_bars = 0

    def plan(self, numbers: Settings, curve: str) -> SectionPlan:
        """Return the next section."""
        index = self._n_planned
        roles = _CURVES[curve]
        role, start, end, crest = roles[(index - 1) % len(roles)]
        if index == 0:
            role = "intro"
            start, end, crest = _INTRO[curve]
        n_bars = 8 if index == 0 and numbers.chord_beats < 16 else self._length(numbers, role)
        draws = self._draws(blocks(n_bars))
        section = SectionPlan(index, role, self._n_bars, n_bars, start, end, crest, draws)
        self._n_planned += 1
        self._n_bars += n_bars
        return section

    def _length(self, numbers: Settings, role: str) -> int:
        bar_s = 240.0 / numbers.tempo_bpm
        unit = (
            4 if max(numbers.phrase_bars, numbers.chord_beats) < 8 else 8 if numbers.chord_beats < 16 else 16
        )
        allowed = [n for n in _LENGTHS if n % unit == 0]
        aim = _SECTION_S * (0.7 if role == "breath" else 1.0)
        weights = [1.0 / (0.15 + abs(n * bar_s / aim - 1.0)) ** 2 for n in allowed]
        return self._random.weighted(allowed, weights)

    def _draws(self, n_blocks: int) -> Mapping[str, tuple[float, ...]]:
        drawn: dict[str, list[float]] = {layer: [] for layer in LAYERS}
        for _ in range(n_blocks):
            for layer in LAYERS:
                drawn[layer].append(self._walk(layer))
        return {layer: tuple(values) for layer, values in drawn.items()}

    def _walk(self, layer: str) -> float:
        # steps of the golden ratio spread evenly: a layer with chance 1/4 plays every fourth block or so,
        # where independent draws would leave it out for minutes
        step = _GOLDEN + self._random.uniform(-0.05, 0.05)
        self._walks[layer] = (self._walks[layer] + step) % 1.0
        return self._walks[layer]


def presence(layer: str, section: SectionPlan, block: int, density: int) -> float:
    """Return how present a layer is in a block of a section as a whole: 0 is rest."""
    column = density - 2
    chance = _CHANCES[layer][column] * _ROLE_CHANCES.get(section.role, {}).get(layer, 1.0)
    if section.draws[layer][block] >= chance:
        return 0.0
    return min(1.0, _LEVELS[layer][column] * _ROLE_LEVELS[section.role])


def level(
    layer: str, section: SectionPlan, bar: int, density: int, before: SectionPlan | None, after: SectionPlan
) -> float:
    """Return how present a layer is in a bar after the opening: it swells in, and thins before it rests."""
    block = section.block(bar)
    here = presence(layer, section, block, density)
    if here == 0.0:
        return 0.0
    first, end = section.bars_of(block)
    was, follows = _around(layer, section, block, density, before, after)
    if bar - first < 2 and was < here:
        here = was + (here - was) * (bar - first + 1.5) / 3.5
    if end - bar <= 2 and follows == 0.0:
        here *= 0.4 + 0.2 * (end - bar)
    return here


def _around(
    layer: str, section: SectionPlan, block: int, density: int, before: SectionPlan | None, after: SectionPlan
) -> tuple[float, float]:
    """Return a layer's presence in the blocks before and after one, which may be of other sections."""
    if block > 0:
        was = presence(layer, section, block - 1, density)
    else:
        was = presence(layer, before, before.n_blocks - 1, density) if before is not None else 0.0
    if block + 1 < section.n_blocks:
        return was, presence(layer, section, block + 1, density)
    return was, presence(layer, after, 0, density)


def entry_bar(layer: str, density: int, bar_s: float) -> int:
    """Return the bar of the opening in which a layer is first heard."""
    if layer in ("bass", "pad", "texture"):
        return 0
    # No pulse from the first moment on: a stroke out of silence would make all that follow seem small.
    wanted = 1 if layer == "rhythm" or density >= 4 else 2
    return min(wanted, int(_HEARD_BY_S / bar_s))


def opening_level(layer: str, section: SectionPlan, bar: int, density: int, bar_s: float) -> float:
    """Return how present a layer is in a bar of the intro: all are heard, the rare ones only as a hint."""
    since = bar - entry_bar(layer, density, bar_s)
    if since < 0:
        return 0.0
    full = _LEVELS[layer][density - 2] * _ROLE_LEVELS["intro"]
    if layer in ("bass", "pad", "texture") or density >= 5:
        return full
    if since < 2 or (density <= 3 and since * bar_s < _HINT_S):
        return full * 0.8
    draw = section.draws[layer][section.block(bar)]
    return full if draw < _CHANCES[layer][density - 2] else 0.0
