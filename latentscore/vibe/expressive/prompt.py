"""What the local model is asked: the nearest entries of the library as worked examples, then the vibe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypedDict

from latentscore.config.fields import FIELDS
from latentscore.vibe.library import Entry
from latentscore.vibe.prompt import example_answer, question

_TASK: Final = (
    "You set up a synthesizer of ambient music so that it sounds like a vibe. Answer with one JSON object: what the "
    "vibe calls for, a title, the config, a palette of five colours. Choose every label for this vibe, and use the "
    "ends of the scales where it calls for them."
)
_READ_CHARACTERS: Final = 2_000  # the model would take minutes to read more


class Message(TypedDict):
    """One turn of a chat."""

    role: str
    content: str


def conversation(vibe: str, examples: Sequence[Entry]) -> list[Message]:
    """Return the turns of a chat that ends with the question about `vibe`.

    A small model learns the form of an answer better from answers than from rules, so the examples stand as if it had
    written them; the best one comes last, next to the question.
    """
    turns: list[Message] = []
    for entry in reversed(examples):
        turns.append({"role": "user", "content": _question(entry.vibe)})
        turns.append({"role": "assistant", "content": example_answer(_as_answered(entry))})
    turns.append({"role": "user", "content": _question(vibe[:_READ_CHARACTERS])})
    turns[0]["content"] = f"{_TASK}\n\n{turns[0]['content']}"  # not every chat template has a system's turn
    return turns


def plain_text(turns: Sequence[Message]) -> str:
    """Write the turns for a model without a chat template, up to where its answer begins."""
    names = {"user": "Question", "assistant": "Answer"}
    written = "".join(f"{names[turn['role']]}: {turn['content']}\n\n" for turn in turns)
    return f"{written}Answer: "


def _question(vibe: str) -> str:
    """The vibe as JSON in which no marker of a tokenizer (`<end_of_turn>`, `[INST]`) can stand."""
    return question(vibe).replace("<", "\\u003c").replace("[", "\\u005b")


def _as_answered(entry: Entry) -> Entry:
    """The entry with labels only: a tempo in beats per minute is no answer that the model may give."""
    labels = {name: FIELDS[name].nearest(value) for name, value in entry.config.labels().items()}
    return replace(entry, config=entry.config.model_copy(update=labels))
