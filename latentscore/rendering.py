"""One render from its arguments to its takes: validation, resolution, synthesis, hooks, cancellation."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from typing_extensions import TypedDict

from latentscore.audio import Audio
from latentscore.config.checks import is_integer, is_number
from latentscore.config.model import MusicConfig
from latentscore.config.update import MusicConfigUpdate
from latentscore.errors import invalid
from latentscore.hooks import RenderHooks
from latentscore.progress import ProgressLine
from latentscore.randomness import Random
from latentscore.vibe.content import Content, Resolved, resolve

if TYPE_CHECKING:
    from latentscore.engine.render import Rendering

MAX_DURATION_S: Final = 24 * 3600.0
SAMPLE_RATES: Final = (44100, 48000)


class RenderOptions(TypedDict, total=False):
    """The keywords that `render` and `arender` share, beside `variants`."""

    duration: float
    model: str
    config: MusicConfig | None
    update: MusicConfigUpdate | None
    seed: int | None
    channels: int
    sample_rate: int
    fade_out: float | None
    ending: bool
    stems: bool
    hooks: RenderHooks | None


class Cancelled(Exception):  # noqa: N818 - it ends a render that nobody waits for any more
    """Raised inside a render whose task was cancelled."""


@dataclass(frozen=True, kw_only=True)
class RenderJob:
    """The arguments of one `render`, checked when they are given. See `latentscore.api.render`."""

    content: Content
    variants: int | None = None
    duration: float = 10.0
    model: str = "fast"
    config: MusicConfig | None = None
    update: MusicConfigUpdate | None = None
    seed: int | None = None
    channels: int = 1
    sample_rate: int = SAMPLE_RATES[0]
    fade_out: float | None = None
    ending: bool = False
    stems: bool = False
    hooks: RenderHooks | None = None

    def __post_init__(self) -> None:
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
        if self.n_frames < 1:
            raise invalid("duration", self.duration, f"at least one frame ({1 / self.sample_rate:.3g} s)")

    @property
    def n_frames(self) -> int:
        """Frames of every take."""
        return round(self.duration * self.sample_rate)

    def run(self, cancelled: threading.Event | None = None) -> list[Audio]:
        """Render every take. Raises `Cancelled` soon after `cancelled` is set."""
        hooks = self.hooks or RenderHooks()
        try:
            hooks.call("on_start")
            with ProgressLine() as line:
                found = self._resolve(hooks)
                takes = [self._take(found, seed, hooks, line, cancelled) for seed in self._seeds(found.seed)]
            for take in takes:
                hooks.call("on_end", take)
        except BaseException as error:
            hooks.call("on_error", error)
            raise
        return takes

    def _resolve(self, hooks: RenderHooks) -> Resolved:
        hooks.call("on_model_start", self.model)
        found = resolve(
            self.content, model=self.model, config=self.config, update=self.update, seed=self.seed
        )
        hooks.call("on_model_end", found.config)
        return found

    def _seeds(self, base: int) -> list[int]:
        """The base seed, then seeds that follow from it."""
        derived = (Random(base, "variant", str(k)).word() >> 11 for k in range(1, self.variants or 1))
        return [base, *derived]

    def _take(
        self,
        found: Resolved,
        seed: int,
        hooks: RenderHooks,
        line: ProgressLine,
        cancelled: threading.Event | None,
    ) -> Audio:
        from latentscore.engine.edges import default_fade_out_s
        from latentscore.engine.render import render_config
        from latentscore.engine.warmup import is_cold, warm

        if is_cold():
            line.say("Compiling the synthesizer, once on this machine …")
            warm()

        def on_progress(share: float) -> None:
            if cancelled and cancelled.is_set():
                raise Cancelled
            line.say(f"Rendering … {share:.0%}")
            hooks.call("on_progress", share)

        hooks.call("on_synth_start")
        rendering = render_config(
            found.config,
            seed,
            self.n_frames,
            sample_rate=self.sample_rate,
            channels=self.channels,
            fade_out_s=default_fade_out_s(self.duration) if self.fade_out is None else self.fade_out,
            stems=self.stems,
            ending=self.ending,
            on_progress=on_progress,
        )
        hooks.call("on_synth_end")
        return self._audio(found, seed, rendering)

    def _audio(self, found: Resolved, seed: int, rendering: Rendering) -> Audio:
        stems: dict[str, Audio] | None = None
        if rendering.stems is not None:
            stems = {
                name: Audio(samples, self.sample_rate, found.config, seed, found.vibe)
                for name, samples in rendering.stems.items()
            }
        return Audio(
            rendering.samples,
            self.sample_rate,
            found.config,
            seed,
            found.vibe,
            match=found.match,
            stems=stems,
        )


def check_duration(argument: str, seconds: object) -> None:
    """Raise `InvalidConfigError` unless `seconds` is a number above 0 and at most 24 hours."""
    if not (is_number(seconds) and 0 < seconds <= MAX_DURATION_S):  # pyright: ignore[reportOperatorIssue]
        raise invalid(
            argument, seconds, f"a number of seconds above 0, at most {MAX_DURATION_S:g} (24 hours)"
        )
