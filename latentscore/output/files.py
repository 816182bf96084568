"""Audio files: which formats there are, and one way to write them, streamed and atomic."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from latentscore.errors import FileFormatError, OutputError, invalid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentscore.output.recipes import Recipe
    from latentscore.output.tags import Tags

    Frames = NDArray[np.float32]
    RecipeSource = Recipe | Callable[[], Recipe | None] | None


@dataclass(frozen=True)
class Format:
    """How samples go into one kind of file."""

    container: str
    """libsndfile's name; WAV is written here."""
    bits: tuple[int, ...]
    """Bits per sample on offer, the default first; 32 are floats. Empty where coded lossily."""
    subtype: str = ""
    """libsndfile's name, for lossy ones."""
    sample_rate: int | None = None
    """The only rate that the format has, if so."""


FORMATS: Final[dict[str, Format]] = {
    ".wav": Format("WAV", (16, 24, 32)),
    ".flac": Format("FLAC", (24, 16)),
    ".ogg": Format("OGG", (), "VORBIS"),
    ".opus": Format("OGG", (), "OPUS", 48000),
    ".mp3": Format("MP3", (), "MPEG_LAYER_III"),
}
"""Formats by file suffix."""

_BLOCK_FRAMES: Final = 1 << 16


def format_of(path: Path) -> Format:
    """The format that a path's suffix asks for. Raises `FileFormatError` on an unknown one."""
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise FileFormatError(
            f"path={str(path)!r}: unknown suffix {path.suffix!r}; use one of {', '.join(FORMATS)}"
        )
    return found


def check_target(path: Path, bits: int | None = None) -> Path:
    """Raise now, before any rendering, if a file can't be written at `path`, or not with `bits`."""
    _checked_bits(format_of(path), bits)
    return check_place(path)


def check_place(path: Path) -> Path:
    """Raise `OutputError` unless there is a folder for a file at `path`, and no folder of that name."""
    if not os.path.isdir(path.parent):
        raise OutputError(f"path={str(path)!r}: there is no folder {str(path.parent)!r}")
    if os.path.isdir(path):  # unlike Path.is_dir, false for a name too long to exist
        raise OutputError(f"path={str(path)!r}: is a folder; give the name of a file")
    return path


def write_audio(
    path: Path,
    chunks: Iterable[Frames],
    sample_rate: int,
    channels: int,
    seed: int,
    *,
    bits: int | None = None,
    recipe: RecipeSource = None,
) -> None:
    """Write chunks, float32 (n,) or (n, channels), to `path` as they come; memory stays flat.

    Args:
        path: Target; the suffix chooses the format.
        chunks: The samples, in order.
        sample_rate: Frames per second, 44100 or 48000. Opus files always have 48000: others are resampled.
        channels: 1 or 2.
        seed: Seed of the dither.
        bits: Bits per sample: 16 or 24, dithered, or 32 for floats. None is 16 for WAV and 24 for FLAC.
        recipe: How the samples were made, for the metadata; or a function that tells it once all are written.

    Raises:
        InvalidConfigError: Bits that the format does not have.
        FileFormatError: Unknown suffix, or a loop that would have to be resampled.
        OutputError: The file can't be written; nothing is left behind.
    """
    from latentscore.output.atomic import atomic_path

    kind = format_of(check_target(path, bits))
    job = _Job(kind, sample_rate, channels, seed, _checked_bits(kind, bits), recipe)
    if kind.sample_rate not in (None, sample_rate) and _is_loop(recipe):
        raise FileFormatError(
            f"path={str(path)!r}: resampling would break the loop's seam; render it with sample_rate=48000"
        )
    try:
        with atomic_path(path) as part:
            if kind.container == "WAV":
                _write_wav(part, chunks, job)
            else:
                _write_encoded(path, part, chunks, job)
    except _SourceError as failed:
        source_error = failed.error
    else:
        return
    raise source_error


class _SourceError(Exception):
    """Carries what a source of chunks raised past those who would take it for an error of the disk."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error)
        self.error = error


@dataclass
class _Job:
    """One file being written."""

    kind: Format
    sample_rate: int
    channels: int
    seed: int
    bits: int
    """0 for a lossy format."""
    recipe: RecipeSource
    n_frames: int = 0
    """Taken so far."""

    def blocks(self, chunks: Iterable[Frames]) -> Iterator[Frames]:
        """Cut chunks to (n, channels) of a bounded size, and count their frames."""
        for chunk in _told_apart(chunks):
            frames = chunk if chunk.ndim == 2 else chunk[:, None]
            for first in range(0, len(frames), _BLOCK_FRAMES):
                block = frames[first : first + _BLOCK_FRAMES]
                self.n_frames += len(block)
                yield block

    def tags(self) -> Tags:
        """What the file says about itself, now that all frames are taken."""
        from latentscore.output.tags import Tags

        recipe = self.recipe() if callable(self.recipe) else self.recipe
        return Tags.of(recipe, self.seed, self.n_frames)


def _told_apart(chunks: Iterable[Frames]) -> Iterator[Frames]:
    """Yield chunks; an `OSError` of their source, such as a lost connection, becomes a `_SourceError`."""
    try:
        yield from chunks
    except OSError as error:
        raise _SourceError(error) from None


def _write_wav(part: Path, chunks: Iterable[Frames], job: _Job) -> None:
    from latentscore.output.dither import Dither
    from latentscore.output.wav import WavWriter

    dither = Dither(job.bits, job.seed) if job.bits < 32 else None
    with part.open("r+b") as file:
        writer = WavWriter(file, job.sample_rate, job.channels, job.bits)
        for block in job.blocks(chunks):
            writer.write(dither.packed(block) if dither else block.astype("<f4").tobytes())
        writer.finish(*job.tags().chunks(job.sample_rate))


def _write_encoded(path: Path, part: Path, chunks: Iterable[Frames], job: _Job) -> None:
    import soundfile

    from latentscore.output.dither import Dither
    from latentscore.output.flac import RESERVED, RESERVED_UNKNOWN
    from latentscore.output.resample import to_48k
    from latentscore.output.tags import write_tags

    dither = Dither(job.bits, job.seed) if job.bits else None
    blocks = job.blocks(chunks)
    if job.kind.sample_rate not in (None, job.sample_rate):
        blocks = to_48k(blocks)
    rate = job.kind.sample_rate or job.sample_rate
    subtype = job.kind.subtype or f"PCM_{job.bits}"
    try:
        with soundfile.SoundFile(
            str(part), "w", rate, job.channels, subtype, format=job.kind.container
        ) as file:
            if job.kind.container == "FLAC":
                file.comment = " " * (RESERVED_UNKNOWN if callable(job.recipe) else RESERVED)
            for block in blocks:
                file.write(dither.quantise(block) if dither else block)
    except soundfile.LibsndfileError as error:
        raise OutputError(f"path={str(path)!r}: writing failed ({error})") from error
    write_tags(part, job.kind.container, job.tags())


def _checked_bits(kind: Format, bits: int | None) -> int:
    """Return the bits to write with; 0 for a lossy format."""
    if bits is None:
        return kind.bits[0] if kind.bits else 0
    if not kind.bits:
        raise invalid("bits", bits, f"None: {kind.subtype} is lossy and has no bits per sample")
    if isinstance(bits, bool) or bits not in kind.bits:
        raise invalid("bits", bits, sorted(kind.bits))
    return bits


def _is_loop(recipe: RecipeSource) -> bool:
    from latentscore.output.recipes import RenderRecipe

    return isinstance(recipe, RenderRecipe) and recipe.shape == "loop"
