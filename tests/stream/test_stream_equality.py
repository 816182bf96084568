"""One piece, however it is asked for: streams, iterators, playlists, sessions and logs give the same samples."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from stream_kit import BUSY, CALM, NEAR, Listed, joined

import latentscore as ls
from latentscore.audio import Audio
from latentscore.output.recipes import SessionRecipe
from latentscore.stream.replaying import render_log
from latentscore.stream.stream import AudioStream

DURATION, TRANSITION = 1.1, 0.4
STEER = ls.MusicConfigUpdate(brightness=ls.Step(2), tempo="fast", bass="walking")
ITEMS: tuple[Any, ...] = (
    "shore",
    STEER,
    NEAR,
    "city",
    ls.Track(CALM, duration=0.9, transition=0.2),
    {"shore": 0.6, "city": 0.4},
    ls.Streamable("shore", duration=0.8, transition_duration=0.7),
)
LASTS = (DURATION, DURATION, DURATION, DURATION, 0.9, DURATION, 0.8)
COMES_IN = (0.0, TRANSITION, TRANSITION, TRANSITION, 0.2, TRANSITION, 0.7)


class Piece(NamedTuple):
    """The items, played once with some settings."""

    model: Listed
    options: dict[str, Any]
    stream: AudioStream
    audio: Audio

    @property
    def samples(self) -> NDArray[np.float32]:
        return self.audio.samples


@pytest.fixture(scope="module", params=[(1, 44100), (2, 48000)], ids=["mono", "stereo, 48 kHz"])
def piece(request: pytest.FixtureRequest) -> Piece:
    model = Listed(shore=CALM, city=BUSY)
    channels, rate = request.param
    options = {"model": model, "seed": 11, "channels": channels, "sample_rate": rate}
    stream = ls.stream(*ITEMS, duration=DURATION, transition=TRANSITION, **options)
    return Piece(model, options, stream, stream.collect())


def test_it_lasts_as_long_as_its_items_and_says_what_it_played(piece: Piece) -> None:
    rate = piece.options["sample_rate"]
    shape = (round(sum(LASTS) * rate),)
    assert piece.samples.shape == (shape if piece.options["channels"] == 1 else (*shape, 2))
    assert piece.samples.dtype == np.float32
    assert piece.stream.duration == pytest.approx(sum(LASTS))
    assert piece.audio.config is None
    assert piece.audio.items == ITEMS
    assert piece.audio.seed == 11
    assert np.isfinite(piece.samples).all()
    assert piece.samples[-1].max() == pytest.approx(0.0, abs=1e-3)


@settings(max_examples=3, phases=[Phase.generate])  # to shrink would take minutes
@given(chunk=st.floats(0.03, 3.0))
def test_chunks_of_any_size_are_the_same_samples_and_the_model_is_not_asked_again(
    piece: Piece, chunk: float
) -> None:
    blocks = list(piece.stream.chunks(chunk))
    rate = piece.options["sample_rate"]
    assert {len(block) for block in blocks[:-1]} <= {max(1, round(chunk * rate))}
    assert np.array_equal(joined(blocks), piece.samples)
    assert sorted(piece.model.asked) == ["city"] * 2 + ["shore"] * 3


def test_iteration_yields_seconds(piece: Piece) -> None:
    blocks = list(piece.stream)
    assert len(blocks[0]) == piece.options["sample_rate"]
    assert np.array_equal(joined(blocks), piece.samples)


def generated() -> Iterator[Any]:
    yield from ITEMS


async def agenerated() -> AsyncIterator[Any]:
    for item in ITEMS:
        await asyncio.sleep(0)
        yield item


@pytest.mark.parametrize("source", [generated, agenerated, lambda: list(ITEMS)])
def test_astream_of_anything_is_the_stream(piece: Piece, source: Any) -> None:
    async def heard() -> list[NDArray[np.float32]]:
        chunks = ls.astream(
            source(), duration=DURATION, transition_seconds=TRANSITION, chunk_seconds=0.37, **piece.options
        )
        return [chunk async for chunk in chunks]

    assert np.array_equal(joined(asyncio.run(heard())), piece.samples)


def test_async_for_is_the_stream(piece: Piece) -> None:
    async def heard() -> list[NDArray[np.float32]]:
        return [block async for block in piece.stream]

    assert np.array_equal(joined(asyncio.run(heard())), piece.samples)


def test_a_playlist_is_the_stream(piece: Piece) -> None:
    playlist = ls.Playlist(ITEMS, duration=DURATION, transition=TRANSITION)
    assert np.array_equal(playlist.render(**piece.options).samples, piece.samples)


def test_a_live_stream_of_items_that_say_how_long_they_hold_is_the_stream(piece: Piece) -> None:
    def items() -> Iterator[Any]:
        for item, duration in zip(ITEMS, LASTS, strict=True):
            kept = isinstance(item, ls.Streamable | ls.Track)
            yield item if kept else ls.Streamable(item, duration=duration)

    live = ls.live(items(), transition=TRANSITION, **piece.options)
    assert np.array_equal(live.collect().samples, piece.samples)


def test_a_session_told_at_the_same_frames_plays_the_stream_but_for_its_end(piece: Piece) -> None:
    rate, up, pieces = piece.options["sample_rate"], 0.0, []
    with ls.session(transition=TRANSITION, **piece.options) as session:
        for item, lasts, comes_in in zip(ITEMS, LASTS, COMES_IN, strict=True):
            if pieces:
                missing = round((up - comes_in) * rate) - sum(map(len, pieces))
                pieces += [session.read(missing // 3), session.read(missing - missing // 3)]
            else:
                pieces.append(np.zeros_like(piece.samples[:0]))
            session.set(item)
            up += lasts
        pieces.append(session.read(round(0.5 * rate)))
        read = joined(pieces)
        assert np.array_equal(read, piece.samples[: len(read)])
        assert session.position == len(read) / rate
        assert np.array_equal(render_log(session.recipe), read), "its log plays it again"


def test_its_recipe_plays_it_again_without_the_model(piece: Piece) -> None:
    asked = list(piece.model.asked)
    recipe = piece.audio.recipe
    assert recipe is not None
    assert np.array_equal(render_log(type(recipe).model_validate_json(recipe.to_json())), piece.samples)  # type: ignore[arg-type]
    assert piece.model.asked == asked
    assert isinstance(recipe, SessionRecipe)
    assert "shore" not in json.dumps(recipe.log), "texts are resolved in a log"
    assert recipe.title is not None
    assert recipe.title.startswith("shore → city")


def test_until_its_first_transition_it_is_the_render_of_its_first_item(piece: Piece) -> None:
    rendered = ls.render("shore", duration=DURATION, fade_out=0, **piece.options).samples
    same = round((DURATION - TRANSITION) * piece.options["sample_rate"])
    assert np.array_equal(piece.samples[:same], rendered[:same])
    assert not np.array_equal(piece.samples[same : same + 4096], rendered[same : same + 4096])


def test_a_saved_stream_has_its_samples(piece: Piece, tmp_path: Any) -> None:
    import soundfile

    path = piece.stream.save(tmp_path / "piece.wav", bits=32)
    samples, rate = soundfile.read(path, dtype="float32")
    assert rate == piece.options["sample_rate"]
    assert np.array_equal(samples, piece.samples)


def test_a_stream_of_one_item_is_its_render_fade_included() -> None:
    rendered = ls.render(BUSY, duration=1.3)
    streamed = ls.stream(BUSY, duration=1.3).collect()
    assert np.array_equal(streamed.samples, rendered.samples)
    assert streamed.config == BUSY
