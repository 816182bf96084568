"""The channel strip kernel: grain, tilt, level, pan and width of one layer, and what it sends to the effects."""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.jit import helper, kernel
from latentscore.dsp.noise import mixed, next_word, white
from latentscore.dsp.shaping import fold
from latentscore.dsp.ticks import TICK

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
N_CONTROLS: Final = 10

SPREAD_FRAMES: Final = 1024  # room for the delay behind `SPREAD`: a power of two, and whole ticks
_MASK: Final = SPREAD_FRAMES - 1

# The float state of a strip, in order; the delay line follows.
LOW_L: Final = 0
LOW_R: Final = 1
LAST_L: Final = 2
LAST_R: Final = 3
HELD_L: Final = 4
HELD_R: Final = 5
LEVEL_L: Final = 6
LEVEL_R: Final = 7
DELAY: Final = 8
SCRATCH: Final = DELAY + SPREAD_FRAMES  # the low band of one tick, left then right
STEP: Final = SCRATCH + 2 * TICK  # the controls' change a frame
STATE_SIZE: Final = STEP + N_CONTROLS

_WARM_DRIVE: Final = F32(3.5)
_GRIT_DRIVE: Final = F32(11.0)
_CRUSH_STEPS: Final = F32(160.0)  # quantisation levels per unit
_HISS: Final = F32(0.15)  # noise under gritty sound, as a share of its level
_CRUSH_HOLD: Final = 3  # frames that the crusher holds a sample


@helper
def _grain(state, channel, frame, now, step, x):  # type: ignore[no-untyped-def]
    """Saturate, fold, crush and hiss one tick of one channel in place.

    The drive grows with the grit, from tape-like to folding, so that one shaper serves both.
    """
    last = state[LAST_L + channel]
    held = state[HELD_L + channel]
    level = state[LEVEL_L + channel]
    word = mixed(frame + channel)  # noise by absolute time: no state to carry
    for i in range(TICK):
        warm = now[WARM] + F32(i) * step[WARM]
        grit = now[GRIT] + F32(i) * step[GRIT]
        dry = x[i]
        if (frame + i) % _CRUSH_HOLD == 0:
            held = np.floor(dry * _CRUSH_STEPS + F32(0.5)) / _CRUSH_STEPS
        level += (abs(dry) - level) * F32(0.002)
        word = next_word(word)
        shaped = fold(dry, last, _WARM_DRIVE + grit * _GRIT_DRIVE)
        dirt = F32(0.9) * shaped + F32(0.3) * held + _HISS * level * white(word)
        x[i] = dry + warm * (shaped - dry) + grit * (dirt - dry)
        last = dry
    state[LAST_L + channel] = last
    state[HELD_L + channel] = held
    state[LEVEL_L + channel] = level


@helper
def _low_band(state, hinge, left, right, low_l, low_r):  # type: ignore[no-untyped-def]
    """The part of both channels below the tilt's hinge (one-pole low-pass)."""
    held_l = state[LOW_L]
    held_r = state[LOW_R]
    keep = F32(1.0) - hinge  # written so that each sample waits for one fused multiply-add only
    for i in range(TICK):
        held_l = keep * held_l + hinge * left[i]
        held_r = keep * held_r + hinge * right[i]
        low_l[i] = held_l
        low_r[i] = held_r
    state[LOW_L] = held_l
    state[LOW_R] = held_r


@helper
def _tilt(now, step, low, x, pan_sign):  # type: ignore[no-untyped-def]
    """Tilt, level and balance of one channel in place; nothing recursive, so it vectorises over time."""
    for i in range(TICK):
        t = F32(i)
        treble = now[TREBLE] + t * step[TREBLE]
        bass = now[BASS] + t * step[BASS]
        balance = min(F32(1.0), F32(1.0) + pan_sign * (now[PAN] + t * step[PAN]))
        gain = (now[GAIN] + t * step[GAIN]) * balance
        x[i] = (treble * x[i] + (bass - treble) * low[i]) * gain


@helper
def _widen(line, frame, spread_delay, now, step, left, right):  # type: ignore[no-untyped-def]
    """Scale the side and add one made from the delayed mid, which cancels in mono (Lauridsen, 1954)."""
    for i in range(TICK):
        mid = F32(0.5) * (left[i] + right[i])
        late = line[(frame + i - spread_delay) & _MASK]
        line[(frame + i) & _MASK] = mid
        side = F32(0.5) * (left[i] - right[i]) * (now[SIDE] + F32(i) * step[SIDE])
        side += late * (now[SPREAD] + F32(i) * step[SPREAD])
        left[i] = mid + side
        right[i] = mid - side


@helper
def _send(x, start, step, bus):  # type: ignore[no-untyped-def]
    """Add one channel to a send at a ramped level."""
    for i in range(TICK):
        bus[i] += (start + F32(i) * step) * x[i]


@kernel
def strip(state, first_frame, controls, hinge, spread_delay, left, right, echo_l, echo_r, reverb_l, reverb_r):  # type: ignore[no-untyped-def]
    """Process one layer in place and add to both sends; all controls are ramped between tick boundaries.

    Channels are separate one-dimensional arrays, which have one type for numba whatever they are slices of: a
    second compilation could round differently.

    Args:
        state: float32 (STATE_SIZE,).
        first_frame: Absolute number of the first frame, a multiple of TICK.
        controls: float32 (n_ticks + 1, N_CONTROLS).
        hinge: One-pole coefficient of the tilt's hinge frequency.
        spread_delay: Frames of the delay that makes width from the mid, below SPREAD_FRAMES.
        left: float32 (n_ticks * TICK,), in place.
        right: As `left`.
        echo_l: float32, as `left`, added to.
        echo_r: As `echo_l`.
        reverb_l: As `echo_l`.
        reverb_r: As `echo_l`.
    """
    line = state[DELAY:SCRATCH]
    low_l = state[SCRATCH : SCRATCH + TICK]
    low_r = state[SCRATCH + TICK : SCRATCH + 2 * TICK]
    step = state[STEP : STEP + N_CONTROLS]
    for tick in range(controls.shape[0] - 1):
        frame = first_frame + tick * TICK
        now = controls[tick]
        after = controls[tick + 1]
        for k in range(N_CONTROLS):
            step[k] = (after[k] - now[k]) / F32(TICK)
        span = slice(tick * TICK, (tick + 1) * TICK)
        x = left[span]
        y = right[span]
        if now[WARM] + now[GRIT] + after[WARM] + after[GRIT] > F32(0.0):
            _grain(state, 0, frame, now, step, x)
            _grain(state, 1, frame, now, step, y)
        _low_band(state, hinge, x, y, low_l, low_r)
        _tilt(now, step, low_l, x, F32(-1.0))
        _tilt(now, step, low_r, y, F32(1.0))
        _widen(line, frame, spread_delay, now, step, x, y)
        _send(x, now[ECHO_SEND], step[ECHO_SEND], echo_l[span])
        _send(y, now[ECHO_SEND], step[ECHO_SEND], echo_r[span])
        _send(x, now[REVERB_SEND], step[REVERB_SEND], reverb_l[span])
        _send(y, now[REVERB_SEND], step[REVERB_SEND], reverb_r[span])
        for k in range(DELAY):
            if abs(state[k]) < F32(1e-15):  # a denormal would slow every later tick
                state[k] = F32(0.0)
