"""The modal bank: decaying partials, each a rotating complex number, in lanes. Bells, mallets, drums, pianos."""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.jit import helper
from latentscore.dsp.oscillators import cosine, sine
from latentscore.instruments.banks import lanes as ln

F32 = np.float32

# Rows after the common ones.
(
    RE, IM,  # the partial: its imaginary part is heard
    TURN_RE, TURN_IM,  # what it is multiplied with each frame of this tick
    TUNE,  # turns a frame on pitch
    FADE,  # what a frame leaves of the amplitude
) = ln.places(ln.N_COMMON, 6)  # fmt: skip
N_ROWS: Final = ln.N_COMMON + 6


@helper
def modal_update(state, first, n):  # type: ignore[no-untyped-def]
    """Set what follows from the common rows, once these have moved on."""
    s = state[first:]
    for j in range(n):
        turn = min(s[TUNE + j] * s[ln.PITCH + j], F32(0.49))
        re = cosine(turn)
        im = sine(turn)
        fade = s[FADE + j] * (F32(1.5) - F32(0.5) * (re * re + im * im))  # back to length 1, by Newton
        s[TURN_RE + j] = fade * re
        s[TURN_IM + j] = fade * im
        square = s[RE + j] * s[RE + j] + s[IM + j] * s[IM + j]
        s[ln.LOUD + j] *= np.sqrt(square)


@helper
def modal_render(s, width, level, level_step, left, right, start, n_frames):  # type: ignore[no-untyped-def]
    """Add `n_frames` of the first `width` lanes to `left` and `right`."""
    width = width // 8 * 8  # tells the compiler that there is no remainder
    for i in range(n_frames):
        sum_l = F32(0.0)
        sum_r = F32(0.0)
        for j in range(width):
            re = s[RE + j]
            im = s[IM + j]
            y = re * s[TURN_IM + j] + im * s[TURN_RE + j]
            s[RE + j] = re * s[TURN_RE + j] - im * s[TURN_IM + j]
            s[IM + j] = y
            rise = s[ln.RISE + j]
            rise += s[ln.RISE_CO + j] * (F32(1.0) - rise)
            s[ln.RISE + j] = rise
            gain = s[ln.GAIN + j] + s[ln.GAIN_STEP + j]
            s[ln.GAIN + j] = gain
            y *= rise * rise * gain
            sum_l += y * s[ln.PAN_L + j]
            sum_r += y * s[ln.PAN_R + j]
        left[start + i] += sum_l * level
        right[start + i] += sum_r * level
        level += level_step
