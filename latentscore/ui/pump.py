"""The pump: music is read at the pace at which a listener far away plays it, and always a little ahead."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from latentscore.errors import LatentScoreError

_log = logging.getLogger(__name__)

LEAD_S: Final = 0.8
"""How far ahead the listener is kept: what a busy network or kernel may delay, and what a change has to wait for."""
BLOCK_S: Final = 0.2

Frames = NDArray[np.float32]


class Pump:
    """A thread that reads blocks and delivers them, until it is closed. It begins paused.

    Args:
        read: Returns the next so many frames; only the pump's thread calls it.
        deliver: Takes each block, in the pump's thread.
        failed: Takes what `read` or `deliver` raised; the pump pauses.
        sample_rate: Frames per second.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        read: Callable[[int], Frames],
        deliver: Callable[[Frames], object],
        failed: Callable[[Exception], object],
        sample_rate: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read, self._deliver, self._failed = read, deliver, failed
        self._rate, self._clock = sample_rate, clock
        self._change = threading.Condition()
        self._runs = self._closed = False
        self._sent = 0
        self._heard, self._heard_at = 0.0, 0.0
        self._thread = threading.Thread(target=self._run, name="latentscore-widget", daemon=True)
        self._thread.start()

    @property
    def sent(self) -> int:
        """Frames delivered so far."""
        return self._sent

    def resume(self) -> None:
        """Deliver, beginning at once."""
        with self._change:
            self._heard, self._heard_at = self._played(), self._clock()
            self._runs = True
            self._change.notify_all()

    def pause(self) -> None:
        """Deliver no more. What was delivered is still to be played."""
        with self._change:
            self._heard, self._runs = self._played(), False
            self._change.notify_all()

    def heard(self, n_frames: float) -> None:
        """Note what the listener tells: how many frames it has played. Until it tells again its clock is assumed."""
        with self._change:
            self._heard, self._heard_at = min(float(n_frames), float(self._sent)), self._clock()
            self._change.notify_all()

    def close(self) -> None:
        """End the thread."""
        with self._change:
            self._closed = True
            self._change.notify_all()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _played(self) -> float:
        """Return the frames that the listener has played, as far as can be told: never more than it was sent."""
        since = (self._clock() - self._heard_at) * self._rate if self._runs else 0.0
        return min(self._heard + since, float(self._sent))

    def _run(self) -> None:
        while self._await_turn():
            try:
                block = self._read(round(BLOCK_S * self._rate))
                self._deliver(block)
            except Exception as error:  # a model's or a front end's: told, and the next play tries again
                if not isinstance(error, LatentScoreError):
                    _log.exception("The music of the widget stopped")
                self.pause()
                self._failed(error)
                continue
            with self._change:
                if self._sent - self._played() <= 0.0:  # it had run dry, and begins to play only now
                    self._heard, self._heard_at = float(self._sent), self._clock()
                self._sent += len(block)

    def _await_turn(self) -> bool:
        """Wait until a block is due; False once closed."""
        with self._change:
            while not self._closed:
                surplus = (self._sent - self._played()) / self._rate - LEAD_S
                if self._runs and surplus <= 0.0:
                    return True
                self._change.wait(surplus if self._runs else None)
            return False
