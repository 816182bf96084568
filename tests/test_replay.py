"""Replay: every kind of file gives its music again, bit for bit, or says that it can't promise that."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

import latentscore as ls
from latentscore.output import recipes
from latentscore.output.files import FORMATS, write_audio
from latentscore.output.recipes import BackendRecipe, MadeWith, RenderRecipe, SessionRecipe
from latentscore.output.tags import RECIPE, read_tags

VIBE = "rain on a tin roof"
OPTIONS: dict[str, dict[str, Any]] = {
    "mono": {},
    "fast and faded": {"fade_out": 0.5, "sample_rate": 48000, "channels": 2, "seed": 2**63 - 1},
    "ending": {"ending": True, "update": ls.MusicConfigUpdate(tempo=200.0, density=ls.Step(+1))},
    "neural": {"model": "neural", "channels": 2},
    "loop": {"loop_bars": 1, "update": ls.MusicConfigUpdate(tempo=240, space="dry")},
}


@pytest.fixture(scope="module")
def audio() -> ls.Audio:
    """One stereo render with stems."""
    return ls.render(VIBE, duration=1.0, channels=2, stems=True)


def data_of(path: Path) -> NDArray[Any]:
    """The integers in a lossless file."""
    return soundfile.read(path, dtype="int32")[0]


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_gives_the_samples_before_encoding(audio: ls.Audio, tmp_path: Path, suffix: str) -> None:
    path = audio.save(tmp_path / f"a{suffix}")
    again = ls.replay(path)
    np.testing.assert_array_equal(again.samples, audio.samples)
    assert again.samples.dtype == np.float32
    assert (again.config, again.seed, again.vibe) == (audio.config, audio.seed, VIBE)
    assert (again.recipe, again.substitutions) == (audio.recipe, ())
    assert again.save(tmp_path / f"b{suffix}").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", OPTIONS)
def test_every_way_of_rendering(tmp_path: Path, name: str) -> None:
    length = {} if "loop_bars" in OPTIONS[name] else {"duration": 0.75}
    made = ls.render(VIBE, **length, **OPTIONS[name])
    again = ls.replay(str(made.save(tmp_path / "a.ogg")))
    np.testing.assert_array_equal(again.samples, made.samples)
    assert (again.config, again.seed, again.sample_rate) == (made.config, made.seed, made.sample_rate)


def test_a_config_and_a_blend_and_each_variant(tmp_path: Path) -> None:
    contents: list[Any] = [ls.MusicConfig(tempo="fast"), {"rain": 0.7, "neon city": 0.3}]
    for content in contents:
        for take in ls.render(content, variants=2, duration=0.3):
            again = ls.replay(take.save(tmp_path / "a.wav"))
            np.testing.assert_array_equal(again.samples, take.samples)
            assert (again.seed, again.vibe) == (take.seed, take.vibe)


def test_stems_and_a_replay_of_one_alone(audio: ls.Audio, tmp_path: Path) -> None:
    assert audio.stems is not None
    for path in audio.save_stems(tmp_path, ".flac"):
        if path.stem in ("pad", "returns", "premaster"):
            again = ls.replay(path)
            np.testing.assert_array_equal(again.samples, audio.stems[path.stem].samples)
            np.testing.assert_array_equal(data_of(again.save(tmp_path / "again.flac")), data_of(path))


@pytest.mark.parametrize(("suffix", "bits"), [(".wav", 16), (".wav", 24), (".wav", 32), (".flac", 16)])
def test_the_dither_is_the_same(audio: ls.Audio, tmp_path: Path, suffix: str, bits: int) -> None:
    path = audio.save(tmp_path / f"a{suffix}", bits=bits)
    assert ls.replay(path).save(tmp_path / f"b{suffix}", bits=bits).read_bytes() == path.read_bytes()


def test_a_recipe_names_everything_that_decides_the_samples(audio: ls.Audio, tmp_path: Path) -> None:
    told = json.loads(read_tags(audio.save(tmp_path / "a.mp3"))[RECIPE])
    assert told["kind"] == "render"
    assert ls.MusicConfig.model_validate(told["config"]) == audio.config
    assert set(told["config"]) == set(audio.config.labels()), "defaults are written out: they may change"
    assert (told["seed"], told["vibe"], told["n_frames"]) == (audio.seed, VIBE, 44100)
    assert set(told["made_with"]) == {"latentscore", "engine", "numba", "machine"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"engine": -1}, "version -1 of the engine made it.*sound different"),
        ({"numba": "0.1"}, r"numba 0\.1 instead of .*last bits"),
        ({"machine": "abacus"}, "machine abacus instead of .*last bits"),
    ],
)
def test_another_version_is_said_to_be_one(
    audio: ls.Audio, tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    assert audio.recipe is not None
    other = audio.recipe.made_with.model_copy(update=change)
    recipe = audio.recipe.model_copy(update={"made_with": other})
    write_audio(tmp_path / "a.wav", [audio.samples], 44100, 2, 0, recipe=recipe)
    with pytest.warns(ls.CapabilityWarning, match=f"a.wav: .*{says}"):
        again = ls.replay(tmp_path / "a.wav")
    assert len(again.substitutions) == 1


PLUG_IN = """
import numpy as np
from latentscore.backends.backend import Made

