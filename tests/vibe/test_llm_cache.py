"""The cache of answers: one call for a question, safe between processes, without keys or vibes in it."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from llm_server import KEY, LITELLM_WARNINGS, LlmServer, answer, good, status

import latentscore as ls
from latentscore.vibe import bridge
from latentscore.vibe.external import cache as cache_module
from latentscore.vibe.external.cache import AnswerCache, default_path
from latentscore.vibe.external.model import ExternalModel
from latentscore.vibe.model import GenerateResult

pytestmark = LITELLM_WARNINGS

VIBE = "a secret vibe 1729"


@pytest.fixture
def ask(llm_server: LlmServer, tmp_path: Path) -> Callable[..., GenerateResult]:
    """Ask a new model object about a vibe, with a cache in a file of this test."""

    def ask(vibe: str = VIBE, **options: Any) -> GenerateResult:
        spec = llm_server.spec(cache=True, **options)
        return bridge.run(ExternalModel(spec, AnswerCache(tmp_path / "answers.sqlite3")).generate(vibe))

    return ask


def test_the_same_question_is_asked_once(ask: Callable[..., GenerateResult], llm_server: LlmServer) -> None:
    llm_server.answers(good(bass="drone"), status(500))
    first, second = ask(), ask()
    assert len(llm_server.requests) == 1
    assert (first.cached, second.cached, second.latency_s) == (False, True, 0.0)
    for name in ("title", "thinking", "config", "palettes", "model", "usage", "notes"):
        assert getattr(first, name) == getattr(second, name)


def test_a_repaired_and_ranked_answer_is_kept_as_it_was(
    ask: Callable[..., GenerateResult], llm_server: LlmServer
) -> None:
    llm_server.answers(good(), good(brightness="bright"), status(500))
    first, second = ask(candidates=2), ask(candidates=2)
    assert second.cached
    assert second.config == first.config
    assert [loser.config for loser in second.candidates] == [loser.config for loser in first.candidates] != []


@pytest.mark.parametrize(
    "other",
    [
        {"vibe": VIBE + "!"},
        {"model": "openai/other"},
        {"candidates": 2},
        {"litellm_kwargs": {"api_base": "URL", "temperature": 0.1}},
    ],
)
def test_another_question_is_asked(
    other: dict[str, Any], ask: Callable[..., GenerateResult], llm_server: LlmServer
) -> None:
    if "litellm_kwargs" in other:
        other["litellm_kwargs"]["api_base"] = llm_server.url
    ask()
    n_before = len(llm_server.requests)
    assert not ask(**other).cached
    assert len(llm_server.requests) > n_before


def test_another_prompt_or_address_is_another_question(
    ask: Callable[..., GenerateResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask()
    with LlmServer() as other:
        assert not ask(litellm_kwargs={"api_base": other.url}).cached
    monkeypatch.setattr("latentscore.vibe.prompt.version", lambda: "newer")
    assert not ask().cached


def test_a_failure_is_not_kept(ask: Callable[..., GenerateResult], llm_server: LlmServer) -> None:
    llm_server.answers(status(500), good())
    with pytest.raises(ls.LLMInferenceError):
        ask()
    assert not ask().cached


def test_opting_out(llm_server: LlmServer, tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite3"
    for _ in range(2):
        bridge.run(ExternalModel(llm_server.spec(cache=False), AnswerCache(path)).generate(VIBE))
    assert len(llm_server.requests) == 2
    assert not path.exists()


def test_neither_key_nor_vibe_is_in_the_file(ask: Callable[..., GenerateResult], tmp_path: Path) -> None:
    ask()
    content = (tmp_path / "answers.sqlite3").read_bytes()
    assert answer()["title"].encode() in content
    assert KEY.encode() not in content
    assert b"1729" not in content


def test_a_damaged_file_is_reported_and_done_without(
    ask: Callable[..., GenerateResult], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "answers.sqlite3").write_bytes(b"no database" * 100)
    assert not ask().cached
    assert "can't be read" in caplog.text


def test_a_damaged_answer_is_asked_again(ask: Callable[..., GenerateResult], tmp_path: Path) -> None:
    ask()
    for damaged in ("{", "[]", '{"answers": []}', '{"answers": [{"text": "no", "usage": {}}]}'):
        with sqlite3.connect(tmp_path / "answers.sqlite3") as file:
            file.execute("UPDATE answers SET value = ?", (damaged,))
        file.close()
        assert not ask().cached
        assert ask().cached


def test_the_oldest_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "MAX_ENTRIES", 3)
    cache = AnswerCache(tmp_path / "new" / "folder" / "answers.sqlite3")
    for k in range(5):
        cache.put(str(k), {"k": k})
    assert [cache.get(str(k)) for k in range(5)] == [None, None, {"k": 2}, {"k": 3}, {"k": 4}]


WRITER = """
import sys
from pathlib import Path
from latentscore.vibe.external.cache import AnswerCache
cache = AnswerCache(Path(sys.argv[1]))
for k in range(40):
    cache.put(f"{sys.argv[2]}-{k}", {"k": k})
    assert cache.get(f"{sys.argv[2]}-{k}") == {"k": k}
"""


def test_processes_write_side_by_side(tmp_path: Path, run_python: Callable[..., Any]) -> None:
    path = tmp_path / "answers.sqlite3"
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda name: run_python("-c", WRITER, str(path), name), "abc"))
    assert [(one.returncode, one.stderr) for one in done] == [(0, "")] * 3
    cache = AnswerCache(path)
    assert all(cache.get(f"{name}-{k}") == {"k": k} for name in "abc" for k in range(40))


@pytest.mark.skipif(sys.platform != "linux", reason="names Linux's folder")
def test_the_file_is_in_the_cache_folder_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    default_path.cache_clear()
    monkeypatch.delenv("LATENTSCORE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    try:
        assert default_path() == tmp_path / "latentscore" / "answers.sqlite3"
        default_path.cache_clear()
        monkeypatch.setenv("LATENTSCORE_CACHE", str(tmp_path / "own"))
        assert default_path() == tmp_path / "own" / "answers.sqlite3"
    finally:
        default_path.cache_clear()
