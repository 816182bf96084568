"""Specifications of language models, and where their keys are: in the request, and nowhere else."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from llm_server import KEY, LITELLM_WARNINGS, LlmServer, status

import latentscore as ls
from latentscore.errors import InvalidConfigError, LLMInferenceError, ModelNotAvailableError
from latentscore.vibe.content import resolve
from latentscore.vibe.external.model import ExternalModel
from latentscore.vibe.models import warm_up

pytestmark = LITELLM_WARNINGS

VIBE = "rain on a tin roof"


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    asyncio.run(warm_up(ls.ExternalModelSpec("openai/test-model", api_key=KEY)))


def test_a_missing_key_is_named(llm_server: LlmServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelNotAvailableError, match="set OPENAI_API_KEY"):
        resolve(VIBE, model=llm_server.spec(api_key=None))
    assert llm_server.requests == []


def test_a_key_from_the_environment_is_used_and_never_told(
    llm_server: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "an-unusual-key-42"
    monkeypatch.setenv("OPENAI_API_KEY", secret)
    llm_server.answers(status(403, f"the key {secret} may not"))
    with pytest.raises(LLMInferenceError, match="'the key … may not'"):
        resolve(VIBE, model=llm_server.spec(api_key=None))
    assert llm_server.headers[0]["authorization"] == f"Bearer {secret}"


def test_a_key_is_nowhere_but_in_the_request(llm_server: LlmServer, caplog: pytest.LogCaptureFixture) -> None:
    header = "Token of-another-kind"
    spec = llm_server.spec(
        litellm_kwargs={"api_base": llm_server.url, "extra_headers": {"X-Gateway-Auth": header}},
        max_retries=1,
    )
    llm_server.answers(status(500, f"{KEY} and {header} failed"))
    with caplog.at_level(logging.DEBUG, logger="latentscore"):
        audio = ls.render(VIBE, duration=0.1, model=spec, fallback="embedding")
    assert llm_server.headers[0]["x-gateway-auth"] == header
    told = [
        repr(spec),
        str(spec),
        repr(audio),
        *audio.substitutions,
        caplog.text,
        repr(ExternalModel(spec).__dict__),
    ]
    assert not [one for one in told if KEY in one or header in one]
    assert "'… and … failed'" in audio.substitutions[0]


@pytest.mark.parametrize("name", ["model", "messages", "api_key", "stream", "response_format"])
def test_reserved_arguments_are_refused_by_name(name: str) -> None:
    with pytest.raises(InvalidConfigError, match=f"must not set '{name}'") as told:
        ls.ExternalModelSpec("gpt-4o-mini", litellm_kwargs={name: "a-secret-value"})
    assert "a-secret-value" not in str(told.value)


def test_time_and_retries_of_litellm_set_our_own() -> None:
    spec = ls.ExternalModelSpec("m", litellm_kwargs={"timeout": 3, "max_retries": 0, "temperature": 1.2})
    assert (spec.timeout_s, spec.max_retries, spec.litellm_kwargs) == (3, 0, {"temperature": 1.2})
    assert hash(spec) == hash(ls.ExternalModelSpec("m", timeout_s=3, max_retries=0))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", ""),
        ("model", None),
        ("api_key", 3),
        ("api_key", ""),
        ("timeout_s", 0),
        ("timeout_s", float("inf")),
        ("timeout_s", "30"),
        ("max_retries", -1),
        ("max_retries", 1.5),
        ("candidates", 0),
        ("candidates", 17),
        ("cache", 1),
        ("litellm_kwargs", [1]),
        ("litellm_kwargs", {1: 2}),
    ],
)
def test_other_values_are_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(InvalidConfigError, match=name):
        ls.ExternalModelSpec(**{"model": "gpt-4o-mini", name: value})
