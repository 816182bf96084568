"""One piece from an audio backend: what of the order it can't honour, and its audio as it was ordered."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from latentscore.backends.backend import BACKENDS, Made, OnProgress, Order
from latentscore.engine.edges import apply_edges
from latentscore.errors import CapabilityWarning
from latentscore.output.recipes import BackendRecipe

_REASONS: Final[Mapping[str, str]] = {
    "config": "it reads the text itself",
    "update": "it has no config that could be changed",
    "ending": "it does not compose",
    "loop_bars": "it knows no bars",
    "stems": "it makes one mix",
}
"""The arguments of `render` that only the synthesizer honours, and why."""

_MONO: Final = "it makes one channel, so both are equal"


class Take(NamedTuple):
    """One finished piece."""

    samples: NDArray[np.float32]
    """(n_frames,) or (n_frames, 2)."""
    unheeded: tuple[CapabilityWarning, ...]
    """A warning for each argument that had no effect."""
    recipe: BackendRecipe


def make_take(
    name: str,
    vibe: str,
    seed: int,
    arguments: Mapping[str, Any],
    n_frames: int,
    fade_out_s: float,
    on_progress: OnProgress,
) -> Take:
    """Have a backend make one piece.

    Args:
        name: The backend's.
        vibe: The text.
        seed: Of this piece.
        arguments: All arguments of `render`, checked.
        n_frames: Frames of the piece, at `arguments["sample_rate"]`.
        fade_out_s: Seconds of the closing fade.
        on_progress: Called with the share done.

    Raises:
        ModelNotAvailableError: A package or the weights are missing.
    """
    rate, channels, options = (
        arguments["sample_rate"],
        arguments["channels"],
        dict(arguments["options"] or {}),
    )
    order = Order(vibe=vibe, duration_s=n_frames / rate, seed=seed, options=options)
    made = BACKENDS.open(name).make(order, on_progress)
    recipe = BackendRecipe(
        vibe=vibe,
        seed=seed,
        sample_rate=rate,
        channels=channels,
        n_frames=n_frames,
        model=name,
        arguments={"fade_out": fade_out_s, "options": options},
    )
    samples = finished(made, n_frames, sample_rate=rate, channels=channels, fade_out_s=fade_out_s)
    return Take(samples, unheeded(name, arguments, made), recipe)


def unheeded(backend: str, arguments: Mapping[str, object], made: Made) -> tuple[CapabilityWarning, ...]:
    """Return a warning for each argument that was given and had no effect.

    Args:
        backend: The backend's name.
        arguments: All arguments of `render`; one that is None or False was not given.
        made: What came of them.
    """
    reasons = {name: reason for name, reason in _REASONS.items() if arguments[name] not in (None, False)}
    if arguments["channels"] == 2 and len(made.samples) == 1:
        reasons["channels"] = _MONO
    return tuple(
        CapabilityWarning(backend=backend, argument=name, value=arguments[name], reason=reason)
        for name, reason in reasons.items()
    )


def finished(
    made: Made, n_frames: int, *, sample_rate: int, channels: int, fade_out_s: float
) -> NDArray[np.float32]:
    """Bring a backend's audio to the rate, channels and length that were ordered, with faded edges.

    Args:
        made: (channels, n) at the backend's own rate.
        n_frames: Frames to return; what was made may be longer.
        sample_rate: 44100 or 48000.
        channels: 1 mixes what was made, 2 takes two channels or one twice.
        fade_out_s: Seconds of the closing fade.

    Returns:
        float32 (n_frames,) or (n_frames, 2) in [-1, 1]; louder pieces are turned down as a whole.
    """
    from scipy.signal import resample_poly

    common = math.gcd(sample_rate, made.sample_rate)
    own = made.samples.mean(axis=0, keepdims=True) if channels == 1 else made.samples[:2]
    resampled = resample_poly(own, sample_rate // common, made.sample_rate // common, axis=1)
    out = np.zeros((n_frames, channels), dtype=np.float32)
    kept = resampled[:, :n_frames].T
    out[: len(kept)] = kept  # one channel is taken twice
    out /= max(1.0, float(np.abs(out).max(initial=0.0)))
    apply_edges(out, 0, n_frames, fade_out_s, sample_rate)
    return out if channels == 2 else out[:, 0]
