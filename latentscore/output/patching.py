"""Patching: replaces bytes near the start of a large file in place, moving the rest if it must."""

from __future__ import annotations

from typing import BinaryIO, Final

_BLOCK: Final = 1 << 20


def replace(file: BinaryIO, start: int, length: int, new: bytes) -> None:
    """Put `new` where `length` bytes from `start` on are now. Memory stays flat; the file may grow or shrink."""
    _move(file, start + length, start + len(new))
    file.seek(start)
    file.write(new)


def _move(file: BinaryIO, source: int, target: int) -> None:
    """Move all from `source` to the end of the file to `target`."""
    if source == target:
        return
    end = file.seek(0, 2)
    starts = range(source, end, _BLOCK)
    for start in reversed(starts) if target > source else starts:
        file.seek(start)
        block = file.read(min(_BLOCK, end - start))
        file.seek(start - source + target)
        file.write(block)
    file.truncate(end - source + target)
