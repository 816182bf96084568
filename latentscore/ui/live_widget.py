"""The live widget: a session whose music plays in the browser, told by its front end what to play."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import anywidget
import numpy as np
import traitlets
from numpy.typing import NDArray

from latentscore.config.display import LAYER_COLORS, place, words
from latentscore.config.fields import FIELDS, Value
from latentscore.config.model import MusicConfig
from latentscore.config.update import MusicConfigUpdate
from latentscore.errors import LatentScoreError
from latentscore.events import LAYERS
from latentscore.hooks import StreamEvent, StreamHooks
from latentscore.output.dither import Dither
from latentscore.stream.items import check_content
from latentscore.stream.session import Session
from latentscore.stream.terms import Terms
from latentscore.ui.pump import Pump
from latentscore.vibe.models import ModelLike

_log = logging.getLogger(__name__)
_HERE: Final = Path(__file__).parent
_NUDGE_S: Final = 0.8
"""How long a slider's change takes."""


class LiveWidget(anywidget.AnyWidget):
    """Vibe box, sliders, layers and meters around a `session` that plays in the browser.

    Use it through `live_widget`. `widget.session` is the session itself: what is set there is heard here too.
    Messages from the browser: `play`, `pause`, `heard` (frames), `vibe` (text), `field` (name, place), `mute` (layer,
    on). To the browser: `block`, with 16-bit samples as its buffer.
    """

    _esm = _HERE / "live_widget.js"
    _css = _HERE / "live_widget.css"

    vibe = traitlets.Unicode("").tag(sync=True)
    """What was asked for last."""
    labels = traitlets.Dict().tag(sync=True)
    """Place of each ordered field on its scale, and the label of each layer."""
    fields = traitlets.List().tag(sync=True)
    layers = traitlets.List().tag(sync=True)
    muted = traitlets.List().tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)
    """What was matched, or what went wrong."""
    failed = traitlets.Bool(False).tag(sync=True)
    sample_rate = traitlets.Int(44_100).tag(sync=True)
    channels = traitlets.Int(2).tag(sync=True)

    _pump: Pump | None = None

    def __init__(
        self,
        content: str | MusicConfig | None = None,
        *,
        seed: int | None = None,
        channels: int = 2,
        model: ModelLike = "fast",
        transition: float = 3.0,
    ) -> None:
        first = MusicConfig() if content is None else content
        check_content(first)
        hooks = StreamHooks(on_event=self._on_event)
        terms = Terms(seed=seed, channels=channels, model=model, hooks=hooks, transition_s=transition)
        self.session = Session(terms)
        super().__init__(
            fields=_fields(),
            layers=[{"name": name, "color": LAYER_COLORS[name]} for name in LAYERS],
            channels=channels,
        )
        self._dither = Dither(16, 0)
        self._commands = ThreadPoolExecutor(1, thread_name_prefix="latentscore-commands")
        pump = self._pump = Pump(self.session.read, self._send_block, self._tell_failure, self.sample_rate)
        self._handlers: dict[str, Callable[[dict[str, Any]], object]] = {
            "heard": lambda message: pump.heard(message["frames"]),
            "pause": lambda _: pump.pause(),
            "play": lambda _: self._do(pump.resume),
            "vibe": lambda message: self.play_next(message["text"]),
            "field": lambda message: self._do(lambda: self._nudge(message["name"], message["place"])),
            "mute": lambda message: self._do(lambda: self._mute(message["layer"], message["on"])),
        }
        self.on_msg(self._on_message)
        self.play_next(first)

    def play_next(self, content: str | MusicConfig | MusicConfigUpdate) -> None:
        """Go over to something else as soon as it is ready; returns at once."""
        if isinstance(content, str):
            self.vibe = content
        self._do(lambda: self._set(content))

    def close(self) -> None:
        """End the music and take the widget away."""
        if self._pump is not None:  # it was opened: ipywidgets also closes what failed to open
            self._pump.close()
            self._commands.shutdown()
            self.session.close()
        super().close()

    def _on_message(self, _: object, message: dict[str, Any], buffers: object) -> None:
        handler = self._handlers.get(message.get("kind", ""))
        if handler is not None:
            handler(message)

    def _do(self, command: Callable[[], object]) -> None:
        """Carry a command out in order, without holding the kernel up: a model may take its time."""
        self._commands.submit(self._carry_out, command).add_done_callback(_log_failure)

    def _carry_out(self, command: Callable[[], object]) -> None:
        try:
            command()
        except LatentScoreError as error:
            self._tell_failure(error)
        self._show_config()

    def _set(self, content: str | MusicConfig | MusicConfigUpdate) -> None:
        self.failed, self.status = False, "…"
        self.session.set(content)

    def _nudge(self, name: str, place: int) -> None:
        field = FIELDS[name]
        update = MusicConfigUpdate.model_validate({name: field.labels[int(place)]})
        self.session.set(update, transition=_NUDGE_S)

    def _mute(self, layer: str, on: bool) -> None:
        self.session.mute(layer, on)
        self.muted = [
            name for name in LAYERS if (name in self.muted and name != layer) or (name == layer and on)
        ]

    def _send_block(self, block: NDArray[np.float32]) -> None:
        self.send({"kind": "block", "frames": len(block)}, buffers=[self._dither.packed(block)])

    def _on_event(self, event: StreamEvent) -> None:
        if event.kind == "item_resolve_success":
            self.status = _matched(event)

    def _tell_failure(self, error: Exception) -> None:
        self.failed, self.status = True, str(error)

    def _show_config(self) -> None:
        config = self.session.config.labels()
        self.labels = {
            **{name: _place(name, value) for name, value in config.items() if FIELDS[name].ordered},
            **{name: words(FIELDS[name], config[name]) for name in LAYERS},
            "tempo words": words(FIELDS["tempo"], config["tempo"]),
        }


def _log_failure(done: Future[None]) -> None:
    error = done.exception()
    if error is not None:
        _log.error("A command of the widget failed", exc_info=error)


def _matched(event: StreamEvent) -> str:
    """Return what a vibe led to: the library's entry, or what a language model called it."""
    if event.match is not None:
        return f"{event.match.best.title} · {event.match.best.vibe}"
    return event.metadata.title if event.metadata is not None else ""


def _fields() -> list[dict[str, Any]]:
    """Return what the sliders are made from: the ordered fields, those of the mix first."""
    return [
        {
            "name": field.name,
            "group": field.group,
            "labels": [words(field, label) for label in field.labels],
            "help": field.help,
        }
        for field in FIELDS.values()
        if field.ordered
    ]


def _place(name: str, value: Value) -> float:
    """Return where a value stands in steps of the slider: a tempo in bpm lies between two labels."""
    found = place(FIELDS[name], value)
    assert found is not None, name
    return round(found.at * (found.n_labels - 1), 3)
