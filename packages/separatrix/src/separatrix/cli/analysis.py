"""``separatrix check``: a paper's claims against what follows from its payoff table.

``separatrix analyze``: every rest point of a game, with proof.

``separatrix cite``: BibTeX of the theorems and methods that an answer used.

``separatrix regimes``: which states are stable over two parameters, with the curves between.

``separatrix report``: write the report of a game or cluster.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.options import (
    Dpi,
    Flag,
    Formatted,
    Lang,
    Model,
    Out,
    Scenario,
    Scenarios,
    SetValues,
    Width,
    assignments,
    game_of,
    interval_of,
    printed_as,
    target,
)
from separatrix.cli.output import (
    PICTURES,
    choose,
    emit,
    emit_document,
    emit_json,
    emit_picture,
    guard_source,
    parameters,
)
from separatrix.errors import InputError

__all__ = ["analyze", "check", "cite", "regimes", "report"]

Format = Literal["text", "json", "html", "tex", "md", "svg"]


def analyze(
    model: Model,
    /,
    *,
    scenario: Scenario = None,
    set_: SetValues = None,
    symbolic: Flag = False,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
    budget: float = 60.0,
) -> int:
    """Find every rest point of a game, prove the list complete, and label each.

    Parameters
    ----------
    symbolic : bool
        Treat parameters as symbols: derive existence and stability conditions and the regimes.
    budget : float
        Time limit in seconds; partial results are returned.
    """
    import separatrix
    from separatrix.languages import language_of

    chosen = choose(format, out, get_args(Format))
    game = game_of(model, lang, set_)
    guard_source(out, model)
    words = language_of(lang)
    analysis = separatrix.analyze(
        game, values=assignments(set_), scenario=scenario, symbolic=symbolic, budget=budget
    )
    if chosen == "json":
        emit_json(analysis.to_dict(), out)
    elif chosen == "svg":
        from separatrix.figures.phase_portrait import portrait_svg

        emit(portrait_svg(analysis, words), out)
    else:
        from separatrix.reports.report import build_report

        emit_document(build_report(analysis, words), chosen, out, pictures=False)
    return 0


CheckFormat = Literal["text", "json", "html", "md"]


def check(
    model: Model,
    /,
    *,
    notes: Annotated[bool, Parameter(negative="--no-notes")] = True,
    against: str | None = None,
    when: Annotated[list[str] | None, Parameter(negative="")] = None,
    budget: float = 60.0,
    format: Formatted[CheckFormat] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Check the claims of a paper against what follows from its payoff table.

    The claims are listed under `published` in the game file. The exit code is 1 if a claim is wrong.

    Parameters
    ----------
    notes : bool
        Also show remarks that contradict no claim: parameters without effect, degenerate values,
        unchecked claims.
    against : str
        Another version of the model, whose equations must agree.
    when : list of str
        An equality such as 'C21 = C2' under which the two versions must agree; repeatable.
    budget : float
        Time limit in seconds; a remark lists the claims that were not checked.
    """
    import separatrix
    from separatrix.audit.claims.reader import read_published
    from separatrix.audit.evidence.findings import findings_to_dict
    from separatrix.languages import language_of
    from separatrix.reports.findings import (
        CheckReport,
        findings_document,
        findings_text,
        print_findings,
    )

    if when and against is None:
        raise InputError(
            "U901",
            "--when says where two versions must agree; it needs --against",
            hint="name the other version, as in --against older.yaml --when 'M = 0'",
        )
    chosen = choose(format, out, get_args(CheckFormat))
    game = game_of(model, lang)
    other = None if against is None else game_of(against)
    guard_source(out, model, against)
    claims = sum(1 for _ in read_published(game).claims())
    found = separatrix.check(game, notes=True, against=other, when=tuple(when or ()), budget=budget)
    wrong = [f for f in found if f.severity == "error"]
    report = CheckReport(
        game, found if notes else wrong, claims, hidden=0 if notes else len(found) - len(wrong), against=other
    )
    words = language_of(lang)
    if chosen == "json":
        emit_json(findings_to_dict(report.game, report.findings, report.claims), out)
    elif chosen != "text":
        emit_document(findings_document(report, words), chosen, out)
    elif out is None:
        print_findings(report, language=words)
    else:
        emit(findings_text(report, language=words), out)
    return 1 if wrong else 0


