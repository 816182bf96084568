"""A progress line on a terminal, for work that takes long; nothing when the output is piped."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Generator
from contextvars import ContextVar
from types import TracebackType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.status import Status

_QUIET: Final = ContextVar("quiet", default=False)
_open: Final[list[ProgressLine]] = []


@contextlib.contextmanager
def quiet() -> Generator[None]:
    """Show no line in this block: its caller shows the progress of many pieces of work, or owns the screen."""
    token = _QUIET.set(True)
    try:
        yield
    finally:
        _QUIET.reset(token)


def tell(message: str) -> None:
    """Say something on the progress line that was opened last, from code that has none; without one, nothing."""
    for line in _open[-1:]:
        line.say(message)


class ProgressLine:
    """A line that says what is going on. Use it as a context; the line is gone at its end."""

    def __init__(self) -> None:
        self._shown: Status | None = None
        self._wanted = not _QUIET.get() and sys.stderr is not None and sys.stderr.isatty()

    def __enter__(self) -> ProgressLine:
        _open.append(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _open.remove(self)
        if self._shown is not None:
            self._shown.stop()

    def say(self, message: str) -> None:
        """Say what happens next. The line itself is drawn by a thread of its own, so long silence is fine."""
        if not self._wanted:
            return
        if self._shown is None:
            from rich.console import Console
            from rich.status import Status

            self._shown = Status(message, console=Console(stderr=True))
            self._shown.start()
        self._shown.update(message)
