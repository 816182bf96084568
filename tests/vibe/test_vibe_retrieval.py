"""Retrieval: every entry finds itself, paraphrases find their kin, and any text at all gives a config."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from latentscore.config import FIELDS, MusicConfig
from latentscore.errors import InvalidConfigError
from latentscore.vibe.confidence import fragment_share, is_low
from latentscore.vibe.embedder import Embedder
from latentscore.vibe.glossary import in_english
from latentscore.vibe.library import load_library
from latentscore.vibe.model import VibeModel
from latentscore.vibe.retrieval import Choice, FastModel, Query, Resolution, fast_model
from latentscore.vibe.voting import Voting

WEIRD = {
    "emoji": "🌧️🔥👩‍👩‍👧",
    "right to left": "מטר על גג הפח",
    "mixed direction": "rain \u202eniar\u202c مطر",
    "control": "\x00\x01\x02 \x1b[31mrain\x07",
    "only control": "\x00\x01",
    "zero width": "\u200b\u200d\ufeff",
    "combining": "r" + "\u0301" * 500,
    "lone surrogate": "rain \ud800 roof \udc00",
    "only a surrogate": "\udfff",
    "10,000 characters": "the rain goes on and on " * 417,
    "one long word": "a" * 10_000,
    "a million characters": "storm " * 170_000,
    "mostly white space": " " * 200_000 + "rain",
    "languages": "雨の夜 дождь pluie chuva बारिश 비",
    "private use": "\ue000\U0010ffff",
    "a sign": "?",
    "special pieces": "[CLS] [SEP] [MASK] [PAD]",
}


@pytest.fixture(scope="module")
def model() -> FastModel:
    return fast_model()


def test_entries_are_found_by_their_own_vibes() -> None:
    library = load_library()
    chosen = range(0, len(library), 5)  # one in five: all of them take a minute
    vectors = Embedder().embed([in_english(library[row].vibe) for row in chosen])
    for row, vector in zip(chosen, vectors, strict=True):
        rows, similarities = library.nearest(vector, 2)
        assert rows[0] == row, library[row].vibe
        assert similarities[0] > 0.999


def test_a_known_vibe(model: FastModel) -> None:
    entry = model.library[123]
    found = model.resolve(entry.vibe)
    assert found.config == entry.config
    assert (found.match.row, found.match.vibe, found.match.title) == (123, entry.vibe, entry.title)
    assert found.match.entry == entry
    assert found.match.similarity == pytest.approx(1.0, abs=1e-3)
    assert not found.low_confidence
    assert not found.truncated
    assert list(found.sources) == list(FIELDS)
    chosen = {name for name, source in found.sources.items() if source == "library row 123"}
    assert chosen == entry.config.model_fields_set
    assert set(found.sources.values()) <= {"library row 123", "default"}


def test_neighbours(model: FastModel) -> None:
    neighbours = model.resolve("a storm at sea").match.neighbours
    assert len(neighbours) >= 3
    assert len({near.row for near in neighbours}) == len(neighbours)
    similarities = [near.similarity for near in neighbours]
    assert similarities == sorted(similarities, reverse=True)
    for near in neighbours:
        assert (near.vibe, near.title, near.config) == (near.entry.vibe, near.entry.title, near.entry.config)
        assert near.entry == model.library[near.row]


@pytest.mark.parametrize(
    ("vibe", "theme"),
    [
        ("it is pouring on the metal roof, I am dozing off", "rain and weather"),
        ("beats for doing homework", "study and work"),
        ("a zombie is breathing behind the door", "horror and dread"),
        ("the stars go by outside the spaceship window", "space games"),
        ("grandad's funeral", "grief and loneliness"),
        ("mindful breathing, eyes closed", "meditation and yoga"),
        ("jogging through the park", "sport and running"),
        ("the waves of the pacific", "sea and water"),
        ("baking bread in a tiny kitchen", "chores, crafts and hobbies"),
        ("knights storm the castle, swords clash", "ancient and medieval times"),
    ],
)
def test_a_paraphrase_finds_its_theme(model: FastModel, vibe: str, theme: str) -> None:
    found = model.resolve(vibe)
    assert theme in [near.entry.theme for near in found.match.neighbours]
    assert not found.low_confidence


def test_no_drums_does_not_lead_to_drums(model: FastModel) -> None:
    plain, asked = (
        model.resolve(text).match.neighbours for text in ("a lantern boat", "a lantern boat, no drums")
    )
    assert plain[0].row in [near.row for near in asked]


def test_neighbours_sound_as_they_should(model: FastModel) -> None:
    assert model.resolve("frantic techno in a warehouse").config.tempo in ("fast", "very_fast")
    assert model.resolve("falling asleep").config.tempo in ("slow", "very_slow")
    assert model.resolve("a dark cellar, something is breathing").config.brightness in ("dark", "very_dark")


@pytest.mark.parametrize("text", WEIRD.values(), ids=WEIRD)
def test_any_text_gives_a_config(model: FastModel, text: str) -> None:
    found = model.resolve(text)
    assert isinstance(found.config, MusicConfig)
    assert -1.0 <= found.match.similarity <= 1.0
    found.vibe.encode("utf-8")


@settings(max_examples=30)
@given(st.text(st.characters(exclude_categories=()), min_size=1).filter(lambda text: bool(text.strip())))
def test_any_text_at_all(text: str) -> None:
    assert isinstance(fast_model().resolve(text).config, MusicConfig)


@pytest.mark.parametrize("blank", ["", "  \n", None, 7])
def test_no_text(model: FastModel, blank: str) -> None:
    with pytest.raises(InvalidConfigError, match=r"^vibe must be"):
        model.resolve(blank)


def test_truncated(model: FastModel) -> None:
    long = "rain on the roof " * 100
    assert model.resolve(long).truncated
    assert model.resolve("storm " * 170_000).truncated
    assert not model.resolve("rain " * 200).truncated
    assert not model.resolve(" " * 200_000 + "rain").truncated
    after = model.resolve("storm " * 400 + "a party").match
    assert after.row == model.resolve("storm " * 400).match.row, "what is cut off has no say"


def test_spacing_and_case_do_not_matter(model: FastModel) -> None:
    assert model.resolve("  A Storm\n at  SEA ").match.row == model.resolve("a storm at sea").match.row


@pytest.mark.parametrize(
    "text",
    [
        "asdkjfh qwoeiu zxcmnb",
        "asdfghjkl",
        "xqzv blorp",
        "wpvlifrgjgh khmj",
        "!!!",
        "\ue000",
        "7d$kq#vv",
    ],
)
def test_nonsense_is_a_guess(model: FastModel, text: str) -> None:
    assert model.resolve(text).low_confidence


@pytest.mark.parametrize(
    "text",
    [
        "sunset",
        "saudade",
        "a robot learning to paint",
        "synthwave drive",
        "noche de lluvia",
        "melancholy autumn",
    ],
)
def test_plain_vibes_are_not(model: FastModel, text: str) -> None:
    assert not model.resolve(text).low_confidence


def test_few_library_vibes_would_be_guesses_without_themselves() -> None:
    embedder, library = Embedder(), load_library()
    chosen = range(0, len(library), 5)
    vibes = [in_english(library[row].vibe) for row in chosen]
    best = [float(library.nearest(vector, 2)[1][1]) for vector in embedder.embed(vibes)]
    low = [is_low(cosine, embedder.pieces(vibe)) for cosine, vibe in zip(best, vibes, strict=True)]
    assert np.mean(low) < 0.06


@pytest.mark.parametrize(
    ("pieces", "share"),
    [
        (["rain", "on", "tin"], 0.0),
        (["rain", ",", "tin", "."], 0.0),
        (["as", "##df", "gh", "##jk"], 0.5),
        (["[UNK]"], 1.0),
        (["!", "!"], 1.0),
        ([], 1.0),
    ],
)
def test_fragments(pieces: list[str], share: float) -> None:
    assert fragment_share(pieces) == share


Run = Callable[..., subprocess.CompletedProcess[str]]


class FakeEncoder:
    """Reads every text as the same direction."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), 384), np.float32)
        vectors[:, 5] = 1.0
        return vectors

    def pieces(self, text: str) -> list[str]:
        return text.split()

    def truncated(self, text: str) -> bool:
        return False


