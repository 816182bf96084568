"""Measures how well texts are turned into configs, against judged vibes that the library's writers have not seen.

    python -m data_work.evaluate                  # on dev
    python -m data_work.evaluate --split test     # for reporting only: nothing is ever chosen by it

Prints for every way of choosing the accept-rate (share of judged fields whose label is accepted) and the wrong-rate
(share whose label is rejected), then both per field and per kind of vibe, with 95 % bootstrap intervals over vibes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from data_work.evaluation_set import EVALUATION_FOLDER, JUDGED_FIELDS, SPLITS, JudgedVibe, read_evaluation
from data_work.scoring import Scores, best_constants, of_configs, of_constant, of_random, rate
from latentscore.config.model import MusicConfig
from latentscore.vibe.embedder import Embedder
from latentscore.vibe.library import Library
from latentscore.vibe.library_file import ASSET, read_table
from latentscore.vibe.neural import Neural
from latentscore.vibe.retrieval import FastModel, top_row
from latentscore.vibe.voting import Voting

DETAILED = ("fast", "neural")
FITTED_ON_DEV = (
    "fast and neural learn from dev how labels are received, so that their figures on dev flatter them"
)

Chooser = Callable[[str], MusicConfig]


def choosers(library: Library) -> dict[str, Chooser]:
    """Return each way of choosing, by name."""
    embedder = Embedder()
    models = {
        "top-1, with instructions": FastModel(embedder, library, choose=top_row),
        "fast": FastModel(embedder, library, choose=Voting(library)),
        "neural": FastModel(embedder, library, choose=Neural()),
    }

    def nearest(vibe: str) -> MusicConfig:
        return models["fast"].resolve(vibe).match.neighbours[0].config

    return {"top-1": nearest, **{name: _config_of(model) for name, model in models.items()}}


def _config_of(model: FastModel) -> Chooser:
    return lambda vibe: model.resolve(vibe).config


def evaluated(
    judged: Sequence[JudgedVibe], dev: Sequence[JudgedVibe], ways: Mapping[str, Chooser]
) -> dict[str, Scores]:
    """Return the scores of the baselines and of every way of choosing. Constants are chosen on dev."""
    scores = {"random": of_random(judged), "best constant": of_constant(judged, best_constants(dev))}
    for name, choose in ways.items():
        scores[name] = of_configs(judged, [choose(one.vibe) for one in judged])
    return scores


def report(judged: Sequence[JudgedVibe], scores: Mapping[str, Scores]) -> list[str]:
    """Return the lines of the three tables."""
    lines = [f"{'':26}{'accepted':>24}{'wrong':>24}"]
    lines += [_line(name, found) for name, found in scores.items()]
    kinds = sorted({one.kind for one in judged})
    for name in DETAILED:
        found = scores[name]
        lines += ["", f"{name}, by field (judged times)"]
        for column, field in enumerate(JUDGED_FIELDS):
            part = Scores(found.accepted[:, [column]], found.rejected[:, [column]])
            lines.append(_line(f"{field} ({np.sum(~np.isnan(part.accepted))})", part))
        lines += ["", f"{name}, by kind (vibes)"]
        for kind in kinds:
            rows = [row for row, one in enumerate(judged) if one.kind == kind]
            lines.append(_line(f"{kind} ({len(rows)})", Scores(found.accepted[rows], found.rejected[rows])))
    return lines


def _line(name: str, found: Scores) -> str:
    return f"{name:26}{rate(found.accepted)!s:>24}{rate(found.rejected)!s:>24}"


def main(arguments: list[str]) -> int:
    """Print the tables; the exit code."""
    parser = argparse.ArgumentParser("python -m data_work.evaluate", description="Measure text to config.")
    parser.add_argument("--split", choices=SPLITS, default="dev")
    parser.add_argument("--library", type=Path, default=ASSET, help="compiled library")
    parser.add_argument("--judged", type=Path, default=EVALUATION_FOLDER, help="folder of *.jsonl")
    options = parser.parse_args(arguments)
    judged = read_evaluation(options.split, options.judged)
    dev = read_evaluation("dev", options.judged)
    library = Library(read_table(options.library))
    n_fields = sum(len(one.accept.keys() | one.reject.keys()) for one in judged)
    print(f"{options.split}: {len(judged)} vibes, {n_fields} judged fields; library of {len(library)}\n")
    print("\n".join(report(judged, evaluated(judged, dev, choosers(library)))))
    if options.split == "dev":
        print(f"\nNote: {FITTED_ON_DEV}; `fit_votes` and `train_neural` print what cross-validation gives.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
