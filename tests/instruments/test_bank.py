"""A bank's running state: its queue, letting go, reset, and the kernel as plain Python."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from latentscore.dsp.ticks import TICK
from latentscore.dsp.weave import unwoven
from latentscore.events import NoteEvent
from latentscore.instruments.bank import BANK_KINDS, Bank
from latentscore.instruments.banks import lanes as ln
from latentscore.instruments.patches.fm import FmPatch
from latentscore.instruments.shape import Amp
from latentscore.instruments.solo import MEDIUM
from latentscore.randomness import Random

TONE = FmPatch(amp=Amp(attack_s=0.001, release_s=0.05))
ONES = np.ones((129, 3), dtype=np.float32)


def lanes(length: int = 10**8, delay: int = 0) -> NDArray[np.float32]:
    rows = TONE.lanes(NoteEvent("melody", 0, length, 69.0, 0.7), MEDIUM, Random(0, "test"))
    rows[:, ln.column(ln.DELAY)] = delay
    return rows


def run(bank: Bank, first_tick: int, n_ticks: int) -> NDArray[np.float32]:
    out = np.zeros((2, n_ticks * TICK), dtype=np.float32)
    bank.process(first_tick * TICK, n_ticks, ONES[: n_ticks + 1], out)
    return unwoven(out)


@pytest.mark.parametrize("kind", BANK_KINDS)
def test_an_empty_bank_is_silent_and_idle(kind: str) -> None:
    bank = Bank(BANK_KINDS[kind], 44100)
    assert not bank.active
    assert not run(bank, 0, 3).any()


def test_lanes_start_on_their_frame_in_any_order_and_after_their_delay() -> None:
    bank = Bank(BANK_KINDS["fm"], 44100)
    bank.start(200, lanes(delay=61))
    bank.start(75, lanes())
    assert bank.active
    out = run(bank, 0, 5)[0]
    assert np.flatnonzero(out)[0] in (75, 76)
    assert bank.n_sounding == 2
    one = Bank(BANK_KINDS["fm"], 44100)
    one.start(75, lanes())
    assert np.flatnonzero(out != run(one, 0, 5)[0])[0] in (261, 262)


def test_it_adds_to_what_is_there() -> None:
    bank = Bank(BANK_KINDS["fm"], 44100)
    bank.start(0, lanes())
    out = np.full((2, TICK), 0.5, dtype=np.float32)
    bank.process(0, 1, ONES[:2], out)
    other = Bank(BANK_KINDS["fm"], 44100)
    other.start(0, lanes())
    assert np.allclose(unwoven(out) - 0.5, run(other, 0, 1), atol=1e-7)


def test_reset_silences_and_forgets() -> None:
    bank = Bank(BANK_KINDS["fm"], 44100)
    bank.start(0, lanes())
    bank.start(10_000, lanes())
    run(bank, 0, 4)
    bank.reset()
    assert not bank.active
    assert not run(bank, 4, 200 - 100).any()


def test_a_release_does_not_depend_on_the_blocks_nor_touch_later_notes() -> None:
    outs: list[NDArray[np.float32]] = []
    for blocks in ([40], [7, 13, 20], [1] * 40):
        bank = Bank(BANK_KINDS["fm"], 44100)
        bank.start(5, lanes())
        bank.release(21 * TICK + 17)
        bank.start(30 * TICK + 3, lanes())
        tick, parts = 0, []
        for n in blocks:
            parts.append(run(bank, tick, n))
            tick += n
        outs.append(np.concatenate(parts, axis=1))
        assert bank.n_sounding == 2 or bank.n_sounding == 1
        run(bank, 40, 60)
        assert bank.n_sounding == 1  # the later note goes on
    assert np.array_equal(outs[0], outs[1])
    assert np.array_equal(outs[0], outs[2])


def test_when_no_lane_is_free_notes_wait_and_none_is_lost() -> None:
    bank = Bank(BANK_KINDS["fm"], 44100)
    bank.start(0, np.repeat(lanes(), ln.LANES + 30, axis=0))
    run(bank, 0, 2)
    assert bank.n_sounding == ln.LANES
    assert bank.active
    whole = run(bank, 2, 60)
    assert bank.n_sounding <= ln.LANES - ln.RESERVE + 1
    other = Bank(BANK_KINDS["fm"], 44100)
    other.start(0, np.repeat(lanes(), ln.LANES + 30, axis=0))
    parts = [run(other, k, 1) for k in range(62)]
    assert np.array_equal(whole, np.concatenate(parts[2:], axis=1))


def test_silent_ticks_may_be_skipped() -> None:
    """A bank that was not asked for while it rested sounds the same: its noise is addressed by time."""
    asked, skipped = Bank(BANK_KINDS["fm"], 44100), Bank(BANK_KINDS["fm"], 44100)
    breathy = FmPatch(breath=0.5).lanes(NoteEvent("melody", 0, 9999, 69.0, 0.7), MEDIUM, Random(0, "test"))
    run(asked, 0, 50)
    for bank in (asked, skipped):
        bank.start(55 * TICK, breathy)
    assert np.array_equal(run(asked, 50, 20), run(skipped, 50, 20))


_SCRIPT = """
import numpy as np
from latentscore.events import NoteEvent
from latentscore.instruments.instrument import instrument
from latentscore.instruments.solo import Soloist
for name, voice in (("pad.cinematic", 0), ("melody.rising", 0), ("accent.bells", 0), ("accent.pluck", 0)):
    soloist = Soloist(instrument(name))
    soloist.start([NoteEvent("x", 10, 100, 60.0, 0.7, voice)])
    print(name, *np.abs(soloist.process(3)).sum(axis=1))
"""


def test_the_kernel_runs_as_plain_python(run_python: Any) -> None:
    def numbers(env: dict[str, str]) -> dict[str, list[float]]:
        result = run_python("-c", _SCRIPT, env=env)
        assert result.returncode == 0, result.stderr
        lines = [line.split() for line in result.stdout.splitlines()]
        return {line[0]: [float(x) for x in line[1:]] for line in lines}

    jitted, plain = numbers({}), numbers({"NUMBA_DISABLE_JIT": "1"})
    for name, values in jitted.items():
        assert plain[name] == pytest.approx(values, rel=1e-3, abs=1e-6), name


@pytest.mark.parametrize(
    ("amp", "gain", "is_left"),
    [
        (Amp(attack_s=0.001), 0.1, True),  # held: it may be faint for a moment only
        (Amp(attack_s=0.001, sustain=0.0, decay_s=20.0), 0.1, False),
        (Amp(attack_s=0.001, sustain=0.0, decay_s=20.0), 1.0, True),  # the same, but louder in the mix
    ],
)
def test_what_dies_away_ends_where_it_is_faint_after_the_gain(amp: Amp, gain: float, is_left: bool) -> None:
    bank = Bank(BANK_KINDS["fm"], 44100)
    patch = FmPatch(amp=amp, level_db=-80.0)
    bank.start(0, patch.lanes(NoteEvent("melody", 0, 10**8, 48.0, 0.7), MEDIUM, Random(0, "test")))
    controls = ONES[:33].copy()
    controls[:, 2] = gain
    bank.process(0, 32, controls, np.zeros((2, 32 * TICK), dtype=np.float32))
    assert bank.active == is_left
