"""The registry of distributions: what each of them adds to the command line, the page, notebooks and texts.

The core imports no distribution that is built on it. A distribution fills in one record `Plugin`, in which
the core looks up what it needs. Every value is a string, ``module:name`` or a package, and is loaded when it
is used, so that this file imports nothing of the package and start-up stays light.

Entry points of the group ``separatrix.plugins`` name the records of other distributions. A record that cannot
be loaded is skipped with a warning.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

__all__ = [
    "GROUP",
    "Plugin",
    "SourceKind",
    "Task",
    "commands",
    "explanation_packages",
    "language_packages",
    "load_object",
    "plugins",
    "public_names",
    "recognized_kind",
    "source_kind",
    "source_kind_with",
    "source_kinds",
    "tasks",
    "view",
]

GROUP = "separatrix.plugins"
"""The group of entry points that name records."""

RECORDS = ("separatrix.plugin:PLUGIN",)
"""Where the core's own record is; those of others are named by entry points."""


@dataclass(frozen=True)
class Task:
    """One computation that a page can request from a worker.

    Attributes
    ----------
    name : str
    function : str
        ``module:name``, called with what is opened, arguments and progress.
    seconds : float
        Its time limit, by the clock and of the processor.
    needs : str
        ``game``, ``nothing``, or the name of a kind of sources; a game task of another source gets the
        game that is made of it.
    quick : bool
        Usually finished at once: goes first, and always finds a worker that is not on long work.
    follows : bool
        Requested whenever levers stop moving: its libraries are loaded before the first request.
    memory : int
        Bytes of memory that its process may use, where that is more than usual.
    """

    name: str
    function: str
    seconds: float
    needs: str = "game"
    quick: bool = False
    follows: bool = False
    memory: int = 0


@dataclass(frozen=True)
class SourceKind:
    """A kind of source from which a game can be made: a name, and functions as ``module:name``.

    Attributes
    ----------
    name : str
        Also the kind of its uploads, and the task that describes it to a page.
    recognizes : str
        ``(source) -> bool``: whether a name or path on the command line means one.
    names : str
        ``() -> names`` of those that come with the program.
    load : str
        ``(source) -> content``, with ``remarks`` on what was skipped.
    files : str
        ``(content) -> paths`` of the files it was read from, which no output may overwrite.
    upload : str
        ``(source) -> paths`` of the files that a page is given; refuses a broken source.
    open : str
        ``(upload, folder) -> content``: reads an upload, its files written into an empty folder.
    game : str
        ``(content) -> Game``.
    page : str
        ``(content, language) -> text`` of the page that opens from disk.
    network : str
        ``(content) -> (Enterprises, LinkGraph)``.
    network_game : str
        ``(content) -> NetworkGame``.
    """

    name: str
    recognizes: str
    names: str
    load: str
    files: str = ""
    upload: str = ""
    open: str = ""
    game: str = ""
    page: str = ""
    network: str = ""
    network_game: str = ""

    def call(self, field_name: str, *arguments: Any) -> Any:
        """Return what the function of a field returns."""
        return load_object(getattr(self, field_name))(*arguments)


@dataclass(frozen=True)
class Plugin:
    """What a distribution adds.

    Attributes
    ----------
    name : str
        That of the distribution.
    commands : mapping
        By verb: where its function is, its line in the help, and the group of verbs that lists it.
    sources : tuple of SourceKind
    views : mapping
        By the class name of a result: the module whose `SUMMARIES`, `FRAMES` and `PLOTS` show it.
    tasks : tuple of Task
    languages : str
        The package whose ``CODE.toml`` hold phrases and sentences.
    explanations : str
        The package whose TOML files explain codes.
    public : str
        The package whose ``__all__`` names what it offers to callers.
    version : str
        Of the distribution; a record of another version than the core's is skipped. Empty for the core.
    """

    name: str
    commands: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    sources: tuple[SourceKind, ...] = ()
    views: Mapping[str, str] = field(default_factory=dict)
    tasks: tuple[Task, ...] = ()
    languages: str = ""
    explanations: str = ""
    public: str = ""
    version: str = ""


def load_object(path: str) -> Any:
    """Return what is called ``module:name``.

    Examples
    --------
    >>> load_object("math:isqrt")(17)
    4
    """
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


