"""``separatrix examples``: the catalogue."""

from __future__ import annotations

__all__ = ["examples"]


def examples(slug: str | None = None, /) -> int:
    """List the published games of the catalogue, or print the file of one.

    Parameters
    ----------
    slug : str
        The name of a game; without it, all are listed.
    """
    if slug is not None:
        from separatrix.game.catalogue_files import catalogue_path

        print(catalogue_path(slug).read_text(encoding="utf-8"), end="")
        return 0
    _print_table()
    return 0


def _print_table() -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from separatrix.game.catalogue import catalogue

    entries = catalogue()
    console = Console(highlight=False)
    # In a pipe nothing is cut off: a line is as long as it has to be.
    piped = not console.is_terminal
    if piped:
        console = Console(highlight=False, width=400)
    table = Table(box=None if piped else SIMPLE_HEAD, pad_edge=False, show_header=True)
    table.add_column("name", style="bold", no_wrap=True)
    table.add_column("strategies", no_wrap=True)
    table.add_column("title", overflow="fold")
    table.add_column("source", overflow="fold")
    for entry in entries:
        # Text, not markup: a title may hold square brackets.
        table.add_row(entry.slug, Text(entry.size), Text(entry.title), Text(entry.short_source))
    console.print(table)
