"""Chords: tones, numerals, extensions that fit the key, and scales to play over them."""

from __future__ import annotations

import pytest

from latentscore.errors import InvalidConfigError
from latentscore.theory.chords import EXTENSIONS, QUALITIES, chord_scale, extended, numeral, tones
from latentscore.theory.scales import MODES, key


def test_tones_start_with_the_root() -> None:
    assert tones(9, "min7") == (9, 0, 4, 7)
    assert tones(7, "dom9") == (7, 11, 2, 5, 9)


@pytest.mark.parametrize(
    ("text", "mode", "offset", "degree", "triad"),
    [
        ("I", "major", 0, 1, "maj"),
        ("vi", "major", 9, 6, "min"),
        ("VI", "minor", 8, 6, "maj"),
        ("bVII", "major", 10, 7, "maj"),
        ("VII", "mixolydian", 10, 7, "maj"),
        ("iio", "minor", 2, 2, "dim"),
        ("Vsus", "major", 7, 5, "sus4"),
        ("bII", "minor", 1, 2, "maj"),
    ],
)
def test_numerals_are_read_in_their_mode(text: str, mode: str, offset: int, degree: int, triad: str) -> None:
    read = numeral(text, mode)
    assert (read.offset, read.degree, read.triad) == (offset, degree, triad)


@pytest.mark.parametrize("text", ["", "H", "IIII", "i7o", "viix"])
def test_what_is_no_numeral_is_refused(text: str) -> None:
    with pytest.raises(InvalidConfigError, match="roman numeral"):
        numeral(text, "major")


@pytest.mark.parametrize(
    ("text", "mode", "seventh", "lush"),
    [
        ("I", "major", "maj7", "maj9"),
        ("V", "major", "dom7", "dom9"),
        ("V", "minor", "dom7", "dom7b9"),
        ("I", "mixolydian", "dom7", "dom9"),
        ("IV", "dorian", "dom7", "dom9"),
        ("iii", "major", "min7", "min11"),
        ("ii", "major", "min7", "min9"),
        ("iio", "minor", "m7b5", "m11b5"),
        ("VI7", "major", "dom7", "dom9"),
        ("bVI", "major", "maj7", "maj9"),
    ],
)
def test_extensions_take_their_notes_from_the_scale(text: str, mode: str, seventh: str, lush: str) -> None:
    chord = numeral(text, mode)
    assert extended(chord, mode, "sevenths") == seventh
    if text != "VI7":
        assert extended(chord, mode, "lush", 0) == lush


def test_richness_counts_the_notes() -> None:
    for mode, scale in MODES.items():
        for text in ("I", "ii", "iii", "IV", "V", "vi"):
            for place, richness in enumerate(EXTENSIONS):
                for colour in range(3):
                    quality = extended(numeral(text, mode), mode, richness, colour)
                    assert len(set(tones(scale[0], quality))) == 3 + place


def test_a_chord_scale_has_seven_notes_and_all_of_the_chord() -> None:
    for mode in MODES:
        home = key(2, mode)
        for root in home.scale:
            for quality in QUALITIES:
                scale = chord_scale(home, root, quality)
                assert set(tones(root, quality)) <= set(scale)
                assert 7 <= len(set(scale)) <= 9


def test_the_leading_tone_replaces_the_flat_seventh_over_the_minor_keys_dominant() -> None:
    scale = chord_scale(key(9, "minor"), 4, "maj")
    assert 8 in scale  # g sharp
    assert 7 not in scale


def test_an_unknown_quality_is_refused() -> None:
    with pytest.raises(InvalidConfigError, match="min7"):
        tones(0, "minor seventh")
