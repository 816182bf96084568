"""The string bank: plucked strings as delay loops (Karplus and Strong 1983; Jaffe and Smith 1983)."""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.constants import HALF, ONE, TWO, ZERO
from latentscore.dsp.jit import helper
from latentscore.dsp.noise import next_word, white
from latentscore.dsp.ticks import TICK
from latentscore.dsp.weave import BLOCK
from latentscore.instruments.banks import lanes as ln

F32 = np.float32
SIZE: Final = 2048  # frames of a string: the lowest note is 23.4 Hz at 48 kHz
_MASK: Final = SIZE - 1

# Rows after the common ones.
(
    SLOT,  # which piece of memory is this lane's string
    PERIOD, LAG,  # frames of a period on pitch, and how many of them the loop filter delays
    LOSS,  # gain of the loop
    DULL, DULLED,  # pole of the loop's low-pass, and its state
    SOFT,  # pole of the low-pass on the pluck
    PICK,  # where it is plucked, as a share of the string
    NOISE,  # share of noise in the pluck
    WORD,  # noise word of the pluck: uint32 in the place of a float
    WRITE,  # place in the memory
    LIFE, LIFE_CO,  # estimate of the string's amplitude, and what a tick takes of it
    MEAN,  # running mean of the output, which is taken off
) = ln.places(ln.N_COMMON, 14)  # fmt: skip
N_ROWS: Final = ln.N_COMMON + 14
_MEMORY: Final = N_ROWS * ln.LANES
N_EXTRA: Final = ln.LANES * SIZE


@helper
def pluck(state, lane):  # type: ignore[no-untyped-def]
    """Give a new lane a free string and fill one period of it: a pick's pulse and noise, combed and softened."""
    slot = ZERO
    other = 0
    while other < lane:
        if state[SLOT + other] == slot:
            slot += ONE
            other = 0
        else:
            other += 1
    state[SLOT + lane] = slot
    base = _MEMORY + np.int64(slot) * SIZE
    line = state[base : base + SIZE]
    n = min(max(np.int64(state[PERIOD + lane]), 4), SIZE - 4)
    word = state.view(np.uint32)[WORD + lane]
    for i in range(n):
        word = next_word(word)
        line[i] = state[NOISE + lane] * white(word)
    # The pulse leaves in both directions and returns inverted: harmonics with a node at the pick are missing.
    line[0] += ONE
    line[np.int64(state[PICK + lane] * F32(n))] -= ONE
    soft = ZERO
    mean = ZERO
    for turn in range(2):  # the second time round, the low-pass is in its steady state
        for i in range(n):
            soft = line[i] + state[SOFT + lane] * (soft - line[i])
            line[i] = soft
            mean += F32(turn) * soft
    mean /= F32(n)
    power = F32(1e-9)
    for i in range(n):
        line[i] -= mean
        power += line[i] * line[i]
    scale = np.sqrt(F32(n) / power)
    for i in range(n):
        line[i] *= scale
    for i in range(n, SIZE):  # the periods before it, so that the interpolation has neighbours
        line[i] = ZERO
    for i in range(4):
        line[SIZE - 4 + i] = line[n - 4 + i]
    state[WRITE + lane] = F32(n)


@helper
def string_update(s, n, go):  # type: ignore[no-untyped-def]
    """Let the estimate of the amplitude follow, once the common rows have moved on by `go` ticks."""
    for j in range(n):
        life = s[LIFE + j]
        life -= go * s[LIFE_CO + j] * life
        s[LIFE + j] = life
        s[ln.LOUD + j] *= life


@helper
def string_source(s, lane, x):  # type: ignore[no-untyped-def]
    """Fill a woven tick with the sound of one string, from the frame it begins with."""
    delay = s[PERIOD + lane] / max(s[ln.PITCH + lane], F32(0.1)) - s[LAG + lane]
    delay = min(max(delay, F32(3.0)), F32(SIZE - 8))
    tap = np.int64(delay) - 1
    f = delay - F32(tap)  # in [1, 2): the middle of four points, where Lagrange's interpolation is best
    w0 = -(f - ONE) * (f - TWO) * (f - F32(3.0)) * F32(1.0 / 6.0)
    w1 = f * (f - TWO) * (f - F32(3.0)) * HALF
    w2 = -f * (f - ONE) * (f - F32(3.0)) * HALF
    w3 = f * (f - ONE) * (f - TWO) * F32(1.0 / 6.0)
    base = _MEMORY + np.int64(s[SLOT + lane]) * SIZE
    line = s[base : base + SIZE]
    write = np.int64(s[WRITE + lane])
    dull, dulled = s[DULL + lane], s[DULLED + lane]
    loss, mean = s[LOSS + lane], s[MEAN + lane]
    for i in range(np.int64(s[ln.START + lane]), TICK):
        at = write - tap
        y = w0 * line[at & _MASK] + w1 * line[(at - 1) & _MASK]
        y += w2 * line[(at - 2) & _MASK] + w3 * line[(at - 3) & _MASK]
        dulled = y + dull * (dulled - y)
        line[write & _MASK] = loss * dulled + F32(1e-18)
        write += 1
        mean += F32(0.001) * (y - mean)
        x[BLOCK * (i & (BLOCK - 1)) + i // BLOCK] = y - mean
    s[WRITE + lane] = F32(write & _MASK)
    s[DULLED + lane] = dulled
    s[MEAN + lane] = mean
