"""How long streams last, where their transitions lie, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from stream_kit import BUSY, CALM, NEAR, RATE, joined, kinds

import latentscore as ls
from latentscore.errors import InvalidConfigError, StreamStateError

STEER = ls.MusicConfigUpdate(brightness=ls.Step(1))


@settings(max_examples=3, phases=[Phase.generate])  # to shrink would take minutes
@given(durations=st.lists(st.floats(0.05, 0.5), min_size=1, max_size=3), rate=st.sampled_from([44100, 48000]))
def test_a_stream_lasts_as_long_as_its_items_to_the_frame(durations: list[float], rate: int) -> None:
    items = [ls.Track(CALM, duration=seconds, transition=0.01) for seconds in durations]
    stream = ls.stream(*items, sample_rate=rate)
    assert sum(map(len, stream)) == round(sum(durations) * rate)
    assert stream.duration == pytest.approx(sum(durations))


def test_a_total_is_split_evenly() -> None:
    total = ls.stream(CALM, STEER, NEAR, total_duration=1.0, transition=0.1).collect()
    each = ls.stream(CALM, STEER, NEAR, duration=1.0 / 3, transition=0.1).collect()
    assert len(total.samples) == RATE
    assert np.array_equal(total.samples, each.samples)


def test_the_transition_ends_when_the_time_of_the_item_before_is_up() -> None:
    told: list[ls.StreamEvent] = []
    hooks = ls.StreamHooks(on_transition_start=told.append, on_transition_end=told.append)
    ls.stream(CALM, NEAR, STEER, duration=1.0, transition=0.25, hooks=hooks).collect()
    assert [(event.kind[11:], event.item) for event in told] == [
        ("start", 1),
        ("end", 1),
        ("start", 2),
        ("end", 2),
    ]
    assert [event.time_s for event in told] == pytest.approx([0.75, 1.0, 1.75, 2.0], abs=0.01)


def test_a_first_item_that_is_an_update_changes_the_default_config() -> None:
    update = ls.MusicConfigUpdate(density=2, space="dry")
    streamed = ls.stream(update, duration=0.7).collect()
    assert streamed.config == update.apply(ls.MusicConfig())
    assert np.array_equal(streamed.samples, ls.render(update.apply(ls.MusicConfig()), duration=0.7).samples)


def test_the_first_items_transition_is_ignored() -> None:
    with_one = ls.stream(ls.Track(CALM, duration=0.5, transition=30.0)).collect()
    assert np.array_equal(with_one.samples, ls.stream(CALM, duration=0.5).collect().samples)


def test_of_known_items_a_transition_longer_than_the_one_before_is_refused() -> None:
    with pytest.raises(InvalidConfigError, match=r"transition must be at most 2 s into item 1.*; got 3\.0"):
        ls.stream(CALM, BUSY, duration=2.0, transition=3.0)
    with pytest.raises(InvalidConfigError, match="at most 1 s into item 2"):
        ls.Playlist([CALM, ls.Track(CALM, duration=1.0), BUSY], transition=2.0).stream()
    assert ls.stream(CALM, BUSY, duration=2.0, transition=2.0).duration == 4.0


def test_from_a_generator_a_transition_longer_than_the_item_before_is_shortened_and_reported() -> None:
    def items() -> Iterator[Any]:
        yield ls.Streamable(CALM, duration=0.6)
        yield ls.Streamable(BUSY, duration=0.5, transition_duration=2.0)

    live = ls.live(items())
    heard = live.collect()
    assert len(heard.samples) == round(1.1 * RATE)
    (told,) = [event for event in live.events if event.kind == "transition_shortened"]
    assert (told.item, told.message) == (1, "to the 0.6 s that are left")
    whole = ls.stream(CALM, ls.Track(BUSY, duration=0.5, transition=0.6), duration=0.6)
    assert np.array_equal(heard.samples, whole.collect().samples)


def test_a_bare_item_of_a_generator_holds_for_a_minute_or_until_it_is_cut() -> None:
    def items() -> Iterator[Any]:
        yield CALM
        yield from (BUSY, 42)

    live = ls.live(items(), transition=1.0)
    heard = live.collect(1.5)
    assert np.array_equal(heard.samples, ls.stream(CALM, duration=1.5).collect().samples)
    assert "transition_start" not in kinds(live)


def test_a_slow_generator_does_not_change_the_samples() -> None:
    """Off the clock the music waits: what is heard does not depend on the machine."""
    import threading

    arrived = threading.Event()

    def items() -> Iterator[Any]:
        yield ls.Streamable(CALM, duration=0.5)
        arrived.wait(10)
        yield ls.Streamable(NEAR, duration=0.5)

    blocks = ls.live(items(), chunk_seconds=0.1, transition=0.2).chunks()
    threading.Timer(0.3, arrived.set).start()
    expected = ls.stream(CALM, NEAR, duration=0.5, transition=0.2).collect().samples
    assert np.array_equal(joined(blocks), expected)


def test_an_empty_source_is_an_error_of_state() -> None:
    for use in (lambda live: live.collect(), lambda live: next(live.chunks()), lambda live: list(live)):
        with pytest.raises(StreamStateError, match="must give at least one"):
            use(ls.live([]))

    async def read() -> None:
        async for _ in ls.astream(iter(())):
            raise AssertionError("a block of nothing")

    with pytest.raises(StreamStateError, match="must give at least one"):
        asyncio.run(read())


def test_a_live_stream_is_consumed_once() -> None:
    live = ls.live([ls.Streamable(CALM, duration=0.1)])
    assert len(live.collect().samples) == round(0.1 * RATE)
    for use in (live.collect, live.chunks, live.achunks, live.play, lambda: live.save("x.wav")):
        with pytest.raises(StreamStateError, match="consumed once"):
            use()
    live.close()
    with pytest.raises(StreamStateError, match="is closed"):
        live.collect()


def test_closing_an_unused_live_stream_closes_its_generator() -> None:
    ended: list[bool] = []

    def items() -> Iterator[Any]:
        try:
            yield CALM
        finally:
            ended.append(True)

    generator = items()
    next(generator)
    with ls.live(generator):
        pass
    assert ended == [True]


def test_a_reader_that_stops_early_ends_generator_and_thread() -> None:
    ended: list[bool] = []

    def items() -> Iterator[Any]:
        try:
            while True:
                yield ls.Streamable(CALM, duration=0.2)
        finally:
            ended.append(True)

    chunks = ls.live(items(), chunk_seconds=0.05, transition=0.05).chunks()
    next(chunks)
    chunks.close()  # type: ignore[attr-defined]
    assert ended == [True]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: ls.stream(), "items"),
        (lambda: ls.stream(""), "vibe"),
        (lambda: ls.stream(42), "item 0"),
        (lambda: ls.stream(CALM, duration=0), "duration"),
        (lambda: ls.stream(CALM, duration=float("nan")), "duration"),
        (lambda: ls.stream(CALM, total_duration=-1), "total_duration"),
        (lambda: ls.stream(CALM, transition=-1), "transition"),
        (lambda: ls.stream(CALM, seed=-1), "seed"),
        (lambda: ls.stream(CALM, channels=3), "channels"),
        (lambda: ls.stream(CALM, sample_rate=22050), "sample_rate"),
        (lambda: ls.stream(CALM, fallback="fast"), "fallback"),
        (lambda: ls.stream(CALM, hooks=print), "hooks"),
        (lambda: ls.stream({"rain": -1.0}), "item 0"),
        (lambda: ls.stream({}), "item 0"),
        (lambda: ls.stream(CALM).chunks(0), "chunk_seconds"),
        (lambda: ls.live("a lone text"), "items"),
        (lambda: ls.live(42), "items"),
        (lambda: ls.live([CALM]).collect(0), "seconds"),
        (lambda: ls.astream([CALM], duration=0), "duration"),
        (lambda: ls.stream_texts("a lone text"), "texts"),
        (lambda: ls.stream_configs(["rain"]), "configs"),
        (lambda: ls.Playlist([]), "tracks"),
        (lambda: ls.Track(CALM, duration=0), "duration"),
        (lambda: ls.Streamable(CALM, when="soon"), "when"),
        (lambda: ls.Streamable(CALM, quantize="note"), "quantize"),
        (lambda: ls.session(quantize="note"), "quantize"),
        (lambda: ls.session(transition=float("inf")), "transition"),
    ],
)
def test_a_bad_argument_is_refused_at_the_call(call: Any, told: str) -> None:
    with pytest.raises(InvalidConfigError, match=told):
        call()


def test_streams_of_one_kind_are_the_stream() -> None:
    expected = ls.stream(CALM, NEAR, duration=0.3, transition=0.1).collect().samples
    configs = ls.stream_configs(iter([CALM, NEAR]), duration=0.3, transition=0.1)
    update = ls.MusicConfigUpdate(brightness="bright", pad="cinematic")
    updates = ls.stream_updates(CALM, iter([update]), duration=0.3, transition=0.1)
    assert np.array_equal(configs.collect().samples, expected)
    assert np.array_equal(updates.collect().samples, expected)
