"""Frozen state: it comes back as it was, and bytes from elsewhere can make nothing but musical state."""

from __future__ import annotations

import os
import pickle
import subprocess
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentscore.config import MusicConfig
from latentscore.events import NoteEvent
from latentscore.freezing import freeze, thaw
from latentscore.randomness import Random
from latentscore.score.composer import Composer


def test_what_is_frozen_comes_back() -> None:
    random = Random(3, "test")
    random.word()
    note = NoteEvent("bass", 10, 20, 60.0, 0.5)
    state = {
        "config": MusicConfig(root="f"),
        "random": random,
        "notes": deque([note]),
        "set": {1, 2},
        "bytes": b"x",
    }
    back = thaw(freeze(state))
    assert back["config"] == state["config"]
    assert back["notes"] == state["notes"]
    assert (back["set"], back["bytes"]) == ({1, 2}, b"x")
    assert [back["random"].word() for _ in range(5)] == [random.word() for _ in range(5)]


@pytest.mark.parametrize(
    "array", [np.arange(5, dtype=np.float32), np.zeros((2, 0), np.int64), np.float64(3.5)]
)
def test_arrays_come_back_with_type_and_shape(array: Any) -> None:
    back = thaw(freeze(array))
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert np.array_equal(back, array)


def test_a_composer_goes_on_where_it_was() -> None:
    composer = Composer(MusicConfig(), 1, 44100)
    composer.next_bar()
    other = thaw(freeze(composer))
    assert [other.next_bar() for _ in range(3)] == [composer.next_bar() for _ in range(3)]


class Call:
    """Pickled, it asks for a call when it is read."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self._call = (function, arguments)

    def __reduce__(self) -> Any:
        return self._call


def named(module: str, name: str, *arguments: str) -> bytes:
    """A pickle that calls a name of a module, dots in the name included, as pickle itself would not write it."""
    parts = [b"\x80\x04"]
    for text in (module, name):
        parts.append(b"\x8c" + bytes([len(text)]) + text.encode())
    parts.append(b"\x93(")
    for text in arguments:
        parts.append(b"\x8c" + bytes([len(text)]) + text.encode())
    return b"".join([*parts, b"tR."])


def test_a_bomb_does_not_go_off(tmp_path: Path) -> None:
    target = tmp_path / "boom"
    command = f"touch {target}"
    bombs = [
        pickle.dumps(Call(os.system, command)),
        pickle.dumps(Call(subprocess.getoutput, command)),
        pickle.dumps(Call(eval, f"__import__('os').system({command!r})")),
        pickle.dumps({"notes": [Call(os.system, command)]}),
        named("os", "system", command),
        named("latentscore.randomness", "np.os.system", command),
        named("latentscore.score.composer", "Composer.__init__.__globals__", "a"),
        named("latentscore.engine.warmup", "subprocess.getoutput", command),
        named("latentscore.engine.warmup", "_start_helper"),
        named("latentscore.freezing", "import_module", "antigravity"),
        named("latentscore.output.files", "check_target", str(target)),
        named("numpy", "fromfile", str(target)),
        named("numpy.testing", "rundocs", str(target)),
        named("builtins", "getattr", "a", "b"),
    ]
    assert os.system(f"true # {target}") == 0
    for bomb in bombs:
        with pytest.raises(ValueError, match="not a frozen state"):
            thaw(bomb)
    assert not target.exists()
    pickle.loads(bombs[4])
    assert target.exists(), "these are live bombs: pickle alone sets them off"


FROZEN = freeze(
    {"config": MusicConfig(), "samples": np.arange(50.0), "notes": [NoteEvent("pad", 1, 2, 3.0, 0.5)] * 3}
)


@given(st.integers(0, len(FROZEN) - 1))
def test_a_beginning_is_refused(length: int) -> None:
    """Other damage is found by the checksum of a snapshot: numpy may crash on arrays that are not what they say."""
    with pytest.raises(ValueError):
        thaw(FROZEN[:length])


@pytest.mark.parametrize("data", [b"", b"RIFF", pickle.dumps(5)[:-1], FROZEN[:-1]])
def test_what_is_cut_off_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a frozen state"):
        thaw(data)
