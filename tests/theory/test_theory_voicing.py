"""Voicings: least movement, spacing and bounds, over random progressions."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from latentscore.theory.chords import QUALITIES, tones
from latentscore.theory.voicing import MUD_LIMIT, close, is_clear, lead

chords = st.tuples(
    st.integers(0, 11), st.sampled_from([name for name, all_ in QUALITIES.items() if len(all_) == 4])
)


def test_close_stacks_upward() -> None:
    assert close((0, 4, 7), 48) == (48, 52, 55)
    assert close((9, 0, 4), 55) == (57, 60, 64)


def test_known_progressions_move_as_a_pianist_would() -> None:
    c_major = (60, 64, 67)
    assert lead(c_major, tones(9, "min"), 55, 76) == (60, 64, 69)
    assert lead(c_major, tones(5, "maj"), 55, 76) == (60, 65, 69)
    assert lead(c_major, tones(0, "maj"), 55, 76) == c_major


@given(st.lists(chords, min_size=2, max_size=8), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_led_voicings_stay_in_bounds_clear_and_complete(progression: list[tuple[int, str]], gap: int) -> None:
    voicing: tuple[int, ...] = ()
    for root, quality in progression:
        voicing = lead(voicing, tones(root, quality), 48, 76, gap)
        assert {pitch % 12 for pitch in voicing} == set(tones(root, quality))
        assert list(voicing) == sorted(voicing)
        assert voicing[0] >= 48
        assert voicing[-1] <= 79
        assert is_clear(voicing)


@given(st.lists(chords, min_size=2, max_size=8))
@settings(max_examples=40, deadline=None)
def test_voices_move_little(progression: list[tuple[int, str]]) -> None:
    voicing = lead((), tones(*progression[0]), 50, 74)
    for root, quality in progression[1:]:
        after = lead(voicing, tones(root, quality), 50, 74)
        assert sum(abs(new - old) for old, new in zip(voicing, after, strict=True)) <= 16
        voicing = after


def test_low_voices_keep_a_fifth_apart() -> None:
    assert not is_clear((40, 44, 60))
    assert is_clear((40, 47, 60))
    for root in range(12):
        voicing = lead((), tones(root, "min7"), 36, 66)
        below = [pitch for pitch in voicing if pitch < MUD_LIMIT]
        assert len(below) <= 2
        assert is_clear(voicing)
