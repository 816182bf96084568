"""What all banks of packed lanes share: the common rows, and how lanes come, move, are heard, fade and go.

The state of a bank is one flat float32 array, `state[ROW + lane]`. Active lanes are packed at the front.
All decisions depend on the state and the tick alone, never on how ticks are grouped into calls.

Once a tick the controls of all lanes are moved on, vectorised over lanes. Then each lane's tick is computed,
vectorised over time, in a woven piece of scratch memory of its own (`latentscore.dsp.weave`): a lane costs the
same whether it is alone or one of many.

Numba compiles a helper anew for each literal that it is given, so the helpers take none.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.constants import HALF, ONE, TICK_FRAMES, ZERO
from latentscore.dsp.filters import exp2, pole_carry, pole_play, pole_rehearse
from latentscore.dsp.jit import helper
from latentscore.dsp.oscillators import sine, wrap
from latentscore.dsp.ticks import TICK
from latentscore.dsp.weave import BLOCK, FRAME, PIECE

F32 = np.float32

LANES: Final = 104
"""Room of a bank. A multiple of 8 but no power of two: rows 4096 bytes apart would stall loads behind stores."""


def places(first: int, n: int) -> range:
    """Return where rows number `first` to `first + n - 1` begin in the flat state.

    Kernels index with these places; a multiplication for each access would cost a second of compiling.
    """
    return range(first * LANES, (first + n) * LANES, LANES)


def column(place: int) -> int:
    """Return the number of the row at `place`: its column in the start values of lanes."""
    return place // LANES


# Rows that every bank begins with. All coefficients are per tick, except RISE_OCT.
(
    REST, RISE_OCT,  # attack, a one-pole towards 1: the way that is left, and the octaves a frame by which it shrinks
    LEVEL, LEVEL_TO, LEVEL_CO, RELEASE_CO,  # decay, sustain, release: a one-pole; its coefficient once let go
    START,  # frame of this tick at which the lane begins: 0 unless it is new
    HOLD,  # frames until the note is let go
    AGE,  # ticks since the start
    LOUD,  # estimate of the amplitude, from which silence is told
    DELAY,  # frames between the note's onset and this lane's
    AMP, GAIN, GAIN_STEP,  # gain before tremolo and envelope, gain now, its change a frame
    PAN_L, PAN_R,
    PITCH,  # pitch factor of this tick
    BEND, BEND_CO,  # pitch offset that dies away (glides, drops)
    LFO, LFO_STEP, LFO_IN, LFO_IN_CO, LFO_NOW,  # phase in turns; fade-in; value
    VIBRATO, TREMOLO,  # depths on pitch and gain
    SWEEP_RISE, SWEEP_RISE_CO, SWEEP, SWEEP_TO, SWEEP_CO, SWEEP_NOW,  # second envelope, of the timbre
) = places(0, 32)  # fmt: skip
N_COMMON: Final = 32

# Places in the counters of a bank.
ACTIVE: Final = 0  # sounding lanes
TAKEN: Final = 1  # lanes taken from the queue in this call
SALT: Final = 2  # makes the noise of one bank unlike another's
N_COUNTERS: Final = 3

RESERVE: Final = 24
"""Lanes kept free: when fewer are, the oldest fade out."""
FLOOR: Final = F32(1e-9)
"""Envelopes fall towards this instead of 0, so that nothing becomes denormal."""
FAINT: Final = F32(4e-5)
"""Lanes that die away fade out in 5 ms once they are below this amplitude, -88 dB, after the instrument's gain."""
SILENT: Final = F32(2e-6)
"""Lanes below this amplitude, before that gain, end."""
STEAL_CO: Final = F32(0.632)
"""Release coefficient of a stolen lane: 60 dB in 5 ms, as the envelope is squared."""
SLOW: Final = F32(-0.02 / TICK)
"""Attacks that shrink by fewer octaves a frame are drawn with straight lines, -92 dB off at most (0.3 s to 90 %)."""
TIDY_TICKS: Final = 4
"""Lanes end and are stolen at multiples of this tick."""


