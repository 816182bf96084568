"""Performing: what an item came to is begun, steered to, or crossfaded into."""

from __future__ import annotations

from typing import Final

from latentscore.config.model import MusicConfig
from latentscore.engine.live import Change
from latentscore.stream.resolving import Ready
from latentscore.stream.room import Room

_LONGEST_TITLE: Final = 100
"""Nothing is added to a title of that many characters."""


def begin(room: Room, ready: Ready, seed: int) -> None:
    """Let the music begin with an item. An update changes the default config, played with `seed`."""
    if ready.update is not None:
        room.start(room.deck(ready.update.apply(MusicConfig()), seed))
    else:
        assert ready.found is not None
        room.start(ready.deck or room.deck(ready.found.config, ready.found.seed))
        room.title = ready.found.vibe


def go_over(room: Room, ready: Ready, transition_s: float, quantize: str | None) -> Change | None:
    """Let the music go over into an item; None if it is to go on as it is.

    Updates and near configs steer what plays; texts, blends and other configs crossfade. A blend steers too if it is
    near, so that moving weights move the music.
    """
    if ready.keeps:
        return None
    if ready.update is not None:
        return room.steer(ready.update.apply(room.target), transition_s, quantize)
    assert ready.found is not None
    config = ready.found.config
    if not isinstance(ready.entry.content, str) and room.steers(config):
        return room.steer(config, transition_s, quantize)
    if ready.found.vibe and len(room.title or "") < _LONGEST_TITLE:
        room.title = f"{room.title} → {ready.found.vibe}" if room.title else ready.found.vibe
    return room.crossfade(ready.deck or room.deck(config, ready.found.seed), transition_s, quantize)
