"""The models that ship, by name, each loaded once a process; they share the encoder and the library."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Final

from latentscore.vibe.glossary import load_glossary
from latentscore.vibe.lexicon import load_lexicon
from latentscore.vibe.library import load_library
from latentscore.vibe.retrieval import Chooser, FastModel

if TYPE_CHECKING:
    from latentscore.vibe.embedder import Embedder

MODELS: Final = ("fast", "neural")
"""The names that `model=` takes."""

_LOCK = threading.RLock()


def shipped_model(name: str) -> FastModel:
    """Return a model by its name in `MODELS`.

    Raises:
        ModelNotAvailableError: The encoder, the library or what was fitted is missing, damaged or stale.
    """
    with _LOCK:  # two first users wait for one encoder rather than load two
        return _loaded(name)


@cache
def _loaded(name: str) -> FastModel:
    with ThreadPoolExecutor(1) as thread:  # most of an encoder's loading leaves this one free
        embedder = thread.submit(_embedder)
        library, chooser = load_library(), _chooser(name)
        load_lexicon()  # every reading needs both
        load_glossary()
        return FastModel(embedder.result(), library, choose=chooser)


@cache
def _embedder() -> Embedder:
    from latentscore.vibe.embedder import Embedder

    return Embedder()


def _chooser(name: str) -> Chooser:
    if name == "neural":
        from latentscore.vibe.neural import Neural

        return Neural()
    from latentscore.vibe.voting import Voting

    return Voting(load_library())
