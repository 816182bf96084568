"""The library that ships: a sequence of valid entries, and the nearest of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from latentscore.config import FIELDS, MusicConfig
from latentscore.errors import InvalidConfigError
from latentscore.vibe.library import Entry, Library, load_library


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def test_every_entry_is_valid(library: Library) -> None:
    vibes: set[str] = set()
    for entry in library:
        assert entry.vibe.strip()
        assert 1 <= len(entry.title.split()) <= 6
        assert entry.theme
        assert MusicConfig.model_validate(entry.config.labels()) == entry.config
        main = {name for name, field in FIELDS.items() if field.group != "finer"}
        assert main <= entry.config.model_fields_set, "the eighteen main fields are always chosen"
        assert entry.palettes
        assert all(len(palette.colors) == 5 for palette in entry.palettes)
        vibes.add(entry.vibe)
    assert len(vibes) == len(library) >= 500


def test_it_is_a_sequence(library: Library) -> None:
    assert library[-1] == library[len(library) - 1] == list(library)[-1]
    assert library[2:4] == (library[2], library[3])
    assert library[0] in library
    assert library.index(library[7]) == 7
    for beyond in (len(library), -len(library) - 1):
        with pytest.raises(IndexError):
            library[beyond]
    assert repr(library).startswith("<Library of ")


def test_entries_are_frozen_and_equal_by_value(library: Library) -> None:
    assert library[3] == library[3]
    assert hash(library[3]) == hash(library[3])
    with pytest.raises(AttributeError):
        library[3].vibe = "x"  # type: ignore[misc]
    assert isinstance(library[3], Entry)


def test_loaded_once_whoever_asks() -> None:
    with ThreadPoolExecutor(4) as threads:
        assert len({id(library) for library in threads.map(lambda _: load_library(), range(8))}) == 1


def test_nearest(library: Library) -> None:
    vector = np.zeros(library.width, np.float32)
    vector[0] = 1.0
    rows, similarities = library.nearest(vector, 10)
    assert rows.shape == similarities.shape == (10,)
    assert (np.diff(similarities) <= 0).all()
    every, of_every = library.nearest(vector, len(library) + 5)
    assert sorted(every.tolist()) == list(range(len(library)))
    assert every[:10].tolist() == rows.tolist()
    assert (np.abs(of_every) <= 1).all()


def test_equal_similarities_keep_the_order(library: Library) -> None:
    rows, similarities = library.nearest(np.zeros(library.width, np.float32), len(library))
    assert rows.tolist() == list(range(len(library)))
    assert not similarities.any()


@pytest.mark.parametrize("shape", [(383,), (384, 1), (1, 384), ()])
def test_a_vector_of_another_shape(library: Library, shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidConfigError, match="vector must be of shape"):
        library.nearest(np.zeros(shape, np.float32), 3)


def test_no_neighbours_asked(library: Library) -> None:
    with pytest.raises(InvalidConfigError, match="n must be a whole number from 1"):
        library.nearest(np.zeros(library.width, np.float32), 0)
