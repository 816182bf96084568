"""`ExternalModelSpec`: which language model to ask over the network, with which key, and how patiently."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from latentscore.config.checks import is_integer, is_number
from latentscore.errors import InvalidConfigError, invalid

RESERVED: Final = ("model", "messages", "api_key", "stream", "response_format")
"""Arguments of LiteLLM that are not free: they have a field here, or the answer could not be read."""
MAX_CANDIDATES: Final = 16
MAX_RETRIES: Final = 10

_FIELD_OF: Final = {"timeout": "timeout_s", "max_retries": "max_retries"}


@dataclass(frozen=True, repr=False)
class ExternalModelSpec:
    """A language model that LiteLLM can reach.

    Attributes:
        model: LiteLLM's id, such as `gpt-4o-mini`, `anthropic/claude-haiku-4-5` or `ollama/llama3.2`.
        api_key: The provider's key; None takes it from the provider's environment variable. Never shown or stored.
        timeout_s: Seconds for everything together, retries and repair included; above 0.
        max_retries: How often a call that failed on the way is made again, 0 to 10.
        candidates: How many answers to ask for and choose among, 1 to 16; each costs a call.
        cache: Whether answers are kept on disk and used again for the same vibe.
        litellm_kwargs: More arguments for LiteLLM (`api_base`, `temperature`, `extra_headers`, …). `timeout` and
            `max_retries` in it set the fields above.

    Raises:
        InvalidConfigError: Another value, or a reserved name in `litellm_kwargs`; the message names it.
    """

    model: str
    api_key: str | None = None
    timeout_s: float = 30.0
    max_retries: int = 2
    candidates: int = 1
    cache: bool = True
    litellm_kwargs: Mapping[str, Any] = field(default_factory=dict[str, Any], hash=False)

    def __post_init__(self) -> None:
        self._take_apart()
        if not isinstance(cast(object, self.model), str) or not self.model.strip():
            raise invalid(
                "model", self.model, "the id of a model as LiteLLM writes it, such as 'gpt-4o-mini'"
            )
        if self.api_key is not None and not (isinstance(cast(object, self.api_key), str) and self.api_key):
            kind = type(self.api_key).__name__  # the value itself must not be shown
            raise InvalidConfigError(f"api_key must be text (str) that is not empty, or None; got a {kind}.")
        if not (is_number(self.timeout_s) and 0 < self.timeout_s < math.inf):
            raise invalid("timeout_s", self.timeout_s, "a number of seconds above 0")
        if not (is_integer(self.max_retries) and 0 <= self.max_retries <= MAX_RETRIES):
            raise invalid("max_retries", self.max_retries, f"a whole number from 0 to {MAX_RETRIES}")
        if not (is_integer(self.candidates) and 1 <= self.candidates <= MAX_CANDIDATES):
            raise invalid("candidates", self.candidates, f"a whole number from 1 to {MAX_CANDIDATES}")
        if not isinstance(cast(object, self.cache), bool):
            raise invalid("cache", self.cache, (True, False))

    def _take_apart(self) -> None:
        """Move the arguments of LiteLLM that have a field here to it, and refuse those that are reserved."""
        given = cast(object, self.litellm_kwargs)
        if not isinstance(given, Mapping):
            raise InvalidConfigError(
                f"litellm_kwargs must be a mapping of names to values; got a {type(given).__name__}."
            )
        rest = dict(cast(Mapping[Any, Any], given))
        for name in rest:
            if not isinstance(name, str):
                raise invalid("A name in litellm_kwargs", name, "text (str)")
            if name in RESERVED:
                raise InvalidConfigError(
                    f"litellm_kwargs must not set {name!r}: it is reserved, as are {', '.join(RESERVED)}."
                )
        for name, own in _FIELD_OF.items():
            if name in rest:
                object.__setattr__(self, own, rest.pop(name))
        object.__setattr__(self, "litellm_kwargs", rest)

    def __repr__(self) -> str:
        key = "None" if self.api_key is None else "'…'"
        names = ", ".join(sorted(self.litellm_kwargs))  # the values may hold keys too
        return (
            f"ExternalModelSpec(model={self.model!r}, api_key={key}, timeout_s={self.timeout_s:g}, "
            f"max_retries={self.max_retries}, candidates={self.candidates}, cache={self.cache}, "
            f"litellm_kwargs={{{names}}})"
        )
