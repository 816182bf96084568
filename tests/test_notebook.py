"""Notebooks: what objects show, that any text in them is only text, and a notebook that is run."""

from __future__ import annotations

import base64
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

import latentscore as ls
from latentscore import markup
from latentscore.audio import Audio
from latentscore.config.fields import FIELDS
from latentscore.errors import FileFormatError, InvalidConfigError
from latentscore.output import player
from latentscore.vibe.library import Entry
from latentscore.vibe.palette import Color, Palette

RATE = 44_100
CONFIG = ls.MusicConfig(tempo=92, rhythm="kit_light")
HOSTILE = "<script>alert('x')</script> & \"q\" </div> \x00 \ud800"


class Page(HTMLParser):
    """A page as a browser reads it: its elements with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}

    def source(self) -> tuple[str, bytes]:
        """Media type and content of the player's sound."""
        (url,) = (attributes["src"] for tag, attributes in self.elements if tag == "audio")
        found = re.fullmatch(r"data:([a-z/]+);base64,(.*)", url or "")
        assert found
        return found[1], base64.b64decode(found[2], validate=True)


def audio(vibe: str | None = None, seconds: float = 0.2, channels: int = 2) -> Audio:
    noise = (
        np.random.default_rng(2).uniform(-0.25, 0.25, (round(seconds * RATE), channels)).astype(np.float32)
    )
    return Audio(noise[:, 0] if channels == 1 else noise, RATE, CONFIG, 5, vibe)


@given(st.text(), st.text())
def test_any_text_is_only_text(cell: str, value: str) -> None:
    page = Page(markup.table((cell,), [(value, markup.element("i", cell, title=value))]))
    assert page.tags() == {"table", "tr", "th", "td", "span", "i"}

    def shown(text: str) -> str:
        return "".join(markup._allowed(character) for character in text)

    assert page.text == shown(cell) + shown(value) + shown(cell)
    titles = [attributes["title"] for tag, attributes in page.elements if tag == "i"]
    assert titles == [shown(value)]
    page.text.encode()


@pytest.mark.parametrize("channels", [1, 2])
def test_audio_shows_a_player_with_its_samples_and_a_waveform(channels: int) -> None:
    sound = audio("rain", channels=channels)
    page = Page(sound._repr_html_())
    kind, data = page.source()
    assert kind == "audio/wav"
    read, rate = soundfile.read(io.BytesIO(data), dtype="float32")
    assert rate == RATE
    np.testing.assert_allclose(read, sound.samples, atol=2e-4)
    assert {"audio", "svg", "polygon", "details", "table"} <= page.tags()
    assert "rain" in page.text
    assert "seed 5" in page.text
    assert "92 bpm" in page.text


@pytest.mark.parametrize("thing", ["audio", "explanation", "entry"])
def test_a_hostile_vibe_is_text(thing: str) -> None:
    shown = {
        "audio": lambda: audio(HOSTILE),
        "explanation": lambda: ls.explain(HOSTILE),
        "entry": lambda: Entry(HOSTILE, HOSTILE, HOSTILE, CONFIG, (Palette((Color("#102030", 3),)),)),
    }[thing]()
    html = shown._repr_html_()
    page = Page(html)
    assert "script" not in page.tags()
    assert "<script>alert('x')</script> & \"q\" </div>" in page.text
    html.encode()


def test_a_long_sound_is_compressed_and_a_very_long_one_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "_LOSSLESS_S", 0.5)
    monkeypatch.setattr(player, "_LONGEST_S", 2.0)
    kind, data = Page(audio(seconds=1.0)._repr_html_()).source()
    assert kind == "audio/mpeg"
    assert len(data) < 1.0 * RATE  # a quarter of the samples, noise though they are
    page = Page(audio(seconds=3.0)._repr_html_())
    assert soundfile.info(io.BytesIO(page.source()[1])).duration == pytest.approx(2.0, abs=0.1)
    assert "the first 0:02 min are here to play" in page.text
    assert "3.0 s" in page.text


