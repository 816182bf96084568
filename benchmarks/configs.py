"""Random configs that every benchmark and sweep draws from, the same on every machine."""

from __future__ import annotations

from latentscore.config import FIELDS, MusicConfig
from latentscore.randomness import Random


def random_configs(n: int, seed: int = 1) -> list[MusicConfig]:
    """Return `n` valid configs, every label of every field alike."""
    random = Random(seed, "benchmark", "configs")
    return [_random_config(random) for _ in range(n)]


def _random_config(random: Random) -> MusicConfig:
    labels = {name: random.choice(field.labels) for name, field in FIELDS.items()}
    low, high = sorted((random.below(7) + 1, random.below(7) + 1))
    labels["register_min_oct"], labels["register_max_oct"] = low, high + 1
    return MusicConfig.model_validate(labels)
