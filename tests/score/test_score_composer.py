"""The composer as a whole: determinism, independent layers, no loops, opening, steering and close."""

from __future__ import annotations

import hashlib
from collections import Counter
from itertools import pairwise

import pytest
from composing import FULL, RATE, composed, notes_of

from latentscore.config import FIELDS, MusicConfig
from latentscore.events import LAYERS, Bar
from latentscore.score.composer import Composer

CONFIGS = (
    MusicConfig(),
    MusicConfig(
        density=6, rhythm="kit_medium", bass="walking", swing="medium", chord_extensions="lush", mode="dorian"
    ),
    MusicConfig(
        tempo=61.5, density=2, bass="drone", texture="stars", accent="chime", human="drunk", mode="minor"
    ),
    MusicConfig(
        tempo="very_fast", rhythm="tabla_essence", melody="ornamental", depth=True, mode="mixolydian"
    ),
)
GOLDEN = "4f113547abb981a2"


def fingerprint(bars: list[Bar]) -> str:
    """Return a hash of everything in the bars, floats to their last bit."""
    return hashlib.sha256(repr(bars).encode()).hexdigest()[:16]


def test_the_same_events_on_every_python() -> None:
    both = "".join(fingerprint(composed(config, 40, seed)) for seed, config in enumerate(CONFIGS))
    assert hashlib.sha256(both.encode()).hexdigest()[:16] == GOLDEN


def test_seeds_differ() -> None:
    assert len({fingerprint(composed(MusicConfig(), 8, seed)) for seed in range(6)}) == 6


def test_rates_differ_only_in_the_grid() -> None:
    low, high = Composer(FULL, 1, 44_100), Composer(FULL, 1, 48_000)
    for _ in range(12):
        a, b = low.next_bar(), high.next_bar()
        assert [e.pitch for e in a.events] == [e.pitch for e in b.events]
        assert all(
            x.onset / 44_100 == pytest.approx(y.onset / 48_000, abs=3e-5)
            for x, y in zip(a.events, b.events, strict=True)
        )


@pytest.mark.parametrize("layer", LAYERS)
def test_changing_a_style_leaves_the_other_layers_alone(layer: str) -> None:
    base = CONFIGS[1]
    expected = {other: notes_of(composed(base, 24), other) for other in LAYERS}
    for label in FIELDS[layer].labels:
        bars = composed(base.model_copy(update={layer: label}), 24)
        for other in LAYERS:
            if other != layer:
                assert notes_of(bars, other) == expected[other]
        assert (notes_of(bars, layer) == expected[layer]) == (label == getattr(base, layer))


@pytest.mark.parametrize("config", CONFIGS)
def test_bars_join_and_chords_lie_within_them(config: MusicConfig) -> None:
    frame = 0
    for number, bar in enumerate(composed(config, 40)):
        assert (bar.index, bar.onset, bar.beats) == (number, frame, 4)
        assert all(bar.onset <= chord.onset < bar.onset + bar.length for chord in bar.chords)
        frame += bar.length


@pytest.mark.parametrize("config", CONFIGS)
def test_no_eight_bars_return_note_for_note_in_two_hours(config: MusicConfig) -> None:
    bars = composed(config, int(7200 / (240.0 / config.value("tempo"))))
    shown = [
        tuple((e.layer, round((e.onset - bar.onset) * 96 / bar.length), e.pitch, e.voice) for e in bar.events)
        for bar in bars
    ]
    passages = Counter(tuple(shown[at : at + 8]) for at in range(len(shown) - 7))
    assert max(passages.values()) == 1


@pytest.mark.parametrize("config", CONFIGS)
def test_never_eight_seconds_without_an_onset(config: MusicConfig) -> None:
    onsets = [event.onset for bar in composed(config, 200) for event in bar.events]
    assert max(after - before for before, after in pairwise(onsets)) < 8 * RATE


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("config", CONFIGS)
def test_the_opening_sounds_at_once_and_introduces_every_layer(config: MusicConfig, seed: int) -> None:
    events = [event for bar in composed(config, 16, seed) for event in bar.events if event.onset < 20 * RATE]
    assert events[0].onset < 2 * RATE
    assert {event.layer for event in events} == {
        layer for layer in LAYERS if getattr(config, layer) != "none"
    }


def test_silent_styles_are_silent() -> None:
    bars = composed(FULL.model_copy(update={"rhythm": "none", "texture": "none", "accent": "none"}), 30)
    assert {event.layer for bar in bars for event in bar.events} == {"bass", "pad", "melody"}


def _figures(config: MusicConfig, seed: int) -> list[set[tuple[tuple[int, int], ...]]]:
    """Return the melody's figures of four notes, section by section, whatever their key and place in the bar."""
    sections: list[list[tuple[int, float]]] = []
    for bar in composed(config, 96, seed):
        if bar.section:
            sections.append([])
        sections[-1] += [
            (round((bar.index + (e.onset - bar.onset) / bar.length) * 16), e.pitch)
            for e in bar.events
            if e.layer == "melody"
        ]
    found: list[set[tuple[tuple[int, int], ...]]] = []
    for notes in sections:
        moves = [(b - a, (q > p) - (q < p)) for (a, p), (b, q) in pairwise(notes)]
        found.append({tuple(moves[at : at + 3]) for at in range(len(moves) - 2)})
    return found


