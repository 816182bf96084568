"""One render from its arguments to its takes: validation, resolution, recipes, hooks, cancellation."""

from __future__ import annotations

import asyncio
import threading
import warnings
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from typing_extensions import TypedDict

from latentscore.audio import Audio
from latentscore.backends.backend import Failed, check_order, is_backend
from latentscore.config.checks import is_integer, is_number
from latentscore.config.model import MusicConfig
from latentscore.config.update import MusicConfigUpdate
from latentscore.errors import LatentScoreError, invalid
from latentscore.hooks import RenderHooks
from latentscore.progress import ProgressLine
from latentscore.randomness import Random
from latentscore.types import SAMPLE_RATES
from latentscore.vibe.content import (
    Content,
    Fallback,
    FallbackLike,
    Resolved,
    aresolve,
    check_fallback,
    resolve,
)
from latentscore.vibe.models import ModelLike, check_model, name_of
from latentscore.vibe.text import checked_vibe, seed_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentscore.engine.render import Rendering
    from latentscore.output.recipes import RenderRecipe


class Unasked(float):
    """A default value, to be told from the same value when a caller gives it."""


DURATION_S: Final = Unasked(10.0)
"""How long a render is that does not ask for another length."""
MAX_DURATION_S: Final = 24 * 3600.0
MAX_LOOP_BARS: Final = 128


class RenderOptions(TypedDict, total=False):
    """The keywords that `render` and `arender` share, beside `variants`."""

    duration: float
    model: ModelLike
    config: MusicConfig | None
    update: MusicConfigUpdate | None
    seed: int | None
    channels: int
    sample_rate: int
    fade_out: float | None
    ending: bool
    loop_bars: int | None
    stems: bool
    fallback: FallbackLike
    options: Mapping[str, Any] | None
    hooks: RenderHooks | None


class _Asked(TypedDict):
    """The keywords of `resolve`."""

    model: ModelLike
    config: MusicConfig | None
    update: MusicConfigUpdate | None
    seed: int | None
    fallback: FallbackLike


class Cancelled(Exception):  # noqa: N818 - it ends a render that nobody waits for any more
    """Raised inside a render whose task was cancelled."""


