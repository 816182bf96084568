"""The noise bank: white to brown noise through a state-variable filter, with random flutter, in lanes."""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.constants import ONE
from latentscore.dsp.filters import exp2, prewarped, svf_design
from latentscore.dsp.jit import helper
from latentscore.dsp.noise import white, word_before
from latentscore.dsp.weave import white_tick
from latentscore.instruments.banks import lanes as ln

F32 = np.float32

# Rows after the common ones.
(
    WORD,  # noise word of the lane: uint32 in the place of a float
    TILT, TILTED,  # coefficient of a one-pole on the noise (1 leaves it white), and its state
    Z1, Z2, DAMP,  # filter: integrators, 1 / Q
    OUT_X, OUT_BAND, OUT_LOW,  # what of input, band-pass and low-pass is heard
    ANGLE,  # cutoff, pi * f / sample_rate
    SWEEP_OCT, WOBBLE_OCT,  # depths of second envelope and LFO on the cutoff
    FLUTTER_CO, FLUTTER_1, FLUTTER_2,  # random walk, smoothed twice, per tick
    FLUTTER_OCT, FLUTTER_AMP,  # its depths on cutoff and gain
    STEADY,  # gain without flutter
) = ln.places(ln.N_COMMON, 18)  # fmt: skip
N_ROWS: Final = ln.N_COMMON + 18


@helper
def noise_update(s, n, go):  # type: ignore[no-untyped-def]
    """Let the flutter of loudness wander, before the common rows of `n` lanes move on by `go` ticks."""
    words = s.view(np.uint32)
    for j in range(n):
        co = go * s[FLUTTER_CO + j]
        walk = s[FLUTTER_1 + j]
        walk += co * (white(words[WORD + j]) - walk)
        s[FLUTTER_1 + j] = walk
        walk = s[FLUTTER_2 + j] + co * (walk - s[FLUTTER_2 + j])
        s[FLUTTER_2 + j] = walk
        s[ln.AMP + j] = s[STEADY + j] * max(ONE + s[FLUTTER_AMP + j] * walk, F32(0.1))


@helper
def noise_tune(s, n, cutoff, design):  # type: ignore[no-untyped-def]
    """Set the filters of `n` lanes, once the common rows have moved on."""
    for j in range(n):
        octaves = s[SWEEP_OCT + j] * s[ln.SWEEP_NOW + j] + s[WOBBLE_OCT + j] * s[ln.LFO_NOW + j]
        octaves += s[FLUTTER_OCT + j] * s[FLUTTER_2 + j]
        g = prewarped(s[ANGLE + j] * cutoff * s[ln.PITCH + j] * exp2(octaves))
        svf_design(design, ln.LANES, j, g, s[DAMP + j], s[OUT_X + j], s[OUT_BAND + j], s[OUT_LOW + j])


@helper
def noise_source(s, lane, x):  # type: ignore[no-untyped-def]
    """Fill a woven tick with the white noise of one lane."""
    words = s.view(np.uint32)
    start = s[ln.START + lane]
    word = words[WORD + lane]
    for _ in range(np.int64(start)):  # the note's noise begins with the note
        word = word_before(word)
    words[WORD + lane] = white_tick(word, x)
