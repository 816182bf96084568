"""The zero-delay state-variable filter over woven ticks, and the arithmetic of its cutoff.

The filter is A. Simper's trapezoidal one ("Linear trapezoidal integrated SVF", 2013), written as a state space of
its two integrators. Its coefficients are held for a tick: the integrators keep what they hold when the cutoff
moves, so that a step of 5 % bends the output by a fortieth of its own slope, and clicks nowhere.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from latentscore.dsp.constants import HALF, ONE, TWO, ZERO
from latentscore.dsp.jit import helper
from latentscore.dsp.ticks import TICK
from latentscore.dsp.weave import BLOCK

F32 = np.float32

MAX_ANGLE: Final = 1.35
"""Highest cutoff, as pi · f / sample_rate: 18.9 kHz at 44 100 Hz."""

A11, A12, A22, B2, C1, C2, D, F11, F12, F22 = range(10)
N_DESIGN: Final = 10
"""Rows of a filter's design: its state space (A21 and B1 are -A12), and the matrix A to the power BLOCK (F21 is
-F12)."""


@helper
def exp2(x):  # type: ignore[no-untyped-def]
    """Two to the power `x`, within 1e-4 of the value for |x| ≤ 8 and 1 % for |x| ≤ 21; products alone, for vectors."""
    y = x * F32(0.6931472 / 32.0)
    y = ONE + y * (ONE + y * (HALF + y * (F32(1.0 / 6.0) + y * F32(1.0 / 24.0))))
    y *= y
    y *= y
    y *= y
    y *= y
    return y * y


@helper
def prewarped(angle):  # type: ignore[no-untyped-def]
    """Integrator gain tan(angle) of a filter at `angle` = pi · f / sample_rate, clamped to MAX_ANGLE.

    A Padé approximant, within 0.1 % up to 13 kHz and 3 % at the limit (44 100 Hz).
    """
    x = min(angle, F32(MAX_ANGLE))
    s = x * x
    return x * (F32(15.0) - s) / (F32(15.0) - F32(6.0) * s)


@helper
def pole_rehearse(x, rate, ends):  # type: ignore[no-untyped-def]
    """Find what each block of a woven tick leaves in a one-pole low-pass, from rest.

    The number of blocks is taken from `ends`, here and below: were it known, the loop would be unrolled to scalars.
    """
    keep = ONE - rate
    for b in range(ends.shape[0]):
        y = ZERO
        for k in range(BLOCK):
            y = keep * y + x[BLOCK * k + b]
        ends[b] = rate * y


@helper
def pole_carry(ends, rate, state):  # type: ignore[no-untyped-def]
    """Turn what each block leaves into what each begins with; return that of the next tick."""
    keep = ONE - rate
    keep *= keep
    keep *= keep
    keep *= keep
    for b in range(BLOCK):
        y = ends[b]
        ends[b] = state
        state = keep * state + y
    return state


@helper
def pole_play(x, rate, starts, out):  # type: ignore[no-untyped-def]
    """Fill `out` (or `x` itself) with the filtered tick, each block from what it was given."""
    keep = ONE - rate
    for b in range(starts.shape[0]):
        y = starts[b]
        for k in range(BLOCK):
            y = keep * y + rate * x[BLOCK * k + b]
            out[BLOCK * k + b] = y


@helper
def svf_design(design, stride, lane, g, damp, out_x, out_band, out_low):  # type: ignore[no-untyped-def]
    """Write the design of one filter, `design[row * stride + lane]`.

    Args:
        design: float32, flat.
        stride: Filters in a row.
        lane: Which filter.
        g: `prewarped(...)` of the cutoff.
        damp: 1 / Q.
        out_x: What of the input is heard,
        out_band: of the band-pass,
        out_low: and of the low-pass. The high-pass is x - damp * band - low.
    """
    a = ONE / (ONE + g * (g + damp))
    ga = g * a
    gain = TWO * ga
    drop = g * gain
    mixed = out_band + g * out_low
    f11, f12, f22 = TWO * a - ONE, -gain, ONE - drop
    design[A11 * stride + lane] = f11
    design[A12 * stride + lane] = f12
    design[A22 * stride + lane] = f22
    design[B2 * stride + lane] = drop
    design[C1 * stride + lane] = a * mixed
    design[C2 * stride + lane] = out_low - ga * mixed
    design[D * stride + lane] = ga * mixed + out_x
    for _ in range(3):  # BLOCK is 2 to the third
        f11, f12, f22 = f11 * f11 - f12 * f12, f12 * (f11 + f22), f22 * f22 - f12 * f12
    design[F11 * stride + lane] = f11
    design[F12 * stride + lane] = f12
    design[F22 * stride + lane] = f22


@helper
def svf_rehearse(x, design, stride, lane):  # type: ignore[no-untyped-def]
    """Find what each block of a woven tick leaves in the integrators, from rest.

    `x` has TICK frames, and room behind them for BLOCK values of either integrator.
    """
    a11, a12, a22 = design[A11 * stride + lane], design[A12 * stride + lane], design[A22 * stride + lane]
    b2 = design[B2 * stride + lane]
    for b in range(BLOCK):
        u = ZERO
        v = ZERO
        for k in range(BLOCK):
            s = x[BLOCK * k + b]
            u, v = a12 * (v - s) + a11 * u, (b2 * s + a22 * v) - a12 * u
        x[TICK + b] = u
        x[TICK + BLOCK + b] = v


@helper
def svf_carry(x, design, stride, lane, z1, z2):  # type: ignore[no-untyped-def]
    """Give each block the integrators that it begins with, from those of the tick; return those of the next."""
    f11, f12, f22 = design[F11 * stride + lane], design[F12 * stride + lane], design[F22 * stride + lane]
    for b in range(BLOCK):
        u, v = x[TICK + b], x[TICK + BLOCK + b]
        x[TICK + b] = z1
        x[TICK + BLOCK + b] = z2
        z1, z2 = (f12 * z2 + u) + f11 * z1, (f22 * z2 + v) - f12 * z1
    return z1, z2


@helper
def svf_play(x, design, stride, lane):  # type: ignore[no-untyped-def]
    """Filter a woven tick in place, each block from the integrators that it was given."""
    a11, a12, a22 = design[A11 * stride + lane], design[A12 * stride + lane], design[A22 * stride + lane]
    b2, c1, c2 = design[B2 * stride + lane], design[C1 * stride + lane], design[C2 * stride + lane]
    d = design[D * stride + lane]
    for b in range(BLOCK):
        u = x[TICK + b]
        v = x[TICK + BLOCK + b]
        for k in range(BLOCK):
            s = x[BLOCK * k + b]
            x[BLOCK * k + b] = d * s + c1 * u + c2 * v
            u, v = a12 * (v - s) + a11 * u, (b2 * s + a22 * v) - a12 * u
