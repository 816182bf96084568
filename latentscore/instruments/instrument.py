"""Instruments and their registry: which patches sound a voice, and how loud the whole sits in its layer."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from latentscore.errors import invalid
from latentscore.events import LAYERS, NoteEvent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentscore.config.model import MusicConfig
    from latentscore.randomness import Random

_GRAINS: Final = ("clean", "warm", "gritty")
_RING: Final = {"dry": 0.45, "small": 0.7, "medium": 1.0, "large": 1.15, "vast": 1.3}
"""Factor on releases by `space`: an instrument's own long release would fill a dry room as if it were a hall."""


class Touch(NamedTuple):
    """What the config says of how notes are made."""

    sample_rate: int
    attack_s: float
    """Onset time asked of bass, pad, melody and accent: 0.4, 0.04 or 0.003."""
    brightness: float
    """-2 (very dark) to 2 (very bright)."""
    grain: float
    """0 (clean), 1 (warm) or 2 (gritty)."""
    ring: float = 1.0
    """Factor on how long notes take to die once they are let go: they are damped where the room is dry."""

    @staticmethod
    def of(config: MusicConfig, sample_rate: int) -> Touch:
        """Read the touch from a config."""
        from latentscore.config.fields import FIELDS

        brightness = FIELDS["brightness"].index(config.brightness)
        return Touch(
            sample_rate,
            config.value("attack") / 1000.0,
            brightness - 2.0,
            float(_GRAINS.index(config.grain)),
            _RING[config.space],
        )


class Patch(Protocol):
    """Describes one sound on one kind of bank."""

    @property
    def bank(self) -> str:
        """Kind of bank that plays it, a key of `BANK_KINDS`."""
        ...

    def lanes(self, event: NoteEvent, touch: Touch, random: Random) -> NDArray[np.float32]:
        """Return the start values of the note's lanes, (n_lanes, n_rows of the bank)."""
        ...


@dataclass(frozen=True, eq=False)
class Instrument:
    """The sound of one layer style."""

    name: str
    """`<layer>.<style>`."""
    voices: tuple[tuple[Patch, ...], ...]
    """`NoteEvent.voice` picks one; a note starts every patch of it. Empty: the instrument has no such voice."""
    gain_db: float
    """Makes typical notes sit right in the layer; measured by `data_work/calibrate_instruments.py`."""
    pitched: bool = True
    """Whether it follows the pitch of its notes; otherwise a drum, tuned by 60 + semitones."""
    chorus: float = 0.0
    """Mix of the chorus that the whole layer passes, 0 to 1."""
    voice_names: tuple[str, ...] = ("note",)
    """What each voice is, in order; "" where there is none."""

    def voice(self, index: int) -> tuple[Patch, ...]:
        """Return the patches of a voice. Raises `InvalidConfigError` if the instrument does not have it."""
        if not 0 <= index < len(self.voices) or not self.voices[index]:
            valid = [k for k, patches in enumerate(self.voices) if patches]
            raise invalid(f"voice of {self.name}", index, valid)
        return self.voices[index]


_INSTRUMENTS: Final[dict[str, Instrument]] = {}


def register(instrument: Instrument) -> Instrument:
    """Add an instrument under its name. Raises `InvalidConfigError` if the name is taken."""
    if instrument.name in _INSTRUMENTS:
        raise invalid("name", instrument.name, "a name that no other instrument has")
    _INSTRUMENTS[instrument.name] = instrument
    return instrument


def instrument(name: str) -> Instrument:
    """Return the instrument of that name. Raises `InvalidConfigError`, listing all names, if there is none."""
    _load()
    if name not in _INSTRUMENTS:
        raise invalid("instrument", name, sorted(_INSTRUMENTS))
    return _INSTRUMENTS[name]


def names() -> tuple[str, ...]:
    """Return the names of all instruments, sorted."""
    _load()
    return tuple(sorted(_INSTRUMENTS))


def _load() -> None:
    for layer in LAYERS:
        import_module(f"latentscore.instruments.{layer}")
