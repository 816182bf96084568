"""MIDI files, read back by another library: the same notes, at the same times, on a true tempo map."""

from __future__ import annotations

import itertools
import os
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import symusic
from hypothesis import given, settings
from hypothesis import strategies as st

import latentscore as ls
from latentscore.config import MusicConfig
from latentscore.config.fields import FIELDS
from latentscore.errors import FileFormatError, InvalidConfigError, OutputError
from latentscore.events import LAYERS
from latentscore.output.general_midi import DRUM_KEYS, PROGRAMS, drum_key
from latentscore.output.midi import sheet_of, write_midi
from latentscore.output.midi_lanes import BEND_RANGE, Lane, Stroke
from latentscore.output.notation import SYMBOLS, chord_symbol, key_signature
from latentscore.output.recipes import BackendRecipe, RenderRecipe
from latentscore.output.tempo_map import PPQ, TempoMap
from latentscore.score.clock import BarGrid
from latentscore.score.looping import LoopComposer, loop_frames
from latentscore.score.sheet import ScoreBar, ScoreNote, Sheet
from latentscore.theory.chords import QUALITIES
from latentscore.theory.drums import KITS, TOM

FULL = MusicConfig(
    density=6, human="drunk", rhythm="kit_medium", texture="crystal", depth=True, swing="heavy"
)
WAYS = [
    (FULL, 44_100, False),
    (
        FULL.model_copy(update={"tempo": 201.7, "accent": "bells_dense", "melody": "call_response"}),
        48_000,
        False,
    ),
    (FULL.model_copy(update={"tempo": "very_slow", "accent": "wind", "texture": "stars"}), 44_100, True),
]
"""Config, sample rate, ending: the close slows down within its bars."""


@pytest.fixture(scope="module", params=WAYS, ids=["plain", "fast", "ending"])
def piece(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Sheet, Path]:
    config, rate, ending = request.param
    sheet = Sheet.compose(config, 70.0, 5, rate, ending=ending, vibe="雨 & <rain>")
    return sheet, write_midi(tmp_path_factory.mktemp("midi") / "a.mid", sheet)


def key_of(note: ScoreNote) -> int:
    return drum_key(note.voice, note.pitch) if note.layer == "rhythm" else round(note.pitch)


def tick_s(read: Any) -> float:
    return max(tempo.mspq for tempo in read.tempos) / 1e6 / PPQ


def test_another_library_reads_the_same_notes(piece: tuple[Sheet, Path]) -> None:
    sheet, path = piece
    read, tick = symusic.Score(path, ttype="second"), tick_s(symusic.Score(path))
    assert read.end() >= sheet.duration - tick
    for layer in LAYERS:
        wanted, found = defaultdict(list), defaultdict(list)
        for note in sheet.notes:
            if note.layer == layer:
                wanted[key_of(note)].append((note.onset_s, note.length_s, note.velocity))
        for track in read.tracks:
            if track.name == f"{layer}: {getattr(sheet.config, layer)}":
                assert track.is_drum == (layer == "rhythm")
                for note in track.notes:
                    found[note.pitch].append((note.time, note.duration, note.velocity))
        assert found.keys() == wanted.keys(), layer
        for key, notes in wanted.items():
            assert len(found[key]) == len(notes), (layer, key)
            # strokes of one key within a tick of each other may come back in another order
            pairs = zip(sorted(notes), sorted(found[key]), strict=True)
            for (onset, _, _), (read_onset, _, _) in pairs:
                assert read_onset == pytest.approx(onset, abs=tick)
            assert sorted(n[2] for n in notes) == sorted(n[2] for n in found[key])


