"""The engine's version: the same config, seed and rate give the same samples while it stays the same."""

from typing import Final

ENGINE_VERSION: Final = 6
