"""What a vibe's text must be, and the seed that follows from it."""

from __future__ import annotations

import hashlib
import unicodedata

from latentscore.errors import invalid

SEED_BITS = 53
"""Width of a derived seed: it survives JSON readers that keep numbers as doubles."""


def checked_vibe(vibe: object, argument: str = "vibe") -> str:
    """Return the text, ready to be printed, encoded and embedded.

    Lone surrogates (undecodable bytes of a command line, broken JSON) become U+FFFD; nothing else changes.

    Args:
        vibe: What the caller passed.
        argument: Its name, for the message.

    Raises:
        InvalidConfigError: Not a str, or nothing but white space.
    """
    if not isinstance(vibe, str):
        raise invalid(argument, vibe, "text (str)")
    if not vibe.strip():
        raise invalid(argument, vibe, "text that is not blank")
    return vibe.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def normalised(vibe: str) -> str:
    """Return the text as it counts for its seed: compatibility forms, case and white space made alike.

    Folding the case can undo the normal form, hence the second pass (Unicode 15, section 3.13, D145).
    """
    folded = unicodedata.normalize("NFKC", vibe).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def seed_of(vibe: str) -> int:
    """Return the seed of a text, 0 to 2**53 - 1: the same on every machine and in every process.

    Texts that differ only in case, width of characters or white space share it.
    """
    text = normalised(checked_vibe(vibe)).encode("utf-8")
    digest = hashlib.blake2b(text, digest_size=8, person=b"ls vibe seed").digest()
    return int.from_bytes(digest, "big") >> (64 - SEED_BITS)
