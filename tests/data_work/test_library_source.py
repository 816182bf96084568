"""The authoring format: what is read, and that every mistake is told with its file and line."""

from __future__ import annotations

import pytest

from data_work.library_source import LIBRARY_FOLDER, parse, read_library
from latentscore.config import MusicConfig

MIX = "slow dark large slow wide subtle natural soft warm 2"
LAYERS = "drone warm_slow contemplative none noise_wash piano_note"
CONFIG = f"{MIX} / d minor / {LAYERS}"
PALETTE = "#1b2a3a:5 #3c5a6b:4 #8fb0bd:3 #c9d7d8:2 #e8e2d0:1"
ENTRY = f"a vibe\nA Title\n{CONFIG}\n{PALETTE}\n"


def read(text: str) -> tuple[list[str], list[str]]:
    """The vibes and the problems of a file that begins with its theme."""
    entries, problems = parse(f"# rain\n\n{text}", "rain.txt")
    return [entry.vibe for entry in entries], [str(problem) for problem in problems]


def test_an_entry() -> None:
    entries, problems = parse(f"# Rain and Weather\n\n{ENTRY}{PALETTE}\n\n# a remark\n{ENTRY}", "rain.txt")
    assert problems == []
    assert [entry.place for entry in entries] == ["rain.txt:3", "rain.txt:10"]
    first = entries[0]
    assert (first.vibe, first.title, first.theme) == ("a vibe", "A Title", "rain and weather")
    assert first.config == MusicConfig(
        tempo="slow", brightness="dark", space="large", motion="slow", stereo="wide",
        echo="subtle", human="natural", attack="soft", grain="warm", density=2,
        root="d", mode="minor", bass="drone", pad="warm_slow", melody="contemplative",
        rhythm="none", texture="noise_wash", accent="piano_note",
    )  # fmt: skip
    assert len(first.config.model_fields_set) == 18
    assert [str(palette) for palette in first.palettes] == [PALETTE, PALETTE]
    assert len(entries[1].palettes) == 1


def test_finer_fields_keep_their_types() -> None:
    finer = "depth=true phrase_len_bars=8 register_min_oct=2 register_max_oct=3 swing=heavy"
    entries, problems = parse(f"# rain\n\na vibe\nA Title\n{CONFIG} / {finer}\n{PALETTE}\n", "rain.txt")
    assert problems == []
    config = entries[0].config
    assert (config.depth, config.phrase_len_bars, config.register_max_oct, config.swing) == (
        True,
        8,
        3,
        "heavy",
    )
    assert len(config.model_fields_set) == 23


@pytest.mark.parametrize(("word", "tempo"), [("92", 92.0), ("92.5", 92.5), ("fast", "fast")])
def test_tempo_may_be_a_number(word: str, tempo: object) -> None:
    entries, _ = parse(f"# x\n\n{ENTRY}".replace("slow", word, 1), "x.txt")
    assert entries[0].config.tempo == tempo


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("slow dark", "slw dark", "rain.txt:5", "tempo must be one of 'very_slow'"),
        ("slow dark", "sloww dark", "rain.txt:5", "Did you mean 'slow'?"),
        ("slow dark", "300 dark", "rain.txt:5", "or a number from 30 to 240 (bpm)"),
        ("warm 2", "warm 7", "rain.txt:5", "density must be one of 2, 3, 4, 5, 6; got '7'"),
        ("slow dark", "dark", "rain.txt:5", "10 labels wanted (tempo brightness space"),
        (" / d minor", "", "rain.txt:5", "the config must read tempo"),
        ("d minor", "h minor", "rain.txt:5", "root must be one of"),
        ("piano_note", "piano_note / swing=bouncy", "rain.txt:5", "swing must be one of"),
        ("piano_note", "piano_note / tempo=slow", "rain.txt:5", "name=label wanted"),
        ("piano_note", "piano_note / swing", "rain.txt:5", "name=label wanted"),
        ("piano_note", "piano_note / swing=light swing=light", "rain.txt:5", "swing is given twice"),
        ("piano_note", "piano_note / register_min_oct=6", "rain.txt:5", "above register_min_oct, which is 6"),
        (":5 #3c5a6b:4", ":5", "rain.txt:6", "a palette is 5 times #rrggbb:weight"),
        ("#1b2a3a:5", "#1B2A3A:5", "rain.txt:6", "a palette is 5 times #rrggbb:weight"),
        ("#1b2a3a:5", "#1b2a3a:0", "rain.txt:6", "a palette is 5 times #rrggbb:weight"),
        ("#1b2a3a:5", "#1b2a3a", "rain.txt:6", "a palette is 5 times #rrggbb:weight"),
        (f"\n{PALETTE}", "", "rain.txt:3", "at least 4 lines"),
        ("A Title\n", "", "rain.txt:3", "at least 4 lines"),
    ],
)
def test_a_mistake_is_told_with_its_line(old: str, new: str, place: str, message: str) -> None:
    assert old in ENTRY
    vibes, problems = read(ENTRY.replace(old, new, 1) + "\n" + ENTRY.replace("a vibe", "the next one"))
    assert vibes == ["the next one"], "the entry after a wrong one is still read"
    assert len(problems) == 1
    assert problems[0].startswith(f"{place}: ")
    assert message in problems[0]


def test_all_problems_at_once() -> None:
    wrong = ENTRY.replace("slow dark", "slw dark")
    _, problems = read("\n".join([wrong, wrong.replace("minor", "moll"), ENTRY, wrong]))
    assert [problem.split(": ")[0] for problem in problems] == ["rain.txt:5", "rain.txt:10", "rain.txt:20"]


def test_a_file_needs_a_theme() -> None:
    assert [str(problem) for problem in parse(ENTRY, "x.txt")[1]] == [
        "x.txt:1: the first comment must name the theme: # rain and weather"
    ]


def test_an_empty_folder(tmp_path: object) -> None:
    assert [problem.message for problem in read_library(tmp_path)[1]] == ["no *.txt here"]  # type: ignore[arg-type]


def test_the_library_of_the_repository_has_no_problems() -> None:
    entries, problems = read_library()
    assert problems == []
    assert len(entries) >= 500
    assert len({entry.theme for entry in entries}) == len(list(LIBRARY_FOLDER.glob("*.txt")))
