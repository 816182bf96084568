"""Every registered style, over seeds, modes and tempos: notes in place, in register, in key, and playable."""

from __future__ import annotations

from itertools import product
from typing import Final

import pytest

from latentscore.config import FIELDS, MusicConfig
from latentscore.errors import InvalidConfigError
from latentscore.events import LAYERS, Bar, NoteEvent
from latentscore.score.composer import Composer
from latentscore.score.registry import STYLES, find, labels, style
from latentscore.theory.chords import chord_scale, tones
from latentscore.theory.drums import KITS
from latentscore.theory.scales import Key, key

RATE: Final = 44_100
NAMES: Final = [(layer, label) for layer in LAYERS for label in FIELDS[layer].labels]
SOUNDING: Final = [(layer, label) for layer, label in NAMES if label != "none"]

UNPITCHED: Final = {
    ("texture", "vinyl_crackle"),
    ("texture", "breath"),
    ("texture", "glitch"),
    ("texture", "noise_wash"),
    ("accent", "wind"),
    ("accent", "blip_random"),
}
REGISTERS: Final = {"bass": (20, 51), "pad": (48, 88), "texture": (45, 108), "accent": (40, 108)}
VOICES: Final = {("melody", "call_response"): (0, 1), ("texture", "vinyl_crackle"): (0, 1, 2)}
FOREIGN: Final = {("melody", "contemplative_minor"): (3, 8, 10), ("bass", "walking"): tuple(range(12))}
"""Degrees (semitones above the tonic) that a style plays outside chord and scale: borrowed, or on the way."""


def pieces(layer: str, label: str) -> list[tuple[MusicConfig, list[Bar]]]:
    """Compose short pieces in all modes, each at its own tempo, density, chord rate and richness."""
    found: list[tuple[MusicConfig, list[Bar]]] = []
    settings = product(("major", "minor", "dorian", "mixolydian"), (0, 1))
    for at, (mode, seed) in enumerate(settings):
        config = MusicConfig.model_validate(
            {
                layer: label,
                "mode": mode,
                "root": FIELDS["root"].labels[(at * 5) % 12],
                "tempo": FIELDS["tempo"].labels[at % 5],
                "density": 6 if at % 3 == 0 else 3 + at % 4,
                "chord_change_bars": FIELDS["chord_change_bars"].labels[at % 4],
                "chord_extensions": FIELDS["chord_extensions"].labels[at % 3],
                "harmony_style": FIELDS["harmony_style"].labels[at % 5],
                "human": "robotic" if seed else "drunk",
                "depth": seed == 1,
            }
        )
        composer = Composer(config, seed, RATE)
        found.append((config, [composer.next_bar() for _ in range(20)]))
    return found


def test_the_registry_has_exactly_the_labels_of_the_fields() -> None:
    for layer in LAYERS:
        assert set(labels(layer)) == set(FIELDS[layer].labels)
    assert len(STYLES) == len(NAMES) == 57


def test_patches_are_named_after_layer_and_style() -> None:
    for (layer, label), found in STYLES.items():
        assert found.patch == (None if label == "none" else f"{layer}.{label}")


def test_an_unknown_style_raises_and_lists_the_valid_ones() -> None:
    with pytest.raises(InvalidConfigError, match="walking"):
        find("bass", "slapping")
    with pytest.raises(InvalidConfigError, match="texture"):
        find("choir", "drone")


def test_a_style_is_registered_once() -> None:
    with pytest.raises(InvalidConfigError, match="already"):
        style("bass", "drone", patch="bass.drone")(lambda _: ())


@pytest.mark.parametrize(("layer", "label"), SOUNDING)
def test_notes_are_in_place_and_playable(layer: str, label: str) -> None:
    voices = KITS[label] if layer == "rhythm" else VOICES.get((layer, label), (0,))
    for config, bars in pieces(layer, label):
        assert any(event.layer == layer for bar in bars for event in bar.events)
        for bar in bars:
            onsets = [event.onset for event in bar.events]
            assert onsets == sorted(onsets)
            for event in bar.events:
                if event.layer != layer:
                    continue
                assert isinstance(event.onset, int)
                assert isinstance(event.length, int)
                assert event.length >= 1
                assert max(0, bar.onset - RATE // 4) <= event.onset <= bar.onset + bar.length + RATE // 4
                assert 0.0 < event.velocity <= 1.0
                assert -1.0 <= event.pan <= 1.0
                assert event.voice in voices, config


@pytest.mark.parametrize(("layer", "label"), [name for name in SOUNDING if name[0] != "rhythm"])
def test_notes_are_in_register_and_in_key(layer: str, label: str) -> None:
    for config, bars in pieces(layer, label):
        low, high = REGISTERS.get(layer, (60, 84))
        home = key(FIELDS["root"].labels.index(config.root), config.mode)
        for bar, scale, event in _heard(bars, layer, home):
            assert low <= event.pitch <= high, (config.tempo, bar.index, event)
            if (layer, label) not in UNPITCHED:
                foreign = {(home.root + degree) % 12 for degree in FOREIGN.get((layer, label), ())}
                assert event.pitch == int(event.pitch)
                assert int(event.pitch) % 12 in scale | foreign, (config.mode, bar.index, event)


def _heard(bars: list[Bar], layer: str, home: Key) -> list[tuple[Bar, set[int], NoteEvent]]:
    """Return each event of a layer with the pitch classes allowed where it starts: of chord, scale and key.

    A drunken hand may bring a note before its chord, so both chords around an onset are allowed.
    """
    chords = [chord for bar in bars for chord in bar.chords]
    found: list[tuple[Bar, set[int], NoteEvent]] = []
    for bar in bars:
        for event in bar.events:
            if event.layer != layer:
                continue
            near = [chord for chord in chords if chord.onset <= event.onset + RATE // 4]
            near = [chord for chord in near[:-1] if chord.onset > event.onset - RATE // 4] + near[-1:]
            before = [chord for chord in chords if chord.onset <= event.onset - RATE // 4][-1:]
            allowed = set(home.scale)
            for chord in near + before:
                allowed |= set(tones(chord.root, chord.quality)) | set(
                    chord_scale(home, chord.root, chord.quality)
                )
            found.append((bar, allowed, event))
    return found


@pytest.mark.parametrize("label", FIELDS["bass"].labels)
@pytest.mark.parametrize("density", [2, 6])
def test_something_sounds_at_once(label: str, density: int) -> None:
    for pad in FIELDS["pad"].labels:
        config = MusicConfig(bass=label, pad=pad, density=density, tempo=30.0, texture="none", human="drunk")
        events = Composer(config, 3, RATE).next_bar().events
        assert events[0].onset < RATE // 4


@pytest.mark.parametrize(("layer", "label"), SOUNDING)
@pytest.mark.parametrize("tempo", [30.0, "very_slow", "very_fast"])
def test_every_layer_sounds_in_the_first_20_seconds(layer: str, label: str, tempo: object) -> None:
    for density, seed in product((2, 3, 5), (0, 1)):
        config = MusicConfig.model_validate(
            {layer: label, "tempo": tempo, "density": density, "melody_density": "very_sparse"}
        )
        composer, onset = Composer(config, seed, RATE), None
        while onset is None:
            bar = composer.next_bar()
            onset = next((event.onset for event in bar.events if event.layer == layer), None)
            assert bar.onset < 18 * RATE
        assert onset < 18 * RATE
