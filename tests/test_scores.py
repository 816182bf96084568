"""The public score: exact times, prefixes, sizes, and refused arguments."""

from __future__ import annotations

import dataclasses

import pytest

from latentscore.config import MusicConfig
from latentscore.errors import InvalidConfigError
from latentscore.events import LAYERS
from latentscore.scores import compose_score

CONFIG = MusicConfig(density=6, human="drunk", rhythm="kit_light")


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_times_are_whole_frames_within_the_duration(rate: int) -> None:
    score = compose_score(CONFIG, 30.5, 3, rate)
    assert {note.layer for note in score.notes} == set(LAYERS)
    for note in score.notes:
        onset = round(note.onset_s * rate)
        assert onset / rate == note.onset_s
        assert 0.0 <= note.onset_s < 30.5
        assert 0.0 < note.length_s <= 30.5 - note.onset_s + 1e-9
        assert 1 <= note.velocity <= 127
    onsets = [note.onset_s for note in score.notes]
    assert onsets == sorted(onsets)


def test_bars_chords_and_sections_lie_on_one_grid() -> None:
    score = compose_score(CONFIG, 120.0, 1)
    starts = {bar.onset_s for bar in score.bars}
    assert {section.onset_s for section in score.sections} <= starts
    assert {chord.onset_s for chord in score.chords} <= starts  # a chord a bar at the default rate
    assert score.sections[0].onset_s == score.chords[0].onset_s == 0.0
    for bar, after in zip(score.bars, score.bars[1:], strict=False):
        assert bar.onset_s + bar.length_s == pytest.approx(after.onset_s, abs=1e-9)
    assert len({section.name for section in score.sections}) > 1


def test_a_longer_score_begins_with_the_shorter_one() -> None:
    short, long = compose_score(CONFIG, 20.0, 5), compose_score(CONFIG, 60.0, 5)
    beginning = [note for note in long.notes if note.onset_s < 20.0]
    assert [(n.layer, n.onset_s, n.pitch) for n in short.notes] == [
        (n.layer, n.onset_s, n.pitch) for n in beginning
    ]
    assert short.bars == long.bars[: len(short.bars)]


def test_the_same_seed_gives_the_same_score_and_another_another() -> None:
    assert compose_score(CONFIG, 10.0, 5) == compose_score(CONFIG, 10.0, 5)
    assert compose_score(CONFIG, 10.0, 5).notes != compose_score(CONFIG, 10.0, 6).notes


def test_a_score_is_frozen_and_says_what_it_is_of() -> None:
    score = compose_score(CONFIG, 0.01, 5)
    assert (score.config, score.seed, score.sample_rate, score.duration) == (CONFIG, 5, 44_100, 0.01)
    assert score.notes
    with pytest.raises(dataclasses.FrozenInstanceError):
        score.seed = 6  # type: ignore[misc]


@pytest.mark.parametrize("duration", [0.0, -1.0, float("nan"), float("inf")])
def test_a_duration_that_is_none_is_refused(duration: float) -> None:
    with pytest.raises(InvalidConfigError, match="duration"):
        compose_score(CONFIG, duration)


def test_another_rate_is_refused() -> None:
    with pytest.raises(InvalidConfigError, match="48000"):
        compose_score(CONFIG, 1.0, sample_rate=22_050)
