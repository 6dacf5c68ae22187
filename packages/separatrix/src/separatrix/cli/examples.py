"""``separatrix examples``: the catalogue."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from cyclopts import Parameter

from separatrix.cli import completers
from separatrix.cli.options import Formatted, Lang, Out
from separatrix.cli.output import choose, emit, emit_json, guard_source
from separatrix.errors import InputError

if TYPE_CHECKING:
    from separatrix.game.catalogue import CatalogueEntry

__all__ = ["examples"]

Format = Literal["text", "json", "csv"]

PIPED = 400
"""Columns of the list where it is not on a terminal: nothing is cut off."""


def examples(
    slug: Annotated[str | None, Parameter(completer=completers.games)] = None,
    /,
    *,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """List the published games in the catalogue, or print the file of one.

    Parameters
    ----------
    slug : str
        The name of a game; without it, all games are listed.
    """
    guard_source(out)
    if slug is not None:
        from separatrix.game.catalogue_files import catalogue_path

        if format is not None:
            raise InputError(
                "U901",
                "a single game is printed as its file stands",
                hint=f"`separatrix convert {slug} FILE` writes it as another kind of file",
            )
        emit(catalogue_path(slug).read_text(encoding="utf-8"), out)
        return 0
    from separatrix.game.catalogue import catalogue
    from separatrix.run.csv_output import csv_text

    chosen = choose(format, out, get_args(Format))
    entries = catalogue(lang)
    if chosen == "json":
        emit_json(
            [{"name": e.slug, "size": e.size, "title": e.title, "source": e.source} for e in entries], out
        )
    elif chosen == "csv":
        rows = ([e.slug, e.size, e.title, e.source] for e in entries)
        emit(csv_text(["name", "strategies", "title", "source"], rows), out)
    else:
        _print_table(entries, out)
    return 0


def _print_table(entries: Sequence[CatalogueEntry], out: Path | None) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    shown = out is None and console.is_terminal
    written = io.StringIO()
    if not shown:
        console = Console(highlight=False, width=PIPED, file=written)
    table = Table(box=SIMPLE_HEAD if shown else None, pad_edge=False, show_header=True)
    table.add_column("name", style="bold", no_wrap=True)
    table.add_column("strategies", no_wrap=True)
    table.add_column("title", overflow="fold")
    table.add_column("source", overflow="fold")
    for entry in entries:
        # Text, not markup: a title may hold square brackets.
        table.add_row(entry.slug, Text(entry.size), Text(entry.title), Text(entry.short_source))
    console.print(table)
    if not shown:
        emit(written.getvalue(), out)
