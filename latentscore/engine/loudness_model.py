"""The trim: how loud a piece will be before the master, predicted from its labels and its first notes.

Composing half a minute takes some milliseconds and tells how often, how hard and how high each layer will play. Each
stem's level in dB is then a sum of terms: one a label, and for each style a share of how much is struck, how much is
held, and where it lies. The stems' powers add up. `data_work/fit_loudness.py` fits the terms on measured renders; the
table is made anew whenever sounds or styles change.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from latentscore.config.fields import FIELDS
from latentscore.config.model import MusicConfig
from latentscore.engine.mix import LAYER_MIX
from latentscore.events import LAYERS
from latentscore.score.foresight import ForeseeingComposer

TARGET_LUFS: Final = -16.0
RETURNS: Final = "returns"
MIX: Final = "mix"
"""What is added to the sum of the stems' powers, to have the gated loudness."""
STEMS: Final = (*LAYERS, RETURNS)
TABLE: Final = Path(__file__).parent / "assets" / "loudness.json"
SECONDS: Final = 30.0
"""How far ahead is composed."""

_CROSSED: Final = ("attack", "brightness", "density", "grain")
"""Fields whose effect is fitted for each style apart: a soft attack takes more from a pluck than from a pad."""
_LONGEST_S: Final = 6.0
_LEAST: Final = 1e-4

Tables = Mapping[str, Mapping[str, float]]


class Activity(NamedTuple):
    """How much a layer plays, in dB: power grows with the cube of the velocity."""

    struck_db: float
    """Notes a second."""
    held_db: float
    """Notes that sound at a time."""
    octave: float
    """Where they lie on average, in octaves from C4."""


def activities(composer: ForeseeingComposer) -> Mapping[str, Activity]:
    """Return how much each layer will play in the next SECONDS."""
    struck: dict[str, float] = dict.fromkeys(LAYERS, _LEAST)
    held: dict[str, float] = dict.fromkeys(LAYERS, _LEAST)
    height: dict[str, float] = dict.fromkeys(LAYERS, 0.0)
    rate = composer.sample_rate
    for bar in composer.foreseen(round(SECONDS * rate)):
        for note in bar.events:
            power = note.velocity**3 / SECONDS
            struck[note.layer] += power
            power *= min(note.length / rate, _LONGEST_S)
            held[note.layer] += power
            height[note.layer] += power * (note.pitch - 60.0) / 12.0
    return {
        layer: Activity(
            10.0 * math.log10(struck[layer]), 10.0 * math.log10(held[layer]), height[layer] / held[layer]
        )
        for layer in LAYERS
    }


def terms(config: MusicConfig, stem: str, activity: Mapping[str, Activity]) -> Iterator[tuple[str, float]]:
    """Yield the table's terms of a stem, or of the mix, with the factor that each is taken by."""
    for name in FIELDS:
        yield f"{name}={_tempo_label(config) if name == 'tempo' else getattr(config, name)}", 1.0
    if stem in LAYERS:
        style = f"{stem}={getattr(config, stem)}"
        for name in _CROSSED:
            yield f"{style} {name}={getattr(config, name)}", 1.0
        struck_db, held_db, octave = activity[stem]
        yield f"{style} struck", struck_db
        yield f"{style} held", held_db
        yield f"{style} octave", octave
        yield f"{style} octave²", octave * octave
        yield f"{stem} brightness={config.brightness} octave", octave


def level_db(tables: Tables, config: MusicConfig, stem: str, activity: Mapping[str, Activity]) -> float:
    """Return a stem's level, apart from what the layers send to the returns."""
    table = tables[stem]
    return table[""] + math.fsum(
        factor * table.get(term, 0.0) for term, factor in terms(config, stem, activity)
    )


def summed_lufs(tables: Tables, config: MusicConfig, activity: Mapping[str, Activity]) -> float:
    """Loudness of the mix before the trim, in LUFS, from how much each layer plays."""
    power = {
        layer: 10.0 ** (level_db(tables, config, layer, activity) / 10.0)
        for layer in LAYERS
        if getattr(config, layer) != "none"
    }
    returns_db = level_db(tables, config, RETURNS, activity) + sent_db(power)
    total_db = 10.0 * math.log10(math.fsum(power.values()) + 10.0 ** (returns_db / 10.0))
    return total_db + level_db(tables, config, MIX, activity)


def sent_db(power: Mapping[str, float]) -> float:
    """Return the power that the layers send to the reverb, in dB."""
    return 10.0 * math.log10(
        math.fsum(LAYER_MIX[layer].reverb_send ** 2 * value for layer, value in power.items())
    )


def predicted_trim(composer: ForeseeingComposer) -> float:
    """Linear gain that brings a piece that has yet to begin to about -16 LUFS."""
    return trim_of(composer.config, activities(composer))


def trim_of(config: MusicConfig, activity: Mapping[str, Activity]) -> float:
    """As `predicted_trim`, for layers that play as much as `activity` says."""
    return 10.0 ** ((TARGET_LUFS - summed_lufs(_tables(), config, activity)) / 20.0)


def _tempo_label(config: MusicConfig) -> str:
    """The tempo's label, or the nearest one to a number."""
    return _nearest_tempo(config.value("tempo"))


@functools.lru_cache(maxsize=256)
def _nearest_tempo(bpm: float) -> str:
    field = FIELDS["tempo"]
    return str(min(field.labels, key=lambda label: abs(math.log(field.number(label) / bpm))))


@functools.cache
def _tables() -> Tables:
    return json.loads(TABLE.read_text("utf-8"))
