"""``separatrix report``: write the report of a game or cluster."""

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
    """Write a complete report: model, equations, rest points, regimes, figures, and the evidence for each
    result.

    Parameters
    ----------
    out : Path
        The file to write. Its extension gives the format: .html, .docx, .pdf, .tex or .md; LaTeX and
        Markdown put their figures in a folder next to it. - is standard output, without figures.
    format : str
        The format; by default that of the file name in --out, else html.
    scenario : list of str
        Include only this scenario; repeatable. By default all.
    check : bool
        Check the claims of the paper listed under `published` in the game file.
    budget : float
        Time limit in seconds for each analysis.
    short : bool
        Write a short report: all states, conditions and figures, without proofs and long tables.
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
