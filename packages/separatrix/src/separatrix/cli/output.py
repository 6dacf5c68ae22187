"""Answers on standard output or in a file: which format, and where they may be written.

Shell completion of games, scenarios, parameters and clusters.

A completer answers quickly or not at all: a file that cannot be read has nothing to complete.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from separatrix.cli.app import STANDARD
from separatrix.errors import InputError, SeparatrixError
from separatrix.plugins import source_kinds
from separatrix.run.files import require_writable, write_file
from separatrix.writers.registry import FORMATS, format_of, write

if TYPE_CHECKING:
    from cyclopts.completion import CompletionContext

    from separatrix.document.tree import Document
    from separatrix.figures.canvas import Print
    from separatrix.game.model import Game
    from separatrix.io.cells import Remark
    from separatrix.languages import Language

__all__ = [
    "PICTURES",
    "choose",
    "clusters",
    "emit",
    "emit_csv",
    "emit_document",
    "emit_json",
    "emit_picture",
    "exit_code",
    "games",
    "games_and_clusters",
    "guard_source",
    "parameters",
    "ready_made",
    "scenarios",
    "settings",
    "solver_aside",
]


def games(context: CompletionContext) -> list[str]:
    """Return the names of the catalogue, the game files here, and the folders."""
    from separatrix.game.catalogue_files import catalogue_slugs
    from separatrix.game.reader import READ

    return [*catalogue_slugs(), *_files(context.incomplete, READ)]


def clusters(context: CompletionContext) -> list[str]:
    """Return the shipped clusters and the folders here."""
    names = [name for kind in source_kinds() for name in kind.call("names")]
    return [*names, *_files(context.incomplete, ())]


def games_and_clusters(context: CompletionContext) -> list[str]:
    """Return the names of games and of clusters, and the game files and folders here."""
    return list(dict.fromkeys([*games(context), *clusters(context)]))


def scenarios(context: CompletionContext) -> list[str]:
    """Return the scenarios of the game that is named already."""
    game = _game(context)
    return [] if game is None else list(game.scenarios)


def parameters(context: CompletionContext) -> Mapping[str, str]:
    """Return the parameters and instruments of the game that is named already, with what they mean."""
    game = _game(context)
    if game is None:
        return {}
    told = {p.name: p.meaning or "" for p in game.parameters.values()}
    return told | {i.name: i.meaning or "" for i in game.instruments.values()}


def settings(context: CompletionContext) -> Mapping[str, str]:
    """Return ``NAME=`` for the parameters of the game that is named already."""
    return {f"{name}=": meaning for name, meaning in parameters(context).items()}


def ready_made(context: CompletionContext) -> Mapping[str, str]:
    """Return the ready-made instruments, with what they mean, and the strategies that they belong to."""
    from separatrix.game.instrument_sets import ready_instruments
    from separatrix.game.model import POLICY_STRATEGIES

    return {name: one.meaning for name, one in ready_instruments().items()} | dict.fromkeys(
        POLICY_STRATEGIES, ""
    )


def _game(context: CompletionContext) -> Game | None:
    from separatrix.game.reader import load

    named = context.get("model")
    try:
        return None if named is None or named.raw in (None, "-", STANDARD) else load(named.raw)
    except SeparatrixError:
        return None


def _files(begun: str, endings: tuple[str, ...]) -> list[str]:
    """Return the files with one of the endings, and the folders, whose path begins like this."""
    head, separator, _ = begun.rpartition("/")
    try:
        found = sorted(Path(head or separator or ".").iterdir())
    except OSError:
        return []
    own = [p.name + "/" if p.is_dir() else p.name for p in found if p.is_dir() or p.name.endswith(endings)]
    return [f"{head}{separator}{name}" for name in own if not name.startswith(".")]


PICTURES = ("svg", "png", "pdf")
"""Formats that hold one figure alone."""


def choose(
    format: str | None,
    out: Path | None,
    offered: Sequence[str],
    default: str = "text",
    advice: str = ", or give --format",
) -> str:
    """Return the output format: the given one, else by the ending of the file name, else the default.

    Raises
    ------
    InputError
        U902 where the ending names none of those offered; U901 where a terminal cannot show it.
    """
    if format is None:
        format = default if out is None else format_of(out, offered, advice).name
    if out is None and not FORMATS[format].printable and sys.stdout.isatty():
        raise InputError("U901", f"a {format} cannot be shown on a terminal", hint="give --out FILE")
    return format


def guard_source(out: Path | None, *sources: str | Path | None, what: str = "the game file") -> None:
    """Refuse an answer that would be written over what it is about, or cannot be written at all.

    Raises
    ------
    InputError
        U903 where `out` is one of the sources, or lies where nothing can be written.
    """
    if out is None:
        return
    for source in sources:
        if source is not None and out.exists() and Path(source).exists() and out.samefile(source):
            raise InputError("U903", f"--out {out} is {what} itself", hint="choose another name")
    # Nobody should wait for an answer that cannot be kept.
    require_writable(out)


def exit_code(remarks: Iterable[Remark]) -> int:
    """Return 1 if rows were skipped, else 0."""
    return 1 if any(remark.severity == "error" for remark in remarks) else 0


@contextlib.contextmanager
def solver_aside() -> Iterator[None]:
    """Send what the solver's own code prints to standard error: HiGHS has messages that nothing turns off."""
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # there is no standard output
        yield
        return
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def emit(content: str | bytes, out: Path | None) -> None:
    """Print an answer, or write it to a file."""
    if out is not None:
        write_file(out, content)
        return
    if isinstance(content, bytes) and not sys.stdout.isatty():
        sys.stdout.flush()
        sys.stdout.buffer.write(content)  # as it is: no line end is translated
        return
    text = content if isinstance(content, str) else content.decode()
    print(text, end="" if text.endswith("\n") else "\n")


def emit_csv(text: str, out: Path | None, words: Language) -> None:
    """Print a table, or write it to a file.

    A file in Chinese begins with the mark of UTF-8, without which Excel takes it for the code page of the
    country and shows other characters.  Other files and what is printed begin without it, since programs
    read these, and some take the mark for a part of the first heading.
    """
    emit(f"\ufeff{text}" if out is not None and words.typography.cjk else text, out)


def emit_json(answer: Any, out: Path | None, indent: int | None = 2) -> None:
    """Print plain data as JSON, or write it to a file."""
    emit(json.dumps(answer, ensure_ascii=False, indent=indent) + "\n", out)


def emit_document(
    document: Document, format: str, out: Path | None, *, stem: str = "report", pictures: bool = True
) -> None:
    """Print a document, or write it and its pictures to files; print each warning once."""
    if out is None and format == "text":
        from separatrix.writers.terminal import write_terminal

        write_terminal(document)
        return
    with warnings.catch_warnings(record=True) as noticed:
        warnings.simplefilter("always")
        written = write(
            document, format, stem if out is None else out.stem, pictures=pictures and out is not None
        )
    for message in dict.fromkeys(str(w.message) for w in noticed if issubclass(w.category, UserWarning)):
        logging.getLogger("separatrix").warning(message)
    if out is not None:
        for name, content in written.beside.items():
            write_file(out.parent / name, content, make_folder=True)
    emit(written.content, out)


def emit_picture(
    draw: Callable[..., bytes], format: str, out: Path | None, printed: Print | None = None
) -> None:
    """Print a figure, or write it to a file, at the given size."""
    emit(draw(format) if printed is None else draw(format, printed), out)