@helper
def rests(counters, onsets, end):  # type: ignore[no-untyped-def]
    """Tell whether nothing sounds, nor starts before the frame `end`."""
    taken = counters[TAKEN]
    return counters[ACTIVE] == 0 and (taken == onsets.shape[0] or onsets[taken] >= end)


@helper
def admit(state, counters, onsets, rows, frame, end):  # type: ignore[no-untyped-def]
    """Copy the queued lanes that start next into free places, if they are due before `end`; return how many.

    `frame` is the first of the tick. All that are admitted begin together; call again until there are none.
    """
    first = counters[ACTIVE]
    n = first
    taken = counters[TAKEN]
    onset = max(frame, onsets[taken]) if taken < onsets.shape[0] else end
    while taken < onsets.shape[0] and onsets[taken] <= onset < end and n < LANES:
        for row in range(rows.shape[1]):
            state[row * LANES + n] = rows[taken, row]
        state[START + n] = F32(onset - frame)
        n += 1
        taken += 1
    counters[ACTIVE] = n
    counters[TAKEN] = taken
    return n - first


@helper
def padded(n):  # type: ignore[no-untyped-def]
    """Number of lanes to compute for `n`, in whole vectors; those past the end are empty."""
    return (n + 7) // 8 * 8


@helper
def tidy(state, counters, n_rows, level, dies):  # type: ignore[no-untyped-def]
    """End silent lanes; let faint ones fade quickly, and the oldest while fewer than RESERVE lanes are free.

    `level` is the instrument's gain. A held lane may be faint for a moment only, unless its kind `dies` in any case.
    """
    n = counters[ACTIVE]
    lane = 0
    excess = RESERVE - LANES
    while lane < n:
        if state[LOUD + lane] < SILENT:
            n -= 1
            for row in range(n_rows):
                state[row * LANES + lane] = state[row * LANES + n]
                state[row * LANES + n] = ZERO
        else:
            going = dies or state[HOLD + lane] <= ZERO or state[LEVEL_TO + lane] <= FLOOR
            if going and state[LOUD + lane] * level < FAINT:
                state[RELEASE_CO + lane] = STEAL_CO
                state[HOLD + lane] = ZERO
            excess += 1 if state[RELEASE_CO + lane] != STEAL_CO else 0
            lane += 1
    counters[ACTIVE] = n
    for _ in range(excess):
        oldest = 0
        age = F32(-1.0)
        for lane in range(n):
            if state[RELEASE_CO + lane] != STEAL_CO and state[AGE + lane] > age:
                oldest = lane
                age = state[AGE + lane]
        state[RELEASE_CO + oldest] = STEAL_CO
        state[HOLD + oldest] = ZERO


@helper
def modulate(s, n, go, pitch_control):  # type: ignore[no-untyped-def]
    """Move holds, envelopes, LFOs, bends, pitches and gains of `n` lanes on by `go` ticks; 0 sets new lanes."""
    for j in range(n):
        hold = s[HOLD + j] - go * TICK_FRAMES
        s[HOLD + j] = hold
        s[AGE + j] += go
        co = s[RELEASE_CO + j] if hold <= ZERO else s[LEVEL_CO + j]
        to = FLOOR if hold <= ZERO else s[LEVEL_TO + j]
        level = s[LEVEL + j]
        level += go * co * (to - level)
        s[LEVEL + j] = level
        phase = wrap(s[LFO + j] + go * s[LFO_STEP + j])
        s[LFO + j] = phase
        fade = s[LFO_IN + j]
        fade += go * s[LFO_IN_CO + j] * (ONE - fade)
        s[LFO_IN + j] = fade
        wave = sine(phase) * fade * fade  # squared: vibrato comes late, as a player's does
        s[LFO_NOW + j] = wave
        bend = s[BEND + j]
        bend -= go * s[BEND_CO + j] * bend
        s[BEND + j] = bend
        s[PITCH + j] = pitch_control * (ONE + bend) * (ONE + s[VIBRATO + j] * wave)
        rise = s[SWEEP_RISE + j]
        rise += go * s[SWEEP_RISE_CO + j] * (ONE - rise)
        s[SWEEP_RISE + j] = rise
        sweep = s[SWEEP + j]
        sweep += go * s[SWEEP_CO + j] * (s[SWEEP_TO + j] - sweep)
        s[SWEEP + j] = sweep
        s[SWEEP_NOW + j] = rise * sweep
        target = s[AMP + j] * (ONE - s[TREMOLO + j] * (HALF + HALF * wave))
        target *= level * level
        s[LOUD + j] = target
        now, step = ramp(s[GAIN + j], target, go)
        s[GAIN + j] = now
        s[GAIN_STEP + j] = step