@dataclass(frozen=True, kw_only=True)
class RenderJob:
    """The arguments of one `render`, checked when they are given. See `latentscore.api.render`."""

    content: Content
    variants: int | None = None
    duration: float = DURATION_S
    model: ModelLike = "fast"
    config: MusicConfig | None = None
    update: MusicConfigUpdate | None = None
    seed: int | None = None
    channels: int = 1
    sample_rate: int = SAMPLE_RATES[0]
    fade_out: float | None = None
    ending: bool = False
    loop_bars: int | None = None
    stems: bool = False
    fallback: FallbackLike = None
    options: Mapping[str, Any] | None = None
    hooks: RenderHooks | None = None

    def __post_init__(self) -> None:
        if self.loop_bars is not None:
            self._check_loop()
        check_duration("duration", self.duration)
        if not is_integer(self.channels) or self.channels not in (1, 2):
            raise invalid("channels", self.channels, (1, 2))
        if self.sample_rate not in SAMPLE_RATES:
            raise invalid("sample_rate", self.sample_rate, SAMPLE_RATES)
        if self.fade_out is not None and not (
            is_number(self.fade_out) and 0 <= self.fade_out <= self.duration
        ):
            raise invalid("fade_out", self.fade_out, "a number of seconds from 0 to the duration, or None")
        if self.variants is not None and not (is_integer(self.variants) and self.variants >= 1):
            raise invalid("variants", self.variants, "a whole number from 1, or None")
        if self.hooks is not None and not isinstance(self.hooks, RenderHooks):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise invalid("hooks", self.hooks, "a RenderHooks or None")
        check_fallback(self.fallback)
        if is_backend(self.model):
            checked_vibe(self.content)
            check_order(self.model, self.duration, self.options)
        else:
            check_model(self.model)
            if self.options:
                raise invalid("options", self.options, "left out: only an audio backend has options")
        if self.n_frames < 1:
            raise invalid("duration", self.duration, f"at least one frame ({1 / self.sample_rate:.3g} s)")

    def _check_loop(self) -> None:
        check_bars("loop_bars", self.loop_bars)
        for name, value in (("duration", self.duration), ("fade_out", self.fade_out)):
            if not (value is None or isinstance(value, Unasked)):
                raise invalid(name, value, "left out with loop_bars: a loop has whole bars")
        if self.ending:
            raise invalid("ending", self.ending, "False with loop_bars: a loop has no end")

    @property
    def n_frames(self) -> int:
        """Frames of every take that is no loop."""
        return round(self.duration * self.sample_rate)

    def run(self) -> list[Audio]:
        """Resolve the content and render every take."""
        with self._errors_told():
            self._call("on_start")
            if is_backend(self.model):
                return self._from_backend(self.model)
            self._call("on_model_start", name_of(self.model))
            with ProgressLine() as line:
                line.say(self._reading)
                found = resolve(self.content, **self._asked)
            return self._takes(found)

    async def arun(self) -> list[Audio]:
        """As `run`, in threads, while the event loop stays free. Cancelling ends the model's work or the render."""
        cancelled = threading.Event()
        with self._errors_told():
            await asyncio.to_thread(self._call, "on_start")
            if is_backend(self.model):
                return await _cancellable(self._from_backend, self.model, cancelled)
            await asyncio.to_thread(self._call, "on_model_start", name_of(self.model))
            with ProgressLine() as line:
                line.say(self._reading)
                found = await aresolve(self.content, **self._asked)
        return await _cancellable(self._told_takes, found, cancelled)

    @property
    def _reading(self) -> str:
        return f"Reading the vibe with {name_of(self.model)} …"

    @property
    def _asked(self) -> _Asked:
        """The keywords of `resolve`."""
        return {
            "model": self.model,
            "config": self.config,
            "update": self.update,
            "seed": self.seed,
            "fallback": self.fallback,
        }

    def _call(self, hook: str, *arguments: object) -> None:
        if self.hooks:
            self.hooks.call(hook, *arguments)

    @contextmanager
    def _errors_told(self) -> Generator[None]:
        try:
            yield
        except BaseException as error:
            self._call("on_error", error)
            raise

    def _told_takes(self, found: Resolved, cancelled: threading.Event) -> list[Audio]:
        with self._errors_told():
            return self._takes(found, cancelled)

    def _takes(self, found: Resolved, cancelled: threading.Event | None = None) -> list[Audio]:
        """Render every take. Raises `Cancelled` soon after `cancelled` is set."""
        self._call("on_model_end", found.config)
        with ProgressLine() as line:
            takes = [self._take(found, seed, line, cancelled) for seed in self._seeds(found.seed)]
        for take in takes:
            self._call("on_end", take)
        return takes

    def _from_backend(self, name: str, cancelled: threading.Event | None = None) -> list[Audio]:
        """Let an audio backend make every take; if it can't, render the fallback."""
        vibe = checked_vibe(self.content)
        seeds = self._seeds(seed_of(vibe) if self.seed is None else self.seed)
        try:
            with ProgressLine() as line:
                takes = [self._made(name, vibe, seed, self._teller(line, cancelled)) for seed in seeds]
        except LatentScoreError as error:
            if self.fallback is None:
                raise
            asked = self._asked
            asked["model"] = Failed(name, error)
            found = resolve(vibe, **asked)
            told = found.fallback_used or Fallback("config", name, error)  # with config= no model is asked
            return self._takes(replace(found, fallback_used=told), cancelled)
        for take in takes:
            self._call("on_end", take)
        return takes

    def _made(self, name: str, vibe: str, seed: int, on_progress: Callable[[float], None]) -> Audio:
        """One take by an audio backend, which has no config; what it could not honour is warned of."""
        from latentscore.backends.takes import make_take

        self._call("on_synth_start")
        take = make_take(name, vibe, seed, vars(self), self.n_frames, self._fade_out_s, on_progress)
        self._call("on_synth_end")
        for warning in take.unheeded:
            warnings.warn(warning, stacklevel=2)
        return Audio(
            take.samples,
            self.sample_rate,
            cast(MusicConfig, None),
            seed,
            vibe,
            substitutions=tuple(map(str, take.unheeded)),
            recipe=take.recipe,
        )

    def _teller(self, line: ProgressLine, cancelled: threading.Event | None) -> Callable[[float], None]:
        """Return what is called with the share done; it ends the work soon after `cancelled` is set."""

        def on_progress(share: float) -> None:
            if cancelled and cancelled.is_set():
                raise Cancelled
            line.say(f"Rendering … {share:.0%}")
            self._call("on_progress", share)

        return on_progress

    @property
    def _fade_out_s(self) -> float:
        from latentscore.engine.edges import default_fade_out_s

        return default_fade_out_s(self.duration) if self.fade_out is None else self.fade_out

    def _seeds(self, base: int) -> list[int]:
        """The base seed, then seeds that follow from it."""
        derived = (Random(base, "variant", str(k)).word() >> 11 for k in range(1, self.variants or 1))
        return [base, *derived]

    def _take(
        self,
        found: Resolved,
        seed: int,
        line: ProgressLine,
        cancelled: threading.Event | None,
    ) -> Audio:
        from latentscore.engine.warmup import warm_up

        warm_up(line)
        self._call("on_synth_start")
        on_progress = self._teller(line, cancelled)
        audio = play_recipe(self._recipe(found, seed), stems=self.stems, on_progress=on_progress)
        self._call("on_synth_end")
        return replace(
            audio,
            match=found.match,
            metadata=found.metadata,
            substitutions=found.substitutions,
        )

    def _recipe(self, found: Resolved, seed: int) -> RenderRecipe:
        from latentscore.output.recipes import RenderRecipe
        from latentscore.score.looping import loop_frames

        is_loop = self.loop_bars is not None
        return RenderRecipe(
            title=(found.metadata and found.metadata.title) or None,
            vibe=found.vibe,
            model=name_of(self.model) if found.vibe else None,
            seed=seed,
            sample_rate=self.sample_rate,  # pyright: ignore[reportArgumentType] # checked, as are the channels
            channels=self.channels,  # pyright: ignore[reportArgumentType]
            n_frames=loop_frames(found.config, self.loop_bars, self.sample_rate)
            if self.loop_bars
            else self.n_frames,
            config=found.config,
            shape="loop" if is_loop else "piece",
            n_bars=self.loop_bars,
            fade_out_s=0.0 if is_loop else self._fade_out_s,
            ending=self.ending,
        )


