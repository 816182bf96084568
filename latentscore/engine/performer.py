"""The performer: plays one config endlessly, as six stems and the returns of the effects."""

from __future__ import annotations

from collections.abc import Set
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from latentscore.config.model import MusicConfig
from latentscore.dsp import movement as movement_dsp
from latentscore.dsp import strip as strip_dsp
from latentscore.dsp.ticks import TICK
from latentscore.effects.echo import ECHO_AMOUNTS, Echo
from latentscore.effects.reverb import Reverb
from latentscore.engine.controls import layer_controls
from latentscore.engine.fades import Fade
from latentscore.engine.layer import Layer
from latentscore.engine.mix import mix_targets
from latentscore.engine.ramps import Ramps
from latentscore.engine.strip import Buses
from latentscore.events import LAYERS, Bar, NoteEvent
from latentscore.instruments.instrument import instrument
from latentscore.randomness import Random
from latentscore.score.composer import Composer
from latentscore.score.registry import find
from latentscore.score.steering import SteerableComposer

MAX_TICKS: Final = 352
"""Most ticks in one call of `process`: half a second, so that little time goes into calling."""

_AHEAD_S: Final = 0.3  # human timing may bring a note this much earlier than its bar
_ECHO_TO_REVERB: Final = np.float32(0.35)

_LEAST_TICKS: Final = 14
"""Least length of a change, 20 ms: what jumps is heard as a click."""
_REWRITE_TICKS: Final = 32
"""The part is written anew at most so often (46 ms), however fast steers come in."""
_SOUND_FIELDS: Final = frozenset({"brightness", "space", "motion", "stereo", "echo", "grain", "attack"})
"""Fields heard in the sound at once; how the notes are played follows with the next bar."""
_KEY_FIELDS: Final = ("root", "mode")
_LEAST_CHASED_S: Final = 0.25

Block = NDArray[np.float32]


class _Part(NamedTuple):
    """A layer in the mix, and the fade by which it comes or goes."""

    place: int
    """Of its name in `LAYERS`."""
    layer: Layer
    fade: Fade


