"""What the local model is asked: the nearest entries of the library as worked examples, then the vibe."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, TypedDict

from latentscore.vibe.expressive.answer import example_answer
from latentscore.vibe.library import Entry

READ_CHARACTERS: Final = 2_000
"""Text beyond this is not shown to the model, which would take minutes to read it."""

_TASK: Final = (
    "You set up a generative ambient synthesizer so that it sounds like a vibe. Answer with one JSON object: a title "
    "of at most six words, the config, and a palette of five colours. Choose every label for this vibe; use the ends "
    "of the scales where it calls for them."
)


class Message(TypedDict):
    """One turn of a chat."""

    role: str
    content: str


def conversation(vibe: str, examples: Sequence[Entry]) -> list[Message]:
    """Return the turns of a chat that ends with the question about `vibe`.

    A small model learns the form of an answer better from answers than from rules, so the examples are given as if it
    had written them; the best one comes last, next to the question.
    """
    turns: list[Message] = []
    for entry in reversed(examples):
        turns.append({"role": "user", "content": _question(entry.vibe)})
        turns.append({"role": "assistant", "content": example_answer(entry)})
    turns.append({"role": "user", "content": _question(vibe[:READ_CHARACTERS])})
    turns[0]["content"] = f"{_TASK}\n\n{turns[0]['content']}"  # not every chat template has a system's turn
    return turns


def plain_text(turns: Sequence[Message]) -> str:
    """Write the turns for a model without a chat template, up to where its answer begins."""
    names = {"user": "Question", "assistant": "Answer"}
    written = "".join(f"{names[turn['role']]}: {turn['content']}\n\n" for turn in turns)
    return f"{written}Answer: "


def _question(vibe: str) -> str:
    """The vibe as a JSON string in which no marker of a tokenizer (`<end_of_turn>`, `[INST]`) can stand."""
    quoted = json.dumps(vibe, ensure_ascii=False)
    return f"Vibe: {quoted}".replace("<", "\\u003c").replace("[", "\\u005b")
