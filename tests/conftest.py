"""What every test shares: no network, one hypothesis profile, and Python in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# Machines differ in speed, and the first call of a kernel may compile it: no test depends on the clock.
settings.register_profile(
    "latentscore", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("latentscore")


class NetworkUsedError(AssertionError):
    """A test, or the code that it runs, tried to reach the network."""


def _refuse(*arguments: Any, **keywords: Any) -> NoReturn:
    raise NetworkUsedError(f"no test may use the network; asked for {arguments[1:] or arguments}")


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse every connection and name look-up in this process, for the whole run."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, _refuse)
        for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "create_connection"):
            patch.setattr(socket, name, _refuse)
        yield


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
