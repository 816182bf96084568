"""Draws what the library covers, for its card: labels of every main field, themes, lengths, and how close vibes lie.

python -m data_work.plot_library --out data/plots
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from data_work.library_source import LIBRARY_FOLDER, ROOT, SourceEntry, read_library
from latentscore.config.fields import FIELDS

MAIN = tuple(name for name, field in FIELDS.items() if field.group != "finer")
COLOUR = "#3f6f8f"


def label_shares(entries: Sequence[SourceEntry], name: str) -> dict[str, float]:
    """Return the share of entries for each label of a field, a tempo number as its nearest label."""
    known = FIELDS[name]
    counts = Counter(known.nearest(getattr(entry.config, name)) for entry in entries)
    return {str(label): counts[label] / len(entries) for label in known.labels}


def draw_labels(entries: Sequence[SourceEntry], path: Path, plot: Any) -> None:
    """Draw the shares of the labels, one panel a field."""
    figure, panels = plot.subplots(6, 3, figsize=(12, 17), layout="constrained")
    for name, panel in zip(MAIN, panels.flat, strict=True):
        shares = label_shares(entries, name)
        panel.barh(list(shares)[::-1], [100 * share for share in shares.values()][::-1], color=COLOUR)
        panel.set_title(name, fontsize=10)
        panel.tick_params(labelsize=8)
    figure.supxlabel("% of entries")
    figure.savefig(path, dpi=90)


def draw_texts(entries: Sequence[SourceEntry], path: Path, plot: Any) -> None:
    """Draw entries a theme, and words a vibe."""
    figure, (left, right) = plot.subplots(1, 2, figsize=(12, 4), layout="constrained")
    sizes = sorted(Counter(entry.theme for entry in entries).values(), reverse=True)
    left.bar(range(1, len(sizes) + 1), sizes, width=1.0, color=COLOUR)
    left.set(title="entries in a theme", xlabel="theme, the largest first")
    words = [len(entry.vibe.split()) for entry in entries]
    right.hist(np.minimum(words, 60), bins=np.arange(0.5, 61.5), color=COLOUR)
    right.set(title="words in a vibe (60 and more together)", yscale="log")
    figure.savefig(path, dpi=90)


def main(arguments: list[str]) -> int:
    """Draw both pictures and print the counts that the card quotes; the exit code."""
    parser = argparse.ArgumentParser("python -m data_work.plot_library", description="Draw the coverage.")
    parser.add_argument("--sources", type=Path, default=LIBRARY_FOLDER, help="folder of *.txt")
    parser.add_argument("--out", type=Path, default=ROOT / "data" / "plots", help="folder of the pictures")
    options = parser.parse_args(arguments)
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    entries, _ = read_library(options.sources)
    options.out.mkdir(parents=True, exist_ok=True)
    draw_labels(entries, options.out / "labels.png", pyplot)
    draw_texts(entries, options.out / "texts.png", pyplot)
    words = np.array([len(entry.vibe.split()) for entry in entries])
    sizes = Counter(entry.theme for entry in entries).values()
    finer = np.mean(
        [any(FIELDS[name].group == "finer" for name in entry.config.model_fields_set) for entry in entries]
    )
    print(
        f"{len(entries)} entries, {len(sizes)} themes of {min(sizes)} to {max(sizes)}, finer fields in {finer:.0%}"
    )
    print(f"words: {words.min()} to {words.max()}, median {np.median(words):.0f}, mean {words.mean():.1f}")
    for name in MAIN:
        shares = sorted(label_shares(entries, name).items(), key=lambda item: -item[1])
        print(f"{name}: " + ", ".join(f"{label} {share:.1%}" for label, share in shares))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
