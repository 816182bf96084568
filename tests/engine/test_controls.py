"""The controls of layers: each layer takes its own share of what the mix asks for."""

from __future__ import annotations

import numpy as np

from latentscore.dsp import strip
from latentscore.engine.controls import layer_controls
from latentscore.engine.mix import LAYER_MIX
from latentscore.events import LAYERS


def test_each_layer_takes_its_share_of_grit_width_and_level() -> None:
    names = ("treble_db", "cutoff", "side", "spread", "warm", "grit", "wow", "move_depth")
    values = {name: np.full(3, 0.5, np.float32) for name in names}
    for k, layer in enumerate(LAYERS):
        values[f"{layer}_gain"] = np.full(3, 0.1 * (k + 1), np.float32)
        values[f"{layer}_fader"] = np.full(3, 0.5, np.float32)
    made = layer_controls(
        values, np.zeros((3, len(LAYERS), 4), np.float32), LAYERS, [2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    )
    for k, layer in enumerate(LAYERS):
        mix = LAYER_MIX[layer]
        row = made.strip[k, 1]
        assert np.isclose(row[strip.GRIT], 0.5 * mix.grit)
        assert np.isclose(row[strip.SIDE], 0.5 * mix.width)
        assert np.isclose(row[strip.DRIVE], mix.drive)
        assert row[strip.GAIN] < 0.1 * (k + 1) * 0.5 + 1e-6  # the movement takes a little
        assert made.bank[k, 1, 2] == k + 2.0
