"""One question to a language model through LiteLLM: retries within a deadline, and errors that never hold a key."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, Final

from latentscore.errors import LatentScoreError, LLMInferenceError, ModelNotAvailableError
from latentscore.vibe import bridge
from latentscore.vibe.external.spec import ExternalModelSpec
from latentscore.vibe.prompt import answer_schema

FIRST_WAIT_S: Final = 0.5
"""How long to wait at most before the first retry; for each further one this doubles."""
LONGEST_WAIT_S: Final = 8.0
MAX_REASON: Final = 600
"""Characters of a provider's reason that an error repeats."""

_PASSING: Final = (408, 409, 425, 429)  # and everything from 500: worth another try
_INSTALL: Final = "pip install 'latentscore[external]'"
_BESIDES: Final = ("json_repair", "platformdirs", "tenacity")
_COST_MAP: Final = "LITELLM_LOCAL_MODEL_COST_MAP"
_SECRET_NAME: Final = re.compile(r"key|token|secret|password|credential|auth|header", re.IGNORECASE)
_SECRET_FORM: Final = re.compile(r"\b(?:sk|pk|gsk|xai|key|hf|AIza)[-_][\w-]{8,}|(?<=Bearer )\S+")
_MIN_SECRET: Final = 6
_LITELLM_PREFIX: Final = re.compile(r"(litellm\.)?\w+: (\w+: )?(\w+Exception - )?")

_lock = threading.Lock()


@dataclass(frozen=True)
class Reply:
    """What a model sent back."""

    text: str
    usage: Mapping[str, int] = field(default_factory=dict[str, int])
    """Tokens by kind."""
    model: str = ""
    """As the provider names it."""
    cut_off: bool = False
    """It ran into a limit on its length."""


def load_litellm() -> Any:
    """Import LiteLLM, quietly and without a network. It takes seconds, once a process.

    Raises:
        ModelNotAvailableError: It is not installed.
    """
    with _lock:
        return _loaded_litellm()


@cache
def _loaded_litellm() -> Any:
    before = os.environ.get(_COST_MAP)
    os.environ[_COST_MAP] = (
        "True"  # it would fetch the map of prices at import, and complain without a network
    )
    try:
        import litellm

        for name in _BESIDES:  # all at once, so that what is missing is told before a model is asked
            import_module(name)
    except ImportError as error:
        raise ModelNotAvailableError(
            f"external models need LiteLLM and what goes with it ({error}). Install it: {_INSTALL}"
        ) from error
    finally:
        if before is None:
            del os.environ[_COST_MAP]
        else:
            os.environ[_COST_MAP] = before
    litellm.suppress_debug_info = True  # or it prints advertisements beside every error
    bridge.before_close(close_clients)
    return litellm


async def close_clients() -> None:
    """Close LiteLLM's connections, in the model loop. The next question opens others."""
    litellm = sys.modules.get("litellm")
    if litellm is not None:
        await litellm.close_litellm_async_clients()
        litellm.in_memory_llm_clients_cache.flush_cache()


