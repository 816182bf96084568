"""Sessions: what is set is played from that very frame, faders add up, and snapshots go on with the next sample."""

from __future__ import annotations

import json
import pickle
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from stream_kit import BUSY, CALM, NEAR, RATE, Hasty, Listed, kinds, settle

import latentscore as ls
from latentscore.errors import FileFormatError, InvalidConfigError, LLMInferenceError, StreamStateError
from latentscore.events import LAYERS
from latentscore.output.recipes import SessionRecipe
from latentscore.stream.replaying import render_log

DARKER = ls.MusicConfigUpdate(brightness="very_dark")


def playing(item: Any = CALM, **options: Any) -> ls.Session:
    """A session that plays something."""
    session = ls.session(**options)
    session.set(item)
    return session


def starts(session: ls.Session) -> list[float]:
    """When transitions began, in seconds."""
    return [event.time_s for event in session.events if event.kind == "transition_start"]


@pytest.mark.parametrize("channels", [1, 2])
def test_a_read_is_never_short_and_has_the_shape_that_was_asked_for(channels: int) -> None:
    with playing(channels=channels, sample_rate=48_000) as session:
        for n in (0, 1, 63, 100_000):
            block = session.read(n)
            assert block.shape == ((n,) if channels == 1 else (n, 2))
            assert block.dtype == np.float32
        assert session.position == 100_064 / 48_000


def test_states_in_which_it_refuses() -> None:
    session = ls.session()
    with pytest.raises(StreamStateError, match="set an item first"):
        session.read(10)
    session.set(CALM)
    for bad in (-1, 1.5, True):
        with pytest.raises(InvalidConfigError, match="n_frames"):
            session.read(bad)  # type: ignore[arg-type]
    with pytest.raises(InvalidConfigError, match="layer"):
        session.mute("drums")
    with pytest.raises(InvalidConfigError, match="gain_db"):
        session.gain("bass", 40)
    with pytest.raises(InvalidConfigError, match="transition"):
        session.set(CALM, transition=-1)
    session.close()
    session.close()
    for use in (
        lambda: session.read(1),
        lambda: session.set(CALM),
        session.snapshot,
        lambda: session.mute("bass"),
    ):
        with pytest.raises(StreamStateError, match="closed"):
            use()
    assert session.log[0]["do"] == "start"


def test_updates_and_near_configs_steer_and_the_rest_crossfades() -> None:
    with playing(model=Listed(shore=NEAR), transition=0.01) as session:
        for item in (DARKER, NEAR, BUSY, "shore"):
            session.read(3000)
            session.set(item)
        assert [entry["do"] for entry in session.log] == ["start", "steer", "steer", "crossfade", "crossfade"]
        assert [entry["frame"] for entry in session.log] == [0, 3000, 6000, 9000, 12000]
        assert session.config == NEAR


def test_an_update_applies_to_what_is_on_its_way() -> None:
    with playing(transition=1.0) as session:
        session.read(1000)
        session.set(BUSY)
        session.read(1000)
        session.set(CALM)  # waits for the crossfade under way
        session.set(DARKER)
        assert session.config == DARKER.apply(CALM)
        session.read(3 * RATE)
        assert session.config == DARKER.apply(CALM)


def test_moving_the_weights_of_a_blend_steers_as_far_as_it_is_near() -> None:
    with ls.session(model=Listed(shore=CALM, harbour=NEAR, city=BUSY), seed=1) as session:
        session.prompts({"shore": 0.9, "harbour": 0.1})
        session.read(2000)
        session.prompts({"shore": 0.2, "harbour": 0.8}, transition=0.1)
        session.read(2000)
        session.prompts({"shore": 0.1, "city": 0.9}, transition=0.1)
        assert [entry["do"] for entry in session.log] == ["start", "steer", "crossfade"]


def test_the_calls_terms_go_before_the_items_and_those_before_the_sessions() -> None:
    item = ls.Streamable(DARKER, transition_duration=0.2, quantize="beat")
    with playing(transition=0.3, quantize="bar") as session:
        session.set(DARKER)
        session.set(item)
        session.set(item, transition=0.1, quantize="bar")
        asked = [(entry["transition_s"], entry["quantize"]) for entry in session.log[1:]]
        assert asked == [(0.3, "bar"), (0.2, "beat"), (0.1, "bar")]


