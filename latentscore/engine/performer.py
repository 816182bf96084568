"""The performer: plays one config endlessly, as six stems and the returns of the effects."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from latentscore.config.model import MusicConfig
from latentscore.dsp import movement as movement_dsp
from latentscore.dsp.ticks import TICK
from latentscore.effects.echo import Echo
from latentscore.effects.reverb import Reverb
from latentscore.engine.controls import bank_controls, return_controls, strip_controls
from latentscore.engine.layer import Layer
from latentscore.engine.mix import mix_targets
from latentscore.engine.ramps import Ramps
from latentscore.engine.strip import Strip
from latentscore.events import LAYERS, Bar
from latentscore.instruments.instrument import instrument
from latentscore.randomness import Random
from latentscore.score.composer import Composer
from latentscore.score.registry import find

MAX_TICKS: Final = 128
"""Most ticks in one call of `process`."""

_AHEAD_S: Final = 0.3  # human timing may bring a note this much earlier than its bar
_ECHO_TO_REVERB: Final = np.float32(0.35)

Block = NDArray[np.float32]


class Performer:
    """One config, played. Its blocks are the same however they are asked for.

    Args:
        config: What to play.
        seed: Seed of every choice.
        sample_rate: 44100 or 48000 frames per second.
        ends_at: Frame at which the piece is over, for one that comes to a close; None never ends.
    """

    def __init__(
        self, config: MusicConfig, seed: int, sample_rate: int, *, ends_at: int | None = None
    ) -> None:
        self.config = config
        self.sample_rate = sample_rate
        self.bars: list[Bar] = []
        """The bars composed so far."""
        self.stems = np.zeros((len(LAYERS), 2, MAX_TICKS * TICK), dtype=np.float32)
        """The six layers of the last block."""
        self.returns = np.zeros((2, MAX_TICKS * TICK), dtype=np.float32)
        """Echo and reverb of the last block."""
        self._composer = Composer(config, seed, sample_rate, ends_at=ends_at)
        self._composed_to = 0
        self._tick = 0
        self._layers = [self._new_layer(name, seed) for name in LAYERS]
        self._ramps = Ramps(mix_targets(config, sample_rate))
        self._echo = Echo(sample_rate)
        self._reverb = Reverb(sample_rate)
        self._return_strip = Strip(sample_rate, spread_s=0.0)
        self._echo_send = np.zeros_like(self.returns)
        self._reverb_send = np.zeros_like(self.returns)
        shape = (len(LAYERS), movement_dsp.N_CURVES)
        self._movement_state = np.zeros((*shape, movement_dsp.STATE_SIZE), dtype=np.float32)
        self._movement_words = np.zeros(shape, dtype=np.int64)
        self._seed_movement(Random(seed, "movement"))

    def process(self, n_ticks: int) -> Block:
        """Play the next ticks (at most MAX_TICKS) and return their sum before the master, (2, n_ticks * TICK).

        The array is fresh; `stems` and `returns` hold the block's parts until the next call.
        """
        n = n_ticks * TICK
        first_frame = self._tick * TICK
        self._compose_to(first_frame + n + round(_AHEAD_S * self.sample_rate))
        values = self._ramps.block(self._tick, n_ticks)
        curves = self._curves(values)
        echo_send, reverb_send, returns = (
            b[:, :n] for b in (self._echo_send, self._reverb_send, self.returns)
        )
        echo_send[:], reverb_send[:], returns[:] = 0.0, 0.0, 0.0
        total = np.zeros((2, n), dtype=np.float32)
        for layer, stem, bank, strip in zip(
            self._layers,
            self.stems[:, :, :n],
            bank_controls(values, curves, np.array([layer.gain for layer in self._layers], dtype=np.float32)),
            strip_controls(values, curves),
            strict=True,
        ):
            layer.process(first_frame, bank, strip, stem, echo_send, reverb_send)
            total += stem
        self._play_effects(values, echo_send, reverb_send, returns)
        total += returns
        self._tick += n_ticks
        return total

    def _new_layer(self, name: str, seed: int) -> Layer:
        layer = Layer(name, seed, self.sample_rate)
        style = find(name, getattr(self.config, name))
        layer.play_as(instrument(style.patch) if style.patch else None, self.config)
        return layer

    def _seed_movement(self, random: Random) -> None:
        for place in np.ndindex(self._movement_words.shape):
            self._movement_words[place] = random.below(2**32)
            self._movement_state[place] = (
                random.uniform(),
                random.uniform(-1, 1),
                random.uniform(-1, 1),
                random.uniform(),
            )

    def _compose_to(self, frame: int) -> None:
        while self._composed_to < frame:
            bar = self._composer.next_bar()
            self._composed_to = bar.onset + bar.length
            self.bars.append(bar)
            for layer in self._layers:
                layer.schedule(event for event in bar.events if event.layer == layer.name)

    def _curves(self, values: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        rate = values["move_rate_hz"]
        curves = np.empty((len(LAYERS), len(rate), movement_dsp.N_CURVES), dtype=np.float32)
        movement_dsp.movement(
            self._movement_state,
            self._movement_words,
            rate,
            values["move_irregularity"],
            np.float32(self.sample_rate),
            curves,
        )
        return curves

    def _play_effects(
        self, values: dict[str, NDArray[np.float32]], echo_send: Block, reverb_send: Block, returns: Block
    ) -> None:
        echo_controls = np.stack([values["echo_frames"], values["echo_feedback"], values["echo_wet"]], axis=1)
        self._echo.process(echo_send, echo_controls, returns)
        reverb_send += _ECHO_TO_REVERB * returns
        predelay = values["predelay_s"] * np.float32(self.sample_rate)
        reverb_controls = np.stack([values["t60_s"], predelay, values["reverb_wet"]], axis=1)
        self._reverb.process(reverb_send, reverb_controls, returns)
        self._return_strip.process(
            self._tick * TICK, return_controls(values), returns, echo_send, reverb_send
        )
