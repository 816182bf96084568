"""The harmony: every progression reads, loops come back, cadences close, chords last as asked."""

from __future__ import annotations

from itertools import pairwise

import pytest

from latentscore.config import FIELDS, MusicConfig
from latentscore.randomness import Random
from latentscore.score.form import Form, SectionPlan
from latentscore.score.harmony import Harmony, Step, closing, spans, tonic
from latentscore.score.progressions import CADENCES, CLOSING, KINDRED, OPEN, PROGRESSIONS
from latentscore.score.settings import settings
from latentscore.theory.chords import numeral

MODES = FIELDS["mode"].labels


def planned(config: MusicConfig, n: int = 8, seed: int = 0) -> list[tuple[SectionPlan, tuple[Step, ...]]]:
    form, harmony = Form(Random(seed, "form")), Harmony(Random(seed, "harmony"))
    sections = [form.plan(settings(config), config.tension_curve) for _ in range(n)]
    return [(section, harmony.plan(section, config)) for section in sections]


@pytest.mark.parametrize("mode", MODES)
def test_every_numeral_of_the_tables_reads(mode: str) -> None:
    for family in FIELDS["harmony_style"].labels:
        for weight, text in PROGRESSIONS.get(family, {}).get(mode, ()):
            assert weight > 0
            assert len(text.split()) == 4
            assert all(numeral(part, mode) for part in text.split())
    cadences = [text for family in CADENCES.values() for pair in family[mode] for text in pair]
    for table in (cadences, CLOSING[mode], OPEN[mode], *KINDRED[mode].values(), tuple(KINDRED[mode])):
        assert all(numeral(text, mode) for text in table)


def test_every_family_has_progressions_in_every_mode() -> None:
    families = set(FIELDS["harmony_style"].labels) - {"auto"}
    assert families == set(PROGRESSIONS)
    assert all(set(PROGRESSIONS[family]) == set(MODES) for family in families)


@pytest.mark.parametrize("label", FIELDS["chord_change_bars"].labels)
@pytest.mark.parametrize("mode", MODES)
def test_chords_fill_every_section_without_a_hole(label: str, mode: str) -> None:
    config = MusicConfig(chord_change_bars=label, mode=mode)
    for section, steps in planned(config):
        beat = 0.0
        for step in steps:
            assert step.beat == beat
            assert step.length > 0.0
            beat += step.length
        assert beat == section.n_bars * 4
        for bar in range(section.n_bars):
            chords = spans(steps, bar, config)
            assert chords[0].beat == 0.0
            assert sum(chord.length for chord in chords) == 4.0


def test_the_first_chord_is_the_tonic() -> None:
    for mode in MODES:
        for seed in range(8):
            assert planned(MusicConfig(mode=mode), 1, seed)[0][1][0].text == tonic(mode)


def test_a_theme_comes_back_with_its_chords() -> None:
    same = 0
    for seed in range(10):
        themes = [steps for section, steps in planned(MusicConfig(), 12, seed) if section.role == "theme"]
        same += sum(a[0].text == b[0].text and a[1].text == b[1].text for a, b in pairwise(themes))
    assert same >= 8


def test_the_close_goes_home() -> None:
    way, home = closing(MusicConfig(root="a", mode="minor"))
    assert (way.root, way.tones[1]) == (4, 8)  # E, with g sharp
    assert home.root == 9
