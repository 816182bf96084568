"""Pitches, scales and ladders against known answers."""

from __future__ import annotations

import pytest

from latentscore.errors import InvalidConfigError
from latentscore.theory import pitch
from latentscore.theory.scales import MODES, key, ladder, rung, stepped


def test_names_and_classes_agree_with_the_keyboard() -> None:
    assert pitch.pitch_class("c") == 0
    assert pitch.pitch_class("a#") == 10
    assert pitch.name(60) == "C4"
    assert pitch.name(21) == "A0"


def test_an_unknown_note_name_lists_the_valid_ones() -> None:
    with pytest.raises(InvalidConfigError, match="'c#'"):
        pitch.pitch_class("h")


def test_hertz_is_equal_temperament_on_a440() -> None:
    assert pitch.hertz(69) == 440.0
    assert pitch.hertz(60) == pytest.approx(261.6256, abs=1e-4)
    assert pitch.hertz(81) == 880.0


@pytest.mark.parametrize(
    ("pitch_class", "target", "expected"),
    [(0, 60, 60), (0, 65, 60), (0, 66, 60), (0, 67, 72), (11, 60, 59), (1, 60, 61), (7, 61.5, 67)],
)
def test_nearest_goes_at_most_a_tritone(pitch_class: int, target: float, expected: int) -> None:
    assert pitch.nearest(pitch_class, target) == expected


def test_at_or_above_is_the_lowest_of_its_class() -> None:
    for low in range(20, 60):
        for pitch_class in range(12):
            found = pitch.at_or_above(pitch_class, low)
            assert low <= found < low + 12
            assert found % 12 == pitch_class


def test_fold_moves_by_octaves_only() -> None:
    assert pitch.fold(24, 36, 48) == 36
    assert pitch.fold(80, 36, 48) == 44
    assert pitch.fold(40, 36, 48) == 40


def test_modes_differ_by_their_colour_notes() -> None:
    assert set(MODES["dorian"]) - set(MODES["minor"]) == {9}
    assert set(MODES["mixolydian"]) - set(MODES["major"]) == {10}
    assert key(9, "minor").scale == (9, 11, 0, 2, 4, 5, 7)


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(InvalidConfigError, match="dorian"):
        key(0, "lydian")


def test_a_ladder_is_climbed_by_scale_steps() -> None:
    rungs = ladder(key(0, "major").scale)
    assert stepped(rungs, 60, 1) == 62
    assert stepped(rungs, 60, -1) == 59
    assert stepped(rungs, 60, 7) == 72
    assert rungs[rung(rungs, 61)] == 60  # of two alike the lower
    assert stepped(rungs, 127, 5) == rungs[-1]
    assert stepped(rungs, 0, -5) == 0
