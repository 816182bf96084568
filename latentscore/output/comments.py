"""Vorbis comments, as FLAC and Ogg files carry them: a vendor and a list of NAME=value."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from latentscore.errors import FileFormatError


def packed(vendor: str, fields: Mapping[str, str]) -> bytes:
    """Return the comments as bytes (https://xiph.org/vorbis/doc/v-comment.html), without a framing bit."""
    entries = [f"{name}={value}".encode() for name, value in fields.items()]
    return _sized(vendor.encode()) + struct.pack("<I", len(entries)) + b"".join(map(_sized, entries))


def unpacked(data: bytes) -> tuple[str, dict[str, str]]:
    """Return the vendor, and the fields with their names in capitals. Raises `FileFormatError`."""
    try:
        vendor, at = _text(data, 0)
        (n_fields,) = struct.unpack_from("<I", data, at)
        at += 4
        fields: dict[str, str] = {}
        for _ in range(n_fields):
            entry, at = _text(data, at)
            name, _, value = entry.partition("=")
            fields[name.upper()] = value
    except struct.error as error:
        raise FileFormatError(f"its Vorbis comments are damaged ({error})") from error
    return vendor, fields


def _sized(data: bytes) -> bytes:
    return struct.pack("<I", len(data)) + data


def _text(data: bytes, at: int) -> tuple[str, int]:
    (size,) = struct.unpack_from("<I", data, at)
    if at + 4 + size > len(data):
        raise struct.error("cut off")
    return data[at + 4 : at + 4 + size].decode(errors="replace"), at + 4 + size
