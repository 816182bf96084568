"""Compiles the authored library into the file that ships.

    python -m data_work.build_library            # check, embed, check again, write
    python -m data_work.build_library --check    # report problems, write nothing
    python -m data_work.build_library --lint     # as --check, with the linter's warnings

Every problem is reported at once, with its file and line; nothing is written while there is one. On one
machine the same sources give the same bytes; on another the last bit of a vector may differ.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_work.library_checks import check, near_duplicates
from data_work.library_lint import report
from data_work.library_source import LIBRARY_FOLDER, SourceEntry, read_library
from latentscore.config.fields import FIELDS, Value
from latentscore.config.model import MusicConfig
from latentscore.vibe.embedder import Embedder
from latentscore.vibe.glossary import in_english
from latentscore.vibe.library_file import (
    ASSET,
    NUMBER,
    NUMBERED,
    UNCHOSEN,
    LibraryTable,
    pack_lines,
    write_table,
)
from latentscore.vibe.palette import Palette

_ENCODER_FILES = ("encoder.onnx", "tokenizer.json")


def quantised(vectors: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return int8 rows (n, width), and the factors (n,) that give those rows unit length."""
    peaks = np.abs(vectors).max(axis=1, keepdims=True)
    rows = np.rint(vectors / peaks * 127).astype(np.int8)
    return rows, (1 / np.linalg.norm(rows.astype(np.float64), axis=1)).astype(np.float32)


def encoder_digest(folder: Path = ASSET.parent) -> str:
    """Return the SHA-256 of the encoder and its tokenizer."""
    return hashlib.sha256(b"".join((folder / name).read_bytes() for name in _ENCODER_FILES)).hexdigest()


def compiled(entries: Sequence[SourceEntry], vectors: NDArray[np.float32], encoder: str) -> LibraryTable:
    """Return the columns of the entries; `vectors` is (entries, width)."""
    rows, scales = quantised(vectors)
    theme_names = sorted({entry.theme for entry in entries})
    palettes = [palette for entry in entries for palette in entry.palettes]
    return LibraryTable(
        vectors=rows,
        scales=scales,
        labels=np.array([_positions(entry.config) for entry in entries], np.uint8),
        numbers=np.array([_numbers(entry.config) for entry in entries], np.float64),
        texts=pack_lines([entry.vibe for entry in entries] + [entry.title for entry in entries]),
        theme_names=pack_lines(theme_names),
        themes=np.array([theme_names.index(entry.theme) for entry in entries], np.uint16),
        colors=np.array([_color_rows(palette) for palette in palettes], np.uint8),
        palette_ends=np.array(list(accumulate(len(entry.palettes) for entry in entries)), np.uint32),
        encoder=np.array(encoder),
    )


def _positions(config: MusicConfig) -> list[int]:
    return [_position(config, name) for name in FIELDS]


def _position(config: MusicConfig, name: str) -> int:
    if name not in config.model_fields_set:
        return UNCHOSEN
    value: Value = getattr(config, name)
    return NUMBER if isinstance(value, float) else FIELDS[name].index(value)


def _numbers(config: MusicConfig) -> list[float]:
    values: list[Any] = [getattr(config, name) for name in NUMBERED]
    return [value if isinstance(value, float) else np.nan for value in values]


def _color_rows(palette: Palette) -> list[list[int]]:
    return [[*bytes.fromhex(color.hex[1:]), color.weight] for color in palette.colors]


def main(arguments: list[str]) -> int:
    """Check and compile; the exit code."""
    parser = argparse.ArgumentParser("python -m data_work.build_library", description="Compile the library.")
    parser.add_argument("--sources", type=Path, default=LIBRARY_FOLDER, help="folder of *.txt")
    parser.add_argument("--out", type=Path, default=ASSET, help="file to write")
    parser.add_argument("--check", action="store_true", help="report problems, write nothing")
    parser.add_argument("--lint", action="store_true", help="as --check, with the linter's warnings")
    options = parser.parse_args(arguments)
    entries, problems = read_library(options.sources)
    problems += check(entries)
    vectors = Embedder().embed([in_english(entry.vibe) for entry in entries])
    problems += near_duplicates(entries, vectors)
    for problem in problems:
        print(problem, file=sys.stderr)
    n_themes = len({entry.theme for entry in entries})
    print(f"{len(entries)} entries in {n_themes} themes, {len(problems)} problems")
    if options.lint:
        print("\n".join(report(entries)))
    if problems:
        return 1
    if not (options.check or options.lint):
        write_table(compiled(entries, vectors, encoder_digest()), options.out)
        print(f"wrote {options.out} ({options.out.stat().st_size / 1e6:.2f} MB)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
