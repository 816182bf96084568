"""Prompt and schema: complete, in step with the table of fields, and closed to the vibe."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llm_server import answer

from latentscore.config import FIELDS, STYLE_HELP
from latentscore.vibe import prompt
from latentscore.vibe.answer import read_answer


def test_every_field_and_label_is_told() -> None:
    told = prompt.instructions()
    for field in FIELDS.values():
        assert f"- {field.name}: {field.help}" in told
        assert ", ".join(json.dumps(label) for label in field.labels) in told
    for styles in STYLE_HELP.values():
        assert all(f"{style}: {heard}" in told for style, heard in styles.items())


def test_the_examples_are_answers_that_are_read_back() -> None:
    entries = prompt.examples()
    assert len(entries) == 3
    for entry in entries:
        read = read_answer(prompt.example_answer(entry))
        assert (read.title, read.config, read.palettes, read.notes) == (
            entry.title,
            entry.config,
            entry.palettes,
            (),
        )
        assert prompt.example_answer(entry) in prompt.instructions()
    ends = {entry.config.tempo for entry in entries} | {entry.config.brightness for entry in entries}
    assert {"very_slow", "very_fast", "very_dark", "very_bright"} <= ends
    assert "Example" not in prompt.instructions(0)


@pytest.mark.parametrize("bounded", [False, True])
def test_the_schema_allows_what_the_fields_allow(bounded: bool) -> None:
    schema = prompt.answer_schema(bounded=bounded)
    config = schema["properties"]["config"]
    assert list(config["properties"]) == config["required"] == list(FIELDS)
    for name, described in config["properties"].items():
        labels = described.get("anyOf", [described])[0]
        if labels["type"] == "boolean":
            assert FIELDS[name].labels == (False, True)
        else:
            assert tuple(labels["enum"]) == FIELDS[name].labels
        assert ("anyOf" in described) == (FIELDS[name].number_range is not None and not bounded)


def test_every_object_of_the_schema_is_closed_and_has_all_its_keys() -> None:
    def objects(schema: Any) -> Any:
        if isinstance(schema, dict):
            if schema.get("type") == "object":
                yield schema
            for inner in schema.values():
                yield from objects(inner)

    found = list(objects(prompt.answer_schema()))
    assert len(found) == 4
    for one in found:  # what strict structured output asks for
        assert one["additionalProperties"] is False
        assert one["required"] == list(one["properties"])
    assert list(answer()) == prompt.answer_schema()["required"]


def test_the_version_follows_what_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    before = prompt.version()
    for function in (prompt.version, prompt.instructions):
        function.cache_clear()
    assert prompt.version() == before
    monkeypatch.setattr(prompt, "_TASK", prompt._TASK + " Be bold.")
    for function in (prompt.version, prompt.instructions):
        function.cache_clear()
    try:
        assert prompt.version() != before
    finally:
        monkeypatch.undo()
        for function in (prompt.version, prompt.instructions):
            function.cache_clear()


@given(st.text(min_size=1))
def test_a_vibe_is_one_line_of_json_and_nothing_else(vibe: str) -> None:
    asked = prompt.question(vibe)
    assert "\n" not in asked
    assert "\r" not in asked
    assert json.loads(asked) == {"vibe": vibe}
