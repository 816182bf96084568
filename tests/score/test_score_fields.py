"""Every field that shapes the events is heard in them: measured over seeds, label by label."""

from __future__ import annotations

import statistics
from itertools import pairwise

import pytest
from composing import FULL, RATE, composed, intervals, line, mean, measured, notes_of, placed, rises

from latentscore.config import FIELDS, MusicConfig
from latentscore.events import Bar
from latentscore.score.registry import STYLES
from latentscore.theory.scales import MODES


def test_tempo() -> None:
    for label, bpm in zip(FIELDS["tempo"].labels, FIELDS["tempo"].values, strict=True):
        bar = composed(MusicConfig.model_validate({"tempo": label}), 3)[2]
        assert bar.tempo_bpm == pytest.approx(bpm)
        assert bar.length / RATE == pytest.approx(240.0 / bpm, abs=1e-4)
    assert composed(MusicConfig(tempo=97.0), 1)[0].tempo_bpm == pytest.approx(97.0)


def test_human_spreads_onsets_by_its_sigma() -> None:
    for label, sigma_ms in zip(FIELDS["human"].labels, FIELDS["human"].values, strict=True):
        config = FULL.model_copy(update={"human": label, "rhythm": "soft_four"})
        played = notes_of(composed(config, 200), "rhythm")
        written = notes_of(composed(config.model_copy(update={"human": "robotic"}), 200), "rhythm")
        if label == "robotic":
            assert played == written
            continue
        # a hand may swap neighbours: match each drum's strokes in the order written
        errors = [
            (heard.onset - meant.onset) * 1000.0 / RATE
            for drum in (0, 3)
            for heard, meant in zip(
                [e for e in played if e.voice == drum], [e for e in written if e.voice == drum], strict=True
            )
        ]
        assert statistics.pstdev(errors) == pytest.approx(sigma_ms, rel=0.12)


def test_human_spreads_loudness() -> None:
    def spread(bars: list[Bar]) -> float:
        kicks = [
            event.velocity
            for _, beat, event in placed(bars, "rhythm")
            if event.voice == 0 and 0.5 < beat < 3.5
        ]
        return statistics.pstdev(kicks)

    base = FULL.model_copy(update={"rhythm": "soft_four", "human": "robotic"})
    tight, drunk = (
        statistics.pstdev(
            [e.velocity for e in notes_of(composed(base.model_copy(update={"human": label})), "rhythm")]
        )
        for label in ("robotic", "drunk")
    )
    assert drunk > tight * 1.05
    assert spread(composed(base)) < 0.1


def test_density_adds_layers_and_notes() -> None:
    def together(bars: list[Bar]) -> float:
        pairs = [{e.layer for bar in bars[at : at + 2] for e in bar.events} for at in range(0, len(bars), 2)]
        return mean([float(len(layers)) for layers in pairs])

    layers = measured("density", together, n_bars=96, seeds=3)
    assert rises(layers)
    assert 2.5 < layers[0] < 3.6
    assert layers[-1] > 5.4
    assert rises(
        measured("density", lambda bars: float(sum(len(bar.events) for bar in bars)), n_bars=96, seeds=3)
    )


def test_density_makes_it_louder() -> None:
    assert rises(measured("density", lambda bars: mean([e.velocity for e in notes_of(bars, "pad")]), seeds=2))


@pytest.mark.parametrize("mode", FIELDS["mode"].labels)
def test_root_is_where_chords_and_bass_dwell(mode: str) -> None:
    for root, label in enumerate(FIELDS["root"].labels):
        time = [0.0] * 12
        bars = composed(FULL.model_copy(update={"root": label, "mode": mode}), 32, root)
        starts = [(chord.onset, chord.root) for bar in bars for chord in bar.chords]
        ends = [*[onset for onset, _ in starts[1:]], bars[-1].onset + bars[-1].length]
        for (onset, chord_root), end in zip(starts, ends, strict=True):
            time[chord_root] += end - onset
        assert max(range(12), key=time.__getitem__) == root
        assert starts[0][1] == root


@pytest.mark.parametrize("mode", FIELDS["mode"].labels)
def test_mode_colours_what_is_played(mode: str) -> None:
    classes = [0.0] * 12
    for seed in range(4):
        config = FULL.model_copy(update={"mode": mode, "harmony_style": "pop"})
        for layer in ("melody", "pad"):
            for event in notes_of(composed(config, 32, seed), layer):
                classes[int(event.pitch) % 12] += event.length
    inside = sum(classes[degree] for degree in MODES[mode]) / sum(classes)
    assert inside > (0.93 if mode == "minor" else 0.98)  # a minor key's dominant borrows its leading tone
    third, fourth = MODES[mode][2], {3: 4, 4: 3}[MODES[mode][2]]
    assert classes[third] > 3 * classes[fourth]
    if mode == "dorian":
        assert classes[9] > 3 * classes[8]
    if mode == "mixolydian":
        assert classes[10] > 3 * classes[11]


