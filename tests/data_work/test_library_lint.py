"""The linter: contradictions, labels too rare or too common, clones; and outliers by ear."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_work.check_by_ear import Job, describe, measured, outliers
from data_work.library_lint import asked, clones, common_labels, rare_labels, report, suggested
from data_work.library_source import SourceEntry
from latentscore.config import MusicConfig


def entry(vibe: str, place: str = "x.txt:3", **config: object) -> SourceEntry:
    return SourceEntry(place, vibe, "A Title", "a theme", MusicConfig.model_validate(config), ())


@pytest.mark.parametrize(
    ("vibe", "config"),
    [
        ("no drums", {"rhythm": "brush"}),
        ("slow piano", {"tempo": "fast", "melody": "contemplative"}),
        ("92 bpm", {"tempo": "very_fast"}),
        ("rain in D minor", {"root": "d", "mode": "major"}),
    ],
)
def test_what_is_asked_and_not_given(vibe: str, config: dict[str, object]) -> None:
    (problem,) = asked([entry(vibe, **config)])
    assert problem.place == "x.txt:3"
    assert vibe in problem.message


def test_what_is_asked_and_given() -> None:
    assert not list(asked([entry("no drums, 92 bpm", rhythm="none", tempo="medium")]))
    assert not list(asked([entry("no drums, 84 bpm", rhythm="none", tempo=84.0)]))


def test_a_word_far_from_its_label() -> None:
    (problem,) = suggested([entry("bright morning", brightness="very_dark")])
    assert "brightness very_dark" in problem.message
    assert not list(suggested([entry("bright morning", brightness="medium")])), "one label off is taste"


def test_labels_too_rare_and_too_common() -> None:
    entries = [entry(str(number), rhythm="brush") for number in range(10)]
    rare = {(problem.place, problem.message.split()[0]) for problem in rare_labels(entries)}
    assert ("rhythm", "military") in rare
    assert ("rhythm", "brush") not in rare
    assert ("rhythm", "none") not in rare
    assert "tempo" in {problem.place for problem in common_labels(entries)}


def test_clones() -> None:
    entries = [
        entry("a", "x.txt:3"),
        entry("b", "x.txt:8", tempo="fast", root="g"),
        entry("c", "x.txt:13", tempo="fast", bass="drone", pad="cinematic"),
    ]
    (problem,) = clones(entries)
    assert problem.place == "x.txt:8"
    assert "x.txt:3" in problem.message


def test_the_report_counts() -> None:
    lines = list(report([entry("no drums", rhythm="brush")], ["asked"]))
    assert lines[0].startswith("## asked: 1 warnings.")
    assert lines[1].startswith("x.txt:3: ")


def test_an_entry_that_sounds_like_another_label() -> None:
    labels = ["dark"] * 10 + ["bright"] * 10
    entries = [
        entry(str(number), f"x.txt:{number}", brightness=label, tempo=60.0 + number)
        for number, label in enumerate(labels)
    ]
    heard = {
        one.config.share(): {"brightness": float(number) + (10 if label == "bright" else 0)}
        for number, (one, label) in enumerate(zip(entries, labels, strict=True))
    }
    assert outliers(entries, heard) == []
    heard[entries[4].config.share()]["brightness"] = 40.0
    (found,) = outliers(entries, heard)
    assert (found.entry, found.field, found.label, found.sounds_like) == (
        entries[4],
        "brightness",
        "dark",
        "bright",
    )


def test_measured_again_the_same(tmp_path: Path) -> None:
    pytest.importorskip("librosa")
    job = Job(MusicConfig().share(), 2.0)
    assert describe(job) == describe(job)


def test_a_cut_line_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_text(
        '{"code": "a", "seconds": 2.0, "descriptors": {"tempo": 1.0}}\n{"code": "b", "sec', "utf-8"
    )
    assert measured(path, 2.0) == {"a": {"tempo": 1.0}}
    assert measured(path, 3.0) == {}
    assert measured(tmp_path / "none.jsonl", 2.0) == {}
