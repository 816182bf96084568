"""Hooks: callbacks that tell a caller how a render or a stream is going."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

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


EVENT_KINDS: Final = (
    "model_load_start",
    "model_load_end",
    "stream_start",
    "item_resolve_start",
    "item_resolve_success",
    "item_resolve_error",
    "first_config_ready",
    "first_audio_chunk",
    "transition_start",
    "transition_end",
    "transition_shortened",
    "item_superseded",
    "fallback_used",
    "underrun",
    "stream_end",
    "error",
)
"""What may happen to a stream."""


@dataclass(frozen=True, kw_only=True)
class StreamEvent:
    """Something that happened to a stream.

    Attributes:
        kind: One of `EVENT_KINDS`.
        time_s: Seconds of music at which it happened.
        item: Number of the item it concerns, from 0; None where it concerns none.
        label: The item in short: its text, or what kind of thing it is.
        config: The config that it led to, if it led to one.
        match: The library row behind that config, if one is.
        metadata: What a language model said, if one was asked.
        message: In words, where there is more to say.
        error: What went wrong, if something did.
    """

    kind: str
    time_s: float
    item: int | None = None
    label: str = ""
    config: Any = None
    match: Any = None
    metadata: Any = None
    message: str = ""
    error: BaseException | None = None


@dataclass(frozen=True, kw_only=True)
class StreamHooks:
    """Callbacks of a stream, all optional: each takes the `StreamEvent`. `on_event` is called for every one.

    They are called in the thread that renders or resolves. One that raises is logged and never stops the audio.
    """

    on_event: Callable[[StreamEvent], object] | None = None
    on_model_load_start: Callable[[StreamEvent], object] | None = None
    on_model_load_end: Callable[[StreamEvent], object] | None = None
    on_stream_start: Callable[[StreamEvent], object] | None = None
    on_item_resolve_start: Callable[[StreamEvent], object] | None = None
    on_item_resolve_success: Callable[[StreamEvent], object] | None = None
    on_item_resolve_error: Callable[[StreamEvent], object] | None = None
    on_first_config_ready: Callable[[StreamEvent], object] | None = None
    on_first_audio_chunk: Callable[[StreamEvent], object] | None = None
    on_transition_start: Callable[[StreamEvent], object] | None = None
    on_transition_end: Callable[[StreamEvent], object] | None = None
    on_transition_shortened: Callable[[StreamEvent], object] | None = None
    on_item_superseded: Callable[[StreamEvent], object] | None = None
    on_fallback_used: Callable[[StreamEvent], object] | None = None
    on_underrun: Callable[[StreamEvent], object] | None = None
    on_stream_end: Callable[[StreamEvent], object] | None = None
    on_error: Callable[[StreamEvent], object] | None = None

    def tell(self, event: StreamEvent) -> None:
        """Call `on_event` and the callback of the event's kind."""
        for name in ("on_event", f"on_{event.kind}"):
            hook = getattr(self, name)
            if hook is None:
                continue
            try:
                hook(event)
            except Exception:
                _log.exception("The hook %s raised; the stream goes on", name)
