"""`arender` and hooks: concurrent, cancellable, and told in order."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Any

import numpy as np
import pytest

import latentscore as ls

VIBE = "warm sunset over water"
NAMES = (
    "on_start",
    "on_model_start",
    "on_model_end",
    "on_synth_start",
    "on_progress",
    "on_synth_end",
    "on_end",
    "on_error",
)


class Diary:
    """Hooks that write down every call."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.threads: set[int] = set()
        self.hooks = ls.RenderHooks(**{name: self._writer(name) for name in NAMES})

    def _writer(self, name: str) -> Any:
        def write(*arguments: Any) -> None:
            self.calls.append((name, arguments))
            self.threads.add(threading.get_ident())

        return write

    @property
    def names(self) -> list[str]:
        """Names in the order of the calls, repeats of one folded."""
        names = [name for name, _ in self.calls]
        return [name for k, name in enumerate(names) if k == 0 or names[k - 1] != name]

    def of(self, name: str) -> list[Any]:
        """First arguments of every call of a hook."""
        return [arguments[0] for called, arguments in self.calls if called == name]


def test_hooks_are_called_in_order() -> None:
    diary = Diary()
    audio = ls.render(VIBE, duration=2.2, hooks=diary.hooks)
    assert diary.names == [name for name in NAMES if name != "on_error"]
    assert diary.of("on_model_start") == ["fast"]
    assert diary.of("on_model_end") == [audio.config]
    assert diary.of("on_end") == [audio]
    shares = diary.of("on_progress")
    assert len(shares) == 5  # every half second, and the rest
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert diary.threads == {threading.get_ident()}


def test_every_variant_is_told() -> None:
    diary = Diary()
    takes = ls.render(VIBE, duration=0.2, variants=2, hooks=diary.hooks)
    assert diary.of("on_end") == takes
    assert [name for name, _ in diary.calls].count("on_synth_start") == 2
    assert [name for name, _ in diary.calls].count("on_start") == 1


def test_a_hook_that_raises_never_stops_the_audio(caplog: pytest.LogCaptureFixture) -> None:
    def broken(*arguments: Any) -> None:
        raise RuntimeError("broken hook")

    hooks = ls.RenderHooks(**dict.fromkeys(NAMES, broken))
    with caplog.at_level(logging.ERROR, logger="latentscore"):
        audio = ls.render(VIBE, duration=0.3, hooks=hooks)
    assert np.array_equal(audio.samples, ls.render(VIBE, duration=0.3).samples)
    assert {record.args[0] for record in caplog.records if record.args} >= {
        "on_start",
        "on_progress",
        "on_end",
    }
    assert "broken hook" in caplog.text


def test_an_error_is_told_and_raised() -> None:
    diary = Diary()
    with pytest.raises(ls.InvalidConfigError) as told:
        ls.render("   ", hooks=diary.hooks)
    assert diary.names == ["on_start", "on_model_start", "on_error"]
    assert diary.of("on_error") == [told.value]


def test_arender_gives_the_same_samples_beside_others() -> None:
    vibes = [VIBE, "rain on a tin roof", "neon city at night"]

    async def main() -> list[ls.Audio]:
        return list(await asyncio.gather(*(ls.arender(vibe, duration=2.0, channels=2) for vibe in vibes)))

    for vibe, audio in zip(vibes, asyncio.run(main()), strict=True):
        assert np.array_equal(audio.samples, ls.render(vibe, duration=2.0, channels=2).samples)


def test_arender_takes_what_render_takes() -> None:
    async def main() -> list[ls.Audio]:
        return await ls.arender(
            {"rain": 1.0, "sea": 2.0}, variants=2, duration=0.2, sample_rate=48000, stems=True
        )

    first, second = asyncio.run(main())
    assert first.sample_rate == second.sample_rate == 48000
    assert first.stems is not None
    assert first.seed != second.seed


def test_arender_refuses_what_render_refuses() -> None:
    for options, kind in (
        ({"duration": 0}, ls.InvalidConfigError),
        ({"model": "x"}, ls.ModelNotAvailableError),
    ):
        with pytest.raises(kind):
            asyncio.run(ls.arender(VIBE, **options))
    with pytest.raises(ls.InvalidConfigError, match="not blank"):
        asyncio.run(ls.arender(""))


def test_the_event_loop_stays_free() -> None:
    rendering = threading.Event()
    go_on = threading.Event()

    def wait_for_the_loop(share: float) -> None:
        rendering.set()
        assert go_on.wait(30), "the loop never ran while the render did"

    async def main() -> ls.Audio:
        hooks = ls.RenderHooks(on_progress=wait_for_the_loop)
        task = asyncio.create_task(ls.arender(VIBE, duration=0.6, hooks=hooks))
        while not rendering.is_set() and not task.done():
            await asyncio.sleep(0.001)
        go_on.set()
        return await task

    assert asyncio.run(main()).duration == 0.6


def test_cancelling_ends_the_render() -> None:
    diary = Diary()
    ended = threading.Event()
    hooks = ls.RenderHooks(
        on_progress=diary.hooks.on_progress,
        on_end=diary.hooks.on_end,
        on_error=lambda error: (diary.hooks.on_error and diary.hooks.on_error(error), ended.set()),
    )

    async def main() -> None:
        task = asyncio.create_task(ls.arender(VIBE, duration=3600, hooks=hooks))
        while not diary.of("on_progress") and not task.done():
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(ended.wait, 30)

    asyncio.run(main())
    assert "on_end" not in diary.names
    assert len(diary.of("on_error")) == 1
    assert diary.of("on_progress")[-1] < 0.5


def test_a_timeout_ends_the_render() -> None:
    ended = threading.Event()
    hooks = ls.RenderHooks(on_error=lambda error: ended.set())

    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(ls.arender(VIBE, duration=3600, hooks=hooks), timeout=0.2)
        assert await asyncio.to_thread(ended.wait, 30)

    asyncio.run(main())
