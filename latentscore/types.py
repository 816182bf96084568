"""What many rooms share without owning it: the sample rates that audio may have."""

from __future__ import annotations

from typing import Final

SAMPLE_RATES: Final = (44100, 48000)
"""Frames per second that may be asked for; the first is the default."""
