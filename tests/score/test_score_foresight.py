"""Foreseen bars are the bars that come."""

from __future__ import annotations

import pytest

from latentscore.config import MusicConfig
from latentscore.score.composer import Composer
from latentscore.score.foresight import ForeseeingComposer

RATE = 44100


@pytest.mark.parametrize("played", [0, 3])
def test_looking_ahead_changes_nothing(played: int) -> None:
    config = MusicConfig(density=6)
    plain, foreseeing = Composer(config, 5, RATE), ForeseeingComposer(config, 5, RATE)
    bars = [plain.next_bar() for _ in range(20)]
    assert [foreseeing.next_bar() for _ in range(played)] == bars[:played]
    end = bars[played + 6].onset + 1
    for _ in range(2):
        assert list(foreseeing.foreseen(end)) == bars[played : played + 7]
    assert [foreseeing.next_bar() for _ in range(20 - played)] == bars[played:]
