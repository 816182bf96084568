"""How a session fares, in figures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SessionStats:
    """How a session fares, at one moment.

    Attributes:
        position: Seconds of music so far.
        underruns: Times that the device had to play silence.
        late_blocks: Blocks that took longer to render than they last.
        headroom: How many times faster than real time music is rendered; inf before the first block.
        buffer_s: Seconds rendered ahead for the device at present; 0 off it.
        control_latency_s: Seconds from a steer made now to the first sample that it changes, as the listener hears it:
            what is rendered ahead within the engine, and the buffer.
    """

    position: float
    underruns: int
    late_blocks: int
    headroom: float
    buffer_s: float
    control_latency_s: float
