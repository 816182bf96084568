"""The page about streams is true: its examples run, one after another, on a sound card that plays as fast as it can."""

from __future__ import annotations

import re
import sys
import threading
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "streams.md"


class Hasty(ModuleType):
    """The module `sounddevice` with a card that asks as fast as it is served."""

    class PortAudioError(Exception):
        """What it raises."""

    class CallbackStop(Exception):  # noqa: N818 - sounddevice's own name
        """Raised by a callback that has no more."""

    def query_devices(self, **_: Any) -> dict[str, Any]:
        """The only device."""
        return {"name": "hasty", "max_output_channels": 2}

    def OutputStream(self, **settings: Any) -> Any:  # noqa: N802 - sounddevice's own name
        """Open it."""
        over = threading.Event()

        def run() -> None:
            try:
                while not over.wait(0.0005):
                    settings["callback"](np.empty((512, settings["channels"]), np.float32), 512, None, None)
            except self.CallbackStop:
                settings["finished_callback"]()

        thread = threading.Thread(target=run, daemon=True)
        return SimpleNamespace(latency=0.0, start=thread.start, abort=over.set, close=thread.join)


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