class Performer:
    """One config, played. Its blocks are the same however they are asked for.

    Args:
        config: What to play.
        seed: Seed of every choice.
        sample_rate: 44100 or 48000 frames per second.
        ends_at: Frame at which the piece is over, for one that comes to a close; None never ends.
        keep_stems: Whether `stems` holds every layer after a block.
        steerable: Whether `steer` may be called; the music is the same until it is.
        composer: Writes the bars instead of an endless one.
    """

    def __init__(
        self,
        config: MusicConfig,
        seed: int,
        sample_rate: int,
        *,
        ends_at: int | None = None,
        keep_stems: bool = False,
        steerable: bool = False,
        composer: Composer | None = None,
    ) -> None:
        self.config = config
        self.seed = seed
        self.sample_rate = sample_rate
        self.stems = np.zeros((len(LAYERS) if keep_stems else 1, 2, MAX_TICKS * TICK), dtype=np.float32)
        """The six layers of the last block, if kept; else one place for all, which stays in the cache."""
        self.returns = np.zeros((2, MAX_TICKS * TICK), dtype=np.float32)
        """Echo and reverb of the last block."""
        self._composer = (
            SteerableComposer(config, seed, sample_rate)
            if steerable
            else composer or Composer(config, seed, sample_rate, ends_at=ends_at)
        )
        self._bars: list[Bar] = []
        self._composed_to = 0
        self._tick = 0
        self._rewritten = -_REWRITE_TICKS
        self._rewrite_ticks: int | None = None
        self._turn_bar = -1
        self._releases: list[tuple[int, int]] = []
        self._woven = np.zeros_like(self.returns)
        self._parts = [_Part(k, self._new_layer(name), Fade(1.0)) for k, name in enumerate(LAYERS)]
        self._leaving: list[_Part] = []
        self._exit: Fade | None = None
        """The fade by which it leaves, once it does."""
        faders = {f"{layer}_fader": 1.0 for layer in LAYERS}
        self._ramps = Ramps({**mix_targets(config, sample_rate), **faders})
        self._effect_values: dict[str, NDArray[np.float32]] | None = None
        self._effect_controls = (np.zeros((0, 3), dtype=np.float32), np.zeros((0, 3), dtype=np.float32))
        self._echo = Echo(sample_rate)
        self._reverb = Reverb(sample_rate)
        self._echo_send = np.zeros_like(self.returns)
        self._reverb_send = np.zeros_like(self.returns)
        n_curves = len(LAYERS) * movement_dsp.N_CURVES
        self._movement_state = np.zeros((movement_dsp.STATE_SIZE, n_curves), dtype=np.float32)
        self._movement_words = np.zeros(n_curves, dtype=np.uint32)
        self._seed_movement(Random(seed, "movement"))

    def process(self, n_ticks: int) -> Block:
        """Play the next ticks (at most MAX_TICKS) and return their sum before the master, (2, n_ticks * TICK).

        The array is fresh; `stems` and `returns` hold the block's parts until the next call.
        """
        n = n_ticks * TICK
        first_frame = self._tick * TICK
        values = self._ramps.block(self._tick, n_ticks)
        buses = Buses(self._echo_send[:, :n], self._reverb_send[:, :n], np.zeros((2, n), dtype=np.float32))
        buses.echo[:], buses.reverb[:] = 0.0, 0.0
        if not self.has_left:
            if self.due == self._tick:
                self._rewrite()
            self._compose_to(first_frame + n + round(_AHEAD_S * self.sample_rate))
            self._let_go(first_frame, first_frame + n)
            self._play_layers(values, n_ticks, buses)
        self._play_effects(values, buses, self.returns[:, :n])
        self._tick += n_ticks
        # A layer that has faded out is still in the delay of its strip.
        self._leaving = [part for part in self._leaving if self._tick < part.fade.ends + strip_dsp.TAIL_TICKS]
        return buses.total

    @property
    def tick(self) -> int:
        """The tick that is played next."""
        return self._tick

    @property
    def due(self) -> int | None:
        """A tick at which a call of `process` must start, because a change waits for it."""
        if self._rewrite_ticks is None:
            return None
        return max(self._tick, self._rewritten + _REWRITE_TICKS)

    @property
    def has_left(self) -> bool:
        """Whether only the tails of the effects are left to hear."""
        return self._exit is not None and self._tick >= self._exit.ends

    @property
    def rings(self) -> bool:
        """Whether echo or reverb still sounds."""
        return self._echo.active or self._reverb.active

    def leave(self, n_ticks: int) -> None:
        """Fade all layers out over `n_ticks` with equal power. The effects ring out; an endless echo ends too."""
        self._exit = Fade(1.0)
        self._exit.move(0.0, self._tick, n_ticks)
        lasting = ECHO_AMOUNTS["medium"].feedback
        if ECHO_AMOUNTS[self.config.echo].feedback > lasting:
            self._ramps.move({"echo_feedback": lasting}, self._tick, n_ticks)

    def hurry(self, n_ticks: int) -> None:
        """Leave within `n_ticks` from now; it must be leaving already."""
        assert self._exit is not None
        self._exit.shorten(self._tick, n_ticks)

    def steer(self, config: MusicConfig, n_ticks: int) -> None:
        """Turn to another config from the next tick on, over `n_ticks`; the music goes on.

        Continuous fields and the tempo ramp, a layer whose style changes is crossfaded, and the harmony follows
        with the next bar.
        """
        before, self.config = self.config, config
        n_ticks = max(n_ticks, _LEAST_TICKS)
        changed = {
            name for name in type(config).model_fields if getattr(config, name) != getattr(before, name)
        }
        self._ramps.move(mix_targets(config, self.sample_rate), self._tick, n_ticks)
        for part in self._parts:
            part.layer.touch(config)
        for name in changed.intersection(LAYERS):
            self._exchange(LAYERS.index(name), n_ticks)
        if changed - _SOUND_FIELDS:
            self._rewrite_ticks = n_ticks
        elif changed and self._rewrite_ticks is None:
            self._composer.steer(config)

    def set_fader(self, layer: str, gain: float, n_ticks: int) -> None:
        """Send a layer's fader to a linear gain over `n_ticks`."""
        self._ramps.move({f"{layer}_fader": gain}, self._tick, max(n_ticks, _LEAST_TICKS))

    def boundary(self, tick: int, unit: str) -> int | None:
        """Return the tick of the first beat or bar line from `tick` on, if it has been written yet."""
        assert isinstance(self._composer, SteerableComposer)
        self._compose_to(self._tick * TICK + round(_AHEAD_S * self.sample_rate))
        line = self._composer.boundary(tick * TICK, unit)
        return None if line is None else -(-line // TICK)

    def _exchange(self, place: int, n_ticks: int) -> None:
        """Let a layer go, and another of the same name come."""
        part = self._parts[place]
        part.layer.forget(self._tick * TICK)
        part.fade.move(0.0, self._tick, n_ticks)
        for other in self._leaving:  # styles that change faster than they fade must not pile up
            if other.place == place:
                other.fade.shorten(self._tick, _LEAST_TICKS)
        self._leaving.append(part)
        fade = Fade(0.0)
        fade.move(1.0, self._tick, n_ticks)
        self._parts[place] = _Part(place, self._new_layer(LAYERS[place]), fade)

    def _rewrite(self) -> None:
        """Write the rest of the bar anew for the config as it is now."""
        assert isinstance(self._composer, SteerableComposer)
        assert self._rewrite_ticks is not None
        frame = self._tick * TICK
        self._compose_to(frame + 1)
        before, old = self._composer.config, self._bars
        bars = self._composer.rewrite(self.config, frame, self._rewrite_ticks * TICK)
        now = bars[-1]
        if any(getattr(before, name) != getattr(self.config, name) for name in _KEY_FIELDS):
            self._turn_bar = now.index if now.onset == frame else now.index + 1
        was = next(bar for bar in old if bar.index == now.index)
        if now.length != was.length:
            factor = (now.onset + now.length - frame) / max(1, was.onset + was.length - frame)
            for part in self._parts:
                part.layer.stretch(factor)
        fresh = {name for name in LAYERS if getattr(before, name) != getattr(self.config, name)}
        for part in self._parts:
            part.layer.forget(frame)
        self._releases = [release for release in self._releases if release[0] < frame]
        for bar in bars:
            self._take(bar, frame, fresh if bar is now else frozenset(), frozenset() if bar is now else fresh)
        self._bars = [*(bar for bar in old if bar.index < now.index), now]
        self._composed_to = now.onset + now.length
        self._rewritten, self._rewrite_ticks = self._tick, None

    def _new_layer(self, name: str) -> Layer:
        layer = Layer(name, self.seed, self.sample_rate, self._woven)
        style = find(name, getattr(self.config, name))
        layer.play_as(instrument(style.patch) if style.patch else None, self.config)
        return layer

    def _seed_movement(self, random: Random) -> None:
        for curve in range(self._movement_words.size):
            self._movement_words[curve] = random.below(2**32)
            self._movement_state[:, curve] = (
                random.uniform(),
                random.uniform(-1, 1),
                random.uniform(-1, 1),
                random.uniform(),
            )

    def _compose_to(self, frame: int) -> None:
        while self._composed_to < frame:
            bar = self._composer.next_bar()
            self._composed_to = bar.onset + bar.length
            self._bars = [*self._bars[-3:], bar]
            self._take(bar, self._tick * TICK)

    def _take(
        self, bar: Bar, frame: int, chased: Set[str] = frozenset(), skipped: Set[str] = frozenset()
    ) -> None:
        """Schedule a bar's events from `frame` on.

        Of the layers `chased`, what would be sounding by now starts now; those `skipped` play nothing.
        """
        for part in self._parts:
            name = part.layer.name
            if name in skipped:
                continue
            events = [event for event in bar.events if event.layer == name]
            if bar.index == self._turn_bar and bar.onset >= frame and part.layer.is_pitched:
                first = min((event.onset for event in events), default=bar.onset)
                self._releases.append((max(frame, min(first, bar.onset)), part.place))
            if name in chased:
                events = [self._chase(event, frame) for event in events]
            part.layer.schedule(event for event in events if event.onset >= frame)

    def _chase(self, event: NoteEvent, frame: int) -> NoteEvent:
        """Return the rest of a note that began before `frame`, if it is worth playing."""
        left = event.onset + event.length - frame
        if event.onset >= frame or left < _LEAST_CHASED_S * self.sample_rate:
            return event
        return event._replace(onset=frame, length=left, glide_from=None)

    def _let_go(self, frame: int, end: int) -> None:
        """End what sounds of a harmony that is over within this block."""
        for at, place in self._releases:
            if at < end:
                self._parts[place].layer.let_go(max(at, frame))
        self._releases = [release for release in self._releases if release[0] >= end]

    def _play_layers(self, values: dict[str, NDArray[np.float32]], n_ticks: int, buses: Buses) -> None:
        parts = [*self._parts, *self._leaving]
        curves = self._curves(values)
        names = [part.layer.name for part in parts]
        if self._leaving:
            curves = np.ascontiguousarray(curves[:, [part.place for part in parts]])
        controls = layer_controls(values, curves, names, [part.layer.gain for part in parts])
        if self._exit is not None:
            controls.strip[:, :, strip_dsp.GAIN] *= self._exit.gains(self._tick, n_ticks)
        for part, bank, strip in zip(parts, controls.bank, controls.strip, strict=True):
            if not part.fade.is_full(self._tick):
                strip[:, strip_dsp.GAIN] *= part.fade.gains(self._tick, n_ticks)
            stem = self.stems[part.place % len(self.stems), :, : n_ticks * TICK]
            part.layer.process(self._tick * TICK, bank, strip, stem, buses)

    def _curves(self, values: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        rate = values["move_rate_hz"]
        curves = np.empty((len(rate), len(LAYERS), movement_dsp.N_CURVES), dtype=np.float32)
        movement_dsp.movement(
            self._movement_state,
            self._movement_words,
            rate,
            values["move_irregularity"],
            np.float32(self.sample_rate),
            curves.reshape(len(rate), -1),
        )
        return curves

    def _play_effects(self, values: dict[str, NDArray[np.float32]], buses: Buses, returns: Block) -> None:
        """Play echo and reverb into `returns`, and add these to the sum."""
        if values is not self._effect_values:
            self._effect_values = values
            predelay = values["predelay_s"] * np.float32(self.sample_rate)
            echo = (values["echo_frames"], values["echo_feedback"], values["echo_wet"])
            reverb = (values["t60_s"], predelay, values["reverb_wet"])
            self._effect_controls = np.stack(echo, axis=1), np.stack(reverb, axis=1)
        echo_controls, reverb_controls = self._effect_controls
        returns[:] = 0.0
        self._echo.process(buses.echo, echo_controls, returns)
        np.multiply(returns, _ECHO_TO_REVERB, out=buses.echo)  # the send has done its work
        np.add(buses.reverb, buses.echo, out=buses.reverb)
        self._reverb.process(buses.reverb, reverb_controls, returns)
        strip_dsp.returns(values["return_side"], returns[0], returns[1], buses.total[0], buses.total[1])
