"""Pictures: figures of their own that show what they are of, whatever the text in their titles."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from subprocess import CompletedProcess

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

import latentscore as ls
from latentscore.audio import Audio
from latentscore.config.display import LAYER_COLORS, place, words
from latentscore.config.fields import FIELDS
from latentscore.drawing import legible
from latentscore.errors import LatentScoreError
from latentscore.events import LAYERS
from latentscore.output.spectrogram import RANGE_DB, spectrogram
from latentscore.output.waveform import outline
from latentscore.scores import compose_score

RATE = 44_100
CONFIG = ls.MusicConfig(density=6, rhythm="kit_light", root="d#", mode="minor", tempo=97.5, texture="none")
HOSTILE = "$x_{ $ <b>&amp; 雨 \U0001f9ff \ud800 \x07 \\frac{"


def sine(hertz: float, seconds: float = 1.0) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def audio(vibe: str | None = None, channels: int = 1) -> Audio:
    left, right = sine(440.0), sine(1000.0) * 0.5
    return Audio(left if channels == 1 else np.stack([left, right], axis=1), RATE, CONFIG, 5, vibe)


def drawn(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=40)
    return buffer.getvalue()


def texts(figure: Figure) -> set[str]:
    """All text on a figure, titles and tick labels included."""
    from matplotlib.text import Text

    return {text.get_text() for text in figure.findobj(Text)}


PICTURES: dict[str, Callable[[str | None], Figure]] = {
    "audio": lambda vibe: audio(vibe).plot(),
    "stereo": lambda vibe: audio(vibe, 2).plot(),
    "score": lambda vibe: compose_score(CONFIG, 20.0, 3, vibe=vibe).plot(),
    "config": lambda _: CONFIG.plot(),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_any_text_is_drawn_without_warning_and_the_title_is_as_typed(kind: str) -> None:
    figure = PICTURES[kind](HOSTILE)
    assert drawn(figure).startswith(b"\x89PNG")
    if kind != "config":
        assert any("$x_{ $ <b>&amp;" in text and "\\frac{" in text for text in texts(figure))


def test_pictures_leave_pyplot_alone(run_python: Callable[..., CompletedProcess[str]]) -> None:
    script = (
        "import sys, latentscore as ls; figure = ls.MusicConfig().plot(); ls.score(ls.MusicConfig(), 5).plot();"
        "assert 'matplotlib.pyplot' not in sys.modules; print(len(figure._repr_png_()))"
    )
    done = run_python("-W", "error", "-c", script)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 5000


@pytest.fixture
def no_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)


@pytest.mark.usefixtures("no_matplotlib")
@pytest.mark.parametrize("kind", PICTURES)
def test_without_matplotlib_the_error_says_what_to_install(kind: str) -> None:
    with pytest.raises(LatentScoreError, match=r'pip install "latentscore\[plot\]"'):
        PICTURES[kind]("rain")


def test_the_spectrogram_shows_the_pitch_and_the_level() -> None:
    sound = np.concatenate([sine(200.0), 0.1 * sine(3000.0), np.zeros(RATE, np.float32)])
    levels, frequencies = spectrogram(sound, RATE)
    n = levels.shape[1]
    low, high, silence = levels[:, n // 6], levels[:, n // 2], levels[:, -n // 6]
    assert frequencies[low.argmax()] == pytest.approx(200.0, rel=0.02)
    assert frequencies[high.argmax()] == pytest.approx(3000.0, rel=0.02)
    assert low.max() == pytest.approx(0.0, abs=0.1)
    assert levels.max() == 0.0
    assert silence.max() == -RANGE_DB
    assert (spectrogram(np.zeros(RATE, np.float32), RATE).levels == -RANGE_DB).all()


def test_the_spectrogram_adds_the_power_of_both_channels() -> None:
    both = np.stack([sine(200.0), sine(3000.0)], axis=1)
    middle = spectrogram(both, RATE).levels[:, 80]
    peaks = spectrogram(both, RATE).frequencies[middle > middle.max() - 25.0]
    assert peaks.min() == pytest.approx(200.0, rel=0.06)
    assert peaks.max() == pytest.approx(3000.0, rel=0.06)


@given(n=st.integers(1, 400), columns=st.integers(1, 60), channels=st.sampled_from([1, 2]))
def test_an_outline_holds_every_sample_and_touches_its_column(n: int, columns: int, channels: int) -> None:
    noise = np.random.default_rng(n).uniform(-1, 1, (n, channels)).astype(np.float32)
    top, bottom = outline(noise[:, 0] if channels == 1 else noise, columns)
    assert len(top) == len(bottom) == min(n, columns)
    assert top.max() == (noise.max() if channels == 1 else np.abs(noise[:, 0]).max())
    assert bottom.min() == (noise.min() if channels == 1 else -np.abs(noise[:, 1]).max())


def test_the_waveform_of_two_channels_points_up_and_down() -> None:
    stereo = audio("x", 2).plot()
    assert {"left", "right", "x"} <= texts(stereo)
    top, bottom = outline(audio("x", 2).samples, 100)
    assert top.max() == pytest.approx(0.5, abs=1e-3)
    assert bottom.min() == pytest.approx(-0.25, abs=1e-3)


def test_a_piano_roll_has_every_note_chord_section_and_drum() -> None:
    score = compose_score(CONFIG, 30.0, 3)
    figure = score.plot()
    (boxes,) = figure.axes[1].findobj(PolyCollection)
    pitched = {(round(n.onset_s, 6), n.pitch) for n in score.notes if n.layer != "rhythm"}
    corners = [path.vertices for path in boxes.get_paths()]
    assert {(round(float(c[0, 0]), 6), round(float(c[0, 1] + 0.4), 6)) for c in corners} == {
        (onset, round(pitch, 6)) for onset, pitch in pitched
    }
    (dots,) = figure.axes[2].collections
    assert len(dots.get_offsets()) == sum(note.layer == "rhythm" for note in score.notes)
    shown = texts(figure)
    assert {section.name for section in score.sections} <= shown
    assert {"E♭m", "kick", "ride", "brush tap", "bass", "melody", "C4"} <= shown
    assert any("E♭ minor" in text and "98 bpm" in text and "seed 3" in text for text in shown)


def test_a_piano_roll_of_little_or_nothing() -> None:
    bare = ls.MusicConfig(rhythm="none", texture="none", accent="none", density=2)
    for seconds in (0.01, 1.0, 130.0):
        assert drawn(compose_score(bare, seconds, 1).plot())


def test_a_config_picture_names_every_field_and_value() -> None:
    shown = texts(CONFIG.plot())
    labels = CONFIG.labels()
    for name, field in FIELDS.items():
        if field.group != "key":
            assert name.replace("_", " ") in shown
            assert words(field, labels[name]) in shown
    assert any("D♯ minor" in text and "97.5 bpm" in text for text in shown)


def test_places_on_scales() -> None:
    tempo, brightness = FIELDS["tempo"], FIELDS["brightness"]
    assert [place(brightness, label).at for label in brightness.labels] == [0.0, 0.25, 0.5, 0.75, 1.0]  # type: ignore[union-attr]
    assert [place(tempo, value).at for value in (30.0, 54.0, 86.0, 240.0)] == [0.0, 0.0, 0.5, 1.0]  # type: ignore[union-attr]
    assert 0.5 < place(tempo, 92.0).at < 0.75  # type: ignore[union-attr]
    assert place(FIELDS["bass"], "drone") is None


def test_every_layer_has_a_colour_of_its_own() -> None:
    assert set(LAYER_COLORS) == set(LAYERS)
    assert len(set(LAYER_COLORS.values())) == len(LAYERS)


@settings(max_examples=40)
@given(st.text(max_size=40))
def test_what_no_font_has_becomes_a_box_and_the_length_stays(text: str) -> None:
    shown = legible(text)
    assert len(shown) == len(text)
    assert all(now in ("□", was) for was, now in zip(text, shown, strict=True))
    assert legible("Grüße, Жизнь ♭") == "Grüße, Жизнь ♭"
