"""A bank: the running state of one kernel's lanes, and the queue of lanes that are to start."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from latentscore.dsp.ticks import TICK
from latentscore.instruments import spectra
from latentscore.instruments.banks import fm, kernel, lanes, modal, noise, saw, string, wavetable

_LET_GO_S: Final = 0.030
_TAU_PER_60_DB: Final = 3.454  # the envelope is squared: 60 dB are 30 dB of it

_Rows = NDArray[np.float32]


def _no_tables() -> _Rows:
    return np.zeros(0, dtype=np.float32)


class BankKind(NamedTuple):
    """What a bank's kernel needs to know of its kind."""

    name: str
    number: int
    n_rows: int
    n_extra: int = 0
    """Floats of state behind the lanes, such as delay memory."""
    tables: Callable[[], _Rows] = _no_tables
    """Returns what the kind reads but never writes, which all banks share."""


BANK_KINDS: Final[Mapping[str, BankKind]] = MappingProxyType(
    {
        "saw": BankKind("saw", kernel.SAW, saw.N_ROWS),
        "fm": BankKind("fm", kernel.FM, fm.N_ROWS),
        "modal": BankKind("modal", kernel.MODAL, modal.N_ROWS),
        "noise": BankKind("noise", kernel.NOISE, noise.N_ROWS),
        "string": BankKind("string", kernel.STRING, string.N_ROWS, string.N_EXTRA),
        "wavetable": BankKind("wavetable", kernel.WAVETABLE, wavetable.N_ROWS, tables=spectra.tables),
    }
)


class Bank:
    """Lanes of one kind. Output does not depend on how many ticks are asked for at a time.

    Args:
        kind: One of `BANK_KINDS`.
        sample_rate: Frames per second.
        salt: Makes the shared noise of this bank unlike that of others.
    """

    def __init__(self, kind: BankKind, sample_rate: int, salt: int = 0) -> None:
        self.kind = kind
        self._state = np.zeros(kind.n_rows * lanes.LANES + kind.n_extra, dtype=np.float32)
        self._counters = np.zeros(lanes.N_COUNTERS, dtype=np.int64)
        self._counters[lanes.SALT] = salt
        self._tables = kind.tables()
        self._work = np.zeros(kernel.N_WORK, dtype=np.float32)
        self._sample_rate = sample_rate
        self._let_go_co = np.float32(0.0)
        self._release_at: int | None = None
        self._queue: list[tuple[int, int, _Rows]] = []
        self._n_started = 0
        self._no_onsets = np.zeros(0, dtype=np.int64)
        self._no_rows = np.zeros((0, kind.n_rows), dtype=np.float32)

    @property
    def active(self) -> bool:
        """Whether any lane sounds or waits to start."""
        return bool(self._queue) or bool(self._counters[lanes.ACTIVE])

    @property
    def n_sounding(self) -> int:
        """Lanes that sound now."""
        return int(self._counters[lanes.ACTIVE])

    def start(self, frame: int, rows: _Rows) -> None:
        """Let lanes start at an absolute frame, each later by its DELAY. Start before `process` gets there."""
        delays: list[float] = rows[:, lanes.column(lanes.DELAY)].tolist()
        if any(delays):
            for k, delay in enumerate(delays):
                self._enqueue(frame + int(delay), rows[k : k + 1])
        else:
            self._enqueue(frame, rows)

    def release(self, frame: int, seconds: float = _LET_GO_S) -> None:
        """Let all lanes go within `seconds` from the tick of `frame`, and forget what is queued from there on."""
        tick_frame = frame // TICK * TICK
        self._let_go_co = np.float32(-math.expm1(-TICK * _TAU_PER_60_DB / (seconds * self._sample_rate)))
        del self._queue[bisect_left(self._queue, (tick_frame,)) :]
        self._release_at = tick_frame

    def stretch(self, factor: float) -> None:
        """Multiply the time for which every sounding lane is still held."""
        self._state[lanes.HOLD : lanes.HOLD + self.n_sounding] *= np.float32(factor)

    def reset(self) -> None:
        """Silence the bank at once and forget its queue."""
        self._state[:] = 0.0
        self._counters[lanes.ACTIVE] = 0
        self._queue.clear()
        self._release_at = None

    def process(self, first_frame: int, n_ticks: int, controls: NDArray[np.float32], out: _Rows) -> None:
        """Add the next ticks to `out`.

        Args:
            first_frame: Absolute frame of the first tick, a multiple of TICK.
            n_ticks: How many, from 1.
            controls: float32 (n_ticks + 1, 3): cutoff factor, pitch factor and level at the tick boundaries.
            out: float32 (2, n_ticks * TICK), woven ticks (`latentscore.dsp.weave`).
        """
        done = 0
        if self._release_at is not None and self._release_at < first_frame + n_ticks * TICK:
            done = max(0, (self._release_at - first_frame) // TICK)
            if done:
                self._run(first_frame, controls[: done + 1], out[:, : done * TICK])
            self._let_go()
            first_frame += done * TICK
        self._run(first_frame, controls[done:], out[:, done * TICK :])

    def _enqueue(self, frame: int, rows: _Rows) -> None:
        insort(self._queue, (frame, self._n_started, rows))  # the counter is unique: rows are never compared
        self._n_started += 1

    def _let_go(self) -> None:
        self._state[lanes.HOLD : lanes.HOLD + self.n_sounding] = 0.0
        co = self._state[lanes.RELEASE_CO : lanes.RELEASE_CO + self.n_sounding]
        np.maximum(co, self._let_go_co, out=co)
        self._release_at = None

    def _run(self, first_frame: int, controls: NDArray[np.float32], out: _Rows) -> None:
        end = first_frame + (controls.shape[0] - 1) * TICK
        n_due = bisect_left(self._queue, (end,))
        if n_due:
            due = self._queue[:n_due]
            rows = due[0][2] if n_due == 1 else np.concatenate([entry[2] for entry in due])
            onsets = np.array(
                [frame for frame, _, started in due for _ in range(len(started))], dtype=np.int64
            )
            del self._queue[:n_due]
        else:
            rows, onsets = self._no_rows, self._no_onsets
        # One-dimensional slices have one type for numba, whatever array `out` is a part of.
        kernel.bank_kernel(
            self.kind.number,
            self._state,
            self._counters,
            onsets,
            rows,
            first_frame,
            np.ascontiguousarray(controls),
            self._tables,
            self._work,
            out[0],
            out[1],
        )
        taken = int(self._counters[lanes.TAKEN])
        if taken < onsets.shape[0]:  # no lane was free: they wait, in order
            waiting = [
                (int(onsets[k]), k - onsets.shape[0], rows[k : k + 1]) for k in range(taken, onsets.shape[0])
            ]
            self._queue[:0] = waiting
