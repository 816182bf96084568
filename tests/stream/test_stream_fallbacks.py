"""Texts that can't be resolved: what each fallback plays in streams, live streams and sessions, sample for sample."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from stream_kit import BUSY, CALM, NEAR, RATE, Listed, drive, drive_until, kinds, own_threads, paced, settle

import latentscore as ls
from latentscore.errors import ConfigGenerateError, InvalidConfigError, LLMInferenceError

UPDATE = ls.MusicConfigUpdate(brightness="bright", bass="walking")
DEAD = "neon rain over a dead line"
FAILURES: dict[str, Any] = {
    "no answer": (LLMInferenceError("no answer"), LLMInferenceError),
    "a bug of its own": (ZeroDivisionError("oops"), LLMInferenceError),
    "no config": ("rain", ConfigGenerateError),
}
FALLBACKS: dict[str, Any] = {
    "raise": None,
    "keep_last": "keep_last",
    "embedding": "embedding",
    "config": BUSY,
    "update": UPDATE,
}
SAME = round(1.5 * RATE)
"""Before the final fade of streams, which sessions don't have."""


def heard(way: str, items: list[Any], **options: Any) -> tuple[NDArray[np.float32], Any]:
    """Two seconds of two items, and who tells the events."""
    options = {"seed": 3, **options}
    if way == "stream":
        seen: list[ls.StreamEvent] = []
        stream = ls.stream(
            *items, duration=1.0, transition=0.25, hooks=ls.StreamHooks(on_event=seen.append), **options
        )
        return stream.collect().samples, seen
    if way == "live":
        live = ls.live([ls.Streamable(item, duration=1.0) for item in items], transition=0.25, **options)
        return live.collect().samples, list(live.events)
    with ls.session(transition=0.25, **options) as session:
        session.set(items[0])
        first = session.read(round(0.75 * RATE))
        session.set(items[1])
        return np.concatenate([first, session.read(round(1.25 * RATE))]), list(session.events)


@pytest.fixture(scope="module")
def expected() -> dict[str, NDArray[np.float32]]:
    """What each fallback is to play, asked for as such."""

    def played(*items: Any) -> NDArray[np.float32]:
        return heard("session", list(items))[0][:SAME]

    return {
        "keep_last": ls.render(CALM, duration=2.0, fade_out=0, seed=3).samples[:SAME],
        "embedding": played(CALM, DEAD),
        "config": played(CALM, BUSY),
        "update": played(CALM, UPDATE),
    }


@pytest.mark.parametrize("way", ["stream", "live", "session"])
@pytest.mark.parametrize("fallback", ["keep_last", "embedding", "config", "update"])
def test_every_fallback_plays_what_it_promises(
    way: str, fallback: str, expected: dict[str, NDArray[np.float32]]
) -> None:
    model = Listed(**{DEAD: LLMInferenceError("no answer")})
    samples, events = heard(way, [CALM, DEAD], model=model, fallback=FALLBACKS[fallback])
    assert len(samples) == 2 * RATE
    assert np.array_equal(samples[:SAME], expected[fallback])
    assert model.asked == [DEAD]
    (told,) = [event for event in events if event.kind == "fallback_used"]
    assert (told.item, told.label) == (1, DEAD)


@pytest.mark.parametrize("way", ["stream", "live", "session"])
@pytest.mark.parametrize("failure", list(FAILURES))
def test_without_a_fallback_the_error_reaches_the_caller(way: str, failure: str) -> None:
    answer, error = FAILURES[failure]
    with pytest.raises(error, match=r"listed|no answer"):
        heard(way, [CALM, DEAD], model=Listed(**{DEAD: answer}))


