"""Tags: read back by mutagen and libsndfile, whatever their length, with the audio untouched."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import mutagen
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from latentscore import __version__
from latentscore.config import MusicConfig
from latentscore.errors import FileFormatError, OutputError
from latentscore.output import comments
from latentscore.output.files import FORMATS, write_audio
from latentscore.output.recipes import BackendRecipe, Recipe, RenderRecipe, SessionRecipe, parse, read_recipe
from latentscore.output.tags import RECIPE, read_tags

RATE = 48000
NOISE = np.random.default_rng(1).uniform(-0.25, 0.25, (RATE // 2, 2)).astype(np.float32)
COMMON: dict[str, Any] = {"seed": 2**63 - 1, "sample_rate": RATE, "channels": 2, "n_frames": len(NOISE)}
VIBE = 'Ōsaka\nrain, "quiet"'
RENDER = RenderRecipe(**COMMON, vibe=VIBE, model="fast", config=MusicConfig(tempo=92.5, space="vast"))
LOOP = RENDER.model_copy(update={"shape": "loop", "n_bars": 2})


def session(n_bytes: int) -> SessionRecipe:
    """A session whose log has about so many bytes that do not compress."""
    noise = random.Random(n_bytes).randbytes(n_bytes // 2).hex()
    return SessionRecipe(**COMMON, log=[{"at": 5, "set": "é", "number": 0.1, "noise": noise}, None])


RECIPES: dict[str, Recipe] = {
    "render": RENDER,
    "backend": BackendRecipe(**COMMON, model="x:y", arguments={"top_k": 5}),
    "empty": session(0),
    "60 kB": session(60_000),
    "70 kB": session(70_000),
    "3 MB": session(3_000_000),
}


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("suffix", FORMATS)
def test_the_recipe_comes_back_and_the_audio_is_whole(tmp_path: Path, suffix: str, name: str) -> None:
    plain, told = tmp_path / f"plain{suffix}", tmp_path / f"told{suffix}"
    write_audio(plain, [NOISE], RATE, 2, 5)
    write_audio(told, [NOISE], RATE, 2, 5, recipe=lambda: RECIPES[name])
    assert read_recipe(told) == RECIPES[name]
    np.testing.assert_array_equal(soundfile.read(told)[0], soundfile.read(plain)[0])
    if suffix != ".wav":  # where mutagen looks for an ID3 chunk, which is not what others read
        assert mutagen.File(told).info.length == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("suffix", FORMATS)
def test_other_readers_find_the_tags(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    write_audio(path, [NOISE], RATE, 2, RENDER.seed, recipe=RENDER)
    with soundfile.SoundFile(path) as file:
        assert file.title == 'Ōsaka rain, "quiet"'  # one line
        if suffix == ".wav":
            assert parse(file.comment) == RENDER
            assert file.software == f"LatentScore {__version__}"
    if suffix == ".mp3":
        tag = mutagen.File(path).tags
        named = {name: str(tag[f"TXXX:{name}"]) for name in ("VIBE", "SEED", RECIPE)}
        named |= {"ENCODER": str(tag["TSSE"])}
    elif suffix != ".wav":
        named = {name.upper(): value for name, (value,) in mutagen.File(path).tags.as_dict().items()}
    else:
        return
    assert named["VIBE"] == VIBE
    assert named["SEED"] == str(RENDER.seed)
    assert named["ENCODER"] == f"LatentScore {__version__}"
    assert parse(named[RECIPE]) == RENDER


@pytest.mark.parametrize("suffix", [".flac", ".ogg", ".opus"])
def test_loop_points_are_tags(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    write_audio(path, [NOISE], RATE, 2, 0, recipe=LOOP)
    tags = mutagen.File(path).tags
    assert (tags["LOOPSTART"], tags["LOOPLENGTH"]) == (["0"], [str(len(NOISE))])
    write_audio(path, [NOISE], RATE, 2, 0, recipe=RENDER)
    assert "LOOPSTART" not in mutagen.File(path).tags


def test_loop_points_in_a_wav_as_libsndfile_sees_them(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write_audio(path, [NOISE], RATE, 2, 0, recipe=LOOP)
    with soundfile.SoundFile(path) as file:
        # SFC_GET_INSTRUMENT fills an SF_INSTRUMENT: gain, then notes and velocities as bytes, then loops
        found = bytearray(16 + 16 * 16)
        buffer = soundfile._ffi.from_buffer(found)
        assert soundfile._snd.sf_command(file._file, 0x10D0, buffer, len(found)) == 1
    numbers = np.frombuffer(found, dtype="<u4")
    assert numbers[3] == 1  # one loop
    forward, endless = 801, 0
    assert numbers[4:8].tolist() == [forward, 0, len(NOISE), endless]  # its end is exclusive there


def test_a_file_without_a_recipe_says_so(tmp_path: Path) -> None:
    for suffix in FORMATS:
        path = tmp_path / f"a{suffix}"
        write_audio(path, [NOISE], RATE, 2, 5)
        assert read_tags(path)["TITLE"] == "LatentScore"
        with pytest.raises(FileFormatError, match=f"a{suffix}.*no recipe"):
            read_recipe(path)


def test_files_of_others_are_told_by_name(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "plain.wav", NOISE, RATE)
    soundfile.write(tmp_path / "plain.ogg", NOISE, RATE)
    (tmp_path / "text.wav").write_text("not audio")
    (tmp_path / "empty.wav").write_bytes(b"")
    for name in ("plain.wav", "plain.ogg", "text.wav", "empty.wav"):
        with pytest.raises(FileFormatError, match=name):
            read_recipe(tmp_path / name)
    for name in ("missing.wav", "."):
        with pytest.raises(OutputError, match="can't be read"):
            read_recipe(tmp_path / name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"kind": "render"}',
        '{"kind": "other"}',
        RENDER.to_json().replace('"recipe":1', '"recipe":2'),
        RENDER.to_json().replace('"vast"', '"huge"'),
        RENDER.to_json().replace('"piece"', '"loop"'),
        LOOP.to_json().replace('"loop"', '"piece"'),
        RENDER.to_json().replace('"ending":false', '"stem":"drums"'),
        RENDER.to_json().replace(f'"seed":{2**63 - 1}', '"seed":-1'),
    ],
)
def test_a_damaged_recipe_is_refused(text: str) -> None:
    with pytest.raises(FileFormatError, match="recipe can't be read"):
        parse(text)


def is_refused(path: Path) -> bool:
    """Whether a file's recipe can't be read, with the one error that says so."""
    try:
        read_recipe(path)
    except FileFormatError:
        return True
    return False


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_damaged_file_is_read_or_refused_but_never_fails_otherwise(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    write_audio(path, [NOISE], RATE, 2, 5, recipe=session(0))
    data, order, n_refused = path.read_bytes(), random.Random(4), 0
    for _ in range(60):
        wrong = bytearray(data if suffix == ".wav" else data[:3000])
        for _ in range(order.randrange(1, 6)):
            wrong[order.randrange(len(wrong))] = order.randrange(256)
        path.write_bytes(wrong[: order.randrange(len(wrong))])
        n_refused += is_refused(path)
    assert n_refused >= 10


@settings(max_examples=50)
@given(st.dictionaries(st.from_regex(r"[A-Z_]{1,20}", fullmatch=True), st.text(max_size=300)), st.text())
def test_comments_come_back(fields: dict[str, str], vendor: str) -> None:
    encodable = {name: value.encode(errors="replace").decode() for name, value in fields.items()}
    vendor = vendor.encode(errors="replace").decode()
    assert comments.unpacked(comments.packed(vendor, encodable)) == (vendor, encodable)
