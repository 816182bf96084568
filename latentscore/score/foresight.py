"""A composer whose next bars can be read before they are due."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from latentscore.config import MusicConfig
from latentscore.events import Bar
from latentscore.score.composer import Composer


class ForeseeingComposer(Composer):
    """A `Composer` that may write bars before they are asked for. It can't be steered: what is written stays.

    Args:
        config: What to play.
        seed: Any int.
        sample_rate: Frames per second.
    """

    def __init__(self, config: MusicConfig, seed: int, sample_rate: int) -> None:
        super().__init__(config, seed, sample_rate)
        self._written: deque[Bar] = deque()

    def next_bar(self) -> Bar:
        """Return the next bar, composed now or foreseen."""
        return self._written.popleft() if self._written else super().next_bar()

    def foreseen(self, end: int) -> Iterator[Bar]:
        """Yield the bars from now on that begin before the frame `end`; `next_bar` returns them once more."""
        yield from (bar for bar in self._written if bar.onset < end)
        while not self._written or self._written[-1].onset < end:
            bar = super().next_bar()
            self._written.append(bar)
            if bar.onset < end:
                yield bar
