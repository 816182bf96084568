"""The compiled file: damaged, missing or stale, it is refused with what to do about it."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from latentscore.config import FIELDS
from latentscore.errors import ModelNotAvailableError
from latentscore.vibe import library_file
from latentscore.vibe.library import Library
from latentscore.vibe.library_file import ASSET, pack_lines, read_table, stamp, unpack_lines, write_table

REMEDY = "Reinstall latentscore, or in a clone run: python -m data_work.build_library"


def refusal(path: Path) -> str:
    with pytest.raises(ModelNotAvailableError) as caught:
        read_table(path)
    assert str(path) in str(caught.value)
    assert REMEDY in str(caught.value)
    return str(caught.value)


def test_written_as_it_was_read(tmp_path: Path) -> None:
    table = read_table()
    write_table(table, tmp_path / "copy.npz")
    copy = read_table(tmp_path / "copy.npz")
    for field in fields(table):
        np.testing.assert_array_equal(getattr(copy, field.name), getattr(table, field.name))


def test_lines() -> None:
    lines = ["rain", "", "雨の夜", "tab\tand\u2028separator"]
    assert unpack_lines(pack_lines(lines)) == lines


@pytest.mark.parametrize(
    "change",
    [
        {"labels": ("very_slow", "slow", "medium", "fast", "very_fast", "frantic")},
        {"labels": ("slow", "very_slow", "medium", "fast", "very_fast")},
        {"default": "slow"},
    ],
)
def test_a_stale_file(change: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    changed = {**FIELDS, "tempo": replace(FIELDS["tempo"], **change)}  # type: ignore[arg-type]
    monkeypatch.setattr(library_file, "FIELDS", MappingProxyType(changed))
    assert "was compiled for other config fields than this version has" in refusal(ASSET)


def test_help_and_meaning_do_not_make_it_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    before = stamp()
    changed = {**FIELDS, "tempo": replace(FIELDS["tempo"], help="x", values=(1.0, 2.0, 3.0, 4.0, 5.0))}
    monkeypatch.setattr(library_file, "FIELDS", changed)
    assert stamp() == before


def test_missing(tmp_path: Path) -> None:
    assert "is missing" in refusal(tmp_path / "library.npz")


@pytest.mark.parametrize("n_bytes", [0, 1, 1000, 100_000, -1, -30])
def test_cut_short(tmp_path: Path, n_bytes: int) -> None:
    path = tmp_path / "library.npz"
    path.write_bytes(ASSET.read_bytes()[:n_bytes])
    assert "can't be read" in refusal(path)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.9])
def test_a_flipped_byte(tmp_path: Path, share: float) -> None:
    data = bytearray(ASSET.read_bytes())
    data[int(share * len(data))] ^= 0xFF
    path = tmp_path / "library.npz"
    path.write_bytes(data)
    assert "can't be read" in refusal(path)


def test_other_files(tmp_path: Path) -> None:
    text = tmp_path / "text.npz"
    text.write_text("no library")
    refusal(text)
    np.savez(tmp_path / "other.npz", stamp=np.array(stamp()), vectors=np.zeros(3))
    refusal(tmp_path / "other.npz")
    np.savez(tmp_path / "pickled.npz", stamp=np.array([{}], dtype=object))
    refusal(tmp_path / "pickled.npz")
    refusal(tmp_path)


def test_a_table_makes_a_library() -> None:
    assert len(Library(read_table())) >= 500
