"""A language model over the network reads a vibe: ask, check, repair once, choose the best of n, remember."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from latentscore.errors import (
    ConfigGenerateError,
    LatentScoreError,
    LLMInferenceError,
    ModelNotAvailableError,
)
from latentscore.vibe import bridge, prompt
from latentscore.vibe.answer import MAX_ANSWER, Answer, UnreadableAnswerError, read_answer
from latentscore.vibe.external.cache import AnswerCache, default_path, key_of
from latentscore.vibe.external.client import Client, Reply, load_litellm
from latentscore.vibe.external.ranking import ranked
from latentscore.vibe.external.spec import ExternalModelSpec
from latentscore.vibe.model import GenerateResult
from latentscore.vibe.text import checked_vibe

_SHOWN_BACK: Final = 8_000  # characters of a bad answer that the model is shown again
_CUT_OFF: Final = "It broke off: it was longer than its limit allows."

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Spoken:
    """One conversation that ended well."""

    text: str
    answer: Answer
    usage: Mapping[str, int]
    model: str
    repaired: bool


class ExternalModel:
    """A model that LiteLLM can reach.

    Args:
        spec: Which one, and how.
        cache: Where answers are kept; None is the file in the user's cache folder. Not used with `spec.cache` False.
    """

    def __init__(self, spec: ExternalModelSpec, cache: AnswerCache | None = None) -> None:
        self.spec = spec
        self._client = Client(spec)
        self._cache = cache

    async def warmup(self) -> None:
        """Import LiteLLM. That takes seconds, once a process, and doesn't count towards `timeout_s`."""
        await asyncio.to_thread(load_litellm)
        await asyncio.to_thread(prompt.version)

    async def generate(self, vibe: str, /) -> GenerateResult:
        """Return the model's reading of a vibe, within `spec.timeout_s` seconds.

        Raises:
            InvalidConfigError: Blank text, or no text.
            LLMInferenceError: The model can't be reached, fails, or does not answer in time.
            ConfigGenerateError: It answered, but neither time with a valid config.
            ModelNotAvailableError: LiteLLM or a key is missing, or no provider is known for the model.
        """
        text = checked_vibe(vibe)
        await self.warmup()
        return await bridge.run_in_model_loop(self._remembered(text))

    async def _remembered(self, vibe: str) -> GenerateResult:
        started = asyncio.get_running_loop().time()
        if not self.spec.cache:
            return self._result(vibe, await self._in_time(vibe), started)
        cache = self._cache or AnswerCache(default_path())
        key = key_of(self.spec, prompt.version(), vibe)
        kept = await asyncio.to_thread(cache.get, key)
        if kept is not None:
            try:
                return replace(self._result(vibe, _recalled(kept), started), cached=True, latency_s=0.0)
            except (UnreadableAnswerError, KeyError, TypeError, ValueError) as error:
                _log.warning(
                    "An answer in the cache can't be read, so %s is asked again: %s", self.spec.model, error
                )
        spoken = await self._in_time(vibe)
        result = self._result(vibe, spoken, started)
        await asyncio.to_thread(cache.put, key, _kept(spoken))
        return result

    async def _in_time(self, vibe: str) -> list[_Spoken]:
        """Return the conversations that ended well, the best first, within `spec.timeout_s` seconds."""
        task = asyncio.ensure_future(self._spoken(vibe))
        try:
            done, _ = await asyncio.wait({task}, timeout=self.spec.timeout_s)
        finally:
            _drop(task)
        if not done:
            raise self._late()
        return task.result()

    async def _spoken(self, vibe: str) -> list[_Spoken]:
        deadline = asyncio.get_running_loop().time() + self.spec.timeout_s
        messages = [
            {"role": "system", "content": prompt.instructions()},
            {"role": "user", "content": prompt.question(vibe)},
        ]
        if self.spec.candidates == 1:
            return [await self._conversation(messages, deadline)]
        return await asyncio.to_thread(ranked, vibe, await self._candidates(messages, deadline), _config_of)

    async def _candidates(self, messages: list[dict[str, str]], deadline: float) -> list[_Spoken]:
        """Ask for all candidates at once; those that fail or come too late are dropped, if any is left."""
        tasks = [
            asyncio.ensure_future(self._conversation(messages, deadline)) for _ in range(self.spec.candidates)
        ]
        spare = min(1.0, self.spec.timeout_s / 10)  # to rank what has come
        try:
            await asyncio.wait(tasks, timeout=deadline - spare - asyncio.get_running_loop().time())
            done = [task for task in tasks if task.done()]
            good = [task.result() for task in done if task.exception() is None]
        finally:
            for task in tasks:
                _drop(task)
        if good:
            return good
        raise cast(BaseException, done[0].exception()) if done else self._late()

    async def _conversation(self, messages: list[dict[str, str]], deadline: float) -> _Spoken:
        """Ask; if the answer can't be used, show the model why and ask once more."""
        first = await self._client.ask(messages, deadline)
        try:
            answer = await asyncio.to_thread(read_answer, first.text)
            return _Spoken(first.text, answer, first.usage, first.model, repaired=False)
        except UnreadableAnswerError as error:
            problems = [_CUT_OFF, *error.problems] if first.cut_off else error.problems
        if len(first.text) > MAX_ANSWER:
            raise self._unusable(first, problems)
        _log.info("The answer of %s can't be used, so it is asked to repair it", self.spec.model)
        turns = [
            *messages,
            {"role": "assistant", "content": first.text[:_SHOWN_BACK] or "(nothing)"},
            {"role": "user", "content": prompt.repair_request(problems)},
        ]
        second = await self._client.ask(turns, deadline)
        usage = {
            name: first.usage.get(name, 0) + second.usage.get(name, 0)
            for name in {*first.usage, *second.usage}
        }
        try:
            answer = await asyncio.to_thread(read_answer, second.text)
        except UnreadableAnswerError as error:
            problems = error.problems
        else:
            return _Spoken(second.text, answer, usage, second.model, repaired=True)
        raise self._unusable(second, problems)

    def _result(self, vibe: str, spoken: Sequence[_Spoken], started: float) -> GenerateResult:
        latency_s = asyncio.get_running_loop().time() - started
        best, *losers = (self._told(vibe, one, latency_s) for one in spoken)
        return replace(best, candidates=tuple(losers))

    def _told(self, vibe: str, spoken: _Spoken, latency_s: float) -> GenerateResult:
        answer = spoken.answer
        too_long = len(vibe) > prompt.MAX_VIBE
        clipped = (f"Only the first {prompt.MAX_VIBE} characters of the vibe were sent.",) if too_long else ()
        return GenerateResult(
            title=answer.title,
            thinking=answer.thinking,
            config=answer.config,
            palettes=answer.palettes,
            model=spoken.model or self.spec.model,
            usage=spoken.usage,
            latency_s=latency_s,
            repaired=spoken.repaired,
            notes=(*answer.notes, *clipped),
        )

    def _late(self) -> LatentScoreError:
        return LLMInferenceError(
            f"external:{self.spec.model} did not answer in time ({self.spec.timeout_s:g} s, retries and repair included)."
        )

    def _unusable(self, reply: Reply, problems: Sequence[str]) -> LatentScoreError:
        listed = self._client.scrubbed(" ".join(problems))
        return ConfigGenerateError(
            f"external:{self.spec.model} gave no valid config ({len(reply.text)} characters): {listed}"
        )


