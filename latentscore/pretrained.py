"""Models in transformers' format, loaded from a folder; nothing is fetched, and no code of a model's is run."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from latentscore.errors import ModelNotAvailableError


class Pretrained(NamedTuple):
    """A model that is ready to be asked, with its tokenizer."""

    tokenizer: Any
    model: Any
    device: str


def missing_packages(packages: Sequence[str]) -> list[str]:
    """Name those packages that are not installed; nothing is imported."""
    return [package for package in packages if find_spec(package) is None]


def require_packages(what: str, packages: Sequence[str], extra: str) -> None:
    """Raise `ModelNotAvailableError`, which says how to install the extra, unless all packages are there."""
    missing = missing_packages(packages)
    if missing:
        raise ModelNotAvailableError(f'{what} needs {", ".join(missing)}: pip install "latentscore[{extra}]"')


def load_pretrained(folder: Path, model_class: str, *, full_precision: bool = False) -> Pretrained:
    """Load a tokenizer and a model, onto the GPU if torch has one.

    Args:
        folder: With `config.json`, the tokenizer, and weights as safetensors.
        model_class: Its class in transformers, such as `AutoModelForCausalLM`.
        full_precision: Use float32 on a CPU, which is slow with the half-precision numbers that many files hold.

    Raises:
        ModelNotAvailableError: The folder holds no such model, or it is damaged.
    """
    import torch
    import transformers

    device = "cuda" if torch.cuda.is_available() else "cpu"
    dtype = torch.float32 if full_precision and device == "cpu" else "auto"
    try:
        with _without_bars(), torch.random.fork_rng(devices=[]):  # weights are drawn before they are read
            tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
            model: Any = getattr(transformers, model_class).from_pretrained(
                folder, local_files_only=True, use_safetensors=True, dtype=dtype
            )
    except Exception as error:  # transformers raises what its file, JSON and tensor layers do
        first_line = str(error).strip().split("\n", 1)[0]
        raise ModelNotAvailableError(
            f"The model in {str(folder)!r} can't be loaded ({type(error).__name__}: {first_line})."
        ) from error
    return Pretrained(tokenizer, model.eval().to(device), device)


@contextmanager
def _without_bars() -> Generator[None]:
    """Load without transformers' progress bars, which would be written into pipes too."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
