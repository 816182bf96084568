"""The screen of `live`: a text box that plays vibes, single keys that nudge, meters, config and events."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, ClassVar, Final

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, RichLog, Static

from latentscore.cli import live_text
from latentscore.config.steps import Step
from latentscore.config.update import MusicConfigUpdate
from latentscore.events import LAYERS
from latentscore.vibe.tables import clipped

if TYPE_CHECKING:
    from latentscore.cli.live_music import LiveMusic
    from latentscore.config.model import MusicConfig

_FRAME_S: Final = 0.1

NUDGES: Final = {
    "up": ("brightness", 1, "↑"),
    "down": ("brightness", -1, "↓"),
    "right": ("tempo", 1, "→"),
    "left": ("tempo", -1, "←"),
    "d": ("density", 1, "d"),
    "D": ("density", -1, "D"),
    "s": ("space", 1, "s"),
    "S": ("space", -1, "S"),
    "m": ("motion", 1, "m"),
    "M": ("motion", -1, "M"),
    "e": ("echo", 1, "e"),
    "E": ("echo", -1, "E"),
    "g": ("grain", 1, "g"),
    "G": ("grain", -1, "G"),
    "w": ("stereo", 1, "w"),
    "W": ("stereo", -1, "W"),
    "h": ("human", 1, "h"),
    "H": ("human", -1, "H"),
}
"""Key → field, steps, and how the legend writes the key."""


def legend() -> str:
    """The keys in one line."""
    keys: dict[str, str] = {}
    for field, _, key in NUDGES.values():
        keys[field] = f"{keys[field]}/{key}" if field in keys else key
    nudges = "  ".join(f"{key} {field}" for field, key in keys.items())
    return f"{nudges}  1-{len(LAYERS)} mute  space pause  Enter type  q quit"


class Keys(Vertical, can_focus=True):
    """The upper part of the screen. While it has the focus, each key is a command."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"app.nudge({field!r}, {steps})") for key, (field, steps, _) in NUDGES.items()),
        *(Binding(str(number), f"app.mute({layer!r})") for number, layer in enumerate(LAYERS, start=1)),
        Binding("space", "app.pause"),
        Binding("enter,i,slash,tab", "app.type"),
        Binding("q", "app.quit"),
    ]


class LiveScreen(App[None]):
    """The app.

    Args:
        music: What it steers and shows. The caller closes it.
        first: A vibe to begin with.
    """

    TITLE = "LatentScore live"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Keys { padding: 0 1; }
    Keys Static { height: auto; }
    #meter, #config { margin-bottom: 1; }
    #events { height: 1fr; min-height: 2; }
    #vibe { height: 3; }
    #legend { height: auto; padding: 0 1; color: $text-muted; }
    #legend.in-use { color: $text; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "quit", priority=True),
        Binding("escape", "keys", priority=True),
    ]

    def __init__(self, music: LiveMusic, first: str | None = None) -> None:
        super().__init__()
        self._music = music
        self._first = first
        self._shown: MusicConfig | None = None
        self._keys = Keys()
        self._lines = {name: Static(id=name) for name in ("now", "meter", "layers", "config")}
        self._events = RichLog(id="events", wrap=True, max_lines=500)
        self._box = Input(
            id="vibe", placeholder="What should it feel like? Enter plays it; Escape for single keys"
        )
        self._legend = Static(legend(), id="legend", markup=False)

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        with self._keys:
            yield from self._lines.values()
            yield self._events
        yield self._box
        yield self._legend

    def on_mount(self) -> None:
        """Give the box the focus, begin, and look at the music ten times a second."""
        self._events.can_focus = False
        self._box.focus()
        if self._first is not None:
            self._music.put(self._first)
        self.set_interval(_FRAME_S, self._refresh)
        if sys.platform != "win32":  # so that a polite kill restores the terminal too
            import asyncio

            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.exit)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Play what was typed."""
        if event.value.strip():
            self._music.put(event.value)
            event.input.clear()

    def action_keys(self) -> None:
        """Leave the box for single keys; from there, go back to it."""
        (self._keys if self._box.has_focus else self._box).focus()

    def action_type(self) -> None:
        """Go back to the box."""
        self._box.focus()

    def action_nudge(self, field: str, steps: int) -> None:
        """Move a field along its labels."""
        self._music.put(MusicConfigUpdate.model_validate({field: Step(steps)}))

    def action_mute(self, layer: str) -> None:
        """Silence a layer, or let it sound again."""
        self._music.toggle(layer)

    def action_pause(self) -> None:
        """Hold the music, or let it go on."""
        self._music.toggle_pause()

    def _refresh(self) -> None:
        music = self._music
        if music.is_over:
            self.exit()
        width = max(20, self.size.width - 4)
        self._lines["now"].update(self._now())
        self._lines["meter"].update(live_text.meter(music.levels_db, width))
        self._lines["layers"].update(live_text.layers_line(music.faders))
        config = music.config
        if config is not None and config != self._shown:
            self._shown = config
            self._lines["config"].update(live_text.config_table(config))
        self._legend.set_class(self._keys.has_focus, "in-use")
        for line in music.news():
            self._events.write(line)

    def _now(self) -> Text:
        playing = self._music.playing
        line = Text(clipped(playing, 60) if playing else "Nothing plays yet: type a vibe", "bold")
        if self._music.match:
            line.append(f"  ← {self._music.match}", "dim")
        return line.append(f"   {self._music.status}", "dim")
