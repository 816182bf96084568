"""The model `expressive`: a language model on this machine reads the vibe."""

from __future__ import annotations

from latentscore.vibe.expressive.model import DEFAULT_HUB_ID, ExpressiveModel, open_expressive

__all__ = ["DEFAULT_HUB_ID", "ExpressiveModel", "open_expressive"]
