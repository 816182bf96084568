"""Two updates in one: what the earlier and then the later one would have done."""

from __future__ import annotations

from typing import Any

import pytest

from latentscore.config import MusicConfig, MusicConfigUpdate, Step

MIDDLE = MusicConfig(brightness="medium", density=4, tempo="medium")


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ({"brightness": "dark"}, {"brightness": "bright"}),
        ({"brightness": "dark"}, {"brightness": Step(2)}),
        ({"brightness": Step(2)}, {"brightness": "dark"}),
        ({"brightness": Step(2)}, {"brightness": Step(-1)}),
        ({"density": Step(1), "bass": "walking"}, {"tempo": 93, "density": Step(1)}),
        ({"tempo": 93}, {"tempo": Step(1)}),
        ({"register_min_oct": 5, "register_max_oct": 6}, {"register_max_oct": 7}),
    ],
)
def test_one_after_the_other_is_both(earlier: dict[str, Any], later: dict[str, Any]) -> None:
    first, second = MusicConfigUpdate(**earlier), MusicConfigUpdate(**later)
    assert second.after(first).apply(MIDDLE) == second.apply(first.apply(MIDDLE))
    assert second.after(None) == second


def test_what_does_not_go_together_leaves_the_later_one() -> None:
    low, high = MusicConfigUpdate(register_max_oct=4), MusicConfigUpdate(register_min_oct=6)
    assert high.after(low) == high


def test_steps_without_end_stay_steps() -> None:
    step, total = MusicConfigUpdate(brightness=Step(60)), None
    for _ in range(40):
        total = step.after(total)
    assert total is not None
    assert total.apply(MIDDLE).brightness == "very_bright"
