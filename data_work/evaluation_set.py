"""The evaluation vibes, `data/evaluation/*.jsonl`: what a musician would accept and refuse, split into dev and test.

They were written apart from the library by people who had not seen it. A vibe's split follows from a stable hash of
its text, so that it never moves, whatever is added; those of a file `train_*.jsonl` are dev. Test is for reporting only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from data_work.library_source import ROOT
from latentscore.config.fields import FIELDS, Label
from latentscore.vibe.text import normalised

EVALUATION_FOLDER = ROOT / "data" / "evaluation"
JUDGED_FIELDS = tuple(name for name, field in FIELDS.items() if field.group != "finer")

Split: TypeAlias = Literal["dev", "test"]
SPLITS: tuple[Split, ...] = ("dev", "test")


@dataclass(frozen=True)
class JudgedVibe:
    """A vibe, its kind and judge, and for each judged field the labels that are right and those that are wrong."""

    vibe: str
    kind: str
    judge: str
    """Who judged it: the name of the file."""
    accept: Mapping[str, frozenset[Label]]
    reject: Mapping[str, frozenset[Label]]

    @property
    def split(self) -> Split:
        """`dev` or `test`: from a hash of the text, unless the judge's vibes are all for dev."""
        return "dev" if self.judge.startswith("train_") else split_of(self.vibe)


def split_of(vibe: str) -> Split:
    """Return the split of a text: the same for ever."""
    digest = hashlib.blake2b(normalised(vibe).encode(), digest_size=8, person=b"ls evaluation").digest()
    return SPLITS[digest[0] % 2]


def read_evaluation(split: Split | None = None, folder: Path = EVALUATION_FOLDER) -> list[JudgedVibe]:
    """Return the vibes of a split (None: of both), in the order of files and lines; repeated ones once.

    Raises `ValueError` that names file and line of a mistake.
    """
    found: dict[str, JudgedVibe] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if line.strip():
                try:
                    judged = _judged(json.loads(line), path.stem)
                except (KeyError, TypeError, ValueError) as error:
                    raise ValueError(f"{path.name}:{number}: {error}") from error
                found.setdefault(normalised(judged.vibe), judged)
    return [judged for judged in found.values() if split in (None, judged.split)]


def _judged(written: Mapping[str, Any], judge: str) -> JudgedVibe:
    accept, reject = _labels(written["accept"]), _labels(written["reject"])
    for name in accept.keys() & reject.keys():
        if both := accept[name] & reject[name]:
            raise ValueError(f"{name}: {sorted(map(str, both))} both accepted and rejected")
    return JudgedVibe(str(written["vibe"]), str(written["kind"]), judge, accept, reject)


def _labels(written: Mapping[str, Iterable[Any]]) -> dict[str, frozenset[Label]]:
    return {name: frozenset(_label(name, label) for label in labels) for name, labels in written.items()}


def _label(name: str, written: object) -> Label:
    for label in FIELDS[name].labels:
        if str(label).lower() == str(written).lower():
            return label
    raise ValueError(f"{name} has no label {written!r}")
