"""Votes: who votes, how a config follows, and the network that does without."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import latentscore as ls
from latentscore.config import FIELDS, MusicConfig
from latentscore.errors import ModelNotAvailableError
from latentscore.vibe import neural, voting
from latentscore.vibe.directives import is_nothing_else
from latentscore.vibe.library import Library, load_library
from latentscore.vibe.neural import Neural, load_network
from latentscore.vibe.shipped import MODELS, shipped_model
from latentscore.vibe.voting import (
    N_LABELS,
    N_VOTERS,
    SLICES,
    VOTED,
    Voting,
    choose_labels,
    load_ballot,
    load_reception,
)


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def voters(library: Library) -> Voting:
    return Voting(library)


def test_every_label_has_a_column_of_its_own() -> None:
    columns = [column for part in SLICES.values() for column in range(part.start, part.stop)]
    assert columns == list(range(N_LABELS))
    assert all(part.stop - part.start == len(FIELDS[name].labels) for name, part in SLICES.items())


def test_a_row_is_its_own_first_voter(library: Library, voters: Voting) -> None:
    units = library.units()
    for row in range(0, len(library), len(library) // 40):
        rows, weights = voters.voters(units[row], library.similarities(units[row]))
        assert rows[0] == row
        assert len(set(rows.tolist())) == N_VOTERS
        assert np.all(np.diff(weights) <= 0)
        assert weights.sum() == pytest.approx(1.0, abs=1e-5)


def test_positions_are_the_labels_of_the_configs(library: Library) -> None:
    positions = library.positions(VOTED)
    for row in range(0, len(library), len(library) // 100):
        config = library[row].config
        labels = [FIELDS[name].labels[at] for name, at in zip(VOTED, positions[row], strict=True)]
        assert labels == [FIELDS[name].nearest(getattr(config, name)) for name in VOTED]


def test_votes_of_one_mind_are_followed() -> None:
    votes = np.zeros(N_LABELS, np.float32)
    wanted = {name: FIELDS[name].labels[-1] for name in VOTED}
    for part in SLICES.values():
        votes[part.stop - 1] = 1.0
    assert choose_labels(votes, votes) == wanted
    anything = load_reception().scores(np.zeros(load_ballot().hints.shape[0], np.float32), votes)
    assert choose_labels(votes, anything) == wanted, "what nobody votes for is not played"


def test_a_vibe_of_the_library_is_played_as_written(library: Library) -> None:
    for row in range(5, len(library), len(library) // 15):
        entry = library[row]
        found = shipped_model("fast").resolve(entry.vibe)
        told = {name for name, source in found.sources.items() if source.startswith("instruction")}
        assert set(found.config.differences(entry.config)) <= told


@pytest.mark.parametrize("model", MODELS)
def test_instructions_win_and_updates_win_over_them(model: str) -> None:
    vibe = "a lantern boat, 74 bpm, no drums, in F# minor"
    audio = ls.render(vibe, model=model, duration=0.1)
    played = audio.config
    assert (played.tempo, played.rhythm, played.root, played.mode) == (74.0, "none", "f#", "minor")
    update = ls.MusicConfigUpdate(rhythm="brush", tempo="fast")
    updated = ls.render(vibe, model=model, duration=0.1, update=update).config
    assert (updated.rhythm, updated.tempo, updated.root) == ("brush", "fast", "f#")


def test_instructions_in_a_blend() -> None:
    blended = ls.render({"a lantern boat": 0.6, "neon city": 0.4}, duration=0.1).config
    ordered = ls.render(
        {"a lantern boat": 0.6, "neon city": 0.4, "no drums, 74 bpm": 0.1}, duration=0.1
    ).config
    assert (ordered.rhythm, ordered.tempo) == ("none", 74.0)
    assert set(ordered.differences(blended)) <= {"rhythm", "tempo"}
    alone = ls.render({"no drums": 1, "74 bpm": 1}, duration=0.1).config
    assert (alone.rhythm, alone.tempo) == ("none", 74.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("no drums", True), ("slow, dark, in D minor", True), ("rain, no drums", False), ("rain", False)],
)
def test_nothing_but_instructions(text: str, expected: bool) -> None:
    assert is_nothing_else(text) is expected


def test_the_network_answers_any_direction(library: Library) -> None:
    shares = load_network().shares(
        np.random.default_rng(0).normal(size=(50, library.width)).astype(np.float32)
    )
    assert list(shares) == list(FIELDS)
    for name, share in shares.items():
        assert share.shape == (50, len(FIELDS[name].labels))
        np.testing.assert_allclose(share.sum(axis=1), 1.0, rtol=1e-5)


def test_the_register_bounds_of_the_network_stay_apart() -> None:
    network = load_network()
    bias = np.zeros_like(network.second_bias)
    for name, label in (("register_min_oct", 8), ("register_max_oct", 1)):
        field = FIELDS[name]
        bias[neural.ENDS[name] - len(field.labels) + field.index(label)] = 50.0
    silent = replace(network, second=np.zeros_like(network.second), second_bias=bias)
    config = _config(silent)
    assert config.register_min_oct < config.register_max_oct


def _config(network: neural.Network) -> MusicConfig:
    library = load_library()
    found = voting.Neighbour(0, 0.5, library[0])
    return Neural(network)(voting.Query("x", library.units()[0], (found,), np.ones(1, np.float32))).config


def test_the_weights_are_small() -> None:
    assert neural.ASSET.stat().st_size <= 2e6
    assert voting.ASSET.stat().st_size <= 4e6


@pytest.mark.parametrize("load", [load_ballot, load_network])
def test_a_damaged_missing_or_stale_file(load: object, tmp_path: Path) -> None:
    path = tmp_path / "fitted.npz"
    with pytest.raises(ModelNotAvailableError, match="is missing"):
        load(path)  # type: ignore[operator]
    path.write_bytes(b"nonsense")
    with pytest.raises(ModelNotAvailableError, match="can't be read"):
        load(path)  # type: ignore[operator]
    np.savez(path, stamp=np.array("of other fields"))
    with pytest.raises(ModelNotAvailableError, match="other config fields"):
        load(path)  # type: ignore[operator]