class Client:
    """Asks the model of one specification."""

    def __init__(self, spec: ExternalModelSpec) -> None:
        self._spec = spec

    async def ask(self, messages: list[dict[str, str]], deadline: float) -> Reply:
        """Return the model's reply. `deadline` is a time of the running loop's clock.

        Raises:
            LLMInferenceError: The call failed and another try is of no use, or there is no time for one.
            ModelNotAvailableError: No key, an unknown provider, or no LiteLLM.
        """
        from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

        litellm = await asyncio.to_thread(load_litellm)
        clock = asyncio.get_running_loop().time

        def is_over(state: RetryCallState) -> bool:
            return state.attempt_number > self._spec.max_retries or clock() + state.upcoming_sleep >= deadline

        retrying = AsyncRetrying(
            retry=retry_if_exception(_is_passing),
            wait=_wait,
            stop=is_over,
            reraise=True,
        )
        try:
            return await retrying(self._once, litellm, messages, deadline)
        except Exception as error:  # LiteLLM raises whatever its providers' clients do
            failure = self._failure(error, litellm)
        raise failure  # outside of the handler, so that nothing of the original is chained to it

    async def _once(self, litellm: Any, messages: list[dict[str, str]], deadline: float) -> Reply:
        spec = self._spec
        structured = litellm.supports_response_schema(
            model=spec.model, custom_llm_provider=spec.litellm_kwargs.get("custom_llm_provider")
        )
        arguments: dict[str, Any] = {
            "num_retries": 0,
            **spec.litellm_kwargs,
            "model": spec.model,
            "messages": messages,
            "max_retries": 0,  # of the provider's own client
            "timeout": max(0.001, deadline - asyncio.get_running_loop().time()),
        }
        if spec.api_key is not None:
            arguments["api_key"] = spec.api_key
        if not structured:
            return _reply(await litellm.acompletion(**arguments))
        try:
            return _reply(await litellm.acompletion(**arguments, response_format=_RESPONSE_FORMAT))
        except litellm.BadRequestError as error:
            if isinstance(error, litellm.ContextWindowExceededError | litellm.ContentPolicyViolationError):
                raise
        return _reply(await litellm.acompletion(**arguments))  # some refuse a schema that they should know

    def _failure(self, error: Exception, litellm: Any) -> LatentScoreError:
        """Return the error to raise: in our words, with the provider's reason, without any key."""
        if isinstance(error, LatentScoreError):
            return error
        name, status = f"external:{self._spec.model}", getattr(error, "status_code", None)
        said = getattr(error, "message", None) or str(error) or type(error).__name__
        reason = self.scrubbed(_LITELLM_PREFIX.sub("", said, count=1))
        if isinstance(error, litellm.Timeout | TimeoutError | asyncio.TimeoutError):
            return LLMInferenceError(f"{name} did not answer in time ({self._spec.timeout_s:g} s).")
        if status == 401 or _is_incomplete(error):
            missing = self._missing_keys(litellm)
            if missing:
                return ModelNotAvailableError(
                    f"{name} needs a key: set {' and '.join(missing)}, or pass ExternalModelSpec(…, api_key=…)."
                )
            return LLMInferenceError(f"{name} refused the key (HTTP 401): {reason}")
        if "LLM Provider NOT provided" in str(error):
            return ModelNotAvailableError(
                f"{name}: LiteLLM knows no provider for it; write the id as provider/model, such as 'openai/gpt-4o-mini'."
            )
        if _is_connection(error):
            return LLMInferenceError(f"{name} could not be reached: {reason}")
        told = {429: "is asked too often", 404: "is not known there", 403: "may not be used with this key"}
        what = told.get(status, "failed") if isinstance(status, int) else "failed"
        code = f" (HTTP {status})" if isinstance(status, int) else f" ({type(error).__name__})"
        wait_s = _retry_after(error)
        if wait_s:
            code += f" and asks to wait {wait_s:g} s"
        return LLMInferenceError(f"{name} {what}{code}: {reason}")

    def scrubbed(self, text: str) -> str:
        """Return a provider's text on one short line, without anything that is or looks like a key."""
        for secret in sorted(self._secrets(), key=len, reverse=True):
            text = text.replace(secret, "…")
        line = repr(
            " ".join(_SECRET_FORM.sub("…", text).split())
        )  # so that nothing in it reaches a log as it is
        return line if len(line) <= MAX_REASON else line[: MAX_REASON - 1] + "…"

    def _secrets(self) -> set[str]:
        found = {self._spec.api_key or ""}
        found |= {value for name, value in os.environ.items() if _SECRET_NAME.search(name)}
        found |= set(_strings(self._spec.litellm_kwargs, within_secret=False))
        return {secret for secret in found if len(secret) >= _MIN_SECRET}

    def _missing_keys(self, litellm: Any) -> list[str]:
        if self._spec.api_key is not None:
            return []
        return list(litellm.validate_environment(model=self._spec.model)["missing_keys"])


_RESPONSE_FORMAT: Final[dict[str, Any]] = {
    "type": "json_schema",
    "json_schema": {"name": "music", "schema": answer_schema(), "strict": True},
}


def _reply(response: Any) -> Reply:
    choice = response.choices[0] if response.choices else None
    usage = getattr(response, "usage", None)
    counts = dict(usage) if usage is not None else {}
    return Reply(
        text=(choice.message.content or "") if choice else "",
        usage={name: count for name, count in counts.items() if type(count) is int},
        model=str(response.model or ""),
        cut_off=bool(choice) and choice.finish_reason == "length",
    )


def _is_connection(error: BaseException) -> bool:
    """Tell whether no connection came about; LiteLLM passes that off as status 500 of the server."""
    import openai  # LiteLLM brings it along, and its errors derive from these

    return any(isinstance(one, openai.APIConnectionError) for one in _chain(error))


def _is_incomplete(error: BaseException) -> bool:
    """Tell whether a client could not even be made, for want of a key; this too LiteLLM gives status 500."""
    import openai

    return any(type(one) is openai.OpenAIError for one in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and those that it came from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_passing(error: BaseException) -> bool:
    """Tell whether the same call may well succeed a moment later."""
    status = getattr(error, "status_code", None)
    return isinstance(status, int) and (status in _PASSING or status >= 500) and not _is_incomplete(error)


def _wait(state: Any) -> float:
    """Seconds until the next try: what the provider asks for, else random up to a limit that doubles."""
    from tenacity import wait_random_exponential

    asked = _retry_after(state.outcome.exception())
    return (
        wait_random_exponential(multiplier=FIRST_WAIT_S, max=LONGEST_WAIT_S)(state)
        if asked is None
        else asked
    )


def _retry_after(error: BaseException | None) -> float | None:
    headers: Any = getattr(getattr(error, "response", None), "headers", None) or {}
    written = headers.get("retry-after")
    if written is None:
        return None
    try:
        return max(0.0, float(written))
    except ValueError:
        return _until(written)


def _until(date: str) -> float | None:
    """Seconds until an HTTP date, at least 0."""
    from datetime import datetime, timezone
    from email.utils import parsedate_to_datetime

    try:
        then = parsedate_to_datetime(date)
    except ValueError:
        return None
    return max(0.0, (then - datetime.now(timezone.utc)).total_seconds()) if then.tzinfo else None


def _strings(value: object, *, within_secret: bool) -> list[str]:
    """Return every string that stands under a name that sounds secret."""
    if isinstance(value, str):
        return [value] if within_secret else []
    if isinstance(value, Mapping):
        return [
            text
            for name, inner in value.items()  # pyright: ignore[reportUnknownVariableType]
            for text in _strings(inner, within_secret=within_secret or bool(_SECRET_NAME.search(str(name))))
        ]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _strings(inner, within_secret=within_secret)]
    return []
