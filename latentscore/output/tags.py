"""Tags: what a file says about its music, in the standard place of each format."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from latentscore import __version__
from latentscore.errors import FileFormatError, OutputError

if TYPE_CHECKING:
    from latentscore.output.recipes import Recipe

RECIPE: Final = "LATENTSCORE_RECIPE"
"""Name of the recipe's field. In WAV files, whose fields have fixed names, it is the comment."""


class LoopPoints(NamedTuple):
    """The frames that a player repeats."""

    start: int
    length: int


@dataclass(frozen=True)
class Tags:
    """What is written beside the samples."""

    title: str
    seed: int
    vibe: str = ""
    recipe: str = ""
    """JSON."""
    loop: LoopPoints | None = None

    @staticmethod
    def of(recipe: Recipe | None, seed: int, n_frames: int) -> Tags:
        """The tags of a file with `n_frames` and perhaps a recipe."""
        if recipe is None:
            return Tags("LatentScore", seed)
        loops = recipe.kind == "render" and recipe.shape == "loop"
        title = " ".join((recipe.title or recipe.vibe or "LatentScore").split())
        stem = recipe.stem if recipe.kind == "render" else None
        return Tags(
            f"{title} ({stem})" if stem else title,
            seed,
            recipe.vibe or "",
            recipe.to_json(),
            LoopPoints(0, n_frames) if loops else None,
        )

    @property
    def encoder(self) -> str:
        """The program and its version."""
        return f"LatentScore {__version__}"

    def fields(self) -> dict[str, str]:
        """The tags as names and values, for formats whose names are free."""
        fields = {"TITLE": self.title, "ENCODER": self.encoder, "VIBE": self.vibe, "SEED": str(self.seed)}
        if self.loop:
            fields |= {"LOOPSTART": str(self.loop.start), "LOOPLENGTH": str(self.loop.length)}
        return {name: value for name, value in (fields | {RECIPE: self.recipe}).items() if value}

    def chunks(self, sample_rate: int) -> list[bytes]:
        """The tags as chunks of a WAV file."""
        from latentscore.output import wav

        loop = [wav.sampler_chunk(sample_rate, *self.loop)] if self.loop else []
        return [*loop, wav.info_chunk(self.title, self.encoder, self.recipe or f"seed {self.seed}")]


def write_tags(path: Path, container: str, tags: Tags) -> None:
    """Put tags into a FLAC, OGG or MP3 file that has just been written."""
    from latentscore.output import flac, id3, ogg

    if container == "FLAC":
        flac.write_comments(path, tags.fields())
    elif container == "OGG":
        ogg.write_comments(path, tags.fields(), serial=tags.seed & 0x7FFFFFFF)
    else:
        id3.write_tag(path, tags.fields())


def read_tags(path: Path) -> dict[str, str]:
    """Return a file's tags by name, whatever it is called: its first bytes tell its format.

    Raises:
        FileFormatError: Not a format that has tags here.
        OutputError: The file can't be read.
    """
    from latentscore.output import flac, id3, ogg, wav

    try:
        with path.open("rb") as file:
            magic = file.read(4)
        if magic in (b"RIFF", b"RF64"):
            info = wav.read_info(path)
            comment = info.pop("COMMENT", "")
            return info | ({RECIPE: comment} if comment.startswith("{") else {"COMMENT": comment})
        if magic == b"fLaC":
            return flac.read_comments(path)
        if magic == b"OggS":
            return ogg.read_comments(path)
        if magic[:3] == b"ID3":
            return id3.read_tag(path)
    except OSError as error:
        raise OutputError(f"path={str(path)!r}: can't be read ({error.strerror or error})") from error
    raise FileFormatError("this is no WAV, FLAC, Ogg or tagged MP3 file")
