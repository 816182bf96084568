"""The command line in this process, and a machine without sound."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import NamedTuple

import pytest

from latentscore.cli.main import run


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Command = Callable[..., Done]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Return `command(*arguments)`, which runs `latentscore` as a shell would."""

    def call(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["latentscore", *arguments])
        capsys.readouterr()
        try:
            run()
            code = 0
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else int(left.code is not None)
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return call


class SilentMachine(ModuleType):
    """The module `sounddevice` on a machine without a sound device."""

    class PortAudioError(Exception):
        """What every call raises."""

    class CallbackStop(Exception):  # noqa: N818
        """Never reached."""

    def OutputStream(self, **settings: object) -> None:  # noqa: N802 - sounddevice's own name
        """Refuse."""
        raise self.PortAudioError("Error querying device -1")

    def query_devices(self, device: object = None, kind: str | None = None) -> None:
        """Refuse."""
        raise self.PortAudioError("Error querying device -1")


@pytest.fixture(autouse=True)
def silent_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No command of the tests plays on the machine that runs them."""
    monkeypatch.setitem(sys.modules, "sounddevice", SilentMachine("sounddevice"))
