"""The one error tree of LatentScore, and the one wording for a refused argument."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable

_LONGEST_VALUE = 120


class LatentScoreError(Exception):
    """Base of every error that LatentScore raises on purpose."""


class InvalidConfigError(LatentScoreError, ValueError):
    """An argument, label or config that is not allowed; the message says what is."""


class ModelNotAvailableError(LatentScoreError):
    """A model, its weights or the optional package that runs it is missing."""


class LLMInferenceError(LatentScoreError):
    """A language model could not be reached, or did not answer in time."""


class ConfigGenerateError(LatentScoreError):
    """A model answered, but no valid config could be made of its answer."""


class PlaybackError(LatentScoreError):
    """The sound device is missing or failed."""


class StreamStateError(LatentScoreError):
    """A stream was used in a state that does not allow it: closed, empty or already consumed."""


class FileFormatError(LatentScoreError):
    """A file whose suffix is unknown, or whose content cannot be read."""


class OutputError(LatentScoreError, OSError):
    """A path that cannot be written."""


class CapabilityWarning(UserWarning):
    """Something works, but with less than was asked for.

    Attributes:
        backend: What works with less, such as the audio backend `musicgen:…`; empty if it does not say.
        argument: The argument that it can't honour.
        value: What was asked for.
        reason: Why it can't.
    """

    def __init__(
        self, *message: str, backend: str = "", argument: str = "", value: object = None, reason: str = ""
    ) -> None:
        super().__init__(
            *(message or (f"{backend}: {argument}={shown(value)} can't be honoured: {reason}.",))
        )
        self.backend = backend
        self.argument = argument
        self.value = value
        self.reason = reason


def invalid(
    argument: str, value: object, allowed: str | Iterable[object], *, also: str = ""
) -> InvalidConfigError:
    """Return the error for a refused argument, ready to raise.

    `allowed` completes "must be …": a phrase ("a number above 0"), or the valid values, which are then listed
    and searched for the nearest match. `also` is appended to that list ("or a number from 30 to 240").
    """
    if isinstance(allowed, str):
        return InvalidConfigError(f"{argument} must be {allowed}; got {shown(value)}.")
    choices = list(allowed)
    listed = ", ".join(repr(choice) for choice in choices)
    tail = f", {also}" if also else ""
    return InvalidConfigError(
        f"{argument} must be one of {listed}{tail}; got {shown(value)}.{_suggestion(value, choices)}"
    )


def require(package: str, extra: str, what: str) -> None:
    """Raise `LatentScoreError` unless an optional package is installed; the message says what needs it, and how."""
    import importlib.util

    if importlib.util.find_spec(package) is None:
        raise LatentScoreError(
            f'{what} needs {package}, which is not installed: pip install "latentscore[{extra}]"'
        )


def shown(value: object) -> str:
    """Return `repr(value)`, shortened so that a message stays readable whatever was passed."""
    if isinstance(value, int) and value.bit_length() > 256:
        return f"an integer of {value.bit_length()} bits"  # Python refuses to print the longest ones
    brief = reprlib.Repr()
    brief.maxstring = brief.maxother = 80
    text = brief.repr(value)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _suggestion(value: object, choices: list[object]) -> str:
    if not isinstance(value, str):
        return ""
    import difflib  # only needed once something has gone wrong

    names = [choice for choice in choices if isinstance(choice, str)]
    nearest = difflib.get_close_matches(value[:80].strip().lower().replace(" ", "_"), names, n=1, cutoff=0.7)
    return f" Did you mean {nearest[0]!r}?" if nearest else ""