def test_a_quantised_change_waits_for_the_bar() -> None:
    bars = [bar.onset_s for bar in ls.score(CALM, duration=8).bars]
    with playing(quantize="bar") as session:
        session.read(RATE // 2)
        session.set(BUSY, transition=0.1)
        session.read(5 * RATE)
        assert starts(session) == pytest.approx([bars[1]], abs=0.006)


def test_paused_it_is_silent_and_musical_time_stands_still() -> None:
    with playing() as session, playing() as twin:
        parts = [session.read(5000)]
        session.pause()
        assert not session.read(3000).any()
        session.set(NEAR, transition=0.1)
        assert session.position == 5000 / RATE
        session.resume()
        parts.append(session.read(20_000))
        expected = [twin.read(5000)]
        twin.set(NEAR, transition=0.1)
        expected.append(twin.read(20_000))
        assert np.array_equal(np.concatenate(parts), np.concatenate(expected))


class Slow(Listed):
    """A model that answers when it is told to."""

    def __init__(self, **answers: Any) -> None:
        super().__init__(**answers)
        self.may_answer = threading.Event()

    def generate(self, vibe: str, /) -> Any:
        """Wait, then answer."""
        assert self.may_answer.wait(60)
        answer = self._answers[vibe]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sound card that plays as fast as it can."""
    monkeypatch.setitem(sys.modules, "sounddevice", Hasty("sounddevice"))


@pytest.mark.usefixtures("hasty")
def test_while_a_vibe_is_resolved_updates_change_what_plays_and_then_that_vibe() -> None:
    model = Slow(city=BUSY)
    with playing(model=model, transition=0.05) as session:
        session.play()
        session.set("city")
        session.set(ls.MusicConfigUpdate(brightness="dark", density=ls.Step(-1)))
        session.set(ls.MusicConfigUpdate(brightness=ls.Step(1), density=ls.Step(-1)))
        at_once = CALM.model_copy(update={"density": 2})  # 3, 2, and no further
        assert settle(lambda: session.config == at_once)
        model.may_answer.set()
        assert settle(
            lambda: session.config == BUSY.model_copy(update={"brightness": "medium", "density": 3})
        )
        session.stop()


@pytest.mark.usefixtures("hasty")
def test_while_it_plays_the_first_vibe_may_take_its_time_or_fail() -> None:
    model = Slow(dead=LLMInferenceError("no answer"), city=BUSY)
    with ls.session(model=model) as session:
        playback = session.play()
        session.set("dead")
        session.set(DARKER)
        assert not settle(lambda: session.position > 0, seconds=0.2), "an update alone begins nothing"
        model.may_answer.set()
        assert settle(lambda: "error" in kinds(session))
        assert playback.playing
        session.set("city")
        assert settle(lambda: session.position > 0.1)
        assert session.config == BUSY
        with pytest.raises(StreamStateError, match="stop"):
            session.read(10)
        session.set(ls.MusicConfigUpdate(register_min_oct=BUSY.register_max_oct))
        assert settle(lambda: kinds(session).count("error") == 2), (
            "bounds that cross are refused, and it plays on"
        )
        assert playback.playing


@pytest.mark.usefixtures("hasty")
def test_what_comes_after_a_reset_is_not_what_was_asked_for_before() -> None:
    model = Slow(city=BUSY)
    with playing(model=model) as session:
        session.play()
        session.set("city")
        session.reset()
        session.set(CALM)
        session.play()
        model.may_answer.set()
        assert settle(lambda: session.position > 0.3)
        assert [entry["do"] for entry in session.log] == ["start"]


def test_reset_is_as_new() -> None:
    session = playing()
    session.mute("bass")
    session.read(1000)
    session.reset()
    assert (session.position, session.log, session.events) == (0.0, [], ())
    session.set(BUSY)
    with playing(BUSY) as fresh:
        assert np.array_equal(session.read(20_000), fresh.read(20_000))
    session.close()


@pytest.fixture(scope="module")
def layers() -> dict[str, NDArray[np.float32]]:
    """Each layer alone, and all: with a silent layer muted throughout, so that the leveller holds still in each."""
    alone: dict[str, NDArray[np.float32]] = {}
    for layer in (*LAYERS, "all"):
        with ls.session(channels=2) as session:
            if layer == "all":
                session.mute("rhythm")
            else:
                session.solo(layer)
            session.set(CALM)
            alone[layer] = session.read(3 * RATE)[RATE:]
    return alone


def heard(change: Callable[[ls.Session], object]) -> NDArray[np.float32]:
    """The same passage with other faders."""
    with ls.session(channels=2) as session:
        change(session)
        session.set(CALM)
        return session.read(3 * RATE)[RATE:]


def test_soloed_layers_add_up(layers: dict[str, NDArray[np.float32]]) -> None:
    assert np.abs(layers["rhythm"]).max() < 1e-9
    assert all(layers[name].any() for name in ("bass", "pad", "melody"))
    np.testing.assert_allclose(sum(layers[name] for name in LAYERS), layers["all"], atol=2e-5)  # type: ignore[arg-type]


def test_mute_and_gain_do_what_they_say(layers: dict[str, NDArray[np.float32]]) -> None:
    def mix(session: ls.Session) -> None:
        session.mute("bass")
        session.gain("pad", -6.0)
        session.mute("melody")
        session.mute("melody", on=False)

    expected = layers["all"] - layers["bass"] - (1.0 - 10 ** (-6.0 / 20)) * layers["pad"]
    np.testing.assert_allclose(heard(mix), expected, atol=2e-5)


def test_a_mute_within_the_music_has_no_click_and_comes_back() -> None:
    with playing(channels=2) as session:
        session.read(RATE)
        session.mute("bass")
        muted = session.read(RATE)
        session.mute("bass", on=False)
        again = session.read(RATE)
        whole = ls.render(CALM, duration=3.0, channels=2, fade_out=0).samples
        assert not np.array_equal(muted[2000:], whole[RATE + 2000 : 2 * RATE])
        steps = np.abs(np.diff(np.concatenate([muted, again]), axis=0)).max()
        assert steps < 1.1 * np.abs(np.diff(whole, axis=0)).max()
        assert [entry["do"] for entry in session.log] == ["start", "fader", "fader"]
        np.testing.assert_allclose(render_log(session.recipe)[RATE:], np.concatenate([muted, again]), atol=0)


def test_stats_off_a_device() -> None:
    with playing() as session:
        assert session.stats.headroom == float("inf")
        session.read(RATE)
        stats = session.stats
        assert (stats.underruns, stats.late_blocks, stats.buffer_s) == (0, 0, 0.0)
        assert stats.position == 1.0
        assert 1.0 < stats.headroom < float("inf")
        assert 0.0 <= stats.control_latency_s <= 512 / RATE


def steered(session: ls.Session) -> None:
    """Bring it into a state with everything in it: a crossfade, a change that waits, faders off their place."""
    session.read(20_000)
    session.set(BUSY, transition=2.0)
    session.set(DARKER, quantize="bar")
    session.mute("pad")
    session.gain("bass", 3.0)
    session.read(20_001)


def test_a_snapshot_goes_on_with_the_very_next_sample(tmp_path: Path, run_python: Any) -> None:
    with playing(channels=2, seed=4) as session, ls.session(channels=2) as other:
        steered(session)
        snapshot = session.snapshot()
        (tmp_path / "snapshot").write_bytes(snapshot)
        (tmp_path / "later.json").write_text(session.recipe.to_json(), "utf-8")
        expected = session.read(RATE)
        session.mute("pad", on=False)
        expected_later = session.read(RATE)
        other.restore(snapshot)
        assert np.array_equal(other.read(RATE), expected)
        other.mute("pad", on=False)
        assert np.array_equal(other.read(RATE), expected_later), "faders are as they were"
        assert [entry["do"] for entry in other.log] == [entry["do"] for entry in session.log]
        assert other.position == session.position
    program = (
        "import sys, numpy, latentscore\n"
        "session = latentscore.session(channels=2)\n"
        "session.restore(open('snapshot', 'rb').read())\n"
        "numpy.save('next.npy', session.read(44100))\n"
    )
    done: CompletedProcess[str] = run_python("-c", program, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert np.array_equal(np.load(tmp_path / "next.npy"), expected)


def test_a_snapshot_holds_what_was_rendered_for_a_device_and_not_heard() -> None:
    with playing(seed=4) as session, ls.session() as other:
        session.read(1_000)
        session._unheard = session._room.read(4_096)  # as `stop` leaves it
        snapshot, position = session.snapshot(), session.position
        other.restore(snapshot)
        assert other.position == position
        assert np.array_equal(other.read(8_192), session.read(8_192))


def test_what_is_no_snapshot_is_refused_and_the_music_goes_on() -> None:
    with playing() as session, playing() as twin:
        session.read(1000)
        twin.read(1000)
        snapshot = session.snapshot()
        flipped = bytearray(snapshot)
        flipped[len(flipped) // 2] ^= 1
        foreign = [
            b"",
            b"RIFF",
            pickle.dumps(5),
            snapshot[:-1],
            snapshot[:40],
            bytes(flipped),
            snapshot + b"x",
        ]
        for wrong in foreign:
            with pytest.raises(FileFormatError, match="snapshot"):
                session.restore(wrong)
        with pytest.raises(InvalidConfigError, match="snapshot"):
            session.restore("a text")  # type: ignore[arg-type]
        with (
            ls.session(channels=2) as stereo,
            pytest.raises(InvalidConfigError, match="1 channels at 44100 Hz"),
        ):
            stereo.restore(snapshot)
        assert np.array_equal(session.read(1000), twin.read(1000))


def test_the_log_is_json_and_its_recipe_replays_a_performance() -> None:
    with playing(model=Listed(shore=NEAR), seed=9) as session:
        steered(session)
        session.set("shore", transition=0.2)
        session.read(RATE)
        session.solo("melody")
        rest = session.read(RATE // 2)
        assert json.loads(json.dumps(session.log)) == session.log
        assert "shore" not in json.dumps(session.log)
        recipe = SessionRecipe.model_validate_json(session.recipe.to_json())
        replayed = render_log(recipe)
        assert len(replayed) == round(session.position * RATE)
        assert np.array_equal(replayed[-len(rest) :], rest)
        assert "error" not in kinds(session)
