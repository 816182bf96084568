"""Audio files: what was written is what other readers find, and a wrong path is refused before any work."""

from __future__ import annotations

import hashlib
import os
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from latentscore.errors import FileFormatError, InvalidConfigError, LatentScoreError, OutputError
from latentscore.output.dither import Dither
from latentscore.output.files import FORMATS, check_target, write_audio

RATE = 44100


def tone(channels: int, n_frames: int = 5000) -> NDArray[np.float32]:
    """A loud sine on the left and a quiet one on the right."""
    time = np.arange(n_frames) / RATE
    both = np.stack([0.9 * np.sin(2 * np.pi * 440 * time), 0.01 * np.sin(2 * np.pi * 990 * time)], axis=1)
    return (both[:, 0] if channels == 1 else both).astype(np.float32)


def write(
    path: Path, samples: NDArray[np.float32], *, seed: int = 3, rate: int = RATE, bits: int | None = None
) -> None:
    """Write one array."""
    write_audio(path, [samples], rate, 1 if samples.ndim == 1 else 2, seed, bits=bits)


def flac_stream_info(data: bytes) -> tuple[int, int, int, int, str]:
    """Rate, channels, bits, frames and MD5 of the samples, read from the bytes (RFC 9639, section 8.2)."""
    assert data[:4] == b"fLaC"
    assert data[4] & 0x7F == 0, "STREAMINFO comes first"
    packed = int.from_bytes(data[18:26], "big")
    rate, channels = packed >> 44, (packed >> 41 & 7) + 1
    bits, frames = (packed >> 36 & 31) + 1, packed & (1 << 36) - 1
    return rate, channels, bits, frames, data[26:42].hex()


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [44100, 48000])
def test_wav_for_two_readers(tmp_path: Path, channels: int, rate: int) -> None:
    samples = tone(channels)
    path = tmp_path / "tone.wav"
    write(path, samples, rate=rate)
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (channels, rate, 2)
        read = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(samples.shape)
    again, rate_again = soundfile.read(path, dtype="int16")
    assert rate_again == rate
    np.testing.assert_array_equal(again, read)
    assert np.abs(read / 32768.0 - samples).max() <= 1.5 / 32768  # rounding and triangular dither


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [44100, 48000])
def test_flac_for_two_readers(tmp_path: Path, channels: int, rate: int) -> None:
    samples = tone(channels)
    path = tmp_path / "tone.flac"
    write(path, samples, rate=rate, seed=11)
    read, _ = soundfile.read(path, dtype="int32")
    assert np.abs(read / 2.0**31 - samples).max() <= 1.5 / 2**23
    words = Dither(24, 11).quantise(samples).reshape(-1, 1).view(np.uint8).reshape(-1, 4)
    md5 = hashlib.md5(words[:, 1:].tobytes(), usedforsecurity=False).hexdigest()  # the upper three bytes
    assert flac_stream_info(path.read_bytes()) == (rate, channels, 24, len(samples), md5)


def test_flac_of_16_bits_is_the_wav_of_16_bits(tmp_path: Path) -> None:
    write(tmp_path / "a.wav", tone(2), bits=16)
    write(tmp_path / "a.flac", tone(2), bits=16)
    assert soundfile.info(tmp_path / "a.flac").subtype == "PCM_16"
    wav, flac = (soundfile.read(tmp_path / f"a.{kind}", dtype="int16")[0] for kind in ("wav", "flac"))
    np.testing.assert_array_equal(wav, flac)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(
    ("suffix", "codec"), [(".ogg", "VORBIS"), (".opus", "OPUS"), (".mp3", "MPEG_LAYER_III")]
)
def test_lossy_formats_sound_alike(tmp_path: Path, suffix: str, codec: str, channels: int) -> None:
    rate = 48000
    samples = tone(channels, 2 * rate)
    path = tmp_path / f"tone{suffix}"
    write(path, samples, rate=rate)
    assert soundfile.info(path).subtype == codec
    read, read_rate = soundfile.read(path, dtype="float32")
    assert (read_rate, read.shape) == (rate, samples.shape)
    error = np.sqrt(np.mean((read - samples) ** 2)) / np.sqrt(np.mean(samples**2))
    assert error < 0.05
    with pytest.raises(InvalidConfigError, match="bits must be None"):
        write(path, samples, bits=16)


