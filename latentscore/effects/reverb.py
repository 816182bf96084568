"""The reverb: a room whose T60 is set in seconds, from a small booth to a vast hall."""

from __future__ import annotations

import functools
import math
from typing import Final

import numpy as np

from latentscore.dsp import reverb as dsp
from latentscore.dsp.delay import line_span, new_lines
from latentscore.dsp.lowcut import low_cut_rate
from latentscore.dsp.ticks import TICK, n_ticks
from latentscore.effects.effect import Control, Frames, check_block, check_sample_rate

MAX_PREDELAY_S: Final = 0.2

_SHORTEST_S, _LONGEST_S = 0.0213, 0.0691
"""Lines of the network: their sum (0.65 s) gives its density of resonances, the shortest its onset."""
_ORDER: Final = (9, 4, 14, 1, 11, 6, 0, 13, 3, 8, 15, 5, 10, 2, 7, 12)
"""Which length each line has, short and long mixed: left enters even lines, right odd ones."""
_STAGES_S: Final = (0.00229, 0.00361, 0.00547, 0.00853, 0.00251, 0.00337, 0.00593, 0.00797)
_BLUR_S: Final = 0.35
"""After this long nothing is left in the diffusers."""
_LOW_CUT_HZ: Final = 60.0
_DRIFT_S: Final = 0.0002
_DRIFT_HZ: Final = (0.37, 0.53, 0.71, 0.89)
"""The pitch of a moving line strays by at most 3 cents."""


class Reverb:
    """Feedback delay network of 16 lines, whose T60 holds at 500 Hz to 1 kHz; the highs decay sooner.

    In steady sound the wet power equals the power of the send, whatever the T60. A moved T60 changes how
    fast the tail decays, not how loud it is at that moment.

    Args:
        sample_rate: Frames per second.
    """

    CONTROLS: Final = (
        Control("t60_s", dsp.SHORTEST_S, dsp.LONGEST_S, 4.0),
        Control("predelay_frames", 0.0, MAX_PREDELAY_S * 44_100, 800.0),
        Control("wet", 0.0, 1.0, 0.3),
    )

    def __init__(self, sample_rate: int) -> None:
        self._sample_rate = float(check_sample_rate(sample_rate))
        self._delays, self._table = _network(sample_rate)
        longest_entry = round(MAX_PREDELAY_S * sample_rate)
        depth = _DRIFT_S * sample_rate
        lines, stages = int(self._delays[: dsp.N_LINES].max()), int(self._delays[dsp.N_LINES :].max())
        spans = [line_span(longest_entry), line_span(stages), line_span(lines + int(depth) + 1)]
        idle_after = n_ticks(round(_BLUR_S * sample_rate))
        empty_after = idle_after + (spans[0] + spans[2]) // TICK
        self._limits = np.array([*spans, longest_entry, empty_after, idle_after], np.int64)
        self._low = np.float32(low_cut_rate(sample_rate, _LOW_CUT_HZ))
        self._entry = new_lines(2, spans[0])
        self._stages = new_lines(2 * dsp.N_STAGES, spans[1])
        self._lines = new_lines(dsp.N_LINES, spans[2])
        self._drift = np.array(
            [(depth, hz * TICK / sample_rate, k / dsp.N_MOVING) for k, hz in enumerate(_DRIFT_HZ)]
        )
        self._taps = np.zeros(dsp.N_LINES * dsp.N_TAPS, np.float32)
        self._moving = np.zeros((dsp.N_MOVING, TICK + dsp.N_TAPS - 1), np.float32)
        self._entering = np.zeros((2, TICK), np.float32)
        self._mixed = np.zeros(dsp.N_LINES * TICK, np.float32)
        self._marks = np.zeros(dsp.N_MARKS, np.int64)
        self._state = np.zeros(dsp.N_STATE, np.float32)
        self.reset()

    @property
    def active(self) -> bool:
        """False once the tail has fallen below -180 dBFS everywhere."""
        return bool(self._marks[dsp.QUIET] < self._limits[4])

    def reset(self) -> None:
        """Forget everything, as if new."""
        for array in (self._entry, self._stages, self._lines, self._moving, self._state):
            array[:] = 0.0
        self._marks[:] = 0
        self._marks[[dsp.QUIET, dsp.IDLE]] = self._limits[4:]

    def process(self, send: Frames, controls: Frames, out: Frames) -> None:
        """Add the reverb of `send` (2, n) to `out` (2, n).

        Args:
            send: float32, n a multiple of TICK. controls: float32 (n // TICK + 1, 3) at tick boundaries:
            T60 in seconds, pre-delay in frames (at most
                0.2 s), wet gain.
            out: float32, added to.
        """
        ticks = check_block(send, controls, 3)
        if not (self.active or send.any()):
            self._marks[dsp.CLOCK] += ticks
            return
        dsp.reverb(
            send[0],
            send[1],
            out[0],
            out[1],
            controls,
            self._limits,
            self._low,
            self._table,
            self._entry,
            self._stages,
            self._lines,
            self._delays,
            self._drift,
            self._taps,
            self._moving,
            self._entering,
            self._mixed,
            self._marks,
            self._state,
        )


@functools.cache
def _network(sample_rate: int) -> tuple[dsp.Integers, Frames]:
    """Return the lengths of lines and diffusers and the decay table, which all reverbs share and none writes to."""
    ratio = (_LONGEST_S / _SHORTEST_S) ** (1.0 / (dsp.N_LINES - 1))
    lengths = primes_near([_SHORTEST_S * ratio**k * sample_rate for k in range(dsp.N_LINES)])
    stages = primes_near([s * sample_rate for s in _STAGES_S])
    delays = np.array([*(lengths[k] for k in _ORDER), *stages], np.int64)
    return delays, dsp.decay_table(float(sample_rate), delays[: dsp.N_LINES])


def primes_near(wanted: list[float]) -> list[int]:
    """Return a different prime near each wanted length, so that no two lines' echoes ever coincide."""
    found: list[int] = []
    for length in wanted:
        candidate = round(length)
        while candidate in found or not _is_prime(candidate):
            candidate += 1
        found.append(candidate)
    return found


def _is_prime(n: int) -> bool:
    return n > 1 and all(n % k for k in range(2, math.isqrt(n) + 1))
