"""Styles and instruments are written apart: every style must find its instrument, and every voice it plays."""

from __future__ import annotations

from pathlib import Path

import pytest

import latentscore
from latentscore.config import FIELDS, MusicConfig
from latentscore.events import LAYERS
from latentscore.instruments.instrument import instrument, names
from latentscore.score.composer import Composer
from latentscore.score.registry import find

STYLES = [(layer, label) for layer in LAYERS for label in FIELDS[layer].labels]


@pytest.mark.parametrize(("layer", "label"), STYLES)
def test_a_style_finds_its_instrument_and_plays_only_voices_it_has(layer: str, label: object) -> None:
    style = find(layer, str(label))
    if style.patch is None:
        assert label == "none"
        return
    found = instrument(style.patch)
    for seed in range(3):
        config = MusicConfig.model_validate({layer: label, "density": 6, "tempo": "fast", "human": "robotic"})
        composer = Composer(config, seed, 44100)
        for event in (
            event for _ in range(24) for event in composer.next_bar().events if event.layer == layer
        ):
            found.voice(event.voice)


def test_no_instrument_is_without_a_style_and_no_two_styles_share_one() -> None:
    patches = [find(layer, str(label)).patch for layer, label in STYLES]
    used = [patch for patch in patches if patch is not None]
    assert sorted(used) == sorted(names())


def test_no_label_has_a_stand_in() -> None:
    # while styles were being built, a table said which label plays in the place of another
    package = Path(latentscore.__file__).parent
    for path in package.rglob("*.py"):
        assert "stand_in" not in path.read_text(encoding="utf-8").lower().replace("standin", "stand_in"), path
