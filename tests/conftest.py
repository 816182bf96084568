"""What every test shares: no network, one hypothesis profile, a process of its own, a language model's server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from llm_server import LlmServer

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = {"127.0.0.1", "::1", "localhost"}

# Machines differ in speed, and the first call of a kernel may compile it: no test depends on the clock.
settings.register_profile(
    "latentscore", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("latentscore")


class NetworkUsedError(AssertionError):
    """A test, or the code that it runs, tried to reach the network."""


def _guarded(original: Callable[..., Any]) -> Callable[..., Any]:
    """The function, but only for addresses of this machine itself."""

    def guarded(*arguments: Any, **keywords: Any) -> Any:
        hosts = [argument[0] if isinstance(argument, tuple) else argument for argument in arguments]
        if not LOOPBACK & {host for host in hosts if isinstance(host, str)}:
            raise NetworkUsedError(f"no test may use the network; asked for {arguments[1:] or arguments}")
        return original(*arguments, **keywords)

    return guarded


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse every connection and name look-up in this process but to itself, for the whole run."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "create_connection"):
            patch.setattr(socket, name, _guarded(getattr(socket, name)))
        yield


@pytest.fixture
def llm_server() -> Iterator[LlmServer]:
    """A language model's server on this machine; see `llm_server.py`."""
    with LlmServer() as server:
        yield server


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def run_python() -> Run:
    """Return `run(*arguments, cwd=None, env=None, **keywords)`: this interpreter in a fresh process.

    The package is importable from any folder; `env` is added to this process's environment.
    """

    def run(
        *arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None, **keywords: Any
    ) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **(env or {})}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            **{"timeout": 120, **keywords},
        )

    return run
