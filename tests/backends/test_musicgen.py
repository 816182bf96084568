"""`musicgen`: audio from real networks of random weights, as it was ordered, and what can't be honoured is told."""

from __future__ import annotations

import asyncio
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import latentscore as ls
from latentscore.backends.backend import BACKENDS, Made, Order
from latentscore.backends.takes import finished
from latentscore.vibe.text import seed_of

WHY = 'needs torch and transformers: pip install "latentscore[musicgen]"'
torch = pytest.importorskip("torch", reason=WHY)
pytest.importorskip("transformers", reason=WHY)

from tiny_models import save_musicgen  # noqa: E402

RATE = 32_000


@pytest.fixture(scope="module")
def mono(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"musicgen:{save_musicgen(tmp_path_factory.mktemp('models') / 'mono')}"


@pytest.fixture(scope="module")
def stereo(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"musicgen:{save_musicgen(tmp_path_factory.mktemp('models') / 'stereo', channels=2)}"


def test_a_render_is_as_ordered_and_can_be_made_again(mono: str) -> None:
    told: list[Any] = []
    hooks = ls.RenderHooks(
        on_start=lambda: told.append("start"),
        on_synth_start=lambda: told.append("synth"),
        on_progress=told.append,
        on_end=told.append,
    )
    torch.manual_seed(1)
    audio = ls.render("rain", model=mono, duration=0.3, hooks=hooks)
    mine = torch.rand(1)
    assert (audio.samples.shape, audio.sample_rate, audio.samples.dtype) == ((13_230,), 44_100, np.float32)
    assert np.ptp(audio.samples[2_000:9_000]) > 1e-4
    assert abs(audio.samples[0]) == abs(audio.samples[-1]) == 0.0
    assert (audio.config, audio.vibe, audio.substitutions) == (None, "rain", ())
    assert audio.seed == seed_of("rain")
    assert audio.recipe is not None
    assert (audio.recipe.kind, audio.recipe.model) == ("backend", mono)
    shares = told[2:-1]
    assert told[:2] == ["start", "synth"]
    assert told[-1] is audio
    assert shares == sorted(shares)
    assert len(set(shares)) > 5
    assert shares[-1] == 1.0

    torch.manual_seed(1)
    assert torch.equal(mine, torch.rand(1)), "the caller's generator was left alone"
    again = ls.render("rain", model=mono, duration=0.3, seed=audio.seed)
    assert np.array_equal(audio.samples, again.samples)
    takes = ls.render("rain", model=mono, duration=0.1, variants=2, sample_rate=48_000)
    assert [len(take) for take in takes] == [4_800, 4_800]
    assert not np.array_equal(takes[0].samples, takes[1].samples)


def test_a_file_can_be_replayed(mono: str, tmp_path: Path) -> None:
    audio = ls.render(
        "rain", model=mono, duration=0.1, seed=3, channels=1, fade_out=0.02, options={"top_k": 9}
    )
    with pytest.warns(ls.CapabilityWarning, match="nothing promises"):
        again = ls.replay(audio.save(tmp_path / "rain.wav"))
    assert np.array_equal(audio.samples, again.samples)


def test_only_render_takes_a_backend(mono: str) -> None:
    with pytest.raises(ls.ModelNotAvailableError, match="for render alone"):
        ls.score("rain", model=mono)
    with pytest.raises(ls.ModelNotAvailableError, match="for render alone"):
        ls.stream("rain", model=mono, duration=1).collect()


def test_options_reach_the_model(mono: str) -> None:
    """Greedy decoding does not depend on the seed; sampling does, and so does how it is told to sample."""
    greedy = [
        ls.render(
            "rain", model=mono, duration=0.1, seed=seed, options={"do_sample": False, "guidance_scale": 1}
        )
        for seed in (1, 2)
    ]
    assert np.array_equal(greedy[0].samples, greedy[1].samples)
    one_choice = ls.render(
        "rain", model=mono, duration=0.1, seed=5, options={"top_k": 1, "guidance_scale": 1}
    )
    assert np.allclose(one_choice.samples, greedy[0].samples, atol=1e-6)
    free = ls.render("rain", model=mono, duration=0.1, seed=5, options={"temperature": 2.0, "top_p": 0.9})
    assert not np.allclose(free.samples, greedy[0].samples, atol=1e-6)


def test_what_cannot_be_honoured_is_warned_of_and_listed(mono: str) -> None:
    asked: dict[str, Any] = {
        "config": ls.MusicConfig(),
        "update": ls.MusicConfigUpdate(space="dry"),
        "ending": True,
        "stems": True,
        "channels": 2,
    }
    with pytest.warns(ls.CapabilityWarning) as caught:
        audio = ls.render("rain", model=mono, duration=0.1, **asked)
    found = {warning.message.argument: warning.message for warning in caught}
    assert {name: warning.value for name, warning in found.items()} == asked
    assert all(warning.backend == mono and warning.reason for warning in found.values())
    assert audio.substitutions == tuple(str(warning.message) for warning in caught)
    assert audio.stems is None
    assert np.array_equal(audio.samples[:, 0], audio.samples[:, 1])


def test_a_stereo_model_gives_two_channels_without_a_warning(stereo: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        audio = ls.render("rain", model=stereo, duration=0.1, channels=2)
        mixed = ls.render("rain", model=stereo, duration=0.1, fade_out=0)
    assert audio.samples.shape == (4_410, 2)
    assert not np.array_equal(audio.samples[:, 0], audio.samples[:, 1])
    assert mixed.samples.shape == (4_410,)
    middle = slice(500, 3_000)
    assert np.allclose(mixed.samples[middle], audio.samples[middle].mean(axis=1), atol=1e-6)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"duration": 30.5}, r"duration must be at most 30 s with musicgen.*30\.5"),
        ({"options": {"top_q": 1}}, r"options must be one of 'guidance_scale'.*'top_q'"),
        ({"options": {"top_k": 1.5}}, r"options\['top_k'\] must be a whole number"),
        ({"options": {"temperature": 0}}, r"options\['temperature'\] must be a number above 0"),
        ({"options": {"temperature": float("nan")}}, r"options\['temperature'\]"),
        ({"options": {"top_p": 1.1}}, r"options\['top_p'\]"),
        ({"options": {"do_sample": 1}}, r"options\['do_sample'\] must be True or False"),
        ({"options": {"do_sample": False, "top_k": 5}}, r"options\['top_k'\] must be left out"),
        ({"options": "loud"}, "options must be a mapping"),
        ({"content": ls.MusicConfig()}, "vibe must be"),
        ({"content": {"rain": 1.0}}, "vibe must be"),
        ({"content": " "}, "vibe must be"),
        ({"model": "fast", "options": {"top_k": 5}}, "options must be left out"),
    ],
)
def test_refused_at_the_call(asked: dict[str, Any], message: str) -> None:
    arguments = {"content": "rain", "model": "musicgen:nobody/nothing", **asked}
    with pytest.raises(ls.InvalidConfigError, match=message):
        ls.render(arguments.pop("content"), **arguments)


