"""Weights of models that do not ship: where they lie on this machine, and how they are fetched from the hub."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from latentscore.errors import ModelNotAvailableError, shown

_log = logging.getLogger(__name__)

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")

# What transformers needs to run a model. Pickled weights (*.bin, *.pt) can run code and are never fetched.
_PATTERNS: Final = ("*.json", "*.safetensors", "*.model", "*.txt", "*.jinja")
_TIMEOUT_S: Final = 10


def is_hub_id(source: str) -> bool:
    """Whether `source` has the form `owner/name`."""
    return bool(_HUB_ID.fullmatch(source))


def weights_folder(model: str, source: str) -> Path:
    """Return the folder with a model's weights, without ever using the network.

    Args:
        model: Name of the model as the user writes it, for the remedy in the message: `expressive`.
        source: A folder, or a hub id (`owner/name`) that was downloaded before.

    Raises:
        ModelNotAvailableError: No such folder, not downloaded, or incomplete.
    """
    folder = Path(source).expanduser()
    if source and folder.is_dir():
        missing = missing_files(folder)
        if missing:
            raise ModelNotAvailableError(
                f"model={model!r}: the folder {str(folder)!r} lacks {', '.join(missing)}."
            )
        return folder
    if not is_hub_id(source):
        raise ModelNotAvailableError(
            f"model={model!r}: {shown(source)} is no folder, nor a hub id such as 'owner/name'."
        )
    cached = _cached_folder(source)
    missing = missing_files(cached) if cached else ["some or all files"]
    if cached is None or missing:
        raise ModelNotAvailableError(
            f"model={model!r}: the weights of {source} are not on this machine ({', '.join(missing)} missing). "
            f"Fetch them with: latentscore download {model}"
        )
    return cached


def downloaded(model_type: str) -> list[str]:
    """Return the hub ids in the hub's cache whose weights are complete and whose config names this type."""
    from huggingface_hub import constants

    found: list[str] = []
    for repository in sorted(Path(constants.HF_HUB_CACHE).glob("models--*--*")):
        hub_id = "/".join(repository.name.split("--")[1:3])
        folder = _cached_folder(hub_id) if is_hub_id(hub_id) else None
        if (
            folder
            and not missing_files(folder)
            and _read(folder / "config.json").get("model_type") == model_type
        ):
            found.append(hub_id)
    return found


def missing_files(folder: Path) -> list[str]:
    """Name what a model's folder lacks: its config, its tokenizer, or any shard of its weights."""
    missing = [] if (folder / "config.json").is_file() else ["config.json"]
    tokenizers = ("tokenizer.json", "tokenizer.model", "spiece.model")
    if not any((folder / name).is_file() for name in tokenizers):
        missing.append("tokenizer.json")
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        shards = set(_read(index).get("weight_map", {}).values()) or {"what its index names"}
        missing += sorted(shard for shard in shards if not (folder / shard).is_file())
    elif not (folder / "model.safetensors").is_file():
        missing.append("model.safetensors")
    return missing


def fetch_weights(hub_id: str) -> Path:
    """Fetch a model's weights from the hub into its cache, and verify them against the hub's checksums.

    A connection that drops is taken up where it was; after a run that was stopped, the files that had arrived are kept.
    Progress bars are the hub client's own.

    Raises:
        ModelNotAvailableError: Offline, unknown, behind a licence that was not accepted, or damaged.
    """
    from huggingface_hub import HfApi

    with _explained(hub_id):
        HfApi().model_info(hub_id, timeout=_TIMEOUT_S)  # at once, before any file is tried and tried again
        folder = Path(_snapshot(hub_id))
        damaged = _damaged_files(hub_id, folder.name)
        if damaged:
            _snapshot(hub_id, patterns=damaged, force_download=True)
            damaged = _damaged_files(hub_id, folder.name)
    if damaged:
        raise ModelNotAvailableError(
            f"{hub_id} arrived damaged, twice: {', '.join(damaged)}. Try again later."
        )
    missing = missing_files(folder)
    if missing:
        raise ModelNotAvailableError(
            f"{hub_id} has no {', '.join(missing)}: only models in transformers' format, "
            f"with weights as safetensors, can be used."
        )
    return folder


def _damaged_files(hub_id: str, commit: str) -> list[str]:
    """Files whose content does not have the checksum that the hub tells."""
    from huggingface_hub import HfApi

    found = HfApi().verify_repo_checksums(hub_id, revision=commit)
    return [mismatch["path"] for mismatch in found.mismatches]


@contextmanager
def _explained(hub_id: str) -> Generator[None]:
    """Whatever the hub's client raises becomes an error that says what to do."""
    from huggingface_hub.errors import GatedRepoError, OfflineModeIsEnabled, RepositoryNotFoundError

    try:
        yield
    except Exception as error:  # the client passes on what its network and file layers raise
        _log.debug("the download of %s failed", hub_id, exc_info=True)
        if isinstance(error, OfflineModeIsEnabled):
            message = (
                f"{hub_id} can't be downloaded: HF_HUB_OFFLINE is set. Unset it and run the command again."
            )
        elif isinstance(error, GatedRepoError):
            message = (
                f"{hub_id} is behind a licence: accept it at https://huggingface.co/{hub_id}, "
                f"log in with `hf auth login`, and run the command again."
            )
        elif isinstance(error, RepositoryNotFoundError):
            message = f"The hub has no model {hub_id}, or it is private: check the name, or `hf auth login`."
        else:
            message = (
                f"{hub_id} can't be downloaded ({type(error).__name__}: {_first_line(error)}). Is there a network? "
                f"Run the command again to go on where it stopped, or name a folder that holds the model."
            )
        raise ModelNotAvailableError(message) from error


def _cached_folder(hub_id: str) -> Path | None:
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(_snapshot(hub_id, local_files_only=True))
    except LocalEntryNotFoundError:
        return None


def _snapshot(hub_id: str, *, patterns: Sequence[str] = _PATTERNS, **options: Any) -> Any:
    from huggingface_hub import snapshot_download

    return snapshot_download(hub_id, allow_patterns=list(patterns), etag_timeout=_TIMEOUT_S, **options)


def _read(file: Path) -> dict[str, Any]:
    """The JSON object in a file; a damaged one says nothing."""
    try:
        return json.loads(file.read_text("utf-8"))
    except ValueError:
        return {}


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n", 1)[0]
