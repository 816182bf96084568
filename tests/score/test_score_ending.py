"""Pieces of a given length: they come to a close in time, and are what they would have been before it."""

from __future__ import annotations

import pytest
from composing import RATE

from latentscore.config import FIELDS, MusicConfig
from latentscore.events import Bar
from latentscore.score.composer import Composer
from latentscore.scores import compose_score

CONFIGS = (
    MusicConfig(),
    MusicConfig(root="a", mode="minor", bass="drone", texture="stars", density=2),
    MusicConfig(root="f#", mode="dorian", tempo="very_fast", rhythm="kit_medium", human="drunk", density=6),
    MusicConfig(root="d", mode="mixolydian", tempo=41.0, bass="walking", melody="call_response"),
)


def to_the_end(config: MusicConfig, seconds: float, seed: int = 4) -> list[Bar]:
    """Return the bars of a piece of a given length, the close last."""
    composer = Composer(config, seed, RATE, ends_at=round(seconds * RATE))
    bars: list[Bar] = []
    while not bars or bars[-1].onset + bars[-1].length < seconds * RATE:
        bars.append(composer.next_bar())
    while not bars[-1].events:  # after the close
        del bars[-1]
    return bars


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("seconds", [20.0, 31.7, 90.0])
def test_what_comes_before_the_close_is_what_it_would_have_been(config: MusicConfig, seconds: float) -> None:
    bars = to_the_end(config, seconds)
    endless = Composer(config, 4, RATE)
    assert bars[:-2] == [endless.next_bar() for _ in bars[:-2]]
    assert bars[-2] != endless.next_bar()


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("seconds", [20.0, 31.7, 90.0])
def test_the_close_goes_home_in_time_and_holds(config: MusicConfig, seconds: float) -> None:
    way, home = to_the_end(config, seconds)[-2:]
    assert way.section is not None
    assert (way.section.name, way.section.n_bars) == ("close", 2)
    tonic = FIELDS["root"].labels.index(config.root)
    assert (home.chords[0].root, home.chords[0].degree) == (tonic, 1)
    left_s = seconds - home.onset / RATE
    bar_s = 240.0 / config.value("tempo")
    assert 3.0 <= left_s <= 3.0 + bar_s + 1e-3
    lowest = min((event for event in home.events if event.layer == "bass"), key=lambda event: event.pitch)
    assert int(lowest.pitch) % 12 == tonic
    let_go = max(event.onset + event.length for event in home.events if event.layer in ("bass", "pad"))
    assert seconds - 1.5 <= let_go / RATE


@pytest.mark.parametrize("seconds", [0.02, 1.0, 3.0, 5.0])
def test_a_piece_too_short_for_a_close_is_its_last_chord(seconds: float) -> None:
    score = compose_score(MusicConfig(root="g"), seconds, 1, ending=True)
    assert [section.name for section in score.sections] == ["close"]
    assert [chord.root for chord in score.chords] == [7]
    assert {note.layer for note in score.notes} >= {"bass", "pad"}


@pytest.mark.parametrize("config", CONFIGS)
def test_a_score_with_an_ending_ends(config: MusicConfig) -> None:
    plain, ended = compose_score(config, 40.0, 2), compose_score(config, 40.0, 2, ending=True)
    assert ended.sections[-1].name == "close"
    assert all(section.name != "close" for section in plain.sections)
    close_s = ended.sections[-1].onset_s - 0.3
    assert [note.onset_s for note in ended.notes if note.onset_s < close_s] == [
        note.onset_s for note in plain.notes if note.onset_s < close_s
    ]
    strokes = [note.onset_s for note in ended.notes if note.layer == "rhythm"]
    assert max(strokes) < 40.0 - 2.5  # the last chord rings alone
