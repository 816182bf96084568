"""Freezing: running state as bytes, and back. Thawing makes nothing but musical state, whatever the bytes hold.

Pickle runs what its data names. Here it may name only classes of the rooms that hold running state, the functions that
write parts and make sounds, and what numpy needs to build arrays, so that a stored snapshot is no way into the machine.
"""

from __future__ import annotations

import functools
import io
import pickle
from importlib import import_module
from typing import Any, Final

_ROOMS: Final = (
    "config",
    "dsp",
    "effects",
    "engine",
    "events",
    "instruments",
    "randomness",
    "score",
    "theory",
)
_FUNCTIONS: Final = ("latentscore.score.", "latentscore.instruments.")
_PLAIN: Final = frozenset(
    {
        ("builtins", "set"),
        ("builtins", "frozenset"),
        ("collections", "deque"),
        ("_codecs", "encode"),
    }
)
_ARRAYS: Final = frozenset({"ndarray", "dtype", "_reconstruct", "scalar", "_frombuffer"})
_DAMAGE: Final = (
    pickle.UnpicklingError,
    EOFError,
    AttributeError,
    ImportError,
    LookupError,
    MemoryError,
    OverflowError,
    TypeError,
)
"""What pickle raises when it meets something else, besides `ValueError`."""


def freeze(state: object) -> bytes:
    """Return state as bytes."""
    return pickle.dumps(state, pickle.HIGHEST_PROTOCOL)


def thaw(frozen: bytes) -> Any:
    """Return what `freeze` froze. Raises `ValueError` for anything else."""
    try:
        return _Thaw(io.BytesIO(frozen)).load()
    except _DAMAGE as error:
        raise ValueError(f"not a frozen state of this version ({error})") from error


class _Thaw(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str, /) -> Any:
        return _found(module_name, global_name)


@functools.cache
def _found(module_name: str, global_name: str) -> Any:
    place = module_name.split(".")
    own = place[0] == "latentscore" and len(place) > 1 and place[1] in _ROOMS
    arrays = place[0] == "numpy" and global_name in _ARRAYS
    if not (own or arrays or (module_name, global_name) in _PLAIN):
        raise pickle.UnpicklingError(f"{module_name}.{global_name} has no place in it")
    found: Any = import_module(module_name)
    for name in global_name.split("."):
        found = getattr(found, name)
    defined_here = getattr(found, "__module__", "") == module_name
    if own and not (defined_here and (isinstance(found, type) or module_name.startswith(_FUNCTIONS))):
        raise pickle.UnpicklingError(f"{module_name}.{global_name} has no place in it")
    return found