def test_missing_weights_package_or_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mono: str) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ls.ModelNotAvailableError, match=r"latentscore download musicgen:some/model$"):
        ls.render("rain", model="musicgen:some/model", duration=0.1)
    with pytest.raises(ls.ModelNotAvailableError, match="after its name"):
        ls.render("rain", model="musicgen", duration=0.1)
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(ls.ModelNotAvailableError, match=r"pip install \"latentscore\[musicgen\]\""):
        BACKENDS.open("musicgen:fresh/one").make(
            Order(vibe="rain", duration_s=0.1, seed=1, options={}), lambda share: None
        )


@pytest.mark.parametrize(
    "fallback", ["embedding", ls.MusicConfig(space="vast"), ls.MusicConfigUpdate(space="vast")]
)
def test_a_fallback_is_rendered_and_told(fallback: Any) -> None:
    audio = ls.render("rain", model="musicgen:no/thing", duration=0.2, fallback=fallback, stems=True)
    assert audio.stems is not None, "the synthesizer honours what the backend could not"
    (told,) = audio.substitutions
    assert "musicgen:no/thing failed" in told
    if fallback == "embedding":
        assert audio.config == ls.explain("rain").config
    else:
        assert audio.config.space == "vast"


def test_cancelling_ends_the_generation(mono: str) -> None:
    steps = 0

    async def main() -> None:
        started = asyncio.Event()
        loop = asyncio.get_running_loop()

        def on_progress(share: float) -> None:
            nonlocal steps
            steps += 1
            loop.call_soon_threadsafe(started.set)

        hooks = ls.RenderHooks(on_progress=on_progress)
        task = asyncio.ensure_future(ls.arender("rain", model=mono, duration=10.0, hooks=hooks))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())  # joins the thread, which would otherwise work on for 500 steps
    assert steps < 100


@pytest.mark.parametrize("sample_rate", [44_100, 48_000])
def test_resampling_keeps_pitch_and_length(sample_rate: int) -> None:
    """A sine comes out as the same sine at the new rate; what is too loud is turned down, never clipped."""
    seconds = np.arange(RATE) / RATE
    made = Made(3.0 * np.sin(2 * np.pi * 441.0 * seconds, dtype=np.float64)[None].astype(np.float32), RATE)
    out = finished(made, sample_rate // 2, sample_rate=sample_rate, channels=1, fade_out_s=0.0)
    assert out.shape == (sample_rate // 2,)
    frames = np.arange(len(out))
    middle = slice(1_000, -1_000)
    expected = np.sin(2 * np.pi * 441.0 * frames / sample_rate)
    assert np.abs(out[middle] - expected[middle]).max() < 0.01
    assert np.abs(out).max() <= 1.0
