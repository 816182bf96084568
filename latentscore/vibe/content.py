"""Content: whatever may be played (text, a blend of texts, a config) becomes a config and a seed."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from latentscore.config.blending import blend
from latentscore.config.checks import is_number
from latentscore.config.model import MusicConfig
from latentscore.config.update import MusicConfigUpdate
from latentscore.errors import ModelNotAvailableError, invalid, shown
from latentscore.vibe.directives import Instruction, is_nothing_else, read_instructions
from latentscore.vibe.obeying import obey
from latentscore.vibe.retrieval import Match
from latentscore.vibe.shipped import MODELS, shipped_model
from latentscore.vibe.text import checked_vibe, seed_of

Content: TypeAlias = str | MusicConfig | Mapping[str, float]

_CONFIG_SEED: Final = 0  # one seed for all configs given as such, so that they can be compared


@dataclass(frozen=True)
class Resolved:
    """What a content came to."""

    config: MusicConfig
    seed: int
    vibe: str | None = None
    """The text, as written; None for a config."""
    match: Match | None = None
    """The library row behind it; None for a config, a blend, or with `config=` given."""


def resolve(
    content: Content,
    *,
    model: str = "fast",
    config: MusicConfig | None = None,
    update: MusicConfigUpdate | None = None,
    seed: int | None = None,
) -> Resolved:
    """Resolve a content to the config and seed that decide every sample.

    Args:
        content: Vibe text, a `MusicConfig`, or vibes with positive weights.
        model: Which model reads text: `"fast"` or `"neural"`.
        config: Played instead of what the text model would find; the text still gives the seed.
        update: Applied last.
        seed: Overrides the seed that follows from the content.

    Raises:
        InvalidConfigError: Any argument that is not allowed.
        ModelNotAvailableError: An unknown model.
    """
    _check_types(config, update, seed)
    found = _read(content, checked_model(model), config)
    return Resolved(
        config=update.apply(found.config) if update else found.config,
        seed=found.seed if seed is None else seed,
        vibe=found.vibe,
        match=found.match,
    )


def _read(content: Content, model: str, config: MusicConfig | None) -> Resolved:
    if isinstance(content, MusicConfig):
        return Resolved(config or content, _CONFIG_SEED)
    if isinstance(content, Mapping):
        return _read_blend(content, model, config)
    vibe = checked_vibe(content)
    if config is not None:
        return Resolved(config, seed_of(vibe), vibe)
    found = shipped_model(model).resolve(vibe)
    return Resolved(found.config, seed_of(vibe), vibe, found.match)


def _read_blend(weights: Mapping[str, float], model: str, config: MusicConfig | None) -> Resolved:
    vibes = {checked_vibe(text): _checked_weight(text, weight) for text, weight in weights.items()}
    if not vibes:
        raise invalid("content", dict(weights), "a mapping of at least one vibe to its weight")
    total = math.fsum(vibes.values())
    written = " + ".join(f"{weight / total:.6g} {vibe}" for vibe, weight in sorted(vibes.items()))
    return Resolved(config or _blended(vibes, model), seed_of(written), written)


def _blended(vibes: Mapping[str, float], model: str) -> MusicConfig:
    """Blend the vibes' configs by weight. What is nothing but instructions ("no drums") is obeyed by the whole blend.

    Instructions within a vibe decide that vibe's config, and weigh as much as it does.
    """
    orders = [vibe for vibe in vibes if is_nothing_else(vibe)]
    scenes = {vibe: weight for vibe, weight in vibes.items() if vibe not in orders} or vibes
    blended = blend([(shipped_model(model).resolve(vibe).config, weight) for vibe, weight in scenes.items()])
    if len(scenes) == len(vibes):
        return blended
    by_weight = sorted(orders, key=lambda vibe: vibes[vibe])  # of two contradictions the later one wins
    instructions: list[Instruction] = [one for vibe in by_weight for one in read_instructions(vibe)]
    return obey(blended, instructions).config


def _checked_weight(text: str, weight: object) -> float:
    if not (is_number(weight) and 0.0 < weight <= sys.float_info.max):
        raise invalid(f"content[{shown(text)}]", weight, "a weight above 0")
    return float(weight)


def checked_model(model: object) -> str:
    """Return the name of a model that ships. Raises `ModelNotAvailableError` for anything else."""
    if model not in MODELS:
        raise ModelNotAvailableError(
            f"model must be one of {', '.join(map(repr, MODELS))}; got {shown(model)}."
        )
    return str(model)


def _check_types(config: object, update: object, seed: object) -> None:
    if config is not None and not isinstance(config, MusicConfig):
        raise invalid("config", config, "a MusicConfig or None")
    if update is not None and not isinstance(update, MusicConfigUpdate):
        raise invalid("update", update, "a MusicConfigUpdate or None")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63):
        raise invalid("seed", seed, "a whole number from 0 to 2**63 - 1, or None")
