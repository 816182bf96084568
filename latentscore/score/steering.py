"""Steering within a bar: a composer that takes back what it wrote ahead, and writes it anew."""

from __future__ import annotations

from typing import Final, NamedTuple

from latentscore.config import MusicConfig
from latentscore.events import LAYERS, Bar
from latentscore.freezing import freeze, thaw
from latentscore.score.clock import BarGrid
from latentscore.score.composer import Composer
from latentscore.score.settings import settings
from latentscore.theory.meter import BEATS

_KEPT_BARS: Final = 4
"""How far back it can go: the performer never writes more than two bars ahead."""
_NEXT_BAR_FIELDS: Final = ("root", "mode", "harmony_style", "chord_change_bars", "chord_extensions")
"""Fields of the harmony: a chord that sounds is not taken back, so they change with the next bar."""


class _Written(NamedTuple):
    """A bar, and the composer as it was before it."""

    state: bytes
    bar: Bar
    grid: BarGrid


class SteerableComposer:
    """A `Composer` that can be steered in the middle of a bar. Until it is, it writes the same bars.

    The composer is kept as it was before each of the last bars. To steer, it goes back to before the bar that
    sounds, and writes that bar again with the new config: all random choices fall as they did, so that parts
    which the change does not concern stay as they are.

    Args:
        config: What to play.
        seed: Any int.
        sample_rate: Frames per second.
    """

    def __init__(self, config: MusicConfig, seed: int, sample_rate: int) -> None:
        self._composer = Composer(config, seed, sample_rate)
        self._written: list[_Written] = []

    @property
    def config(self) -> MusicConfig:
        """What is played from the next bar on."""
        return self._composer.config

    def next_bar(self) -> Bar:
        """Compose the next bar."""
        state = freeze(self._composer)
        bar = self._composer.next_bar()
        assert self._composer.grid is not None
        self._written = [*self._written[1 - _KEPT_BARS :], _Written(state, bar, self._composer.grid)]
        return bar

    def steer(self, config: MusicConfig) -> None:
        """Play `config` from the next bar on. Its tempo must be the one already asked for."""
        self._composer.steer(config)

    def rewrite(self, config: MusicConfig, frame: int, n_frames: int) -> tuple[Bar, ...]:
        """Play `config` from `frame` on. Return the bar in which it lies, written anew, and the bar before it.

        Args:
            config: What to play. Harmony follows with the next bar, and tempo turns over `n_frames`.
            frame: Frame of the performance; it must lie in one of the last bars.
            n_frames: Length of the transition.
        """
        place = self._place(frame)
        written = self._written[place]
        course = self._composer.clock.course
        if config.value("tempo") != self._composer.config.value("tempo"):
            course = self._composer.clock.turned(
                written.grid,
                written.bar.index * BEATS,
                written.grid.beat_at(frame),
                settings(config).tempo_bpm,
                n_frames,
            )
        composer: Composer = thaw(written.state)
        before = composer.config
        composer.clock.course = course
        waits = _NEXT_BAR_FIELDS if frame > written.bar.onset else ()
        composer.steer(config.model_copy(update={name: getattr(composer.config, name) for name in waits}))
        composer.announce({layer for layer in LAYERS if getattr(config, layer) != getattr(before, layer)})
        bar = composer.next_bar()
        assert composer.grid is not None
        composer.steer(config)
        self._composer = composer
        self._written[place:] = [written._replace(bar=bar, grid=composer.grid)]
        return tuple(one.bar for one in self._written[max(0, place - 1) : place + 1])

    def boundary(self, frame: int, unit: str) -> int | None:
        """Return the first beat or bar line at or after `frame`, if it is in the bars written so far."""
        for written in self._written:
            n_lines = BEATS if unit == "beat" else 1
            for beat in range(n_lines):
                line = round(written.grid.place(float(beat)))
                if line >= frame:
                    return line
        last = self._written[-1]
        end = last.bar.onset + last.bar.length
        return end if end >= frame else None

    def _place(self, frame: int) -> int:
        """Return which of the bars written last holds `frame`."""
        for place in range(len(self._written) - 1, 0, -1):
            if self._written[place].bar.onset <= frame:
                return place
        return 0
