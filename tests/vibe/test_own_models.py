"""Models of a user's own and of other packages, and the bridge that asks them from any thread."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

import latentscore as ls
from latentscore.vibe import bridge
from latentscore.vibe.content import aresolve, resolve
from latentscore.vibe.models import MODELS, check_model, close_model, name_of, open_model, read, warm_up

VIBE = "rain on a tin roof"
CONFIG = ls.MusicConfig(bass="walking", rhythm="brush")
SAID = ls.GenerateResult("A Walk", "Since it rains.", CONFIG)


class Async:
    """Async, with all that is optional; it notes how it is used."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.threads: set[int] = set()

    async def warmup(self) -> None:
        self.calls.append("warmup")

    async def generate(self, vibe: str) -> ls.GenerateResult:
        await asyncio.sleep(0)
        self.calls.append(vibe)
        self.threads.add(threading.get_ident())
        return SAID

    async def close(self) -> None:
        self.calls.append("close")


class Sync:
    """The least that will do."""

    def generate(self, vibe: str) -> ls.MusicConfig:
        return CONFIG


def test_an_async_model_of_your_own() -> None:
    model = Async()
    assert isinstance(model, ls.VibeModel)
    audio = ls.render(VIBE, duration=0.02, model=model)
    assert (audio.config, audio.metadata, audio.match) == (CONFIG, SAID, None)
    assert model.calls == ["warmup", VIBE]
    asyncio.run(close_model(model))
    assert model.calls[-1] == "close"


def test_a_sync_model_of_your_own() -> None:
    audio = ls.render(VIBE, duration=0.02, model=Sync())
    assert (audio.config, audio.metadata) == (CONFIG, None)
    assert ls.score(VIBE, duration=1.0, model=Sync()).config == CONFIG


def test_render_asks_in_one_thread_and_arender_in_the_callers_loop() -> None:
    model = Async()
    for _ in range(2):
        resolve(VIBE, model=model)
    assert len(model.threads) == 1
    assert threading.get_ident() not in model.threads
    model.threads.clear()
    asyncio.run(ls.arender(VIBE, duration=0.02, model=model))
    assert model.threads == {threading.get_ident()}


def test_hooks_are_told_the_models_name() -> None:
    told: list[str] = []
    ls.render(VIBE, duration=0.02, model=Sync(), hooks=ls.RenderHooks(on_model_start=told.append))
    assert told == ["Sync"]
    assert name_of(ls.ExternalModelSpec("gpt-4o-mini")) == "external:gpt-4o-mini"
    assert name_of("fast") == "fast"


def test_a_sync_model_does_not_block_the_callers_loop() -> None:
    asked, go_on = threading.Event(), threading.Event()

    class Slow:
        def generate(self, vibe: str) -> ls.MusicConfig:
            asked.set()
            assert go_on.wait(30), "the loop never ran"
            return CONFIG

    async def main() -> ls.MusicConfig:
        task = asyncio.create_task(aresolve(VIBE, model=Slow()))
        while not asked.is_set():
            await asyncio.sleep(0.001)
        go_on.set()
        return (await task).config

    assert asyncio.run(main()) == CONFIG


def test_cancelling_reaches_an_async_model() -> None:
    begun: list[str] = []
    ended: list[str] = []

    class Endless:
        async def generate(self, vibe: str) -> ls.MusicConfig:
            begun.append(vibe)
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(vibe)
            return CONFIG

    async def main() -> None:
        task = asyncio.create_task(aresolve({"rain": 1.0, "sea": 1.0}, model=Endless()))
        while len(begun) < 2:
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert sorted(ended) == ["rain", "sea"]


def test_the_first_vibe_of_a_blend_that_fails_ends_the_others() -> None:
    ended: list[str] = []

    class Half:
        async def generate(self, vibe: str) -> ls.MusicConfig:
            if vibe == "sea":
                raise RuntimeError("no sea")
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(vibe)
            return CONFIG

    with pytest.raises(ls.LLMInferenceError, match="Half raised RuntimeError: 'no sea'"):
        resolve({"rain": 1.0, "sea": 1.0}, model=Half())
    bridge.run(asyncio.sleep(0))  # let the cancelled one end
    assert ended == ["rain"]


def test_what_a_model_makes_wrong_is_no_fault_of_the_caller() -> None:
    class Careless:
        async def generate(self, vibe: str) -> ls.MusicConfig:
            return ls.MusicConfig(bass="banjo")  # type: ignore[arg-type]

    with pytest.raises(ls.ConfigGenerateError, match="Careless: bass must be one of"):
        resolve(VIBE, model=Careless())


def test_a_model_that_blocks_on_another_is_told_instead_of_hanging() -> None:
    class Nested:
        async def generate(self, vibe: str) -> ls.MusicConfig:
            return resolve(vibe, model=Async()).config

    with pytest.raises(ls.StreamStateError, match="await arender"):
        resolve(VIBE, model=Nested())

    class Plain:
        def generate(self, vibe: str) -> ls.MusicConfig:
            return resolve(vibe, model=Async()).config

    assert resolve(VIBE, model=Plain()).config == CONFIG


