"""Content: whatever may be played (text, a blend of texts, a config) becomes a config and a seed."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias, cast

from latentscore.config.blending import blend
from latentscore.config.checks import is_number
from latentscore.config.model import MusicConfig
from latentscore.config.update import MusicConfigUpdate
from latentscore.errors import LatentScoreError, ModelNotAvailableError, invalid, shown
from latentscore.vibe.directives import Instruction, is_nothing_else, read_instructions
from latentscore.vibe.model import GenerateResult
from latentscore.vibe.models import ModelLike, Reading, aread, check_model, name_of, read
from latentscore.vibe.obeying import Obeyed, obey
from latentscore.vibe.retrieval import Match
from latentscore.vibe.shipped import MODELS
from latentscore.vibe.text import checked_vibe, seed_of

Content: TypeAlias = str | MusicConfig | Mapping[str, float]
FallbackLike: TypeAlias = Literal["embedding"] | MusicConfig | MusicConfigUpdate | None
"""What `fallback=` takes where nothing has been played yet."""

_CONFIG_SEED: Final = 0  # one seed for all configs given as such, so that they can be compared
_RETRIEVAL: Final = "fast"


@dataclass(frozen=True)
class Fallback:
    """What was played in place of what the model should have found, and why."""

    played: Literal["embedding", "config", "update"]
    model: str
    """The model that failed."""
    error: LatentScoreError

    def __str__(self) -> str:
        shown_as = {
            "embedding": "the config that the library gives",
            "config": "the fallback config",
            "update": "the fallback update of the default config",
        }
        return f"{shown_as[self.played]} was played, since {self.model} failed: {self.error}"


@dataclass(frozen=True)
class Resolved:
    """What a content came to."""

    config: MusicConfig
    seed: int
    vibe: str | None = None
    """The text, as written; None for a config."""
    match: Match | None = None
    """The library row behind it; None for a config, a blend, with `config=` given, or from another model."""
    metadata: GenerateResult | None = None
    """What a language model said beside the config; None for a blend."""
    fallback_used: Fallback | None = None
    """What was played instead, and why; None if the model answered."""
    shortfalls: tuple[str, ...] = ()
    """Instructions that could be met only in part, a sentence each."""

    @property
    def substitutions(self) -> tuple[str, ...]:
        """What is not played as asked, one sentence each."""
        fallen_back = (str(self.fallback_used),) if self.fallback_used else ()
        return (*fallen_back, *self.shortfalls)


def resolve(
    content: Content,
    *,
    model: ModelLike = "fast",
    config: MusicConfig | None = None,
    update: MusicConfigUpdate | None = None,
    seed: int | None = None,
    fallback: FallbackLike = None,
) -> Resolved:
    """Resolve a content to the config and seed that decide every sample. From any thread, one that runs a loop too.

    Args:
        content: Vibe text, a `MusicConfig`, or vibes with positive weights. A model reads each vibe of a blend.
        model: Which model reads text: a name, an `ExternalModelSpec`, or an object with `generate(vibe)`.
        config: Played instead of what the text model would find; the text still gives the seed.
        update: Applied last.
        seed: Overrides the seed that follows from the content.
        fallback: What to take when the model fails: None raises, `"embedding"` asks `fast`, a config is taken as it
            is, an update changes the default config.

    Raises:
        InvalidConfigError: Any argument that is not allowed.
        ModelNotAvailableError: An unknown model. One whose package, weights or key are missing follows `fallback`.
        LLMInferenceError: The model can't be reached or does not answer in time.
        ConfigGenerateError: No valid config could be made of its answer.
    """
    asked = _Question(content, model, config, update, seed, fallback)
    try:
        readings = read(asked.model, asked.vibes) if asked.vibes else []
    except LatentScoreError as error:
        if asked.fallback is None:
            raise
        instead = read(_RETRIEVAL, asked.vibes) if asked.fallback == "embedding" else []
        return asked.fallen_back(error, instead)
    return asked.answered(readings)


async def aresolve(
    content: Content,
    *,
    model: ModelLike = "fast",
    config: MusicConfig | None = None,
    update: MusicConfigUpdate | None = None,
    seed: int | None = None,
    fallback: FallbackLike = None,
) -> Resolved:
    """As `resolve`, while the event loop stays free. Cancelling ends the model's work too."""
    asked = _Question(content, model, config, update, seed, fallback)
    try:
        readings = await aread(asked.model, asked.vibes) if asked.vibes else []
    except LatentScoreError as error:
        if asked.fallback is None:
            raise
        instead = await aread(_RETRIEVAL, asked.vibes) if asked.fallback == "embedding" else []
        return asked.fallen_back(error, instead)
    return asked.answered(readings)


def check_fallback(fallback: object) -> FallbackLike:
    """Return what `fallback=` may be where nothing has been played yet; raises `InvalidConfigError` otherwise."""
    if fallback is None or fallback == "embedding" or isinstance(fallback, MusicConfig | MusicConfigUpdate):
        return cast(FallbackLike, fallback)
    allowed = "None, 'embedding', a MusicConfig or a MusicConfigUpdate"
    if fallback == "keep_last":
        allowed += " here, where nothing has been played yet that could be kept"
    raise invalid("fallback", fallback, allowed)