def test_the_error_comes_after_the_audio_that_is_due_and_a_session_plays_on() -> None:
    model = Listed(**{DEAD: LLMInferenceError("no answer")})
    blocks: list[NDArray[np.float32]] = []
    chunks = ls.stream(CALM, DEAD, duration=0.5, transition=0.2, model=model).chunks(0.1)
    with pytest.raises(LLMInferenceError):
        blocks.extend(chunks)
    calm = ls.render(CALM, duration=1.0, fade_out=0).samples
    assert np.array_equal(np.concatenate(blocks), calm[: RATE // 2])
    with ls.session(model=model) as session:
        session.set(CALM)
        with pytest.raises(LLMInferenceError):
            session.set(DEAD)
        assert np.array_equal(session.read(RATE // 2), calm[: RATE // 2])
        assert kinds(session).count("error") == 1


@pytest.mark.parametrize("fallback", list(FALLBACKS))
def test_paced_the_music_goes_on_while_a_model_fails(fallback: str) -> None:
    model = Listed(**{DEAD: LLMInferenceError("no answer")})
    played = paced(iter([CALM, DEAD]), model=model, fallback=FALLBACKS[fallback], transition_s=0.1, seed=3)
    wanted = {"config": BUSY, "update": UPDATE.apply(CALM), "keep_last": CALM}
    if FALLBACKS[fallback] is None:
        with pytest.raises(LLMInferenceError):
            drive_until(played.conductor, lambda: False)
        played.conductor.close()
        return
    drive_until(played.conductor, lambda: "fallback_used" in kinds(played))
    if fallback == "keep_last":
        drive(played.conductor, 0.5)
        assert "transition_start" not in kinds(played)
    else:
        drive_until(played.conductor, lambda: "transition_end" in kinds(played))
    if fallback in wanted:
        assert played.room.target == wanted[fallback]
    else:
        assert played.room.target == ls.render(DEAD, duration=0.01).config
    played.conductor.close()


def test_an_item_may_have_a_fallback_of_its_own() -> None:
    model = Listed(**{DEAD: LLMInferenceError("no answer")})
    item = ls.Streamable(DEAD, duration=0.3, fallback=NEAR, transition_duration=0.1)
    stream = ls.stream(ls.Track(CALM, 0.3), item, model=model, fallback="keep_last", seed=3)
    other = ls.stream(ls.Track(CALM, 0.3), ls.Streamable(DEAD, duration=0.3, transition_duration=0.1), seed=3,
                      model=Listed(**{DEAD: NEAR}))  # fmt: skip
    assert np.array_equal(stream.collect().samples, other.collect().samples)


@pytest.mark.parametrize("way", ["stream", "live", "session"])
def test_a_first_item_has_nothing_to_keep(way: str) -> None:
    with pytest.raises(LLMInferenceError, match="no answer"):
        heard(way, [DEAD, CALM], model=Listed(**{DEAD: LLMInferenceError("no answer")}), fallback="keep_last")


@pytest.mark.parametrize(("fallback", "config"), [(BUSY, BUSY), (UPDATE, UPDATE.apply(ls.MusicConfig()))])
def test_a_first_item_falls_back_on_a_config_or_an_update_of_the_default(
    fallback: Any, config: ls.MusicConfig
) -> None:
    model = Listed(**{DEAD: LLMInferenceError("no answer")})
    assert ls.stream(DEAD, duration=0.1, model=model, fallback=fallback).collect().config == config


@pytest.mark.parametrize("fallback", ["keep_last", "embedding", "config"])
def test_a_dead_model_is_not_asked_for_every_item(fallback: str) -> None:
    model = Listed(**{DEAD: LLMInferenceError("no answer")})
    items = [ls.Streamable(DEAD, duration=0.05) for _ in range(6)]
    first = ls.Streamable(CALM, duration=0.05)
    live = ls.live([first, *items], model=model, fallback=FALLBACKS[fallback], transition=0.0, seed=3)
    assert len(live.collect().samples) == round(0.35 * RATE)
    assert len(model.asked) == 3, "after three failures in a row it is left alone for a while"
    assert kinds(live).count("fallback_used") == 6, "and every item is answered all the same"


def test_a_model_that_hangs_holds_up_neither_the_music_nor_the_end() -> None:
    awake = threading.Event()

    class Hanging(Listed):
        def generate(self, vibe: str, /) -> Any:
            awake.wait()
            return BUSY

    played = paced(iter([CALM, DEAD]), model=Hanging(), transition_s=0.1)
    heard = drive(played.conductor, 1.0)
    assert np.array_equal(heard, ls.render(CALM, duration=2.0, fade_out=0).samples[: len(heard)])
    played.conductor.close()
    assert settle(lambda: not own_threads()), "nobody waits for its answer any more"
    awake.set()


def test_an_unknown_model_is_refused_at_once() -> None:
    calls: list[Callable[[], object]] = [
        lambda: ls.stream("rain", model="fastest"),
        lambda: ls.live(["rain"], model="fastest"),
        lambda: ls.session(model="fastest"),
    ]
    for call in calls:
        with pytest.raises(ls.ModelNotAvailableError, match="fastest"):
            call()
    with pytest.raises(InvalidConfigError, match="fallback"):
        ls.session(fallback="fast")  # type: ignore[arg-type]


def test_an_update_that_what_plays_cannot_take_is_passed_over_or_raises() -> None:
    high = ls.MusicConfig(register_min_oct=5, register_max_oct=8)
    items = [
        ls.Streamable(high, duration=0.5),
        ls.Streamable(ls.MusicConfigUpdate(register_max_oct=3), duration=0.5, transition_duration=0.1),
        ls.Streamable(BUSY, duration=0.5, transition_duration=0.1),
    ]
    live = ls.live(iter(items), fallback="keep_last", seed=3)
    assert live.collect().samples.any()
    assert "fallback_used" in kinds(live)
    assert kinds(live).count("error") == 1
    with pytest.raises(InvalidConfigError, match="register_max_oct"):
        ls.live(iter(items), seed=3).collect()