async def _cancellable(
    work: Callable[[Any, threading.Event], list[Audio]], argument: object, cancelled: threading.Event
) -> list[Audio]:
    """Work in a thread, and tell it when the task that waits for it is cancelled."""
    try:
        return await asyncio.to_thread(work, argument, cancelled)
    except asyncio.CancelledError:
        cancelled.set()
        raise


def play_recipe(
    recipe: RenderRecipe, *, stems: bool = False, on_progress: Callable[[float], None] | None = None
) -> Audio:
    """Make what a recipe says: nothing else decides the samples.

    Args:
        recipe: Of a whole render, or of one of its stems.
        stems: Whether to keep the stems.
        on_progress: Called with the share done, 0 to 1. What it raises ends the render.
    """
    rendering = _rendering(recipe, stems or recipe.stem is not None, on_progress)
    if recipe.stem is not None:
        assert rendering.stems is not None
        return _audio(rendering.stems[recipe.stem], recipe)
    kept = {
        name: _audio(samples, recipe.model_copy(update={"stem": name}))
        for name, samples in (rendering.stems or {}).items()
    }
    return replace(_audio(rendering.samples, recipe), stems=kept if stems else None)


def _rendering(recipe: RenderRecipe, stems: bool, on_progress: Callable[[float], None] | None) -> Rendering:
    from latentscore.engine.looping import render_loop, render_stinger
    from latentscore.engine.render import render_config

    if recipe.n_bars is not None:
        return (render_loop if recipe.shape == "loop" else render_stinger)(
            recipe.config,
            recipe.seed,
            recipe.n_bars,
            sample_rate=recipe.sample_rate,
            channels=recipe.channels,
            stems=stems,
            on_progress=on_progress,
        )
    return render_config(
        recipe.config,
        recipe.seed,
        recipe.n_frames,
        sample_rate=recipe.sample_rate,
        channels=recipe.channels,
        fade_out_s=recipe.fade_out_s,
        stems=stems,
        ending=recipe.ending,
        on_progress=on_progress,
    )


def _audio(samples: NDArray[np.float32], recipe: RenderRecipe) -> Audio:
    return Audio(samples, recipe.sample_rate, recipe.config, recipe.seed, recipe.vibe, recipe=recipe)


def check_duration(argument: str, seconds: object) -> None:
    """Raise `InvalidConfigError` unless `seconds` is a number above 0 and at most 24 hours."""
    if not (is_number(seconds) and 0 < seconds <= MAX_DURATION_S):  # pyright: ignore[reportOperatorIssue]
        raise invalid(
            argument, seconds, f"a number of seconds above 0, at most {MAX_DURATION_S:g} (24 hours)"
        )


def check_bars(argument: str, bars: object) -> None:
    """Raise `InvalidConfigError` unless `bars` is a whole number from 1 to MAX_LOOP_BARS."""
    if not (is_integer(bars) and 1 <= bars <= MAX_LOOP_BARS):  # pyright: ignore[reportOperatorIssue]
        raise invalid(argument, bars, f"a whole number of bars from 1 to {MAX_LOOP_BARS}")
