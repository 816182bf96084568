"""What an audio backend is, and where its name is registered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, NoReturn, Protocol, TypeGuard, cast

import numpy as np
from numpy.typing import NDArray

from latentscore.errors import LatentScoreError, invalid
from latentscore.vibe.registry import Registry

OnProgress = Callable[[float], None]
"""Called with the share that is done, 0 to 1; what it raises ends the work."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a backend is asked for.

    Attributes:
        vibe: The text.
        duration_s: Seconds, at most the backend's `max_duration_s`.
        seed: 0 to 2**63 - 1; the same order gives the same samples on one machine.
        options: What `checked_options` returned.
    """

    vibe: str
    duration_s: float
    seed: int
    options: Mapping[str, Any]


class Made(NamedTuple):
    """What a backend made."""

    samples: NDArray[np.float32]
    """(channels, n), at least as long as was ordered."""
    sample_rate: int


class AudioBackend(Protocol):
    """A model that turns text into audio. Packages add one by an entry point in `latentscore.backends`.

    The entry point's name is what stands before the colon of `model=`; it points to a factory, called with what
    stands after the colon (or None) and returning the backend. Nothing is loaded before `make`.
    """

    @property
    def name(self) -> str:
        """How `model=` calls it."""
        ...

    @property
    def max_duration_s(self) -> float:
        """Seconds of the longest piece."""
        ...

    def checked_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options, if all are known and allowed. Raises `InvalidConfigError`."""
        ...

    def make(self, order: Order, on_progress: OnProgress) -> Made:
        """Make the audio, in the calling thread. Raises `ModelNotAvailableError`."""
        ...


BACKENDS: Final[Registry[AudioBackend]] = Registry(
    "latentscore.backends", {"musicgen": "latentscore.backends.musicgen:open_musicgen"}
)
"""The audio backends by name."""


def is_backend(model: object) -> TypeGuard[str]:
    """Whether `model=` names an audio backend; nothing is imported."""
    return isinstance(model, str) and BACKENDS.has(model)


def check_order(model: str, duration_s: float, options: object) -> None:
    """Raise unless a backend can make a piece of this length with these options; nothing is loaded.

    Raises:
        InvalidConfigError: Too long, or an option that is unknown or not allowed.
        ModelNotAvailableError: The backend can't be opened.
    """
    backend = BACKENDS.open(model)
    if duration_s > backend.max_duration_s:
        raise invalid("duration", duration_s, f"at most {backend.max_duration_s:g} s with {model}")
    if options is not None and not isinstance(options, Mapping):
        raise invalid("options", options, "a mapping of names to values, or None")
    backend.checked_options(cast(Mapping[str, Any], options or {}))


class Failed:
    """Stands for a backend that could not make its audio, so that a fallback is found as for any other model."""

    def __init__(self, name: str, error: LatentScoreError) -> None:
        self.name = name
        self._error = error

    def generate(self, vibe: str, /) -> NoReturn:
        """Fail again, with the same error."""
        raise self._error
