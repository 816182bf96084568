"""Small things that several styles share: how long a note is still held, swells, and the bass register."""

from __future__ import annotations

from typing import Final

from latentscore.score.context import BarContext
from latentscore.theory.meter import BEATS
from latentscore.theory.pitch import fold, nearest
from latentscore.theory.scales import Key

BASS_TOP: Final = 43
"""G2."""


class Held:
    """Until when a part's long notes sound, in beats since the start of the piece."""

    def __init__(self) -> None:
        self._until = -1.0
        self._key: Key | None = None

    def is_free(self, bar: BarContext, beat: float = 0.0) -> bool:
        """Tell whether the last long note has ended by a beat of the bar, or stands in a key that was left."""
        return bar.number * BEATS + beat > self._until - 0.01 or bar.key != self._key

    def hold(self, bar: BarContext, beat: float, length: float) -> None:
        """Note that a long note begins."""
        self._until = bar.number * BEATS + beat + length
        self._key = bar.key


def bars_left(bar: BarContext) -> int:
    """Return the bars until the section ends, this one included."""
    return bar.place.n_bars - bar.place.bar


def swell_beats(bar: BarContext) -> float:
    """Return how long one swell of a pad or bed lasts: two bars, or less where bars are longer than any label's."""
    return BEATS * (2.0 if bar.seconds <= 5.0 else 1.0 if bar.seconds <= 8.0 else 0.5)


def bass_floor(bar: BarContext) -> int:
    """Return the lowest bass pitch: E1, or G#1 where the sub-octave of `depth` needs room below."""
    return 32 if bar.config.depth else 28


def bass_pitch(bar: BarContext, pitch_class: int, previous: int) -> int:
    """Return the bass pitch of a class nearest to where the bass stands, in its register."""
    return fold(nearest(pitch_class, previous), bass_floor(bar), BASS_TOP)