CiteFormat = Literal["bibtex", "text", "json"]


def cite(
    model: str | None = None,
    /,
    *,
    scenario: Scenario = None,
    set_: SetValues = None,
    symbolic: Flag = False,
    format: Formatted[CiteFormat] = None,
    out: Out = None,
    lang: Lang = "en",
    budget: float = 60.0,
) -> int:
    """Print BibTeX entries for the theorems, methods and libraries that the analysis of a game used.

    The source of the game itself is not included.

    Parameters
    ----------
    model : str
        A game file (.yaml, .csv, .xlsx, .ods, .nfg) or a name from `separatrix examples`; without it, the
        entry for Separatrix itself.
    symbolic : bool
        Treat parameters as symbols: derive existence and stability conditions and the regimes.
    format : str
        bibtex, text (with the purpose of each) or json; by default that of the file name in --out, else
        bibtex.
    budget : float
        Time limit in seconds.
    """
    import separatrix
    from separatrix.languages import language_of
    from separatrix.reports.bibliography import references
    from separatrix.reports.citations import bibliography, bibtex, cited, references_to_dict

    chosen = choose(format, out, get_args(CiteFormat), default="bibtex")
    analysis = None
    if model is not None:
        game = game_of(model, lang, set_)
        guard_source(out, model)
        analysis = separatrix.analyze(
            game, values=assignments(set_), scenario=scenario, symbolic=symbolic, budget=budget
        )
    elif scenario is not None or set_ or symbolic:
        raise InputError(
            "U901",
            "--scenario, --set and --symbolic are about a game, and none is given",
            hint="name it first, as in `separatrix cite wang-2023 --symbolic`",
        )
    works = (references()["separatrix"],) if analysis is None else cited(analysis)
    if chosen == "json":
        emit_json(references_to_dict(analysis, works), out)
    else:
        emit(bibtex(works) if chosen == "bibtex" else bibliography(works, language_of(lang)), out)
    return 0


RegimesFormat = Literal["text", "json", "csv", "html", "md", "svg", "png", "pdf"]


def regimes(
    model: Model,
    /,
    *,
    over: Annotated[list[str], Parameter(name="--over", negative="", completer=parameters)],
    scenario: Scenario = None,
    set_: SetValues = None,
    grid: int | None = None,
    budget: float = 120.0,
    width: Width = None,
    dpi: Dpi = 200.0,
    format: Formatted[RegimesFormat] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Draw a map of the stability regimes over two parameters, with the exact boundaries.

    Parameters
    ----------
    over : list of str
        NAME=LOW:HIGH, a parameter and its interval, or NAME for its range in the game file; given twice.
    grid : int
        Number of grid values of each parameter.
    budget : float
        Time limit in seconds.
    """
    import separatrix
    from separatrix.languages import language_of
    from separatrix.reports.portraits import regime_map_csv, regime_map_document, regime_map_json

    chosen = choose(format, out, get_args(RegimesFormat))
    game = game_of(model, lang, over, set_)
    guard_source(out, model)
    words, printed = language_of(lang), printed_as(width, dpi)
    spans = {name: (low, high) for name, low, high in (interval_of(game, text) for text in over)}
    if len(over) != 2 or len(spans) != 2:
        raise InputError(
            "U901",
            f"a map goes over two parameters; given are {', '.join(over)}",
            hint="as in --over C1=0:8 --over C2=0:4; `separatrix bifurcation` goes over one",
        )
    found = separatrix.regime_map(
        game,
        spans,
        assignments(set_),
        scenario,
        budget=budget,
        **({} if grid is None else {"grid": (grid, grid)}),
    )
    if chosen == "json":
        emit(regime_map_json(found), out)
    elif chosen == "csv":
        emit(regime_map_csv(found), out)
    elif chosen in PICTURES:
        from separatrix.figures.regime_map import regime_map_picture

        emit_picture(regime_map_picture(found, words), chosen, out, printed)
    else:
        emit_document(regime_map_document(found, words), chosen, out)
    return 0


ReportFormat = Literal["html", "docx", "pdf", "tex", "md"]


def report(
    model: Model,
    /,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"], converter=target)],
    format: Formatted[ReportFormat] = None,
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
    from separatrix.reports.game_report import report_document
    from separatrix.writers.registry import FORMATS

    chosen = choose(format, out, get_args(ReportFormat), default="html")
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
