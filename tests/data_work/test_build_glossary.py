"""The glossary that ships is the one that is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data_work.build_glossary import SOURCE, compiled, main, parse
from latentscore.errors import ModelNotAvailableError
from latentscore.vibe import glossary


def test_what_ships_is_up_to_date() -> None:
    assert main(["--check"]) == 0


def test_nothing_is_lost_on_the_way() -> None:
    written = parse(SOURCE.read_text("utf-8"))
    assert glossary.load_glossary() == written
    assert json.loads(compiled(parse("rain : lluvia Regen?")))["words"] == {"lluvia": "rain", "regen": "rain"}


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"words": 1'])
def test_a_damaged_file_is_told(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "glossary.json"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(glossary, "ASSET", path)
    with pytest.raises(ModelNotAvailableError, match="build_glossary"):
        glossary.load_glossary.__wrapped__()