@cache
def plugins() -> tuple[Plugin, ...]:
    """Return the records of all distributions that are installed, the core's first."""
    own = tuple(load_object(path) for path in RECORDS)
    return (*own, *_installed({plugin.name for plugin in own}))


def _installed(existing: set[str]) -> Iterator[Plugin]:
    """Yield the records that entry points name; warn of those that cannot be used."""
    from importlib.metadata import entry_points

    from separatrix import __version__

    logger = logging.getLogger("separatrix")
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        if entry.name in existing:
            continue
        try:
            plugin = entry.load()
        except Exception as problem:  # whatever another distribution does wrong, the core works
            logger.warning("plug-in %s skipped: %s: %s", entry.name, type(problem).__name__, problem)
            continue
        if not isinstance(plugin, Plugin):
            logger.warning("plug-in %s skipped: it is not a separatrix.plugins.Plugin", entry.name)
        elif plugin.version != __version__:
            logger.warning(
                "plug-in %s skipped: its version is %s, separatrix has %s",
                entry.name,
                plugin.version or "unknown",
                __version__,
            )
        else:
            yield plugin


def commands() -> dict[str, tuple[str, str, str]]:
    """Return the verbs: where each one is, and its line in the help."""
    return _merge_mappings("verb", (plugin.commands for plugin in plugins()))


def tasks() -> dict[str, Task]:
    """Return the tasks of the page, by name."""
    return _merge_mappings("task", ({task.name: task for task in plugin.tasks} for plugin in plugins()))


def language_packages() -> tuple[str, ...]:
    """Return the packages whose ``CODE.toml`` hold phrases and sentences."""
    return tuple(plugin.languages for plugin in plugins() if plugin.languages)


def explanation_packages() -> tuple[str, ...]:
    """Return the packages whose TOML files explain codes."""
    return tuple(plugin.explanations for plugin in plugins() if plugin.explanations)


@cache
def public_names() -> Mapping[str, str]:
    """Return the public names of distributions that are built on the core, each with its package."""
    return _merge_mappings(
        "name",
        (
            dict.fromkeys(import_module(plugin.public).__all__, plugin.public)
            for plugin in plugins()
            if plugin.public
        ),
    )


@cache
def _views() -> Mapping[str, str]:
    return _merge_mappings("result", (plugin.views for plugin in plugins()))


def view(kind: type, table: str) -> Callable[..., Any] | None:
    """Return the function that a plug-in registers to show results of a class, None where there is none.

    Parameters
    ----------
    kind : type
        The class of the result, or one below it.
    table : str
        ``SUMMARIES``, ``FRAMES`` or ``PLOTS``: of the module that the plug-in names for the class.
    """
    for known in kind.__mro__:
        if (module := _views().get(known.__name__)) is not None:
            shown: Mapping[str, Callable[..., Any]] = getattr(import_module(module), table, {})
            if known.__name__ in shown:
                return shown[known.__name__]
    return None


def source_kinds() -> tuple[SourceKind, ...]:
    """Return the kinds of sources besides games."""
    return tuple(kind for plugin in plugins() for kind in plugin.sources)


def source_kind(name: str) -> SourceKind:
    """Return the kind of sources of a name, which exists."""
    return next(kind for kind in source_kinds() if kind.name == name)


def recognized_kind(source: str) -> SourceKind | None:
    """Return the kind of sources that a name or path means, None for a game."""
    return next((kind for kind in source_kinds() if kind.call("recognizes", source)), None)


def source_kind_with(field_name: str, source: str) -> SourceKind | None:
    """Return the kind that has a function and recognizes a source; without one, the first that has it."""
    capable = [kind for kind in source_kinds() if getattr(kind, field_name)]
    recognizing = [kind for kind in capable if kind.call("recognizes", source)]
    return next(iter(recognizing or capable), None)


def _merge_mappings(what: str, mappings: Iterator[Mapping[str, Any]]) -> dict[str, Any]:
    """Return mappings of several distributions as one; a key that two of them give is a fault of theirs."""
    result: dict[str, Any] = {}
    for mapping in mappings:
        if twice := result.keys() & mapping.keys():
            raise ValueError(f"two plug-ins give the {what} {', '.join(sorted(twice))}")
        result |= mapping
    return result
