"""Trains the model `neural` from the library: minutes on one core, in numpy, the same weights for the same library.

    python -m data_work.train_neural
    python -m data_work.train_neural --library FILE --out FILE --epochs 20

One hidden layer, trained by Adam (Kingma and Ba, 2015) with dropout, noise on the embeddings and decaying weights.
The target of a row is partly its own labels, partly the votes of its neighbours: a single entry is one musician's
choice of several good ones. The titles are embedded too, as second texts for the same config. How labels are received
is then fitted on the dev vibes, as for `fast`. The test half of the evaluation is not read.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from data_work.evaluation_set import read_evaluation
from data_work.fit_reception import cross_validated, fit_reception
from data_work.fit_votes import unjudged, vectors_of, write_fitted
from latentscore.config.fields import FIELDS
from latentscore.vibe.embedder import Embedder
from latentscore.vibe.library import Library
from latentscore.vibe.library_file import ASSET as LIBRARY
from latentscore.vibe.library_file import read_table
from latentscore.vibe.neural import ASSET, ENDS, N_OUTPUTS, Network
from latentscore.vibe.voting import VOTED

N_UNITS = 512
EPOCHS = 16
BATCH = 256
RATE = 2e-3
DECAY = 0.01
DROPOUT = 0.4
NOISE = 0.4
"""Length of the noise added to an embedding, which has length 1."""
NEIGHBOUR_SHARE = 0.5
"""How much of a row's target is its neighbours' votes."""
TITLE_WEIGHT = 0.5

Array = NDArray[np.float32]
Weights = dict[str, Array]

_STARTS = np.array([end - len(FIELDS[name].labels) for name, end in ENDS.items()])
_SIZES = np.array([len(field.labels) for field in FIELDS.values()])


class Examples(NamedTuple):
    """What is learned from."""

    vectors: Array
    targets: Array
    weights: Array


def targets_of(library: Library) -> Array:
    """Return every row's target, (rows, N_OUTPUTS): its labels, for voted fields mixed with its neighbours'."""
    targets = np.zeros((len(library), N_OUTPUTS), np.float32)
    np.put_along_axis(targets, library.positions(list(FIELDS)) + _STARTS, 1.0, axis=1)
    own = targets.copy()
    places = np.concatenate([np.arange(ENDS[name] - len(FIELDS[name].labels), ENDS[name]) for name in VOTED])
    targets[:, places] *= 1 - NEIGHBOUR_SHARE
    targets[:, places] += NEIGHBOUR_SHARE * _neighbour_votes(library, own)[:, places]
    return targets


def _neighbour_votes(library: Library, own: Array) -> Array:
    """Return the votes of each row's nearest other rows, weighted as in `voting`, (rows, N_OUTPUTS)."""
    _, voting = unjudged(library)
    votes = np.empty_like(own)
    for row, vector in enumerate(track(library.units(), "neighbours")):
        rows, weights = voting.voters(vector, library.similarities(vector))
        kept = rows != row
        votes[row] = (weights[kept] / weights[kept].sum()) @ own[rows[kept]]
    return votes


def examples_of(library: Library) -> Examples:
    """Return the library's vibes and titles with their targets."""
    targets = targets_of(library)
    titles = Embedder().embed([entry.title for entry in library])
    weights = np.repeat(np.array([1.0, TITLE_WEIGHT], np.float32), len(library))
    return Examples(np.concatenate([library.units(), titles]), np.concatenate([targets, targets]), weights)


