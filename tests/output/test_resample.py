"""Resampling to 48 kHz: a tone stays a tone, and blocks leave no seam."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from latentscore.config import MusicConfig
from latentscore.errors import FileFormatError
from latentscore.output.files import write_audio
from latentscore.output.recipes import RenderRecipe
from latentscore.output.resample import to_48k

N = 100_000


def tone(rate: int, n_frames: int, hz: float) -> np.ndarray:
    """A sine."""
    return np.sin(2.0 * np.pi * hz * np.arange(n_frames) / rate)


@pytest.mark.parametrize("hz", [55.0, 1000.0, 15_000.0, 20_000.0])
@pytest.mark.parametrize("piece", [777, N])
def test_a_tone_is_the_same_tone(hz: float, piece: int) -> None:
    samples = tone(44100, N, hz).astype(np.float32)[:, None]
    out = np.concatenate(list(to_48k(samples[k : k + piece] for k in range(0, N, piece))))
    assert out.shape == (-(-N * 160 // 147), 1)
    inner = slice(400, -400)  # away from where the tone is cut
    np.testing.assert_allclose(out[inner, 0], tone(48000, len(out), hz)[inner], atol=1e-4)


def test_nothing_comes_of_nothing() -> None:
    assert list(to_48k([])) == []


def test_opus_takes_any_rate_but_no_loop_that_it_would_break(tmp_path: Path) -> None:
    path = tmp_path / "a.opus"
    samples = (0.3 * tone(44100, 44100, 440.0)).astype(np.float32)
    write_audio(path, [samples], 44100, 1, 0)
    read, rate = soundfile.read(path)
    assert (rate, len(read)) == (48000, 48000)
    expected = 0.3 * tone(48000, 48000, 440.0)
    assert np.sqrt(np.mean((read - expected)[4800:-4800] ** 2)) < 0.02
    loop = RenderRecipe(
        seed=0, sample_rate=44100, channels=1, n_frames=44100, config=MusicConfig(), shape="loop", n_bars=1
    )
    with pytest.raises(FileFormatError, match="sample_rate=48000"):
        write_audio(tmp_path / "loop.opus", [samples], 44100, 1, 0, recipe=loop)
    assert [one.name for one in tmp_path.iterdir()] == ["a.opus"]
