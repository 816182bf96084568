"""A circuit breaker: after several failures in a row a dead service is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal, TypeAlias

from latentscore.config.checks import is_integer, is_number
from latentscore.errors import invalid

State: TypeAlias = Literal["closed", "open", "half_open"]


class Breaker:
    """Ask `allows()` before every call of the service, then report `succeeded()` or `failed()`.

    Closed, every call is allowed. After `failures` failures in a row it opens, and none is. `rest_s` seconds later it
    is half open: one call is allowed as a trial, and closes the breaker or opens it for another rest. A trial that
    never reports counts as failed after another `rest_s`. Safe between threads.

    Args:
        failures: Failures in a row that open it, from 1.
        rest_s: Seconds above 0.
        clock: Seconds that only go forward.

    Raises:
        InvalidConfigError: Other values.
    """

    def __init__(
        self, failures: int = 3, rest_s: float = 60.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if not (is_integer(failures) and failures >= 1):
            raise invalid("failures", failures, "a whole number from 1")
        if not (is_number(rest_s) and rest_s > 0):
            raise invalid("rest_s", rest_s, "a number of seconds above 0")
        self._limit = failures
        self._rest_s = rest_s
        self._clock = clock
        self._lock = threading.Lock()
        self._in_a_row = 0
        self._rests_until: float | None = None

    @property
    def state(self) -> State:
        """`closed`, `open` or `half_open`."""
        with self._lock:
            return self._state()

    def allows(self) -> bool:
        """Tell whether the service may be asked now; half open, only the first to ask may."""
        with self._lock:
            state = self._state()
            if state == "half_open":
                self._rest()  # the trial is under way
            return state != "open"

    def succeeded(self) -> None:
        """The service answered: close."""
        with self._lock:
            self._in_a_row = 0
            self._rests_until = None

    def failed(self) -> None:
        """The service failed: open, if that was one too many."""
        with self._lock:
            self._in_a_row += 1
            if self._in_a_row >= self._limit:
                self._rest()

    def _state(self) -> State:
        if self._rests_until is None:
            return "closed"
        return "open" if self._clock() < self._rests_until else "half_open"

    def _rest(self) -> None:
        self._rests_until = self._clock() + self._rest_s
