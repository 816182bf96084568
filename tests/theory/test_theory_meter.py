"""Meter and the drum numbers."""

from __future__ import annotations

from latentscore.theory import drums
from latentscore.theory.meter import STRENGTH, is_off_beat, is_strong, strength


def test_the_bar_is_strongest_on_one_then_three() -> None:
    assert strength(0.0) > strength(2.0) > strength(1.0) == strength(3.0) > strength(0.5) > strength(0.25)
    assert len(STRENGTH) == 16
    assert strength(4.0) == 1.0
    assert strength(0.1) == 0.1


def test_strong_and_off_beats() -> None:
    assert is_strong(0.0)
    assert is_strong(2.0)
    assert not is_strong(1.0)
    assert is_off_beat(1.5)
    assert not is_off_beat(3.0)


def test_every_drum_has_its_own_number() -> None:
    numbers = [value for value in vars(drums).values() if isinstance(value, int)]
    assert sorted(numbers) == list(range(20))
    assert all(set(kit) <= set(numbers) for kit in drums.KITS.values())
