"""How closely the shipped encoder agrees with sentence-transformers in float32, and what it costs.

    python -m benchmarks.embedding_parity --model FOLDER

Needs the extra `sentence-transformers` and the folder of the published model (see data_work/README.md).
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentscore.vibe.embedder import Embedder

_ROOT = Path(__file__).parent.parent


def texts() -> list[str]:
    """The texts written for this benchmark and the vibes of the library's sources."""
    written = (_ROOT / "data_work" / "texts" / "parity.txt").read_text("utf-8").splitlines()
    found = [line for line in written if line and not line.startswith("#")]
    for path in sorted((_ROOT / "data" / "library").glob("*.txt")):
        blocks = path.read_text("utf-8").split("\n\n")
        lines = [[line for line in block.splitlines() if not line.startswith("# ")] for block in blocks]
        found += [block[0] for block in lines if len(block) >= 4]
    return found


def nearest(embeddings: NDArray[np.float32]) -> NDArray[np.intp]:
    """Each row's nearest other row."""
    similarity = embeddings @ embeddings.T
    np.fill_diagonal(similarity, -1.0)
    return similarity.argmax(axis=1)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    options = parser.parse_args()
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError:
        raise SystemExit("this benchmark needs `pip install latentscore[sentence-transformers]`") from None
    corpus = texts()
    started = time.perf_counter()
    embedder = Embedder()
    embedder.embed(corpus[:1])
    cold_s = time.perf_counter() - started
    warm_s = [_timed(embedder, text) for text in corpus[:100]]
    ours = embedder.embed(corpus)
    theirs = SentenceTransformer(options.model, device="cpu").encode(corpus, normalize_embeddings=True)
    cosine = (ours * theirs).sum(axis=1)
    size = (_ROOT / "latentscore" / "vibe" / "assets" / "encoder.onnx").stat().st_size
    print(f"texts {len(corpus)}, file {size / 1e6:.1f} MB")
    print(f"nearest neighbour agrees: {np.mean(nearest(ours) == nearest(theirs)):.4f}")
    print(f"cosine: mean {cosine.mean():.6f}, least {cosine.min():.6f}")
    print(f"load and first text {1000 * cold_s:.0f} ms, then median {1000 * np.median(warm_s):.1f} ms a text")


def _timed(embedder: Embedder, text: str) -> float:
    started = time.perf_counter()
    embedder.embed([text])
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
