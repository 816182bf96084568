"""The model `fast`: a vibe is embedded, the closest entries of the library vote, and direct instructions win."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from latentscore.config.fields import FIELDS
from latentscore.config.model import MusicConfig
from latentscore.vibe.confidence import is_low
from latentscore.vibe.directives import read as read_text
from latentscore.vibe.library import Entry, Library, best_rows
from latentscore.vibe.obeying import NO_VOTES, Votes, obey
from latentscore.vibe.text import checked_vibe

N_NEIGHBOURS: Final = 5

READ_CHARACTERS: Final = 20_000
"""Text beyond this is not even tokenised: the window is 256 word pieces, so it could not be read."""

DEFAULT: Final = "default"

SAME: Final = 0.95
"""A row this close says the same as a vibe: the library holds no two so close."""


@dataclass(frozen=True)
class Neighbour:
    """An entry near a vibe."""

    row: int
    """Its index in the library."""
    similarity: float
    """Cosine, -1 to 1."""
    entry: Entry

    @property
    def vibe(self) -> str:
        """The text the entry stands for."""
        return self.entry.vibe

    @property
    def title(self) -> str:
        """The entry's title."""
        return self.entry.title

    @property
    def config(self) -> MusicConfig:
        """The entry's config."""
        return self.entry.config


@dataclass(frozen=True)
class Match:
    """The library row that a vibe was matched with, and the neighbours it was chosen among."""

    best: Neighbour
    neighbours: tuple[Neighbour, ...]
    """Best first; `best` is among them."""

    @property
    def row(self) -> int:
        """Index of the chosen row in the library."""
        return self.best.row

    @property
    def similarity(self) -> float:
        """Cosine of the vibe and the chosen row, -1 to 1."""
        return self.best.similarity

    @property
    def entry(self) -> Entry:
        """The chosen entry."""
        return self.best.entry

    @property
    def vibe(self) -> str:
        """The chosen entry's text."""
        return self.best.vibe

    @property
    def title(self) -> str:
        """The chosen entry's title."""
        return self.best.title


@dataclass(frozen=True)
class Query:
    """What a chooser decides on."""

    vibe: str
    vector: NDArray[np.float32]
    """The vibe's embedding, unit length, (width,)."""
    neighbours: tuple[Neighbour, ...]
    """Best first."""
    similarities: NDArray[np.float32]
    """Cosine of the vibe and every row, (rows,)."""


@dataclass(frozen=True)
class Choice:
    """What a chooser decided."""

    config: MusicConfig
    best: Neighbour
    """The row to be named as the match."""
    sources: Mapping[str, str]
    """Where each field came from, in a few words."""
    votes: Votes = field(default_factory=lambda: NO_VOTES)
    """For each field that was voted on, the share of each label."""


class TextEncoder(Protocol):
    """What retrieval asks of an embedder; `latentscore.vibe.embedder.Embedder` is the one that ships."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors, (len(texts), width)."""
        ...

    def pieces(self, text: str) -> list[str]:
        """Return the word pieces that are read; `##` begins one inside a word."""
        ...

    def truncated(self, text: str) -> bool:
        """Whether the text is longer than what is read."""
        ...


class Chooser(Protocol):
    """How neighbours become a config: the one best row, votes, a model of each field."""

    def __call__(self, query: Query, /) -> Choice: ...


@dataclass(frozen=True)
class Resolution:
    """What `fast` made of a vibe, and why."""

    vibe: str
    config: MusicConfig
    match: Match
    sources: Mapping[str, str]
    """Where each field came from, in a few words."""
    low_confidence: bool
    """Nothing in the library is close: the config is the best guess."""
    truncated: bool
    """The text is longer than the encoder's window; only its beginning counted."""
    read_as: str = ""
    """The English that a text in another language was read as; empty for an English one."""
    instructions: tuple[str, ...] = ()
    """Words that were taken as direct instructions, and what they came to."""
    shortfalls: tuple[str, ...] = ()
    """Instructions that could be met only in part, and why, a sentence each."""
    votes: Votes = field(default_factory=lambda: NO_VOTES)
    """For each field that was voted on, the share of each label."""


