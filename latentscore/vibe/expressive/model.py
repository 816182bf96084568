"""`ExpressiveModel`: vibes read by a language model on this machine, in a thread, within a time limit."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from latentscore.config.checks import is_number
from latentscore.config.fields import FIELDS
from latentscore.downloads import weights_folder
from latentscore.errors import ConfigGenerateError, LLMInferenceError, invalid
from latentscore.pretrained import require_packages
from latentscore.progress import tell
from latentscore.vibe.answer import UnreadableAnswerError, read_answer
from latentscore.vibe.expressive.prompt import conversation
from latentscore.vibe.expressive.schema import local_schema
from latentscore.vibe.model import GenerateResult

if TYPE_CHECKING:
    from latentscore.vibe.expressive.writer import Writer

DEFAULT_HUB_ID: Final = "unsloth/gemma-3-270m-it"
"""Google's Gemma 3 270M, instruction-tuned, from a repository without a licence gate; the Gemma terms of use apply."""

PACKAGES: Final = ("torch", "transformers", "llguidance")
EXTRA: Final = "expressive"

_N_EXAMPLES: Final = 3


class _Stopped(Exception):  # noqa: N818 - it ends work that nobody waits for any more
    """Raised between two tokens when the answer is no longer wanted."""


class ExpressiveModel:
    """A language model through transformers, whose answers always fit the config's schema.

    The library's nearest entries are its examples; direct instructions in the text ("no drums") win over what it
    answers, as with `fast`. It takes the likeliest token each time, so a vibe has one answer on one machine.

    Args:
        source: A folder with a model in transformers' format, or the hub id of one that was downloaded.
        timeout_s: Seconds for one vibe once its turn has come, loading not included, above 0.

    Raises:
        InvalidConfigError: A time limit that is not allowed.
    """

    def __init__(self, source: str = DEFAULT_HUB_ID, *, timeout_s: float = 120.0) -> None:
        if not (is_number(timeout_s) and timeout_s > 0):
            raise invalid("timeout_s", timeout_s, "a number of seconds above 0")
        self._source = source
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._writer: Writer | None = None

    def __repr__(self) -> str:
        return f"ExpressiveModel({self._source!r}, timeout_s={self._timeout_s:g})"

    @property
    def name(self) -> str:
        """How `model=` calls it."""
        return "expressive" if self._source == DEFAULT_HUB_ID else f"expressive:{self._source}"

    async def generate(self, vibe: str) -> GenerateResult:
        """Read a vibe in a thread. Cancelling ends the work at the next token.

        Raises:
            ModelNotAvailableError: A package or the weights are missing; the message says the command.
            LLMInferenceError: The time limit has passed.
        """
        unwanted = threading.Event()
        try:
            return await asyncio.to_thread(self._read, vibe, unwanted)
        except asyncio.CancelledError:
            unwanted.set()
            raise

    async def warmup(self) -> None:
        """Load the weights, if that has not been done. Raises `ModelNotAvailableError`."""
        await asyncio.to_thread(self._loaded)

    async def close(self) -> None:
        """Let go of the weights; the next vibe loads them again."""
        with self._lock:
            self._writer = None

    def _loaded(self) -> Writer:
        with self._lock:
            return self._open()

    def _open(self) -> Writer:
        from latentscore.vibe.expressive.writer import Writer

        if self._writer is None:
            require_packages(self.name, PACKAGES, EXTRA)
            folder = weights_folder(self.name, self._source)
            tell(f"Loading {self._source} …")
            self._writer = Writer(folder, local_schema())
        return self._writer

    def _read(self, vibe: str, unwanted: threading.Event) -> GenerateResult:
        from latentscore.vibe.directives import read_instructions
        from latentscore.vibe.obeying import obey
        from latentscore.vibe.retrieval import fast_model

        match = fast_model().resolve(vibe).match
        examples = [neighbour.entry for neighbour in match.neighbours[:_N_EXAMPLES]]
        with self._lock:  # one at a time: the cores are shared, and a model's cache is its own
            writer, start_s = self._open(), time.monotonic()
            text = writer.write(conversation(vibe, examples), self._watch(unwanted))
        try:
            answer = read_answer(text)
        except UnreadableAnswerError as error:
            raise ConfigGenerateError(f"{self.name}: {error}") from error
        obeyed = obey(answer.config, read_instructions(vibe))
        return GenerateResult(
            title=answer.title,
            thinking=answer.thinking,
            config=obeyed.config,
            palettes=answer.palettes,
            model=self.name,
            latency_s=time.monotonic() - start_s,
            notes=(*answer.notes, *obeyed.instructions),
        )

    def _watch(self, unwanted: threading.Event) -> Callable[[str], None]:
        """Return what is called before every token: it tells how far the answer is, and ends one that is late."""
        deadline_s = time.monotonic() + self._timeout_s

        def watch(text: str) -> None:
            if unwanted.is_set():
                raise _Stopped
            if time.monotonic() > deadline_s:
                raise LLMInferenceError(
                    f"{self.name} did not finish within {self._timeout_s:g} s: give it more with "
                    f"ExpressiveModel(…, timeout_s=…), take a smaller model, or set fallback=."
                )
            done = sum(f'"{name}"' in text for name in FIELDS)
            tell(f"Reading the vibe with {self.name} … {done / len(FIELDS):.0%}")

        return watch


def open_expressive(rest: str | None) -> ExpressiveModel:
    """The factory of `expressive` and `expressive:<folder or hub id>`."""
    return ExpressiveModel(DEFAULT_HUB_ID if rest is None else rest)
