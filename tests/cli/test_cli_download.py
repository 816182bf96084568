"""`download`: the real client against a hub on this machine that drops, damages and refuses."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import latentscore as ls
from latentscore.vibe.expressive import DEFAULT_HUB_ID, ExpressiveModel

pytest.importorskip("torch", reason='needs torch: pip install "latentscore[expressive]"')
pytest.importorskip("transformers", reason='needs transformers: pip install "latentscore[expressive]"')

from hub_server import HubServer
from huggingface_hub import constants
from tiny_models import save_language_model

Command = Callable[..., Any]


def point_to(url: str, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(constants, "ENDPOINT", url)
    patch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}")


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_language_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def hub(model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 4096)
    with HubServer(model_folder) as server:
        point_to(server.url, monkeypatch)
        yield server


def test_a_model_is_fetched_verified_and_then_used_without_the_hub(
    hub: HubServer, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.files["pytorch_model.bin"] = b"pickled weights could run code"
    done = command("download", "expressive:owner/name")
    assert (done.code, done.err) == (0, ""), "nothing but the result is said where no one watches"
    assert done.out.startswith("owner/name is on this machine: 0.")
    assert "pytorch_model.bin" not in {name for name, _ in hub.fetched}
    hub.fetched.clear()
    assert command("download", "expressive:owner/name").code == 0
    assert hub.fetched == [], "what is here is not fetched again"
    point_to("http://127.0.0.1:9", monkeypatch)
    asyncio.run(ExpressiveModel("owner/name").warmup())


def test_a_download_that_broke_off_goes_on_where_it_was(hub: HubServer, command: Command) -> None:
    """A dropped connection goes on within the file; a run that failed, with the files that are still missing."""
    hub.withheld = True
    broken = command("download", "expressive:owner/name")
    assert broken.code == 1
    assert "again to go on" in broken.err
    with pytest.raises(ls.ModelNotAvailableError, match=r"latentscore download expressive:owner/name"):
        ls.render("rain", model="expressive:owner/name", duration=0.1)
    hub.withheld, hub.break_at = False, 20_000
    hub.fetched.clear()
    assert command("download", "expressive:owner/name").code == 0
    (first, second) = hub.fetched
    assert first == ("model.safetensors", 0)
    assert second[0] == "model.safetensors"
    assert 0 < second[1] <= 20_000


def test_damage_on_the_way_is_found_and_fetched_again(
    hub: HubServer, command: Command, tmp_path: Path
) -> None:
    hub.corrupt = 1
    assert command("download", "expressive:owner/name").code == 0
    (weights,) = (tmp_path / "hub").rglob("model.safetensors")
    assert weights.read_bytes() == hub.files["model.safetensors"]
    shutil.rmtree(tmp_path / "hub")
    hub.corrupt = 9
    done = command("download", "expressive:owner/name")
    assert done.code == 1
    assert "arrived damaged, twice: model.safetensors" in done.err


def test_what_stands_in_the_way_is_told(
    hub: HubServer, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.gated = True
    gated = command("download", "musicgen:owner/name")
    assert (gated.code, gated.out) == (1, "")
    assert "https://huggingface.co/owner/name" in gated.err
    assert "hf auth login" in gated.err
    hub.gated = False
    assert "no model nobody/nothing" in command("download", "musicgen:nobody/nothing").err
    del hub.files["model.safetensors"]
    assert "has no model.safetensors" in command("download", "musicgen:owner/name").err
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        point_to(f"http://127.0.0.1:{nobody_listens.getsockname()[1]}", monkeypatch)
        offline = command("download", "expressive")
    assert offline.code == 1
    assert DEFAULT_HUB_ID in offline.err
    assert "network" in offline.err
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert "HF_HUB_OFFLINE" in command("download", "expressive").err


def test_what_needs_no_download(command: Command, model_folder: Path, tmp_path: Path) -> None:
    for name in ("fast", "neural", "external:gpt-4o-mini", f"expressive:{model_folder}"):
        done = command("download", name)
        assert (done.code, done.err) == (0, "")
        assert "nothing to download" in done.out
    incomplete = command("download", f"expressive:{tmp_path}")
    assert incomplete.code == 1
    assert "lacks config.json" in incomplete.err


@pytest.mark.parametrize("name", ["fats", "musicgen", "expressive:not a hub id", "musicgen:a/b/c"])
def test_a_wrong_name_is_wrong_use(command: Command, name: str) -> None:
    done = command("download", name)
    assert done.code == 2
    assert "NAME must be" in done.err
