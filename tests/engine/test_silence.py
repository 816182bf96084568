"""After the music: banks, strips, effects and master come to rest, with no denormals on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from latentscore.config import MusicConfig
from latentscore.dsp import strip as st
from latentscore.dsp.ticks import TICK
from latentscore.engine.renderer import Renderer
from latentscore.engine.strip import Buses, Strip
from latentscore.events import NoteEvent
from latentscore.instruments.bank import BANK_KINDS, Bank
from latentscore.instruments.instrument import instrument, names
from latentscore.instruments.solo import MEDIUM, Soloist

RATE = 44_100


def floats_of(thing: Any, seen: set[int] | None = None) -> Iterator[NDArray[Any]]:
    """Every array of floats that an object of this package holds, and those that its parts hold."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        if thing.dtype.kind == "f":
            yield thing
    elif isinstance(thing, (list, tuple)):
        for part in thing:
            yield from floats_of(part, seen)
    elif isinstance(thing, dict):
        yield from floats_of(list(thing.values()), seen)
    elif type(thing).__module__.startswith("latentscore."):
        yield from floats_of(getattr(thing, "__dict__", None), seen)


def n_denormals(thing: Any) -> int:
    """How many numbers in its state are neither zero nor normal."""
    total = 0
    for array in floats_of(thing):
        tiny = np.finfo(array.dtype).tiny
        total += int(np.count_nonzero((array != 0.0) & (np.abs(array) < tiny)))
    return total


def test_the_search_for_denormals_finds_one() -> None:
    renderer = Renderer(MusicConfig(), 1, RATE)
    assert n_denormals(renderer) == 0
    found = [array for array in floats_of(renderer) if array.size]
    assert sum(array.size for array in found) > 100_000  # delay lines of echo and reverb among them
    found[len(found) // 2].reshape(-1)[0] = 1e-42
    assert n_denormals(renderer) == 1


@pytest.mark.parametrize("name", names())
def test_a_bank_has_no_denormals_on_its_way_to_silence(name: str) -> None:
    """Rows of noise words, which are integers in the place of floats, are left out."""
    found = instrument(name)
    soloist = Soloist(found, MEDIUM)
    voices = [k for k, patches in enumerate(found.voices) if patches]
    soloist.start([NoteEvent("x", 300 * k, 4_000, 60.0, 0.7, voice) for k, voice in enumerate(voices)])
    for _ in range(400):  # up to 74 s
        out = soloist.process(128)
        for bank in soloist.banks.values():
            state = bank._state
            denormal = (state != 0.0) & (np.abs(state) < np.finfo(np.float32).tiny)
            denormal[_word_places(bank)] = False
            assert not denormal.any(), np.flatnonzero(denormal)
        assert not ((out != 0.0) & (np.abs(out) < np.finfo(np.float32).tiny)).any()
        if not soloist.n_sounding:
            break
    assert not soloist.n_sounding
    assert not any(bank.active for bank in soloist.banks.values())
    assert not soloist.process(128).any()


def _word_places(bank: Bank) -> slice:
    from latentscore.instruments.banks import noise, string
    from latentscore.instruments.banks.lanes import LANES

    place = {BANK_KINDS["noise"].number: noise.WORD, BANK_KINDS["string"].number: string.WORD}
    first = place.get(bank.kind.number)
    return slice(0, 0) if first is None else slice(first, first + LANES)


def test_a_strip_rests_once_all_has_passed_and_is_as_new_then() -> None:
    controls = np.ones((701, st.N_CONTROLS), dtype=np.float32)
    controls[:, [st.PAN, st.GRIT]] = 0.0
    delay = 900  # of the width, in frames

    def played(strip: Strip, first_tick: int, n_ticks: int, level: float) -> NDArray[np.float32]:
        shape = (2, n_ticks * TICK)
        noise = np.random.default_rng(first_tick).uniform(-level, level, shape).astype(np.float32)
        stem, *buses = np.zeros((4, *shape), dtype=np.float32)
        strip.process(first_tick * TICK, controls[: n_ticks + 1], noise, stem, Buses(*buses))
        return stem

    grained = Strip(RATE, delay / RATE)
    played(grained, 0, 20, 0.3)
    controls[:, st.WARM] = 0.0
    assert played(grained, 20, 40, 0.0).any()
    assert grained._state[st.SILENCE] > st.SPREAD_FRAMES // TICK, "it rests after a turn to clean, too"
    controls[:, st.WARM] = 1.0
    used = Strip(RATE, delay / RATE)
    assert played(used, 0, 20, 0.3).any()
    tail = played(used, 20, 700, 0.0)
    assert np.abs(tail[:, delay - TICK : delay]).max() > 0.01
    assert not tail[:, -TICK:].any()
    assert used._state[st.SILENCE] > st.SPREAD_FRAMES // TICK
    new = Strip(RATE, delay / RATE)
    assert np.array_equal(played(used, 720, 40, 0.3), played(new, 720, 40, 0.3))


@pytest.mark.parametrize(
    "config",
    [
        MusicConfig(space="large", echo="medium", grain="warm", accent="bells", rhythm="kit_light"),
        MusicConfig(space="dry", echo="none", grain="gritty", bass="walking", texture="vinyl_crackle"),
    ],
    ids=["large", "dry"],
)
def test_minutes_after_the_end_all_is_exactly_silent_and_nothing_is_computed(config: MusicConfig) -> None:
    renderer = Renderer(config, 1, RATE, ends_at=4 * RATE)
    assert renderer.read(4 * RATE).any()
    for _ in range(90):
        tail = renderer.read(RATE)
        assert n_denormals(tail) == 0
    performer = renderer.performer
    layers = [part.layer for part in performer._parts]
    assert not any(bank.active for layer in layers for bank in layer._banks.values())
    assert not performer._echo.active
    assert not performer._reverb.active
    assert n_denormals([layer._strip for layer in layers]) == 0
    assert n_denormals([performer._echo, performer._reverb, renderer._master]) == 0
    assert not tail.any()
    assert not renderer.read(TICK * 100).any()
