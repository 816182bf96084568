"""The channel strip kernel: grain, tilt, level, pan and width of one layer, and what it sends to the effects."""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.constants import HALF, ONE, PER_TICK, ZERO
from latentscore.dsp.delay import Frames
from latentscore.dsp.filters import pole_carry, pole_play, pole_rehearse
from latentscore.dsp.jit import helper, kernel
from latentscore.dsp.noise import mixed
from latentscore.dsp.shaping import fold
from latentscore.dsp.ticks import TICK
from latentscore.dsp.weave import BLOCK, FRAME, previous, unweave, white_tick

F32 = np.float32

# Columns of the controls, one row a tick boundary.
GAIN: Final = 0  # linear level of the layer, mute and solo included
PAN: Final = 1  # balance, -1 (left) to 1 (right)
TREBLE: Final = 2  # linear gain above the tilt's hinge
BASS: Final = 3  # linear gain below it
WARM: Final = 4  # share of saturation, 0 to 1
GRIT: Final = 5  # share of folding, crushing and hiss, 0 to 1
SIDE: Final = 6  # gain of the side signal
SPREAD: Final = 7  # side made from the mid, as a share of it
ECHO_SEND: Final = 8
REVERB_SEND: Final = 9
DRIVE: Final = 10  # factor, above 0, on the drive of the grain: a soft layer needs more to reach it
N_CONTROLS: Final = 11

SPREAD_FRAMES: Final = 1024
"""Room for the delay behind `SPREAD`, in whole ticks; another tick repeats the first, so that reads never wrap."""

# The float state of a strip, in order.
LOW_L, LOW_R, LAST_L, LAST_R, LEVEL_L, LEVEL_R, SILENCE = range(7)
DELAY: Final = 8
STEP: Final = DELAY + SPREAD_FRAMES + TICK  # the controls' change a frame
SCRATCH: Final = STEP + N_CONTROLS
ENDS: Final = SCRATCH + 2 * TICK
STATE_SIZE: Final = ENDS + 2 * BLOCK

TAIL_TICKS: Final = SPREAD_FRAMES // TICK + 1
"""Silent ticks after which the whole delay holds silence."""
_FORGOTTEN: Final = F32(TAIL_TICKS)
_WARM_DRIVE: Final = F32(3.5)
_GRIT_DRIVE: Final = F32(11.0)
_CRUSH_STEPS: Final = F32(160.0)  # quantisation levels per unit
_CRUSHED: Final = F32(0.3)  # level of what is crushed
_HISS: Final = F32(0.15)  # noise under gritty sound, as a share of its level
_HISS_RATE: Final = F32(0.12)  # how quickly it follows that level, a tick: a time constant of 11 ms


@helper
def _rests(state, left, right):  # type: ignore[no-untyped-def]
    """Tell whether ticks have brought nothing, and met nothing in the filters, until the delay is empty too."""
    total = ZERO
    for e in range(TICK):
        total += abs(left[e]) + abs(right[e])
    for k in range(SILENCE):
        total += abs(state[k])
    state[SILENCE] = min(state[SILENCE] + ONE, _FORGOTTEN) if total == ZERO else ZERO
    return state[SILENCE] == _FORGOTTEN


