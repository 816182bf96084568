"""The public `Score`: a piece as notes, without making sound, and where it can be written or drawn to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from latentscore.errors import require
from latentscore.markup import table
from latentscore.score.sheet import ScoreBar, ScoreChord, ScoreNote, ScoreSection, Sheet

if TYPE_CHECKING:
    import os

    from matplotlib.figure import Figure

    from latentscore.config import MusicConfig

__all__ = ["Score", "ScoreBar", "ScoreChord", "ScoreNote", "ScoreSection", "compose_score"]


@dataclass(frozen=True, slots=True)
class Score(Sheet):
    """A piece as events: `notes`, `bars`, `chords`, `sections`, all in seconds.

    The same config, seed and rate give the same score on every machine. Notes are sorted by onset; the onsets of a
    longer score's beginning equal those of a shorter one.
    """

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a Standard MIDI file (.mid): tempo map, a track per layer, markers for sections and chords.

        Raises:
            FileFormatError: Another suffix than .mid or .midi.
            OutputError: The path can't be written; what stood there before still does.
        """
        from latentscore.output.midi import write_midi

        return write_midi(Path(path), self)

    def plot(self) -> Figure:
        """Draw a piano roll with chords, sections and drums, as a Matplotlib figure of its own (extra `plot`).

        Raises:
            LatentScoreError: Matplotlib is not installed.
        """
        require("matplotlib", extra="plot", what="plot()")
        from latentscore.output.pictures import score_picture

        return score_picture(self)

    def _repr_html_(self) -> str:
        """Show what the score holds in a notebook."""
        return table(
            ("bars", "notes", "chords", "sections", "seed"),
            [
                (
                    len(self.bars),
                    len(self.notes),
                    len(self.chords),
                    ", ".join(section.name for section in self.sections),
                    self.seed,
                )
            ],
        )


def compose_score(
    config: MusicConfig,
    duration_s: float,
    seed: int = 0,
    sample_rate: int = 44_100,
    *,
    ending: bool = False,
    vibe: str | None = None,
) -> Score:
    """Compose `duration_s` seconds of a config.

    Args:
        config: What to compose.
        duration_s: Seconds, above 0.
        seed: Any int.
        sample_rate: 44100 or 48000: the grid on which onsets lie.
        ending: Whether the piece comes to a close in time.
        vibe: The text that the config came from, if it did; it is only told.

    Raises:
        InvalidConfigError: For a duration that is not a finite number above 0, or another rate.
    """
    return Score.compose(config, duration_s, seed, sample_rate, ending=ending, vibe=vibe)
