"""The compiled library: its columns, how they are written and read, and the stamp that tells a stale file.

An uncompressed `.npz`: it is mostly int8 vectors, which do not shrink, and the wheel is deflated anyway. The
same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from latentscore.config.fields import FIELDS
from latentscore.errors import ModelNotAvailableError

ASSET: Final = Path(__file__).parent / "assets" / "library.npz"
UNCHOSEN: Final = 255
"""In `labels`: the author left the field to its default."""
NUMBER: Final = 254
"""In `labels`: the author wrote a number, which stands in `numbers`."""
NUMBERED: Final = tuple(name for name, field in FIELDS.items() if field.number_range)
"""The fields that take a number beside their labels: the columns of `numbers`."""

_REMEDY = "Reinstall latentscore, or in a clone run: python -m data_work.build_library"


@dataclass(frozen=True, kw_only=True, eq=False)
class LibraryTable:
    """A library as columns, one row an entry.

    Attributes:
        vectors: int8 (n, width): each entry's embedding, up to a factor.
        scales: float32 (n,): the factor that gives a row unit length.
        labels: uint8 (n, fields): positions in the labels of `FIELDS`, or UNCHOSEN, or NUMBER.
        numbers: float64 (n, len(NUMBERED)): the numbers written instead of labels; nan elsewhere.
        texts: uint8: UTF-8 of all vibes, then all titles, one a line.
        theme_names: uint8: UTF-8, one a line.
        themes: uint16 (n,): positions in the theme names.
        colors: uint8 (palettes, colours, 4): red, green, blue, weight.
        palette_ends: uint32 (n,): an entry's palettes end before this row of `colors`.
        encoder: SHA-256 of the encoder that made the vectors.
    """

    vectors: NDArray[np.int8]
    scales: NDArray[np.float32]
    labels: NDArray[np.uint8]
    numbers: NDArray[np.float64]
    texts: NDArray[np.uint8]
    theme_names: NDArray[np.uint8]
    themes: NDArray[np.uint16]
    colors: NDArray[np.uint8]
    palette_ends: NDArray[np.uint32]
    encoder: NDArray[np.str_]


def stamp() -> str:
    """Return a digest of all field names, labels and defaults: the meaning of a row's label positions."""
    table = [[name, list(field.labels), field.default] for name, field in FIELDS.items()]
    return hashlib.sha256(json.dumps(table).encode()).hexdigest()


def pack_lines(lines: list[str]) -> NDArray[np.uint8]:
    """Return UTF-8 of the lines, none of which may hold a line break."""
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


def unpack_lines(packed: NDArray[np.uint8]) -> list[str]:
    """Return the lines that `pack_lines` was given."""
    return packed.tobytes().decode().split("\n")


def write_table(table: LibraryTable, path: Path) -> None:
    """Write a library file."""
    columns = {field.name: getattr(table, field.name) for field in fields(table)}
    np.savez(path, stamp=np.array(stamp()), **columns)


def read_table(path: Path = ASSET) -> LibraryTable:
    """Read a library file.

    Raises:
        ModelNotAvailableError: Missing, damaged, or compiled for other fields than this version's.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            columns: dict[str, NDArray[Any]] = {name: stored[name] for name in stored.files}
        written = str(columns.pop("stamp"))
    except FileNotFoundError:
        raise ModelNotAvailableError(f"The library {path} is missing. {_REMEDY}") from None
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ModelNotAvailableError(f"The library {path} can't be read ({error}). {_REMEDY}") from error
    if written != stamp() or columns.keys() != {field.name for field in fields(LibraryTable)}:
        raise ModelNotAvailableError(
            f"The library {path} was compiled for other config fields than this version has. {_REMEDY}"
        )
    return LibraryTable(**columns)
