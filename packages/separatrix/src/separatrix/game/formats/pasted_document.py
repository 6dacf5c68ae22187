"""Games in pasted tables: from the text to the document that a game file would hold."""

from __future__ import annotations

import logging
import re
from typing import Any

from separatrix.game.formats.grid import PastedSource
from separatrix.game.formats.html import html_grid
from separatrix.game.formats.pasted_latex import TABULAR, latex_grid
from separatrix.game.formats.payoff_table import read_payoff_table
from separatrix.game.formats.sheets import TableSource

__all__ = ["kind_of_text", "parse_html", "parse_latex", "told"]

_log = logging.getLogger(__name__)


def kind_of_text(text: str) -> str | None:
    """Return ``latex`` or ``html`` for a text that is such a table, ``tabs`` for lines of cells, else None.

    Examples
    --------
    >>> (
    ...     kind_of_text("<html><table><tr><td>1"),
    ...     kind_of_text("\\tc\\td\\nc\\t1, 1\\t0, 2"),
    ...     kind_of_text("title: <table>"),
    ... )
    ('html', 'tabs', None)
    """
    begins = text.lstrip("\ufeff \t\r\n")[:8]
    if begins.startswith(("\\", "%")) and TABULAR.search(text):
        return "latex"
    # Word puts lines such as `Version:0.9` before the HTML of its clipboard.
    if begins.startswith(("<", "Version:")) and re.search(r"<table[\s>]", text, re.IGNORECASE):
        return "html"
    lines = [line for line in text.split("\n") if line.strip()]
    return "tabs" if len(lines) > 1 and all("\t" in line for line in lines[:2]) else None


def parse_html(text: str, name: str = "table", *, title: str = "table") -> tuple[dict[str, Any], TableSource]:
    """Return the document that the table in an HTML text describes, with its source."""
    source = PastedSource(name, title, text)
    return told(read_payoff_table(html_grid(source), source), source)


def parse_latex(
    text: str, name: str = "table", *, title: str = "table"
) -> tuple[dict[str, Any], TableSource]:
    """Return the document that the table in a LaTeX text describes, with its source."""
    source = PastedSource(name, title, text)
    return told(read_payoff_table(latex_grid(source), source), source)


def told(document: dict[str, Any], source: TableSource) -> tuple[dict[str, Any], TableSource]:
    """Return a document and its source, after telling what was read in one of several ways."""
    for remark in source.remarks:
        _log.warning("%s: %s", source.name, remark)
    return document, source