def open_external(rest: str | None) -> ExternalModel:
    """The factory of `external:<litellm id>`."""
    if not rest or not rest.strip():
        raise ModelNotAvailableError(
            "model='external:' must be followed by the id of a model as LiteLLM writes it, "
            "such as 'external:gpt-4o-mini' or 'external:ollama/llama3.2'."
        )
    return ExternalModel(ExternalModelSpec(rest))


def _drop(task: asyncio.Task[Any]) -> None:
    """Cancel a task without waiting for it: a client that ignores the cancellation can't hold up the caller."""
    task.cancel()
    task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # or asyncio complains of it


def _config_of(spoken: _Spoken) -> Any:
    return spoken.answer.config


def _kept(spoken: Sequence[_Spoken]) -> dict[str, Any]:
    """What is stored: the answers as they were written, to be read anew each time."""
    return {
        "answers": [
            {"text": one.text, "usage": dict(one.usage), "model": one.model, "repaired": one.repaired}
            for one in spoken
        ]
    }


def _recalled(kept: Mapping[str, Any]) -> list[_Spoken]:
    return [
        _Spoken(
            text=one["text"],
            answer=read_answer(one["text"]),
            usage=dict(one["usage"]),
            model=str(one["model"]),
            repaired=bool(one["repaired"]),
        )
        for one in kept["answers"]
    ]
