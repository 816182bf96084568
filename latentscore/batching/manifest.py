"""The manifest of a batch: one JSON line for each line of the file, kept as a journal while the batch runs."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal

from latentscore.errors import OutputError
from latentscore.output.atomic import atomic_path

NAME: Final = "manifest.jsonl"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What became of one line."""

    line: int
    id: str | None
    status: Literal["done", "failed"]
    file: str | None = None
    """Name of the file in the batch's folder."""
    sha256: str | None = None
    """Of the file."""
    seed: int | None = None
    config: dict[str, Any] | None = None
    """What was played, by field."""
    notes: tuple[str, ...] = ()
    """What was not played as asked, one sentence each."""
    error: str | None = None
    request: str | None = None
    """Fingerprint of the line; a line that has changed is rendered again."""


class Manifest:
    """The journal: entries are appended as they come, so that a kill loses at most the one being written.

    Args:
        folder: Where `manifest.jsonl` and the files lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / NAME
        self._journal: BinaryIO | None = None

    def finished(self) -> dict[tuple[str | None, str | None], Entry]:
        """Return the entries whose file is there, whole and unchanged, by id and request."""
        return {
            (entry.id, entry.request): entry
            for entry in self._entries()
            if entry.status == "done" and entry.file and _is_file(self._folder / entry.file, entry.sha256)
        }

    def replace(self, entries: Iterable[Entry]) -> None:
        """Make these the whole manifest, in the order of their lines; the old or the new one is always there."""
        self.close()
        with atomic_path(self._path) as part:
            part.write_bytes(b"".join(_written(entry) for entry in sorted(entries, key=lambda one: one.line)))

    def append(self, entry: Entry) -> None:
        """Add an entry, on the disk when this returns."""
        try:
            if self._journal is None:
                self._journal = self._path.open("ab")
            self._journal.write(_written(entry))
            self._journal.flush()
            os.fsync(self._journal.fileno())
        except OSError as error:
            raise OutputError(f"path={str(self._path)!r}: writing failed ({error.strerror})") from error

    def close(self) -> None:
        """Close the journal."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def _entries(self) -> list[Entry]:
        """Read what is there. A line cut off by a kill counts as not written."""
        try:
            lines = self._path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise OutputError(f"path={str(self._path)!r}: can't be read ({error.strerror})") from error
        return [entry for entry in map(_read, lines) if entry is not None]


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _is_file(path: Path, sha256: str | None) -> bool:
    return path.is_file() and sha256_of(path) == sha256


def _written(entry: Entry) -> bytes:
    return json.dumps(asdict(entry), ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _read(line: bytes) -> Entry | None:
    try:
        return Entry(**json.loads(line))
    except (ValueError, TypeError):
        return None
