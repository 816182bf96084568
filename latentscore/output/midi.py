"""Standard MIDI files: a sheet as tracks, one per layer, under a track of tempo, key and markers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from latentscore.config.fields import FIELDS
from latentscore.errors import FileFormatError
from latentscore.events import LAYERS
from latentscore.output.atomic import atomic_path
from latentscore.output.general_midi import REVERBS, VOLUMES
from latentscore.output.midi_lanes import BEND_RANGE, Lane, lanes
from latentscore.output.notation import chord_symbol, key_name, key_signature
from latentscore.output.tempo_map import PPQ, TempoMap
from latentscore.score.sheet import Sheet
from latentscore.vibe.tables import clipped

if TYPE_CHECKING:
    from mido import Message, MetaMessage, MidiFile

    from latentscore.output.recipes import Recipe

SUFFIXES: Final = (".mid", ".midi")
_LONGEST_TITLE: Final = 120

# At one tick: keys go up before controls move, bends come before the notes that start on them.
_OFF, _CONTROL, _BEND, _ON, _END = range(5)
_Timed = tuple[int, int, "Message | MetaMessage"]
"""Tick, rank within the tick, message."""


def write_midi(path: Path, sheet: Sheet) -> Path:
    """Write a sheet as a Standard MIDI file of type 1, atomically.

    960 ticks a quarter note; every onset lies within half a tick of the sheet's. General MIDI programs, drums on
    channel 10, pitch bends (two octaves wide) for glides, markers for sections and chords. Where one key is struck
    again while it sounds and the layer's three channels are all taken, its earlier note ends there.

    Raises:
        FileFormatError: Another suffix than .mid or .midi.
        OutputError: The path can't be written; what stood there before still does.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise FileFormatError(f"path={str(path)!r}: a score is written as {' or '.join(SUFFIXES)}")
    file = midi_file(sheet)
    with atomic_path(path) as part:
        file.save(str(part))
    return path


def sheet_of(recipe: Recipe) -> Sheet:
    """Return what a render played, from its recipe.

    Raises:
        FileFormatError: What was played was not composed as one piece: a stream, or another model's audio.
    """
    if recipe.kind != "render":
        raise FileFormatError(
            f"a MIDI file needs the score of one render; this is the audio of a {recipe.kind}"
        )
    config, seed, rate = recipe.config, recipe.seed, recipe.sample_rate
    if recipe.n_bars is not None:
        return Sheet.compose_loop(
            config, recipe.n_bars, seed, rate, recipe.n_frames, wraps=recipe.shape == "loop", vibe=recipe.vibe
        )
    seconds = recipe.n_frames / rate
    return Sheet.compose(config, seconds, seed, rate, ending=recipe.ending, vibe=recipe.vibe)


def midi_file(sheet: Sheet) -> MidiFile:
    """Return a sheet as mido's `MidiFile`."""
    from mido import MidiFile

    tempo = TempoMap(sheet.bars)
    end = tempo.tick(sheet.duration)
    file = MidiFile(type=1, ticks_per_beat=PPQ, charset="utf-8")
    _append(file, _conductor(sheet, tempo), end)
    for layer in LAYERS:
        label = str(getattr(sheet.config, layer))
        notes = [note for note in sheet.notes if note.layer == layer]
        if label != "none":
            played = lanes(layer, label, notes, tempo)
            _append(file, _track(layer, label, played, sheet), end)
    return file


def _append(file: MidiFile, messages: Iterable[_Timed], end: int) -> None:
    """Add a track of messages at ticks, in their order in time, that ends at `end` or with its last one."""
    from mido import MetaMessage

    track = file.add_track()
    now = 0
    for tick, _, message in sorted(messages, key=lambda timed: timed[:2]):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(MetaMessage("end_of_track", time=max(0, end - now)))


def _conductor(sheet: Sheet, tempo: TempoMap) -> list[_Timed]:
    from mido import MetaMessage

    config = sheet.config
    key = key_signature(config.root, config.mode)
    title = (
        clipped(sheet.vibe, _LONGEST_TITLE)
        if sheet.vibe
        else f"LatentScore in {key_name(config.root, config.mode)}"
    )
    found: list[_Timed] = [
        (0, _CONTROL, MetaMessage("track_name", name=title)),
        (0, _CONTROL, MetaMessage("text", text=f"LatentScore, seed {sheet.seed}, {config.share()}")),
        (0, _CONTROL, MetaMessage("time_signature", numerator=sheet.bars[0].beats, denominator=4)),
        (0, _CONTROL, MetaMessage("key_signature", key=key)),
    ]
    found += [
        (event.tick, _CONTROL, MetaMessage("set_tempo", tempo=event.us_per_quarter)) for event in tempo.events
    ]
    found += [
        (tempo.tick(section.onset_s), _BEND, MetaMessage("marker", text=section.name))
        for section in sheet.sections
    ]
    found += [
        (
            tempo.tick(chord.onset_s),
            _ON,
            MetaMessage("marker", text=chord_symbol(chord.root, chord.quality, key)),
        )
        for chord in sheet.chords
    ]
    return found


def _track(layer: str, label: str, played: list[Lane], sheet: Sheet) -> list[_Timed]:
    from mido import MetaMessage

    reverb = REVERBS[FIELDS["space"].index(sheet.config.space)]
    found: list[_Timed] = [(0, _OFF, MetaMessage("track_name", name=f"{layer}: {label}"))]
    for lane in played:
        found += _set_up(lane, VOLUMES[layer], reverb)
        found += _played(lane)
    return found


def _set_up(lane: Lane, volume: int, reverb: int) -> list[_Timed]:
    """Return what a channel is told at the start; the bend range only if it bends."""
    from mido import Message

    controls = [(7, volume), (91, reverb)]
    if any(stroke.bends for stroke in lane.strokes):
        controls += [(101, 0), (100, 0), (6, BEND_RANGE), (38, 0), (101, 127), (100, 127)]
    return [
        (0, _CONTROL, Message("program_change", channel=lane.channel, program=lane.program)),
        *(
            (0, _CONTROL, Message("control_change", channel=lane.channel, control=control, value=value))
            for control, value in controls
        ),
    ]


def _played(lane: Lane) -> list[_Timed]:
    from mido import Message

    found: list[_Timed] = []
    wheel, at = 0, lane.channel
    for stroke in lane.strokes:
        found += [
            (stroke.on, _ON, Message("note_on", channel=at, note=stroke.key, velocity=stroke.velocity)),
            (stroke.off, _OFF, Message("note_off", channel=at, note=stroke.key, velocity=0)),
        ]
        for tick, value in stroke.bends or ((stroke.on, 0),):
            if value != wheel:
                found.append((tick, _BEND, Message("pitchwheel", channel=at, pitch=value)))
                wheel = value
    return found
