"""Woven ticks: order, one-pole, spirals and noise against the same thing written frame by frame."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from latentscore.dsp import weave
from latentscore.dsp.jit import kernel
from latentscore.dsp.noise import next_word, white, word_before
from latentscore.dsp.ticks import TICK

TIME = np.arange(TICK)


@kernel
def _smooth(x: Any, scratch: Any, rate: Any, state: Any) -> Any:
    return weave.smooth(x, scratch, rate, state)


@kernel
def _spiral(size: Any, fade: Any, phase: Any, step: Any, re: Any, im: Any) -> Any:
    return weave.spiral(size, fade, phase, step, re, im)


def _woven(x: Any) -> Any:
    return np.ascontiguousarray(x[weave.FRAME.astype(int)], dtype=np.float32)


def test_weaving_and_unweaving() -> None:
    assert np.array_equal(weave.unwoven(_woven(TIME)), TIME)
    out = np.zeros(TICK, dtype=np.float32)
    weave.unweave(weave.FRAME, out)
    assert np.array_equal(out, TIME)
    weave.previous(_woven(TIME), np.float32(-1.0), out)
    assert np.array_equal(weave.unwoven(out), TIME - 1)


@pytest.mark.parametrize("rate", [0.001, 0.12, 0.9, 1.0])
def test_the_one_pole_is_that_of_single_frames(rate: float) -> None:
    x = np.random.default_rng(1).normal(size=3 * TICK)
    state, wanted = 0.3, []
    for value in x:
        state += rate * (value - state)
        wanted.append(state)
    found, memory = [], np.float32(0.3)
    for tick in range(3):
        woven = _woven(x[tick * TICK : (tick + 1) * TICK])
        memory = _smooth(woven, np.zeros(TICK, np.float32), np.float32(rate), memory)
        found.append(weave.unwoven(woven))
    assert np.concatenate(found) == pytest.approx(np.array(wanted), abs=2e-6)
    assert float(memory) == pytest.approx(wanted[-1], abs=2e-6)


@pytest.mark.parametrize("step", [0.0, 0.003, 0.1, 0.49, 0.73])
@pytest.mark.parametrize("fade", [1.0, 0.999, 0.9])
def test_a_spiral_turns_and_fades_as_it_says(step: float, fade: float) -> None:
    re, im = np.zeros(TICK, np.float32), np.zeros(TICK, np.float32)
    left = _spiral(*map(np.float32, (2.0, fade, -0.4, step)), re, im)
    wanted = 2.0 * fade**TIME * np.exp(2j * np.pi * (-0.4 + step * TIME))
    # -83 dB: seven turns, each within 7e-6
    assert weave.unwoven(re) + 1j * weave.unwoven(im) == pytest.approx(wanted, abs=1.5e-4)
    assert float(left) == pytest.approx(2.0 * fade**TICK, rel=1e-5)


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