@helper
def _dirt(state, channel, frame, now, step, x, hiss, out):  # type: ignore[no-untyped-def]
    """Fill `out` with what grit adds to `x`: `x` coarsely quantised and held for four frames, and hiss."""
    total = ZERO
    for e in range(TICK):
        total += abs(x[e])
    level = state[LEVEL_L + channel]
    after = level + _HISS_RATE * (total * PER_TICK - level)
    state[LEVEL_L + channel] = after
    ramp = (after - level) * PER_TICK
    for e in range(TICK):
        out[e] = np.floor(x[e] * _CRUSH_STEPS + HALF) * (_CRUSHED / _CRUSH_STEPS)
    for e in range(BLOCK, TICK // 2):
        out[e] = out[e - BLOCK]
    for e in range(TICK // 2 + BLOCK, TICK):
        out[e] = out[e - BLOCK]
    white_tick(mixed(frame + channel), hiss)  # noise by absolute time: no state to carry
    for e in range(TICK):
        t = FRAME[e]
        out[e] = (now[GRIT] + step[GRIT] * t) * (out[e] + _HISS * (level + ramp * t) * hiss[e])


@helper
def _grain(state, channel, frame, now, step, x):  # type: ignore[no-untyped-def]
    """Saturate, fold, crush and hiss one woven tick of one channel in place.

    The drive grows with the grit, from tape-like to folding, so that one shaper serves both.
    """
    dirt, before = state[SCRATCH : SCRATCH + TICK], state[SCRATCH + TICK : SCRATCH + 2 * TICK]
    warm, warm_step, grit, grit_step = now[WARM], step[WARM], now[GRIT], step[GRIT]
    drive = now[DRIVE]
    if grit > ZERO or grit_step > ZERO:
        _dirt(state, channel, frame, now, step, x, before, dirt)
    else:
        state[LEVEL_L + channel] = ZERO
        for e in range(TICK):
            dirt[e] = ZERO
    previous(x, state[LAST_L + channel], before)
    state[LAST_L + channel] = x[TICK - 1]
    for e in range(TICK):
        grit_here = grit + grit_step * FRAME[e]
        share = warm + warm_step * FRAME[e] + grit_here
        shaped = fold(x[e], before[e], drive * (_WARM_DRIVE + grit_here * _GRIT_DRIVE))
        x[e] = x[e] + (share - F32(0.1) * grit_here) * shaped - share * x[e] + dirt[e]


@helper
def _split(state, hinge, left, right):  # type: ignore[no-untyped-def]
    """Leave the lows of a woven tick of both channels in the scratch memory."""
    at_l, at_r = state[ENDS : ENDS + BLOCK], state[ENDS + BLOCK :]
    pole_rehearse(left, hinge, at_l)
    pole_rehearse(right, hinge, at_r)
    state[LOW_L] = pole_carry(at_l, hinge, state[LOW_L])
    state[LOW_R] = pole_carry(at_r, hinge, state[LOW_R])
    pole_play(left, hinge, at_l, state[SCRATCH : SCRATCH + TICK])
    pole_play(right, hinge, at_r, state[SCRATCH + TICK : ENDS])


@helper
def _tilt(low, now, step, sign, x):  # type: ignore[no-untyped-def]
    """Tilt, level and balance one woven tick of one channel in place, of which `low` are the lows."""
    treble, treble_step, bass, bass_step = now[TREBLE], step[TREBLE], now[BASS], step[BASS]
    gain, gain_step, pan, pan_step = now[GAIN], step[GAIN], sign * now[PAN], sign * step[PAN]
    for e in range(TICK):
        t = FRAME[e]
        above = treble + t * treble_step
        below = bass + t * bass_step
        balance = min(ONE, ONE + pan + t * pan_step)
        x[e] = (above * x[e] + (below - above) * low[e]) * (gain + t * gain_step) * balance


@helper
def _widen(line, frame, spread_delay, now, step, left, right):  # type: ignore[no-untyped-def]
    """Scale the side and add one made from the delayed mid, which cancels in mono (Lauridsen, 1954)."""
    at = frame % SPREAD_FRAMES
    entering = line[at : at + TICK]
    for i in range(TICK):
        entering[i] = HALF * (left[i] + right[i])
    if at == 0:
        for i in range(TICK):
            line[SPREAD_FRAMES + i] = entering[i]
    late = line[(frame - spread_delay) % SPREAD_FRAMES :]
    width, width_step, spread, spread_step = now[SIDE], step[SIDE], now[SPREAD], step[SPREAD]
    for i in range(TICK):
        t = F32(i)
        mid = entering[i]
        side = HALF * (left[i] - right[i]) * (width + t * width_step)
        side += late[i] * (spread + t * spread_step)
        left[i] = mid + side
        right[i] = mid - side


@helper
def _send(x, start, step, bus):  # type: ignore[no-untyped-def]
    """Add one channel to a bus at a ramped level."""
    if start == ZERO and step == ZERO:
        return
    for i in range(TICK):
        bus[i] += (start + F32(i) * step) * x[i]


@kernel
def strip(
    state: Frames, first_frame: int, controls: Frames, hinge: np.float32, spread_delay: int,
    woven_l: Frames, woven_r: Frames, left: Frames, right: Frames,
    echo_l: Frames, echo_r: Frames, reverb_l: Frames, reverb_r: Frames, sum_l: Frames, sum_r: Frames,
) -> None:  # fmt: skip
    """Process one layer and add it to the sends and the sum; all controls are ramped between tick boundaries.

    Channels are separate one-dimensional arrays, which have one type for numba whatever they are slices of: a
    second compilation could round differently.

    Args:
        state: float32 (STATE_SIZE,).
        first_frame: Absolute number of the first frame, a multiple of TICK.
        controls: float32 (n_ticks + 1, N_CONTROLS).
        hinge: One-pole coefficient of the tilt's hinge frequency.
        spread_delay: Frames of the delay that makes width from the mid, TICK to SPREAD_FRAMES - TICK.
        woven_l: float32 (n_ticks * TICK,), woven ticks; used up.
        woven_r: As `woven_l`.
        left: float32 (n_ticks * TICK,), written, in order of time.
        right: As `left`.
        echo_l: float32, as `left`, added to.
        echo_r: As `echo_l`.
        reverb_l: As `echo_l`.
        reverb_r: As `echo_l`.
        sum_l: As `echo_l`.
        sum_r: As `echo_l`.
    """
    line = state[DELAY:STEP]
    step = state[STEP:SCRATCH]
    n_channels = 2 * state.shape[0] // STATE_SIZE  # two; were that known, both would be compiled apart
    for tick in range(controls.shape[0] - 1):
        frame = first_frame + tick * TICK
        now = controls[tick]
        after = controls[tick + 1]
        for k in range(N_CONTROLS):
            step[k] = (after[k] - now[k]) * PER_TICK
        span = slice(tick * TICK, (tick + 1) * TICK)
        if _rests(state, woven_l[span], woven_r[span]):
            left[span] = ZERO
            right[span] = ZERO
            continue
        grained = now[WARM] + now[GRIT] + after[WARM] + after[GRIT] > ZERO
        for channel in range(n_channels):
            x = woven_r[span] if channel else woven_l[span]
            if grained:
                _grain(state, channel, frame, now, step, x)
            else:
                state[LAST_L + channel] = x[TICK - 1]
                state[LEVEL_L + channel] = ZERO
        _split(state, hinge, woven_l[span], woven_r[span])
        for channel in range(n_channels):
            x = woven_r[span] if channel else woven_l[span]
            low = state[SCRATCH + channel * TICK : SCRATCH + (channel + 1) * TICK]
            _tilt(low, now, step, ONE if channel else F32(-1.0), x)
            unweave(x, right[span] if channel else left[span])
        _widen(line, frame, spread_delay, now, step, left[span], right[span])
        for channel in range(n_channels):
            y = right[span] if channel else left[span]
            _send(y, now[ECHO_SEND], step[ECHO_SEND], echo_r[span] if channel else echo_l[span])
            _send(y, now[REVERB_SEND], step[REVERB_SEND], reverb_r[span] if channel else reverb_l[span])
            _send(y, ONE, ZERO, sum_r[span] if channel else sum_l[span])
        for k in range(DELAY):
            if abs(state[k]) < F32(1e-15):  # a denormal would slow every later tick
                state[k] = ZERO


@kernel
def returns(side, left, right, sum_l, sum_r):  # type: ignore[no-untyped-def]
    """Scale the side of the effects' returns in place and add them to the sum.

    Args:
        side: float32 (n_ticks + 1,), gain of the side at the tick boundaries.
        left: float32 (n_ticks * TICK,), in place.
        right: As `left`.
        sum_l: float32, as `left`, added to.
        sum_r: As `sum_l`.
    """
    for tick in range(side.shape[0] - 1):
        at = tick * TICK
        width, step = side[tick], (side[tick + 1] - side[tick]) * PER_TICK
        for i in range(TICK):
            mid = HALF * (left[at + i] + right[at + i])
            wide = HALF * (left[at + i] - right[at + i]) * (width + F32(i) * step)
            left[at + i] = mid + wide
            right[at + i] = mid - wide
            sum_l[at + i] += mid + wide
            sum_r[at + i] += mid - wide