@pytest.mark.parametrize("layer", ["bass", "pad", "melody", "rhythm", "texture", "accent"])
def test_each_style_writes_a_part_of_its_own(layer: str) -> None:
    parts = set()
    for label in FIELDS[layer].labels:
        assert (layer, label) in STYLES
        bars = composed(FULL.model_copy(update={layer: label}), 24)
        parts.add(tuple((e.onset, e.length, e.pitch, e.voice) for e in notes_of(bars, layer)))
    assert len(parts) == len(FIELDS[layer].labels)


@pytest.mark.parametrize("bass", FIELDS["bass"].labels)
def test_depth_doubles_the_bass_below(bass: str) -> None:
    plain = notes_of(composed(FULL.model_copy(update={"bass": bass}), 24), "bass")
    deep = notes_of(composed(FULL.model_copy(update={"bass": bass, "depth": True}), 24), "bass")
    assert len(deep) == 2 * len(plain) or bass == "walking"  # a walk may go elsewhere when it starts higher
    assert min(event.pitch for event in deep) >= 20  # 26 Hz
    if bass != "sub_pulse":
        assert mean([e.pitch for e in deep]) < mean([e.pitch for e in plain]) + 6
        assert min(event.pitch for event in deep) < min(event.pitch for event in plain)


def test_swing_moves_the_off_beats() -> None:
    base = FULL.model_copy(update={"rhythm": "soft_four"})
    for label, ratio in zip(FIELDS["swing"].labels, FIELDS["swing"].values, strict=True):
        bars = composed(base.model_copy(update={"swing": label}), 24)
        parts = {round(beat % 1, 2) for _, beat, event in placed(bars, "rhythm") if event.voice == 3}
        assert round(ratio, 2) in parts


def test_chord_change_bars() -> None:
    def bars_per_chord(bars: list[Bar]) -> float:
        return len(bars) / sum(len(bar.chords) for bar in bars)

    slowest, slow, medium, fast = measured("chord_change_bars", bars_per_chord, n_bars=64, seeds=3)
    assert 2.8 < slowest <= 4.0
    assert 1.5 < slow <= 2.0
    assert medium == 1.0
    assert fast == 0.5


def test_chord_extensions_count_the_notes() -> None:
    from latentscore.theory.chords import QUALITIES

    for label, size in zip(FIELDS["chord_extensions"].labels, (3, 4, 5), strict=True):
        for harmony in FIELDS["harmony_style"].labels:
            config = FULL.model_copy(update={"chord_extensions": label, "harmony_style": harmony})
            qualities = {chord.quality for bar in composed(config, 48) for chord in bar.chords}
            assert {len(QUALITIES[quality]) for quality in qualities} == {size}


def test_lush_chords_are_of_many_kinds() -> None:
    config = FULL.model_copy(update={"chord_extensions": "lush"})
    qualities = {c.quality for seed in range(4) for bar in composed(config, 48, seed) for c in bar.chords}
    assert len(qualities) >= 5


def test_cadence_strength_counts_homecomings() -> None:
    def homecomings(bars: list[Bar]) -> float:
        chords = [chord for bar in bars for chord in bar.chords]
        return float(sum(a.degree == 5 and b.degree == 1 for a, b in pairwise(chords)))

    assert rises(measured("cadence_strength", homecomings, seeds=6), 1.3)


@pytest.mark.parametrize("mode", FIELDS["mode"].labels)
def test_harmony_styles_differ_in_their_chords(mode: str) -> None:
    def shares(label: str) -> dict[tuple[int, str], float]:
        found: dict[tuple[int, str], float] = {}
        for seed in range(14):
            config = FULL.model_copy(update={"harmony_style": label, "mode": mode})
            for chord in (chord for bar in composed(config, 24, seed) for chord in bar.chords):
                found[chord.root, chord.quality] = found.get((chord.root, chord.quality), 0.0) + 1
        total = sum(found.values())
        return {chord: n / total for chord, n in found.items()}

    styles = [shares(label) for label in ("pop", "jazz", "cinematic", "ambient")]
    for at, one in enumerate(styles):
        for other in styles[at + 1 :]:
            assert sum(abs(one.get(c, 0.0) - other.get(c, 0.0)) for c in {*one, *other}) > 0.25
    tonic = (0, "maj" if mode in ("major", "mixolydian") else "min")
    assert styles[3][tonic] == max(style[tonic] for style in styles)


def _intensities(curve: str, seed: int) -> list[float]:
    """Return the mean loudness of a bar, all notes together, for each of the first five sections."""
    bars = composed(FULL.model_copy(update={"tension_curve": curve}), 160, seed)
    loud = [sum(event.velocity for event in bar.events) for bar in bars]
    starts = [at for at, bar in enumerate(bars) if bar.section][:6]
    return [mean(loud[start:end]) for start, end in pairwise(starts)]


def test_tension_curves_run_as_named() -> None:
    arc, ramp = (
        [
            mean(list(section))
            for section in zip(*(_intensities(curve, seed) for seed in range(6)), strict=True)
        ]
        for curve in ("arc", "ramp")
    )
    assert rises(ramp)
    assert rises(arc[:4])  # intro, theme, lift, peak …
    assert arc[4] < 0.85 * arc[3]  # … and a breath


