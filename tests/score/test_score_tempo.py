"""Tempo is heard in every layer: whatever its style, a quicker tempo brings more strokes a second."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import pytest
from composing import RATE

from latentscore.config import FIELDS, MusicConfig
from latentscore.events import LAYERS
from latentscore.score.composer import Composer

TOGETHER: Final = RATE // 50
TIMELESS: Final = {("texture", "vinyl_crackle")}
"""A record turns at its own pace."""
STYLES: Final = [
    (layer, label)
    for layer in LAYERS
    for label in FIELDS[layer].labels
    if label != "none" and (layer, label) not in TIMELESS
]


def strokes_a_second(config: MusicConfig, layer: str, seconds: float, n_seeds: int) -> float:
    """Count a layer's onsets from the start of a piece, those within 20 ms as one."""
    end, n = round(seconds * RATE), 0
    for seed in range(n_seeds):
        composer, onsets = Composer(config, seed, RATE), set[int]()
        while (bar := composer.next_bar()).onset < end:
            onsets |= {
                event.onset // TOGETHER for event in bar.events if event.layer == layer and event.onset < end
            }
        n += len(onsets)
    return n / (n_seeds * seconds)


@pytest.mark.parametrize(("layer", "label"), STYLES)
def test_quicker_music_has_more_strokes_a_second(layer: str, label: str) -> None:
    rates = [
        strokes_a_second(
            MusicConfig.model_validate({layer: label, "tempo": tempo, "density": 5, "human": "robotic"}),
            layer,
            40.0,
            4,
        )
        for tempo in FIELDS["tempo"].labels
    ]
    assert all(quicker > 0.95 * slower for slower, quicker in pairwise(rates))
    assert rates[-1] > 1.4 * rates[0]


@pytest.mark.parametrize("layer", ["melody", "rhythm"])
def test_a_hint_in_the_opening_has_more_strokes_at_a_quicker_tempo(layer: str) -> None:
    rates = [
        strokes_a_second(MusicConfig.model_validate({"tempo": tempo, "density": 2}), layer, 14.0, 8)
        for tempo in FIELDS["tempo"].labels
    ]
    assert rates[-1] > 1.3 * rates[0]