def top_row(query: Query) -> Choice:
    """Play the nearest entry as its author wrote it."""
    best = query.neighbours[0]
    chosen = best.config.model_fields_set
    sources = {name: f"library row {best.row}" if name in chosen else DEFAULT for name in FIELDS}
    return Choice(best.config, best, sources)


class FastModel:
    """Retrieval from a library: the nearest rows by cosine, then a chooser, then the instructions in the text.

    Args:
        embedder: Turns texts into unit vectors of the library's width.
        library: The entries.
        choose: Makes the config of the neighbours.
        n_neighbours: How many the chooser sees.
    """

    def __init__(
        self,
        embedder: TextEncoder,
        library: Library,
        *,
        choose: Chooser = top_row,
        n_neighbours: int = N_NEIGHBOURS,
    ) -> None:
        self.library = library
        self._embedder = embedder
        self._choose = choose
        self._n_neighbours = n_neighbours

    def resolve(self, vibe: str) -> Resolution:
        """Return the config for a vibe, with its match and neighbours.

        Raises:
            InvalidConfigError: Blank text, or no text.
        """
        text = checked_vibe(vibe)
        whole = _tidy(text)
        asked = read_text(whole[:READ_CHARACTERS])
        read = " ".join(asked.english.split())
        vector, similarities = self._placed(read, asked.rest if asked.instructions else "")
        neighbours = self._neighbours(similarities)
        choice = self._choose(Query(text, vector, neighbours, similarities))
        obeyed = obey(choice.config, asked.instructions, choice.votes)
        match = Match(choice.best, neighbours)
        return Resolution(
            vibe=text,
            config=obeyed.config,
            match=match,
            sources={**choice.sources, **obeyed.sources},
            low_confidence=is_low(match.similarity, self._embedder.pieces(read)),
            truncated=len(whole) > READ_CHARACTERS or self._embedder.truncated(read),
            read_as=read if asked.english != whole[:READ_CHARACTERS] else "",
            instructions=obeyed.instructions,
            shortfalls=obeyed.shortfalls,
            votes=choice.votes,
        )

    async def generate(self, vibe: str) -> MusicConfig:
        """As `resolve`, in a thread: the first call loads the encoder."""
        import asyncio  # a render has no need of it

        return (await asyncio.to_thread(self.resolve, vibe)).config

    def _placed(self, text: str, rest: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return where a text lies, and its similarity to every row.

        To the encoder "no drums" lies among drums. So a text with instructions lies halfway to what is left without
        them, unless a row says the same in so many words.
        """
        vectors = self._embedder.embed([text, rest] if rest else [text])
        similarities = self.library.similarities(vectors[0])
        if not rest or similarities.max() >= SAME:
            return vectors[0], similarities
        middle = vectors.sum(axis=0)
        middle /= np.linalg.norm(middle)
        return middle, self.library.similarities(middle)

    def vector(self, vibe: str) -> NDArray[np.float32]:
        """Return where a vibe lies among the embeddings, (width,): the vector that a chooser is given."""
        asked = read_text(_tidy(vibe)[:READ_CHARACTERS])
        return self._placed(" ".join(asked.english.split()), asked.rest if asked.instructions else "")[0]

    def _neighbours(self, similarities: NDArray[np.float32]) -> tuple[Neighbour, ...]:
        rows = best_rows(similarities, self._n_neighbours)
        return tuple(Neighbour(row, float(similarities[row]), self.library[row]) for row in rows.tolist())


def _tidy(text: str) -> str:
    """A text without needless space. Its lines stay: an instruction does not go on in the next one."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(filter(None, lines))


def fast_model() -> FastModel:
    """Return the model that ships, loaded once a process.

    Raises:
        ModelNotAvailableError: The encoder, the library or what was fitted is missing, damaged or stale.
    """
    from latentscore.vibe.shipped import shipped_model  # it builds on this module

    return shipped_model("fast")