@pytest.mark.parametrize("suffix", FORMATS)
def test_chunks_make_the_same_file_as_one_piece(tmp_path: Path, suffix: str) -> None:
    samples = tone(2)
    write_audio(tmp_path / f"one{suffix}", [samples], RATE, 2, 5)
    pieces = [samples[:1], samples[1:1], samples[1:800], samples[800:]]
    write_audio(tmp_path / f"many{suffix}", pieces, RATE, 2, 5)
    one, _ = soundfile.read(tmp_path / f"one{suffix}", dtype="int32")
    many, _ = soundfile.read(tmp_path / f"many{suffix}", dtype="int32")
    np.testing.assert_array_equal(one, many)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_can_be_made_again(tmp_path: Path, suffix: str) -> None:
    for name in ("first", "again"):
        write(tmp_path / f"{name}{suffix}", tone(2), rate=48000)
    assert (tmp_path / f"first{suffix}").read_bytes() == (tmp_path / f"again{suffix}").read_bytes()


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_the_seed_decides_the_file(tmp_path: Path, suffix: str) -> None:
    files = {name: tmp_path / f"{name}{suffix}" for name in ("first", "again", "other")}
    for (name, path), seed in zip(files.items(), (1, 1, 2), strict=True):
        assert name
        write(path, tone(1), seed=seed)
    assert files["first"].read_bytes() == files["again"].read_bytes()
    assert files["first"].read_bytes() != files["other"].read_bytes()


def test_full_scale_does_not_wrap(tmp_path: Path) -> None:
    square = np.where(np.arange(1000) % 20 < 10, 1.0, -1.0).astype(np.float32)
    write(tmp_path / "square.wav", square)
    read, _ = soundfile.read(tmp_path / "square.wav", dtype="float32")
    np.testing.assert_array_equal(np.sign(read), square)
    assert np.abs(read).min() > 0.999


def test_suffixes_in_capitals(tmp_path: Path) -> None:
    write(tmp_path / "LOUD.WAV", tone(1))
    assert soundfile.info(tmp_path / "LOUD.WAV").subtype == "PCM_16"


@pytest.mark.parametrize("name", ["a.xyz", "a", "a.mp", ".wav", "a.wav.", "a.txt"])
def test_an_unknown_suffix_names_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileFormatError, match=r"\.wav, \.flac, \.ogg, \.opus, \.mp3") as told:
        write(tmp_path / name, tone(1))
    assert name in str(told.value)
    assert os.listdir(tmp_path) == []


def unwritable_paths(folder: Path) -> Iterator[Path]:
    """Paths at which not even root can make a file."""
    yield folder / "missing" / "a.wav"
    (folder / "file").write_text("x")
    yield folder / "file" / "a.wav"
    (folder / "folder.wav").mkdir()
    yield folder / "folder.wav"
    if Path("/proc/self").exists():
        yield Path("/proc/a.wav")
    yield folder / ("n" * 300 + ".wav")


def test_an_unwritable_path_is_an_output_error_and_an_os_error(tmp_path: Path) -> None:
    for path in unwritable_paths(tmp_path):
        with pytest.raises(OutputError) as told:
            write(path, tone(1))
        assert isinstance(told.value, OSError)
        assert path.name[:40] in str(told.value)
    assert sorted(os.listdir(tmp_path)) == ["file", "folder.wav"]


def test_no_chunk_is_asked_for_before_the_path_is_known_to_be_good(tmp_path: Path) -> None:
    def chunks() -> Iterator[NDArray[np.float32]]:
        raise AssertionError("rendering began")
        yield

    for path in (tmp_path / "a.xyz", tmp_path / "missing" / "a.wav", tmp_path / "file" / "a.wav"):
        with pytest.raises(LatentScoreError):
            write_audio(path, chunks(), RATE, 1, 0)


def test_a_recipe_is_asked_for_when_all_is_written(tmp_path: Path) -> None:
    told: list[str] = []

    def chunks() -> Iterator[NDArray[np.float32]]:
        for _ in range(3):
            told.append("chunk")
            yield tone(1)

    def recipe() -> None:
        told.append("recipe")

    for suffix in FORMATS:
        told.clear()
        write_audio(tmp_path / f"a{suffix}", chunks(), RATE, 1, 0, recipe=recipe)
        assert told == ["chunk", "chunk", "chunk", "recipe"]


def test_check_target_alone_makes_no_file(tmp_path: Path) -> None:
    assert check_target(tmp_path / "a.wav") == tmp_path / "a.wav"
    assert os.listdir(tmp_path) == []
    with pytest.raises(OutputError, match="no folder"):
        check_target(tmp_path / "missing" / "a.wav")
