"""WAV files: every depth for other readers, chunks where the standards put them, RF64 beyond 32 bits."""

from __future__ import annotations

import struct
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from scipy.io import wavfile

from latentscore.errors import InvalidConfigError
from latentscore.output.files import write_audio
from latentscore.output.wav import WavWriter, chunk, chunks, info_chunk, read_info, sampler_chunk

RATE = 48000
NOISE = np.random.default_rng(7).uniform(-0.9, 0.9, (1001, 2)).astype(np.float32)


def riff_chunks(data: bytes) -> dict[bytes, bytes]:
    """The chunks of a plain RIFF file, walked independently of the code under test."""
    assert data[:4] == b"RIFF"
    assert data[8:12] == b"WAVE"
    assert struct.unpack("<I", data[4:8])[0] == len(data) - 8
    found: dict[bytes, bytes] = {}
    at = 12
    while at < len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        found[name] = data[at + 8 : at + 8 + size]
        assert len(found[name]) == size
        at += 8 + size + size % 2
    assert at == len(data)
    return found


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("bits", [16, 24, 32])
def test_every_depth_for_three_readers(tmp_path: Path, bits: int, channels: int) -> None:
    samples = NOISE[:, :channels]
    path = tmp_path / "noise.wav"
    write_audio(path, [samples], RATE, channels, 3, bits=bits)
    read, rate = soundfile.read(path, dtype="float64", always_2d=True)
    subtype = {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"}[bits]
    assert (rate, soundfile.info(path).subtype) == (RATE, subtype)
    if bits == 32:
        np.testing.assert_array_equal(read, samples)
    else:
        assert 0.0 < np.abs(read - samples).max() <= 1.5 * 2.0 ** (1 - bits)  # rounding and dither
        with wave.open(str(path)) as file:
            assert (file.getsampwidth(), file.getnframes()) == (bits // 8, len(samples))
    again_rate, again = wavfile.read(path)
    full_scale = {16: 2.0**15, 24: 2.0**31, 32: 1.0}[bits]
    assert again_rate == RATE
    np.testing.assert_array_equal(again.reshape(read.shape) / full_scale, read)
    form = riff_chunks(path.read_bytes())[b"fmt "]
    kind, extension = (3, b"\0\0") if bits == 32 else (1, b"")
    frame = channels * bits // 8
    assert form == struct.pack("<HHIIHH", kind, channels, RATE, RATE * frame, frame, bits) + extension


@pytest.mark.parametrize("bits", [0, 8, 20, 33, -16, True])
def test_other_depths_are_refused(tmp_path: Path, bits: int) -> None:
    with pytest.raises(InvalidConfigError, match="bits must be one of 16, 24, 32"):
        write_audio(tmp_path / "a.wav", [NOISE], RATE, 2, 3, bits=bits)
    assert not list(tmp_path.iterdir())


def test_chunks_of_uneven_length_are_padded(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with path.open("w+b") as file:
        writer = WavWriter(file, RATE, 1, 24)
        writer.write(b"abc")  # one frame
        writer.finish(chunk(b"odd ", b"12345"), info_chunk("four", "me", "sept"))
    found = riff_chunks(path.read_bytes())
    assert list(found) == [b"JUNK", b"fmt ", b"data", b"odd ", b"LIST"]
    assert (found[b"data"], found[b"odd "]) == (b"abc", b"12345")
    assert read_info(path) == {"TITLE": "four", "ENCODER": "me", "COMMENT": "sept"}


def test_a_sampler_chunk_by_its_definition() -> None:
    body = riff_chunks(b"RIFF" + struct.pack("<I", 4 + 68) + b"WAVE" + sampler_chunk(44100, 100, 5000))[
        b"smpl"
    ]
    fields = struct.unpack("<15I", body)
    # manufacturer, product, period in ns, MIDI unity note, fraction, SMPTE (2), loops, more data
    assert fields[:9] == (0, 0, 22676, 60, 0, 0, 0, 1, 0)
    # cue point, forward, first frame, last frame (included), fraction, endless
    assert fields[9:] == (0, 0, 100, 5099, 0, 0)


def _write(path: Path, max_size: int, bits: int) -> None:
    packed: Callable[[Any], bytes] = lambda x: x.astype("<f4").tobytes()  # noqa: E731
    if bits == 16:
        packed = lambda x: (x * 32767).astype("<i2").tobytes()  # noqa: E731
    with path.open("w+b") as file:
        writer = WavWriter(file, RATE, 2, bits, max_size=max_size)
        for first in range(0, len(NOISE), 100):
            writer.write(packed(NOISE[first : first + 100]))
        writer.finish(info_chunk("t", "e", "c"))


@pytest.mark.parametrize("bits", [16, 32])
def test_a_file_that_outgrows_its_sizes_is_rf64(tmp_path: Path, bits: int) -> None:
    plain, wide = tmp_path / "plain.wav", tmp_path / "wide.wav"
    _write(plain, 0xFFFFFFFF, bits)
    size = plain.stat().st_size - 8
    _write(wide, size - 1, bits)  # as if a file one byte longer than allowed
    assert soundfile.info(plain).format == "WAV"
    assert soundfile.info(wide).format == "RF64"
    read: list[NDArray[Any]] = [soundfile.read(path, dtype="float32")[0] for path in (plain, wide)]
    assert len(read[0]) == len(NOISE)
    np.testing.assert_array_equal(*read)
    assert read_info(wide) == read_info(plain) == {"TITLE": "t", "ENCODER": "e", "COMMENT": "c"}
    data = wide.read_bytes()
    assert data[:4] + data[8:16] == b"RF64WAVEds64"
    # EBU Tech 3306: size of the file less 8, of the data, and frames, in 64 bits
    assert struct.unpack_from("<QQQ", data, 20) == (size, len(NOISE) * bits // 4, len(NOISE))
    with wide.open("rb") as file:
        sizes = {one.name: one.size for one in chunks(file)}
    assert sizes[b"data"] == len(NOISE) * bits // 4
    edge = tmp_path / "edge.wav"
    _write(edge, size, bits)
    assert edge.read_bytes() == plain.read_bytes()