def test_notes_keep_their_length_unless_their_key_is_struck_again(piece: tuple[Sheet, Path]) -> None:
    sheet, path = piece
    read, tick = symusic.Score(path, ttype="second"), tick_s(symusic.Score(path))
    ends = defaultdict(list)
    for track in read.tracks:
        for note in track.notes:
            ends[track.name.split(":")[0], note.pitch].append((note.time, note.time + note.duration))
    n_cut = 0
    for note in sheet.notes:
        end = note.onset_s + note.length_s
        near = [stop for start, stop in ends[note.layer, key_of(note)] if abs(start - note.onset_s) <= tick]
        if not any(abs(stop - end) <= 2 * tick for stop in near):
            n_cut += 1
            again = [start for start, _ in ends[note.layer, key_of(note)] if note.onset_s < start < end]
            assert any(abs(stop - start) <= tick for stop in near for start in again), note
    assert n_cut < len(sheet.notes) / 10


def test_bar_lines_lie_where_the_bars_begin(piece: tuple[Sheet, Path]) -> None:
    sheet, path = piece
    read = symusic.Score(path)
    starts = [tempo.time for tempo in read.tempos]
    assert read.ticks_per_quarter >= 960
    elapsed, bars = 0.0, iter(sheet.bars)
    for n in range(len(sheet.bars)):
        assert elapsed == pytest.approx(next(bars).onset_s, abs=tick_s(read)), n
        for tick in range(n * 4 * PPQ, (n + 1) * 4 * PPQ, PPQ // 4):
            at = max(place for place, start in enumerate(starts) if start <= tick)
            elapsed += read.tempos[at].mspq / 1e6 / 4
    shown = {round(tempo.qpm, 1) for tempo in read.tempos}
    assert round(sheet.bars[0].tempo_bpm, 1) in shown


def test_title_key_meter_and_markers(piece: tuple[Sheet, Path]) -> None:
    sheet, path = piece
    read, times = symusic.Score(path), symusic.Score(path, ttype="second")
    assert sheet.vibe is not None
    assert sheet.vibe.encode() in path.read_bytes()
    assert sheet.config.share().encode() in path.read_bytes()
    assert [(m.numerator, m.denominator) for m in read.time_signatures] == [(4, 4)]
    assert (read.key_signatures[0].key, read.key_signatures[0].tonality) == (0, 0)  # c major
    markers = [(marker.text, marker.time) for marker in times.markers]
    wanted = [(section.name, section.onset_s) for section in sheet.sections]
    wanted += [(chord_symbol(chord.root, chord.quality, "C"), chord.onset_s) for chord in sheet.chords]
    assert sorted(text for text, _ in markers) == sorted(text for text, _ in wanted)
    for text, onset in wanted:
        assert any(found == text and abs(time - onset) < 1e-3 for found, time in markers)


def test_each_layer_has_a_track_and_every_channel_one_layer(piece: tuple[Sheet, Path]) -> None:
    import mido

    owners: dict[int, str] = {}
    file = mido.MidiFile(piece[1], charset="utf-8")
    assert [track.name.split(":")[0] for track in file.tracks[1:]] == list(LAYERS)
    for track in file.tracks[1:]:
        for message in track:
            if message.type == "note_on":
                assert owners.setdefault(message.channel, track.name) == track.name
    assert owners[9].startswith("rhythm")


def test_a_glide_bends_from_the_old_pitch_to_the_new_one_and_nothing_else() -> None:
    note = ScoreNote("bass", 1.0, 2.0, 40.0, 90, 0, glide_from=35.0)
    plain = ScoreNote("bass", 4.0, 1.0, 40.0, 90, 0)
    between = ScoreNote("melody", 0.5, 1.0, 60.25, 90, 0)
    file = _file(note, plain, between)
    bass, melody = file.tracks[1], file.tracks[3]
    bends = [message.pitch * BEND_RANGE / 8192 for message in bass if message.type == "pitchwheel"]
    assert bends[0] == pytest.approx(-5.0, abs=0.01)
    assert bends == sorted(bends)
    assert bends[-1] == 0
    assert abs(bends[-2]) < 0.02
    half = next(
        place for place, message in enumerate(bass) if message.type == "note_on" and message.note == 40
    )
    assert bass[half - 1].type == "pitchwheel"  # bent before it sounds
    assert bass[half].time == 0
    assert [m.pitch for m in melody if m.type == "pitchwheel"] == [round(0.25 * 8192 / BEND_RANGE)]
    assert [m.value for m in melody if m.type == "control_change" and m.control == 6] == [BEND_RANGE]


def test_a_bent_note_leaves_those_that_sound_with_it_alone() -> None:
    held = ScoreNote("bass", 0.0, 4.0, 28.0, 90, 0)
    bent = ScoreNote("bass", 1.0, 2.0, 40.0, 90, 0, glide_from=35.0)
    track = _file(held, bent).tracks[1]
    channels = {message.note: message.channel for message in track if message.type == "note_on"}
    assert channels[28] != channels[40]
    assert {m.channel for m in track if m.type == "pitchwheel"} == {channels[40]}


def _file(*notes: ScoreNote) -> Any:
    from latentscore.output.midi import midi_file

    bars = tuple(ScoreBar(n, 2.0 * n, 2.0, 4, 120.0) for n in range(4))
    config = MusicConfig(melody="procedural", rhythm="none")
    return midi_file(
        Sheet(config, 0, 44_100, 8.0, tuple(sorted(notes, key=lambda n: n.onset_s)), bars, (), ())
    )


def test_of_two_strokes_of_one_key_the_earlier_ends_and_of_two_at_once_one_stays() -> None:
    lane = Lane(9, 0)
    for stroke in (
        Stroke(0, 100, 38, 20),
        Stroke(50, 150, 38, 90),
        Stroke(50, 80, 38, 60),
        Stroke(50, 80, 42, 7),
    ):
        lane.play(stroke)
    assert lane.strokes == [Stroke(0, 50, 38, 20), Stroke(50, 150, 38, 90), Stroke(50, 80, 42, 7)]


@settings(max_examples=50)
@given(
    tempos=st.lists(st.floats(30.0, 240.0), min_size=2, max_size=30),
    shares=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=20),
)
def test_any_tempo_curve_keeps_its_bars_and_seconds(tempos: list[float], shares: list[float]) -> None:
    bars: list[ScoreBar] = []
    onset = 0.0
    for n, (first, last) in enumerate(itertools.pairwise(tempos)):
        length = 4 * 0.5 * (60.0 / first + 60.0 / last)
        bars.append(ScoreBar(n, onset, length, 4, first))
        onset += length
    tempo = TempoMap(bars)
    for bar in bars:
        assert abs(tempo.tick(bar.onset_s) - bar.index * 4 * PPQ) <= 1
        grid = BarGrid(bar.onset_s, 60.0 / bar.tempo_bpm, bar.length_s / 2 - 60.0 / bar.tempo_bpm, 0.5)
        for beat in (1, 2, 3):  # where the composer's clock puts them
            assert abs(tempo.tick(grid.place(beat)) - (bar.index * 4 + beat) * PPQ) <= 1
    for share in shares:
        seconds = share * onset
        event = [e for e in tempo.events if e.tick <= tempo.tick(seconds)][-1]
        back = (event.units + (tempo.tick(seconds) - event.tick) * event.us_per_quarter) / PPQ / 1e6
        assert abs(back - seconds) <= 0.51 * max(e.us_per_quarter for e in tempo.events) / PPQ / 1e6


