"""FLAC metadata: Vorbis comments put in place of those that the encoder wrote (RFC 9639, section 8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from latentscore.errors import FileFormatError, OutputError
from latentscore.output import comments
from latentscore.output.patching import replace

RESERVED: Final = 1 << 12
"""Bytes to reserve for comments before they are written: with more the whole file has to move."""
RESERVED_UNKNOWN: Final = 1 << 16
"""Bytes to reserve where what there will be to say is not known: the log of a stream grows."""

_PADDING, _COMMENTS = 1, 4
_MAX_SIZE: Final = (1 << 24) - 1
_IS_LAST: Final = 0x80


class _Block(NamedTuple):
    kind: int
    is_last: bool
    start: int
    """Of its header, which has four bytes."""
    size: int
    """Of its body."""


def write_comments(path: Path, fields: Mapping[str, str]) -> None:
    """Replace a FLAC file's comments; what they leave free becomes padding."""
    with path.open("r+b") as file:
        old = _comments_block(file)
        vendor, _ = comments.unpacked(_body(file, old))
        body = comments.packed(vendor, fields)
        room = max(0, old.size - len(body) - 4)  # the padding's own header takes four
        new = _header(_COMMENTS, False, len(body)) + body + _header(_PADDING, old.is_last, room) + bytes(room)
        replace(file, old.start, 4 + old.size, new)


def read_comments(path: Path) -> dict[str, str]:
    """Return a FLAC file's comments. Raises `FileFormatError` if there are none."""
    with path.open("rb") as file:
        return comments.unpacked(_body(file, _comments_block(file)))[1]


def _header(kind: int, is_last: bool, size: int) -> bytes:
    if size > _MAX_SIZE:
        raise OutputError(f"the file's metadata has {size} bytes; FLAC holds {_MAX_SIZE}: save as .wav")
    return bytes([kind | (_IS_LAST if is_last else 0)]) + size.to_bytes(3, "big")


def _comments_block(file: BinaryIO) -> _Block:
    found = next((block for block in _blocks(file) if block.kind == _COMMENTS), None)
    if found is None:
        raise FileFormatError("this FLAC file has no comments")
    return found


def _blocks(file: BinaryIO) -> Iterator[_Block]:
    file.seek(0)
    at, is_last = 4, file.read(4) != b"fLaC"
    while not is_last:
        file.seek(at)
        head = file.read(4)
        if len(head) < 4:
            return
        is_last, size = bool(head[0] & _IS_LAST), int.from_bytes(head[1:], "big")
        yield _Block(head[0] & 0x7F, is_last, at, size)
        at += 4 + size


def _body(file: BinaryIO, block: _Block) -> bytes:
    file.seek(block.start + 4)
    return file.read(block.size)
