"""Warnings about the library that no rule can settle: contradictions, labels used too rarely or too often, clones.

    python -m data_work.library_lint                 # everything, with counts
    python -m data_work.library_lint --kinds asked   # only what the vibe asks for in so many words and does not get

A warning is a question to a reader, not an error; the build does not fail on it.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from data_work.library_source import LIBRARY_FOLDER, Problem, SourceEntry, read_library
from latentscore.config.fields import FIELDS, Field, Value
from latentscore.vibe.directives import Instruction, read_instructions
from latentscore.vibe.figures import Tempo
from latentscore.vibe.lexicon import Demand, Shift

RAREST = 0.01
"""Share of entries below which a label of a layer is used too rarely (`none` aside)."""
COMMONEST = 0.45
"""Share above which a label of an ordered field is used too often."""
CLONE_FIELDS = 1
"""Entries that differ in at most so many of the main fields, the key aside, are clones."""
FAR = 2
"""Labels between what a word suggests and what is written, from which on it is a contradiction."""
BPM_TOLERANCE = 0.12
"""How far, as a share, a written tempo may lie from the number that the vibe names."""

_MAIN = tuple(name for name, field in FIELDS.items() if field.group != "finer")

Lint = Callable[[Sequence[SourceEntry]], Iterator[Problem]]


def asked(entries: Sequence[SourceEntry]) -> Iterator[Problem]:
    """Vibes that ask for something in so many words, and a config that does otherwise."""
    for entry in entries:
        for instruction in read_instructions(entry.vibe):
            yield from _broken(entry, instruction, 1)


def suggested(entries: Sequence[SourceEntry]) -> Iterator[Problem]:
    """Words such as "bright" anywhere in a vibe, and a label far from them."""
    for entry in entries:
        told = {instruction.words for instruction in read_instructions(entry.vibe)}
        for instruction in read_instructions(entry.vibe, lenient=True):
            if instruction.words not in told:
                yield from _broken(entry, instruction, FAR)


def _broken(entry: SourceEntry, instruction: Instruction, far: int) -> Iterator[Problem]:
    for wish in instruction.wishes:
        if isinstance(wish, Tempo):
            bpm = entry.config.value("tempo")
            if abs(bpm / wish.bpm - 1) > BPM_TOLERANCE and not _is_nearest(entry, wish.bpm):
                yield _contradiction(entry, instruction, ["tempo"])
        elif not isinstance(wish, Shift) and _distance(entry, wish) >= far:
            yield _contradiction(entry, instruction, [option.field for option in wish])


def _is_nearest(entry: SourceEntry, bpm: float) -> bool:
    return FIELDS["tempo"].nearest(bpm) == entry.config.tempo


def _distance(entry: SourceEntry, wish: Demand) -> int:
    """How many labels the config is from what is asked; another style counts as one."""
    return min(
        _labels_between(FIELDS[name], FIELDS[name].nearest(getattr(entry.config, name)), labels)
        for name, labels in wish
    )


def _labels_between(known: Field, value: Value, labels: Sequence[Value]) -> int:
    if value in labels:
        return 0
    if not known.ordered:
        return 1
    return min(abs(known.index(value) - known.index(label)) for label in labels)


def _contradiction(entry: SourceEntry, instruction: Instruction, names: Sequence[str]) -> Problem:
    written = ", ".join(f"{name} {getattr(entry.config, name)}" for name in dict.fromkeys(names))
    return Problem(entry.place, f'"{instruction.words}" but {written}: {entry.vibe[:100]}')


def rare_labels(entries: Sequence[SourceEntry]) -> Iterator[Problem]:
    """Labels of a layer in fewer than 1 % of the entries."""
    for name, known in FIELDS.items():
        counts = Counter(getattr(entry.config, name) for entry in entries)
        for label in known.labels:
            share = counts[label] / len(entries)
            if known.group == "layer" and label != "none" and share < RAREST:
                yield Problem(name, f"{label} is rare: {counts[label]} entries, {share:.2%}")


def common_labels(entries: Sequence[SourceEntry]) -> Iterator[Problem]:
    """Labels of an ordered main field in more than 45 % of the entries."""
    for name in _MAIN:
        counts = Counter(FIELDS[name].nearest(getattr(entry.config, name)) for entry in entries)
        label, count = counts.most_common(1)[0]
        if FIELDS[name].ordered and count / len(entries) > COMMONEST:
            yield Problem(name, f"{label} is too common: {count} entries, {count / len(entries):.1%}")


def clones(entries: Sequence[SourceEntry]) -> Iterator[Problem]:
    """Configs that differ from an earlier one in no more than one main field, the key aside."""
    names = [name for name in _MAIN if FIELDS[name].group != "key"]
    rows = [tuple(FIELDS[name].nearest(getattr(entry.config, name)) for name in names) for entry in entries]
    seen: dict[tuple[int, tuple[Value, ...]], int] = {}
    for at, row in enumerate(rows):
        near = {seen.setdefault((gap, row[:gap] + row[gap + 1 :]), at) for gap in range(len(row))} - {at}
        if near:
            first = min(near)
            n_unlike = sum(one != other for one, other in zip(row, rows[first], strict=True))
            yield Problem(
                entries[at].place, f"differs in {n_unlike} of 16 fields from {entries[first].place}"
            )


LINTS: dict[str, Lint] = {
    "asked": asked,
    "suggested": suggested,
    "rare": rare_labels,
    "common": common_labels,
    "clones": clones,
}


def report(entries: Sequence[SourceEntry], kinds: Sequence[str] = tuple(LINTS)) -> Iterator[str]:
    """Yield the warnings of each kind under a heading with their count."""
    for kind in kinds:
        found = list(LINTS[kind](entries))
        summary = (LINTS[kind].__doc__ or "").strip()
        yield f"## {kind}: {len(found)} warnings. {summary}"
        yield from map(str, found)
        by_file: defaultdict[str, int] = defaultdict(int)
        for problem in found:
            by_file[problem.place.split(":")[0]] += 1
        worst = sorted(by_file.items(), key=lambda item: -item[1])[:5]
        if found:
            yield "most in: " + ", ".join(f"{file} {count}" for file, count in worst)
        yield ""


def main(arguments: list[str]) -> int:
    """Print the warnings; the exit code is 0 whatever they are."""
    parser = argparse.ArgumentParser(
        "python -m data_work.library_lint", description="Warn about the library."
    )
    parser.add_argument("--sources", type=Path, default=LIBRARY_FOLDER, help="folder of *.txt")
    parser.add_argument("--kinds", nargs="+", choices=LINTS, default=list(LINTS))
    options = parser.parse_args(arguments)
    entries, _ = read_library(options.sources)
    for line in report(entries, options.kinds):
        print(line)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
