"""What any model from text to music must offer, and what it may give back."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from latentscore.config.model import MusicConfig
    from latentscore.vibe.palette import Palette


@dataclass(frozen=True)
class GenerateResult:
    """A config, with what the model said about it.

    Attributes:
        title: A name for the piece; may be empty.
        thinking: Why the model chose as it did; may be empty.
        config: What to play.
        palettes: Colours that go with it, the best fitting palette first.
        model: Which model answered; empty if it does not say.
        usage: Tokens by kind, as the provider counted them: `prompt_tokens`, `completion_tokens`, `total_tokens`, …
        latency_s: Seconds from the question to the answer, retries and repair included; 0 from the cache.
        repaired: Whether the model was shown errors in its first answer and gave a second one.
        notes: What was read otherwise than it was written, such as a label spelt in another way; one sentence each.
        cached: Whether the answer came from the disk and the model was not asked.
        candidates: With best of n, the valid answers that were not chosen, the best first.
    """

    title: str
    thinking: str
    config: MusicConfig
    palettes: tuple[Palette, ...] = ()
    model: str = ""
    usage: Mapping[str, int] = field(default_factory=dict[str, int], hash=False)
    latency_s: float = 0.0
    repaired: bool = False
    notes: tuple[str, ...] = ()
    cached: bool = False
    candidates: tuple[GenerateResult, ...] = ()


@runtime_checkable
class VibeModel(Protocol):
    """Anything that turns a vibe into a config.

    `generate` may also be a plain function. Two more methods are used if there are any, plain or async: `warmup()`,
    called before the first text of a render or a stream, so it should do nothing when it has been done; and
    `close()`, called at the end of the process for a model that was opened by name. One passed as an object is closed
    by whoever made it.
    """

    def generate(
        self, vibe: str, /
    ) -> Awaitable[MusicConfig | GenerateResult] | MusicConfig | GenerateResult:
        """Return the config for a vibe, bare or with what the model says about it."""
        ...
