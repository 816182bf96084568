"""Wavetables: harmonics as written, frames that blend, no alias even when bent, and one memory for all banks."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from latentscore.dsp.ticks import TICK
from latentscore.errors import InvalidConfigError
from latentscore.events import NoteEvent
from latentscore.instruments import spectra
from latentscore.instruments.banks import wavetable as bank
from latentscore.instruments.instrument import Instrument
from latentscore.instruments.patches.wavetable import WavetablePatch
from latentscore.instruments.shape import Amp, Lfo, Sweep
from latentscore.instruments.solo import MEDIUM, Soloist
from latentscore.theory.pitch import hertz

RATE = 44_100
N = 1 << 15
PITCH = 45.0
Mono = NDArray[np.float64]


def patch(table: str = "haze", **fields: object) -> WavetablePatch:
    plain = {"cutoff_hz": 18_900.0, "key_track": 0.0, "velocity_oct": 0.0, "amp": Amp(attack_s=0.001)}
    return WavetablePatch(table, **{"lanes_per_note": 1, **plain, **fields})  # pyright: ignore[reportArgumentType]


def steady(one: WavetablePatch, pitch: float, bend: float = 1.0, skip: int = 8_192) -> Mono:
    """N frames of a held note from frame `skip` on, the left side."""
    soloist = Soloist(Instrument("test.one", ((one,),), 0.0), MEDIUM)
    soloist.start([NoteEvent("pad", 0, 10**8, pitch, 0.7)])
    blocks = [soloist.process(128, (1.0, bend, 1.0)) for _ in range((N + skip) // (128 * TICK))]
    return np.concatenate(blocks, axis=1)[0, skip:].astype(np.float64)


def harmonics(audio: Mono, pitch: float, n: int) -> Mono:
    """Amplitudes of the first n harmonics."""
    window = np.hanning(audio.size)
    turns = np.arange(audio.size) * hertz(pitch) / RATE
    found = [np.abs(np.sum(audio * window * np.exp(-2j * np.pi * k * turns))) for k in range(1, n + 1)]
    return np.array(found) / window.sum() * 2.0 * np.sqrt(2.0)  # the note lies in the middle


def levels(table: str) -> Mono:
    found = spectra.SPECTRA[table]()
    return found / np.sqrt(np.square(found).sum(axis=1, keepdims=True))


@pytest.mark.parametrize("table", spectra.SPECTRA)
@pytest.mark.parametrize("frame", [0, 3, bank.N_FRAMES - 1])
def test_a_frame_sounds_with_the_harmonics_written_for_it(table: str, frame: int) -> None:
    found = harmonics(steady(patch(table, place=frame / (bank.N_FRAMES - 1)), PITCH), PITCH, 16)
    assert found == pytest.approx(levels(table)[frame, :16], abs=0.004)


def test_between_two_frames_lies_the_mean_of_their_spectra() -> None:
    found = harmonics(steady(patch(place=2.25 / (bank.N_FRAMES - 1)), PITCH), PITCH, 16)
    wanted = 0.75 * levels("haze")[2] + 0.25 * levels("haze")[3]
    assert found == pytest.approx(wanted[:16], abs=0.004)


def test_the_second_envelope_carries_a_note_from_frame_to_frame() -> None:
    moving = patch(sweep_place=1.0, sweep=Sweep(attack_s=1.2, decay_s=60.0, sustain=1.0))
    early, late = (harmonics(steady(moving, PITCH, skip=skip), PITCH, 20) for skip in (0, 90_112))
    first, last = levels("haze")[0, :20], levels("haze")[-1, :20]
    assert np.linalg.norm(late - last) < 0.1
    assert np.linalg.norm(early - last) > np.linalg.norm(early - first) > 0.1


def test_the_lfo_moves_through_the_table_and_stays_within_it() -> None:
    """A wave larger than the table is cut at its ends, without a step anywhere."""
    audio = steady(patch("shade", place=0.5, lfo_place=2.0, lfo=Lfo(rate_hz=2.0, rate_spread=0.0)), PITCH)
    ends = steady(patch("shade", place=1.0), PITCH)
    assert np.isfinite(audio).all()
    assert np.abs(np.diff(audio)).max() < 1.05 * np.abs(np.diff(ends)).max()
    hop = RATE // 8
    dull = [harmonics(audio[k : k + hop], PITCH, 8)[2] for k in range(0, N - hop, hop // 2)]
    assert max(dull) > 1.5 * min(dull)


@pytest.mark.parametrize("bend", [1.0, 2.0**0.5])
@pytest.mark.parametrize("table", spectra.SPECTRA)
def test_aliases_of_2_khz_lie_60_db_below_however_it_is_bent(table: str, bend: float) -> None:
    audio = steady(patch(table, place=1.0), 69.0 + 12.0 * float(np.log2(2_000.0 / 440.0)), bend)
    level = 20.0 * np.log10(np.abs(np.fft.rfft(audio * np.blackman(N))) + 1e-9)
    hz = np.fft.rfftfreq(N, 1.0 / RATE)
    partial = np.abs(hz - 2_000.0 * bend * np.maximum(np.rint(hz / (2_000.0 * bend)), 1.0)) < 12.0 * RATE / N
    assert level[~partial].max() < level.max() - 60.0


@pytest.mark.parametrize("step", np.geomspace(0.0005, 0.3, 40))
def test_the_copy_for_a_pitch_has_what_fits_and_no_more(step: float) -> None:
    at = bank.copy_for(float(step))
    cycle = bank.mip_map(np.ones((bank.N_FRAMES, bank.N_HARMONICS)))[at : at + bank.SIZE]
    n = int(np.flatnonzero(np.abs(np.fft.rfft(cycle)) > 1e-3).max())
    assert n * step * 2.0**0.5 < 0.5 or n == 1
    assert n == bank.N_HARMONICS or 2 * n * step > 0.3


def test_every_frame_has_the_power_of_a_sine() -> None:
    for name in spectra.SPECTRA:
        start = spectra.start_of(name)
        frames = spectra.tables()[start : start + bank.N_FRAMES * (bank.SIZE + 2)].reshape(bank.N_FRAMES, -1)
        assert np.square(frames[:, : bank.SIZE]).mean(axis=1) == pytest.approx(0.5, rel=1e-4)
        assert np.abs(frames[:, : bank.SIZE].mean(axis=1)).max() < 1e-6


def test_the_tables_are_made_once() -> None:
    assert spectra.tables() is spectra.tables()
    assert spectra.tables().size == len(spectra.SPECTRA) * bank.TABLE_SIZE


def test_an_unknown_table_is_refused_and_the_valid_ones_are_named() -> None:
    with pytest.raises(InvalidConfigError, match="shade"):
        spectra.start_of("shadow")
