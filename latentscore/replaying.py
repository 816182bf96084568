"""Replaying: the recipe in a file makes the same music again."""

from __future__ import annotations

import os
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latentscore.audio import Audio
from latentscore.errors import CapabilityWarning, FileFormatError
from latentscore.progress import ProgressLine
from latentscore.rendering import MAX_DURATION_S, RenderJob, play_recipe

if TYPE_CHECKING:
    from latentscore.output.recipes import BackendRecipe, MadeWith, Recipe, SessionRecipe


def replay(path: str | os.PathLike[str]) -> Audio:
    """Make the music of a file again, from the recipe in its metadata.

    With the engine version that made the file, on the same kind of machine and with the same numba, the samples are
    those that were there before the file was encoded, bit for bit; saved in the same format, the same audio data is
    written. Where that can't be promised, a `CapabilityWarning` says why, and so does `audio.substitutions`.

    Args:
        path: A file that LatentScore saved: a render, a loop, a stem, a stream or a live session.

    Raises:
        FileFormatError: Not a file with a recipe, or a damaged one.
        OutputError: The file can't be read.
        ModelNotAvailableError: It came from an audio backend that is not installed here.
    """
    from latentscore.output.recipes import MadeWith, read_recipe

    found = read_recipe(Path(path))
    _check_length(path, found)
    doubts = _doubts(found)
    recipe = found.model_copy(update={"made_with": MadeWith.here()})
    for doubt in doubts:
        warnings.warn(CapabilityWarning(f"{os.fspath(path)}: {doubt}"), stacklevel=2)
    from latentscore.engine.warmup import warm_up

    with ProgressLine() as line:
        warm_up(line)
        try:
            audio = _made_again(recipe, line)
        except FileFormatError as error:
            raise FileFormatError(f"path={str(path)!r}: {error}") from error
    return replace(audio, substitutions=(*audio.substitutions, *doubts))


def _check_length(path: str | os.PathLike[str], recipe: Recipe) -> None:
    """Refuse what would not fit into memory: a live session may have gone on for days."""
    seconds = recipe.n_frames / recipe.sample_rate
    if seconds > MAX_DURATION_S:
        raise FileFormatError(
            f"path={os.fspath(path)!r}: its {seconds / 3600:.1f} hours are too long for memory; "
            f"replay makes at most {MAX_DURATION_S / 3600:g} hours"
        )


def _made_again(recipe: Recipe, line: ProgressLine) -> Audio:
    if recipe.kind == "render":
        return play_recipe(recipe, on_progress=lambda share: line.say(f"Rendering … {share:.0%}"))
    if recipe.kind == "session":
        return _session(recipe)
    return _backend(recipe)


def _session(recipe: SessionRecipe) -> Audio:
    from latentscore.stream.replaying import render_log

    with _as_recipe_error():
        samples = render_log(recipe)
    no_single_config = None
    return Audio(
        samples,
        recipe.sample_rate,
        no_single_config,  # pyright: ignore[reportArgumentType]
        recipe.seed,
        recipe.vibe,
        recipe=recipe,
    )


def _backend(recipe: BackendRecipe) -> Audio:
    options: dict[str, Any] = {
        "duration": recipe.n_frames / recipe.sample_rate,
        "sample_rate": recipe.sample_rate,
        "channels": recipe.channels,
        "seed": recipe.seed,
        **recipe.arguments,
    }
    with _as_recipe_error():
        job = RenderJob(content=recipe.vibe or "", model=recipe.model, **options)
    return job.run()[0]


@contextmanager
def _as_recipe_error() -> Generator[None]:
    """Turn what a log or arguments of any content may raise into the one error for a file that can't be played."""
    try:
        yield
    except (LookupError, TypeError, ValueError) as error:
        raise FileFormatError(f"its recipe can't be played ({error!r})") from error


def _doubts(recipe: Recipe) -> list[str]:
    """Say what speaks against the same samples coming out again, one sentence each."""
    from latentscore.output.recipes import MadeWith

    if recipe.kind == "backend":
        return [f"{recipe.model} made it, and nothing promises that it makes the same samples again"]
    here = MadeWith.here()
    if recipe.made_with.engine != here.engine:
        return [_other_engine(recipe.made_with, here)]
    differing = [
        f"{name} {getattr(recipe.made_with, name)} instead of {getattr(here, name)}"
        for name in ("numba", "machine")
        if getattr(recipe.made_with, name) != getattr(here, name)
    ]
    return [f"it was made with {' and '.join(differing)}: the last bits may differ"] if differing else []


def _other_engine(made_with: MadeWith, here: MadeWith) -> str:
    return (
        f"version {made_with.engine} of the engine made it, and this is version {here.engine}: "
        f"it will sound different (pip install latentscore=={made_with.latentscore} plays it as it was)"
    )
