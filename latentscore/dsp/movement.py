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
PHASE, FROM, TO, ALONG = range(4)
STATE_SIZE: Final = 4
"""Rows of the state: phase in turns, value before the last random point, its target, position between both."""


@kernel
def movement(state, words, rate_hz, irregularity, sample_rate, curves):  # type: ignore[no-untyped-def]
    """Fill `curves` with values in [-1, 1], a sine mixed with smoothed random points by `irregularity`.

    Row 0 is the value at the first boundary; the state is advanced to the last one. All curves take a step side by
    side, as lanes.

    Args:
        state: float32 (STATE_SIZE, n), n = N_CURVES for each layer.
        words: uint32 (n,), the random words.
        rate_hz: float32 (n_ticks + 1,), the pace.
        irregularity: float32 (n_ticks + 1,), 0 (sine) to 1 (random).
        sample_rate: Frames per second, float32.
        curves: float32 (n_ticks + 1, n), written.
    """
    phase, before, target, along = state[PHASE], state[FROM], state[TO], state[ALONG]
    seconds = TICK_FRAMES / sample_rate
    for tick in range(curves.shape[0]):
        k = irregularity[tick]
        for j in range(words.shape[0]):
            blend = along[j] * along[j] * (F32(3.0) - TWO * along[j])
            smooth = before[j] + (target[j] - before[j]) * blend
            curves[tick, j] = (ONE - k) * sine(phase[j]) + k * smooth
        if tick == curves.shape[0] - 1:
            break
        for j in range(words.shape[0]):
            # Curves and layers run at unlike paces, so that nothing moves in step.
            pace = F32(0.7) + F32(0.13) * F32(j % N_CURVES) + F32(0.071) * F32(j // N_CURVES)
            advance = rate_hz[tick] * pace * seconds
            phase[j] = wrap(phase[j] + advance)
            place = along[j] + TWO * advance
            arrived = place >= ONE
            word = next_word(words[j])
            along[j] = place - ONE if arrived else place
            before[j] = target[j] if arrived else before[j]
            target[j] = white(word) if arrived else target[j]
            words[j] = word if arrived else words[j]
