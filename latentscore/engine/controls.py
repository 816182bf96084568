"""The controls of every layer's banks and strip, from the mix's parameters and the layers' movement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from latentscore.dsp import controls as dsp
from latentscore.dsp import strip
from latentscore.engine.mix import LAYER_MIX

Values = Mapping[str, NDArray[np.float32]]
Table = NDArray[np.float32]


class Controls(NamedTuple):
    """What a block is played with, at the tick boundaries."""

    bank: Table
    """float32 (n_layers, n_ticks + 1, 3): cutoff factor, pitch factor, level."""
    strip: Table
    """float32 (n_layers, n_ticks + 1, strip.N_CONTROLS)."""


def layer_controls(values: Values, curves: Table, names: Sequence[str], gains: Sequence[float]) -> Controls:
    """Return the controls of layers.

    Args:
        values: The mix's parameters, each (n_ticks + 1,).
        curves: The movement, (n_ticks + 1, n_layers, 4): filter, pan, level, pitch.
        names: Each layer's name.
        gains: Each layer's instrument gain, linear.
    """
    n_boundaries, n_layers, _ = curves.shape
    made = Controls(
        np.empty((n_layers, n_boundaries, 3), dtype=np.float32),
        np.empty((n_layers, n_boundaries, strip.N_CONTROLS), dtype=np.float32),
    )
    dsp.controls(
        values["treble_db"],
        values["cutoff"],
        values["side"],
        values["spread"],
        values["warm"],
        values["grit"],
        values["wow"],
        values["move_depth"],
        curves,
        _places(tuple(names), tuple(gains)),
        made.bank,
        made.strip,
    )
    for layer, table in zip(names, made.strip, strict=True):
        table[:, strip.GAIN] *= values[f"{layer}_gain"] * values[f"{layer}_fader"]
    return made


@lru_cache(maxsize=64)
def _places(names: tuple[str, ...], gains: tuple[float, ...]) -> Table:
    """Return the layers' fixed places in the mix, as `latentscore.dsp.controls` reads them."""
    layers = np.empty((len(names), dsp.N_LAYER_COLUMNS), dtype=np.float32)
    for row, mix, gain in zip(layers, (LAYER_MIX[name] for name in names), gains, strict=True):
        row[dsp.ECHO_SEND], row[dsp.REVERB_SEND] = mix.echo_send, mix.reverb_send
        row[dsp.WIDTH], row[dsp.MOVEMENT], row[dsp.BRIGHTNESS] = mix.width, mix.movement, mix.brightness
        row[dsp.LEVEL], row[dsp.DRIVE], row[dsp.GRIT] = gain, mix.drive, mix.grit
    return layers
