"""Plug-ins by name: those that ship and those that other packages register come through the same door."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, TypeVar

from latentscore.errors import LatentScoreError, ModelNotAvailableError, shown

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Registry(Generic[T]):
    """Factories by name, each called once a process for every full name.

    A full name is `name` or `name:rest`; the factory is called with the rest, or with None.

    Args:
        group: The entry-point group by which installed packages register more names.
        built_in: The names that ship, each with its factory as `module:attribute`, imported on first use.
    """

    def __init__(self, group: str, built_in: Mapping[str, str]) -> None:
        self._group = group
        self._built_in = dict(built_in)
        self._opened: dict[str, T] = {}
        self._lock = threading.RLock()

    def names(self) -> tuple[str, ...]:
        """Return every name, those that ship first."""
        found = {point.name for point in entry_points(group=self._group)}
        return (*self._built_in, *sorted(found - set(self._built_in)))

    def has(self, full_name: str) -> bool:
        """Tell whether the name before the colon is known; nothing is imported."""
        name = full_name.partition(":")[0]
        return name in self._built_in or bool(self._registered(name))

    def open(self, full_name: str) -> T:
        """Return what the factory of a name makes; the same object the next time.

        Raises:
            ModelNotAvailableError: Unknown, registered twice, or its factory can't be imported or fails.
        """
        name, colon, rest = full_name.partition(":")
        with self._lock:  # two first users wait for one model rather than load two
            if full_name not in self._opened:
                factory = self._factory(name)
                try:
                    self._opened[full_name] = factory(rest if colon else None)
                except LatentScoreError:
                    raise
                except Exception as error:  # a stranger's code
                    _log.warning("The factory of the model %r failed", name, exc_info=error)
                    raise ModelNotAvailableError(f"{shown(full_name)} can't be opened: {error!r}.") from error
            return self._opened[full_name]

    def opened(self) -> tuple[T, ...]:
        """Return what has been opened so far."""
        return tuple(self._opened.values())

    def _factory(self, name: str) -> Callable[[str | None], T]:
        if name in self._built_in:
            module, _, attribute = self._built_in[name].partition(":")
            return _attribute(module, attribute)
        points = self._registered(name)
        if not points:
            raise ModelNotAvailableError(
                f"model must be one of {', '.join(map(repr, self.names()))}; got {shown(name)}."
            )
        if len(points) > 1:
            places = ", ".join(sorted(points))
            raise ModelNotAvailableError(f"{name!r} is registered more than once ({places}); uninstall one.")
        try:
            return next(iter(points.values())).load()
        except Exception as error:  # a stranger's code
            _log.warning("The entry point of the model %r can't be loaded", name, exc_info=error)
            raise ModelNotAvailableError(
                f"{name!r} is registered, but can't be loaded: {error!r}."
            ) from error

    def _registered(self, name: str) -> dict[str, EntryPoint]:
        """Entry points of a name by what they point to: a package found twice on the path counts once."""
        return {point.value: point for point in entry_points(group=self._group, name=name)}


def _attribute(module: str, attribute: str) -> Any:
    return getattr(import_module(module), attribute)
