"""Atomic files: a target is the old file or the whole new one, whatever happens in between."""

from __future__ import annotations

import contextlib
import glob
import hashlib
import os
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Final

from latentscore.errors import OutputError

if sys.platform != "win32":
    import fcntl

_LONGEST_NAME: Final = 200
"""Bytes; file systems end at 255, or sooner where names are encrypted or counted in UTF-16."""


@contextlib.contextmanager
def atomic_path(target: Path) -> Generator[Path]:
    """Give a hidden `.part` path beside `target`; rename it over `target` when the block ends well.

    After an error the part is removed; after a kill it stays, and the next save of the same target sweeps it.
    Raises `OutputError` if the folder can't be written.
    """
    if os.path.isdir(target):  # unlike Path.is_dir, false for a name too long to exist
        raise OutputError(f"path={str(target)!r}: is a folder; give the name of a file")
    _sweep(target)
    try:
        handle, name = tempfile.mkstemp(prefix=_prefix(target), suffix=".part", dir=target.parent)
    except OSError as error:
        raise OutputError(f"path={str(target)!r}: can't write there ({error.strerror})") from error
    part = Path(name)
    try:
        with os.fdopen(handle, "rb") as held:
            _hold(held.fileno())
            yield part
            os.fsync(held.fileno())
        _match_new_file_mode(part)
        os.replace(part, target)
    except OSError as error:
        raise OutputError(f"path={str(target)!r}: writing failed ({error.strerror or error})") from error
    finally:
        part.unlink(missing_ok=True)


def _prefix(target: Path) -> str:
    """Return how the names of a target's parts begin: with its own, unless that leaves no room for more."""
    name = os.fsencode(target.name)
    if len(name) <= _LONGEST_NAME:
        return f".{target.name}."
    return f".{hashlib.blake2b(name, digest_size=16).hexdigest()}."


def _hold(descriptor: int) -> None:
    """Mark the part as in use. Windows needs no mark: it refuses to delete an open file."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # some network file systems have no locks
            fcntl.flock(descriptor, fcntl.LOCK_SH)


def _sweep(target: Path) -> None:
    """Remove parts of `target` whose writer is gone."""
    for part in target.parent.glob(f"{glob.escape(_prefix(target))}*.part"):
        with contextlib.suppress(OSError):
            if _abandoned(part):
                part.unlink()


def _abandoned(part: Path) -> bool:
    if sys.platform == "win32":
        return True  # deleting it fails while its writer lives
    with part.open("rb") as held:
        try:
            fcntl.flock(held.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _match_new_file_mode(part: Path) -> None:
    """Give the part the permissions of an ordinary new file: `mkstemp` makes it private."""
    mask = os.umask(0)
    os.umask(mask)
    part.chmod(0o666 & ~mask)