def test_a_chooser_of_ones_own() -> None:
    """The seam for votes and field-wise models."""

    def second_row(query: Query, /) -> Choice:
        assert query.vibe == "rain"
        assert query.vector[5] == 1.0
        second = query.neighbours[1]
        return Choice(second.config, second, dict.fromkeys(FIELDS, "the second row"))

    found = FastModel(FakeEncoder(), load_library(), choose=second_row, n_neighbours=3).resolve("rain")
    assert found.match.best == found.match.neighbours[1]
    assert len(found.match.neighbours) == 3
    assert set(found.sources.values()) == {"the second row"}


def test_the_same_every_time(model: FastModel) -> None:
    def told(found: Resolution) -> tuple[object, ...]:
        return (found.config, found.match.row, found.match.similarity)

    again = FastModel(Embedder(), load_library(), choose=Voting(load_library()))
    assert told(model.resolve("a storm at sea")) == told(again.resolve("a storm at sea"))


def test_used_from_many_threads() -> None:
    vibes = ["a storm at sea", "birthday", "fog", "war drums"] * 4

    def row(vibe: str) -> int:
        return fast_model().resolve(vibe).match.row

    alone = [row(vibe) for vibe in vibes]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(row, vibes)) == alone
        assert len({id(model) for model in threads.map(lambda _: fast_model(), range(8))}) == 1


def test_it_is_a_vibe_model(model: FastModel) -> None:
    assert isinstance(model, VibeModel)
    assert asyncio.run(model.generate("a storm at sea")) == model.resolve("a storm at sea").config


MODULES = (
    "text",
    "palette",
    "model",
    "library",
    "retrieval",
    "explanation",
    "confidence",
    "tables",
    "embedder",
    "glossary",
    "directives",
    "obeying",
    "voting",
    "neural",
    "shipped",
)


def printed(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_loads_no_encoder(run_python: Run) -> None:
    statement = (
        f"import sys; import {', '.join(f'latentscore.vibe.{name}' for name in MODULES)}; "
        "print(sorted({'onnxruntime', 'tokenizers', 'numba', 'scipy', 'asyncio'} & set(sys.modules)))"
    )
    assert printed(run_python("-c", statement)) == "[]"


def test_text_and_model_need_no_numpy(run_python: Run) -> None:
    statement = (
        "import sys, latentscore.vibe.text, latentscore.vibe.model, latentscore.vibe.palette; "
        "print(sorted({'numpy', 'pydantic'} & set(sys.modules)))"
    )
    assert printed(run_python("-c", statement)) == "[]"


def test_resolving_needs_no_network(run_python: Run) -> None:
    """In a process of its own, where connecting is refused before anything is imported."""
    blocked = (
        "import socket\n"
        "def refuse(*_, **__): raise SystemExit('network')\n"
        "socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse\n"
        "from latentscore.vibe.retrieval import fast_model\n"
        "print(fast_model().resolve('rain').match.vibe)"
    )
    assert printed(run_python("-c", blocked)) == "rain"
