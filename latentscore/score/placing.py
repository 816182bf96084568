"""Where accents fall: one to four a phrase, most of them where something begins or ends."""

from __future__ import annotations

from latentscore.score.context import BarContext
from latentscore.theory.meter import BEATS


class AccentPlan:
    """The places of one phrase's accents."""

    def __init__(self) -> None:
        self._phrase = (-1, -1)
        self._places: tuple[float, ...] = ()

    def beats(self, bar: BarContext, fewest: int, most: int, grid: tuple[float, ...]) -> list[float]:
        """Return the beats of the bar on which accents fall, on places of `grid`.

        A phrase has `fewest` accents at a low level, up to `most` at full. On cue the bar has at least one.
        """
        place = bar.place
        phrase = (place.section_index, place.phrase_index)
        if phrase != self._phrase:
            self._phrase = phrase
            n = fewest + bar.random.below(max(1, int((most - fewest) * bar.level + 1.5)))
            self._places = tuple(sorted({_place(bar, grid) for _ in range(n)}))
        start = place.phrase_bar * float(BEATS)
        beats = [beat - start for beat in self._places if start <= beat < start + BEATS]
        return beats or ([grid[0]] if bar.cue else [])


def _place(bar: BarContext, grid: tuple[float, ...]) -> float:
    n_bars = bar.place.phrase_bars
    weights = [4.0 if at in (0, n_bars - 1) else 1.5 for at in range(n_bars)]
    return bar.random.weighted(range(n_bars), weights) * BEATS + bar.random.choice(grid)
