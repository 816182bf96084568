"""The banks as a whole against closed forms: aliases, cutoff, and no trace of ticks or of other notes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from latentscore.dsp.ticks import TICK
from latentscore.dsp.weave import unwoven
from latentscore.events import NoteEvent
from latentscore.instruments.bank import BANK_KINDS, Bank
from latentscore.instruments.banks.lanes import LANES, RESERVE
from latentscore.instruments.instrument import Instrument, Patch, instrument, names
from latentscore.instruments.patches.fm import FmPatch
from latentscore.instruments.patches.saw import SawPatch
from latentscore.instruments.shape import Amp
from latentscore.instruments.solo import MEDIUM, Soloist
from latentscore.randomness import Random
from latentscore.theory.pitch import hertz

RATE = 44_100
N = 1 << 16
Mono = NDArray[np.float64]
FAST = Amp(attack_s=0.001)
TOP = 81.0 + 12.0 * float(np.log2(2_000.0 / hertz(81.0)))
"""MIDI pitch of 2 kHz."""


def solo(patch: Patch) -> Soloist:
    return Soloist(Instrument("test.one", ((patch,),), 0.0), MEDIUM)


def steady(patch: Patch, pitch: float) -> Mono:
    """N frames of a held note, the left side, from the 16384th frame on."""
    soloist = solo(patch)
    soloist.start([NoteEvent("pad", 0, 10**8, pitch, 0.7)])
    blocks = [soloist.process(128) for _ in range(10)]
    return np.concatenate(blocks, axis=1)[0, 2 * 8_192 :].astype(np.float64)


def levels_db(audio: Mono) -> Mono:
    """Level of each bin, by a window whose side lobes lie 92 dB below its peak."""
    turns = 2.0 * np.pi * np.arange(audio.size) / audio.size
    window = 0.35875 - 0.48829 * np.cos(turns) + 0.14128 * np.cos(2 * turns) - 0.01168 * np.cos(3 * turns)
    return 20.0 * np.log10(np.abs(np.fft.rfft(audio * window)) / window.sum() * 2.0 + 1e-12)


OPEN = {"cutoff_hz": 18_000.0, "key_track": 0.0, "velocity_oct": 0.0, "amp": FAST}


@pytest.mark.parametrize(
    "patch",
    [
        SawPatch(**OPEN, detune_cents=0.0),
        SawPatch(**OPEN, detune_cents=0.0, pulse_width=0.5),
        SawPatch(**OPEN, detune_cents=0.0, pulse_width=0.2),
        FmPatch(harmonics=(1.0, 0.5, 0.4, 0.3, 0.2), amp=FAST),
        FmPatch(modulator_ratio=2.0, index=1.0, amp=FAST),
    ],
    ids=["saw", "square", "pulse", "harmonics", "fm"],
)
def test_what_is_not_a_partial_of_a_note_at_2_khz_lies_60_db_below(patch: Patch) -> None:
    level = levels_db(steady(patch, TOP))
    hz = np.fft.rfftfreq(N, 1.0 / RATE)
    order = np.maximum(np.rint(hz / 2_000.0), 1.0)
    partial = np.abs(hz - 2_000.0 * order) < 6.0 * RATE / N
    loudest = level[partial].max()
    assert level[np.abs(hz - 2_000.0) < 10.0].max() == loudest
    assert level[~partial].max() < loudest - 60.0


@pytest.mark.parametrize("cutoff_hz", [400.0, 1_500.0, 5_000.0])
@pytest.mark.parametrize("resonance", [0.7, 3.0])
def test_the_cutoff_and_resonance_of_a_patch_are_those_of_its_filter(
    cutoff_hz: float, resonance: float
) -> None:
    """Partials through the filter against the open one: the low-pass of second order, mapped by the tangent."""
    plain: dict[str, Any] = {"detune_cents": 0.0, "locked": True, "velocity_oct": 0.0, "key_track": 0.0}
    closed, opened = (
        levels_db(steady(SawPatch(cutoff_hz=hz, resonance=q, amp=FAST, **plain), 45.0))
        for hz, q in ((cutoff_hz, resonance), (18_900.0, 0.7071))
    )
    bins = np.rint(hertz(45.0) * np.arange(1, 100) * N / RATE).astype(int)

    def response(hz: float, q: float) -> NDArray[np.float64]:
        s = 1j * np.tan(np.pi * bins / N) / np.tan(np.pi * hz / RATE)
        return -20.0 * np.log10(np.abs(s * s + s / q + 1.0))

    wanted = response(cutoff_hz, resonance) - response(18_900.0, 0.7071)
    heard = wanted > -40.0
    assert heard.sum() > 10
    assert (closed - opened)[bins][heard] == pytest.approx(wanted[heard], abs=0.5)


VOICES = [(name, k) for name in names() for k, patches in enumerate(instrument(name).voices) if patches]
each_voice = pytest.mark.parametrize(("name", "voice"), VOICES, ids=[f"{n}-{v}" for n, v in VOICES])


def note(name: str, voice: int, onset: int = 0, pitch: float = 60.0, length: int = 10**8) -> NoteEvent:
    return NoteEvent(name.split(".")[0], onset, length, pitch, 0.7, voice)


@each_voice
def test_ticks_leave_no_trace_in_a_note(name: str, voice: int) -> None:
    """Nowhere does the sound bend more on the frames where ticks meet than it does within ticks.

    A bend is a second difference; a step in a gain, a pitch or a filter would be one of its full height.
    """
    soloist = Soloist(instrument(name), MEDIUM)
    soloist.start([note(name, voice, onset=1_017, length=20_000)])
    audio = np.concatenate([soloist.process(128) for _ in range(10)], axis=1).astype(np.float64)
    bends = np.pad(np.abs(np.diff(audio, n=2, axis=1)).max(axis=0), 1).reshape(-1, TICK)
    bends = bends[1_017 // TICK + 2 :]  # the onset has a test of its own
    meeting, within = bends[:, [0, 1, TICK - 1]], bends[:, 2 : TICK - 1]
    assert meeting.max() <= 1.3 * within.max() + 1e-4 * np.abs(audio).max()


@each_voice
def test_a_note_among_others_is_the_note_alone(name: str, voice: int) -> None:
    """What a note adds to those that sound when it starts, and that it outlives, is what it is by itself."""
    random, heard = Random(0, "test", name), 0.0
    early = [note(name, voice, onset=41 + 700 * k, length=12_000) for k in range(3)]
    late = note(name, voice, onset=9_037, pitch=67.0, length=7_000)
    for patch in instrument(name).voice(voice):
        lanes = {event: patch.lanes(event, MEDIUM, random) for event in (*early, late)}
        n_early = min(3, (LANES - RESERVE) // lanes[late].shape[0] - 1)  # more would steal its lanes
        early = early[:n_early]
        together, without, alone = (
            _played(patch.bank, {event: lanes[event] for event in events})
            for events in ([*early, late], early, [late])
        )
        assert np.abs(together - without - alone).max() < 3e-6 * max(1.0, np.abs(together).max())
        heard = max(heard, float(np.abs(alone).max()))
    assert heard > 1e-3


def _played(kind: str, lanes: dict[NoteEvent, NDArray[np.float32]]) -> Mono:
    bank = Bank(BANK_KINDS[kind], RATE)
    for event, rows in lanes.items():
        bank.start(event.onset, rows)
    out = np.zeros((2, 1_024 * TICK), dtype=np.float32)
    bank.process(0, 1_024, np.ones((1_025, 3), dtype=np.float32), out)
    return unwoven(out).astype(np.float64)


@pytest.mark.parametrize("name", ["bass.sustained", "pad.warm_slow", "pad.dark_sustained", "pad.cinematic"])
@pytest.mark.parametrize("column", [0, 1, 2], ids=["cutoff", "pitch", "level"])
def test_a_control_that_moves_a_bank_leaves_no_step(name: str, column: int) -> None:
    """It goes up and down by half within a third of a second, which is faster than the engine moves anything."""
    n_ticks = 1_280
    controls = np.ones((n_ticks + 1, 3), dtype=np.float32)
    controls[600:, column] = 1.0 + 0.5 * np.sin(np.arange(n_ticks - 599) * TICK / RATE * 2.0 * np.pi * 1.5)
    found: list[Mono] = []
    for table in (np.ones_like(controls), controls):
        soloist = Soloist(instrument(name), MEDIUM)
        soloist.start([note(name, 0)])
        (bank,) = soloist.banks.values()
        out = np.zeros((2, n_ticks * TICK), dtype=np.float32)
        bank.process(0, n_ticks, table, out)
        found.append(np.abs(np.diff(unwoven(out).astype(np.float64), n=2, axis=1))[:, 600 * TICK :])
    still, moved = found
    # 1.5 times as loud bends 1.5 times as much; higher or brighter by that much, 2.25 times.
    assert moved.max() <= (2.6, 2.6, 1.6)[column] * still.max()
    bends = np.pad(moved.max(axis=0), (1, 1)).reshape(-1, TICK)
    assert bends[1:, [0, 1, TICK - 1]].max() <= 1.3 * bends[1:, 2 : TICK - 1].max()
