"""What a shell can say about music: configs, changes of fields, and blends, read from plain text."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, cast

from latentscore.config.fields import FIELDS, Value
from latentscore.config.model import MusicConfig
from latentscore.config.steps import Step
from latentscore.config.update import MusicConfigUpdate
from latentscore.errors import FileFormatError, InvalidConfigError, invalid


def read_config(text: str | None) -> MusicConfig | None:
    """Read a share code, a JSON object, or a file that holds either.

    Raises:
        InvalidConfigError: No such config.
        FileFormatError: A file that can't be read.
    """
    if text is None:
        return None
    if not text.lstrip().startswith(("{", "ls1:")):
        text = _content_of(Path(text))
    return (
        MusicConfig.from_json(text) if text.lstrip().startswith("{") else MusicConfig.from_share(text.strip())
    )


def read_fallback(text: str | None) -> MusicConfig | Literal["embedding"] | None:
    """Read `embedding`, or a config. Raises as `read_config`."""
    return "embedding" if text == "embedding" else read_config(text)


def read_options(text: str | None) -> dict[str, Any] | None:
    """Read a JSON object. Raises `InvalidConfigError` for anything else."""
    if text is None:
        return None
    try:
        found = json.loads(text)
    except ValueError as error:
        raise invalid("--options", text, f"a JSON object ({error})") from error
    if not isinstance(found, dict):
        raise invalid("--options", text, "a JSON object")
    return cast(dict[str, Any], found)


def read_update(settings: Sequence[str]) -> MusicConfigUpdate | None:
    """Read `FIELD=LABEL` and `FIELD=+N` (steps along the labels). Raises `InvalidConfigError`."""
    changes: dict[str, Value | Step] = {}
    for setting in settings:
        name, equals, written = (part.strip() for part in setting.partition("="))
        if not equals:
            raise invalid("--set", setting, "FIELD=LABEL or FIELD=+1, such as brightness=dark")
        if name not in FIELDS:
            raise invalid("--set", name, FIELDS)
        changes[name] = _change(name, written)
    return MusicConfigUpdate.model_validate(changes) if changes else None


def read_content(
    vibe: str | None, others: Sequence[str], config: MusicConfig | None
) -> str | dict[str, float] | MusicConfig:
    """Read what to play: a vibe, or a blend of it (weight 1) and each `TEXT=WEIGHT`, or a config alone.

    Raises `InvalidConfigError` if there is none of them.
    """
    if vibe is None:
        if config is None or others:
            raise InvalidConfigError("Say what to render: a vibe, or --config for a config alone.")
        return config
    weights = {vibe: 1.0}
    for other in others:
        text, _, weight = other.rpartition("=")
        try:
            weights[text] = float(weight)
        except ValueError as error:
            raise invalid("--blend", other, "TEXT=WEIGHT, such as 'neon city=0.5'") from error
    return weights if others else vibe


def _content_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise FileFormatError(
            f"config={str(path)!r}: neither a share code (ls1:…) nor JSON ({{…}}), and as a file it "
            f"can't be read ({error.strerror})"
        ) from error
    except ValueError as error:
        raise FileFormatError(f"config={str(path)!r}: not a text file") from error


def _change(name: str, written: str) -> Value | Step:
    """Read a label as the field has it, or steps. What is neither is left to the config to refuse."""
    if re.fullmatch(r"[+-]\d{1,9}", written):
        return Step(int(written))
    for label in FIELDS[name].labels:
        if str(label).lower() == written.lower():
            return label
    try:
        return float(written) if FIELDS[name].number_range else written
    except ValueError:
        return written
