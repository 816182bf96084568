"""The live engine: steered and crossfaded at exact frames, however it is read."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from latentscore.config import MusicConfig
from latentscore.dsp.ticks import TICK
from latentscore.engine.deck import Deck
from latentscore.engine.live import HURRY_S, Crossfade, LiveEngine, Steer
from latentscore.engine.performer import Performer
from latentscore.engine.render import render_config
from latentscore.freezing import freeze, thaw
from latentscore.randomness import Random

RATE = 44100
START = MusicConfig(density=5, rhythm="kit_light", human="robotic")
OTHER = MusicConfig(tempo="fast", bass="walking", mode="major", root="f", texture="crystal", density=6)
THIRD = OTHER.model_copy(update={"bass": "drone", "pad": "thin_high", "space": "dry"})
AT_ONCE: tuple[dict[str, Any], ...] = (
    {"brightness": "very_bright"},
    {"space": "vast"},
    {"motion": "chaotic"},
    {"stereo": "ultra_wide"},
    {"echo": "heavy"},
    {"grain": "gritty"},
    {"tempo": "very_fast"},
    {"density": 2},
    {"bass": "walking"},
    {"pad": "cinematic"},
    {"melody": "arp_melody"},
    {"rhythm": "electronic"},
    {"texture": "crystal"},
    {"accent": "bells_dense"},
)
"""One change for every field that steers within a block."""


def engine(config: MusicConfig = START, seed: int = 3) -> LiveEngine:
    """An engine that has read nothing."""
    return LiveEngine(Deck(config, seed, RATE), RATE)


@functools.cache
def frozen(seconds: float, **fields: Any) -> bytes:
    """An engine that has read so much, ready to be thawed as often as one likes."""
    played = engine(START.model_copy(update=fields))
    played.read(round(seconds * RATE))
    return freeze(played)


def running(seconds: float, **fields: Any) -> LiveEngine:
    """An engine in the middle of its music."""
    return thaw(frozen(seconds, **fields))


def steer(played: LiveEngine, seconds: float, unit: str | None = None, **fields: Any) -> Steer:
    """Ask for a change of the target."""
    change = Steer(played.target.model_copy(update=fields), played.ticks(seconds))
    played.submit(change, unit)
    return change


def crossfade(played: LiveEngine, config: MusicConfig, seconds: float, unit: str | None = None) -> Crossfade:
    """Ask for other music, which has just begun."""
    change = Crossfade(Deck(config, 5, RATE), played.ticks(seconds))
    played.submit(change, unit)
    return change


def told(played: LiveEngine) -> list[tuple[str, object]]:
    """What happened, with the changes themselves."""
    return [(notice.kind, notice.change) for notice in played.notices]


def level_db(samples: NDArray[np.float32]) -> float:
    """Level in dB relative to full scale."""
    return 10.0 * float(np.log10(np.square(samples, dtype=np.float64).mean() + 1e-20))


def advance(performer: Performer, until: int) -> NDArray[np.float32]:
    """Play on to a tick, as a deck does: a call starts where a change is due."""
    blocks: list[NDArray[np.float32]] = []
    while performer.tick < until:
        due = performer.due
        stop = until if due is None or due <= performer.tick else min(due, until)
        blocks.append(performer.process(min(64, stop - performer.tick)))
    return np.concatenate(blocks, axis=1)


def scenario(sizes: Random | None) -> tuple[NDArray[np.float32], list[tuple[str, int]]]:
    """Everything that may be asked of an engine, one upon the other, read in one size or in any."""
    played, pieces = engine(), []
    asks = [
        (1.0, lambda: steer(played, 0.5, brightness="bright", tempo="fast", pad="cinematic")),
        (1.3, lambda: steer(played, 0.3, root="g", density=3)),
        (1.6, lambda: crossfade(played, OTHER, 2.0)),
        (2.0, lambda: crossfade(played, START, 1.0)),
        (2.1, lambda: crossfade(played, OTHER, 0.7)),
        (2.2, lambda: steer(played, 0.5, grain="gritty")),
        (3.3, lambda: played.set_fader("bass", 0.0)),
        (3.4, lambda: steer(played, 0.2, "bar", brightness="very_dark", tempo="slow")),
        (3.5, lambda: steer(played, 0.2, "beat", space="vast")),
        (3.6, lambda: steer(played, 0.2, tempo="very_fast")),
        (5.0, lambda: crossfade(played, START, 0.3, "beat")),
        (6.0, lambda: None),
    ]
    for at_s, ask in asks:
        while (left := round(at_s * RATE) - played.frame) > 0:
            pieces.append(
                played.read(min(left, 1 + sizes.below(sizes.choice((50, 9000))) if sizes else left))
            )
        ask()
    return np.concatenate(pieces), [(notice.kind, notice.frame) for notice in played.notices]


def test_any_partition_gives_the_same_samples_and_notices() -> None:
    whole, notices = scenario(None)
    again, notices_again = scenario(Random(1, "sizes"))
    assert np.isfinite(whole).all()
    assert np.array_equal(whole, again)
    assert notices == notices_again
    assert {kind for kind, _ in notices} == {"transition_start", "transition_end", "superseded"}


def test_unsteered_it_is_the_render() -> None:
    played = engine(OTHER).read(RATE)
    rendered = render_config(OTHER, 3, RATE, sample_rate=RATE, channels=2, fade_out_s=0.0).samples
    inner = slice(RATE // 100, -RATE // 100)
    assert np.array_equal(played[inner], rendered[inner])


@pytest.mark.parametrize("fields", AT_ONCE, ids=lambda fields: next(iter(fields)))
def test_a_steer_is_heard_within_a_block(fields: dict[str, Any]) -> None:
    steered, twin = running(2.5), running(2.5)
    steer(steered, 1.0, **fields)
    differs = (steered.read(1024) != twin.read(1024)).any(axis=1)
    assert differs.any()
    assert np.argmax(differs) <= 512
    assert steered.ahead_frames <= 512


@pytest.mark.parametrize("fields", AT_ONCE, ids=lambda fields: next(iter(fields)))
def test_it_is_heard_in_the_music_itself_and_not_only_in_its_level(fields: dict[str, Any]) -> None:
    """At once, but for what strikes only now and then: there the next notes tell."""
    steered, twin = (running(2.5)._sides[-1].deck.performer for _ in range(2))
    steered.steer(steered.config.model_copy(update=fields), 600)
    waits = {"tempo", "melody", "rhythm", "accent"}.intersection(fields)
    until = steered.tick + (3 * RATE // TICK if waits else 5)  # 5 ticks, and the look-ahead of the master
    assert not np.array_equal(advance(steered, until), advance(twin, until))


@pytest.mark.parametrize("fields", [{"root": "f#"}, {"mode": "dorian"}], ids=["root", "mode"])
def test_the_harmony_turns_with_the_next_bar(fields: dict[str, Any]) -> None:
    steered, twin = (running(2.5, density=6)._sides[-1].deck.performer for _ in range(2))
    bar = twin.boundary(twin.tick, "bar")
    assert bar is not None
    steered.steer(steered.config.model_copy(update=fields), 0)
    assert np.array_equal(advance(steered, bar - 4), advance(twin, bar - 4)), "until the bar all is as it was"
    assert not np.array_equal(advance(steered, bar + 64), advance(twin, bar + 64))


def blocks(performer: Performer, n_ticks: int, size: int) -> NDArray[np.float32]:
    """The next ticks of a performer, so many at a time, or fewer where a change is due."""
    end, heard = performer.tick + n_ticks, list[NDArray[np.float32]]()
    while performer.tick < end:
        due = performer.due
        until = end if due is None or due <= performer.tick else min(end, due)
        heard.append(performer.process(min(size, until - performer.tick)))
    return np.concatenate(heard, axis=1)


def test_a_steer_in_a_new_key_lets_nothing_go() -> None:
    powers: list[float] = []
    for is_steered_again in (False, True):
        performer = Performer(MusicConfig(), 3, RATE, steerable=True)
        blocks(performer, 3445, 64)
        config = performer.config.model_copy(update={"root": "f#"})
        performer.steer(config, 20)
        blocks(performer, 20, 20)
        assert performer._turn_bar > 0
        index = -1
        while index < performer._turn_bar:
            blocks(performer, 8, 8)
            frame = performer.tick * TICK
            begun = [bar.index for bar in performer._bars if bar.onset + 0.25 * bar.length <= frame]
            index = max(begun, default=-1)
        if is_steered_again:
            performer.steer(config.model_copy(update={"density": 5}), 20)
        powers.append(float(np.square(blocks(performer, 800, 64)).mean()))
    assert powers[1] > 0.5 * powers[0]


def test_a_layer_leaves_in_the_same_way_whatever_the_blocks() -> None:
    heard: list[NDArray[np.float32]] = []
    for size in (352, 7):
        performer = Performer(
            START.model_copy(update={"pad": "cinematic", "stereo": "ultra_wide"}), 5, RATE, steerable=True
        )
        blocks(performer, 1000, 50)
        performer.steer(performer.config.model_copy(update={"pad": "thin_high"}), 14)
        heard.append(blocks(performer, 700, size))
    assert np.array_equal(*heard)


def test_a_steer_arrives_and_then_sounds_like_its_config() -> None:
    played = running(1.0)
    steer(played, 0.5, brightness="very_bright", rhythm="none", density=2)
    played.read(RATE)
    performer = played._sides[-1].deck.performer
    fresh = Deck(played.target, 3, RATE).performer
    ours, theirs = (p._ramps.block(p.tick, 1) for p in (performer, fresh))
    assert all(np.array_equal(ours[name], theirs[name]) for name in theirs)
    assert played.target == START.model_copy(
        update={"brightness": "very_bright", "rhythm": "none", "density": 2}
    )


def test_a_crossfade_during_a_crossfade_hurries_it_and_of_several_the_latest_wins() -> None:
    played = running(1.0)
    first = crossfade(played, OTHER, 5.0)
    played.read(RATE // 10)
    asked = played.frame
    lost, lost_too, last = (crossfade(played, config, 0.1) for config in (START, OTHER, THIRD))
    assert played.target == THIRD
    played.read(RATE)
    kinds = told(played)
    assert [change for kind, change in kinds if kind == "superseded"] == [lost, lost_too]
    assert [change for kind, change in kinds if kind == "transition_start"] == [first, last]
    began = next(notice.frame for notice in played.notices if notice.change is last)
    assert began - asked <= HURRY_S * RATE + 2 * TICK
    ended = next(n.frame for n in played.notices if n.change is first and n.kind == "transition_end")
    assert ended == began


@pytest.mark.parametrize("unit", ["bar", None])
def test_what_waits_for_a_line_gives_way_to_a_later_vibe(unit: str | None) -> None:
    played = running(1.0)
    waits = steer(played, 0.1, "bar", density=2) if unit is None else crossfade(played, OTHER, 0.1, "beat")
    last = crossfade(played, THIRD, 0.1, unit)
    assert played.target == THIRD
    played.read(4 * RATE)
    kinds = told(played)
    assert [change for kind, change in kinds if kind == "superseded"] == [waits]
    assert [change for kind, change in kinds if kind == "transition_start"] == [last]
    assert played._sides[-1].deck.config == THIRD


def test_a_steer_that_waits_for_a_line_keeps_what_is_steered_meanwhile() -> None:
    played = running(1.0)
    steer(played, 0.1, "bar", brightness="very_dark")
    steer(played, 0.1, density=2, root="g")
    wanted = START.model_copy(update={"brightness": "very_dark", "density": 2, "root": "g"})
    assert played.target == wanted
    now = played._sides[-1].deck.config
    assert (now.density, now.brightness) == (2, START.brightness)
    played.read(4 * RATE)
    assert played._sides[-1].deck.config == wanted


def test_a_steer_of_music_that_is_still_to_come_in_is_part_of_it() -> None:
    played = running(1.0)
    crossfade(played, OTHER, 0.2, "bar")
    steer(played, 0.1, brightness="very_dark")
    assert played._sides[-1].deck.config == START, "what plays is left alone"
    played.read(4 * RATE)
    assert played._sides[-1].deck.config == OTHER.model_copy(update={"brightness": "very_dark"})


@pytest.mark.parametrize("unit", ["beat", "bar"])
def test_a_quantised_change_begins_on_the_line_also_if_the_tempo_moves_it(unit: str) -> None:
    for turn in (None, "very_fast"):
        played = running(1.0)
        change = steer(played, 0.1, unit, brightness="very_dark")
        if turn:
            steer(played, 0.05, tempo=turn)
        asked = played.frame
        while change not in [c for kind, c in told(played) if kind == "transition_start"]:
            played.read(512)
        began = next(notice.frame for notice in played.notices if notice.change is change)
        lines = [
            written.grid.place(beat) - played._master.latency_frames
            for written in played._sides[-1].deck.performer._composer._written  # type: ignore[union-attr]
            for beat in ((0.0, 1.0, 2.0, 3.0) if unit == "beat" else (0.0,))
        ]
        assert min(abs(began - line) for line in lines) <= 2 * TICK, turn
        assert began >= asked


def test_the_tail_of_music_that_leaves_rings_out() -> None:
    def left(space: str) -> float:
        deck = Deck(START.model_copy(update={"space": space, "echo": "none"}), 3, RATE, head_start_s=2.0)
        deck.leave(10)
        played = [deck.process(min(64, deck.due)).audio for _ in range(12)]
        return level_db(np.concatenate(played[2:], axis=1))

    assert left("vast") > -50.0
    assert left("dry") < -90.0


def test_music_whose_tail_is_over_is_let_go() -> None:
    played = running(1.0, space="dry", echo="none")
    crossfade(played, THIRD, 0.1)
    assert len(played._sides) == 2
    played.read(4 * RATE)
    assert len(played._sides) == 1


def test_in_the_middle_of_a_crossfade_the_level_holds() -> None:
    bright = START.model_copy(update={"rhythm": "none"})
    dark = bright.model_copy(update={"root": "f", "bass": "walking", "pad": "cinematic"})
    played = LiveEngine(Deck(bright, 3, RATE), RATE)
    before = level_db(played.read(6 * RATE)[3 * RATE :])
    played.submit(Crossfade(Deck(dark, 5, RATE, head_start_s=4.0), played.ticks(3.0)))
    middle = level_db(played.read(3 * RATE)[RATE : 2 * RATE])
    after = level_db(played.read(3 * RATE))
    assert abs(middle - max(before, after)) < 3.0


def test_a_fader_moves_without_a_click_and_the_leveller_holds_still_meanwhile() -> None:
    held, free = running(2.5, rhythm="none"), running(2.5, rhythm="none")
    held.set_fader("rhythm", 0.0)  # a silent layer: only the leveller hears of it
    for _ in range(3):
        ours, theirs = held.read(2 * RATE), free.read(2 * RATE)
    loud = np.abs(theirs) > 0.02
    gains = ours[loud] / theirs[loud]
    assert np.ptp(20 * np.log10(np.abs(gains))) < 1.0
    assert abs(20 * np.log10(np.median(gains))) > 0.02, "the free one has moved away"


def test_thawed_it_goes_on_with_the_very_next_sample() -> None:
    played = engine()
    played.read(RATE)
    steer(played, 0.5, "bar", brightness="bright")
    crossfade(played, OTHER, 1.0)
    steer(played, 0.5, "bar", density=2)
    played.read(10_000)
    other = thaw(freeze(played))
    assert np.array_equal(other.read(2 * RATE), played.read(2 * RATE))
    assert [(notice.kind, notice.frame) for notice in other.notices] == [
        (notice.kind, notice.frame) for notice in played.notices
    ]
