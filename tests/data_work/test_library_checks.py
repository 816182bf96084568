"""What must hold across entries, and that a linter can join."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest

from data_work import library_checks
from data_work.library_checks import check, near_duplicates
from data_work.library_source import Problem, SourceEntry, read_library
from latentscore.config import MusicConfig
from latentscore.vibe.palette import Color, Palette

PALETTE = Palette((Color("#000000", 1),) * 5)
FIRST = SourceEntry("a.txt:3", "rain", "Grey on Grey", "rain", MusicConfig(), (PALETTE,))
SECOND = SourceEntry("a.txt:8", "hail", "Ice on Metal", "rain", MusicConfig(tempo="fast"), (PALETTE,))


def told(*entries: SourceEntry) -> list[str]:
    return [str(problem) for problem in check(entries)]


def test_nothing_to_tell() -> None:
    assert told(FIRST, SECOND) == []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (replace(SECOND, title="one two three four five six seven"), "at most 6 words"),
        (replace(SECOND, title="HAIL"), "only repeats the vibe"),
        (replace(SECOND, vibe="  RAIN"), "the same vibe as a.txt:3"),
        (replace(SECOND, title="grey on grey"), "the same title as a.txt:3"),
        (replace(SECOND, config=MusicConfig()), "the same config as a.txt:3"),
        (replace(SECOND, config=MusicConfig(swing="none")), "the same config as a.txt:3"),
        (replace(SECOND, vibe="hail\u202e"), "invisible characters: '\\u202e'"),
    ],
)
def test_a_problem(wrong: SourceEntry, message: str) -> None:
    problems = told(FIRST, wrong)
    assert len(problems) == 1
    assert problems[0].startswith("a.txt:8: ")
    assert message in problems[0]


def test_near_duplicates() -> None:
    vectors = np.array([[1.0, 0.0], [0.94, np.sqrt(1 - 0.94**2)], [0.96, np.sqrt(1 - 0.96**2)]], np.float32)
    third = replace(SECOND, place="a.txt:13", vibe="downpour")
    problems = list(near_duplicates([FIRST, SECOND, third], vectors))
    assert [problem.place for problem in problems] == ["a.txt:13", "a.txt:13"]
    assert "'downpour' says nearly the same (cosine 0.960) as a.txt:3 'rain'" in problems[0].message


def test_near_duplicates_far_apart_in_a_long_library() -> None:
    entries = [replace(FIRST, place=f"a.txt:{row}") for row in range(1500)]
    vectors = np.eye(1500, dtype=np.float32)
    vectors[1400] = vectors[3]
    assert [problem.place for problem in near_duplicates(entries, vectors)] == ["a.txt:1400"]


def test_a_linter_can_join(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_rain(entries: Sequence[SourceEntry]) -> Iterator[Problem]:
        yield from (Problem(entry.place, "no rain today") for entry in entries if entry.vibe == "rain")

    monkeypatch.setattr(library_checks, "CHECKS", [*library_checks.CHECKS, no_rain])
    assert told(FIRST, SECOND) == ["a.txt:3: no rain today"]


def test_the_library_of_the_repository_passes() -> None:
    assert check(read_library()[0]) == []
