"""Streams that keep to a clock: whatever the source does, the music goes on, and items come in when they should."""

from __future__ import annotations

import itertools
import threading
import tracemalloc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from stream_kit import BUSY, CALM, NEAR, RATE, Listed, drive, drive_until, kinds, own_threads, paced, settle

import latentscore as ls
from latentscore.errors import InvalidConfigError
from latentscore.stream.conductor import BLOCK
from latentscore.stream.passes import Pass

BRIGHTNESS = ("dark", "medium", "bright", "very_bright")


@pytest.fixture(scope="module")
def calm() -> np.ndarray:
    """Five seconds of the calm config, in one piece."""
    return ls.render(CALM, duration=5.0, fade_out=0).samples[: 4 * RATE]


def starts(played: Pass) -> list[tuple[int | None, float]]:
    """Items whose transitions began, and when."""
    return [(event.item, event.time_s) for event in played.teller.events if event.kind == "transition_start"]


def test_a_source_that_sleeps_holds_nothing_up(calm: np.ndarray) -> None:
    awake = threading.Event()

    def items() -> Iterator[Any]:
        yield CALM
        awake.wait()
        yield BUSY

    played = paced(items(), transition_s=0.2)
    heard = drive(played.conductor, 2.0)
    assert np.array_equal(heard, calm[: len(heard)]), "as if there were no source"
    awake.set()
    drive_until(played.conductor, lambda: starts(played))
    assert starts(played)[0][0] == 1
    played.conductor.close()
    assert settle(lambda: not own_threads())


def test_a_source_that_never_yields_again_is_left_alone(calm: np.ndarray) -> None:
    awake, ended = threading.Event(), threading.Event()

    def items() -> Iterator[Any]:
        try:
            yield CALM
            awake.wait()
        finally:
            ended.set()

    played = paced(items())
    heard = drive(played.conductor, 3.0)
    assert np.array_equal(heard, calm[: len(heard)])
    played.conductor.close()
    assert not ended.is_set(), "a thread that blocks can't be ended from outside"
    awake.set()
    assert settle(lambda: ended.is_set() and not own_threads())


def test_an_exhausted_source_lets_its_last_item_play_out_and_fades(calm: np.ndarray) -> None:
    played = paced(
        iter([ls.Streamable(CALM, duration=0.5), ls.Streamable(CALM, duration=0.5)]), transition_s=0.1
    )
    heard = drive(played.conductor, 30.0)
    assert len(heard) == RATE
    assert abs(heard[-1]) < 1e-3
    assert kinds(played)[-1] == "stream_end"
    assert not len(played.conductor.read(BLOCK))
    played.conductor.close()


@pytest.mark.parametrize("lasts", [0.5, None])
def test_what_a_source_raises_comes_after_the_audio_that_is_due(
    calm: np.ndarray, lasts: float | None
) -> None:
    def items() -> Iterator[Any]:
        yield CALM if lasts is None else ls.Streamable(CALM, duration=lasts)
        raise OSError("the sensor is gone")

    played = paced(items())
    heard: list[np.ndarray] = []
    with pytest.raises(OSError, match="the sensor is gone"):
        heard.extend(played.conductor.read(BLOCK) for _ in range(2000))
    samples = np.concatenate(heard)
    assert np.array_equal(samples, calm[: len(samples)])
    if lasts is not None:
        assert len(samples) == lasts * RATE
    assert [event.error is not None for event in played.teller.events if event.kind == "error"] == [True]
    with pytest.raises(OSError, match="the sensor is gone"):
        played.conductor.read(BLOCK)
    played.conductor.close()


def test_keep_last_goes_on_when_a_source_raises(calm: np.ndarray) -> None:
    def items() -> Iterator[Any]:
        yield ls.Streamable(CALM, duration=0.2)
        raise OSError("the sensor is gone")

    played = paced(items(), fallback="keep_last")
    heard = drive(played.conductor, 3.0)
    assert np.array_equal(heard, calm[: len(heard)])
    (told,) = [event for event in played.teller.events if event.kind == "fallback_used"]
    assert "the sensor is gone" in told.message
    played.conductor.close()


@pytest.mark.parametrize("wrong", [42, "", {"rain": -1}])
def test_what_is_no_item_counts_as_a_failure_of_the_source(calm: np.ndarray, wrong: object) -> None:
    def items() -> Iterator[Any]:
        yield ls.Streamable(CALM, duration=0.3)
        yield wrong
        yield ls.Streamable(NEAR, when="now")

    played = paced(items())
    assert len(drive(played.conductor, 5.0)) == round(0.3 * RATE)
    with pytest.raises(InvalidConfigError):
        played.conductor.read(BLOCK)
    played.conductor.close()
    kept = paced(items(), fallback="keep_last", transition_s=0.1)
    drive_until(kept.conductor, lambda: starts(kept))
    assert starts(kept)[0][0] == 2, "it is passed over"
    assert kinds(kept).count("fallback_used") == 1
    kept.conductor.close()