def train(examples: Examples, epochs: int, seed: int = 0) -> Weights:
    """Return the weights after so many passes; the step falls along half a cosine."""
    random = np.random.default_rng(seed)
    n_examples, width = examples.vectors.shape
    weights: Weights = {
        "first": random.normal(0, np.sqrt(2 / width), (width, N_UNITS)).astype(np.float32) * 4,
        "first_bias": np.zeros(N_UNITS, np.float32),
        "second": random.normal(0, np.sqrt(1 / N_UNITS), (N_UNITS, N_OUTPUTS)).astype(np.float32),
        "second_bias": np.zeros(N_OUTPUTS, np.float32),
    }
    adam = _Adam(weights)
    n_steps = epochs * -(-n_examples // BATCH)
    for _ in track(range(epochs), "epochs"):
        order = random.permutation(n_examples)
        for start in range(0, n_examples, BATCH):
            gradients = _gradients(
                weights, Examples(*(a[order[start : start + BATCH]] for a in examples)), random
            )
            adam.step(weights, gradients, RATE * 0.5 * (1 + np.cos(np.pi * adam.n_steps / n_steps)))
    return weights


class _Adam:
    """Running means of gradients and of their squares."""

    def __init__(self, weights: Weights) -> None:
        self.n_steps = 0
        self._means = {name: np.zeros_like(value) for name, value in weights.items()}
        self._squares = {name: np.zeros_like(value) for name, value in weights.items()}

    def step(self, weights: Weights, gradients: Weights, rate: float) -> None:
        self.n_steps += 1
        for name, gradient in gradients.items():
            mean, square = self._means[name], self._squares[name]
            mean += 0.1 * (gradient - mean)
            square += 0.001 * (gradient**2 - square)
            scale = np.sqrt(square / (1 - 0.999**self.n_steps)) + 1e-8
            decay = DECAY * weights[name] if weights[name].ndim == 2 else 0.0
            weights[name] -= rate * (mean / (1 - 0.9**self.n_steps) / scale + decay)


def _gradients(weights: Weights, batch: Examples, random: np.random.Generator) -> Weights:
    """Return the gradients of the weighted cross-entropy, with noise and dropout."""
    width = batch.vectors.shape[1]
    noise = random.standard_normal(batch.vectors.shape, np.float32) * np.float32(NOISE / np.sqrt(width))
    vectors = batch.vectors + noise
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    before = vectors @ weights["first"] + weights["first_bias"]
    kept = (random.random(before.shape, np.float32) > DROPOUT) & (before > 0)
    units = np.where(kept, before / np.float32(1 - DROPOUT), np.float32(0))
    outputs = units @ weights["second"] + weights["second_bias"]
    errors = (_shares(outputs) - batch.targets) * (batch.weights / batch.weights.sum())[:, None]
    back = np.where(kept, errors @ weights["second"].T / np.float32(1 - DROPOUT), np.float32(0))
    return {
        "first": vectors.T @ back,
        "first_bias": back.sum(axis=0),
        "second": units.T @ errors,
        "second_bias": errors.sum(axis=0),
    }


def _shares(outputs: Array) -> Array:
    """Softmax within each field."""
    powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return powers / np.repeat(np.add.reduceat(powers, _STARTS, axis=1), _SIZES, axis=1)


def main(arguments: list[str]) -> int:
    """Train and write; the exit code."""
    parser = argparse.ArgumentParser("python -m data_work.train_neural", description="Train `neural`.")
    parser.add_argument("--library", type=Path, default=LIBRARY, help="compiled library")
    parser.add_argument("--out", type=Path, default=ASSET, help="file to write")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    options = parser.parse_args(arguments)
    library = Library(read_table(options.library))
    weights = train(examples_of(library), options.epochs)
    judged = read_evaluation("dev")
    vectors = vectors_of(library, judged)
    shares = Network(**weights).shares(vectors)
    votes = np.concatenate([shares[name] for name in VOTED], axis=1)
    reception = fit_reception(vectors, votes, judged)
    write_fitted(options.out, {**weights, "linear": reception.linear, "rulings": reception.rulings})
    accepted, wrong = cross_validated(vectors, votes, judged)
    print(f"cross-validated on dev, without instructions: accepted {accepted:.3f}, wrong {wrong:.3f}")
    print(f"wrote {options.out} ({options.out.stat().st_size / 1e6:.2f} MB)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
