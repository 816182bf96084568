"""The engine room: one live engine, its edges, and a log from which the same music can be made again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from latentscore.config.model import MusicConfig
from latentscore.dsp.ticks import TICK
from latentscore.engine.deck import Deck
from latentscore.engine.edges import apply_edges
from latentscore.engine.live import HEAD_START_S, Change, Crossfade, LiveEngine, Notice, Steer
from latentscore.engine.render import fold_down
from latentscore.errors import StreamStateError, invalid
from latentscore.events import LAYERS
from latentscore.output.recipes import SessionRecipe

_NEAR: Final = 4
"""A config that differs in no more fields than that steers; another crossfades."""
_ENDLESS: Final = 2**62

LogEntry = Mapping[str, Any]


class Room:
    """Plays what it is told at the frame at which it is told, and writes it down.

    Args:
        sample_rate: 44100 or 48000.
        channels: 1 gives blocks (n,), 2 gives (n, 2).
    """

    def __init__(self, sample_rate: int, channels: int) -> None:
        self.sample_rate = sample_rate
        self.channels = channels
        self.first_seed = 0
        """Seed of what began."""
        self.title: str | None = None
        """What is played, in short."""
        self._log: list[str] = []
        self._engine: LiveEngine | None = None
        self._end: int | None = None
        self._fade_s = 0.0
        self._faders: dict[str, float] = dict.fromkeys(LAYERS, 1.0)

    @property
    def log(self) -> list[dict[str, Any]]:
        """All commands so far: each a mapping ready for JSON, with `frame`, `do`, and its arguments."""
        return [json.loads(entry) for entry in self._log]

    @property
    def has_begun(self) -> bool:
        """Whether something plays."""
        return self._engine is not None

    @property
    def frame(self) -> int:
        """Frames read so far."""
        return self._engine.frame if self._engine else 0

    @property
    def target(self) -> MusicConfig:
        """What plays, or is on its way; the default config before anything does."""
        return self._engine.target if self._engine else MusicConfig()

    @property
    def end(self) -> int | None:
        """The frame at which all is over, if that is decided."""
        return self._end

    @property
    def is_over(self) -> bool:
        """Whether the end has been read."""
        return self._end is not None and self.frame >= self._end

    @property
    def latest_s(self) -> float:
        """Seconds from what is read next to the first sample that a steer made now can change."""
        if self._engine is None:
            return 0.0
        return self._engine.ahead_frames / self.sample_rate

    def state(self) -> dict[str, Any]:
        """Return all of it, as it is."""
        return dict(vars(self))

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on as the room whose `state` it was. Raises `InvalidConfigError` if that one was of another kind."""
        kinds = [(kind["sample_rate"], kind["channels"]) for kind in (state, vars(self))]
        if kinds[0] != kinds[1]:
            theirs, ours = (f"{channels} channels at {rate} Hz" for rate, channels in kinds)
            raise invalid("snapshot", theirs, f"of {ours}, as the session")
        vars(self).update(state)

    def recipe(self, seed: int) -> SessionRecipe:
        """Return how to make what was read so far again. `seed` is that of the dither of files."""
        return SessionRecipe(
            title=self.title,
            seed=seed,
            sample_rate=self.sample_rate,  # pyright: ignore[reportArgumentType]
            channels=self.channels,  # pyright: ignore[reportArgumentType]
            n_frames=max(1, self.frame),
            log=self.log,  # pyright: ignore[reportArgumentType]
        )

    def notices(self) -> list[Notice]:
        """Return what happened since the last call."""
        if self._engine is None:
            return []
        found, self._engine.notices = self._engine.notices, []
        return found

    def deck(self, config: MusicConfig, seed: int, head_start_s: float | None = None) -> Deck:
        """Make what begins, or what a crossfade brings in. It takes a while, and may be done in another thread."""
        if head_start_s is None:
            head_start_s = HEAD_START_S if self.has_begun else 0.0
        return Deck(config, seed, self.sample_rate, head_start_s=head_start_s)

    def steers(self, config: MusicConfig) -> bool:
        """Tell whether `config` is near enough to what plays for the music to be steered there."""
        target = self.target
        names = type(config).model_fields
        return sum(getattr(config, name) != getattr(target, name) for name in names) <= _NEAR

    def start(self, deck: Deck) -> None:
        """Begin. Nothing may have been read yet."""
        if self.has_begun:
            raise StreamStateError("the music has begun already")
        self._engine = LiveEngine(deck, self.sample_rate)
        self.first_seed = deck.performer.seed
        self._write("start", **_described(deck))
        faders = dict(self._faders)
        for layer, gain in faders.items():
            self._faders[layer] = 1.0
            self.set_fader(layer, gain)

    def steer(self, config: MusicConfig, transition_s: float, quantize: str | None = None) -> Change:
        """Turn to another config over `transition_s` seconds."""
        engine = self._begun()
        before, after = _json(engine.target), _json(config)
        changes = {name: value for name, value in after.items() if value != before[name]}
        self._write("steer", changes=changes, transition_s=transition_s, quantize=quantize)
        change = Steer(config, engine.ticks(transition_s))
        engine.submit(change, quantize)
        return change

    def crossfade(self, deck: Deck, transition_s: float, quantize: str | None = None) -> Change:
        """Let other music come in over `transition_s` seconds."""
        engine = self._begun()
        self._write("crossfade", **_described(deck), transition_s=transition_s, quantize=quantize)
        change = Crossfade(deck, engine.ticks(transition_s))
        engine.submit(change, quantize)
        return change

    def set_fader(self, layer: str, gain: float) -> None:
        """Send a layer's fader to a linear gain."""
        if layer not in LAYERS:
            raise invalid("layer", layer, LAYERS)
        if self._faders[layer] == gain:
            return
        self._faders[layer] = gain
        if self._engine is not None:
            self._write("fader", layer=layer, gain=gain)
            self._engine.set_fader(layer, gain)

    def end_at(self, frame: int, fade_s: float) -> None:
        """Fade out towards `frame`, at which all is over."""
        if self._end is None or frame < self._end:
            self._write("end", at=frame, fade_s=fade_s)
            self._end, self._fade_s = frame, fade_s

    def read(self, n_frames: int) -> NDArray[np.float32]:
        """Return the next frames, (n,) or (n, 2): fewer only where the end comes first."""
        engine = self._begun()
        first = engine.frame
        if self._end is not None:
            n_frames = max(0, min(n_frames, self._end - first))
        samples = engine.read(n_frames)
        total = _ENDLESS if self._end is None else self._end
        apply_edges(samples, first, total, self._fade_s, self.sample_rate)
        return fold_down(samples, self.channels)

    def _begun(self) -> LiveEngine:
        if self._engine is None:
            raise StreamStateError("nothing plays yet; set an item first")
        return self._engine

    def _write(self, what: str, **arguments: Any) -> None:
        # As JSON it takes a tenth of the memory: an installation may be steered for weeks.
        entry = {"frame": self.frame, "do": what, **{k: v for k, v in arguments.items() if v is not None}}
        self._log.append(json.dumps(entry, separators=(",", ":")))


