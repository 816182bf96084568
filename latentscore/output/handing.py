"""Handing a file over as something else: its path, its bytes, or a URL that holds it."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, overload

from latentscore.errors import FileFormatError, invalid

Kind = Literal["path", "bytes", "data_url"]
Carrier = Callable[[Path], object]
"""Writes the file at a path."""

MIME_TYPES: Final = {
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".mp3": "audio/mpeg",
    ".mid": "audio/midi",
    ".midi": "audio/midi",
}
"""Media types by file suffix, as browsers know them."""


@overload
def hand_over(write: Carrier, kind: Literal["path"], suffix: str) -> Path: ...
@overload
def hand_over(write: Carrier, kind: Literal["bytes"], suffix: str) -> bytes: ...
@overload
def hand_over(write: Carrier, kind: Literal["data_url"], suffix: str) -> str: ...
@overload
def hand_over(write: Carrier, kind: Kind, suffix: str) -> Path | bytes | str: ...
def hand_over(write: Carrier, kind: Kind, suffix: str) -> Path | bytes | str:
    """Let `write` write a file of that suffix, and return it.

    `path` is a new file in a new temporary folder, which the caller may delete; the others leave nothing behind.

    Raises:
        InvalidConfigError: Another kind.
        FileFormatError: Unknown suffix.
    """
    if kind not in ("path", "bytes", "data_url"):
        raise invalid("kind", kind, ("numpy", "path", "bytes", "data_url"))
    if suffix.lower() not in MIME_TYPES:
        raise FileFormatError(f"suffix={suffix!r}: use one of {', '.join(MIME_TYPES)}")
    if kind == "path":
        path = Path(tempfile.mkdtemp(prefix="latentscore-")) / f"audio{suffix}"
        write(path)
        return path
    with tempfile.TemporaryDirectory(prefix="latentscore-") as folder:
        path = Path(folder) / f"audio{suffix}"
        write(path)
        data = path.read_bytes()
    if kind == "bytes":
        return data
    return f"data:{MIME_TYPES[suffix.lower()]};base64,{base64.b64encode(data).decode('ascii')}"