def test_a_steady_day_has_few_tempo_events_and_no_drift() -> None:
    length = 4 * 60.0 / 86.0
    bars = [ScoreBar(n, round(n * length * 44_100) / 44_100, length, 4, 86.0) for n in range(31_000)]
    tempo = TempoMap(bars)
    assert tempo.tick(bars[-1].onset_s) == bars[-1].index * 4 * PPQ
    assert len(tempo.events) < len(bars) / 25


def test_every_style_drum_and_chord_has_its_place_in_general_midi() -> None:
    for layer in LAYERS:
        assert PROGRAMS[layer].keys() == set(FIELDS[layer].labels)
        assert all(0 <= program <= 127 for programs in PROGRAMS[layer].values() for program in programs)
        if layer != "rhythm":
            sounding = [programs for label, programs in PROGRAMS[layer].items() if label != "none"]
            assert len(set(sounding)) == len(sounding), f"two styles of {layer} sound the same"
    for style, kit in KITS.items():
        keys = [DRUM_KEYS[drum] for drum in kit]
        assert len(set(keys)) == len(keys), style
        assert all(35 <= key <= 81 for key in keys)
    assert [drum_key(TOM, pitch) for pitch in (64.0, 60.0, 55.0)] == [48, 45, 41]
    assert SYMBOLS.keys() == QUALITIES.keys()


