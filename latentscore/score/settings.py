"""What a config's labels mean to the composer, as numbers read once for each config."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from latentscore.config import FIELDS, MusicConfig
from latentscore.theory.meter import BEATS
from latentscore.theory.pitch import pitch_class
from latentscore.theory.scales import Key, key

_LOUDNESS_SPREAD: Final = {"robotic": 0.0, "tight": 0.03, "natural": 0.06, "loose": 0.1, "drunk": 0.15}


class Settings(NamedTuple):
    """Numeric meanings of the fields that the composer reads."""

    tempo_bpm: float
    swing: float
    """Place of the off-beat within the beat."""
    human_ms: float
    loudness_spread: float
    """Standard deviation of the loudness of single strokes, as a factor."""
    density: int
    key: Key
    chord_beats: float
    """Beats that a chord lasts."""
    phrase_bars: int
    cadence: float
    """Probability that a phrase closes."""
    notes_per_bar: float
    """Of the melody."""
    off_beat: float
    """Share of the melody's onsets between the beats."""
    leaps: float
    """Share of the melody's intervals wider than a step."""
    chromatic: float
    """Share of the melody's notes outside the scale."""
    repeat: float
    """Probability that a motif returns."""
    melody_low: int
    melody_high: int


@lru_cache(maxsize=256)
def settings(config: MusicConfig) -> Settings:
    """Return the numbers behind a config's labels."""

    def number(field: str) -> float:
        return FIELDS[field].number(getattr(config, field))

    return Settings(
        tempo_bpm=number("tempo"),
        swing=number("swing"),
        human_ms=number("human"),
        loudness_spread=_LOUDNESS_SPREAD[config.human],
        density=int(number("density")),
        key=key(pitch_class(config.root), config.mode),
        chord_beats=number("chord_change_bars") * BEATS,
        phrase_bars=int(number("phrase_len_bars")),
        cadence=number("cadence_strength"),
        notes_per_bar=number("melody_density"),
        off_beat=number("syncopation"),
        leaps=number("step_bias"),
        chromatic=number("chromatic_prob"),
        repeat=number("motif_repeat_prob"),
        melody_low=12 * (int(number("register_min_oct")) + 1),
        melody_high=12 * (int(number("register_max_oct")) + 1),
    )