@helper
def begin_tick(state, n):  # type: ignore[no-untyped-def]
    """Lanes that were new in the last tick sound from its beginning in this one."""
    for j in range(n):
        state[START + j] = ZERO


@helper
def darken(s, n, rates, states, pieces):  # type: ignore[no-untyped-def]
    """Pass the pieces of `n` lanes through their one-poles, whose rows begin at `rates` and `states`; 1 lets all pass.

    Lane by lane, each would wait for what it has just stored.
    """
    for lane in range(n):
        if s[rates + lane] < ONE:
            x = pieces[lane * PIECE : (lane + 1) * PIECE]
            pole_rehearse(x, s[rates + lane], x[TICK : TICK + BLOCK])
    for lane in range(n):
        if s[rates + lane] < ONE:
            ends = pieces[lane * PIECE + TICK : (lane + 1) * PIECE]
            s[states + lane] = pole_carry(ends, s[rates + lane], s[states + lane])
    for lane in range(n):
        if s[rates + lane] < ONE:
            x = pieces[lane * PIECE : (lane + 1) * PIECE]
            pole_play(x, s[rates + lane], x[TICK : TICK + BLOCK], x)


@helper
def hear(s, lane, x, left, right):  # type: ignore[no-untyped-def]
    """Add the woven tick `x` of a lane to both sides, under its attack and gain, and move these on.

    The attack is the square of 1 - d · 2^(k t). It is left out once it is over, and a straight line for a tick where
    it is slow.
    """
    start = s[START + lane]
    frames = TICK_FRAMES - start
    gain, step = s[GAIN + lane], s[GAIN_STEP + lane]
    after = gain + frames * step
    s[GAIN + lane] = after
    to_left, to_right = s[PAN_L + lane], s[PAN_R + lane]
    rest, pace = s[REST + lane], s[RISE_OCT + lane]
    if rest > F32(1e-6):
        s[REST + lane] = rest * exp2(pace * frames)
        if pace < SLOW:
            gain -= step * start
            for e in range(TICK):
                rise = ONE - rest * exp2(pace * (FRAME[e] + ONE - start))
                y = x[e] * (gain + step * FRAME[e]) * rise * rise
                left[e] += to_left * y
                right[e] += to_right * y
            return
        rise, risen = ONE - rest * exp2(pace), ONE - rest * exp2(pace * (frames + ONE))
        gain *= rise * rise
        step = (after * risen * risen - gain) / frames
    gain -= step * start
    for e in range(TICK):
        y = x[e] * (gain + step * FRAME[e])
        left[e] += to_left * y
        right[e] += to_right * y


@helper
def ramp(now, target, go):  # type: ignore[no-untyped-def]
    """Where a control starts and its change a frame, to meet `target` in `go` ticks; in 0 it is there at once."""
    span = TICK_FRAMES * max(go, F32(0.01))
    start = now if go > ZERO else target
    return start, (target - start) / span
