"""How far a match can be trusted: its similarity, less the share of the text that the encoder does not know.

Similarity alone does not tell nonsense from sense: random letters often land close to some short entry. But
nonsense falls apart into word fragments. In a clone, `python -m data_work.measure_confidence` shows what the
two numbers below do on real vibes and on gibberish.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

FRAGMENT_COST: Final = 0.4
"""What the score loses when the text is nothing but fragments."""
LOW_SCORE: Final = 0.3
"""Below this score the config is called a guess."""

_CONTINUES: Final = "##"  # the tokenizer's sign for a piece inside a word
_UNKNOWN: Final = "[UNK]"


def fragment_share(pieces: Sequence[str]) -> float:
    """Return the share of word pieces, 0 to 1, that begin no known word. Punctuation does not count."""
    words = [piece for piece in pieces if any(map(str.isalnum, piece))]  # [UNK] is among them
    fragments = sum(piece.startswith(_CONTINUES) or piece == _UNKNOWN for piece in words)
    return fragments / len(words) if words else 1.0


def score(similarity: float, pieces: Sequence[str]) -> float:
    """Return the confidence score of a match, from the cosine and the text's word pieces. Higher is surer."""
    return similarity - FRAGMENT_COST * fragment_share(pieces)


def is_low(similarity: float, pieces: Sequence[str]) -> bool:
    """Tell whether the match is a guess."""
    return score(similarity, pieces) < LOW_SCORE
