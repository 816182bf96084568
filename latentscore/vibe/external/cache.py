"""Answers of language models, kept on disk, so that the same question is paid for once. Safe between processes."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sqlite3
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from latentscore.vibe.external.spec import ExternalModelSpec

MAX_ENTRIES: Final = 5_000
"""The oldest are dropped beyond this."""

_BUSY_S: Final = 5.0  # how long to wait for other processes that write
_TABLE: Final = "CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, value TEXT NOT NULL)"

_log = logging.getLogger(__name__)


@cache
def default_path() -> Path:
    """Return the file in the user's cache folder; the environment variable LATENTSCORE_CACHE moves the folder."""
    import platformdirs

    folder = os.environ.get("LATENTSCORE_CACHE")
    return (Path(folder) if folder else platformdirs.user_cache_path("latentscore")) / "answers.sqlite3"


def key_of(spec: ExternalModelSpec, prompt_version: str, vibe: str) -> str:
    """Return the key of a question: whatever changes the answer, hashed, so that no key or text can be read from it."""
    asked = {
        "model": spec.model,
        "candidates": spec.candidates,
        "arguments": spec.litellm_kwargs,  # api_base, temperature and the like
        "prompt": prompt_version,
        "vibe": vibe,
    }
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=repr).encode()).hexdigest()


class AnswerCache:
    """A file of answers. A file that can't be read or written is reported in the log and does without."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def get(self, key: str) -> Mapping[str, Any] | None:
        """Return what was stored under a key."""
        if not self.path.exists():
            return None
        try:
            with self._opened() as file:
                row = file.execute("SELECT value FROM answers WHERE key = ?", (key,)).fetchone()
            return cast(Mapping[str, Any], json.loads(row[0])) if row else None
        except (sqlite3.Error, OSError, ValueError) as error:
            _log.warning("The cache of answers %s can't be read: %s", self.path, error)
            return None

    def put(self, key: str, value: Mapping[str, Any]) -> None:
        """Store a value that JSON can hold; the oldest ones make room."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._opened() as file:
                file.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, json.dumps(value)))
                file.execute(
                    "DELETE FROM answers WHERE rowid <= (SELECT max(rowid) FROM answers) - ?", (MAX_ENTRIES,)
                )
        except (sqlite3.Error, OSError) as error:
            _log.warning("The cache of answers %s can't be written: %s", self.path, error)

    @contextmanager
    def _opened(self) -> Generator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=_BUSY_S)) as file, file:  # the inner one commits
            file.execute(
                "PRAGMA synchronous = OFF"
            )  # a cache may be lost with the power; waiting for the disk is worse
            file.execute(_TABLE)
            yield file
