"""A server on this machine that speaks the OpenAI chat protocol, and answers well, badly, late or not at all.

    def test_it(llm_server):
        llm_server.answers(status(500), good(bass="drone"))      # in this order; the last one for ever
        ls.render("rain", model=llm_server.spec(timeout_s=2))

`FAILURES` lists every way of failing, with what a caller is told. A test file that uses this needs
`pytestmark = LITELLM_WARNINGS`, since warnings are errors in our tests but not in LiteLLM's.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest

from latentscore.config import MusicConfig
from latentscore.errors import ConfigGenerateError, LatentScoreError, LLMInferenceError
from latentscore.vibe import bridge
from latentscore.vibe.external.client import close_clients
from latentscore.vibe.external.spec import ExternalModelSpec

KEY = "sk-test-1234567890abcdef"
USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}

LITELLM_WARNINGS = [pytest.mark.filterwarnings("ignore::DeprecationWarning")]

PALETTE = {"colors": [{"hex": f"#{k}{k}aa{k}0", "weight": 5 - k} for k in range(5)]}

Behaviour = Callable[["Handler"], None]


def answer(**changes: Any) -> dict[str, Any]:
    """What a well-behaved model writes; `changes` go into its config, valid or not."""
    config = {**MusicConfig(bass="walking", brightness="dark").labels(), **changes}
    return {"thinking": "It is dark.", "title": "A Walk", "config": config, "palettes": [PALETTE]}


def good(**changes: Any) -> Behaviour:
    """A good answer, in plain JSON."""
    return text(json.dumps(answer(**changes)))


def text(content: str | None, finish_reason: str = "stop") -> Behaviour:
    """Any content."""

    def respond(handler: Handler) -> None:
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": content},
            "finish_reason": finish_reason,
        }
        body = {"id": "1", "object": "chat.completion", "created": 1, "model": "test-model-2"}
        handler.send(200, {**body, "choices": [choice], "usage": USAGE})

    return respond


def status(code: int, message: str = "it broke", **headers: str) -> Behaviour:
    """An HTTP error in OpenAI's form. Header names are written with underscores."""

    def respond(handler: Handler) -> None:
        error = {"message": message, "type": "test_error", "param": None, "code": str(code)}
        handler.send(
            code, {"error": error}, {name.replace("_", "-"): value for name, value in headers.items()}
        )

    return respond


def hang(handler: Handler) -> None:
    """Take the question and say nothing until the server closes."""
    handler.owner.closing.wait()


def trickle(handler: Handler) -> None:
    """Send the answer a byte at a time, so that no time limit of a single read is ever reached."""
    handler.begin(200, {"Content-Type": "application/json", "Content-Length": "100000"})
    while not handler.owner.closing.wait(0.02):
        try:
            handler.wfile.write(b" ")
            handler.wfile.flush()
        except OSError:
            return


def hang_up(handler: Handler) -> None:
    """Close the connection without a word."""
    handler.close_connection = True


class Failure(NamedTuple):
    """A way of failing: what the server does each time, and the error that a caller gets."""

    behaviour: Behaviour | None  # None: there is no server
    error: type[LatentScoreError]


FAILURES: Mapping[str, Failure] = {
    "out of range": Failure(good(bass="banjo"), ConfigGenerateError),
    "truncated": Failure(text(json.dumps(answer())[:150], "length"), ConfigGenerateError),
    "empty": Failure(text(""), ConfigGenerateError),
    "nothing": Failure(text(None), ConfigGenerateError),
    "prose": Failure(text("I'd rather talk about the weather."), ConfigGenerateError),
    "5 MB": Failure(text("la " * 1_700_000), ConfigGenerateError),
    "401": Failure(status(401, f"Incorrect API key provided: {KEY}"), LLMInferenceError),
    "429": Failure(status(429, "slow down", Retry_After="30"), LLMInferenceError),
    "500": Failure(status(500), LLMInferenceError),
    "hangs up": Failure(hang_up, LLMInferenceError),
    "refused": Failure(None, LLMInferenceError),
    "hang": Failure(hang, LLMInferenceError),
    "trickle": Failure(trickle, LLMInferenceError),
}
"""Every failure by name. Those that only time ends are `hang` and `trickle`."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    owner: LlmServer

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.owner.take(json.loads(self.rfile.read(length)), dict(self.headers))(self)

    def send(self, code: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        """Send a whole response."""
        content = json.dumps(body).encode()
        self.begin(
            code, {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})}
        )
        self.wfile.write(content)

    def begin(self, code: int, headers: Mapping[str, str]) -> None:
        """Send the head of a response."""
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Keep quiet."""


class LlmServer:
    """The server; a context. Until told otherwise it gives good answers."""

    def __init__(self) -> None:
        handler = type("OwnHandler", (Handler,), {"owner": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # callers hang up; that is no error here
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._lock = threading.Lock()
        self._behaviours: list[Behaviour] = [good()]
        self.closing = threading.Event()
        self.requests: list[dict[str, Any]] = []
        """The body of every question."""
        self.headers: list[dict[str, str]] = []
        """The headers of every question, their names in lower case."""

    def __enter__(self) -> LlmServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        bridge.run(
            close_clients()
        )  # before their server is gone, or their sockets are found unclosed much later
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The base of the API."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def answers(self, *behaviours: Behaviour) -> None:
        """Answer in these ways, one question after the other; the last one stays."""
        with self._lock:
            self._behaviours = list(behaviours)

    def fails(self, failure: str, **options: Any) -> ExternalModelSpec:
        """Fail in one of the ways of `FAILURES`, and return the specification of the model that does."""
        behaviour = FAILURES[failure].behaviour
        if behaviour is None:
            return self.spec(litellm_kwargs={"api_base": refused_url()}, **options)
        self.answers(behaviour)
        return self.spec(**options)

    def spec(self, **options: Any) -> ExternalModelSpec:
        """A specification of this server's model; without cache or retries unless asked for."""
        usual = {
            "model": "openai/test-model",
            "api_key": KEY,
            "max_retries": 0,
            "cache": False,
            "timeout_s": 20.0,
        }
        usual["litellm_kwargs"] = {"api_base": self.url}
        return ExternalModelSpec(**{**usual, **options})

    def take(self, request: dict[str, Any], headers: dict[str, str]) -> Behaviour:
        """Note a question and return how to answer it."""
        with self._lock:
            self.requests.append(request)
            self.headers.append({name.lower(): value for name, value in headers.items()})
            return self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]


def refused_url() -> str:
    """An address of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/v1"
