"""The lines of a batch: each one a checked render, or a sentence that says what is wrong with it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, cast

from latentscore import __version__
from latentscore.config.model import MusicConfig
from latentscore.config.update import MusicConfigUpdate
from latentscore.engine.version import ENGINE_VERSION
from latentscore.errors import FileFormatError, InvalidConfigError, LatentScoreError, invalid
from latentscore.rendering import RenderJob

_NOT_IN_A_LINE: Final = {
    "content",
    "variants",
    "stems",
    "hooks",
}  # a line is one file, and JSON has no callbacks
_KEYS: Final = (
    "id",
    "vibe",
    *(field.name for field in fields(RenderJob) if field.name not in _NOT_IN_A_LINE),
)
"""What a line may hold."""

_ID: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_DEVICES: Final = re.compile(
    r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE
)  # no file names on Windows


@dataclass(frozen=True)
class Task:
    """One line that can be rendered."""

    line: int
    """Its number in the file, from 1."""
    id: str
    job: RenderJob
    request: str
    """Fingerprint of what is asked for and of the version that answers: equal ones give the same file."""


@dataclass(frozen=True)
class BadLine:
    """One line that cannot be rendered."""

    line: int
    id: str | None
    error: str


def read_plan(source: Path) -> list[Task | BadLine]:
    """Read every line of a JSONL file, blank ones aside. Raises `FileFormatError` if the file can't be read."""
    try:
        content = source.read_bytes()
    except OSError as error:
        raise FileFormatError(f"file={str(source)!r}: can't be read ({error.strerror})") from error
    plan: list[Task | BadLine] = []
    lines_of: dict[str, int] = {}
    for number, text in _numbered_lines(content):
        item = _read_line(number, text)
        if isinstance(item, Task):
            # Two names that differ in case alone are one file on macOS and Windows.
            first = lines_of.setdefault(item.id.lower(), number)
            if first != number:
                item = BadLine(number, item.id, f"id {item.id!r} is that of line {first} too")
        plan.append(item)
    return plan


def _numbered_lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.strip():
            yield number, line


def _read_line(number: int, line: bytes) -> Task | BadLine:
    name: str | None = None
    try:
        written = _as_object(line)
        name = _id_of(written, number)
        return Task(number, name, _job_of(written), _fingerprint(written))
    except LatentScoreError as error:
        return BadLine(number, name, str(error))


def _as_object(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, or nested without end
        raise InvalidConfigError(f"not a JSON object: {error}") from error
    if not isinstance(found, dict):
        raise invalid("A line", found, "a JSON object of render's keywords")
    return cast(dict[str, Any], found)


def _id_of(written: dict[str, Any], number: int) -> str:
    """Return the id, which is safe as a file name everywhere; without one, the line's number."""
    given = written.get("id")
    if given is None:
        return f"{number:06d}"
    name = str(given) if type(given) is int else given
    if not (isinstance(name, str) and _ID.fullmatch(name)) or name.endswith(".") or _DEVICES.fullmatch(name):
        allowed = (
            "1 to 100 letters a-z, digits, '_', '-' and '.' that make a file name (not '.' first or last)"
        )
        raise invalid("id", given, allowed)
    return name


def _job_of(written: dict[str, Any]) -> RenderJob:
    for key in written:
        if key not in _KEYS:
            raise invalid("A key of a line", key, _KEYS)
    options = {key: value for key, value in written.items() if key not in ("id", "vibe")}
    config = _config_of(options.pop("config", None))
    if isinstance(options.get("fallback"), dict):
        options["fallback"] = MusicConfig.model_validate(options["fallback"])
    content = config if written.get("vibe") is None else written["vibe"]
    if content is None:
        raise InvalidConfigError("A line needs a vibe or a config.")
    if options.get("update") is not None:
        options["update"] = MusicConfigUpdate.model_validate(options["update"])
    if not isinstance(content, str | dict | MusicConfig):
        raise invalid("vibe", content, "text, or texts with weights")
    return RenderJob(content=content, config=config, **options)


def _config_of(written: object) -> MusicConfig | None:
    if written is None:
        return None
    if isinstance(written, str):
        return MusicConfig.from_share(written)
    if not isinstance(written, dict):
        raise invalid("config", written, "an object of labels, or a share code")
    return MusicConfig.model_validate(written)


def _fingerprint(written: dict[str, Any]) -> str:
    asked = {key: value for key, value in written.items() if key != "id"}
    text = json.dumps([__version__, ENGINE_VERSION, asked], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
