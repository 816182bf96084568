"""Direct instructions: what is obeyed, what only looks like one, and what an instruction leaves alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import latentscore as ls
from latentscore.config import FIELDS, MusicConfig
from latentscore.vibe.directives import read, read_instructions
from latentscore.vibe.lexicon import load_lexicon, parse
from latentscore.vibe.obeying import Obeyed, obey
from latentscore.vibe.retrieval import fast_model

MIDDLE = MusicConfig(
    space="medium", motion="medium", echo="medium", human="natural", grain="warm", mode="minor"
)


def told(text: str, config: MusicConfig = MIDDLE) -> Obeyed:
    """What becomes of a config in which ordered fields stand in the middle."""
    return obey(config, read_instructions(text))


OBEYED = {
    "92 bpm": {"tempo": 92.0},
    "about 74bpm please": {"tempo": 74.0},
    "90-100 bpm": {"tempo": 95.0},
    "tempo 61": {"tempo": 61.0},
    "tempo 70-80": {"tempo": 75.0},
    "雨92bpmで": {"tempo": 92.0},
    "999 bpm": {"tempo": 240.0},
    "techno, 128": {"tempo": 128.0},
    "andante": {"tempo": "medium"},
    "a little largo for my plants": {"tempo": "very_slow"},
    "slow piano": {"tempo": "slow", "melody": "contemplative"},
    "very slow": {"tempo": "very_slow"},
    "uptempo": {"tempo": "fast"},
    "a bit faster": {"tempo": "fast"},
    "much faster": {"tempo": "very_fast"},
    "not too fast, not too slow": {"tempo": "medium"},
    "rain in F# minor": {"root": "f#", "mode": "minor"},
    "Bb major": {"root": "a#", "mode": "major"},
    "something in E flat dorian": {"root": "d#", "mode": "dorian"},
    "prelude in c sharp minor": {"root": "c#", "mode": "minor"},
    "in A minor": {"root": "a", "mode": "minor"},
    "waltz in a minor": {"root": "a", "mode": "minor"},
    "in the key of G": {"root": "g"},
    "in Bb": {"root": "a#"},
    "in the key of B flat minor": {"root": "a#", "mode": "minor"},
    "key of e-flat major": {"root": "d#", "mode": "major"},
    "key of F-sharp": {"root": "f#"},
    "rain in A flat": {"root": "g#"},
    "not in a minor key": {"mode": "major"},
    "dorian": {"mode": "dorian"},
    "d-moll": {"root": "d", "mode": "minor"},
    "en re menor": {"root": "d", "mode": "minor"},
    "E phrygian": {"root": "e", "mode": "minor"},
    "no drums": {"rhythm": "none"},
    "do not add drums": {"rhythm": "none"},
    "rain, please don't use drums": {"rhythm": "none"},
    "mute the drums": {"rhythm": "none"},
    "everything except drums": {"rhythm": "none"},
    "remove the reverb": {"space": "dry"},
    "a storm without any drums": {"rhythm": "none"},
    "ohne Schlagzeug": {"rhythm": "none"},
    "four on the floor": {"rhythm": "soft_four"},
    "tabla at dusk": {"rhythm": "tabla_essence"},
    "cello and flute answering each other": {"melody": "call_response"},
    "echoes that never end": {"echo": "infinite"},
    "ohne Effekte, 70 Schläge pro Minute": {"space": "dry", "echo": "none", "tempo": 70.0},
    "sin piano ni batería": {"rhythm": "none"},
    "walking bass and brushes": {"bass": "walking", "rhythm": "brush"},
    "no melody": {"melody": "contemplative", "melody_density": "very_sparse"},
    "without melody": {"melody": "contemplative", "melody_density": "very_sparse"},
    "just a drone": {"bass": "drone", "rhythm": "none", "texture": "none", "accent": "none"},
    "no drums or bass": {"rhythm": "none", "bass": "sustained"},
    "dry": {"space": "dry"},
    "piano, dry": {"space": "dry"},
    "lots of reverb": {"space": "large"},
    "no reverb": {"space": "dry"},
    "less reverb": {"space": "small"},
    "a touch of reverb": {"space": "medium"},
    "mono": {"stereo": "mono"},
    "wide stereo": {"stereo": "wide"},
    "lo-fi beats": {"texture": "vinyl_crackle", "grain": "warm"},
    "glitchy": {"texture": "glitch"},
    "busy, bright": {"density": 5, "brightness": "bright"},
    "sparse": {"density": 3},
    "dark pads": {"pad": "dark_sustained"},
    "dark synths over a party": {"brightness": "dark"},
    "not too bright": {"brightness": "medium"},
    "very dark": {"brightness": "very_dark"},
    "as dark as you can": {"brightness": "very_dark"},
    "a bit dark": {"brightness": "dark"},
    "drunken beat": {"human": "loose"},
    "a steady 112, C# minor": {"tempo": 112.0, "root": "c#"},
    "dub, heavy on the delay": {"echo": "heavy"},
    "heavy swing": {"swing": "heavy"},
    "静かな曲、ドラムなし": {"rhythm": "none"},
    "tempo: very_slow": {"tempo": "very_slow"},
    "brush rhythm": {"rhythm": "brush"},
    "snare cadence and lone horn, nothing else": {
        "rhythm": "military",
        "melody": "heroic",
        "texture": "none",
    },
}

FALSE_FRIENDS = (
    "fast food diner",
    "bright idea",
    "in a minor accident",
    "a minor setback",
    "a major city at rush hour",
    "alone in a flat in Berlin",
    "not 120 bpm",
    "no one home",
    "heart of darkness",
    "key lime pie",
    "dark alley, wet streets",
    "bright kitchen",
    "dry leaves underfoot",
    "busy market",
    "wide river",
    "slow dance at the prom",
    "the drone delivery was late",
    "flight delay at gate 12",
    "Dorian Gray looks in the mirror",
    "acid rain",
    "room 303",
    "synthwave 84",
    "bell peppers",
    "no idea what to do",
    "city hall",
    "horn of africa",
    "a soft blanket",
    "strings attached",
    "the sub surfaces",
    "low tide",
    "quick nap",
    "vitamin C",
    "born in 1990",
)


@pytest.mark.parametrize("text", OBEYED)
def test_it_is_obeyed(text: str) -> None:
    found = told(text).config.labels()
    assert {name: found[name] for name in OBEYED[text]} == OBEYED[text]


@pytest.mark.parametrize("text", ["rain, not in D minor", "avoid D minor"])
def test_a_key_that_is_not_wanted_is_not_played(text: str) -> None:
    ((wish,),) = (one.wishes for one in read_instructions(text))
    (option,) = wish
    assert option.field == "root"
    assert set(FIELDS["root"].labels) - set(option.labels) == {"d"}


@pytest.mark.parametrize("text", FALSE_FRIENDS)
def test_it_only_looks_like_an_instruction(text: str) -> None:
    assert read_instructions(text) == ()
    assert told(text).config == MIDDLE


def test_nothing_else_changes() -> None:
    found = told("no drums, in D minor")
    assert set(MIDDLE.differences(found.config)) <= {"rhythm", "root", "mode"}
    assert set(found.sources) == {"rhythm", "root", "mode"}
    assert found.sources["rhythm"] == 'instruction "no drums"'


def test_what_fits_already_stays() -> None:
    bright = MusicConfig(brightness="very_bright", rhythm="electronic", tempo=150.0)
    found = told("bright synths, fast drums", bright)
    assert found.config == bright
    assert set(found.sources) >= {"brightness", "rhythm", "tempo"}, "explain tells that they were asked for"


def test_a_negated_instrument_is_taken_out() -> None:
    config = MusicConfig(melody="contemplative", accent="piano_note")
    found = told("no piano", config).config
    assert found.melody != "contemplative"
    assert found.accent != "piano_note"


def test_votes_decide_between_the_labels_that_are_left() -> None:
    import numpy as np

    labels = FIELDS["rhythm"].labels
    votes = {"rhythm": np.array([label == "military" for label in labels], np.float64)}
    found = obey(MusicConfig(rhythm="none"), read_instructions("drums"), votes)
    assert found.config.rhythm == "military"


def test_the_later_of_two_contradictions_wins() -> None:
    assert told("four on the floor, no drums").config.rhythm == "none"


def test_steps_come_last() -> None:
    assert told("a bit faster, andante").config.tempo == "fast"


def test_what_cannot_be_done_is_said() -> None:
    assert "a config always has a melody" in told("no melody").instructions[0]
    assert "the nearest mode there is" in told("E lydian").instructions[0]


def test_what_is_told() -> None:
    assert told("92 bpm, no drums").instructions == ('"92 bpm" → tempo 92', '"no drums" → rhythm none')


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("a lantern boat, 74 bpm, no drums", "a lantern boat"),
        ("No drums, a lantern boat", "a lantern boat"),
        ("no drums", ""),
        ("rain", "rain"),
    ],
)
def test_what_is_left_without_the_instructions(text: str, rest: str) -> None:
    assert read(text).rest == rest


def test_a_linter_reads_leniently() -> None:
    strict, lenient = read_instructions("bright morning"), read_instructions("bright morning", lenient=True)
    assert strict == ()
    assert lenient[0].words == "bright"


@given(st.text())
def test_any_text_gives_a_config(text: str) -> None:
    assert isinstance(told(text).config, MusicConfig)


def test_every_phrase_of_the_lexicon_is_understood_where_it_stands_alone() -> None:
    lexicon = load_lexicon()
    for phrase, rule in lexicon.rules.items():
        for grade in ("plain", "not", "mild", "strong", "more", "less"):
            for wish in rule.graded(grade):
                assert wish, phrase
        if rule.level == "hard":
            assert read_instructions(" ".join(phrase)), phrase


@pytest.mark.parametrize(
    ("line", "complaint"),
    [("[hard]\nx : tempo=crawling", "no label 'crawling'"), ("[firm]\nx : tempo=slow", "no such section")],
)
def test_a_mistake_in_the_lexicon_is_named(line: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=r"line 2.*" + complaint):
        parse(line)


@pytest.mark.parametrize(
    ("text", "field", "labels"),
    [
        ("drone metal", "tempo", ("very_slow", "slow")),
        ("footwork, chopped to bits", "tempo", ("very_fast",)),
        ("shoegaze wall of fuzz", "space", ("large", "vast")),
        ("drunk timing, sloppy drums", "human", ("drunk",)),
        ("only slow strings swelling", "tempo", ("very_slow", "slow")),
        ("war drums", "rhythm", ("military", "tabla_essence")),
    ],
)
def test_a_genre_settles_what_its_name_says(text: str, field: str, labels: tuple[str, ...]) -> None:
    assert getattr(fast_model().resolve(text).config, field) in labels


@pytest.mark.parametrize(
    "text", ["in a trance by the river", "no strings attached", "who has no pulse", "the doom of men"]
)
def test_words_of_music_in_other_company(text: str) -> None:
    assert read_instructions(text) == ()


def test_of_two_ways_the_one_with_more_votes_is_taken() -> None:
    """A piano is a melody or an accent: with votes for the accent the melody stays as it is."""
    config = MusicConfig(melody="falling", accent="none")
    votes = {
        "melody": np.full(10, 0.1),
        "accent": np.array([float(label == "piano_note") for label in FIELDS["accent"].labels]),
    }
    asked = read_instructions("piano")
    obeyed = obey(config, asked, votes).config
    assert (obeyed.melody, obeyed.accent) == ("falling", "piano_note")
    assert obey(config, asked).config.melody == "contemplative"


def test_what_can_be_met_only_in_part_is_told() -> None:
    told = ls.render("techno, 300 bpm, no melody", duration=0.1).substitutions
    assert len(told) == 2
    assert told[0] == '"300 bpm" is met only in part: 240 bpm is the nearest tempo there is.'
    assert told[1].startswith('"no melody" is met only in part: a config always has a melody')
    blended = ls.render({"a quiet garden": 1.0, "300 bpm": 0.5}, duration=0.1)
    assert [*blended.substitutions] == [told[0]]
    assert ls.render({"300 bpm": 1.0}, duration=0.1).substitutions == (told[0],), "said once"
    assert ls.render("techno, 120 bpm, no drums", duration=0.1).substitutions == ()
