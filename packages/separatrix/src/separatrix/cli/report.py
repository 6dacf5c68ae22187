"""``separatrix report``: the document that is handed in."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.options import (
    Flag,
    Formatted,
    Lang,
    Model,
    Scenarios,
    SetValues,
    assignments,
    game_of,
    target,
)
from separatrix.cli.output import choose, emit_document, guard_source

__all__ = ["report"]

Format = Literal["html", "docx", "pdf", "tex", "md"]


def report(
    model: Model,
    /,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"], converter=target)],
    format: Formatted[Format] = None,
    lang: Lang = "en",
    scenario: Scenarios = None,
    set_: SetValues = None,
    check: Annotated[bool, Parameter(negative="--no-check")] = True,
    budget: float = 60.0,
    short: Flag = False,
) -> int:
    """Write a report: the model, its equations, every rest point, regimes, figures, and how sure each is.

    Parameters
    ----------
    out : Path
        The file to write. Its ending names the format: .html, .docx, .pdf, .tex or .md; LaTeX and Markdown
        get their figures in a folder beside it. - is standard output, where they go without.
    format : str
        By default what --out ends in, or html.
    scenario : list of str
        Work out this scenario only; may be given several times. By default all.
    check : bool
        Compare the claims of the paper, where the game file has them under `published`.
    budget : float
        Seconds that each analysis may take.
    short : bool
        A few pages with every state, condition and figure, without arguments and long tables.
    """
    from separatrix.reports.report_file import report_document
    from separatrix.writers.registry import FORMATS

    chosen = choose(format, out, get_args(Format), default="html")
    guard_source(out, model)
    FORMATS[chosen].require()
    game = game_of(model, "en", set_)
    command = shlex.join(["separatrix", *sys.argv[1:]]) if sys.argv[1:2] == ["report"] else ""
    document = report_document(
        game,
        language=lang,
        scenarios=scenario,
        values=assignments(set_) or None,
        check=check,
        budget=budget,
        command=command,
        short=short,
    )
    emit_document(document, chosen, out)
    return 0
