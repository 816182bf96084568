"""Every fallback for every failure of a model, in `render`."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from llm_server import FAILURES, LITELLM_WARNINGS, LlmServer

import latentscore as ls
from latentscore.vibe.content import resolve
from latentscore.vibe.models import warm_up

pytestmark = LITELLM_WARNINGS

VIBE = "rain on a tin roof"
CONFIG = ls.MusicConfig(bass="drone", tempo="slow")
CHANGE = ls.MusicConfigUpdate(space="vast", density=ls.Step(-1))
LAST = ls.MusicConfigUpdate(echo="heavy")

FALLBACKS: dict[str, Any] = {"none": None, "embedding": "embedding", "config": CONFIG, "update": CHANGE}


class Broken:
    """A model of a user's own that raises."""

    async def generate(self, vibe: str) -> ls.MusicConfig:
        raise RuntimeError(f"no idea about {vibe}")


class Wrong:
    """A model of a user's own that returns something else."""

    def generate(self, vibe: str) -> Any:
        return {"bass": "drone"}


OWN: dict[str, tuple[Any, type[ls.LatentScoreError]]] = {
    "own model raises": (Broken(), ls.LLMInferenceError),
    "own model returns a dict": (Wrong(), ls.ConfigGenerateError),
    "no weights": ("expressive:/no/such/folder", ls.ModelNotAvailableError),
}


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    asyncio.run(warm_up(ls.ExternalModelSpec("openai/test-model", api_key="sk-any-key")))


def _expected(fallback: str) -> ls.MusicConfig:
    found = {"embedding": resolve(VIBE).config, "config": CONFIG, "update": CHANGE.apply(ls.MusicConfig())}
    return LAST.apply(found[fallback])


@pytest.mark.parametrize("fallback", FALLBACKS)
@pytest.mark.parametrize("failure", [*FAILURES, *OWN])
def test_each_fallback_for_each_failure(failure: str, fallback: str, llm_server: LlmServer) -> None:
    if failure in OWN:
        model, error = OWN[failure]
    else:
        timeout_s = 0.4 if failure in ("hang", "trickle") else 10.0
        model, error = llm_server.fails(failure, timeout_s=timeout_s), FAILURES[failure].error

    def render() -> ls.Audio:
        return ls.render(VIBE, duration=0.02, model=model, fallback=FALLBACKS[fallback], update=LAST)

    if fallback == "none":
        with pytest.raises(error):
            render()
        return
    audio = render()
    assert audio.config == _expected(fallback)
    assert audio.seed == resolve(VIBE).seed
    assert audio.metadata is None
    assert (audio.match is not None) == (fallback == "embedding")
    (told,) = audio.substitutions
    assert "was played, since" in told


def test_the_error_behind_a_fallback_is_kept() -> None:
    used = resolve(VIBE, model=Broken(), fallback=CONFIG).fallback_used
    assert used is not None
    assert (used.played, used.model) == ("config", "Broken")
    assert isinstance(used.error, ls.LLMInferenceError)
    assert "no idea about rain" in str(used)


def test_a_model_that_answers_needs_no_fallback(llm_server: LlmServer) -> None:
    audio = ls.render(VIBE, duration=0.02, model=llm_server.spec(), fallback=CONFIG)
    assert audio.substitutions == ()
    assert audio.config != CONFIG


def test_arender_and_score_fall_back_too() -> None:
    audio = asyncio.run(ls.arender(VIBE, duration=0.02, model=Broken(), fallback=CONFIG))
    assert (audio.config, len(audio.substitutions)) == (CONFIG, 1)
    assert ls.score(VIBE, duration=1.0, model=Broken(), fallback=CONFIG).config == CONFIG
    with pytest.raises(ls.LLMInferenceError):
        asyncio.run(ls.arender(VIBE, duration=0.02, model=Broken()))


def test_a_blend_falls_back_as_a_whole() -> None:
    content = {"rain": 1.0, "sea": 2.0}
    found = resolve(content, model=Broken(), fallback="embedding")
    assert found.config == resolve(content).config
    assert found.fallback_used is not None


@pytest.mark.parametrize("fallback", ["keep_last", "fast", "", 3, {"bass": "drone"}])
def test_another_fallback_is_refused_before_the_model_is_asked(fallback: Any, llm_server: LlmServer) -> None:
    for call in (ls.render, ls.score):
        with pytest.raises(ls.InvalidConfigError, match="fallback must be None, 'embedding'"):
            call(VIBE, duration=0.02, model=llm_server.spec(), fallback=fallback)
    assert llm_server.requests == []


def test_a_wrong_argument_is_no_failure_of_the_model() -> None:
    for options in ({"content": "  "}, {"content": VIBE, "seed": -1}, {"content": VIBE, "update": 3}):
        with pytest.raises(ls.InvalidConfigError):
            ls.render(**{"duration": 0.02, "fallback": CONFIG, "model": Broken(), **options})
    with pytest.raises(ls.ModelNotAvailableError, match="model must be"):
        ls.render(VIBE, duration=0.02, model="fsat", fallback=CONFIG)
