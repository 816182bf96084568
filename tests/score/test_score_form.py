"""The form: lengths, tension, and which layers play at which density."""

from __future__ import annotations

from itertools import pairwise

import pytest

from latentscore.config import FIELDS, MusicConfig
from latentscore.events import LAYERS
from latentscore.randomness import Random
from latentscore.score.form import Form, SectionPlan, entry_bar, level, opening_level, presence
from latentscore.score.settings import settings


def sections(n: int = 40, seed: int = 0, **labels: object) -> list[SectionPlan]:
    config = MusicConfig.model_validate(labels)
    form = Form(Random(seed, "form"))
    return [form.plan(settings(config), config.tension_curve) for _ in range(n)]


@pytest.mark.parametrize("tempo", [30.0, "very_slow", "medium", "very_fast", 240.0])
def test_sections_have_8_to_32_bars_and_follow_one_another(tempo: object) -> None:
    bar = 0
    for section in sections(tempo=tempo):
        assert section.first_bar == bar
        assert section.n_bars in (8, 12, 16, 24, 32)
        bar += section.n_bars


@pytest.mark.parametrize("curve", FIELDS["tension_curve"].labels)
def test_tension_stays_within_0_and_1(curve: str) -> None:
    for section in sections(tension_curve=curve):
        assert all(0.0 <= section.tension(bar) <= 1.0 for bar in range(section.n_bars))


def test_a_ramp_rises_and_waves_come_and_go() -> None:
    ramp = sections(5, tension_curve="ramp")
    tensions = [section.tension(bar) for section in ramp for bar in range(section.n_bars)]
    assert tensions == sorted(tensions)
    for wave in sections(6, tension_curve="waves"):
        middle = wave.tension(wave.n_bars // 2)
        assert middle > wave.tension(0) + 0.2
        assert middle > wave.tension(wave.n_bars - 1) + 0.2


@pytest.mark.parametrize("density", [2, 3, 4, 5, 6])
def test_no_layer_rests_forever(density: int) -> None:
    for seed in range(5):
        rest = dict.fromkeys(LAYERS, 0)
        for section in sections(60, seed):
            for layer in LAYERS:
                for block in range(section.n_blocks):
                    rest[layer] = 0 if presence(layer, section, block, density) else rest[layer] + 1
                    assert rest[layer] <= 16, layer


def test_more_layers_play_at_higher_density() -> None:
    def playing(density: int) -> float:
        spots = [(plan, block) for plan in sections(60) for block in range(plan.n_blocks)]
        played = sum(presence(layer, *spot, density) > 0 for spot in spots for layer in LAYERS)
        return played / len(spots)

    counts = [playing(density) for density in (2, 3, 4, 5, 6)]
    assert counts == sorted(counts)
    assert counts[0] < 3.7
    assert counts[-1] > 5.6


def test_a_layer_thins_before_it_rests_and_swells_in() -> None:
    plans = sections(80)
    thinned = swelled = 0
    for before, here, after in zip(plans, plans[1:], plans[2:], strict=False):
        for layer in ("melody", "rhythm"):
            levels = [level(layer, here, bar, 4, before, after) for bar in range(here.n_bars)]
            for block in range(here.n_blocks):
                first, end = here.bars_of(block)
                full = presence(layer, here, block, 4)
                assert max(levels[first:end]) == full
                if block + 1 < here.n_blocks and full and not presence(layer, here, block + 1, 4):
                    assert levels[end - 1] < levels[end - 2] < full
                    thinned += 1
                if block > 0 and full and not presence(layer, here, block - 1, 4):
                    assert levels[first] < levels[first + 1] < full
                    swelled += 1
    assert thinned > 5
    assert swelled > 5


@pytest.mark.parametrize("density", [4, 5, 6])
def test_a_melody_rests_for_a_block_at_most_where_the_music_is_full(density: int) -> None:
    for seed in range(5):
        spots = [
            presence("melody", plan, block, density)
            for plan in sections(60, seed)
            for block in range(plan.n_blocks)
            if plan.role != "breath"
        ]
        assert all(one or other for one, other in pairwise(spots))


@pytest.mark.parametrize("density", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("bar_s", [1.0, 2.8, 4.44, 8.0])
def test_every_layer_enters_the_opening_in_time(density: int, bar_s: float) -> None:
    opening = sections(1)[0]
    for layer in LAYERS:
        bar = entry_bar(layer, density, bar_s)
        assert bar * bar_s <= 13.0
        assert opening_level(layer, opening, bar, density, bar_s) > 0.0
