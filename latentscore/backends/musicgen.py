"""The backend `musicgen`: MusicGen through transformers, from a folder or a hub id that was downloaded."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from latentscore.backends.backend import Made, OnProgress, Order
from latentscore.config.checks import is_integer, is_number
from latentscore.downloads import weights_folder
from latentscore.errors import ModelNotAvailableError, invalid
from latentscore.pretrained import Pretrained, load_pretrained, require_packages
from latentscore.progress import tell

PACKAGES: Final = ("torch", "transformers")
EXTRA: Final = "musicgen"

_MAX_DURATION_S: Final = 30.0  # the longest that MusicGen was trained on
_READ_CHARACTERS: Final = 2_000

_OPTIONS: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "guidance_scale": (lambda x: is_number(x) and 1 <= x <= 20, "a number from 1 (none) to 20"),
    "temperature": (lambda x: is_number(x) and 0 < x <= 10, "a number above 0, at most 10"),
    "top_k": (lambda x: is_integer(x) and x >= 0, "a whole number from 0 (all tokens)"),
    "top_p": (lambda x: is_number(x) and 0 < x <= 1, "a number above 0, at most 1 (all tokens)"),
    "do_sample": (lambda x: isinstance(x, bool), "True or False"),
}
_OF_SAMPLING: Final = ("temperature", "top_k", "top_p")

_lock = threading.Lock()  # torch draws from one generator a process, which is seeded for each piece


class MusicgenBackend:
    """A MusicGen model, loaded with the first piece.

    Args:
        source: A folder in transformers' format, or the hub id of a model that was downloaded.
    """

    max_duration_s: float = _MAX_DURATION_S

    def __init__(self, source: str) -> None:
        self._source = source
        self._loaded: Pretrained | None = None

    def __repr__(self) -> str:
        return f"MusicgenBackend({self._source!r})"

    @property
    def name(self) -> str:
        """How `model=` calls it."""
        return f"musicgen:{self._source}"

    def checked_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options; those left out are the model's own. Raises `InvalidConfigError`."""
        for name, value in options.items():
            if name not in _OPTIONS:
                raise invalid("A name in options", name, _OPTIONS)
            allows, allowed = _OPTIONS[name]
            if not allows(value):
                raise invalid(f"options[{name!r}]", value, allowed)
            if name in _OF_SAMPLING and options.get("do_sample") is False:
                raise invalid(f"options[{name!r}]", value, "left out with do_sample=False, which never draws")
        return dict(options)

    def make(self, order: Order, on_progress: OnProgress) -> Made:
        """Generate in the calling thread; one piece at a time in a process.

        Raises:
            ModelNotAvailableError: A package or the weights are missing; the message says the command.
        """
        with _lock:
            tokenizer, model, device = self._load()
            import torch

            codec, decoder = model.config.audio_encoder, model.config.decoder
            n_tokens = (
                math.ceil(order.duration_s * codec.frame_rate) + decoder.num_codebooks
            )  # they are staggered
            text = tokenizer([order.vibe[:_READ_CHARACTERS]], return_tensors="pt").to(device)
            devices = [torch.cuda.current_device()] if device == "cuda" else []
            with torch.inference_mode(), torch.random.fork_rng(devices=devices):
                torch.manual_seed(order.seed)
                made = model.generate(
                    **text,
                    **order.options,
                    max_new_tokens=n_tokens,
                    stopping_criteria=[_teller(n_tokens, on_progress)],
                )
            return Made(np.asarray(made[0].float().cpu().numpy(), dtype=np.float32), codec.sampling_rate)

    def _load(self) -> Pretrained:
        if self._loaded is None:
            require_packages(self.name, PACKAGES, EXTRA)
            folder = weights_folder(self.name, self._source)
            tell(f"Loading {self._source} …")
            self._loaded = load_pretrained(folder, "MusicgenForConditionalGeneration")
        return self._loaded


def _teller(n_tokens: int, on_progress: OnProgress) -> Callable[..., Any]:
    """Return a stopping criterion that never stops, but tells how far the piece is."""
    import torch

    def criterion(tokens: Any, scores: Any, **_: Any) -> Any:
        on_progress(min(tokens.shape[-1] / n_tokens, 1.0))
        return torch.zeros(tokens.shape[0], dtype=torch.bool, device=tokens.device)

    return criterion


def open_musicgen(rest: str | None) -> MusicgenBackend:
    """The factory of `musicgen:<folder or hub id>`."""
    if not rest:
        raise ModelNotAvailableError(
            "musicgen needs a folder or a hub id after its name, such as 'musicgen:facebook/musicgen-small'."
        )
    return MusicgenBackend(rest)