@pytest.mark.parametrize("model", [None, 3, object(), ls.MusicConfig(), Sync, "no such", "FAST", ":", ""])
def test_anything_else_is_refused(model: Any) -> None:
    with pytest.raises(ls.ModelNotAvailableError, match="model must be"):
        check_model(model)


def test_names_open_once_and_take_what_they_take() -> None:
    assert MODELS.names()[:4] == ("fast", "neural", "external", "expressive")
    assert open_model("fast") is open_model("fast")
    with pytest.raises(ls.ModelNotAvailableError, match="'fast' takes nothing after its name"):
        read("fast:large", [VIBE])
    with pytest.raises(ls.ModelNotAvailableError, match="must be one of 'fast'"):
        ls.explain(VIBE, model="external:gpt-4o-mini")


PLUGIN = """
import latentscore as ls

class Model:
    def __init__(self, rest):
        self.rest = rest
    async def close(self):
        if self.rest == "to be closed":
            print("closed")
    def generate(self, vibe):
        return ls.GenerateResult(str(self.rest), vibe, ls.MusicConfig(bass="octave"))

def broken(rest):
    raise RuntimeError("broken factory")
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package on the path, as pip would install it, that registers models."""
    (tmp_path / "a_plugin.py").write_text(PLUGIN, "utf-8")
    info = tmp_path / "a_plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: a-plugin\nVersion: 1.0\n", "utf-8")
    lines = [
        "octaves = a_plugin:Model",
        "broken = a_plugin:broken",
        "absent = a_plugin:nothing",
        "fast = a_plugin:Model",
    ]
    (info / "entry_points.txt").write_text("\n".join(["[latentscore.models]", *lines]), "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.usefixtures("plugin")
def test_a_package_registers_a_model_by_name() -> None:
    assert MODELS.names()[-3:] == ("absent", "broken", "octaves")
    audio = ls.render(VIBE, duration=0.02, model="octaves:low")
    assert audio.config.bass == "octave"
    assert audio.metadata is not None
    assert (audio.metadata.title, audio.metadata.thinking) == ("low", VIBE)
    assert open_model("octaves:low") is open_model("octaves:low") is not open_model("octaves")
    assert open_model("octaves").rest is None  # type: ignore[attr-defined]
    assert resolve(VIBE, model="fast").match is not None  # a name that ships can't be taken


CLOSING = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from latentscore.vibe.content import aresolve, resolve
if sys.argv[2] == "sync":
    resolve("rain", model="octaves:to be closed")
    resolve("sea", model="octaves:to be closed")
else:
    asyncio.run(aresolve("rain", model="octaves:to be closed"))
"""


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize("way", ["sync", "async"])
def test_a_model_opened_by_name_is_closed_at_the_end(way: str, tmp_path: Path, run_python: Any) -> None:
    done = run_python("-c", CLOSING, str(tmp_path), way)
    assert (done.returncode, done.stdout, done.stderr) == (0, "closed\n", "")


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize(("name", "words"), [("broken", "broken factory"), ("absent", "can't be loaded")])
def test_a_plugin_that_fails_is_told_and_falls_back(name: str, words: str) -> None:
    with pytest.raises(ls.ModelNotAvailableError, match=words):
        resolve(VIBE, model=name)
    assert resolve(VIBE, model=name, fallback=CONFIG).config == CONFIG


def test_warming_up_is_awaited_and_its_failure_told() -> None:
    model = Async()
    asyncio.run(warm_up(model))
    assert model.calls == ["warmup"]

    class NoWeights(Sync):
        def warmup(self) -> None:
            raise OSError("no weights")

    with pytest.raises(ls.LLMInferenceError, match="NoWeights raised OSError"):
        resolve(VIBE, model=NoWeights())


INTERRUPTED = """
import asyncio, _thread, signal, threading, time
from latentscore.vibe import bridge
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by a shell's jobs in the background
state = []
async def endless():
    threading.Timer(0.3, _thread.interrupt_main).start()
    try:
        await asyncio.Event().wait()
    finally:
        state.append("cancelled")
try:
    bridge.run(endless())
except KeyboardInterrupt:
    state.append("interrupted")
bridge.run(asyncio.sleep(0))
print(sorted(state))
async def left_over():
    asyncio.ensure_future(endless_two())
async def endless_two():
    try:
        await asyncio.Event().wait()
    finally:
        print("ended at exit", flush=True)
bridge.run(left_over())
"""


def test_an_interrupt_cancels_and_the_end_of_the_process_ends_all(run_python: Any) -> None:
    done = run_python("-X", "dev", "-W", "error", "-c", INTERRUPTED)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["['cancelled', 'interrupted']", "ended at exit"]