class Hum:
    name, max_duration_s = "hum:low", 10.0

    def checked_options(self, options):
        return dict(options)

    def make(self, order, on_progress):
        n = round(order.duration_s * 32000) + 1
        tone = np.sin(np.arange(n) * order.options.get("pitch", 0.01) + order.seed)
        return Made(0.5 * tone[None].astype(np.float32), 32000)

def open_hum(rest):
    return Hum()
"""


@pytest.fixture
def hum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An audio backend in an installed package."""
    (tmp_path / "hum_backend.py").write_text(PLUG_IN)
    about = tmp_path / "hum_backend-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: hum-backend\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[latentscore.backends]\nhum = hum_backend:open_hum\n")
    monkeypatch.syspath_prepend(tmp_path)
    return "hum:low"


def test_a_backend_is_asked_again_but_promises_nothing(hum: str, tmp_path: Path) -> None:
    options = {"pitch": 0.02}
    made = ls.render(VIBE, model=hum, duration=0.5, seed=4, sample_rate=48000, fade_out=0.1, options=options)
    path = made.save(tmp_path / "a.flac")
    with pytest.warns(ls.CapabilityWarning, match="hum:low made it, and nothing promises"):
        again = ls.replay(path)
    np.testing.assert_array_equal(again.samples, made.samples)  # this one could have promised it
    assert again.recipe == made.recipe
    assert len(again.substitutions) == 1


def test_a_backend_that_is_not_here_is_named(tmp_path: Path) -> None:
    recipe = BackendRecipe(
        seed=4, sample_rate=44100, channels=1, n_frames=100, vibe=VIBE, model="nowhere:x", arguments={}
    )
    write_audio(tmp_path / "a.flac", [np.zeros(100, np.float32)], 44100, 1, 4, recipe=recipe)
    with (
        pytest.warns(ls.CapabilityWarning, match="nowhere:x"),
        pytest.raises(ls.ModelNotAvailableError, match="nowhere"),
    ):
        ls.replay(tmp_path / "a.flac")


def test_a_log_that_makes_no_sense_is_a_format_error(tmp_path: Path) -> None:
    recipe = SessionRecipe(seed=4, sample_rate=44100, channels=1, n_frames=100, log=["nonsense"])
    write_audio(tmp_path / "a.flac", [np.zeros(100, np.float32)], 44100, 1, 4, recipe=recipe)
    with pytest.raises(ls.FileFormatError, match=r"a\.flac"):
        ls.replay(tmp_path / "a.flac")


def test_what_would_not_fit_into_memory_is_refused(audio: ls.Audio, tmp_path: Path) -> None:
    assert audio.recipe is not None
    recipe = audio.recipe.model_copy(update={"n_frames": 25 * 3600 * 44100})
    write_audio(tmp_path / "a.wav", [audio.samples], 44100, 2, 0, recipe=recipe)
    with pytest.raises(ls.FileFormatError, match=r"a\.wav.*25\.0 hours are too long"):
        ls.replay(tmp_path / "a.wav")


def test_streams_and_sessions_replay_from_their_log(tmp_path: Path) -> None:
    stream = ls.stream(VIBE, ls.MusicConfig(tempo="fast", rhythm="soft_four"), duration=1.0, transition=0.5)
    collected = stream.collect()
    saved = ls.replay(stream.save(tmp_path / "stream.ogg"))
    np.testing.assert_array_equal(saved.samples, collected.samples)
    path = collected.save(tmp_path / "a.wav")
    again = ls.replay(path)
    np.testing.assert_array_equal(again.samples, collected.samples)
    assert again.save(tmp_path / "b.wav").read_bytes() == path.read_bytes()


def test_live_streams_playlists_and_async_renders_replay(tmp_path: Path) -> None:
    def vibes() -> Iterator[ls.Streamable]:
        yield ls.Streamable("rain", duration=0.4)
        yield ls.Streamable("neon city", duration=0.4, transition_duration=0.2)

    path = ls.live(vibes()).save(tmp_path / "live.ogg")
    np.testing.assert_array_equal(ls.replay(path).samples, ls.live(vibes()).collect().samples)

    made = ls.Playlist(
        tracks=[ls.Track("rain", duration=0.4), ls.Track("sea", duration=0.3, transition=0.1)]
    ).render()
    np.testing.assert_array_equal(ls.replay(made.save(tmp_path / "list.wav")).samples, made.samples)

    made = asyncio.run(ls.arender("rain", duration=0.3))
    np.testing.assert_array_equal(ls.replay(made.save(tmp_path / "async.flac")).samples, made.samples)


