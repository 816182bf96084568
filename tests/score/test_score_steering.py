"""Steering the score: bars taken back and written anew, lines that move with the tempo, layers that stay."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from latentscore.config import MusicConfig
from latentscore.config.fields import FIELDS
from latentscore.events import LAYERS, Bar
from latentscore.freezing import freeze, thaw
from latentscore.score.composer import Composer
from latentscore.score.settings import settings
from latentscore.score.steering import SteerableComposer
from latentscore.theory.meter import BEATS

RATE = 44100
CONFIG = MusicConfig(density=6, rhythm="kit_medium", bass="walking", human="robotic")


def composed(n_bars: int, config: MusicConfig = CONFIG, seed: int = 1) -> tuple[SteerableComposer, list[Bar]]:
    """A composer, and the bars that it wrote so far."""
    composer = SteerableComposer(config, seed, RATE)
    return composer, [composer.next_bar() for _ in range(n_bars)]


def of(bar: Bar, *layers: str) -> list[Any]:
    """Events of some layers."""
    return [event for event in bar.events if event.layer in layers]


def middle(bar: Bar) -> int:
    """A frame in the middle of a bar."""
    return bar.onset + bar.length // 2


def change(**fields: Any) -> MusicConfig:
    """The config with other labels."""
    return CONFIG.model_copy(update=fields)


def test_unsteered_it_writes_what_a_composer_writes() -> None:
    _, bars = composed(9)
    plain = Composer(CONFIG, 1, RATE)
    assert bars == [plain.next_bar() for _ in range(9)]


def test_a_bar_written_anew_for_the_same_config_is_the_same_bar_and_so_is_what_follows() -> None:
    composer, bars = composed(5)
    assert composer.rewrite(CONFIG, middle(bars[-1]), RATE)[-1] == bars[-1]
    _, untouched = composed(8)
    assert [composer.next_bar() for _ in range(3)] == untouched[5:]


@pytest.mark.parametrize("layer", ["bass", "pad", "melody", "rhythm", "texture", "accent"])
def test_a_layers_new_style_leaves_the_notes_of_the_other_layers(layer: str) -> None:
    style = next(label for label in FIELDS[layer].labels if label not in ("none", getattr(CONFIG, layer)))
    composer, bars = composed(4)
    rewritten = composer.rewrite(change(**{layer: style}), middle(bars[-1]), RATE)[-1]
    others = [name for name in LAYERS if name != layer]
    _, untouched = composed(6)
    following = [composer.next_bar() for _ in range(2)]
    for ours, theirs in zip([rewritten, *following], untouched[3:], strict=True):
        assert of(ours, *others) == of(theirs, *others)
    assert [of(bar, layer) for bar in (rewritten, *following)] != [of(bar, layer) for bar in untouched[3:]]
    assert of(rewritten, layer), "a fresh style is heard in the bar in which it comes"


@pytest.mark.parametrize("layer", ["melody", "rhythm"])
def test_a_layer_that_rests_is_heard_once_its_style_is_asked_for(layer: str) -> None:
    sparse = CONFIG.model_copy(update={"density": 2})
    style = {"melody": "heroic", "rhythm": "electronic"}[layer]
    n_resting = 0
    for seed in range(6):
        composer, bars = composed(30, sparse, seed)
        if of(bars[-1], layer):
            continue
        n_resting += 1
        asked = sparse.model_copy(update={layer: style})
        heard = [composer.rewrite(asked, bars[-1].onset, RATE)[-1], *(composer.next_bar() for _ in range(2))]
        assert sum(bool(of(bar, layer)) for bar in heard) >= 2
    assert n_resting >= 3


def test_it_is_heard_even_when_something_else_is_asked_for_in_the_same_bar() -> None:
    sparse = CONFIG.model_copy(update={"density": 2})
    n_resting = 0
    for seed in range(6):
        composer, bars = composed(30, sparse, seed)
        n_resting += not of(bars[-1], "rhythm")
        asked = sparse.model_copy(update={"rhythm": "electronic"})
        composer.rewrite(asked, bars[-1].onset, RATE)
        swung = asked.model_copy(update={"swing": "heavy"})
        heard = [composer.rewrite(swung, bars[-1].onset + 1, RATE)[-1], composer.next_bar()]
        assert any(of(bar, "rhythm") for bar in heard)
    assert n_resting >= 3


@pytest.mark.parametrize("tempo", ["very_slow", "slow", "fast", "very_fast", 91.5])
@pytest.mark.parametrize("seconds", [0.1, 3.0])
def test_a_tempo_ramp_reaches_its_target_and_bars_lie_end_to_end(tempo: Any, seconds: float) -> None:
    composer, bars = composed(3)
    wanted = change(tempo=tempo)
    frame = middle(bars[-1])
    rewritten = composer.rewrite(wanted, frame, round(seconds * RATE))[-1]
    following = [rewritten, *(composer.next_bar() for _ in range(6))]
    assert rewritten.onset == bars[-1].onset
    assert all(b.onset == a.onset + a.length for a, b in pairwise(following))
    bpm = settings(wanted).tempo_bpm
    arrived = [bar for bar in following if bar.onset >= frame + round(seconds * RATE)]
    assert arrived
    for bar in arrived:
        assert bar.tempo_bpm == pytest.approx(bpm)
        assert abs(bar.length - BEATS * 60 * RATE / bpm) <= 1
    past = [event._replace(length=0) for event in bars[-1].events if event.onset < frame]
    kept = [event._replace(length=0) for event in rewritten.events if event.onset < frame]
    assert kept == past, "what was played was played; it rings as long as the new tempo says"


def test_a_tempo_ramp_turns_evenly() -> None:
    """Linear in seconds per beat: half way through it the beat has half of the change."""
    composer, bars = composed(3)
    frame, n_frames = bars[-1].onset + 1000, 20 * RATE
    before, after = settings(CONFIG).tempo_bpm, settings(change(tempo="very_fast")).tempo_bpm
    composer.rewrite(change(tempo="very_fast"), frame, n_frames)
    lengths = [composer.next_bar() for _ in range(14)]
    turning = [bar.length for bar in lengths if bar.onset + bar.length < frame + n_frames]
    steps = [a - b for a, b in pairwise(turning)]
    assert len(steps) >= 4
    assert min(steps) > 0
    assert max(steps) - min(steps) <= 2, "each bar is shorter than the last by as much"
    assert 240 * RATE / after < turning[-1] < turning[0] < 240 * RATE / before


@pytest.mark.parametrize("fields", [{"root": "f#"}, {"mode": "dorian"}, {"harmony_style": "jazz"}])
def test_the_harmony_turns_with_the_next_bar(fields: dict[str, Any]) -> None:
    composer, bars = composed(4)
    rewritten = composer.rewrite(change(**fields), middle(bars[-1]), RATE)[-1]
    assert rewritten.chords == bars[-1].chords
    assert of(rewritten, "bass", "pad", "rhythm") == of(bars[-1], "bass", "pad", "rhythm")
    assert composer.config == change(**fields)
    _, untouched = composed(8)
    turned = [composer.next_bar() for _ in range(4)]
    assert [bar.chords for bar in turned] != [bar.chords for bar in untouched[4:]]


def test_on_the_bar_line_itself_the_harmony_turns_at_once() -> None:
    composer, bars = composed(4)
    rewritten = composer.rewrite(change(root="f#"), bars[-1].onset, RATE)[-1]
    assert {chord.root for chord in rewritten.chords} != {chord.root for chord in bars[-1].chords}


def test_steered_again_and_again_within_one_bar_it_is_as_if_only_the_last_had_been_said() -> None:
    once, bars = composed(4)
    twice, _ = composed(4)
    frame = middle(bars[-1])
    twice.rewrite(change(density=2, pad="cinematic"), frame - 5000, RATE)
    a = twice.rewrite(change(brightness="dark", melody="arp_melody"), frame, RATE)[-1]
    b = once.rewrite(change(brightness="dark", melody="arp_melody"), frame, RATE)[-1]
    assert a == b
    assert [twice.next_bar() for _ in range(2)] == [once.next_bar() for _ in range(2)]


def test_lines_are_where_beats_and_bars_begin() -> None:
    composer, bars = composed(3)
    a, b = bars[1], bars[2]
    assert composer.boundary(a.onset, "bar") == a.onset
    assert composer.boundary(a.onset + 1, "bar") == b.onset
    assert composer.boundary(b.onset + 1, "bar") == b.onset + b.length
    beats = [a.onset + round(k * a.length / BEATS) for k in range(BEATS)]
    for here, line in pairwise(beats):
        assert abs((composer.boundary(here + 1, "beat") or 0) - line) <= 1
    assert composer.boundary(b.onset + b.length + 1, "bar") is None, "not written yet"


def test_it_can_be_frozen_in_the_middle_of_a_ramp() -> None:
    composer, bars = composed(3)
    composer.rewrite(change(tempo="fast", pad="cinematic"), middle(bars[-1]), 8 * RATE)
    composer.next_bar()
    other = thaw(freeze(composer))
    assert [other.next_bar() for _ in range(4)] == [composer.next_bar() for _ in range(4)]