def test_waves_crest_in_the_middle_of_sections() -> None:
    def crests(label: str) -> float:
        found: list[float] = []
        for seed in range(4):
            bars = composed(FULL.model_copy(update={"tension_curve": label}), 96, seed)
            loud = [sum(event.velocity for event in bar.events) for bar in bars]
            starts = [at for at, bar in enumerate(bars) if bar.section]
            for start, end in pairwise(starts):
                third = (end - start) // 3
                middle = mean(loud[start + third : end - third])
                found.append(
                    float(
                        middle > mean(loud[start : start + third]) and middle > mean(loud[end - third : end])
                    )
                )
        return mean(found)

    assert crests("waves") > 0.6
    assert crests("waves") > crests("arc") + 0.2


def _is_ending(bar: Bar) -> bool:
    beats = [(e.onset - bar.onset) * 4 / bar.length for e in bar.events if e.layer == "melody"]
    return bool(beats) and max(beats) < 2.1


def test_phrase_length_places_the_breaths() -> None:
    def breaths(length: int, bar: int) -> float:
        config = FULL.model_copy(update={"phrase_len_bars": length, "cadence_strength": "strong"})
        return mean([float(_is_ending(composed(config, 8, seed)[bar])) for seed in range(20)])

    assert breaths(2, 5) > 2 * breaths(4, 5)
    assert breaths(4, 3) > 2 * breaths(8, 3)
    assert breaths(8, 7) > 2 * breaths(8, 5)


def test_melody_density_counts_the_notes() -> None:
    per_bar = measured("melody_density", lambda bars: len(notes_of(bars, "melody")) / len(line(bars)))
    assert rises(per_bar, 1.3)
    for value, wanted in zip(per_bar, FIELDS["melody_density"].values, strict=True):
        assert value == pytest.approx(wanted, rel=0.3)


def test_syncopation_is_the_share_off_the_beat() -> None:
    shares = measured(
        "syncopation", lambda bars: mean([float(beat % 1 != 0) for _, beat, _ in placed(bars, "melody")])
    )
    assert rises(shares)
    for share, wanted in zip(shares, FIELDS["syncopation"].values, strict=True):
        assert share == pytest.approx(wanted, abs=0.1)


def test_step_bias_is_the_share_of_leaps() -> None:
    shares = measured("step_bias", lambda bars: mean([float(abs(move) > 2) for move in intervals(bars)]))
    assert rises(shares, 1.25)


def test_motif_repeat_prob_brings_figures_back() -> None:
    def returning(bars: list[Bar]) -> float:
        figures = [
            tuple(round((e.onset - bar[0].onset) / 1000) for e in bar) for bar in line(bars) if len(bar) > 2
        ]
        return 1.0 - len(set(figures)) / len(figures)

    assert rises(measured("motif_repeat_prob", returning, n_bars=96))


def test_the_pattern_engine_keeps_its_figure() -> None:
    def returning(bars: list[Bar]) -> float:
        figures = [
            (
                *(round((e.onset - bar[0].onset) / 1000) for e in bar),
                *((b.pitch > a.pitch) for a, b in pairwise(bar)),
            )
            for bar in line(bars)
            if len(bar) > 1
        ]
        return 1.0 - len(set(figures)) / len(figures)

    pattern, procedural = measured("melody_engine", returning, n_bars=96, seeds=3)
    assert pattern > procedural + 0.1


def test_chromatic_notes_come_as_often_as_asked_and_resolve() -> None:
    base = FULL.model_copy(update={"harmony_style": "pop"})
    inside = set(MODES["major"])
    shares = measured(
        "chromatic_prob",
        lambda bars: mean([float(int(e.pitch) % 12 not in inside) for e in notes_of(bars, "melody")]),
        base=base,
    )
    assert shares[0] == 0.0
    assert rises(shares[1:], 1.5)
    heavy = composed(base.model_copy(update={"chromatic_prob": "heavy"}), 96)
    melody = notes_of(heavy, "melody")
    approaches = [(a, b) for a, b in pairwise(melody) if int(a.pitch) % 12 not in inside]
    assert approaches
    assert all(abs(a.pitch - b.pitch) == 1 for a, b in approaches)


@pytest.mark.parametrize("melody", FIELDS["melody"].labels)
@pytest.mark.parametrize(("low", "high"), [(1, 2), (2, 4), (4, 6), (5, 6), (3, 8), (7, 8)])
def test_register_bounds_hold(melody: str, low: int, high: int) -> None:
    config = FULL.model_copy(
        update={"melody": melody, "chromatic_prob": "heavy", "melody_density": "very_busy"}
    )
    config = config.model_copy(update={"register_min_oct": low, "register_max_oct": high})
    pitches = [event.pitch for event in notes_of(composed(config, 16), "melody")]
    assert min(pitches) >= 12 * (low + 1)
    assert max(pitches) <= 12 * (high + 1)
