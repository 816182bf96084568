"""Requests as people word them: lists of what is not wanted, moods, keys in passing, layers by their number."""

from __future__ import annotations

import pytest

from latentscore.config import MusicConfig
from latentscore.config.fields import FIELDS
from latentscore.vibe.directives import is_nothing_else, read, read_instructions
from latentscore.vibe.library import load_library
from latentscore.vibe.obeying import obey

FULL = MusicConfig(
    tempo="slow",
    mode="minor",
    brightness="dark",
    space="large",
    echo="medium",
    rhythm="kit_light",
    melody="falling",
    accent="bells",
    texture="shimmer",
    bass="walking",
    grain="warm",
    human="natural",
    density=4,
)
"""A config in which everything plays, so that what is taken out shows."""

REFUSED = {
    "dont add any reverb or delay": {"space": "dry", "echo": "none"},
    "don't add any reverb or delay, just a plain felt piano": {"space": "dry", "echo": "none"},
    "no reverb or echo": {"space": "dry", "echo": "none"},
    "no reverb, delay or swing": {"space": "dry", "echo": "none", "swing": "none"},
    "without reverb and delay": {"space": "dry", "echo": "none"},
    "no bells, drums or any reverb": {"accent": "none", "rhythm": "none", "space": "dry"},
    "no cymbals or drums": {"rhythm": "none"},
    "rain without thunder or drums": {"rhythm": "none"},
    "drums off, reverb off": {"rhythm": "none", "space": "dry"},
    "not sad": {"mode": "major", "brightness": "medium"},
    "piano, nothing sad": {"mode": "major", "brightness": "medium"},
    "not too quick but definitely not sleepy": {"tempo": "medium"},
    "whatever you do don't make it relaxing": {"attack": "sharp", "motion": "fast"},
}

GRANTED = {
    "dorian groove in A with walking bass": {"root": "a", "mode": "dorian"},
    "strings in F and slow": {"root": "f"},
    "tonic C sharp": {"root": "c#"},
    "root note E flat": {"root": "d#"},
    "major, B flat": {"root": "a#", "mode": "major"},
    "F#, minor": {"root": "f#", "mode": "minor"},
    "upbeat": {"tempo": "medium"},
    "very upbeat piano": {"tempo": "fast"},
    "cheerful": {"mode": "major", "brightness": "bright", "tempo": "medium"},
    "delay that never ends": {"echo": "infinite"},
    "reverb tail that never ends": {"space": "vast", "echo": "heavy"},
    "hardly any reverb": {"space": "small"},
    "next to no echo": {"echo": "subtle"},
    "squeaky clean": {"grain": "clean"},
    "clean, digital": {"grain": "clean"},
    "robotic": {"human": "robotic"},
    "wobbly pitch": {"human": "loose"},
    "pulsing bass": {"bass": "pulsing"},
    "bass shouldn't move": {"bass": "drone"},
    "hats but no kick": {"rhythm": "hats_only"},
    "hats and a bass": {"rhythm": "hats_only"},
    "six layers": {"density": 6},
    "everything on, fast drums": {"density": 6},
    "everything playing at once": {"density": 6},
    "thick": {"density": 5},
    "thin and airy": {"brightness": "medium", "density": 3},
    "only high glassy sounds": {"pad": "thin_high", "brightness": "bright"},
    "slow pads": {"attack": "soft", "tempo": "slow"},
    "blazing bright": {"brightness": "very_bright"},
    "langsamer": {"tempo": "very_slow"},
    "Regen, bitte schneller": {"tempo": "medium"},
    "más rápido": {"tempo": "medium"},
    "more fast": {"tempo": "medium"},
}


@pytest.mark.parametrize(("text", "wanted"), [*REFUSED.items(), *GRANTED.items()])
def test_it_is_done(text: str, wanted: dict[str, object]) -> None:
    found = obey(FULL, read_instructions(text)).config.labels()
    assert {name: found[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("no drums, strings", "strings"),
        ("no drums, just bells or piano", "piano"),
        ("no drums, a bell or two", "bell"),
        ("no drums but reverb", "reverb"),
        ("without drums and slow", "slow"),
        ("no drums, slow or medium tempo", "slow"),
        ("no drums, 90 or 100 bpm", "90 or 100 bpm"),
    ],
)
def test_a_list_of_what_is_not_wanted_ends(text: str, kept: str) -> None:
    first, *others = read_instructions(text)
    (wanted,) = read_instructions(kept)
    assert first.words in ("no drums", "without drums")
    assert wanted.wishes in [one.wishes for one in others]


@pytest.mark.parametrize(
    "text",
    [
        "written in C and Python",
        "C#, coding at night",
        "straw hats, paper boats",
        "hats off to the driver",
        "everything on fire",
        "a squeaky clean kitchen floor",
        "a sad song",
        "sad",
        "relaxing",
        "not too sad",
        "a cheerful walk in the park",
        "ein schneller Zug",
        "Joseph Heller",
    ],
)
def test_it_only_looks_like_a_request(text: str) -> None:
    assert read_instructions(text) == ()


def test_a_mood_is_an_instruction_and_stays_what_the_text_is_about() -> None:
    reading = read("cheerful piano, no drums")
    assert [one.words for one in reading.instructions] == ["cheerful", "piano", "no drums"]
    assert reading.rest == "cheerful"
    assert not is_nothing_else("cheerful")
    assert is_nothing_else("not sad")
    assert read("a garden, strings, not sad").rest == "a garden"


@pytest.mark.parametrize("text", ["everything on", "every layer on", "pile everything on", "all six layers"])
def test_every_layer_plays(text: str) -> None:
    bare = MusicConfig(rhythm="none", texture="none", accent="none", density=2)
    found = obey(bare, read_instructions(text)).config
    assert "none" not in (found.rhythm, found.texture, found.accent)


@pytest.mark.parametrize(
    ("word", "field", "labels"),
    [
        ("upbeat", "tempo", ("medium", "fast", "very_fast")),
        ("cheerful", "mode", ("major", "mixolydian")),
        ("cheerful", "brightness", ("bright", "very_bright")),
        ("robotic", "human", ("robotic",)),
    ],
)
def test_the_library_agrees(word: str, field: str, labels: tuple[str, ...]) -> None:
    """Writers chose so for nine in ten of the vibes in which the word stands."""
    chosen = [
        FIELDS[field].nearest(getattr(entry.config, field))
        for entry in load_library()
        if word in entry.vibe.lower().split()
    ]
    assert sum(label in labels for label in chosen) >= 0.9 * len(chosen) > 0
