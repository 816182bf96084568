"""A composer of one section with every layer in it, to be repeated or to stand alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from latentscore.config import MusicConfig
from latentscore.events import LAYERS, Bar
from latentscore.randomness import Random
from latentscore.score import form as forms
from latentscore.score.clock import Clock
from latentscore.score.composer import Composer
from latentscore.score.harmony import Harmony
from latentscore.score.settings import Settings, settings
from latentscore.theory.meter import BEATS

_ROLE: Final = "theme"
_TENSION, _CREST = 0.4, 0.2  # the same at both ends, so that the end leads into the beginning


class LoopComposer(Composer):
    """Writes `n_bars` in a steady tempo, then only what of them reaches beyond their end.

    No layer rests or enters late, since what repeats has no time for a form. The last chord leads back to the
    first. Configs that share tempo, key and the fields of the harmony share their chords, for the same seed.

    Args:
        config: What to play.
        seed: Any int.
        sample_rate: Frames per second.
        n_bars: Length.
        starts_at: Frame of the first beat; human timing may bring a note earlier.
    """

    def __init__(
        self, config: MusicConfig, seed: int, sample_rate: int, n_bars: int, *, starts_at: int = 0
    ) -> None:
        super().__init__(config, seed, sample_rate)
        self._n_bars = n_bars
        self._longest = loop_frames(config, n_bars, sample_rate)
        self._clock = Clock(sample_rate, settings(config).tempo_bpm, starts_at=starts_at)
        self._harmony = Harmony(Random(seed, "harmony"))
        draws = {str(layer): (0.0,) * forms.blocks(n_bars) for layer in LAYERS}  # below any chance: all play
        self._section = forms.SectionPlan(1, _ROLE, 0, n_bars, _TENSION, _TENSION, _CREST, draws)
        self._after = self._section
        self._steps = self._steps_after = self._harmony.plan(self._section, config)

    def next_bar(self) -> Bar:
        """Compose the next bar; none of its notes is longer than the whole, so that none overlaps itself."""
        bar = super().next_bar()
        events = (event._replace(length=min(event.length, self._longest)) for event in bar.events)
        return bar._replace(events=tuple(events))

    def _levels_at(self, bar: int, numbers: Settings, bar_s: float) -> Mapping[str, float]:
        if self._number >= self._n_bars:
            return dict.fromkeys(LAYERS, 0.0)
        return {layer: forms.presence(layer, self._section, 0, numbers.density) for layer in LAYERS}


def loop_frames(config: MusicConfig, n_bars: int, sample_rate: int) -> int:
    """Return the length of `n_bars` at a config's tempo, to the nearest frame."""
    return round(n_bars * BEATS * 60.0 * sample_rate / settings(config).tempo_bpm)
