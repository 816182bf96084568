"""The kernel of all voice banks: it brings lanes in and out, tick by tick, and lets their kind compute them.

One kernel for all kinds, since numba would compile what they share once for each; it caches no kernel that is given
functions as arguments.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.jit import helper, kernel
from latentscore.dsp.noise import mixed
from latentscore.dsp.ticks import TICK
from latentscore.instruments.banks import lanes as ln
from latentscore.instruments.banks.fm import fm_render, fm_update
from latentscore.instruments.banks.modal import modal_render, modal_update
from latentscore.instruments.banks.noise import noise_render, noise_tune, noise_update
from latentscore.instruments.banks.saw import saw_render, saw_update
from latentscore.instruments.banks.string import pluck, string_render, string_update

F32 = np.float32
SAW: Final = 0
FM: Final = 1
MODAL: Final = 2
NOISE: Final = 3
STRING: Final = 4


@helper
def _update(kind, state, first, n, go, cutoff, pitch):  # type: ignore[no-untyped-def]
    """Move the controls of `n` lanes on by `go` ticks; 0 sets those of new lanes."""
    if n == 0:
        return
    if kind == NOISE:
        noise_update(state, first, n, go)
    ln.modulate(state, first, n, go, pitch)
    if kind == SAW:
        saw_update(state, first, n, go, cutoff)
    elif kind == FM:
        fm_update(state, first, n, go, cutoff)
    elif kind == MODAL:
        modal_update(state, first, n)
    elif kind == NOISE:
        noise_tune(state, first, n, go, cutoff)
    else:
        string_update(state, first, n, go)


@helper
def _render(kind, state, n, word, level, step, left, right, at, n_frames):  # type: ignore[no-untyped-def]
    """Add `n_frames` of the first `n` lanes to `left` and `right`; return the next noise word."""
    width = ln.padded(n)
    if kind == SAW:
        word = saw_render(state, width, word, level, step, left, right, at, n_frames)
    elif kind == FM:
        word = fm_render(state, width, word, level, step, left, right, at, n_frames)
    elif kind == MODAL:
        modal_render(state, width, level, step, left, right, at, n_frames)
    elif kind == NOISE:
        noise_render(state, width, level, step, left, right, at, n_frames)
    else:
        string_render(state, n, level, step, left, right, at, n_frames)
    return word


@kernel
def bank_kernel(kind, state, counters, onsets, rows, first_frame, controls, left, right):  # type: ignore[no-untyped-def]
    """Add the sound of a bank's lanes to `left` and `right`.

    Args:
        kind: Which kind of bank.
        state: float32, flat: `state[row * LANES + lane]`, and what the kind keeps behind that.
        counters: int64 (N_COUNTERS,).
        onsets: int64 (n,), the sorted starts of the queued lanes.
        rows: float32 (n, n_rows), their start values.
        first_frame: Absolute frame of the first tick, a multiple of TICK.
        controls: float32 (n_ticks + 1, 3): cutoff factor, pitch factor and level at the tick boundaries.
        left: float32 (n_ticks * TICK,), added to.
        right: The same.
    """
    counters[ln.TAKEN] = 0
    for tick in range(controls.shape[0] - 1):
        frame = first_frame + tick * TICK
        end = frame + TICK
        if ln.rests(counters, onsets, end):
            continue
        word = mixed(frame + counters[ln.SALT])  # addressed by time: a skipped bank loses no step
        cutoff, pitch, level = controls[tick + 1]
        level_now = controls[tick, 2]
        level_step = (level - level_now) * F32(1.0 / TICK)
        _update(kind, state, np.int64(0), ln.padded(counters[ln.ACTIVE]), F32(1.0), cutoff, pitch)
        while frame < end:
            first = counters[ln.ACTIVE]
            n_new = ln.admit(state, counters, onsets, rows, frame)
            if kind == STRING:
                for lane in range(first, first + n_new):
                    pluck(state, lane)
            _update(kind, state, first, n_new, F32(0.0), cutoff, pitch)
            _update(kind, state, first, n_new, F32(end - frame) * F32(1.0 / TICK), cutoff, pitch)
            n_frames = ln.span(counters, onsets, frame, end)
            n = counters[ln.ACTIVE]
            at = frame - first_frame
            word = _render(kind, state, n, word, level_now, level_step, left, right, at, n_frames)
            level_now += F32(n_frames) * level_step
            frame += n_frames
        if (end // TICK) % ln.TIDY_TICKS == 0:
            ln.tidy(state, counters, rows.shape[1])
