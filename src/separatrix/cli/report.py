"""``separatrix report``: the document that is handed in."""

from __future__ import annotations

import logging
import shlex
import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

__all__ = ["report"]

Format = Literal["html", "docx", "pdf", "tex", "md"]
Lang = Literal["en", "zh"]


def report(
    model: str,
    /,
    *,
    out: Annotated[Path, Parameter(name=["--out", "-o"])],
    format: Annotated[Format | None, Parameter(name=["--format", "-f"])] = None,
    lang: Lang = "en",
    scenario: Annotated[list[str] | None, Parameter(negative="")] = None,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative="")] = None,
    check: Annotated[bool, Parameter(negative="--no-check")] = True,
    budget: float = 60.0,
) -> int:
    """Write a report: the model, its equations, every rest point, regimes, figures, and how sure each is.

    Parameters
    ----------
    model : str
        A game file (.yaml, .csv, .xlsx, .ods, .nfg), or a name from `separatrix examples`.
    out : Path
        The file to write. Its ending names the format: .html, .docx, .pdf, .tex or .md; LaTeX and Markdown
        get their figures in a folder beside it.
    format : str
        html, docx, pdf, tex or md; by default what --out ends in.
    lang : str
        en or zh. Names in the game stay as they are, unless it has `translations`.
    scenario : list of str
        Work out this scenario only; may be given several times. By default all.
    set_ : list of str
        NAME=VALUE: override a parameter; may be given several times.
    check : bool
        Compare the claims of the paper, where the game file has them under `published`.
    budget : float
        Seconds that each analysis may take.
    """
    import warnings

    import separatrix
    from separatrix.cli.assignments import assignments
    from separatrix.cli.output import guard_source
    from separatrix.present.documents.report_file import format_of, report_document
    from separatrix.present.writers import ready, write
    from separatrix.run.files import require_writable, write_file

    chosen = format or format_of(out)
    guard_source(out, model)
    # Nobody should wait for an analysis whose answer cannot be kept.
    require_writable(out)
    ready(chosen)
    game = separatrix.load(model)
    command = shlex.join(["separatrix", *sys.argv[1:]]) if sys.argv[1:2] == ["report"] else ""
    document = report_document(
        game,
        language=lang,
        scenarios=scenario,
        values=assignments(set_ or []) or None,
        check=check,
        budget=budget,
        command=command,
    )
    with warnings.catch_warnings(record=True) as noticed:
        warnings.simplefilter("always")
        written = write(document, chosen, out.stem)
    logger = logging.getLogger("separatrix")
    for message in dict.fromkeys(str(w.message) for w in noticed if issubclass(w.category, UserWarning)):
        logger.warning(message)
    for name, content in written.beside.items():
        write_file(out.parent / name, content, make_folder=True)
    write_file(out, written.content)
    return 0
