"""The controls kernel: from the mix's parameters and the layers' movement to what banks and strips are given."""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp import strip as st
from latentscore.dsp.constants import HALF, ONE
from latentscore.dsp.delay import Frames
from latentscore.dsp.jit import helper, kernel

F32 = np.float32

# Columns of a layer's place in the mix.
ECHO_SEND, REVERB_SEND, WIDTH, MOVEMENT, BRIGHTNESS, LEVEL, DRIVE, GRIT = range(8)
N_LAYER_COLUMNS: Final = 8

# How far full motion moves a layer.
_MOVE_OCTAVES: Final = F32(1.1)  # of the voices' filters
_MOVE_TREBLE: Final = F32(0.8)  # octaves of gain above the tilt's hinge (0.8 is 4.8 dB)
_MOVE_LEVEL: Final = F32(0.22)  # half the depth of the tremolo
_MOVE_PAN: Final = F32(0.55)
_DB_PER_OCTAVE: Final = F32(6.02)


@helper
def _octaves(x):  # type: ignore[no-untyped-def]
    """`2 ** x` for |x| below about 3, by products alone."""
    y = x * F32(0.6931471805599453 / 8.0)
    y = ONE + y * (ONE + y * (HALF + y * (F32(1.0 / 6.0) + y * F32(1.0 / 24.0))))
    y = y * y
    y = y * y
    return y * y


@kernel
def controls(
    treble_db: Frames, cutoff: Frames, side: Frames, spread: Frames, warm: Frames, grit: Frames, wow: Frames,
    depth: Frames, curves: Frames, layers: Frames, bank: Frames, strip: Frames,
) -> None:  # fmt: skip
    """Fill the controls of every layer's banks and strip.

    Args:
        treble_db: float32 (n_ticks + 1,), as are the next seven: gain above the tilt's hinge in dB,
        cutoff: factor on the voices' cutoffs,
        side: gain of the side signal,
        spread: side made from the mid,
        warm: share of saturation,
        grit: share of folding and crushing,
        wow: wander of the pitch, as a share of it,
        depth: depth of the movement.
        curves: float32 (n_ticks + 1, n_layers, 4), the movement: filter, pan, level, pitch.
        layers: float32 (n_layers, N_LAYER_COLUMNS), each layer's place in the mix.
        bank: float32 (n_layers, n_ticks + 1, 3), written: cutoff factor, pitch factor, level.
        strip: float32 (n_layers, n_ticks + 1, strip.N_CONTROLS), written.
    """
    for layer in range(layers.shape[0]):
        place = layers[layer]
        for t in range(depth.shape[0]):
            move = depth[t] * place[MOVEMENT]
            curve, out, row = curves[t, layer], bank[layer, t], strip[layer, t]
            out[0] = cutoff[t] * _octaves(_MOVE_OCTAVES * move * curve[0])
            out[1] = ONE + wow[t] * curve[3]
            out[2] = place[LEVEL]
            treble = treble_db[t] * place[BRIGHTNESS] / _DB_PER_OCTAVE + _MOVE_TREBLE * move * curve[0]
            row[st.GAIN] = ONE - _MOVE_LEVEL * move * (ONE + curve[2])
            row[st.PAN] = _MOVE_PAN * move * curve[1]
            row[st.TREBLE] = _octaves(treble)
            row[st.BASS] = ONE
            row[st.WARM] = warm[t]
            row[st.GRIT] = grit[t] * place[GRIT]
            row[st.SIDE] = side[t] * place[WIDTH]
            row[st.SPREAD] = spread[t] * place[WIDTH]
            row[st.ECHO_SEND] = place[ECHO_SEND]
            row[st.REVERB_SEND] = place[REVERB_SEND]
            row[st.DRIVE] = place[DRIVE]
