"""Ramps: straight lines between targets, the same in any blocks."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from latentscore.engine.ramps import Ramps


def test_a_parameter_stays_then_moves_in_a_straight_line_then_stays() -> None:
    ramps = Ramps({"a": 1.0, "b": 5.0})
    ramps.move({"a": 3.0}, tick=10, n_ticks=4)
    block = ramps.block(8, 8)
    assert block["a"].tolist() == [1.0, 1.0, 1.0, 1.5, 2.0, 2.5, 3.0, 3.0, 3.0]
    assert set(block["b"].tolist()) == {5.0}


def test_a_move_on_the_way_starts_from_where_the_parameter_is() -> None:
    ramps = Ramps({"a": 0.0})
    ramps.move({"a": 10.0}, tick=0, n_ticks=10)
    ramps.move({"a": 0.0}, tick=5, n_ticks=5)
    assert ramps.block(4, 6)["a"].tolist() == [5.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0]


@given(st.lists(st.integers(1, 20), min_size=1, max_size=8), st.integers(0, 30), st.integers(1, 50))
def test_any_blocks_give_the_same_values(sizes: list[int], start: int, length: int) -> None:
    def ramps() -> Ramps:
        made = Ramps({"a": 0.3})
        made.move({"a": 0.7}, start, length)
        return made

    whole = ramps().block(0, sum(sizes))["a"]
    tick, pieces = 0, []
    for size in sizes:
        pieces.append(ramps().block(tick, size)["a"][:-1])
        tick += size
    assert np.array_equal(np.concatenate(pieces), whole[:-1])
