"""Ogg metadata: the comment header of a Vorbis or Opus stream, written anew, its pages numbered again (RFC 3533)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from latentscore.errors import FileFormatError
from latentscore.output import comments
from latentscore.output.patching import replace

_HEAD: Final = struct.Struct("<4sBBqIIIB")
_CONTINUED: Final = 1
_MIRROR: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class _Codec(NamedTuple):
    """How a codec frames its comments, and how many packets its headers are after the first."""

    first: bytes
    before: bytes
    after: bytes
    n_packets: int


_CODECS: Final = (
    _Codec(b"\x01vorbis", b"\x03vorbis", b"\x01", 2),
    _Codec(b"OpusHead", b"OpusTags", b"", 1),
)


class _Page(NamedTuple):
    start: int
    flags: int
    position: int
    """The codec's count of frames at the page's end."""
    lacing: bytes
    """Lengths of the segments; a packet ends with the first below 255."""
    body: bytes

    @property
    def size(self) -> int:
        return _HEAD.size + len(self.lacing) + len(self.body)


class _Headers(NamedTuple):
    codec: _Codec
    start: int
    """Of the page after the first."""
    size: int
    """Of all header pages but the first."""
    packets: list[bytes]
    """The comments, and for Vorbis the codebooks."""


def write_comments(path: Path, fields: Mapping[str, str], serial: int) -> None:
    """Replace an Ogg file's comments, and give its stream the number `serial`, which encoders draw at random."""
    with path.open("r+b") as file:
        old = _headers(file)
        vendor, _ = comments.unpacked(_inner(old))
        ours = old.codec.before + comments.packed(vendor, fields) + old.codec.after
        new = b"".join(_pages_of([ours, *old.packets[1:]]))
        replace(file, old.start, old.size, new)
        for number, page in enumerate(_pages(file)):
            file.seek(page.start)
            file.write(_bytes(page, serial, number))


def read_comments(path: Path) -> dict[str, str]:
    """Return an Ogg file's comments. Raises `FileFormatError` if it is neither Vorbis nor Opus."""
    with path.open("rb") as file:
        return comments.unpacked(_inner(_headers(file)))[1]


def _inner(headers: _Headers) -> bytes:
    return headers.packets[0][len(headers.codec.before) :]


def _headers(file: BinaryIO) -> _Headers:
    """Read the header pages; the last of their packets ends a page, as both codecs demand."""
    pages = _pages(file)
    first = next(pages, None)
    codec = next((one for one in _CODECS if first and first.body.startswith(one.first)), None)
    if first is None or codec is None:
        raise FileFormatError("this is neither Ogg Vorbis nor Opus")
    packets, size, goes_on = list[bytes](), 0, False
    for page in pages:
        size += page.size
        at = length = 0
        for lace in page.lacing:
            length += lace
            if lace < 255:
                piece = page.body[at : at + length]
                packets = [*packets[:-1], packets[-1] + piece] if goes_on else [*packets, piece]
                at, length, goes_on = at + length, 0, False
        if page.lacing and page.lacing[-1] == 255:
            piece = page.body[at:]
            packets = [*packets[:-1], packets[-1] + piece] if goes_on else [*packets, piece]
            goes_on = True
        if len(packets) == codec.n_packets and not goes_on:
            return _Headers(codec, first.size, size, packets)
    raise FileFormatError("its Ogg headers are cut off")


def _pages_of(packets: Sequence[bytes]) -> Iterator[bytes]:
    """Lay packets out in pages, not yet numbered."""
    lacing = b"".join(b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets)
    body, at, flags = b"".join(packets), 0, 0
    for first in range(0, len(lacing), 255):
        laces = lacing[first : first + 255]
        size = sum(laces)
        ends_none = all(lace == 255 for lace in laces)
        yield _bytes(_Page(0, flags, -1 if ends_none else 0, laces, body[at : at + size]), 0, 0)
        flags = _CONTINUED if laces[-1] == 255 else 0
        at += size


def _pages(file: BinaryIO) -> Iterator[_Page]:
    at = 0
    while True:
        file.seek(at)
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size or head[:4] != b"OggS":
            return
        _, _, flags, position, _, _, _, n_segments = _HEAD.unpack(head)
        lacing = file.read(n_segments)
        page = _Page(at, flags, position, lacing, file.read(sum(lacing)))
        yield page
        at += page.size


def _bytes(page: _Page, serial: int, number: int) -> bytes:
    """Return a page with its stream, number and checksum."""

    def head(checksum: int) -> bytes:
        n_segments = len(page.lacing)
        return _HEAD.pack(b"OggS", 0, page.flags, page.position, serial, number, checksum, n_segments)

    rest = page.lacing + page.body
    return head(_checksum(head(0) + rest)) + rest


def _checksum(data: bytes) -> int:
    """Return Ogg's CRC-32: zlib's polynomial with the bits the other way round, and zero before and after."""
    mirrored = zlib.crc32(data.translate(_MIRROR), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(mirrored.to_bytes(4, "little").translate(_MIRROR), "big")
