"""A sound in a notebook: a player and a waveform, as HTML that carries the sound within."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from latentscore.markup import Html, element, faint, joined
from latentscore.output.files import write_audio
from latentscore.output.handing import hand_over
from latentscore.output.waveform import waveform_svg
from latentscore.vibe.tables import clipped

if TYPE_CHECKING:
    from latentscore.config.model import MusicConfig

_LOSSLESS_S: Final = 20.0
"""Up to here the player has the samples themselves; longer sounds are compressed, for the notebook's sake."""
_LONGEST_S: Final = 600.0
_LONGEST_TITLE: Final = 160


def player_html(
    samples: NDArray[np.float32],
    sample_rate: int,
    *,
    seed: int,
    caption: str,
    facts: Sequence[str] = (),
    config: MusicConfig | None = None,
) -> Html:
    """Return a player above a waveform, with its title and, to be unfolded, its config.

    Args:
        samples: (n,) or (n, 2). Beyond 20 s they are sent as MP3; beyond 10 minutes the player has the first ten.
        sample_rate: Frames per second.
        seed: Of the dither.
        caption: The title; any text.
        facts: What is told beside it.
        config: What was played.
    """
    duration_s = len(samples) / sample_rate
    sent = samples[: round(_LONGEST_S * sample_rate)]
    suffix = ".wav" if duration_s <= _LOSSLESS_S else ".mp3"
    write = partial(_write, samples=sent, sample_rate=sample_rate, seed=seed)
    url = Html(hand_over(write, "data_url", suffix))
    told = [f"{duration_s:.1f} s" if duration_s < 60 else _minutes(duration_s), *facts]
    if duration_s > _LONGEST_S:
        told.append(f"the first {_minutes(_LONGEST_S)} are here to play")
    parts = [
        element("div", clipped(caption, _LONGEST_TITLE), style="font-weight:600"),
        element("div", faint(" · ".join(told)), style="font-size:85%"),
        waveform_svg(samples),
        element("audio", "", controls="controls", src=url, style="width:100%"),
    ]
    if config is not None:
        from latentscore.config.display import config_html

        fold = joined(
            (element("summary", faint("config"), style="cursor:pointer"), config_html(config.labels()))
        )
        parts.append(element("details", fold, style="font-size:90%"))
    return element("div", joined(parts), style="max-width:720px;line-height:1.5")


def _write(path: Path, samples: NDArray[np.float32], sample_rate: int, seed: int) -> None:
    """Write what the player plays."""
    write_audio(path, [samples], sample_rate, 1 if samples.ndim == 1 else 2, seed)


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d} min"
