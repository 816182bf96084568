"""Snapshots: all of a running room as bytes, from which another process goes on with the very next sample."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from latentscore.errors import FileFormatError, invalid
from latentscore.freezing import freeze, thaw
from latentscore.output.recipes import MadeWith
from latentscore.stream.room import Room

_MAGIC: Final = b"latentscore snapshot 2\n"


def packed(room: Room, extra: object) -> bytes:
    """Return a room, and what belongs to it, as bytes."""
    frozen = freeze((MadeWith.here().model_dump(), room.state(), extra))
    return _MAGIC + _digest(frozen) + frozen


def unpacked(snapshot: bytes, sample_rate: int, channels: int) -> tuple[Room, Any]:
    """Return what `packed` packed.

    Raises:
        FileFormatError: Not a snapshot, damaged, or of another version.
        InvalidConfigError: Of another sample rate or number of channels.
    """
    if not isinstance(snapshot, (bytes, bytearray)):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise invalid("snapshot", snapshot, "bytes that a session's snapshot() returned")
    if not snapshot.startswith(_MAGIC):
        raise FileFormatError("not a snapshot of a LatentScore session")
    begins = len(_MAGIC) + len(_digest(b""))
    frozen = bytes(snapshot[begins:])
    if snapshot[len(_MAGIC) : begins] != _digest(frozen):
        raise FileFormatError("the snapshot is damaged: its bytes don't match their checksum")
    try:
        made_with, state, extra = thaw(frozen)
    except (ValueError, TypeError) as error:
        raise FileFormatError(f"the snapshot is damaged or of another version: {error}") from error
    here = MadeWith.here().model_dump()
    if made_with != here:
        raise FileFormatError(f"the snapshot was made with {made_with}; this is {here}")
    room = Room(sample_rate, channels)
    room.set_state(state)
    return room, extra


def _digest(frozen: bytes) -> bytes:
    """Return a checksum. It finds damage, not forgery: against that stands `thaw`."""
    return hashlib.sha256(frozen).digest()
