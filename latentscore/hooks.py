"""Hooks: callbacks that tell a caller how a render is going."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class RenderHooks:
    """Callbacks of one render, all optional, called in this order in the thread that renders.

    Attributes:
        on_start: `()`, at the call.
        on_model_start: `(model)`, before the text is resolved.
        on_model_end: `(config)`, with the config that was found, updates applied.
        on_synth_start: `()`, before the first block.
        on_progress: `(share)`, from 0 to 1, about every half second of music.
        on_synth_end: `()`, after the last block.
        on_end: `(audio)`, with the result.
        on_error: `(error)`, with whatever ended the render early; it is raised all the same.
    """

    on_start: Callable[[], object] | None = None
    on_model_start: Callable[[str], object] | None = None
    on_model_end: Callable[[Any], object] | None = None
    on_synth_start: Callable[[], object] | None = None
    on_progress: Callable[[float], object] | None = None
    on_synth_end: Callable[[], object] | None = None
    on_end: Callable[[Any], object] | None = None
    on_error: Callable[[BaseException], object] | None = None

    def call(self, name: str, *arguments: Any) -> None:
        """Call one hook if it is set. A hook that raises is logged and never stops the audio."""
        hook = getattr(self, name)
        if hook is None:
            return
        try:
            hook(*arguments)
        except Exception:
            _log.exception("The hook %s raised; the render goes on", name)
