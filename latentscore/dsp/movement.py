"""Movement: slow irregular curves, one value a tick, that carry filter, pan and level of every layer."""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.constants import ONE, TICK_FRAMES, TWO
from latentscore.dsp.jit import kernel
from latentscore.dsp.noise import next_word, white
from latentscore.dsp.oscillators import sine, wrap

F32 = np.float32

N_CURVES: Final = 4
"""Curves per layer: filter, pan, level, pitch."""
STATE_SIZE: Final = 4
"""Floats per curve: phase in turns, value before the last random point, its target, position between both."""


@kernel
def movement(state, words, rate_hz, irregularity, sample_rate, curves):  # type: ignore[no-untyped-def]
    """Fill `curves` with values in [-1, 1], a sine mixed with smoothed random points by `irregularity`.

    Row 0 is the value at the first boundary; the state is advanced to the last one.

    Args:
        state: float32 (n_layers, N_CURVES, STATE_SIZE).
        words: int64 (n_layers, N_CURVES), the random words.
        rate_hz: float32 (n_ticks + 1,), the pace.
        irregularity: float32 (n_ticks + 1,), 0 (sine) to 1 (random).
        sample_rate: Frames per second, float32.
        curves: float32 (n_layers, n_ticks + 1, N_CURVES), written.
    """
    n_ticks = rate_hz.shape[0] - 1
    seconds = TICK_FRAMES / sample_rate
    for layer in range(state.shape[0]):
        for curve in range(N_CURVES):
            s = state[layer, curve]
            word = np.uint32(words[layer, curve])
            # Curves and layers run at unlike paces, so that nothing moves in step.
            pace = F32(0.7) + F32(0.13) * F32(curve) + F32(0.071) * F32(layer)
            for tick in range(n_ticks + 1):
                blend = s[3] * s[3] * (F32(3.0) - TWO * s[3])
                smooth = s[1] + (s[2] - s[1]) * blend
                k = irregularity[tick]
                curves[layer, tick, curve] = (ONE - k) * sine(s[0]) + k * smooth
                if tick == n_ticks:
                    break
                advance = rate_hz[tick] * pace * seconds
                s[0] = wrap(s[0] + advance)
                s[3] += TWO * advance
                if s[3] >= ONE:
                    s[3] -= ONE
                    s[1] = s[2]
                    word = next_word(word)
                    s[2] = white(word)
            words[layer, curve] = word
