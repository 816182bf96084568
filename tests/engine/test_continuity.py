"""No step where a parameter moves: the strip against closed forms, the whole mix against the sound at rest."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from latentscore.config import MusicConfig
from latentscore.dsp import strip as st
from latentscore.dsp.ticks import TICK
from latentscore.dsp.weave import FRAME
from latentscore.engine.mix import mix_targets
from latentscore.engine.performer import Performer
from latentscore.engine.strip import Buses, Strip

RATE = 44_100
AMPLITUDE = 0.25
TURN = 2.0 * math.pi * 300.0 / RATE
Audio = NDArray[np.float32]

REST = {
    **dict.fromkeys((st.GAIN, st.TREBLE, st.BASS, st.SIDE, st.DRIVE), 1.0),
    st.ECHO_SEND: 0.5,
    st.REVERB_SEND: 0.5,
}
JUMPS = {
    "gain": {st.GAIN: 0.0},
    "pan": {st.PAN: -1.0},
    "treble": {st.TREBLE: 0.3},
    "bass": {st.BASS: 0.3},
    "warm": {st.WARM: 1.0},
    "side": {st.SIDE: 0.0},
    "spread": {st.SPREAD: 0.6},
    "sends": {st.ECHO_SEND: 0.0, st.REVERB_SEND: 1.0},
}


@pytest.mark.parametrize("name", JUMPS)
@pytest.mark.parametrize("upward", [False, True])
def test_a_jump_of_a_strips_control_is_spread_over_a_tick(name: str, upward: bool) -> None:
    """A sine under a gain that ramps by 1 in a tick: its second difference is bounded by that of the product."""
    n_ticks = 200
    t = np.arange(n_ticks * TICK)
    sides = AMPLITUDE * np.stack((np.sin(TURN * t), np.sin(TURN * t + 1.0)))
    order = (np.arange(n_ticks)[:, None] * TICK + FRAME.astype(int)).reshape(-1)
    controls = np.zeros((n_ticks + 1, st.N_CONTROLS), np.float32)
    for column, value in REST.items():
        controls[:, column] = value
    for column, value in JUMPS[name].items():
        controls[: 101 if upward else n_ticks + 1, column] = value
        controls[: 0 if upward else 101, column] = REST.get(column, 0.0)
    stem, *buses = (np.zeros((2, n_ticks * TICK), np.float32) for _ in range(4))
    Strip(RATE, 0.01).process(0, controls, np.float32(sides[:, order]), stem, Buses(*buses))
    slope = 1.0 / TICK
    bound = AMPLITUDE * (TURN**2 + 2.0 * TURN * slope + slope)
    for audio in (stem, *buses):
        bends = np.abs(np.diff(audio.astype(np.float64), n=2, axis=1))[:, 20 * TICK :]
        assert bends.max() < 1.3 * bound
    still = np.abs(np.diff(stem.astype(np.float64), n=2, axis=1))[:, 20 * TICK : 99 * TICK]
    assert still.max() < 2.0 * AMPLITUDE * TURN**2


FROM = MusicConfig(
    tempo="very_slow", brightness="very_dark", space="small", motion="static", stereo="narrow", echo="none",
    density=2, bass="drone", pad="dark_sustained", melody="minimal", rhythm="none", texture="none",
    accent="none", attack="soft",
)  # fmt: skip
TO = {
    "space": "vast", "motion": "fast", "stereo": "ultra_wide", "echo": "heavy", "tempo": "fast", "grain": "warm",
}  # fmt: skip


def _highs_db(audio: Audio) -> NDArray[np.float64]:
    """Peak level above 14 kHz in each tick, in dB: dark sustained sound has none, a click has."""
    highs = sosfilt(butter(6, 14_000.0, "highpass", fs=RATE, output="sos"), audio.astype(np.float64))
    peaks = np.abs(highs).max(axis=0).reshape(-1, TICK).max(axis=1)
    return 20.0 * np.log10(peaks + 1e-9)


@pytest.mark.parametrize("field", [*(name for name in TO if name != "tempo"), "all"])  # tempo moves the echo
def test_a_mix_that_moves_to_another_has_no_clicks(field: str) -> None:
    """Every continuous parameter of one config ramps to another's within a quarter of a second, and on."""
    changes = TO if field == "all" else {field: TO[field]}
    other = mix_targets(FROM.model_copy(update=changes), RATE)

    def play(moves: bool) -> Audio:
        performer = Performer(FROM, 1, RATE)
        if moves:
            performer._ramps.move(other, tick=2_000, n_ticks=172)
        return np.concatenate([performer.process(100) for _ in range(40)], axis=1)

    still, moved = play(False), play(True)
    assert np.array_equal(still[:, : 2_000 * TICK], moved[:, : 2_000 * TICK])
    assert not np.array_equal(still, moved)
    level = 20.0 * np.log10(np.abs(still).max())
    assert _highs_db(still)[1_000:].max() < level - 80.0
    assert _highs_db(moved)[1_000:].max() < level - 66.0
