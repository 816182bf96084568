"""One instrument alone: notes in, stereo out. For calibration, pictures and tests; the engine has its own layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from latentscore.dsp.ticks import TICK, n_ticks
from latentscore.dsp.weave import unwoven
from latentscore.events import NoteEvent
from latentscore.instruments import units
from latentscore.instruments.bank import BANK_KINDS, Bank
from latentscore.instruments.instrument import Instrument, Touch
from latentscore.randomness import Random

Audio = NDArray[np.float32]

MEDIUM = Touch(sample_rate=44100, attack_s=0.04, brightness=0.0, grain=0.0)
"""The touch of a config of medium labels."""
_BLOCK_TICKS = 128


class Soloist:
    """An instrument with its banks, advanced in ticks.

    Args:
        instrument: What to play.
        touch: How.
        seed: Seed of the chances within notes.
    """

    def __init__(self, instrument: Instrument, touch: Touch = MEDIUM, seed: int = 0) -> None:
        self.instrument = instrument
        self.touch = touch
        self.banks: dict[str, Bank] = {}
        self._random = Random(seed, "solo", instrument.name)
        self._frame = 0

    @property
    def n_sounding(self) -> int:
        """Lanes that sound now."""
        return sum(bank.n_sounding for bank in self.banks.values())

    def start(self, events: Iterable[NoteEvent]) -> None:
        """Queue notes, in the order of their onsets."""
        for event in sorted(events, key=lambda event: event.onset):
            for patch in self.instrument.voice(event.voice):
                if patch.bank not in self.banks:
                    self.banks[patch.bank] = Bank(BANK_KINDS[patch.bank], self.touch.sample_rate)
                rows = patch.lanes(event, self.touch, self._random)
                self.banks[patch.bank].start(event.onset, rows)

    def process(self, ticks: int, controls: Sequence[float] = (1.0, 1.0, 1.0)) -> Audio:
        """Return the next ticks, (2, ticks * TICK), without the instrument's gain.

        `controls` are the steady cutoff factor, pitch factor and level.
        """
        out = np.zeros((2, ticks * TICK), dtype=np.float32)
        table = np.tile(np.array(controls, dtype=np.float32), (ticks + 1, 1))
        for bank in self.banks.values():
            bank.process(self._frame, ticks, table, out)
        self._frame += ticks * TICK
        return unwoven(out)


def play(
    instrument: Instrument,
    events: Iterable[NoteEvent],
    duration_s: float,
    touch: Touch = MEDIUM,
    seed: int = 0,
) -> Audio:
    """Return stereo audio (2, n) of an instrument playing notes, at its calibrated level."""
    soloist = Soloist(instrument, touch, seed)
    soloist.start(events)
    n_frames = round(duration_s * touch.sample_rate)
    left = n_ticks(n_frames)
    blocks: list[Audio] = []
    while left:
        blocks.append(soloist.process(min(left, _BLOCK_TICKS)))
        left -= min(left, _BLOCK_TICKS)
    return np.concatenate(blocks, axis=1)[:, :n_frames] * np.float32(units.gain(instrument.gain_db))
