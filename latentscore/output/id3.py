"""ID3 tags, version 2.4, as MP3 files carry them at their start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from latentscore.errors import OutputError
from latentscore.output.patching import replace

_UTF_8: Final = b"\x03"
_FRAMES: Final = {"TITLE": b"TIT2", "ENCODER": b"TSSE"}
"""Fields with a frame of their own; all others are `TXXX`, which names itself."""
_MAX_SIZE: Final = (1 << 28) - 1


def write_tag(path: Path, fields: Mapping[str, str]) -> None:
    """Put a tag before a file that has none."""
    frames = b"".join(_frame(name, value) for name, value in fields.items())
    with path.open("r+b") as file:
        replace(file, 0, 0, b"ID3\x04\x00\x00" + _synchsafe(len(frames)) + frames)


def read_tag(path: Path) -> dict[str, str]:
    """Return the text fields of the tag at a file's start, by our names; none if there is none."""
    names = {frame: name for name, frame in _FRAMES.items()}
    found: dict[str, str] = {}
    for frame, text in _texts(path):
        if frame == b"TXXX":
            name, _, value = text.partition("\0")
            found[name.upper()] = value
        elif frame in names:
            found[names[frame]] = text
    return found


def _texts(path: Path) -> Iterator[tuple[bytes, str]]:
    with path.open("rb") as file:
        head = file.read(10)
        if len(head) < 10 or head[:4] != b"ID3\x04":
            return
        data = file.read(_plain(head[6:]))
    at = 0
    while at + 10 < len(data) and data[at]:
        size = _plain(data[at + 4 : at + 8])
        body = data[at + 10 : at + 10 + size]
        if body[:1] == _UTF_8:
            yield data[at : at + 4], body[1:].rstrip(b"\0").decode(errors="replace")
        at += 10 + size


def _frame(name: str, value: str) -> bytes:
    frame = _FRAMES.get(name, b"TXXX")
    text = value if name in _FRAMES else f"{name}\0{value}"
    body = _UTF_8 + text.encode()
    return frame + _synchsafe(len(body)) + b"\0\0" + body


def _synchsafe(size: int) -> bytes:
    """Return a size in four bytes of seven bits."""
    if size > _MAX_SIZE:
        raise OutputError(f"the file's metadata has {size} bytes; MP3 holds {_MAX_SIZE}: save as .wav")
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def _plain(data: bytes) -> int:
    return sum((byte & 0x7F) << shift for byte, shift in zip(data, (21, 14, 7, 0), strict=True))
