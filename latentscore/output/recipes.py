"""Recipes: how music was made, complete enough to make it again, as JSON that travels in a file's metadata."""

from __future__ import annotations

import functools
import platform
from importlib import metadata
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, Field, JsonValue, TypeAdapter, ValidationError, model_validator
from typing_extensions import Self

from latentscore import __version__
from latentscore.config.model import MusicConfig
from latentscore.engine.version import ENGINE_VERSION
from latentscore.errors import FileFormatError

Shape: TypeAlias = Literal["piece", "loop", "stinger"]
StemName: TypeAlias = Literal["bass", "pad", "melody", "rhythm", "texture", "accent", "returns", "premaster"]


class MadeWith(BaseModel, frozen=True):
    """What decides samples beside the recipe itself."""

    latentscore: str
    engine: int
    numba: str
    machine: str
    """Processor family, such as `x86_64`."""

    @staticmethod
    def here() -> MadeWith:
        """The versions that are running."""
        return _running()


@functools.cache
def _running() -> MadeWith:
    return MadeWith(
        latentscore=__version__,
        engine=ENGINE_VERSION,
        numba=metadata.version("numba"),
        machine=platform.machine(),
    )


class _Recipe(BaseModel, frozen=True):
    """What all kinds of recipes say."""

    recipe: Literal[1] = 1
    """Version of this format."""
    made_with: MadeWith = Field(default_factory=MadeWith.here)
    title: str | None = None
    vibe: str | None = None
    """The text that it came from; nothing is made of it any more."""
    seed: int = Field(ge=0, lt=2**63)
    """Of every choice, and of the dither."""
    sample_rate: Literal[44100, 48000]
    channels: Literal[1, 2]
    n_frames: int = Field(ge=1)

    def to_json(self) -> str:
        """Return the recipe as one line of JSON, which `parse` reads."""
        return self.model_dump_json(exclude_none=True)


class RenderRecipe(_Recipe, frozen=True):
    """One render. Every argument is resolved: texts to configs, updates applied, defaults filled in."""

    kind: Literal["render"] = "render"
    model: str | None = None
    """What read the text."""
    config: MusicConfig
    shape: Shape = "piece"
    n_bars: int | None = Field(default=None, ge=1, le=128)
    """Of a loop or stinger."""
    fade_out_s: float = Field(default=0.0, ge=0.0, allow_inf_nan=False)
    ending: bool = False
    stem: StemName | None = None
    """Which stem of the render this is; None is the whole."""

    @model_validator(mode="after")
    def _bars_of_loops_only(self) -> Self:
        if (self.n_bars is None) != (self.shape == "piece"):
            raise ValueError("loops and stingers have n_bars, and pieces have none")
        return self


class SessionRecipe(_Recipe, frozen=True):
    """A stream, live or planned: what was played and steered, with resolved configs and sample times."""

    kind: Literal["session"] = "session"
    log: list[JsonValue]
    """The session's commands, in order. Only `latentscore.stream` reads them."""


class BackendRecipe(_Recipe, frozen=True):
    """Audio from another model: its arguments are known, but nothing promises the same samples again."""

    kind: Literal["backend"] = "backend"
    model: str
    arguments: dict[str, JsonValue] = Field(default_factory=dict)


Recipe: TypeAlias = RenderRecipe | SessionRecipe | BackendRecipe

_PARSER: Final[TypeAdapter[Recipe]] = TypeAdapter(Annotated[Recipe, Field(discriminator="kind")])


def parse(text: str) -> Recipe:
    """Read a recipe's JSON. Raises `FileFormatError` if it is damaged or of a later format."""
    try:
        return _PARSER.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise FileFormatError(f"its recipe can't be read ({place or 'JSON'}: {first['msg']})") from None


def read_recipe(path: Path) -> Recipe:
    """Return the recipe in a file's metadata.

    Raises:
        FileFormatError: Unknown kind of file, no recipe in it, or a damaged one.
        OutputError: The file can't be read.
    """
    from latentscore.output.tags import RECIPE, read_tags

    try:
        found = read_tags(path).get(RECIPE)
        if found is None:
            raise FileFormatError("there is no recipe in it; only files that LatentScore wrote have one")
        return parse(found)
    except FileFormatError as error:
        raise FileFormatError(f"path={str(path)!r}: {error}") from error
