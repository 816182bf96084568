"""The public functions: `render`, `arender`, `score`, `explain`, `library`, `warm`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, overload

from typing_extensions import Unpack

from latentscore.audio import Audio
from latentscore.config.model import MusicConfig
from latentscore.config.update import MusicConfigUpdate
from latentscore.hooks import RenderHooks
from latentscore.progress import ProgressLine
from latentscore.rendering import DURATION_S, RenderJob, RenderOptions, check_duration
from latentscore.scores import Score, compose_score
from latentscore.vibe.content import Content, FallbackLike, resolve
from latentscore.vibe.explanation import Explanation
from latentscore.vibe.library import Library, load_library
from latentscore.vibe.models import ModelLike

SAMPLE_RATE: Final = 44100
"""Frames per second of everything that does not ask for another rate."""


@overload
def render(content: Content, *, variants: int, **options: Unpack[RenderOptions]) -> list[Audio]: ...


@overload
def render(content: Content, *, variants: None = None, **options: Unpack[RenderOptions]) -> Audio: ...


def render(
    content: Content,
    *,
    variants: int | None = None,
    duration: float = DURATION_S,
    model: ModelLike = "fast",
    config: MusicConfig | None = None,
    update: MusicConfigUpdate | None = None,
    seed: int | None = None,
    channels: int = 1,
    sample_rate: int = SAMPLE_RATE,
    fade_out: float | None = None,
    ending: bool = False,
    loop_bars: int | None = None,
    stems: bool = False,
    fallback: FallbackLike = None,
    options: Mapping[str, Any] | None = None,
    hooks: RenderHooks | None = None,
) -> Audio | list[Audio]:
    """Turn a vibe, a config or a blend of vibes into music.

    The samples depend only on the final config, the seed and the sample rate:
    `render(audio.config, seed=audio.seed)` gives the same ones again. A shorter render is the beginning of a
    longer one, up to its fade.

    Args:
        content: Vibe text, a `MusicConfig`, or vibes with weights: `{"rain": 0.7, "neon city": 0.3}`.
        variants: Give this many takes, each with its own seed, as a list; the first has the base seed.
        duration: Seconds, above 0 and at most 24 hours; exactly `round(duration * sample_rate)` frames.
        model: Which model reads the text: `"fast"` (the library votes), `"neural"` (a small network),
            `"external:<litellm id>"` or an `ExternalModelSpec` (a language model over the network), `"expressive"`
            or `"expressive:<folder or hub id>"` (one on this machine), or any object with `generate(vibe)`.
            `"musicgen:<folder or hub id>"` makes the audio itself, at most 30 s; `audio.config` is then None, and an
            argument that it can't honour gives a `CapabilityWarning`.
        config: Skips the text model and plays this; the text still gives the seed.
        update: Changes applied to the config last.
        seed: 0 to 2**63 - 1. None derives it from the vibe text; a config alone has seed 0.
        channels: 1 gives samples (n,), 2 gives (n, 2).
        sample_rate: 44100 or 48000; pitch and tempo do not move.
        fade_out: Seconds of the closing fade, 0 up to the duration; None is a tenth of it, at most 2 s.
        ending: Compose a close, so that the piece ends on its tonic; what comes before the close is the same.
        loop_bars: Make a loop of so many bars, 1 to 128, instead: every layer plays from the start, and what rings on
            after the end sounds in the beginning, so that no seam is heard. `duration`, `fade_out` and `ending` are
            then refused.
        stems: Also keep every layer, the effects' returns and the pre-master mix, in `audio.stems`.
        fallback: What to play if the model fails: None raises, `"embedding"` asks `"fast"`, a `MusicConfig` is
            played as it is, a `MusicConfigUpdate` changes the default config. `audio.substitutions` then says so.
        options: Settings of an audio backend, and of nothing else: `guidance_scale`, `temperature`, `top_k`, `top_p`,
            `do_sample` for `musicgen`; what is left out is the model's own.
        hooks: Callbacks on the way.

    Raises:
        InvalidConfigError: An argument that is not allowed; the message names it.
        ModelNotAvailableError: An unknown model, or one whose package, weights or key are missing.
        LLMInferenceError: A language model could not be reached, or did not answer in time.
        ConfigGenerateError: A language model answered, but not with a valid config.
    """
    job = RenderJob(
        content=content,
        variants=variants,
        duration=duration,
        model=model,
        config=config,
        update=update,
        seed=seed,
        channels=channels,
        sample_rate=sample_rate,
        fade_out=fade_out,
        ending=ending,
        loop_bars=loop_bars,
        stems=stems,
        fallback=fallback,
        options=options,
        hooks=hooks,
    )
    takes = job.run()
    return takes[0] if variants is None else takes


@overload
async def arender(content: Content, *, variants: int, **options: Unpack[RenderOptions]) -> list[Audio]: ...


@overload
async def arender(content: Content, *, variants: None = None, **options: Unpack[RenderOptions]) -> Audio: ...


async def arender(
    content: Content, *, variants: int | None = None, **options: Unpack[RenderOptions]
) -> Audio | list[Audio]:
    """`render` in a thread of its own: same keywords, same samples, and the event loop stays free.

    An async model is asked in the caller's event loop. Cancelling the task ends the model's work, or the render
    within about half a second of music.
    """
    takes = await RenderJob(content=content, variants=variants, **options).arun()
    return takes[0] if variants is None else takes


def score(
    content: Content,
    duration: float = 60.0,
    seed: int | None = None,
    *,
    sample_rate: int = SAMPLE_RATE,
    ending: bool = False,
    model: ModelLike = "fast",
    fallback: FallbackLike = None,
) -> Score:
    """Compose without making sound: the notes, bars, chords and sections that `render` would play.

    Args:
        content: As in `render`.
        duration: Seconds, above 0 and at most 24 hours.
        seed: As in `render`.
        sample_rate: 44100 or 48000: the grid on which onsets lie.
        ending: As in `render`.
        model: As in `render`.
        fallback: As in `render`.

    Raises:
        InvalidConfigError: An argument that is not allowed.
        ModelNotAvailableError, LLMInferenceError, ConfigGenerateError: As in `render`.
    """
    check_duration("duration", duration)
    found = resolve(content, model=model, seed=seed, fallback=fallback)
    return compose_score(found.config, duration, found.seed, sample_rate, ending=ending, vibe=found.vibe)


def explain(vibe: str, *, model: str = "fast") -> Explanation:
    """Show how a vibe becomes a config: neighbours, votes, instructions, and where each field came from.

    Args:
        vibe: The text.
        model: `"fast"` or `"neural"`: the models whose choice can be traced. Others explain themselves, if they do,
            in `audio.metadata`.

    Raises:
        InvalidConfigError: Empty or blank text.
        ModelNotAvailableError: Another model.
    """
    from latentscore.vibe.content import checked_model
    from latentscore.vibe.explanation import explain as explain_vibe

    return explain_vibe(vibe, model=checked_model(model))


def library() -> Library:
    """The curated library: `len()`, iteration, indexing; entries have vibe, title, theme, config, palettes."""
    return load_library()


def warm() -> None:
    """Load the encoder and library and compile the kernels now, so that the first render starts at once."""
    from latentscore.engine.warmup import warm as warm_engine
    from latentscore.vibe.retrieval import fast_model

    with ProgressLine() as line:
        line.say("Preparing the synthesizer (compiled once on a new machine) …")
        warm_engine()
        line.say("Loading the encoder and the library …")
        fast_model().resolve("warm-up")
