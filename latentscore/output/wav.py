"""WAV files of any length: written as a stream, and turned into RF64 where a size outgrows 32 bits."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from latentscore.errors import FileFormatError

_PCM, _FLOAT = 1, 3  # format tags
_MAX_32: Final = 0xFFFFFFFF
_DS64_SIZE: Final = 28
_HEADER_SIZE: Final = 12 + 8 + _DS64_SIZE
INFO_NAMES: Final = {"INAM": "TITLE", "ISFT": "ENCODER", "ICMT": "COMMENT"}
"""What the fields of an INFO list are called in other formats."""


class Chunk(NamedTuple):
    """Where a chunk's body lies in a file."""

    name: bytes
    start: int
    size: int


class WavWriter:
    """Writes one WAV file. A `JUNK` chunk at its start keeps room for the 64-bit sizes of RF64 (EBU Tech 3306).

    Args:
        file: Open for binary writing, empty.
        sample_rate: Frames per second.
        channels: 1 or 2.
        bits: 16 or 24 for integers, 32 for floats.
        max_size: Largest file, less 8 bytes, that is plain RIFF.
    """

    def __init__(
        self, file: BinaryIO, sample_rate: int, channels: int, bits: int, *, max_size: int = _MAX_32
    ) -> None:
        self._file = file
        self._max_size = max_size
        self._frame_size = channels * bits // 8
        self._data_size = 0
        rate = sample_rate * self._frame_size
        tag = _FLOAT if bits == 32 else _PCM
        form = struct.pack("<HHIIHH", tag, channels, sample_rate, rate, self._frame_size, bits)
        form += b"" if tag == _PCM else bytes(2)  # the size of an extension that only PCM may leave out
        head = b"RIFF\0\0\0\0WAVE" + chunk(b"JUNK", bytes(_DS64_SIZE)) + chunk(b"fmt ", form)
        if tag != _PCM:
            self._frames_at = len(head) + 8
            head += chunk(b"fact", bytes(4))  # frames, known at the end
        else:
            self._frames_at = None
        file.write(head + b"data\0\0\0\0")
        self._data_at = len(head) + 8

    def write(self, data: bytes) -> None:
        """Append whole frames, little-endian."""
        self._file.write(data)
        self._data_size += len(data)

    def finish(self, *chunks: bytes) -> None:
        """Append chunks, each padded as by `chunk`, and write the sizes."""
        if self._data_size % 2:
            self._file.write(b"\0")
        for one in chunks:
            self._file.write(one)
        size = self._file.tell() - 8
        n_frames = self._data_size // self._frame_size
        if size > self._max_size:
            self._patch(0, b"RF64" + struct.pack("<I", _MAX_32))
            wide = struct.pack("<QQQI", size, self._data_size, n_frames, 0)
            self._patch(12, chunk(b"ds64", wide))
            self._patch(self._data_at - 4, struct.pack("<I", _MAX_32))
        else:
            self._patch(4, struct.pack("<I", size))
            self._patch(self._data_at - 4, struct.pack("<I", self._data_size))
        if self._frames_at is not None:
            self._patch(self._frames_at, struct.pack("<I", min(n_frames, _MAX_32)))

    def _patch(self, at: int, data: bytes) -> None:
        self._file.seek(at)
        self._file.write(data)


def chunk(name: bytes, body: bytes) -> bytes:
    """Return a chunk, padded to an even length."""
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def info_chunk(title: str, encoder: str, comment: str) -> bytes:
    """Return a `LIST` chunk of type `INFO`."""
    fields = zip(INFO_NAMES, (title, encoder, comment), strict=True)
    return chunk(b"LIST", b"INFO" + b"".join(chunk(name.encode(), _text(value)) for name, value in fields))


def sampler_chunk(sample_rate: int, start: int, length: int) -> bytes:
    """Return a `smpl` chunk with one endless forward loop over `length` frames from `start`."""
    period_ns = round(1e9 / sample_rate)
    middle_c = 60
    head = struct.pack("<9I", 0, 0, period_ns, middle_c, 0, 0, 0, 1, 0)
    return chunk(b"smpl", head + struct.pack("<6I", 0, 0, start, start + length - 1, 0, 0))


def read_info(path: Path) -> dict[str, str]:
    """Return the fields of a WAV file's INFO list, by `INFO_NAMES`."""
    with path.open("rb") as file:
        for one in chunks(file):
            if one.name == b"LIST" and one.size >= 4:
                file.seek(one.start)
                if file.read(4) == b"INFO":
                    return _info_fields(file.read(one.size - 4))
    return {}


def chunks(file: BinaryIO) -> Iterator[Chunk]:
    """Yield the chunks of a RIFF or RF64 file. Raises `FileFormatError` if it is none."""
    if file.read(4) not in (b"RIFF", b"RF64") or file.read(8)[4:] != b"WAVE":
        raise FileFormatError("this is no WAV file")
    end = file.seek(0, 2)
    at, wide = 12, None
    while at + 8 <= end:
        file.seek(at)
        name, size = struct.unpack("<4sI", file.read(8))
        if name == b"ds64":
            wide = struct.unpack("<QQ", file.read(16))[1]
        elif name == b"data" and size == _MAX_32 and wide is not None:
            size = wide
        yield Chunk(name, at + 8, min(size, end - at - 8))
        at += 8 + size + size % 2


def _text(value: str) -> bytes:
    return value.encode() + b"\0"


def _info_fields(body: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at + 8 <= len(body):
        name, size = struct.unpack_from("<4sI", body, at)
        known = INFO_NAMES.get(name.decode("latin-1"))
        if known:
            found[known] = body[at + 8 : at + 8 + size].rstrip(b"\0").decode(errors="replace")
        at += 8 + size + size % 2
    return found
