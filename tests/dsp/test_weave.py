"""Woven ticks: order, silence and noise against the same thing written frame by frame."""

from __future__ import annotations

from typing import Any

import numpy as np

from latentscore.dsp import weave
from latentscore.dsp.noise import next_word, white, word_before
from latentscore.dsp.ticks import TICK

TIME = np.arange(TICK)


def _woven(x: Any) -> Any:
    return np.ascontiguousarray(x[weave.FRAME.astype(int)], dtype=np.float32)


def test_weaving_and_unweaving() -> None:
    assert np.array_equal(weave.unwoven(_woven(TIME)), TIME)
    out = np.zeros(TICK, dtype=np.float32)
    weave.unweave(weave.FRAME, out)
    assert np.array_equal(out, TIME)
    weave.previous(_woven(TIME), np.float32(-1.0), out)
    assert np.array_equal(weave.unwoven(out), TIME - 1)


def test_noise_leaps_to_where_it_would_walk() -> None:
    out = np.zeros(TICK, np.float32)
    with np.errstate(over="ignore"):
        last = weave.white_tick(np.uint32(12345), out)
        word, walked = np.uint32(12345), []
        for _ in range(TICK):
            word = next_word(word)
            walked.append(white(word))
        assert np.array_equal(weave.unwoven(out), np.array(walked, np.float32))
        assert last == word
        assert word_before(next_word(np.uint32(77))) == 77


def test_silence_ends_at_the_frame_given() -> None:
    x = _woven(TIME + 1.0)
    weave.silence_before(np.float32(37.0), x)
    assert np.flatnonzero(weave.unwoven(x))[0] == 37
