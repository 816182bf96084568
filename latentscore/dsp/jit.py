"""How kernels are compiled: one decorator, `kernel`, with the project's numba options.

Numba's disk cache notices a change of the kernel's own file, but not of a helper that it calls from another one. So
its stamp is made to tell the text of all files with kernels and helpers: machine code of another version, which an
update of the package leaves behind, is never run.
"""

from __future__ import annotations

import functools
import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import numba
import numba.extending

_F = TypeVar("_F", bound=Callable[..., Any])

_FASTMATH: Final = frozenset({"reassoc", "contract", "nsz", "arcp"})
"""Reorder, fuse and divide by reciprocals; but infinities and NaN keep their meaning (no `nnan`, `ninf`)."""

_log = logging.getLogger(__name__)
_told_uncached = False


def kernel(function: _F) -> _F:
    """Compile `function` on its first call, without the GIL, and cache the machine code on disk if possible.

    A kernel cannot allocate: numba's memory runtime is off, which makes views of arrays cheap and refuses
    `np.zeros` and friends when compiling. Division by zero follows IEEE 754 instead of raising. Where no
    cache folder is writable the kernel still works but compiles anew in each process, which is logged once
    at debug level. With `NUMBA_DISABLE_JIT=1` the plain Python function is returned.
    """
    decorate = cast(Any, numba).njit
    try:
        return cast(_F, _stamped(decorate(cache=True, **_options())(function)))
    except RuntimeError as error:  # numba found no folder to write to
        if "cannot cache function" not in str(error):
            raise
        _tell_uncached(error)
        return cast(_F, decorate(**_options())(function))


def _stamped(dispatcher: Any) -> Any:
    """Let the kernel's cache belong to the text of all kernels and helpers."""
    file = getattr(dispatcher, "_cache", None) and dispatcher._cache._cache_file
    if file is not None:  # with NUMBA_DISABLE_JIT it is a plain function
        file._source_stamp = (file._source_stamp, _text_of_all())
    return dispatcher


@functools.cache
def _text_of_all() -> str:
    """Hash of the files in which kernels and helpers are written; reading them takes a millisecond."""
    package = Path(__file__).resolve().parents[1]
    files = [path for folder in ("dsp", "instruments/banks") for path in (package / folder).glob("*.py")]
    return hashlib.blake2b(b"".join(path.read_bytes() for path in sorted(files)), digest_size=16).hexdigest()


def helper(function: _F) -> _F:
    """Let kernels call `function`, which is compiled into them; called from Python it stays plain Python.

    LLVM does the inlining, since numba's own (`inline="always"`) is slower to compile and no faster to run. It
    is forced: a helper left as a function of its own is compiled once alone and once into each kernel, and which
    build a kernel calls depends on whether it came from the disk cache. They may differ in the last bit.
    """
    register = cast(Any, numba.extending).register_jitable
    return cast(_F, register(forceinline=True, **_options())(function))


def _options() -> dict[str, Any]:
    return {
        "nogil": True,
        "error_model": "numpy",
        "fastmath": set(_FASTMATH),
        "no_cfunc_wrapper": True,  # nobody calls a kernel from C, and the wrapper takes time to compile
        "_nrt": False,
    }


def _tell_uncached(error: RuntimeError) -> None:
    global _told_uncached
    if not _told_uncached:
        _told_uncached = True
        _log.debug("Kernels are compiled anew in each process: %s", error)
