"""The kernel of all voice banks: it brings lanes in and out, tick by tick, and lets their kind compute them.

One kernel for all kinds, since numba would compile what they share once for each; it caches no kernel that is given
functions as arguments.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.constants import ONE, PER_TICK, ZERO
from latentscore.dsp.filters import N_DESIGN, svf_carry, svf_play, svf_rehearse
from latentscore.dsp.jit import helper, kernel
from latentscore.dsp.noise import mixed
from latentscore.dsp.ticks import TICK
from latentscore.dsp.weave import FRAME, PIECE, silence_before, white_tick
from latentscore.instruments.banks import lanes as ln
from latentscore.instruments.banks import noise as noise_rows
from latentscore.instruments.banks import saw as saw_rows
from latentscore.instruments.banks import wavetable as wavetable_rows
from latentscore.instruments.banks.fm import fm_breathe, fm_source, fm_update
from latentscore.instruments.banks.modal import modal_source, modal_update
from latentscore.instruments.banks.noise import noise_source, noise_tune, noise_update
from latentscore.instruments.banks.saw import saw_source, saw_update
from latentscore.instruments.banks.string import pluck, string_source, string_update
from latentscore.instruments.banks.wavetable import wavetable_source, wavetable_update

F32 = np.float32
SAW: Final = 0
FM: Final = 1
MODAL: Final = 2
NOISE: Final = 3
STRING: Final = 4
WAVETABLE: Final = 5

# Scratch memory: a piece for each lane, ticks for what they share, then the designs of the filters.
_NOISE: Final = ln.LANES * PIECE  # noise that all lanes hear
_RE: Final = _NOISE + TICK
_IM: Final = _RE + TICK
_LEFT: Final = _IM + TICK
_RIGHT: Final = _LEFT + TICK
_DESIGN: Final = _RIGHT + TICK
N_WORK: Final = _DESIGN + N_DESIGN * ln.LANES


@helper
def _update(kind, s, design, n, go, cutoff, pitch):  # type: ignore[no-untyped-def]
    """Move the controls of `n` lanes on by `go` ticks; 0 sets those of new lanes.

    `s` and `design` are cut so that they begin with the first of these lanes: numba vectorises loops from 0 only.
    """
    if kind == NOISE:
        noise_update(s, n, go)
    ln.modulate(s, n, go, pitch)
    if kind == SAW:
        saw_update(s, n, cutoff, design)
    elif kind == FM:
        fm_update(s, n, go, cutoff)
    elif kind == MODAL:
        modal_update(s, n)
    elif kind == NOISE:
        noise_tune(s, n, cutoff, design)
    elif kind == WAVETABLE:
        wavetable_update(s, n, go, cutoff, design)
    else:
        string_update(s, n, go)


@helper
def _fill(kind, state, n, tables, work):  # type: ignore[no-untyped-def]
    """Fill the piece of each lane with its tick, before any filter."""
    white, re, im = work[_NOISE:_RE], work[_RE:_IM], work[_IM:_LEFT]
    if kind == FM:
        fm_breathe(state, n, white, work)
    for lane in range(n):
        x = work[lane * PIECE : (lane + 1) * PIECE]
        if kind == SAW:
            saw_source(state, lane, white, x)
        elif kind == FM:
            fm_source(state, lane, x, re, im)
        elif kind == MODAL:
            modal_source(state, lane, x)
        elif kind == NOISE:
            noise_source(state, lane, x)
        elif kind == WAVETABLE:
            wavetable_source(state, lane, tables, x)
        else:
            string_source(state, lane, x)
        if state[ln.START + lane] > ZERO:
            silence_before(state[ln.START + lane], x)
    if kind == NOISE:
        ln.darken(state, n, noise_rows.TILT, noise_rows.TILTED, work)


@helper
def _filter(kind, state, n, work):  # type: ignore[no-untyped-def]
    """Filter the pieces of all lanes; step by step, since each step of one lane waits for the one before."""
    design = work[_DESIGN:]
    z1, z2 = noise_rows.Z1, noise_rows.Z2
    if kind == SAW:
        z1, z2 = saw_rows.Z1, saw_rows.Z2
    elif kind == WAVETABLE:
        z1, z2 = wavetable_rows.Z1, wavetable_rows.Z2
    for lane in range(n):
        svf_rehearse(work[lane * PIECE : (lane + 1) * PIECE], design, ln.LANES, lane)
    for lane in range(n):
        x = work[lane * PIECE : (lane + 1) * PIECE]
        a, b = svf_carry(x, design, ln.LANES, lane, state[z1 + lane], state[z2 + lane])
        state[z1 + lane] = a
        state[z2 + lane] = b
    for lane in range(n):
        svf_play(work[lane * PIECE : (lane + 1) * PIECE], design, ln.LANES, lane)


@helper
def _render(kind, state, n, tables, work, word):  # type: ignore[no-untyped-def]
    """Compute a tick of the first `n` lanes into the two sides of the scratch memory."""
    left, right = work[_LEFT:_RIGHT], work[_RIGHT:_DESIGN]
    if kind in (SAW, FM):
        white_tick(word, work[_NOISE:_RE])
    _fill(kind, state, n, tables, work)
    if kind in (SAW, NOISE, WAVETABLE):
        _filter(kind, state, n, work)
    for e in range(TICK):
        left[e] = ZERO
        right[e] = ZERO
    for lane in range(n):
        ln.hear(state, lane, work[lane * PIECE : (lane + 1) * PIECE], left, right)


@helper
def _add(x, level, level_after, out):  # type: ignore[no-untyped-def]
    """Add a woven tick to `out` at a level that moves from one boundary to the next."""
    step = (level_after - level) * PER_TICK
    for e in range(TICK):
        out[e] += (level + step * FRAME[e]) * x[e]


@kernel
def bank_kernel(kind, state, counters, onsets, rows, first_frame, controls, tables, work, left, right):  # type: ignore[no-untyped-def]
    """Add the sound of a bank's lanes to `left` and `right`, as woven ticks.

    Args:
        kind: Which kind of bank.
        state: float32, flat: `state[row * LANES + lane]`, and what the kind keeps behind that.
        counters: int64 (N_COUNTERS,).
        onsets: int64 (n,), the sorted starts of the queued lanes.
        rows: float32 (n, n_rows), their start values.
        first_frame: Absolute frame of the first tick, a multiple of TICK.
        controls: float32 (n_ticks + 1, 3): cutoff factor, pitch factor and level at the tick boundaries.
        tables: float32, flat, the wavetables; empty for other kinds.
        work: float32 (N_WORK,), scratch.
        left: float32 (n_ticks * TICK,), woven ticks, added to.
        right: The same.
    """
    counters[ln.TAKEN] = 0
    design = work[_DESIGN:]
    for tick in range(controls.shape[0] - 1):
        frame = first_frame + tick * TICK
        end = frame + TICK
        if ln.rests(counters, onsets, end):
            continue
        cutoff, pitch, level = controls[tick + 1]
        # All lanes take a step; then new ones join: a step of 0 sets them, another takes what is left of the tick.
        first, count, go = np.int64(0), ln.padded(counters[ln.ACTIVE]), ONE
        ln.begin_tick(state, count)
        while count > 0 or first == 0:
            _update(kind, state[first:], design[first:], count, go, cutoff, pitch)
            if go == ZERO:
                if kind == STRING:
                    for lane in range(first, first + count):
                        pluck(state, lane)
                go = ONE - state[ln.START + first] * PER_TICK
            else:
                first = counters[ln.ACTIVE]
                count = ln.admit(state, counters, onsets, rows, frame, end)
                go = ZERO
                if count == 0:
                    break
        n = counters[ln.ACTIVE]
        _render(kind, state, n, tables, work, mixed(frame + counters[ln.SALT]))
        at = frame - first_frame
        _add(work[_LEFT:_RIGHT], controls[tick, 2], level, left[at : at + TICK])
        _add(work[_RIGHT:_DESIGN], controls[tick, 2], level, right[at : at + TICK])
        if (end // TICK) % ln.TIDY_TICKS == 0:
            ln.tidy(state, counters, rows.shape[1], level, kind in (MODAL, STRING))