def test_the_waveform_touches_the_peaks() -> None:
    sound = np.zeros(7200, np.float32)
    sound[3600], sound[100] = 1.0, -1.0
    html = Audio(sound, RATE, CONFIG, 0)._repr_html_()
    (points,) = (a["points"] for tag, a in Page(html).elements if tag == "polygon")
    assert points is not None
    corners = {tuple(map(float, point.split(","))) for point in points.split()}
    assert {(360.0, 1.0), (10.0, 95.0)} <= corners


def test_a_stream_of_several_items_is_shown_without_one_config() -> None:
    stream = ls.stream(CONFIG, CONFIG.model_copy(update={"tempo": "fast"}), duration=0.4, transition=0.1)
    page = Page(stream.collect()._repr_html_())
    assert "A stream of 2 items" in page.text
    assert "details" not in page.tags()


def test_to_numpy_path_bytes_and_data_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    sound = audio("rain", channels=1)
    assert sound.to("numpy") is sound.samples
    saved = sound.save(tmp_path / "saved.flac").read_bytes()
    assert sound.to("bytes", ".flac") == saved
    assert base64.b64decode(sound.to("data_url", ".flac").removeprefix("data:audio/flac;base64,")) == saved
    assert [path.name for path in tmp_path.iterdir()] == ["saved.flac"]
    path = sound.to("path", ".ogg")
    assert path.suffix == ".ogg"
    assert path.is_relative_to(tmp_path)
    assert soundfile.info(path).frames == len(sound)
    assert sound.to("path") != sound.to("path")


def test_to_something_else_is_refused() -> None:
    with pytest.raises(InvalidConfigError, match="data_url"):
        audio().to("base64")  # type: ignore[call-overload]
    with pytest.raises(FileFormatError, match=r"\.xyz.*\.flac"):
        audio().to("bytes", ".xyz")


def test_a_config_shows_every_field_with_its_meaning() -> None:
    page = Page(CONFIG._repr_html_())
    for name, field in FIELDS.items():
        assert name.replace("_", " ") in page.text
        assert any(attributes.get("title") == field.help for _, attributes in page.elements)
    assert "kit light" in page.text
    assert sum(tag == "svg" for tag, _ in page.elements) == sum(field.ordered for field in FIELDS.values())


def test_an_explanation_shows_matches_votes_and_instructions() -> None:
    found = ls.explain("rain on a tin roof, no drums, 92 bpm")
    page = Page(found._repr_html_())
    for near in found.neighbours:
        assert near.vibe in page.text
    assert all(line in page.text for line in found.instructions)
    assert all(name in page.text and field.source in page.text for name, field in found.fields.items())


def test_swatches_are_as_wide_as_their_weights() -> None:
    palette = Palette((Color("#112233", 6), Color("#445566", 3), Color("#778899", 1)))
    swatches = list(ElementTree.fromstring(palette._repr_html_()))
    assert [swatch.get("fill") for swatch in swatches] == ["#112233", "#445566", "#778899"]
    widths = [float(swatch.get("width", "")) for swatch in swatches]
    assert widths == pytest.approx([144.0, 72.0, 24.0])
    assert [float(swatch.get("x", "")) for swatch in swatches] == pytest.approx([0.0, 144.0, 216.0])
    assert swatches[1][0].text == "#445566, weight 3"


def test_the_library_and_its_entries() -> None:
    library = ls.library()
    entry = library[3]
    page = Page(entry._repr_html_())
    assert entry.vibe in page.text
    assert entry.title in page.text
    assert (
        sum(tag == "svg" and a.get("aria-label") == str(entry.palettes[0]) for tag, a in page.elements) == 1
    )
    listed = Page(library._repr_html_())
    assert f"{len(library)} entries" in listed.text
    assert library[0].vibe in listed.text
