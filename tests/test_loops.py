"""Loops: whole bars without a seam, with loop points; game sets share chords, tempo and bar grid."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

import latentscore as ls
from latentscore.dsp.loudness import integrated_loudness
from latentscore.engine.looping import render_loop
from latentscore.events import LAYERS, NoteEvent
from latentscore.game_sets import GameSet
from latentscore.score.looping import LoopComposer, loop_frames

RATE = 44100
CONFIGS = {
    "default": (ls.MusicConfig(tempo=120), 2),
    "endless tail": (ls.MusicConfig(tempo=140, space="vast", echo="infinite", rhythm="kit_medium", density=6), 1),
    "dry and drunk": (ls.MusicConfig(tempo=140, space="dry", echo="none", human="drunk", rhythm="electronic"), 2),
    "noise": (ls.MusicConfig(tempo=97.3, texture="noise_wash", grain="gritty", motion="chaotic"), 1),
    "drone": (
        ls.MusicConfig(tempo=90, bass="drone", pad="dark_sustained", melody="minimal", rhythm="none", density=2),
        2,
    ),
}  # fmt: skip
Samples = NDArray[np.float32]


@pytest.fixture(scope="module", params=CONFIGS)
def loop(request: pytest.FixtureRequest) -> ls.Audio:
    """A stereo loop of each config."""
    config, bars = CONFIGS[request.param]
    return ls.render(config, loop_bars=bars, channels=2)


def steps(samples: Samples) -> NDArray[np.float64]:
    """The largest step of either side from each frame to the next."""
    return np.abs(np.diff(samples.astype(np.float64), axis=0)).max(axis=1)


def spectra_db(samples: Samples, size: int = 1024) -> NDArray[np.float64]:
    """Levels of third-octaves in short frames that overlap by half, in dB, floored at -80."""
    starts = np.arange(0, len(samples) - size, size // 2)
    frames = samples.mean(axis=1)[starts[:, None] + np.arange(size)] * np.hanning(size)
    power = np.abs(np.fft.rfft(frames)) ** 2 / size**2
    edges = np.unique(np.geomspace(2, size // 2, 24).astype(int))
    return 10.0 * np.log10(np.add.reduceat(power[:, : edges[-1]], edges[:-1], axis=1) + 1e-8)


def test_four_rounds_show_no_step_at_the_seam(loop: ls.Audio) -> None:
    n = len(loop)
    four = np.tile(loop.samples, (4, 1))
    within = steps(loop.samples)
    seams = steps(four)[[n - 1, 2 * n - 1, 3 * n - 1]]
    assert seams.max() <= np.percentile(within, 99.9)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
def test_four_rounds_of_a_file_show_none_either(loop: ls.Audio, tmp_path: Path, suffix: str) -> None:
    samples, _ = soundfile.read(loop.save(tmp_path / f"a{suffix}"), dtype="float32")
    assert len(samples) == len(loop)
    four = steps(np.tile(samples, (4, 1)))
    assert four[len(samples) - 1] <= np.percentile(steps(samples), 99.9)


def test_the_spectrum_moves_no_more_at_the_seam_than_elsewhere(loop: ls.Audio) -> None:
    size = 1024
    half = len(loop) // 2 // size * size
    turned = np.roll(loop.samples, -half, axis=0)  # the seam lies within
    changes = np.abs(np.diff(spectra_db(turned, size), axis=0)).mean(axis=1)
    at = (len(loop) - half) * 2 // size
    assert changes[at - 3 : at + 3].max() <= changes.max(initial=0.0, where=_without(len(changes), at)) * 1.1


def _without(n: int, at: int) -> NDArray[np.bool_]:
    """All places but those around `at`."""
    return np.abs(np.arange(n) - at) > 4


def test_a_cut_piece_would_show_a_seam() -> None:
    # the same measures on what is no loop: the beginning of a piece, cut off
    config, bars = CONFIGS["default"]
    piece = ls.render(config, duration=bars * 2.0, channels=2, fade_out=0.0)
    cut = piece.samples[1000:-1000]
    assert steps(np.tile(cut, (2, 1)))[len(cut) - 1] > np.percentile(steps(cut), 99.9)


def test_a_loop_is_as_loud_as_any_piece_and_never_clips(loop: ls.Audio) -> None:
    assert abs(integrated_loudness(np.tile(loop.samples, (4, 1)), RATE) + 16.0) < 1.5
    assert np.abs(loop.samples).max() < 10.0 ** (-1.0 / 20.0)


def test_a_loop_starts_with_its_own_tail() -> None:
    config = ls.MusicConfig(tempo=240, space="vast", rhythm="none", texture="none", bass="pulsing")
    stems = ls.render(config, loop_bars=1, stems=True).stems
    assert stems is not None
    first = stems["returns"].samples[:200].astype(np.float64)
    assert np.sqrt(np.mean(first**2)) > 0.1 * np.sqrt(
        np.mean(stems["returns"].samples.astype(np.float64) ** 2)
    )


@pytest.mark.parametrize(("tempo", "bars", "rate"), [(240.0, 1, 44100), (97.3, 1, 48000), (133.0, 2, 44100)])
def test_a_loop_has_whole_bars(tempo: float, bars: int, rate: int) -> None:
    audio = ls.render(ls.MusicConfig(tempo=tempo), loop_bars=bars, sample_rate=rate)
    assert len(audio) == round(bars * 240.0 / tempo * rate)
    assert audio.recipe is not None
    assert audio.recipe.n_frames == len(audio)


def test_a_loop_does_not_depend_on_its_channels_or_stems() -> None:
    config, bars = CONFIGS["dry and drunk"]
    stereo = render_loop(config, 3, bars, sample_rate=RATE, channels=2)
    mono = render_loop(config, 3, bars, sample_rate=RATE, channels=1, stems=True)
    np.testing.assert_array_equal(np.float32(0.5) * stereo.samples.sum(axis=1), mono.samples)


@pytest.mark.parametrize("name", ["duration", "fade_out", "ending"])
def test_what_a_loop_has_not_is_refused(name: str) -> None:
    value: dict[str, Any] = {"duration": 10.0, "fade_out": 0.0, "ending": True}
    with pytest.raises(ls.InvalidConfigError, match=f"{name} must be .*loop_bars"):
        ls.render("rain", loop_bars=2, **{name: value[name]})


@pytest.mark.parametrize("bars", [0, -1, 1.5, True, 129, "4"])
def test_other_lengths_are_refused(bars: Any) -> None:
    with pytest.raises(ls.InvalidConfigError, match="loop_bars must be a whole number of bars from 1 to 128"):
        ls.render("rain", loop_bars=bars)


def test_loop_points_of_saved_loops(tmp_path: Path) -> None:
    audio = ls.render(CONFIGS["dry and drunk"][0], loop_bars=1)
    data = audio.save(tmp_path / "a.wav").read_bytes()
    at = data.index(b"smpl")
    first, last = struct.unpack_from("<2I", data, at + 8 + 36 + 8)
    assert (first, last) == (0, len(audio) - 1)
    assert soundfile.info(tmp_path / "a.wav").frames == len(audio)
    stinger_free = ls.render(CONFIGS["default"][0], duration=0.1).save(tmp_path / "b.wav")
    assert b"smpl" not in stinger_free.read_bytes()


def composed(
    config: ls.MusicConfig, bars: int, n_more: int = 0, *, starts_at: int = 0
) -> list[list[NoteEvent]]:
    """The notes of a loop, bar by bar."""
    composer = LoopComposer(config, 1, RATE, bars, starts_at=starts_at)
    return [list(composer.next_bar().events) for _ in range(bars + n_more)]


def test_every_layer_plays_and_then_nothing() -> None:
    config = ls.MusicConfig(
        density=2, melody="minimal", accent="chime", rhythm="heartbeat", syncopation="heavy"
    )
    bars = composed(config, 8, n_more=4)
    assert {note.layer for bar in bars[:8] for note in bar} == set(LAYERS)
    length = loop_frames(config, 8, RATE)
    assert max(note.length for bar in bars for note in bar) <= length
    assert not any(bars[9:]), "only notes that reach over the end follow, within a bar"
    assert all(note.onset >= length - RATE // 4 for note in bars[8])


def test_human_timing_may_come_early() -> None:
    early = composed(ls.MusicConfig(human="drunk", tempo=60), 4, starts_at=RATE)
    onsets = [note.onset for note in early[0]]
    assert min(onsets) < RATE
    assert loop_frames(ls.MusicConfig(tempo=60), 4, RATE) == 16 * RATE


@pytest.fixture(scope="module")
def game() -> GameSet:
    """A small set."""
    config = ls.MusicConfig(tempo=200, space="small", melody_density="medium", chord_change_bars="medium")
    return ls.game_set(config, bars=2, levels=3, stingers=2, seed=4)


def chords_of(config: ls.MusicConfig, seed: int, bars: int) -> list[Any]:
    """The chords of a loop, with their places."""
    composer = LoopComposer(config, seed, RATE, bars)
    return [composer.next_bar().chords for _ in range(bars)]


def test_a_set_shares_grid_key_and_chords(game: GameSet) -> None:
    assert game.tempo_bpm == 200.0
    bar = 1.2 * RATE
    assert [len(one) for one in game.loops] == [round(2 * bar)] * 3
    assert all(len(one) % bar == 0 and len(one) > bar for one in game.stingers)
    for audio in (*game.loops, *game.stingers):
        assert audio.config is not None
        assert (audio.config.tempo, audio.config.root, audio.config.mode) == (200.0, "c", "major")
    for bars in (2, 8):
        first, *others = (chords_of(loop.config, game.seed, bars) for loop in game.loops)
        assert all(chords == first for chords in others)
        assert sum(map(len, first)) == bars


def test_a_set_gets_busier(game: GameSet) -> None:
    counts = [sum(map(len, composed(one.config, 8))) for one in game.loops]
    assert counts[0] < 0.8 * counts[1]
    assert counts[1] < 0.8 * counts[2]
    assert game.loops[1].config == game.config


def test_stingers_begin_at_once_differ_and_ring_out(game: GameSet) -> None:
    one, other = (stinger.samples for stinger in game.stingers)
    assert not np.array_equal(one, other)
    for samples in (one, other):
        loud = np.abs(samples).max()
        assert np.abs(samples[: RATE // 10]).max() > 0.1 * loud
        assert np.abs(samples[-RATE // 20 :]).max() < 0.01 * loud


def test_a_saved_set_replays_and_describes_itself(game: GameSet, tmp_path: Path) -> None:
    paths = game.save(tmp_path / "set", ".flac")
    names = ["loop_1.flac", "loop_2.flac", "loop_3.flac", "stinger_1.flac", "stinger_2.flac"]
    assert [path.name for path in paths] == [*names, "set.json"]
    for name in ("loop_3.flac", "stinger_2.flac"):
        again = ls.replay(tmp_path / "set" / name)
        np.testing.assert_array_equal(again.samples, game.files(".flac")[name].samples)
    told = json.loads(paths[-1].read_text("utf-8"))
    assert (told["tempo_bpm"], told["bars"], told["bar_frames"]) == (200.0, 2, 1.2 * RATE)
    assert {name: one["frames"] for name, one in told["files"].items()} == {
        name: soundfile.info(tmp_path / "set" / name).frames for name in names
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [("bars", 0), ("levels", 0), ("levels", 6), ("stingers", -1), ("stingers", 1.0), ("channels", 3)],
)
def test_a_set_refuses_what_it_can_not_make(name: str, value: Any) -> None:
    with pytest.raises(ls.InvalidConfigError, match=f"{name} must be"):
        ls.game_set("rain", **{name: value})
