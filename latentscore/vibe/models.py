"""Models by name, by specification or as objects: how each is opened and asked for the config of a vibe."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from latentscore.config.model import MusicConfig
from latentscore.errors import (
    ConfigGenerateError,
    InvalidConfigError,
    LatentScoreError,
    LLMInferenceError,
    ModelNotAvailableError,
    shown,
)
from latentscore.vibe import bridge
from latentscore.vibe.external.spec import ExternalModelSpec
from latentscore.vibe.model import GenerateResult, VibeModel
from latentscore.vibe.registry import Registry
from latentscore.vibe.retrieval import FastModel, Match

ModelLike: TypeAlias = str | ExternalModelSpec | VibeModel
"""What `model=` takes: a name, a specification, or an object with `generate(vibe)`."""

MODELS: Final[Registry[VibeModel]] = Registry(
    "latentscore.models",
    {
        "fast": "latentscore.vibe.models:open_fast",
        "neural": "latentscore.vibe.models:open_neural",
        "external": "latentscore.vibe.external.model:open_external",
        "expressive": "latentscore.vibe.expressive:open_expressive",
    },
)
"""The models by name. A package adds one by an entry point in the group `latentscore.models`."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reading:
    """What a model made of one vibe."""

    config: MusicConfig
    match: Match | None = None
    """The library row behind it; None unless the model retrieves."""
    metadata: GenerateResult | None = None
    """What the model said beside the config, if it did."""
    shortfalls: tuple[str, ...] = ()
    """Instructions in the vibe that could be met only in part, a sentence each."""


def check_model(model: object) -> ModelLike:
    """Return the model, if it is one. Nothing is imported, loaded or asked.

    Raises:
        ModelNotAvailableError: An unknown name, or an object without `generate`.
    """
    if isinstance(model, str):
        if MODELS.has(model):
            return model
        raise ModelNotAvailableError(
            f"model must be one of {_listed_names()}, an ExternalModelSpec or an object with generate(vibe); "
            f"got {shown(model)}. Audio backends, such as 'musicgen:…', are for render alone."
        )
    if isinstance(model, ExternalModelSpec | VibeModel) and not isinstance(model, type):
        return model
    raise ModelNotAvailableError(
        f"model must be a name ({_listed_names()}), an ExternalModelSpec or an object with generate(vibe); "
        f"got {shown(model)}."
    )


def name_of(model: ModelLike) -> str:
    """Return how a model is called in messages, hooks and events."""
    if isinstance(model, str):
        return model
    if isinstance(model, ExternalModelSpec):
        return f"external:{model.model}"
    name = getattr(model, "name", None)
    return name if isinstance(name, str) else type(model).__name__


def open_model(model: ModelLike) -> VibeModel:
    """Return the object that answers. By name it is the same one each time; loading may take seconds.

    Raises:
        ModelNotAvailableError: Unknown, or what it needs is missing; the message says what to do.
    """
    if isinstance(model, str):
        opened = MODELS.open(model)
        if hasattr(opened, "close"):
            bridge.before_close(_close_opened)
        return opened
    if isinstance(model, ExternalModelSpec):
        from latentscore.vibe.external.model import ExternalModel

        return ExternalModel(model)
    return model


def read(model: ModelLike, vibes: Sequence[str]) -> list[Reading]:
    """Ask a model for the configs of vibes, all at once, and wait. From any thread, one that runs a loop too.

    Raises:
        ModelNotAvailableError: The model can't be opened.
        LLMInferenceError: It can't be reached, does not answer in time, or fails in any other way.
        ConfigGenerateError: Its answer is no valid config.
    """
    opened = open_model(model)
    if isinstance(opened, FastModel):
        return [_resolved(opened, vibe) for vibe in vibes]
    return bridge.run(_asked(opened, name_of(model), vibes))


async def aread(model: ModelLike, vibes: Sequence[str]) -> list[Reading]:
    """As `read`, while the event loop stays free. Cancelling ends the model's work, if it is async."""
    opened = await asyncio.to_thread(open_model, model)
    if isinstance(opened, FastModel):
        return [await asyncio.to_thread(_resolved, opened, vibe) for vibe in vibes]
    return await _asked(opened, name_of(model), vibes)


async def warm_up(model: ModelLike) -> None:
    """Load what a model needs, so that its first text is read at once. Raises as `read`."""
    opened = await asyncio.to_thread(open_model, model)
    await _warmed(opened, name_of(model))


async def close_model(model: VibeModel) -> None:
    """Call a model's `close`, if it has one. Meant for whoever made it."""
    await _called(getattr(model, "close", None))


async def _close_opened() -> None:
    for model in MODELS.opened():
        try:
            await close_model(model)
        except Exception as error:  # a stranger's code, and the process ends anyway
            _log.warning("Closing a %s failed", type(model).__name__, exc_info=error)


def open_fast(rest: str | None) -> VibeModel:
    """The factory of `fast`."""
    return _shipped("fast", rest)


def open_neural(rest: str | None) -> VibeModel:
    """The factory of `neural`."""
    return _shipped("neural", rest)


def _shipped(name: str, rest: str | None) -> FastModel:
    from latentscore.vibe.shipped import shipped_model

    if rest is not None:
        raise ModelNotAvailableError(f"{name!r} takes nothing after its name; got {shown(f'{name}:{rest}')}.")
    return shipped_model(name)


def _resolved(model: FastModel, vibe: str) -> Reading:
    found = model.resolve(vibe)
    return Reading(found.config, match=found.match, shortfalls=found.shortfalls)


async def _asked(model: VibeModel, name: str, vibes: Sequence[str]) -> list[Reading]:
    await _warmed(model, name)
    tasks = [asyncio.ensure_future(_one(model, name, vibe)) for vibe in vibes]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:  # the first that fails ends the others
            task.cancel()


async def _one(model: VibeModel, name: str, vibe: str) -> Reading:
    with _told(name):
        answer = await _called(model.generate, vibe)
    if isinstance(answer, MusicConfig):
        return Reading(answer)
    if isinstance(answer, GenerateResult) and isinstance(cast(object, answer.config), MusicConfig):
        return Reading(answer.config, metadata=answer)
    raise ConfigGenerateError(
        f"{name}: generate must return a MusicConfig or a GenerateResult; got {shown(answer)}."
    )


async def _warmed(model: VibeModel, name: str) -> None:
    with _told(name):
        await _called(getattr(model, "warmup", None))


@contextmanager
def _told(name: str) -> Generator[None]:
    """Whatever a model raises becomes an error that a caller can expect of any model."""
    try:
        yield
    except InvalidConfigError as error:  # not the caller's argument, but what the model tried to make
        raise ConfigGenerateError(f"{name}: {error}") from error
    except LatentScoreError:
        raise
    except Exception as error:  # a stranger's code
        _log.warning("The model %s raised", name, exc_info=error)
        raise LLMInferenceError(f"{name} raised {type(error).__name__}: {shown(str(error))}") from error


async def _called(function: Any, *arguments: object) -> object:
    """Call a method that may be plain or async, or not there. A plain one runs in a thread of its own."""
    if function is None:
        return None
    if inspect.iscoroutinefunction(function):
        return await function(*arguments)
    result = await asyncio.to_thread(function, *arguments)
    return await result if inspect.isawaitable(result) else result


def _listed_names() -> str:
    return ", ".join(map(repr, MODELS.names()))
