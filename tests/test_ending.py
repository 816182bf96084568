"""`render(..., ending=True)`: as long as asked, the same up to the close, at rest in the end."""

from __future__ import annotations

import numpy as np
import pytest

import latentscore as ls

CONFIG = ls.MusicConfig(root="a", mode="minor", tempo="fast", density=5, space="small", echo="none")


def test_an_ending_changes_nothing_before_the_close() -> None:
    plain = ls.render(CONFIG, duration=12.0, seed=3, fade_out=0.0)
    ended = ls.render(CONFIG, duration=12.0, seed=3, fade_out=0.0, ending=True)
    assert plain.samples.shape == ended.samples.shape == (12 * ls.SAMPLE_RATE,)
    close = ls.score(CONFIG, 12.0, 3, ending=True).sections[-1]
    assert close.name == "close"
    before = int((close.onset_s - 0.3) * ls.SAMPLE_RATE)  # a hand may play a little early
    assert before > 4 * ls.SAMPLE_RATE
    assert np.array_equal(plain.samples[:before], ended.samples[:before])
    assert not np.array_equal(plain.samples[before:], ended.samples[before:])


def test_an_ending_depends_on_the_duration_alone() -> None:
    first = ls.render(CONFIG, duration=9.0, seed=3, ending=True, channels=2)
    again = ls.render(CONFIG, duration=9.0, seed=3, ending=True, channels=2)
    assert np.array_equal(first.samples, again.samples)


def test_the_end_is_quieter_than_the_close() -> None:
    ended = ls.render(CONFIG, duration=14.0, seed=3, fade_out=0.0, ending=True).samples.astype(np.float64)
    rate = ls.SAMPLE_RATE
    last, whole = ended[-rate // 4 :], ended[: -rate * 3]
    assert np.sqrt(np.mean(last**2)) < 0.5 * np.sqrt(np.mean(whole**2))


@pytest.mark.parametrize("duration", [0.5, 3.0])
def test_very_short_pieces_can_end_too(duration: float) -> None:
    audio = ls.render(CONFIG, duration=duration, seed=1, ending=True)
    assert len(audio.samples) == round(duration * ls.SAMPLE_RATE)
    assert np.max(np.abs(audio.samples)) > 0.01
