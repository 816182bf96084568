"""The page about streams is true: its examples run, one after another, on a sound card that plays as fast as it can."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from stream_kit import Hasty

PAGE = Path(__file__).resolve().parents[2] / "docs" / "streams.md"


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "sounddevice", Hasty("sounddevice"))
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(blocks) >= 9
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec("import latentscore as ls", namespace)
    for block in blocks:
        exec(compile(block, "streams.md", "exec"), namespace)
    assert {path.name for path in tmp_path.iterdir()} == {"day.flac", "ferry.wav", "journey.wav"}
