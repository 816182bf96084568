"""Hooks and events: what happens to a stream is told once, in order, and nobody who listens can stop the music."""

from __future__ import annotations

import logging
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from stream_kit import BUSY, CALM, NEAR, Listed, kinds

import latentscore as ls
from latentscore.errors import LLMInferenceError
from latentscore.hooks import EVENT_KINDS
from latentscore.stream.events import Teller

STEER = ls.MusicConfigUpdate(brightness="bright")
HEARD_ELSEWHERE = {"underrun", "transition_shortened"}
"""Told by playback, and by generators."""


def options() -> dict[str, Any]:
    model = Listed(calm=CALM, dead=LLMInferenceError("no answer"))
    return {"duration": 0.3, "transition": 0.1, "model": model, "fallback": "keep_last"}


def test_a_stream_tells_its_story_in_order() -> None:
    seen: list[ls.StreamEvent] = []
    stream = ls.stream("calm", STEER, "dead", BUSY, hooks=ls.StreamHooks(on_event=seen.append), **options())
    list(stream.chunks(0.05))
    assert [(event.kind, event.item) for event in seen if not event.kind.startswith("transition")] == [
        ("stream_start", None),
        ("item_resolve_start", 0),
        ("model_load_start", 0),
        ("model_load_end", 0),
        ("item_resolve_success", 0),
        ("first_config_ready", 0),
        ("first_audio_chunk", None),
        ("item_resolve_start", 2),
        ("item_resolve_error", 2),
        ("fallback_used", 2),
        ("item_resolve_start", 3),
        ("item_resolve_success", 3),
        ("stream_end", None),
    ]
    transitions = [(event.kind, event.item) for event in seen if event.kind.startswith("transition")]
    assert transitions == [
        ("transition_start", 1),
        ("transition_end", 1),
        ("transition_start", 3),
        ("transition_end", 3),
    ]
    times = [event.time_s for event in seen if event.kind != "first_audio_chunk"]
    assert all(b >= a - 0.02 for a, b in pairwise(times)), "look-ahead and tick aside"
    by_kind = {event.kind: event for event in seen}
    assert (by_kind["first_config_ready"].config, by_kind["first_config_ready"].label) == (CALM, "calm")
    assert isinstance(by_kind["item_resolve_error"].error, LLMInferenceError)
    assert "no answer" in by_kind["fallback_used"].message
    assert by_kind["model_load_start"].message == "listed"


def test_each_kind_has_its_callback_and_each_is_called_for_its_kind_alone() -> None:
    assert {f"on_{kind}" for kind in (*EVENT_KINDS, "event")} == set(ls.StreamHooks.__dataclass_fields__)
    seen: list[str] = []
    callbacks = {
        f"on_{kind}": lambda event, kind=kind: seen.append(f"{kind} {event.kind}") for kind in EVENT_KINDS
    }

    def items() -> Any:
        yield ls.Streamable("calm", duration=0.1)
        yield ls.Streamable(STEER, duration=0.3, transition_duration=0.2)
        yield ls.Streamable("dead", duration=0.3, transition_duration=0.0)
        yield ls.Streamable("calm", duration=0.3, transition_duration=0.2, when="now")
        yield ls.Streamable(BUSY, duration=0.3, transition_duration=0.2, when="now")
        yield ls.Streamable("calm", duration=0.3, transition_duration=0.2, when="now")
        raise OSError("gone")

    live = ls.live(items(), model=options()["model"], fallback="keep_last", hooks=ls.StreamHooks(**callbacks))
    live.collect()
    assert all(one.split()[0] == one.split()[1] for one in seen)
    assert {one.split()[0] for one in seen} == set(EVENT_KINDS) - {"underrun"}
    assert kinds(live) == [one.split()[0] for one in seen], "and the stream remembers them"


def test_hooks_that_raise_are_logged_and_change_no_sample(caplog: pytest.LogCaptureFixture) -> None:
    def angry(event: ls.StreamEvent) -> None:
        raise RuntimeError(event.kind)

    hooks = ls.StreamHooks(on_event=angry, on_transition_start=angry)
    with caplog.at_level(logging.ERROR, "latentscore.hooks"):
        heard = ls.stream("calm", STEER, "dead", hooks=hooks, **options()).collect()
    quiet = ls.stream("calm", STEER, "dead", **options()).collect()
    assert np.array_equal(heard.samples, quiet.samples)
    assert sum("on_transition_start raised" in record.message for record in caplog.records) == 1


def test_a_session_tells_as_well() -> None:
    with ls.session(transition=0.2, model=options()["model"], fallback="keep_last") as session:
        for item in ("calm", NEAR, "dead"):
            session.set(item)
            session.read(20_000)
        assert kinds(session) == [
            "item_resolve_start",
            "model_load_start",
            "model_load_end",
            "item_resolve_success",
            "first_config_ready",
            "first_audio_chunk",
            "item_resolve_start",
            "item_resolve_success",
            "transition_start",
            "transition_end",
            "item_resolve_start",
            "item_resolve_error",
            "fallback_used",
        ]


def test_of_vibes_that_come_too_fast_the_latest_wins_and_the_rest_are_reported() -> None:
    with ls.session(transition=1.0) as session:
        session.set(CALM)
        session.read(1000)
        for config in (BUSY, CALM, BUSY, CALM):
            session.set(config)
            session.read(100)
        session.read(2 * 44100)
        told = [(event.kind, event.item) for event in session.events if event.item]
    assert [item for kind, item in told if kind == "item_superseded"] == [2, 3]
    assert [item for kind, item in told if kind == "transition_start"] == [1, 4]
    assert [item for kind, item in told if kind == "transition_end"] == [1, 4]
    assert session.config == CALM


def test_only_the_latest_thousand_events_are_remembered() -> None:
    teller = Teller(None, lambda: 1.5)
    for k in range(1010):
        teller.tell("underrun", message=str(k))
    assert [event.message for event in teller.events] == [str(k) for k in range(10, 1010)]
    assert teller.events[0].time_s == 1.5
