"""The circuit breaker: closed, open, half open, by an injected clock."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentscore.errors import InvalidConfigError
from latentscore.vibe.breaker import Breaker


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_opens_after_failures_in_a_row_and_tries_again_after_a_rest() -> None:
    clock = Clock()
    breaker = Breaker(failures=2, rest_s=10.0, clock=clock)
    breaker.failed()
    breaker.succeeded()  # the row is broken
    breaker.failed()
    assert (breaker.state, breaker.allows()) == ("closed", True)
    breaker.failed()
    assert (breaker.state, breaker.allows()) == ("open", False)
    clock.now += 9.99
    assert not breaker.allows()
    clock.now += 0.01
    assert breaker.state == "half_open"
    assert [breaker.allows(), breaker.allows()] == [True, False]  # one trial at a time
    breaker.failed()
    assert breaker.state == "open"
    clock.now += 10.0
    assert breaker.allows()
    breaker.succeeded()
    assert (breaker.state, breaker.allows()) == ("closed", True)


def test_a_trial_that_never_reports_is_given_up() -> None:
    clock = Clock()
    breaker = Breaker(failures=1, rest_s=5.0, clock=clock)
    breaker.failed()
    clock.now += 5.0
    assert breaker.allows()
    clock.now += 4.9
    assert not breaker.allows()
    clock.now += 0.1
    assert breaker.allows()


@given(st.lists(st.sampled_from(["failed", "succeeded", "wait", "ask"]), max_size=60))
def test_a_dead_service_is_asked_at_most_once_a_rest(steps: list[str]) -> None:
    clock = Clock()
    breaker = Breaker(failures=3, rest_s=10.0, clock=clock)
    in_a_row, asked_at = 0, -1e9
    for step in steps:
        if step == "wait":
            clock.now += 4.0
        elif step == "ask":
            allowed = breaker.allows()
            if in_a_row < 3:
                assert allowed
            elif allowed:
                assert clock.now - asked_at >= 10.0
                asked_at = clock.now
        else:
            getattr(breaker, step)()
            in_a_row = in_a_row + 1 if step == "failed" else 0
            if in_a_row >= 3:
                asked_at = clock.now


@pytest.mark.parametrize(
    ("name", "value"), [("failures", 0), ("failures", 1.5), ("rest_s", 0), ("rest_s", "1")]
)
def test_other_settings_are_refused(name: str, value: Any) -> None:
    with pytest.raises(InvalidConfigError, match=name):
        Breaker(**{name: value})
