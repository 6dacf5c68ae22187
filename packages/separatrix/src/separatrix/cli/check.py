"""``separatrix check``: a paper's claims against what follows from its payoff table."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.options import Formatted, Lang, Model, Out, game_of
from separatrix.cli.output import choose, emit, emit_document, emit_json, guard_source
from separatrix.errors import InputError

__all__ = ["check"]

Format = Literal["text", "json", "html", "md"]


def check(
    model: Model,
    /,
    *,
    notes: Annotated[bool, Parameter(negative="--no-notes")] = True,
    against: str | None = None,
    when: Annotated[list[str] | None, Parameter(negative="")] = None,
    budget: float = 60.0,
    format: Formatted[Format] = None,
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
    chosen = choose(format, out, get_args(Format))
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