@pytest.mark.parametrize("engine", FIELDS["melody_engine"].labels)
@pytest.mark.parametrize("melody", FIELDS["melody"].labels)
def test_a_piece_recognises_its_motifs(melody: str, engine: str) -> None:
    # a section's figures are known from the piece's other sections, more than from another piece of the config
    config = FULL.model_copy(update={"melody": melody, "melody_engine": engine, "mode": "minor"})
    pieces = [_figures(config, seed) for seed in range(4)]
    home = chance = 0
    for number, piece in enumerate(pieces):
        for at, section in enumerate(piece):
            others = piece[:at] + piece[at + 1 :]
            strangers = pieces[(number + 1) % len(pieces)][: len(others)]
            home += len(section & set().union(*others))
            chance += len(section & set().union(*strangers))
    assert home > (1.0 if melody == "arp_melody" else 1.1) * chance  # all arpeggios are a little alike


def test_steering_tempo_ramps_and_a_style_change_spares_the_others() -> None:
    steered, plain = Composer(FULL, 2, RATE), Composer(FULL, 2, RATE)
    before = [(steered.next_bar(), plain.next_bar()) for _ in range(6)]
    assert all(a == b for a, b in before)
    steered.steer(FULL.model_copy(update={"melody": "minimal"}))
    for _ in range(6):
        a, b = steered.next_bar(), plain.next_bar()
        assert [e for e in a.events if e.layer != "melody"] == [e for e in b.events if e.layer != "melody"]
    steered.steer(FULL.model_copy(update={"tempo": "fast"}))
    ramp, after = steered.next_bar(), steered.next_bar()
    assert ramp.tempo_bpm == pytest.approx(86.0)
    assert after.tempo_bpm == pytest.approx(112.0)
    assert after.onset == ramp.onset + ramp.length


@pytest.mark.parametrize("change", [{"root": "e"}, {"mode": "minor"}, {"root": "a", "mode": "dorian"}])
def test_a_new_key_comes_with_a_chord_on_the_next_bar(change: dict[str, str]) -> None:
    config = FULL.model_copy(update={"chord_change_bars": "very_slow"})
    composer = Composer(config, 2, RATE)
    for _ in range(5):
        composer.next_bar()
    steered = config.model_copy(update=change)
    composer.steer(steered)
    bar = composer.next_bar()
    assert bar.chords
    assert bar.chords[0].onset == bar.onset
    assert any(event.layer == "pad" for event in bar.events)


@pytest.mark.parametrize("bass", ["drone", "fifth_drone", "sustained"])
def test_a_held_bass_is_struck_anew_in_a_new_key(bass: str) -> None:
    config = FULL.model_copy(update={"bass": bass, "chord_change_bars": "very_slow"})
    for n_bars in range(3, 9):
        composer = Composer(config, 2, RATE)
        for _ in range(n_bars):
            composer.next_bar()
        composer.steer(config.model_copy(update={"root": "f#"}))
        bar = composer.next_bar()
        struck = [e for e in bar.events if e.layer == "bass" and e.onset == bar.onset]
        assert int(min(e.pitch for e in struck)) % 12 in {bar.chords[0].root, 6}


@pytest.mark.parametrize(
    ("field", "label"),
    [("melody_density", "very_busy"), ("melody_engine", "pattern"), ("phrase_len_bars", 2)],
)
def test_a_steered_melody_makes_new_figures_and_spares_the_others(field: str, label: object) -> None:
    config = FULL.model_copy(update={"melody_density": "sparse"})
    steered, plain = Composer(config, 2, RATE), Composer(config, 2, RATE)
    for _ in range(9):
        assert steered.next_bar() == plain.next_bar()
    steered.steer(config.model_copy(update={field: label}))
    after, same = ([composer.next_bar() for _ in range(8)] for composer in (steered, plain))
    assert notes_of(after[:1], "melody") != notes_of(same[:1], "melody")  # at once, within the phrase
    if field == "melody_density":
        assert len(notes_of(after, "melody")) > 2 * len(notes_of(same, "melody"))
    if field != "phrase_len_bars":
        assert notes_of(after, "bass") == notes_of(same, "bass")
        assert notes_of(after, "rhythm") == notes_of(same, "rhythm")


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("n_bars", [0, 1, 13])
def test_the_close_leads_home_and_is_as_long_as_it_says(config: MusicConfig, n_bars: int) -> None:
    composer = Composer(config, 2, RATE)
    bars = [composer.next_bar() for _ in range(n_bars)]
    promised = composer.closing_frames
    way, home = composer.close()
    assert bars == composed(config, n_bars, 2)
    assert way.length + home.length == pytest.approx(promised, abs=2)
    assert way.section is not None
    assert way.section.name == "close"
    assert home.chords[0].root == FIELDS["root"].labels.index(config.root)
    assert home.chords[0].degree == 1
    melody = [event for event in home.events if event.layer == "melody"]
    assert all(int(event.pitch) % 12 == home.chords[0].root for event in melody)
    assert {"bass", "pad"} <= {event.layer for event in home.events} or n_bars == 0
    assert composer.next_bar().events == ()
