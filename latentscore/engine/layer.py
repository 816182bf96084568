"""One layer of the running music: its instrument, the banks that sound it, and its channel strip."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentscore.config.model import MusicConfig
from latentscore.dsp.ticks import TICK
from latentscore.dsp.weave import unwoven, woven
from latentscore.effects.chorus import Chorus
from latentscore.engine.strip import Buses, Strip
from latentscore.events import NoteEvent
from latentscore.instruments.bank import BANK_KINDS, Bank
from latentscore.instruments.instrument import Instrument, Touch, instrument
from latentscore.randomness import Random

_SPREAD_S = {
    "bass": 0.0053,
    "pad": 0.0117,
    "melody": 0.0083,
    "rhythm": 0.0061,
    "texture": 0.0149,
    "accent": 0.0097,
}
"""Delay behind each layer's width; unlike ones, so that their combs do not add up."""


_CHORUS_DEPTH = 0.7
_LET_GO_S = 0.3


class Layer:
    """Turns one layer's note events into audio, block by block.

    Args:
        name: One of `LAYERS`.
        seed: Seed of the performance.
        sample_rate: Frames per second.
        scratch: Memory for the longest block, float32 (2, n), shared with other layers.
    """

    def __init__(self, name: str, seed: int, sample_rate: int, scratch: NDArray[np.float32]) -> None:
        self.name = name
        self._sample_rate = sample_rate
        self._random = Random(seed, name, "touch")
        self._instrument: Instrument | None = None
        self._touch: Touch | None = None
        self._waiting: list[tuple[int, int, NoteEvent]] = []
        self._n_scheduled = 0
        self._banks: dict[str, Bank] = {}
        self._strip = Strip(sample_rate, _SPREAD_S[name])
        self._woven = scratch
        self._chorus = Chorus(sample_rate)

    def play_as(self, instrument: Instrument | None, config: MusicConfig) -> None:
        """Choose what sounds the notes from now on; None silences the layer."""
        self._instrument = instrument
        self._touch = Touch.of(config, self._sample_rate)

    def __getstate__(self) -> dict[str, Any]:
        name = None if self._instrument is None else self._instrument.name
        return {**vars(self), "_instrument": name}  # registered: its name says it all

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._instrument = None if state["_instrument"] is None else instrument(state["_instrument"])

    @property
    def gain(self) -> float:
        """Linear gain of the instrument that plays."""
        return 10.0 ** (self._instrument.gain_db / 20.0) if self._instrument else 0.0

    @property
    def is_pitched(self) -> bool:
        """Whether what plays follows the pitch of its notes."""
        return self._instrument is not None and self._instrument.pitched

    def touch(self, config: MusicConfig) -> None:
        """Make notes from now on as `config` says, on the same instrument."""
        self._touch = Touch.of(config, self._sample_rate)

    def forget(self, frame: int) -> None:
        """Drop the notes that wait to start from `frame` on."""
        self._waiting = [entry for entry in self._waiting if entry[0] < frame]
        heapq.heapify(self._waiting)

    def let_go(self, frame: int) -> None:
        """Let everything that sounds go at `frame`, in a moment: it belongs to a harmony that is over."""
        for bank in self._banks.values():
            bank.release(frame, _LET_GO_S)

    def stretch(self, factor: float) -> None:
        """Make the rest of what sounds last `factor` times as long: the tempo has turned."""
        for bank in self._banks.values():
            bank.stretch(factor)

    def schedule(self, events: Iterable[NoteEvent]) -> None:
        """Take notes to be played later, in any order."""
        for event in events:
            heapq.heappush(self._waiting, (event.onset, self._n_scheduled, event))
            self._n_scheduled += 1

    def process(
        self,
        first_frame: int,
        bank_controls: NDArray[np.float32],
        strip_controls: NDArray[np.float32],
        stem: NDArray[np.float32],
        buses: Buses,
    ) -> None:
        """Write the layer's stem, (2, n), and add it to the buses."""
        n_ticks = strip_controls.shape[0] - 1
        self._start_notes(first_frame + n_ticks * TICK)
        if self._instrument is None and not self._banks:
            stem[:] = 0.0
            return
        audio = self._woven[:, : n_ticks * TICK]
        audio[:] = 0.0
        for bank in self._banks.values():
            if bank.active:
                bank.process(first_frame, n_ticks, bank_controls, audio)
        self._pass_chorus(audio)
        self._strip.process(first_frame, strip_controls, audio, stem, buses)

    def _pass_chorus(self, audio: NDArray[np.float32]) -> None:
        """Send woven ticks through the chorus in place, if the instrument has one."""
        if self._instrument is None or not self._instrument.chorus:
            return
        straight = unwoven(audio)
        controls = np.full((audio.shape[1] // TICK + 1, 2), self._instrument.chorus, dtype=np.float32)
        controls[:, 0] = _CHORUS_DEPTH
        self._chorus.process(straight, controls)
        audio[:] = woven(straight)

    def _start_notes(self, end_frame: int) -> None:
        while self._waiting and self._waiting[0][0] < end_frame:
            onset, _, event = heapq.heappop(self._waiting)
            assert self._instrument is not None
            assert self._touch is not None
            for patch in self._instrument.voice(event.voice):
                self._bank(patch.bank).start(onset, patch.lanes(event, self._touch, self._random))

    def _bank(self, kind: str) -> Bank:
        if kind not in self._banks:
            self._banks[kind] = Bank(BANK_KINDS[kind], self._sample_rate)
        return self._banks[kind]