def test_a_flood_of_updates_is_played_one_a_block_and_none_is_dropped() -> None:
    given = itertools.count()

    def items() -> Iterator[Any]:
        yield CALM
        for k in given:
            yield ls.MusicConfigUpdate(brightness=BRIGHTNESS[k % 4])

    told: list[ls.StreamEvent] = []
    played = paced(items(), transition_s=0.0, hooks=ls.StreamHooks(on_transition_start=told.append))
    tracemalloc.start()
    try:
        drive(played.conductor, 0.7)
        before, n_before = tracemalloc.get_traced_memory()[0], len(told)
        drive(played.conductor, 1.0)
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    n_blocks = played.room.frame // BLOCK
    assert [event.item for event in told] == list(range(1, len(told) + 1)), "none dropped, none twice"
    assert 10 < len(told) <= n_blocks
    assert next(given) <= len(told) + 3, "no more than one ahead is asked for"
    assert grown < 100_000 + 1500 * (len(told) - n_before), "a line of the log for each, and no more"
    frames = [entry["frame"] for entry in played.room.log if entry["do"] == "steer"]
    assert len(set(frames)) == len(frames) == len(told)
    played.conductor.close()


def test_items_with_a_duration_hold_for_it() -> None:
    played = paced(
        [ls.Streamable(CALM, duration=1.0), ls.Streamable(NEAR, duration=1.0), BUSY], transition_s=0.25
    )
    drive(played.conductor, 0.5)
    # the music runs faster than a clock here, so it waits for what is made in the background
    for _ in range(2):
        assert settle(lambda: played.conductor._resolved or played.conductor._next)
        drive(played.conductor, 0.85)
    assert [item for item, _ in starts(played)] == [1, 2]
    assert [at for _, at in starts(played)] == pytest.approx([0.75, 1.75], abs=0.005)
    played.conductor.close()


def test_a_late_item_begins_when_it_arrives_and_its_time_counts_from_the_end_of_its_transition() -> None:
    arrived = threading.Event()

    def items() -> Iterator[Any]:
        yield ls.Streamable(CALM, duration=0.5)
        arrived.wait()
        yield ls.Streamable(NEAR, duration=1.0)
        yield ls.Streamable(CALM, duration=1.0)

    played = paced(items(), transition_s=0.25)
    drive(played.conductor, 1.5)
    assert starts(played) == []
    arrived.set()
    drive_until(played.conductor, lambda: len(starts(played)) == 2)
    (_, late), (_, next_one) = starts(played)
    assert late > 1.4
    assert next_one == pytest.approx(late + 1.0, abs=0.02)
    played.conductor.close()


def test_when_says_otherwise() -> None:
    now = paced([ls.Streamable(CALM, duration=50), ls.Streamable(NEAR, when="now")], transition_s=0.1)
    drive_until(now.conductor, lambda: starts(now), most_s=20)
    now.conductor.close()
    end = paced([CALM, ls.Streamable(NEAR, when="end")], transition_s=0.1)
    drive(end.conductor, 3.0)
    assert starts(end) == [], "a bare item lasts a minute"
    end.conductor.close()


@pytest.mark.parametrize("unit", ["beat", "bar"])
def test_a_quantised_item_begins_on_the_line(unit: str) -> None:
    bars = ls.score(CALM, duration=12).bars
    lines = [bar.onset_s for bar in bars]
    if unit == "beat":
        lines = [a + (b - a) * k / 4 for a, b in itertools.pairwise(lines) for k in range(4)]
    played = paced([CALM, ls.Streamable(BUSY, quantize=unit)], transition_s=0.1)
    drive_until(played.conductor, lambda: starts(played), most_s=30)
    at = starts(played)[0][1]
    arrived = next(e.time_s for e in played.teller.events if e.kind == "item_resolve_success" and e.item == 1)
    assert min(abs(at - line) for line in lines) < 0.006, "on a line, within a tick and the look-ahead"
    assert arrived - 0.05 < at
    played.conductor.close()


def test_a_model_that_is_slow_holds_nothing_up_and_bare_items_come_in_when_ready(calm: np.ndarray) -> None:
    answered = threading.Event()

    class Slow(Listed):
        def generate(self, vibe: str, /) -> Any:
            answered.wait()
            return BUSY

    played = paced(iter([CALM, "busy"]), model=Slow(), transition_s=0.1)
    heard = drive(played.conductor, 2.0)
    assert np.array_equal(heard, calm[: len(heard)])
    answered.set()
    drive_until(played.conductor, lambda: starts(played))
    assert played.room.target == BUSY
    played.conductor.close()