@pytest.mark.parametrize(
    ("root", "mode", "signature", "flat_seventh"),
    [
        ("c", "major", "C", "A#"),
        ("f", "minor", "Fm", "Bb"),
        ("d#", "dorian", "Ebm", "Bb"),
        ("g#", "minor", "G#m", "A#"),
    ],
)
def test_keys_are_spelled_as_musicians_do(root: str, mode: str, signature: str, flat_seventh: str) -> None:
    assert key_signature(root, mode) == signature
    assert chord_symbol(10, "maj7", signature) == f"{flat_seventh}maj7"


def test_a_loop_has_the_notes_that_the_engine_plays_those_before_its_beginning_at_its_end() -> None:
    rate, n_bars, early = 44_100, 2, 20_000
    n_frames = loop_frames(FULL, n_bars, rate)
    made = {"sample_rate": rate, "channels": 1, "n_frames": n_frames}
    sheet = sheet_of(RenderRecipe(config=FULL, seed=4, shape="loop", n_bars=n_bars, **made))
    composer = LoopComposer(FULL, 4, rate, n_bars, starts_at=early)
    events = [event for _ in range(n_bars + 2) for event in composer.next_bar().events]
    wanted = sorted(((event.onset - early) % n_frames, event.pitch) for event in events)
    assert sorted((round(note.onset_s * rate), note.pitch) for note in sheet.notes) == wanted
    assert any(event.onset < early for event in events)
    assert (sheet.duration, sheet.bars[0].onset_s) == (n_frames / rate, 0.0)


def test_audio_that_is_no_render_has_no_score(tmp_path: Path) -> None:
    audio = ls.render(MusicConfig(), duration=0.5)
    assert symusic.Score(audio.save(tmp_path / "a.mid")).tpq == PPQ
    with pytest.raises(FileFormatError, match="not known"):
        replace(audio, recipe=None).save(tmp_path / "b.mid")
    backend = BackendRecipe(seed=0, sample_rate=44_100, channels=1, n_frames=9, model="other")
    with pytest.raises(FileFormatError, match="backend"):
        replace(audio, recipe=backend).save(tmp_path / "b.mid")
    with pytest.raises(InvalidConfigError, match="bits"):
        audio.save(tmp_path / "b.mid", bits=24)
    assert os.listdir(tmp_path) == ["a.mid"]


def test_refusals_and_what_stood_there(tmp_path: Path) -> None:
    sheet = Sheet.compose(MusicConfig(), 1.0, 0, 44_100)
    with pytest.raises(FileFormatError, match=r"x\.wav.*\.mid"):
        write_midi(tmp_path / "x.wav", sheet)
    with pytest.raises(OutputError, match="nowhere"):
        write_midi(tmp_path / "nowhere" / "x.mid", sheet)
    assert os.listdir(tmp_path) == []


def test_a_hostile_vibe_is_a_title_on_one_line(tmp_path: Path) -> None:
    sheet = Sheet.compose(MusicConfig(), 1.0, 0, 44_100, vibe="a\ud800\x00b\n" + "x" * 9000)
    read = write_midi(tmp_path / "x.MIDI", sheet).read_bytes()
    assert "a\ufffd\ufffdb ".encode() in read
    assert len(read) < 9000
