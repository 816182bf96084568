"""The outline of a sound: its peaks by column, and a picture of them that needs no library."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from latentscore.markup import Html

_WIDTH = 720
_HEIGHT = 96
_COLOR = "#6d79b8"
"""Seen on a white page and on a black one."""


class Outline(NamedTuple):
    """How far a sound reaches up and down in each of so many equal columns: (columns,) each."""

    top: NDArray[np.float32]
    bottom: NDArray[np.float32]


def outline(samples: NDArray[np.float32], n_columns: int) -> Outline:
    """Return the outline of samples, (n,) or (n, 2).

    One channel: the greatest and least sample of each column. Two: the left one's peaks upwards, the right one's
    downwards. Fewer samples than columns give as many columns as samples.
    """
    n_columns = max(1, min(n_columns, len(samples)))
    starts = np.linspace(0, len(samples), n_columns, endpoint=False).astype(np.intp)
    if samples.ndim == 1:
        return Outline(np.maximum.reduceat(samples, starts), np.minimum.reduceat(samples, starts))
    peaks = np.maximum.reduceat(np.abs(samples), starts, axis=0)
    return Outline(peaks[:, 0], -peaks[:, 1])


def waveform_svg(samples: NDArray[np.float32]) -> Html:
    """Return the outline as an inline SVG, as wide as its place allows."""
    top, bottom = outline(samples, _WIDTH)
    scale = _HEIGHT / 2.0 - 1.0
    step = _WIDTH / len(top)
    ahead = [f"{x * step:.1f},{_HEIGHT / 2.0 - scale * y:.1f}" for x, y in enumerate(np.clip(top, -1, 1))]
    back = [f"{x * step:.1f},{_HEIGHT / 2.0 - scale * y:.1f}" for x, y in enumerate(np.clip(bottom, -1, 1))]
    points = " ".join([*ahead, *reversed(back)])
    return Html(
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="waveform" '
        f'style="display:block;width:100%;max-width:{_WIDTH}px;height:{_HEIGHT}px">'
        f'<line x1="0" x2="{_WIDTH}" y1="{_HEIGHT // 2}" y2="{_HEIGHT // 2}" stroke="{_COLOR}" stroke-opacity="0.4"/>'
        f'<polygon points="{points}" fill="{_COLOR}" stroke="{_COLOR}" stroke-width="0.5"/></svg>'
    )
