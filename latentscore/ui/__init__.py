"""Interfaces beside the command line: a live widget for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from latentscore.config.model import MusicConfig
    from latentscore.ui.live_widget import LiveWidget
    from latentscore.vibe.models import ModelLike


def live_widget(
    content: str | MusicConfig | None = None,
    *,
    seed: int | None = None,
    channels: int = 2,
    model: ModelLike = "fast",
    transition: float = 3.0,
) -> LiveWidget:
    """Return a widget that plays in the browser, with a vibe box, sliders and meters (extra `notebook`).

    The music is made in the kernel's process, in a thread of its own, and sent to the browser about a second ahead; it
    goes on while cells run. Nothing sounds before the play button is pressed, for browsers do not allow it.

    Args:
        content: What it plays first, a vibe or a config; None is `MusicConfig()`.
        seed: As in `session`.
        channels: 1 or 2. Two need 176 kB a second between kernel and browser.
        model: What reads the vibes, as in `render`.
        transition: Seconds from one vibe to the next.

    Raises:
        LatentScoreError: anywidget is not installed.
        InvalidConfigError: An argument that is not allowed.
    """
    from latentscore.errors import require

    require("anywidget", extra="notebook", what="live_widget()")
    from latentscore.ui.live_widget import LiveWidget

    return LiveWidget(content, seed=seed, channels=channels, model=model, transition=transition)
