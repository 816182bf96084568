"""Measures the low-confidence rule of `latentscore/vibe/confidence.py` on real vibes and on gibberish.

    python -m data_work.measure_confidence

Real vibes: every library entry against all the others, and the texts of the encoder's parity check.
Gibberish: random letters, random signs, keys pressed at random, invented words. The rule was chosen with
sight of all of them.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data_work.library_source import read_library
from latentscore.randomness import Random
from latentscore.vibe.confidence import LOW_SCORE, fragment_share, score
from latentscore.vibe.embedder import Embedder
from latentscore.vibe.glossary import in_english

PARITY_TEXTS = Path(__file__).parent / "texts" / "parity.txt"
KEY_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
ONSETS = ("br", "bl", "fl", "gr", "sn", "tr", "qu", "zl", "kr", "pl", "v", "sh", "d")
VOWELS = ("a", "e", "i", "o", "u", "oo", "ee", "ai")
CODAS = ("mp", "nk", "zz", "rt", "lf", "x", "gg", "sh", "n", "b")
PER_KIND = 100


def gibberish(random: Random) -> dict[str, list[str]]:
    """Return texts without meaning, by kind."""

    def letters(shortest: int, longest: int, alphabet: str) -> str:
        n_letters = shortest + random.below(longest - shortest + 1)
        return "".join(random.choice(alphabet) for _ in range(n_letters))

    def invented() -> str:
        return random.choice(ONSETS) + random.choice(VOWELS) + random.choice(CODAS)

    def several(n: int) -> range:
        return range(1 + random.below(n))

    kinds = {
        "random letters": lambda: " ".join(letters(2, 10, string.ascii_lowercase) for _ in several(5)),
        "random signs": lambda: letters(4, 30, string.ascii_letters + string.digits + string.punctuation),
        "keys pressed": lambda: letters(5, 16, random.choice(KEY_ROWS)),
        "invented words": lambda: " ".join(invented() for _ in several(5)),
    }
    return {kind: [make() for _ in range(PER_KIND)] for kind, make in kinds.items()}


def main() -> None:
    """Print the share that is called low-confidence, and the quantiles of the score."""
    embedder = Embedder()
    entries, _ = read_library()
    vibes = [in_english(entry.vibe) for entry in entries]
    library = embedder.embed(vibes)
    own = library @ library.T
    np.fill_diagonal(own, -1.0)
    print(f"{'kind':28} {'texts':>5} {'low':>6}   score: 1 %, 5 %, 50 %, 95 %   fragments: 50 %")
    _report("library, each left out", embedder, vibes, own.max(axis=1))
    lines = PARITY_TEXTS.read_text("utf-8").splitlines()
    parity = [line for line in lines if line and not line.startswith("#")]
    kinds = {"parity texts": parity, **gibberish(Random(0, "gibberish"))}
    for kind, written in kinds.items():
        texts = [in_english(text) for text in written]
        _report(kind, embedder, texts, (embedder.embed(texts) @ library.T).max(axis=1))


def _report(kind: str, embedder: Embedder, texts: Sequence[str], best: NDArray[np.float32]) -> None:
    pieces = [embedder.pieces(text) for text in texts]
    scores = np.array([score(float(cosine), read) for cosine, read in zip(best, pieces, strict=True)])
    fragments = float(np.median([fragment_share(read) for read in pieces]))
    quantiles = "  ".join(f"{quantile:5.2f}" for quantile in np.quantile(scores, (0.01, 0.05, 0.5, 0.95)))
    print(f"{kind:28} {len(texts):5} {np.mean(scores < LOW_SCORE):6.1%}   {quantiles}   {fragments:.2f}")


if __name__ == "__main__":
    main()
