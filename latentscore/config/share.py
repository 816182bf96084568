"""The share code `ls1:…`: a whole config in some 34 URL-safe characters.

Layout, base64url without padding: number of fields (1 byte); for each field in table order the index of its
label (4 bits; 15 means that the number follows); those numbers (8 bytes each); CRC-32 of all that. So a
label or a field appended to the table leaves old codes valid, and anything else that moves an index needs a
new prefix.
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from collections.abc import Mapping
from itertools import zip_longest

from latentscore.config.fields import FIELDS, Field, Value
from latentscore.errors import InvalidConfigError, invalid

PREFIX = "ls1:"
_NUMBER = 15
_CHECKSUM_BYTES = 4
_DOUBLE = struct.Struct(">d")


def encode(values: Mapping[str, Value]) -> str:
    """Return the share code of a value for every field."""
    nibbles: list[int] = []
    numbers = b""
    for name, field in FIELDS.items():
        value = values[name]
        is_number = field.number_range is not None and isinstance(value, float)
        nibbles.append(_NUMBER if is_number else field.index(value))
        numbers += _DOUBLE.pack(value) if is_number else b""
    payload = bytes([len(nibbles)]) + _pack(nibbles) + numbers
    return PREFIX + _to_text(payload + _checksum(payload))


def decode(text: str) -> dict[str, Value]:
    """Return the values in a share code, without fields newer than it. Raises `InvalidConfigError`."""
    payload = _checked_payload(text)
    count = payload[0]
    if count > len(FIELDS):
        raise _newer(text)
    split = 1 + (count + 1) // 2
    nibbles, numbers = _unpack(payload[1:split])[:count], payload[split:]
    if len(nibbles) != count or len(numbers) != nibbles.count(_NUMBER) * _DOUBLE.size:
        raise _damaged(text)
    upcoming = _DOUBLE.iter_unpack(numbers)
    values: dict[str, Value] = {}
    for field, nibble in zip(FIELDS.values(), nibbles, strict=False):
        is_number = field.number_range is not None and nibble == _NUMBER
        values[field.name] = next(upcoming)[0] if is_number else _label(field, nibble, text)
    return values


def _label(field: Field, index: int, text: str) -> Value:
    if index >= len(field.labels):
        raise _newer(text)
    return field.labels[index]


def _checked_payload(text: object) -> bytes:
    if not isinstance(text, str):
        raise invalid("share code", text, f"text that starts with {PREFIX!r}")
    code = text.strip()
    if not code.startswith(PREFIX):
        raise invalid("share code", text, f"text that starts with {PREFIX!r}")
    body = code[len(PREFIX) :]
    try:
        data = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except (binascii.Error, ValueError):
        raise _damaged(text) from None
    payload, checksum = data[:-_CHECKSUM_BYTES], data[-_CHECKSUM_BYTES:]
    # comparing the text too catches the characters and the spare bits that base64 ignores
    if not payload or checksum != _checksum(payload) or _to_text(data) != body:
        raise _damaged(text)
    return payload


def _pack(nibbles: list[int]) -> bytes:
    return bytes(high << 4 | low for high, low in zip_longest(nibbles[::2], nibbles[1::2], fillvalue=0))


def _unpack(data: bytes) -> list[int]:
    return [nibble for byte in data for nibble in (byte >> 4, byte & 15)]


def _checksum(payload: bytes) -> bytes:
    return zlib.crc32(payload).to_bytes(_CHECKSUM_BYTES, "big")


def _to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _damaged(text: str) -> InvalidConfigError:
    return invalid("share code", text, "complete and unaltered, as share() gave it")


def _newer(text: str) -> InvalidConfigError:
    return invalid(
        "share code", text, "one that this version knows (this one was made by a newer LatentScore)"
    )
