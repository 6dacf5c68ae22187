"""``separatrix analyze``: every rest point of a game, with proof."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from separatrix.cli.assignments import assignments
from separatrix.errors import InputError

if TYPE_CHECKING:
    from separatrix.analysis.result import Analysis

__all__ = ["analyze", "assignments"]

Format = Literal["text", "json", "html", "latex", "markdown", "svg"]

_SUFFIXES: dict[str, Format] = {
    ".json": "json",
    ".html": "html",
    ".htm": "html",
    ".tex": "latex",
    ".md": "markdown",
    ".svg": "svg",
    ".txt": "text",
}


def analyze(
    model: str,
    /,
    *,
    scenario: str | None = None,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative="")] = None,
    symbolic: Annotated[bool, Parameter(negative="")] = False,
    format: Annotated[Format | None, Parameter(name=["--format", "-f"])] = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    budget: float = 60.0,
) -> int:
    """Find every rest point of a game, prove the list complete, and label each.

    Parameters
    ----------
    model : str
        A game file (.yaml, .csv, .xlsx, .ods, .nfg), or a name from `separatrix examples`.
    scenario : str
        Use the values of this scenario of the game.
    set_ : list of str
        NAME=VALUE: override a parameter; may be given several times.
    symbolic : bool
        Treat parameters as symbols: existence and stability conditions, and the regimes.
    format : str
        text, json, html, latex, markdown or svg (the figure alone); by default what --out ends in, else text.
    out : Path
        Write to this file instead of standard output.
    budget : float
        Seconds that an analysis may take; what was found until then is told.
    """
    import separatrix
    from separatrix.cli.output import guard_source

    game = separatrix.load(model)
    if out is not None:
        guard_source(out, model)
    analysis = separatrix.analyze(
        game, values=assignments(set_ or []), scenario=scenario, symbolic=symbolic, budget=budget
    )
    chosen = format or _format_of(out)
    if out is None and chosen == "text":
        from separatrix.present.documents.report import render_terminal

        render_terminal(analysis)
        return 0
    text = _render(analysis, chosen)
    if out is None:
        print(text, end="" if text.endswith("\n") else "\n")
    else:
        from separatrix.run.files import write_file

        write_file(out, text)
    return 0


def _format_of(out: Path | None) -> Format:
    if out is None:
        return "text"
    found = _SUFFIXES.get(out.suffix.lower())
    if found is None:
        raise InputError(
            "U902",
            f"--out {out}: the ending `{out.suffix}` names no format",
            hint=f"use one of {', '.join(_SUFFIXES)}, or give --format",
        )
    return found


def _render(analysis: Analysis, chosen: Format) -> str:
    if chosen == "json":
        import json

        return json.dumps(analysis.to_dict(), ensure_ascii=False, indent=2) + "\n"
    if chosen == "html":
        from separatrix.present.documents.report import render_html

        return render_html(analysis)
    if chosen == "latex":
        from separatrix.present.documents.report import render_latex

        return render_latex(analysis)
    if chosen == "markdown":
        from separatrix.present.documents.report import render_markdown

        return render_markdown(analysis)
    if chosen == "svg":
        from separatrix.present.figures import portrait_svg

        return portrait_svg(analysis)
    from separatrix.present.documents.report import render_plain

    return render_plain(analysis)
