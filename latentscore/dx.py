"""The names for live music in one place: `import latentscore.dx as dx; dx.live(...)`."""

from latentscore.hooks import StreamEvent, StreamHooks
from latentscore.stream.items import Streamable, Track
from latentscore.stream.live import LiveStream
from latentscore.stream.playlist import Playlist
from latentscore.stream.session import Session
from latentscore.stream.stream import AudioStream
from latentscore.streams import (
    astream,
    live,
    session,
    stream,
    stream_configs,
    stream_texts,
    stream_updates,
)

__all__ = [
    "AudioStream",
    "LiveStream",
    "Playlist",
    "Session",
    "StreamEvent",
    "StreamHooks",
    "Streamable",
    "Track",
    "astream",
    "live",
    "session",
    "stream",
    "stream_configs",
    "stream_texts",
    "stream_updates",
]
