"""The kernel decorator: compiles, caches or not, and has a plain Python twin."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from latentscore.dsp import jit
from latentscore.dsp.ticks import TICK, n_ticks

SOURCE = "def double(x):\n    for i in range(x.size):\n        x[i] *= 2.0\n"


def _without_file() -> Any:
    # numba finds no folder to cache a function whose file does not exist
    names: dict[str, Any] = {"__name__": "nowhere"}
    exec(compile(SOURCE, "<nowhere>", "exec"), names)
    return names["double"]


def test_a_kernel_that_cannot_be_cached_works_and_says_so_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jit, "_told_uncached", False)
    with caplog.at_level(logging.DEBUG, logger=jit.__name__):
        kernels = [jit.kernel(_without_file()) for _ in range(2)]
    assert [record.levelname for record in caplog.records if record.name == jit.__name__] == ["DEBUG"]
    x = np.ones(3, np.float32)
    kernels[0](x)
    assert x.tolist() == [2.0, 2.0, 2.0]


def test_a_kernel_cannot_allocate() -> None:
    @jit.kernel
    def allocate(x: Any) -> Any:
        return np.zeros(3)[0] + x[0]

    with pytest.raises(Exception, match="zeros"):
        allocate(np.ones(1))


def test_a_helper_is_plain_python_outside_kernels() -> None:
    @jit.helper
    def twice(x: Any) -> Any:
        return x + x

    assert twice("ab") == "abab"


def test_ticks_cover_all_frames() -> None:
    assert [n_ticks(n) for n in (0, 1, TICK, TICK + 1)] == [0, 1, 1, 2]


def test_kernels_run_as_plain_python(run_python: Any) -> None:
    # Two ticks of each effect, jitted here and interpreted there.
    script = """
import numpy as np
from latentscore.dsp.ticks import TICK
from latentscore.effects.registry import SendEntry, effects
from latentscore.engine.master import Master
for name, entry in effects().items():
    effect = entry.factory(44_100)
    for block in range(4):
        audio = (np.sin(np.arange(2 * TICK) + block)[None, :] * [[0.5], [0.4]]).astype(np.float32)
        controls = np.tile(np.array([c.default for c in entry.controls], np.float32), (3, 1))
        if name == "echo":
            controls[:, 0] = 100
        out = np.zeros_like(audio)
        if isinstance(entry, SendEntry):
            effect.process(audio, controls, out)
        else:
            effect.process(audio, controls)
            out = audio
    print(name, *np.abs(out).sum(axis=1))
audio = np.full((2, 2 * TICK), 2.0, np.float32)
Master(44_100).process(audio, np.ones(3, np.float32), audio)
print("master", *audio[:, -1])
"""

    def numbers(env: dict[str, str]) -> dict[str, list[float]]:
        result = run_python("-c", script, env=env)
        assert result.returncode == 0, result.stderr
        lines = [line.split() for line in result.stdout.splitlines()]
        return {line[0]: [float(x) for x in line[1:]] for line in lines}

    jitted, plain = numbers({}), numbers({"NUMBA_DISABLE_JIT": "1"})
    assert jitted.keys() == plain.keys()
    for name in jitted:
        assert plain[name] == pytest.approx(jitted[name], rel=1e-3, abs=1e-6), name


def test_machine_code_belongs_to_the_text_of_all_kernels_and_helpers(tmp_path: Path, run_python: Any) -> None:
    """Another text of any of them, and what is on disk is not loaded but compiled anew."""
    source = tmp_path / "one_kernel.py"
    source.write_text(
        "from latentscore.dsp import jit\n"
        "import sys\n"
        "if sys.argv[1:]: jit._text_of_all = lambda: sys.argv[1]\n"
        "@jit.kernel\n"
        "def double(x):\n"
        "    return x + x\n"
        "double(1)\n"
        "print(sum(double.stats.cache_hits.values()), sum(double.stats.cache_misses.values()))\n"
    )
    run = [
        run_python(str(source), *more, cwd=tmp_path).stdout.split() for more in ([], [], ["other"], ["other"])
    ]
    assert run == [["0", "1"], ["1", "0"], ["0", "1"], ["1", "0"]]
