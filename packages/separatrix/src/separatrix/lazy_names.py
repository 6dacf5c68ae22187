"""Public names of a package that are loaded when they are first used."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Mapping
from typing import Any

__all__ = ["LazyNames"]


class LazyNames:
    """The public names of a package, each with the module that holds it.

    A public function takes a source in place of what is read from it: what `load` takes stands for a game.

    Parameters
    ----------
    package : str
    homes : mapping
        Modules by name.
    readers : mapping
        What a function may begin with, by the parameter's name: the module and the name of its class, and
        the public name that makes one of a source.
    aliases : mapping, optional
        Public names by further ones.
    """

    def __init__(
        self,
        package: str,
        homes: Mapping[str, str],
        readers: Mapping[str, tuple[str, str, str]],
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        self.package, self.homes, self.readers = package, homes, readers
        self.aliases: Mapping[str, str] = aliases or {}

    def __contains__(self, name: str) -> bool:
        return name in self.homes or name in self.aliases

    def get(self, name: str) -> Any:
        """Return what a public name stands for; raises AttributeError where there is none."""
        name = self.aliases.get(name, name)
        if name not in self.homes:
            raise AttributeError(f"module {self.package!r} has no attribute {name!r}")
        value = self._for_sources(getattr(importlib.import_module(self.homes[name]), name))
        return vars(sys.modules[self.package]).setdefault(name, value)

    def _for_sources(self, value: Any) -> Any:
        """Return a function as one that takes a source in place of what is read from it."""
        import inspect

        if not inspect.isfunction(value) or not (parameters := inspect.signature(value).parameters):
            return value
        first = next(iter(parameters.values()))
        if first.name not in self.readers:
            return value
        module, kind, reader = self.readers[first.name]
        wanted, read = getattr(importlib.import_module(module), kind), self.get(reader)

        def opened(source: Any) -> Any:
            return source if isinstance(source, wanted) or source is first.default else read(source)

        @functools.wraps(value)
        def function(*given: Any, **named: Any) -> Any:
            if given:
                given = (opened(given[0]), *given[1:])
            elif first.name in named:
                named[first.name] = opened(named[first.name])
            return value(*given, **named)

        function.__module__ = self.package  # where pickle finds it again
        return function
