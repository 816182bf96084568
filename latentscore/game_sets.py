"""Game sets: loops of rising intensity and stingers that share key, tempo, chords and bar grid."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from latentscore.audio import Audio
from latentscore.config.checks import is_integer
from latentscore.config.model import MusicConfig
from latentscore.config.steps import Step
from latentscore.config.update import MusicConfigUpdate
from latentscore.errors import OutputError, invalid
from latentscore.output.files import check_target
from latentscore.progress import ProgressLine
from latentscore.randomness import Random
from latentscore.rendering import RenderJob, check_bars, play_recipe
from latentscore.theory.meter import BEATS
from latentscore.types import SAMPLE_RATES
from latentscore.vibe.content import Content, FallbackLike, resolve
from latentscore.vibe.models import ModelLike, name_of

if TYPE_CHECKING:
    from latentscore.output.recipes import RenderRecipe

MAX_LEVELS: Final = 5
MAX_STINGERS: Final = 16

_STINGER_BARS: Final = 1
_STINGER_MELODIES: Final = ("rising", "falling", "ornamental", "heroic")
_BUSIER: Final[Mapping[str, str]] = {
    "none": "heartbeat",
    "minimal": "soft_four",
    "heartbeat": "soft_four",
    "soft_four": "kit_light",
    "hats_only": "electronic",
    "brush": "kit_light",
    "kit_light": "kit_medium",
}
"""The next busier rhythm; the others are busy enough, and only get denser."""


@dataclass(frozen=True)
class GameSet:
    """Music for a game: crossfade between loops, and start stingers, on any bar line.

    Attributes:
        config: What was asked for; the loops are calmer and busier versions of it.
        seed: Of all loops.
        bars: Length of the loops, in bars of four beats.
        loops: Calm to busy, all of one length, with the same chords in the same bars.
        stingers: Short flourishes that begin on a bar line and ring out; the first rises, the second falls.
    """

    config: MusicConfig
    seed: int
    bars: int
    loops: tuple[Audio, ...]
    stingers: tuple[Audio, ...]

    @property
    def tempo_bpm(self) -> float:
        """Beats per minute, the same in all."""
        return self.config.value("tempo")

    @property
    def bar_s(self) -> float:
        """Seconds of a bar: loops and stingers are whole multiples of it, to the nearest frame."""
        return BEATS * 60.0 / self.tempo_bpm

    def files(self, suffix: str = ".wav") -> dict[str, Audio]:
        """All loops and stingers, by the names that `save` gives them."""
        kinds = (("loop", self.loops), ("stinger", self.stingers))
        return {
            f"{kind}_{k}{suffix}": audio for kind, audios in kinds for k, audio in enumerate(audios, start=1)
        }

    def save(
        self, folder: str | os.PathLike[str], suffix: str = ".wav", *, bits: int | None = None
    ) -> list[Path]:
        """Write `loop_1`, … and `stinger_1`, … to a folder, made if need be, and `set.json` that describes them.

        Args:
            folder: Target.
            suffix: Format, as in `Audio.save`. MP3 can't be repeated without a gap.
            bits: As in `Audio.save`.

        Raises:
            InvalidConfigError, FileFormatError, OutputError: As `Audio.save`.
        """
        base = Path(folder)
        try:
            base.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"folder={str(folder)!r}: can't be made ({error.strerror})") from error
        targets = {check_target(base / name, bits): audio for name, audio in self.files(suffix).items()}
        written = [audio.save(target, bits=bits) for target, audio in targets.items()]
        return [*written, _write_text(base / "set.json", json.dumps(self._description(suffix), indent=2))]

    def _description(self, suffix: str) -> dict[str, Any]:
        rate = (*self.loops, *self.stingers)[0].sample_rate
        return {
            "tempo_bpm": self.tempo_bpm,
            "root": self.config.root,
            "mode": self.config.mode,
            "beats_per_bar": BEATS,
            "bars": self.bars,
            "bar_frames": self.bar_s * rate,
            "sample_rate": rate,
            "files": {name: {"frames": len(audio)} for name, audio in self.files(suffix).items()},
        }


def game_set(
    content: Content,
    *,
    bars: int = 8,
    levels: int = 3,
    stingers: int = 2,
    model: ModelLike = "fast",
    config: MusicConfig | None = None,
    update: MusicConfigUpdate | None = None,
    seed: int | None = None,
    channels: int = 1,
    sample_rate: int = SAMPLE_RATES[0],
    fallback: FallbackLike = None,
) -> GameSet:
    """Make loops of rising intensity, and stingers, that share key, tempo, chords and bar grid.

    Args:
        content: As in `render`.
        bars: Length of the loops in bars, 1 to 128.
        levels: How many loops, 1 to 5, calm first. The middle one of an odd number is the config itself.
        stingers: How many, 0 to 16.
        model: As in `render`, but no audio backend.
        config: As in `render`.
        update: As in `render`.
        seed: As in `render`.
        channels: 1 or 2.
        sample_rate: 44100 or 48000.
        fallback: As in `render`.

    Raises:
        InvalidConfigError: An argument that is not allowed.
        ModelNotAvailableError, LLMInferenceError, ConfigGenerateError: As in `render`.
    """
    check_bars("bars", bars)
    _check_count("levels", levels, 1, MAX_LEVELS)
    _check_count("stingers", stingers, 0, MAX_STINGERS)
    RenderJob(
        content=content, loop_bars=bars, model=model, channels=channels, sample_rate=sample_rate
    )  # checks
    found = resolve(content, model=model, config=config, update=update, seed=seed, fallback=fallback)
    orders = _Orders(found.config, found.seed, found.vibe, name_of(model), channels, sample_rate)
    from latentscore.engine.warmup import warm_up

    with ProgressLine() as line:
        warm_up(line)
        made: list[Audio] = []
        recipes = [
            *(orders.loop(bars, _intensity(k, levels)) for k in range(levels)),
            *(orders.stinger(k) for k in range(stingers)),
        ]
        for k, recipe in enumerate(recipes, start=1):
            line.say(f"Rendering {k} of {len(recipes)} …")
            made.append(replace(play_recipe(recipe), substitutions=found.substitutions))
    return GameSet(found.config, found.seed, bars, tuple(made[:levels]), tuple(made[levels:]))


@dataclass(frozen=True)
class _Orders:
    """Writes the recipes of a set."""

    config: MusicConfig
    seed: int
    vibe: str | None
    model: str
    channels: int
    sample_rate: int

    def loop(self, bars: int, intensity: float) -> RenderRecipe:
        """A loop whose intensity is -1 (calm) to 1 (busy)."""
        from latentscore.score.looping import loop_frames

        config = _at_intensity(self.config, intensity)
        n_frames = loop_frames(config, bars, self.sample_rate)
        return self._recipe(config, self.seed, shape="loop", n_bars=bars, n_frames=n_frames)

    def stinger(self, number: int) -> RenderRecipe:
        """A stinger, each with a seed of its own."""
        from latentscore.engine.looping import stinger_frames

        config = MusicConfigUpdate(
            density=6,
            rhythm="none",
            texture="none",
            accent="bells" if self.config.accent == "none" else self.config.accent,
            melody=_STINGER_MELODIES[number % len(_STINGER_MELODIES)],
            melody_density="busy",
            chord_change_bars="slow",  # one chord, which is the tonic
        ).apply(self.config)
        seed = Random(self.seed, "stinger", str(number)).word() >> 11
        n_frames = stinger_frames(config, _STINGER_BARS, self.sample_rate)
        return self._recipe(config, seed, shape="stinger", n_bars=_STINGER_BARS, n_frames=n_frames)

    def _recipe(self, config: MusicConfig, seed: int, **more: Any) -> RenderRecipe:
        from latentscore.output.recipes import RenderRecipe

        return RenderRecipe(
            vibe=self.vibe,
            model=self.model if self.vibe else None,
            config=config,
            seed=seed,
            channels=self.channels,  # pyright: ignore[reportArgumentType] # checked, as is the rate
            sample_rate=self.sample_rate,  # pyright: ignore[reportArgumentType]
            **more,
        )


def _intensity(level: int, levels: int) -> float:
    return 0.0 if levels == 1 else 2.0 * level / (levels - 1) - 1.0


def _at_intensity(config: MusicConfig, intensity: float) -> MusicConfig:
    """Return a calmer or busier version: nothing that the chords, the key or the tempo depend on changes."""
    if intensity < -0.3:
        rhythm = "none"
    elif intensity > 0.3:
        rhythm = _BUSIER.get(config.rhythm, config.rhythm)
    else:
        rhythm = config.rhythm
    return MusicConfigUpdate(
        density=Step(round(2.0 * intensity)),
        melody_density=Step(round(intensity)),
        brightness=Step(round(intensity)),
        rhythm=rhythm,  # pyright: ignore[reportArgumentType] # a label, by the table
    ).apply(config)


def _check_count(argument: str, value: object, least: int, most: int) -> None:
    if not (is_integer(value) and least <= value <= most):  # pyright: ignore[reportOperatorIssue]
        raise invalid(argument, value, f"a whole number from {least} to {most}")


def _write_text(path: Path, text: str) -> Path:
    from latentscore.output.atomic import atomic_path

    with atomic_path(path) as part:
        part.write_text(text + "\n", encoding="utf-8")
    return path
