"""The controls of every layer's banks and strip, from the mix's parameters and the layers' movement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from latentscore.dsp import strip
from latentscore.engine.mix import LAYER_MIX

# How far full motion moves a layer.
_MOVE_OCTAVES: Final = np.float32(1.1)  # of the voices' filters
_MOVE_TREBLE: Final = np.float32(0.8)  # octaves of gain above the tilt's hinge (0.8 is 4.8 dB)
_MOVE_LEVEL: Final = np.float32(0.22)  # half the depth of the tremolo
_MOVE_PAN: Final = np.float32(0.55)

_ECHO_SEND, _REVERB_SEND, _WIDTH, _MOVEMENT, _BRIGHTNESS = np.array(
    list(LAYER_MIX.values()), dtype=np.float32
).T[:, :, None]
"""Columns of `LAYER_MIX`, each (n_layers, 1)."""

Values = Mapping[str, NDArray[np.float32]]
Table = NDArray[np.float32]


def bank_controls(values: Values, curves: Table, gains: Table) -> Table:
    """Controls of the banks, float32 (n_layers, n_ticks + 1, 3): cutoff factor, pitch factor, level.

    Args:
        values: The mix's parameters, each (n_ticks + 1,).
        curves: The movement, (n_layers, n_ticks + 1, 4): filter, pan, level, pitch.
        gains: Each layer's instrument gain, linear, (n_layers,).
    """
    depth = values["move_depth"] * _MOVEMENT
    table = np.empty((*depth.shape, 3), dtype=np.float32)
    table[:, :, 0] = values["cutoff"] * _octaves(_MOVE_OCTAVES * depth * curves[:, :, 0])
    table[:, :, 1] = 1.0 + values["wow"] * curves[:, :, 3]
    table[:, :, 2] = gains[:, None]
    return table


def strip_controls(values: Values, curves: Table) -> Table:
    """Controls of the strips, float32 (n_layers, n_ticks + 1, strip.N_CONTROLS); arguments as above."""
    depth = values["move_depth"] * _MOVEMENT
    treble_octaves = values["treble_db"] * (_BRIGHTNESS / np.float32(6.02))
    table = np.empty((*depth.shape, strip.N_CONTROLS), dtype=np.float32)
    table[:, :, strip.GAIN] = 1.0 - _MOVE_LEVEL * depth * (1.0 + curves[:, :, 2])
    table[:, :, strip.PAN] = _MOVE_PAN * depth * curves[:, :, 1]
    table[:, :, strip.TREBLE] = _octaves(treble_octaves + _MOVE_TREBLE * depth * curves[:, :, 0])
    table[:, :, strip.BASS] = 1.0
    table[:, :, strip.WARM] = values["warm"]
    table[:, :, strip.GRIT] = values["grit"]
    table[:, :, strip.SIDE] = values["side"] * _WIDTH
    table[:, :, strip.SPREAD] = values["spread"] * _WIDTH
    table[:, :, strip.ECHO_SEND] = _ECHO_SEND
    table[:, :, strip.REVERB_SEND] = _REVERB_SEND
    return table


def return_controls(values: Values) -> Table:
    """Controls of the strip behind the effects, float32 (n_ticks + 1, strip.N_CONTROLS): width alone."""
    table = np.zeros((len(values["side"]), strip.N_CONTROLS), dtype=np.float32)
    table[:, [strip.GAIN, strip.TREBLE, strip.BASS]] = 1.0
    table[:, strip.SIDE] = values["return_side"]
    return table


def _octaves(x: Table) -> Table:
    """`2 ** x` for |x| below about 3, by products alone: the same bits for any length of array."""
    y = x * np.float32(0.6931471805599453 / 8.0)
    y = 1.0 + y * (1.0 + y * (0.5 + y * (np.float32(1.0 / 6.0) + y * np.float32(1.0 / 24.0))))
    y = y * y
    y = y * y
    return y * y  # pyright: ignore[reportReturnType]  # older numpy stubs
