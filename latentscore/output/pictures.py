"""Pictures of a sound (waveform and spectrogram) and of a score (piano roll)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.patches import Patch
from numpy.typing import NDArray

from latentscore.config.display import LAYER_COLORS
from latentscore.drawing import (
    ACCENT,
    FAINT,
    INK,
    PAPER,
    RULE,
    Picture,
    bare,
    clock,
    picture,
    plain,
    title,
)
from latentscore.output.notation import chord_symbol, key_name, key_signature
from latentscore.output.spectrogram import RANGE_DB, spectrogram
from latentscore.output.waveform import outline
from latentscore.theory import drums
from latentscore.theory.pitch import name
from latentscore.vibe.tables import clipped

if TYPE_CHECKING:
    from latentscore.score.sheet import ScoreNote, Sheet

_N_COLUMNS: Final = 1200
_LONGEST_TITLE: Final = 80
_FLAT: Final = re.compile("(?<=[A-G])b|b(?=[59])")
_TICKS_HZ: Final = {
    50: "50",
    100: "100",
    200: "200",
    500: "500",
    1000: "1k",
    2000: "2k",
    5000: "5k",
    10000: "10k",
}
_NIGHT: Final = LinearSegmentedColormap.from_list(
    "night", [PAPER, "#d9d8e6", "#9aa0c8", "#4f5aa0", "#3a2f6b", "#d9683c", "#ffe9a8"]
)
_FROM_BEHIND: Final = ("texture", "pad", "bass", "accent", "melody")
_DRUM_NAMES: Final = {
    number: label.lower().replace("_", " ")
    for label, number in vars(drums).items()
    if isinstance(number, int)
}


def audio_picture(samples: NDArray[np.float32], sample_rate: int, caption: str) -> Picture:
    """Draw a sound: its waveform above its spectrogram, on one time line.

    Args:
        samples: (n,) or (n, 2), in [-1, 1]. Of two channels the left one's peaks point up, the right one's down.
        sample_rate: Frames per second.
        caption: The title.
    """
    figure = picture(10.0, 5.2)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.0, 2.4))
    _waveform(above, samples, sample_rate)
    title(above, clipped(caption, _LONGEST_TITLE))
    _spectrogram(below, samples, sample_rate)
    clock(below, len(samples) / sample_rate)
    return figure


def _waveform(axes: Axes, samples: NDArray[np.float32], sample_rate: int) -> None:
    top, bottom = outline(samples, _N_COLUMNS)
    seconds = np.linspace(0.0, len(samples) / sample_rate, len(top))
    plain(axes)
    axes.axhline(0.0, color=RULE, linewidth=0.8)
    axes.fill_between(seconds, bottom, top, color=ACCENT, linewidth=0.3)
    axes.set_ylim(-1.0, 1.0)
    axes.tick_params(axis="x", labelbottom=False, length=0)
    if samples.ndim == 2:
        axes.set_yticks([-0.5, 0.5], ["right", "left"])
        axes.tick_params(axis="y", length=0)
    else:
        axes.set_yticks([-1.0, 0.0, 1.0], ["−1", "0", "1"])


def _spectrogram(axes: Axes, samples: NDArray[np.float32], sample_rate: int) -> None:
    levels, frequencies = spectrogram(samples, sample_rate, _N_COLUMNS)
    low, high = np.log2(frequencies[0]), np.log2(frequencies[-1])
    plain(axes)
    drawn = axes.imshow(
        levels,
        origin="lower",
        aspect="auto",
        extent=(0.0, len(samples) / sample_rate, float(low), float(high)),
        cmap=_NIGHT,
        vmin=-RANGE_DB,
        vmax=0.0,
        interpolation="bilinear",
    )
    axes.set_yticks(np.log2(list(_TICKS_HZ)), list(_TICKS_HZ.values()))
    axes.set_ylabel("Hz", color=FAINT, fontsize=8)
    scale = axes.figure.colorbar(drawn, ax=axes, pad=0.01, fraction=0.025, aspect=30)
    scale.outline.set_visible(False)  # pyright: ignore[reportCallIssue]
    scale.ax.tick_params(colors=FAINT, labelsize=8, length=0)
    scale.set_ticks([-60.0, -40.0, -20.0, 0.0], labels=["−60 dB", "−40", "−20", "0"])


def score_picture(sheet: Sheet) -> Picture:
    """Draw a score: notes by pitch in their layers' colours, chords and sections above, drums below."""
    strokes = [note for note in sheet.notes if note.layer == "rhythm"]
    voices = sorted({note.voice for note in strokes})
    figure = picture(12.0, 6.2)
    heights = (0.55, 5.0, max(0.3, 0.24 * len(voices)))
    above, roll, below = figure.subplots(3, 1, sharex=True, height_ratios=heights)
    config = sheet.config
    caption = clipped(sheet.vibe, _LONGEST_TITLE) if sheet.vibe else "A score"
    tempo = f"{sheet.bars[0].tempo_bpm:.0f} bpm"
    title(above, f"{caption}  ·  {_typeset(key_name(config.root, config.mode))}, {tempo}, seed {sheet.seed}")
    _harmony(above, sheet)
    _roll(roll, [note for note in sheet.notes if note.layer != "rhythm"])
    _drums(below, strokes, voices)
    _bar_lines((roll, below), sheet)
    clock(below, sheet.duration)
    return figure