def perform(room: Room, log: Sequence[LogEntry], n_frames: int, take: Callable[[Any], None]) -> None:
    """Play a log again: the same samples, on the same engine version.

    Args:
        room: A new one, of the same sample rate.
        log: What `Room.log` held.
        n_frames: How many frames to play.
        take: Given each block in order.
    """
    block = 1024 * TICK
    for place, entry in enumerate(log):
        _carry_out(room, entry)
        following = log[place + 1]["frame"] if place + 1 < len(log) else n_frames
        until = min(n_frames, following)
        while room.has_begun and room.frame < until and not room.is_over:
            take(room.read(min(block, until - room.frame)))


def _carry_out(room: Room, entry: LogEntry) -> None:
    what = entry["do"]
    if what == "fader":
        room.set_fader(entry["layer"], entry["gain"])
    elif what == "end":
        room.end_at(entry["at"], entry["fade_s"])
    elif what == "start":
        room.start(_made(room, entry))
    elif what == "steer":
        config = MusicConfig.model_validate({**_json(room.target), **entry["changes"]})
        room.steer(config, entry["transition_s"], entry.get("quantize"))
    elif what == "crossfade":
        room.crossfade(_made(room, entry), entry["transition_s"], entry.get("quantize"))
    else:
        raise invalid("log entry", what, ("start", "steer", "crossfade", "fader", "end"))


def _described(deck: Deck) -> dict[str, Any]:
    return {"config": _json(deck.config), "seed": deck.performer.seed, "head_start_s": deck.head_start_s}


def _made(room: Room, entry: LogEntry) -> Deck:
    return room.deck(MusicConfig.model_validate(entry["config"]), entry["seed"], entry["head_start_s"])


def _json(config: MusicConfig) -> dict[str, Any]:
    return config.model_dump(mode="json")
