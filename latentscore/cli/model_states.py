"""Which models can be used here, and what stands in the way of the others; nothing is downloaded or asked."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from latentscore.errors import LatentScoreError

_KEY_NAME = re.compile(r"[A-Z0-9_]+_API_KEY")


@dataclass(frozen=True)
class ModelState:
    """One model, by the name that `model=` takes."""

    name: str
    reason: str = ""
    """Why it can't be used, and the remedy; empty if it can."""
    detail: str = ""
    """What there is to know of one that can."""
    needs_network: bool = False

    @property
    def usable(self) -> bool:
        """Whether a render with it would begin."""
        return not self.reason


def model_states(offline: bool = False) -> list[ModelState]:
    """Look at every model that ships, and name those that other packages register.

    Args:
        offline: Count a model that needs a network as one that can't be used.
    """
    states = [_shipped("fast"), _shipped("neural"), _external(), _expressive(), _musicgen(), *_registered()]
    if offline:
        return [
            ModelState(state.name, "it needs a network", needs_network=True) if state.needs_network else state
            for state in states
        ]
    return states


def _shipped(name: str) -> ModelState:
    from latentscore.vibe.shipped import shipped_model

    try:
        shipped_model(name).resolve("rain on a tin roof")
    except LatentScoreError as error:
        return ModelState(name, str(error))
    return ModelState(name)


def _external() -> ModelState:
    reason = _packages(("litellm",), "external")
    keys = sorted(name for name in os.environ if _KEY_NAME.fullmatch(name) and os.environ[name])
    if not reason and not keys:
        reason = (
            "no key in the environment: set the provider's variable, such as OPENAI_API_KEY, or pass "
            "ExternalModelSpec(api_key=…); servers without keys (ollama/…) need neither"
        )
    detail = f"keys: {', '.join(keys)}"  # their names; the values are nobody's business
    return ModelState("external:<litellm id>", reason, "" if reason else detail, needs_network=True)


def _expressive() -> ModelState:
    from latentscore.downloads import weights_folder
    from latentscore.vibe.expressive import DEFAULT_HUB_ID
    from latentscore.vibe.expressive.model import EXTRA, PACKAGES

    reason = _packages(PACKAGES, EXTRA)
    if reason:
        return ModelState("expressive", reason)
    try:
        weights_folder("expressive", DEFAULT_HUB_ID)
    except LatentScoreError as error:
        return ModelState("expressive", str(error))
    return ModelState("expressive", detail=DEFAULT_HUB_ID)


def _musicgen() -> ModelState:
    from latentscore.backends.musicgen import EXTRA, PACKAGES
    from latentscore.downloads import downloaded

    reason = _packages(PACKAGES, EXTRA)
    found = [] if reason else downloaded("musicgen")
    if not reason and not found:
        reason = (
            "none was downloaded: latentscore download musicgen:facebook/musicgen-small; or name a folder"
        )
    return ModelState("musicgen:<folder or hub id>", reason, ", ".join(found))


def _registered() -> list[ModelState]:
    """Names from other packages' entry points, as they are: opening them would run their code."""
    from latentscore.backends.backend import BACKENDS
    from latentscore.vibe.models import MODELS

    own = {"fast", "neural", "external", "expressive", "musicgen"}
    names = [name for name in (*MODELS.names(), *BACKENDS.names()) if name not in own]
    return [ModelState(name, detail="registered by another package, not tried") for name in names]


def _packages(packages: Sequence[str], extra: str) -> str:
    from latentscore.pretrained import missing_packages

    missing = missing_packages(packages)
    return f'{", ".join(missing)} missing: pip install "latentscore[{extra}]"' if missing else ""
