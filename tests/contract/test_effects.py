"""What every registered effect must do, whatever it sounds like."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from latentscore.config.fields import FIELDS
from latentscore.dsp.ticks import TICK
from latentscore.effects.echo import ECHO_AMOUNTS
from latentscore.effects.effect import InsertEffect, SendEffect
from latentscore.effects.registry import Entry, InsertEntry, SendEntry, effect, effects, register
from latentscore.errors import InvalidConfigError

RATE = 44_100
Audio = NDArray[np.float32]
ENTRIES = pytest.mark.parametrize("entry", effects().values(), ids=list(effects()))


def _process(entry: Entry, made: SendEffect | InsertEffect, audio: Audio, controls: Audio) -> Audio:
    """Return what the effect gives for one block, its input untouched."""
    audio, controls = np.ascontiguousarray(audio), np.ascontiguousarray(controls)
    out = np.zeros_like(audio) if isinstance(entry, SendEntry) else audio.copy()
    made.process(*((audio, controls, out) if isinstance(entry, SendEntry) else (out, controls)))  # type: ignore[arg-type]
    return out


def _in_blocks(entry: Entry, made: Any, audio: Audio, controls: Audio, sizes: list[int]) -> Audio:
    parts, tick = [], 0
    for size in sizes:
        part = audio[:, tick * TICK : (tick + size) * TICK]
        parts.append(_process(entry, made, part, controls[tick : tick + size + 1]))
        tick += size
    assert tick * TICK == audio.shape[1]
    return np.concatenate(parts, axis=1)


def _noise(n_ticks: int, seed: int = 0, level: float = 0.3) -> Audio:
    return (np.random.default_rng(seed).normal(size=(2, n_ticks * TICK)) * level).astype(np.float32)


def _default_controls(entry: Entry, n_ticks: int) -> Audio:
    return np.tile(np.array([c.default for c in entry.controls], np.float32), (n_ticks + 1, 1))


def _moving_controls(entry: Entry, n_ticks: int, seed: int, beyond: float = 0.0) -> Audio:
    """Controls that ramp, jump and rest anywhere in their ranges (and `beyond` them)."""
    rng = np.random.default_rng(seed)
    knots = np.sort(rng.integers(0, n_ticks + 1, 12))
    columns = []
    for control in entry.controls:
        reach = beyond * (control.high - control.low)
        values = rng.uniform(control.low - reach, control.high + reach, 12)
        ramp = np.interp(np.arange(n_ticks + 1), knots, values)
        steps = values[np.searchsorted(knots, np.arange(n_ticks + 1)) % 12]
        columns.append(ramp if rng.random() < 0.5 else steps)
    return np.ascontiguousarray(np.stack(columns, axis=1), np.float32)


def _random_sizes(n_ticks: int, seed: int) -> list[int]:
    cuts = np.sort(np.random.default_rng(seed).integers(0, n_ticks + 1, 40))
    return np.diff([0, *cuts, n_ticks]).tolist()  # empty blocks among them


@ENTRIES
def test_an_empty_block_changes_nothing(entry: Entry) -> None:
    made = entry.factory(RATE)
    assert _process(entry, made, _noise(0), _default_controls(entry, 0)).shape == (2, 0)
    fresh = _process(entry, entry.factory(RATE), _noise(9), _default_controls(entry, 9))
    np.testing.assert_array_equal(_process(entry, made, _noise(9), _default_controls(entry, 9)), fresh)


@ENTRIES
def test_blocks_that_do_not_fit_are_refused(entry: Entry) -> None:
    made = entry.factory(RATE)
    with pytest.raises(InvalidConfigError, match="controls"):
        _process(entry, made, _noise(3), _default_controls(entry, 4))
    with pytest.raises(InvalidConfigError, match="audio"):
        _process(entry, made, _noise(3)[:, :-1], _default_controls(entry, 3))
    with pytest.raises(InvalidConfigError, match="sample_rate"):
        entry.factory(100)


@ENTRIES
@pytest.mark.parametrize("seed", range(4))
def test_any_partition_gives_the_same_samples(entry: Entry, seed: int) -> None:
    n_ticks = 2_600
    audio = _noise(n_ticks, seed)
    audio[:, 200 * TICK : 2_300 * TICK] = (
        0.0  # 3 s of rest: long enough for tails to end and blocks to be skipped
    )
    controls = _moving_controls(entry, n_ticks, seed)
    if entry.name == "echo":
        controls[:, 1] *= 0.3
    if entry.name == "reverb":
        controls[:, 0] = np.minimum(controls[:, 0], 0.5)
    made = entry.factory(RATE)
    whole = _in_blocks(entry, made, audio, controls, [n_ticks])
    sizes = _random_sizes(n_ticks, seed)
    np.testing.assert_array_equal(_in_blocks(entry, entry.factory(RATE), audio, controls, sizes), whole)
    single = [1] * n_ticks if seed == 0 else sizes[::-1]
    made.reset()
    np.testing.assert_array_equal(_in_blocks(entry, made, audio, controls, single), whole)


@ENTRIES
@pytest.mark.parametrize("sample_rate", [44_100, 48_000])
def test_output_is_finite_and_bounded_even_for_controls_out_of_range(entry: Entry, sample_rate: int) -> None:
    made = entry.factory(sample_rate)
    for seed in range(8):
        audio = np.clip(_noise(400, seed, level=1.0), -1.0, 1.0)
        out = _process(entry, made, audio, _moving_controls(entry, 400, seed, beyond=0.2))
        assert np.all(np.isfinite(out))
        assert np.max(np.abs(out)) < 30.0


@ENTRIES
def test_the_tail_rings_out_and_then_is_exactly_silent(entry: Entry) -> None:
    made = entry.factory(RATE)
    assert not made.active
    _process(entry, made, _noise(100), _default_controls(entry, 100))
    assert made.active
    silence, controls = np.zeros((2, 128 * TICK), np.float32), _default_controls(entry, 128)
    first = _process(entry, made, silence, controls)
    assert np.any(first) or entry.name == "echo"  # whose first repeat comes later
    for _ in range(400):
        last = _process(entry, made, silence, controls)
        if not made.active:
            break
    assert not made.active
    assert not np.any(_process(entry, made, silence, controls))
    assert not np.any(last[:, -TICK:])


@ENTRIES
def test_the_first_frame_counts_like_any_other(entry: Entry) -> None:
    # An effect at rest must not miss what wakes it.
    energies = []
    for frame in (0, 1, TICK - 1, 5_000):
        audio = np.zeros((2, 2_000 * TICK), np.float32)
        audio[:, frame] = 1.0
        out = _in_blocks(entry, entry.factory(RATE), audio, _default_controls(entry, 2_000), [70, 1, 1_929])
        energies.append(float(np.sum(out.astype(np.float64) ** 2)))
    assert energies == pytest.approx([energies[0]] * 4, rel=0.1)  # drifting copies are interpolated


@ENTRIES
def test_no_denormals_are_left_in_the_tail(entry: Entry) -> None:
    made = entry.factory(RATE)
    controls = _default_controls(entry, 128)
    _process(entry, made, _noise(128), controls)
    for _ in range(120):
        out = _process(entry, made, np.zeros((2, 128 * TICK), np.float32), controls)
        arrays = [out, *(x for x in vars(made).values() if isinstance(x, np.ndarray) and x.dtype.kind == "f")]
        for array in arrays:
            tiny = np.finfo(array.dtype).tiny
            assert not np.any((array != 0.0) & (np.abs(array) < tiny))


@ENTRIES
def test_sounds_are_added_or_changed_in_place_and_inputs_kept(entry: Entry) -> None:
    audio, controls = _noise(100), _default_controls(entry, 100)
    if isinstance(entry, InsertEntry):
        return
    kept, bed = audio.copy(), _noise(100, seed=5)
    out = bed.copy()
    entry.factory(RATE).process(audio, controls, out)
    np.testing.assert_array_equal(audio, kept)
    alone = np.zeros_like(bed)
    entry.factory(RATE).process(audio, controls, alone)
    np.testing.assert_allclose(out, bed + alone, atol=1e-6)


def test_the_registry_knows_its_names() -> None:
    assert effect("echo").name == "echo"
    with pytest.raises(InvalidConfigError, match="reverb"):
        effect("rverb")
    with pytest.raises(InvalidConfigError, match="echo"):
        register(effect("echo"))


def test_every_echo_label_has_an_amount() -> None:
    assert tuple(ECHO_AMOUNTS) == FIELDS["echo"].labels
