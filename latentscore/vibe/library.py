"""The curated library: entries read as they are asked for, and their nearest neighbours."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final, overload

import numpy as np
from numpy.typing import NDArray

from latentscore.config.display import config_html
from latentscore.config.fields import FIELDS, Value
from latentscore.config.model import MusicConfig
from latentscore.errors import invalid
from latentscore.markup import Html, element, faint, joined, table
from latentscore.vibe.library_file import NUMBER, NUMBERED, UNCHOSEN, LibraryTable, read_table, unpack_lines
from latentscore.vibe.palette import Color, Palette

N_SHOWN_ENTRIES: Final = 10


@dataclass(frozen=True)
class Entry:
    """One written entry.

    Attributes:
        vibe: The text it stands for.
        title: A name of at most six words.
        theme: The group that it was written in.
        config: What its author would play; `config.model_fields_set` names the fields that were chosen.
        palettes: Five weighted colours each.
    """

    vibe: str
    title: str
    theme: str
    config: MusicConfig
    palettes: tuple[Palette, ...]

    def _repr_html_(self) -> str:
        """Show title, vibe, swatches and config in a notebook."""
        swatches = joined((Html(palette.svg()) for palette in self.palettes), " ")
        heading = element("div", self.title, style="font-weight:600")
        return joined(
            (
                heading,
                element("div", joined((self.vibe, faint(f" · {self.theme}")))),
                element("div", swatches, style="display:flex;gap:8px;padding:6px 0"),
                config_html(self.config.labels()),
            )
        )


class Library(Sequence[Entry]):
    """The entries in a fixed order; `library[row]` makes the entry from its columns."""

    def __init__(self, table: LibraryTable) -> None:
        self._table = table
        texts = unpack_lines(table.texts)
        self._vibes, self._titles = texts[: len(texts) // 2], texts[len(texts) // 2 :]
        self._themes = unpack_lines(table.theme_names)

    def __len__(self) -> int:
        return len(self._vibes)

    @overload
    def __getitem__(self, index: int) -> Entry: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Entry, ...]: ...

    def __getitem__(self, index: int | slice) -> Entry | tuple[Entry, ...]:
        if isinstance(index, slice):
            return tuple(self._entry(row) for row in range(len(self))[index])
        return self._entry(range(len(self))[index])

    def __repr__(self) -> str:
        return f"<Library of {len(self)} entries in {len(self._themes)} themes>"

    def _repr_html_(self) -> str:
        """Show the first entries in a notebook."""
        rows = [
            (faint(row), entry.vibe, entry.title, faint(entry.theme), Html(entry.palettes[0].svg()))
            for row, entry in enumerate(self[:N_SHOWN_ENTRIES])
        ]
        more = element(
            "div", faint(f"{len(self)} entries in {len(self._themes)} themes; the first {len(rows)}:")
        )
        return joined((more, table(("row", "vibe", "title", "theme", "palette"), rows)))

    @property
    def width(self) -> int:
        """Numbers in an embedding."""
        return int(self._table.vectors.shape[1])

    @property
    def encoder(self) -> str:
        """SHA-256 of the encoder that the vectors were made with."""
        return str(self._table.encoder)

    def nearest(self, vector: NDArray[np.float32], n: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Return the rows closest to a vector, and their cosine similarities, best first.

        Args:
            vector: Unit length, (width,).
            n: How many; at most as many as there are entries. Equal similarities keep the library's order.

        Raises:
            InvalidConfigError: A vector of another shape, or `n` below 1.
        """
        if n < 1:
            raise invalid("n", n, "a whole number from 1")
        similarities = self.similarities(vector)
        rows = best_rows(similarities, n)
        return rows, similarities[rows]

    def similarities(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the cosine of a unit vector (width,) and every row, (rows,).

        Raises:
            InvalidConfigError: A vector of another shape.
        """
        if vector.shape != (self.width,):
            raise invalid("vector", vector.shape, f"of shape ({self.width},)")
        # not `@`: a threaded BLAS is no faster on this shape, and far slower when the cores are busy
        products = np.einsum("ij,j->i", self._vectors, vector.astype(np.float32))
        return np.clip(products * self._table.scales, -1.0, 1.0)

    def projected(self, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return every row's unit vector times a matrix (width, columns): (rows, columns)."""
        return (self._vectors @ matrix) * self._table.scales[:, None]

    def units(self) -> NDArray[np.float32]:
        """Return the rows' unit vectors, (rows, width)."""
        return self._vectors * self._table.scales[:, None]

    def positions(self, names: Sequence[str]) -> NDArray[np.intp]:
        """Return the rows' labels as positions in each field's labels, (rows, names): a number as its nearest
        label, what was left open as the default."""
        places = list(FIELDS)
        columns = [self._table.labels[:, places.index(name)].astype(np.intp) for name in names]
        for name, column in zip(names, columns, strict=True):
            column[column == UNCHOSEN] = FIELDS[name].index(FIELDS[name].default)
            for row in np.flatnonzero(column == NUMBER):
                number = float(self._table.numbers[row, NUMBERED.index(name)])
                column[row] = FIELDS[name].index(FIELDS[name].nearest(number))
        return np.stack(columns, axis=1)

    @cached_property
    def _vectors(self) -> NDArray[np.float32]:
        """In float32, which multiplies fastest: (n, width), still to be scaled."""
        return self._table.vectors.astype(np.float32)

    def _entry(self, row: int) -> Entry:
        return Entry(
            vibe=self._vibes[row],
            title=self._titles[row],
            theme=self._themes[self._table.themes[row]],
            # Checked when the library was built.
            config=MusicConfig.model_construct(None, **self._chosen(row)),
            palettes=self._palettes(row),
        )

    def _chosen(self, row: int) -> dict[str, Value]:
        """The fields that the author chose; the defaults are left to the config."""
        chosen: dict[str, Value] = {}
        for field, position in zip(FIELDS.values(), self._table.labels[row].tolist(), strict=True):
            if position == NUMBER:
                chosen[field.name] = float(self._table.numbers[row, NUMBERED.index(field.name)])
            elif position != UNCHOSEN:
                chosen[field.name] = field.labels[position]
        return chosen

    def _palettes(self, row: int) -> tuple[Palette, ...]:
        ends = self._table.palette_ends
        first = int(ends[row - 1]) if row else 0
        return tuple(
            Palette(
                tuple(Color(f"#{red:02x}{green:02x}{blue:02x}", weight) for red, green, blue, weight in rows)
            )
            for rows in self._table.colors[first : ends[row]].tolist()
        )


def best_rows(values: NDArray[np.float32], n: int) -> NDArray[np.intp]:
    """Return the positions of the n greatest values, greatest first; of equals the earlier comes first."""
    n = min(n, len(values))
    best = np.argpartition(-values, n - 1)[:n]
    return best[np.lexsort((best, -values[best]))]


_LOCK = threading.Lock()


@cache
def _loaded() -> Library:
    return Library(read_table())


def load_library() -> Library:
    """Return the library that ships, read once a process.

    Raises:
        ModelNotAvailableError: The file is missing, damaged or stale.
    """
    with _LOCK:  # two first users wait for one library rather than load two
        return _loaded()