def _harmony(axes: Axes, sheet: Sheet) -> None:
    """Write sections over chords; where chords are too close to be read, every second or fourth of them."""
    bare(axes)
    axes.set_ylim(0.0, 2.0)
    for at, section in enumerate(sheet.sections):
        end = sheet.sections[at + 1].onset_s if at + 1 < len(sheet.sections) else sheet.duration
        shade = to_rgba(ACCENT, 0.16 if at % 2 == 0 else 0.08)
        axes.broken_barh([(section.onset_s, end - section.onset_s)], (1.05, 0.9), color=shade)
        if end - section.onset_s > sheet.duration * 0.04:
            axes.text(
                section.onset_s + sheet.duration * 0.005,
                1.5,
                section.name,
                va="center",
                fontsize=8.5,
                color=INK,
            )
    key = key_signature(sheet.config.root, sheet.config.mode)
    last = -sheet.duration
    for chord in sheet.chords:
        symbol = _typeset(chord_symbol(chord.root, chord.quality, key))
        if chord.onset_s - last >= sheet.duration * (0.008 + 0.0075 * len(symbol)):
            axes.text(chord.onset_s, 0.5, symbol, va="center", fontsize=7.5, color=INK)
            last = chord.onset_s


def _roll(axes: Axes, notes: Sequence[ScoreNote]) -> None:
    plain(axes)
    notes = sorted(notes, key=lambda note: _FROM_BEHIND.index(note.layer))
    axes.add_collection(
        PolyCollection(
            [_box(note) for note in notes],
            facecolors=[
                to_rgba(LAYER_COLORS[note.layer], 0.35 + 0.6 * note.velocity / 127.0) for note in notes
            ],
            linewidths=0,
        )
    )
    pitches = [note.pitch for note in notes] or [60.0]
    low, high = int(min(pitches)) - 2, int(max(pitches)) + 6  # room for the legend
    axes.set_ylim(low, high)
    octaves = [pitch for pitch in range(low, high) if pitch % 12 == 0]
    axes.set_yticks(octaves, [name(pitch) for pitch in octaves])
    axes.tick_params(axis="x", labelbottom=False, length=0)
    for pitch in octaves:
        axes.axhline(pitch, color=RULE, linewidth=0.8, zorder=0)
    known = {note.layer for note in notes}
    patches = [Patch(color=color, label=layer) for layer, color in LAYER_COLORS.items() if layer in known]
    axes.legend(
        handles=patches,
        loc="upper right",
        ncols=len(patches) or 1,
        fontsize=8,
        labelcolor=INK,
        facecolor=PAPER,
        edgecolor="none",
        framealpha=0.85,
        handlelength=1.0,
        handleheight=0.9,
    )


def _box(note: ScoreNote) -> tuple[tuple[float, float], ...]:
    """Return the corners of a note's bar."""
    start, end, low, high = note.onset_s, note.onset_s + note.length_s, note.pitch - 0.4, note.pitch + 0.4
    return (start, low), (end, low), (end, high), (start, high)


def _typeset(symbol: str) -> str:
    """Return a key or chord with the signs for flat and sharp."""
    return _FLAT.sub("♭", symbol).replace("#", "♯")


def _drums(axes: Axes, strokes: Sequence[ScoreNote], voices: Sequence[int]) -> None:
    plain(axes)
    axes.set_ylim(-0.7, max(len(voices) - 0.3, 0.7))
    axes.set_yticks(range(len(voices)), [_DRUM_NAMES[voice] for voice in voices])
    axes.tick_params(axis="y", length=0)
    if not strokes:
        axes.set_yticks([0], ["no drums"])
    axes.scatter(
        [note.onset_s for note in strokes],
        [voices.index(note.voice) for note in strokes],
        s=[3.0 + 0.22 * note.velocity for note in strokes],
        color=LAYER_COLORS["rhythm"],
        linewidths=0,
    )


def _bar_lines(places: Sequence[Axes], sheet: Sheet) -> None:
    """Rule a line at every bar, or at every fourth where they would be too close, and darker ones at sections."""
    step = next((n for n in (1, 4, 16) if len(sheet.bars) / n <= 64), 64)
    for axes in places:
        for bar in sheet.bars[::step]:
            axes.axvline(bar.onset_s, color=RULE, linewidth=0.5, zorder=0)
        for section in sheet.sections:
            axes.axvline(section.onset_s, color=FAINT, linewidth=0.7, zorder=0)
