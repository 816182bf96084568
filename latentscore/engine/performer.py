"""The performer: plays one config endlessly, as six stems and the returns of the effects."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from latentscore.config.model import MusicConfig
from latentscore.dsp import movement as movement_dsp
from latentscore.dsp import strip as strip_dsp
from latentscore.dsp.ticks import TICK
from latentscore.effects.echo import Echo
from latentscore.effects.reverb import Reverb
from latentscore.engine.controls import layer_controls
from latentscore.engine.layer import Layer
from latentscore.engine.mix import mix_targets
from latentscore.engine.ramps import Ramps
from latentscore.engine.strip import Buses
from latentscore.events import LAYERS
from latentscore.instruments.instrument import instrument
from latentscore.randomness import Random
from latentscore.score.composer import Composer
from latentscore.score.registry import find

MAX_TICKS: Final = 352
"""Most ticks in one call of `process`: half a second, so that little time goes into calling."""

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
        keep_stems: Whether `stems` holds every layer after a block.
    """

    def __init__(
        self,
        config: MusicConfig,
        seed: int,
        sample_rate: int,
        *,
        ends_at: int | None = None,
        keep_stems: bool = False,
    ) -> None:
        self.config = config
        self.sample_rate = sample_rate
        self.stems = np.zeros((len(LAYERS) if keep_stems else 1, 2, MAX_TICKS * TICK), dtype=np.float32)
        """The six layers of the last block, if kept; else one place for all, which stays in the cache."""
        self.returns = np.zeros((2, MAX_TICKS * TICK), dtype=np.float32)
        """Echo and reverb of the last block."""
        self._composer = Composer(config, seed, sample_rate, ends_at=ends_at)
        self._composed_to = 0
        self._tick = 0
        self._woven = np.zeros_like(self.returns)
        self._layers = [self._new_layer(name, seed) for name in LAYERS]
        self._ramps = Ramps(mix_targets(config, sample_rate))
        self._echo = Echo(sample_rate)
        self._reverb = Reverb(sample_rate)
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
        controls = layer_controls(values, self._curves(values), [layer.gain for layer in self._layers])
        buses = Buses(self._echo_send[:, :n], self._reverb_send[:, :n], np.zeros((2, n), dtype=np.float32))
        buses.echo[:], buses.reverb[:] = 0.0, 0.0
        for k, layer in enumerate(self._layers):
            stem = self.stems[k % len(self.stems), :, :n]
            layer.process(first_frame, controls.bank[k], controls.strip[k], stem, buses)
        self._play_effects(values, buses, self.returns[:, :n])
        self._tick += n_ticks
        return buses.total

    def _new_layer(self, name: str, seed: int) -> Layer:
        layer = Layer(name, seed, self.sample_rate, self._woven)
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

    def _play_effects(self, values: dict[str, NDArray[np.float32]], buses: Buses, returns: Block) -> None:
        """Play echo and reverb into `returns`, and add these to the sum."""
        returns[:] = 0.0
        echo_controls = np.stack([values["echo_frames"], values["echo_feedback"], values["echo_wet"]], axis=1)
        self._echo.process(buses.echo, echo_controls, returns)
        np.multiply(returns, _ECHO_TO_REVERB, out=buses.echo)  # the send has done its work
        np.add(buses.reverb, buses.echo, out=buses.reverb)
        predelay = values["predelay_s"] * np.float32(self.sample_rate)
        reverb_controls = np.stack([values["t60_s"], predelay, values["reverb_wet"]], axis=1)
        self._reverb.process(buses.reverb, reverb_controls, returns)
        strip_dsp.returns(values["return_side"], returns[0], returns[1], buses.total[0], buses.total[1])
