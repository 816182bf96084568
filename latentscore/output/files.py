"""Audio files: which formats there are, and one way to write them, streamed and atomic."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from latentscore.errors import FileFormatError, OutputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Format:
    """How samples go into one kind of file, in libsndfile's names."""

    container: str
    subtype: str
    bits: int | None
    """Bits of an integer format, which is dithered; None where samples stay floats or are coded lossily."""


FORMATS: Final[dict[str, Format]] = {
    ".wav": Format("WAV", "PCM_16", 16),
    ".flac": Format("FLAC", "PCM_24", 24),
    ".ogg": Format("OGG", "VORBIS", None),
}
"""Formats by file suffix."""


def format_of(path: Path) -> Format:
    """The format that a path's suffix asks for. Raises `FileFormatError` on an unknown one."""
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise FileFormatError(
            f"path={str(path)!r}: unknown suffix {path.suffix!r}; use one of {', '.join(FORMATS)}"
        )
    return found


def check_target(path: Path) -> Path:
    """Raise now, before any rendering, if a file can't be written at `path`."""
    format_of(path)
    if not os.path.isdir(path.parent):
        raise OutputError(f"path={str(path)!r}: there is no folder {str(path.parent)!r}")
    if os.path.isdir(path):  # unlike Path.is_dir, false for a name too long to exist
        raise OutputError(f"path={str(path)!r}: is a folder; give the name of a file")
    return path


def write_audio(
    path: Path, chunks: Iterable[NDArray[np.float32]], sample_rate: int, channels: int, seed: int
) -> None:
    """Write chunks, float32 (n,) or (n, channels), to `path` as they come; memory stays flat.

    Args:
        path: Target; the suffix chooses the format.
        chunks: The samples, in order.
        sample_rate: Frames per second.
        channels: 1 or 2.
        seed: Seed of the dither.

    Raises:
        FileFormatError: Unknown suffix.
        OutputError: The file can't be written; nothing is left behind.
    """
    import soundfile

    from latentscore.output.atomic import atomic_path
    from latentscore.output.dither import Dither

    kind = format_of(check_target(path))
    dither = Dither(kind.bits, seed) if kind.bits else None
    with atomic_path(path) as part:
        try:
            with soundfile.SoundFile(
                str(part), "w", sample_rate, channels, kind.subtype, format=kind.container
            ) as file:
                for chunk in chunks:
                    file.write(dither.quantise(chunk) if dither else chunk)
        except soundfile.LibsndfileError as error:
            raise OutputError(f"path={str(path)!r}: writing failed ({error})") from error
