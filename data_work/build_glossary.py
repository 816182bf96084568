"""Compiles the glossary of other languages, `data/glossary.txt`, into the file that ships, which loads ten times as fast.

python -m data_work.build_glossary
python -m data_work.build_glossary --check    # exit with 1 if the file that ships is out of date
"""

from __future__ import annotations

import argparse
import json
import sys

from data_work.library_source import ROOT
from latentscore.vibe.glossary import ASSET, Glossary
from latentscore.vibe.lexicon import folded, lowered

SOURCE = ROOT / "data" / "glossary.txt"

_JOINTS = str.maketrans("_'-", "   ")


def parse(text: str) -> Glossary:
    """Read a glossary. Raises `ValueError` that names the line of a mistake."""
    words: dict[str, str] = {}
    stems: dict[str, str] = {}
    shared: set[str] = set()
    own: set[str] = set()
    last: set[str] = set()
    alone: dict[str, str] = {}
    for number, line in enumerate(lowered(folded(text)).splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        english, _, written = line.partition(" : ")
        if english == "english":
            own |= set(written.split())
            continue
        if english == "neutral":
            words |= {word: word for word in map(_spaced, written.split())}
            shared |= set(map(_spaced, written.split()))
            continue
        gloss = english if english != "-" else ""
        for one in written.split():
            mark = one[-1] if one[-1] in "?*~!" else ""
            bare = _spaced(one[:-1] if mark else one)
            kept = {"*": stems, "!": alone}.get(mark, words)
            if not bare or bare in kept:
                raise ValueError(f"line {number} of the glossary: {one!r} is empty or stands there twice")
            kept[bare] = gloss
            if mark == "?":
                shared.add(bare)
            elif mark == "~":
                last.add(bare)
    return Glossary(words, stems, frozenset(shared), frozenset(own), frozenset(last), alone)


def _spaced(written: str) -> str:
    """A word or phrase as it is looked up."""
    return written if written.isalnum() else written.translate(_JOINTS)


def compiled(glossary: Glossary) -> bytes:
    """Return the file that ships, the same for the same glossary."""
    columns = {
        name: sorted(value) if isinstance(value, frozenset) else dict(sorted(value.items()))
        for name, value in vars(glossary).items()
    }
    return json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode()


def main(arguments: list[str]) -> int:
    """Compile and write, or compare; the exit code."""
    parser = argparse.ArgumentParser(
        "python -m data_work.build_glossary", description="Compile the glossary."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if out of date")
    options = parser.parse_args(arguments)
    glossary = parse(SOURCE.read_text("utf-8"))
    made = compiled(glossary)
    if options.check:
        return int(not ASSET.exists() or ASSET.read_bytes() != made)
    ASSET.write_bytes(made)
    print(f"{len(glossary.words) + len(glossary.stems)} words and stems, {len(made) / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
