"""Stems: layers and returns add up to the mix before the master, in memory and in files."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import soundfile

import latentscore as ls
from latentscore.engine.renderer import STEM_NAMES
from latentscore.output.recipes import RenderRecipe, StemName, read_recipe

LAYERS = ("bass", "pad", "melody", "rhythm", "texture", "accent")
FULL = ls.MusicConfig(
    tempo=240, density=6, rhythm="kit_medium", texture="noise_wash", echo="heavy", grain="gritty"
)


def level_db(samples: np.ndarray) -> float:
    """Power in dB."""
    return 10.0 * float(np.log10(np.mean(samples.astype(np.float64) ** 2) + 1e-30))


def residue_db(stems: dict[str, np.ndarray]) -> float:
    """What is left of the mix without its parts, against the mix."""
    parts = sum(samples.astype(np.float64) for name, samples in stems.items() if name != "premaster")
    return level_db(parts - stems["premaster"]) - level_db(stems["premaster"])


@pytest.mark.parametrize(
    ("channels", "options"),
    [(1, {"duration": 4.0}), (2, {"duration": 8.0, "ending": True}), (2, {"loop_bars": 2})],
)
def test_layers_and_returns_add_up_to_the_mix(channels: int, options: dict[str, object]) -> None:
    audio = ls.render(FULL, channels=channels, stems=True, **options)  # type: ignore[call-overload]
    stems = {name: np.asarray(stem) for name, stem in (audio.stems or {}).items()}
    assert tuple(stems) == (*LAYERS, "returns", "premaster") == STEM_NAMES == get_args(StemName)
    assert {stem.shape for stem in stems.values()} == {audio.samples.shape}
    assert residue_db(stems) < -120.0
    for name in (*LAYERS, "returns"):
        assert level_db(stems[name]) > -60.0, f"{name} is heard, so that the sum would miss it"
    assert audio.stems is not None
    for name, stem in audio.stems.items():
        assert isinstance(stem.recipe, RenderRecipe)
        assert stem.recipe.stem == name


def test_saved_stems_add_up_and_say_what_they_are(tmp_path: Path) -> None:
    audio = ls.render(FULL, duration=1.5, channels=2, stems=True)
    paths = audio.save_stems(tmp_path / "stems")
    stems = {path.stem: soundfile.read(path, dtype="float32")[0] for path in paths}
    assert residue_db(stems) < -120.0
    assert audio.recipe is not None
    for path in paths:
        assert read_recipe(path) == audio.recipe.model_copy(update={"stem": path.stem})
        assert soundfile.SoundFile(path).title.endswith(f"({path.stem})")


def test_stems_do_not_change_the_mix() -> None:
    with_stems, without = (ls.render(FULL, duration=1.0, stems=stems) for stems in (True, False))
    np.testing.assert_array_equal(with_stems.samples, without.samples)
    assert without.stems is None
