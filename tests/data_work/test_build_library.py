"""The compiled library: true to its sources, the same bytes each time, never written with a problem."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data_work.build_library import compiled, encoder_digest, main, quantised
from data_work.library_source import read_library
from latentscore.vibe.embedder import Embedder
from latentscore.vibe.library import Library, load_library
from latentscore.vibe.library_file import read_table, write_table

MIX = "slow dark large slow wide subtle natural soft warm 2"
ENTRY = f"""{{vibe}}
{{title}}
{MIX} / {{root}} minor / drone warm_slow contemplative none noise_wash piano_note
#1b2a3a:5 #3c5a6b:4 #8fb0bd:3 #c9d7d8:2 #e8e2d0:1
#ffffff:9 #000000:1 #8fb0bd:3 #c9d7d8:2 #e8e2d0:1
"""


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    one = ENTRY.format(vibe="rain — at night", title="Grey", root="c")
    two = ENTRY.format(vibe="雨の夜", title="Täglich", root="d").replace("slow", "92.5", 1)
    (folder / "rain.txt").write_text(f"# rain\n\n{one}\n{two}", "utf-8")
    (folder / "joy.txt").write_text(
        f"# joy\n\n{ENTRY.format(vibe='a party', title='Cake', root='e')}", "utf-8"
    )
    return folder


def test_what_ships_is_what_was_written() -> None:
    """If this fails, run: python -m data_work.build_library"""
    sources, problems = read_library()
    assert problems == []
    library = load_library()
    assert len(library) == len(sources)
    for entry, source in zip(library, sources, strict=True):
        told = (entry.vibe, entry.title, entry.theme, entry.config, entry.palettes)
        assert told == (source.vibe, source.title, source.theme, source.config, source.palettes), source.place
        assert entry.config.model_fields_set == source.config.model_fields_set, source.place


def test_what_ships_was_embedded_by_the_encoder_that_ships() -> None:
    """If this fails, run: python -m data_work.build_library"""
    assert load_library().encoder == encoder_digest()


def test_round_trip(sources: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "library.npz"
    assert main(["--sources", str(sources), "--out", str(out)]) == 0
    assert "3 entries in 2 themes, 0 problems" in capsys.readouterr().out
    library = Library(read_table(out))
    written, _ = read_library(sources)
    assert [entry.vibe for entry in library] == ["a party", "rain — at night", "雨の夜"]
    assert [entry.config for entry in library] == [entry.config for entry in written]
    assert [entry.palettes for entry in library] == [entry.palettes for entry in written]
    assert library[2].config.tempo == 92.5
    assert library[-1].title == "Täglich"
    assert [entry.theme for entry in library] == ["joy", "rain", "rain"]


def test_the_same_sources_give_the_same_bytes(sources: Path, tmp_path: Path) -> None:
    for name in ("one.npz", "two.npz"):
        assert main(["--sources", str(sources), "--out", str(tmp_path / name)]) == 0
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_nothing_is_written_with_a_problem(
    sources: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = sources / "rain.txt"
    path.write_text(path.read_text("utf-8").replace("c minor", "h minor").replace("Täglich", "Cake"), "utf-8")
    assert main(["--sources", str(sources), "--out", str(tmp_path / "library.npz")]) == 1
    told = capsys.readouterr()
    assert "rain.txt:5: root must be one of" in told.err
    assert "the same title as" in told.err
    assert not (tmp_path / "library.npz").exists()


def test_near_duplicates_are_a_problem(sources: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = sources / "joy.txt"
    path.write_text(
        path.read_text("utf-8") + "\n" + ENTRY.format(vibe="a párty", title="More", root="f"), "utf-8"
    )
    assert main(["--sources", str(sources), "--check"]) == 1
    assert "says nearly the same" in capsys.readouterr().err


def test_check_writes_nothing(sources: Path, tmp_path: Path) -> None:
    assert main(["--sources", str(sources), "--out", str(tmp_path / "library.npz"), "--check"]) == 0
    assert not (tmp_path / "library.npz").exists()


def test_quantising_hardly_turns_a_vector() -> None:
    vectors = np.random.default_rng(0).normal(size=(200, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows, scales = quantised(vectors)
    restored = rows * scales[:, None]
    assert np.linalg.norm(restored, axis=1) == pytest.approx(1.0, abs=1e-6)
    assert (restored * vectors).sum(axis=1).min() > 0.9998


def test_ten_thousand_entries_stay_small(tmp_path: Path) -> None:
    sources, _ = read_library()
    entries = (sources * 11)[:10_000]
    vectors = Embedder().embed([entry.vibe for entry in sources])
    write_table(compiled(entries, np.tile(vectors, (11, 1))[:10_000], "none"), tmp_path / "library.npz")
    assert (tmp_path / "library.npz").stat().st_size < 6e6
    assert len(Library(read_table(tmp_path / "library.npz"))) == 10_000