def checked_model(model: object) -> str:
    """Return the name of a model that ships. Raises `ModelNotAvailableError` for anything else."""
    if model not in MODELS:
        raise ModelNotAvailableError(
            f"model must be one of {', '.join(map(repr, MODELS))}; got {shown(model)}."
        )
    return str(model)


class _Question:
    """The checked arguments of one call: which vibes a model must read, and what follows from its readings."""

    def __init__(
        self, content: object, model: object, config: object, update: object, seed: object, fallback: object
    ) -> None:
        _check_types(config, update, seed)
        self.model = check_model(model)
        self.fallback = check_fallback(fallback)
        self._update = cast(MusicConfigUpdate | None, update)
        self._weights: dict[str, float] = {}
        self._is_blend = isinstance(content, Mapping)
        if isinstance(content, MusicConfig):
            self._given, own_seed, self._vibe = config or content, _CONFIG_SEED, None
        else:
            self._given = config
            self._vibe = self._read_blend(content) if self._is_blend else checked_vibe(content)
            own_seed = seed_of(self._vibe)
        self._seed = own_seed if seed is None else cast(int, seed)

    @property
    def vibes(self) -> tuple[str, ...]:
        """The texts for a model to read; none if the config is given."""
        if self._given is not None or self._vibe is None:
            return ()
        return tuple(self._scenes) if self._is_blend else (self._vibe,)

    def answered(self, readings: Sequence[Reading]) -> Resolved:
        """Return what follows from the model's readings of the vibes, in their order."""
        if self._given is not None:
            return self._resolved(cast(MusicConfig, self._given))
        if self._is_blend:
            obeyed = self._blended([reading.config for reading in readings])
            within = (sentence for reading in readings for sentence in reading.shortfalls)
            # Once each: a blend of instructions alone is both read and obeyed.
            told = dict.fromkeys((*within, *obeyed.shortfalls))
            return replace(self._resolved(obeyed.config), shortfalls=tuple(told))
        (only,) = readings
        return replace(
            self._resolved(only.config),
            match=only.match,
            metadata=only.metadata,
            shortfalls=only.shortfalls,
        )

    def fallen_back(self, error: LatentScoreError, readings: Sequence[Reading]) -> Resolved:
        """Return what is played instead, given the readings by `fast` if it is asked."""
        name = name_of(self.model)
        if isinstance(self.fallback, MusicConfig):
            return replace(self._resolved(self.fallback), fallback_used=Fallback("config", name, error))
        if isinstance(self.fallback, MusicConfigUpdate):
            changed = self._resolved(self.fallback.apply(MusicConfig()))
            return replace(changed, fallback_used=Fallback("update", name, error))
        return replace(self.answered(readings), fallback_used=Fallback("embedding", name, error))

    def _resolved(self, config: MusicConfig) -> Resolved:
        updated = self._update.apply(config) if self._update else config
        return Resolved(updated, self._seed, self._vibe)

    def _read_blend(self, content: object) -> str:
        """Take in the weights. Return the blend in words, which gives the seed."""
        weights = cast(Mapping[Any, Any], content)
        vibes = {checked_vibe(text): _checked_weight(text, weight) for text, weight in weights.items()}
        if not vibes:
            raise invalid("content", dict(weights), "a mapping of at least one vibe to its weight")
        self._weights = vibes
        total = math.fsum(vibes.values())
        return " + ".join(f"{weight / total:.6g} {vibe}" for vibe, weight in sorted(vibes.items()))

    @property
    def _scenes(self) -> dict[str, float]:
        """The vibes of a blend that are more than instructions, or all of them if none is."""
        scenes = {vibe: weight for vibe, weight in self._weights.items() if vibe not in self._orders}
        return scenes or self._weights

    @cached_property
    def _orders(self) -> list[str]:
        """The vibes of a blend that are nothing but instructions."""
        return [vibe for vibe in self._weights if is_nothing_else(vibe)]

    def _blended(self, configs: Sequence[MusicConfig]) -> Obeyed:
        """Blend the scenes' configs by weight. What is nothing but instructions ("no drums") is obeyed by the whole.

        Instructions within a vibe decide that vibe's config, and weigh as much as it does.
        """
        blended = blend(list(zip(configs, self._scenes.values(), strict=True)))
        by_weight = sorted(
            self._orders, key=lambda vibe: self._weights[vibe]
        )  # of two contradictions the later one wins
        instructions: list[Instruction] = [one for vibe in by_weight for one in read_instructions(vibe)]
        return obey(blended, instructions)


def _checked_weight(text: str, weight: object) -> float:
    if not (is_number(weight) and 0.0 < weight <= sys.float_info.max):
        raise invalid(f"content[{shown(text)}]", weight, "a weight above 0")
    return float(weight)


def _check_types(config: object, update: object, seed: object) -> None:
    if config is not None and not isinstance(config, MusicConfig):
        raise invalid("config", config, "a MusicConfig or None")
    if update is not None and not isinstance(update, MusicConfigUpdate):
        raise invalid("update", update, "a MusicConfigUpdate or None")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63):
        raise invalid("seed", seed, "a whole number from 0 to 2**63 - 1, or None")