def test_an_unsteady_run_replays(tmp_path: Path) -> None:
    with ls.session(seed=5, channels=2, transition=0.2) as session:
        session.set(VIBE)
        blocks = [session.read(10_000)]
        session.set(ls.MusicConfigUpdate(brightness=ls.Step(+1)))
        session.mute("pad")
        blocks.append(session.read(7))
        session.set(ls.MusicConfig(space="dry", melody="rising"))
        blocks.append(session.read(40_001))
        recipe = SessionRecipe(
            seed=5,
            sample_rate=44100,
            channels=2,
            n_frames=50_008,
            log=json.loads(json.dumps(session.log)),
        )
    write_audio(tmp_path / "a.opus", blocks, 44100, 2, 5, recipe=recipe)
    np.testing.assert_array_equal(ls.replay(tmp_path / "a.opus").samples, np.concatenate(blocks))


def test_what_is_no_recipe_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "other.wav", np.zeros(100), 44100)
    with pytest.raises(ls.FileFormatError, match=r"other\.wav.*no recipe"):
        ls.replay(tmp_path / "other.wav")
    with pytest.raises(ls.OutputError, match=r"missing\.wav"):
        ls.replay(tmp_path / "missing.wav")


def test_the_versions_are_those_that_run() -> None:
    from importlib import metadata

    from latentscore.engine.version import ENGINE_VERSION

    here = MadeWith.here()
    assert (here.latentscore, here.engine) == (ls.__version__, ENGINE_VERSION)
    assert here.numba == metadata.version("numba")


def test_save_wav_keeps_a_recipe_and_takes_chunks(audio: ls.Audio, tmp_path: Path) -> None:
    path = ls.save_wav(tmp_path / "a.wav", audio)
    np.testing.assert_array_equal(ls.replay(path).samples, audio.samples)

    def chunks() -> Iterator[NDArray[np.float32]]:
        for first in range(0, len(audio), 1000):
            yield audio.samples[first : first + 1000]

    for content in (audio.samples, chunks(), [audio.samples.astype(np.float64)]):
        ls.save_wav(tmp_path / "b.wav", content, bits=32)
        read, rate = soundfile.read(tmp_path / "b.wav", dtype="float32")
        assert rate == 44100
        np.testing.assert_array_equal(read, audio.samples)


def test_save_wav_keeps_the_rate_and_the_log_of_a_stream(tmp_path: Path) -> None:
    stream = ls.stream("rain", duration=0.5, sample_rate=48000)
    path = ls.save_wav(tmp_path / "a.wav", stream)
    assert soundfile.info(path).samplerate == 48000
    np.testing.assert_array_equal(ls.replay(path).samples, stream.collect().samples)


def test_save_wav_refuses_what_is_no_sound(tmp_path: Path) -> None:
    mono, stereo = np.zeros(5, np.float32), np.zeros((5, 2), np.float32)
    for wrong in ([], np.zeros(5, np.int16), np.zeros((5, 3)), np.float64(1), [stereo, mono]):
        with pytest.raises(ls.InvalidConfigError, match="audio_or_chunks"):
            ls.save_wav(tmp_path / "a.wav", wrong)
    with pytest.raises(ls.InvalidConfigError, match="finite"):
        ls.save_wav(tmp_path / "a.wav", [mono, mono * np.float32(np.nan)])
    for rate in (0, -5, 44100.5, True, 2**32):
        with pytest.raises(ls.InvalidConfigError, match="sample_rate"):
            ls.save_wav(tmp_path / "a.wav", mono, sample_rate=rate)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ls.FileFormatError, match=r"writes \.wav"):
        ls.save_wav(tmp_path / "a.flac", mono)
    assert not list(tmp_path.iterdir())


def test_all_kinds_of_recipes_survive_json() -> None:
    common: dict[str, Any] = {"seed": 0, "sample_rate": 48000, "channels": 1, "n_frames": 5}
    for recipe in (
        RenderRecipe(**common, config=ls.MusicConfig(tempo=30 + 1 / 3), fade_out_s=0.1 + 0.2),
        SessionRecipe(**common, log=[[1, 0.1 + 0.2, None, {"a": "b"}]]),
        BackendRecipe(**common, model="m", arguments={"x": [True]}),
    ):
        assert recipes.parse(recipe.to_json()) == recipe
