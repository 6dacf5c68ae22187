"""``separatrix check``: a paper's claims against what follows from its payoff table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from separatrix.errors import InputError

if TYPE_CHECKING:
    from separatrix.present.documents.findings import CheckReport
    from separatrix.present.languages import Language

__all__ = ["check"]

Format = Literal["text", "json", "html", "markdown"]
Lang = Literal["en", "zh"]

_SUFFIXES: dict[str, Format] = {
    ".json": "json",
    ".html": "html",
    ".htm": "html",
    ".md": "markdown",
    ".txt": "text",
}


def check(
    model: str,
    /,
    *,
    notes: Annotated[bool, Parameter(negative="--no-notes")] = True,
    against: str | None = None,
    when: Annotated[list[str] | None, Parameter(negative="")] = None,
    format: Annotated[Format | None, Parameter(name=["--format", "-f"])] = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    lang: Lang = "en",
) -> int:
    """Compare what a paper claims with what follows from its payoff table.

    The claims stand under `published` in the game file. The exit code is 1 if some claim is wrong.

    Parameters
    ----------
    model : str
        A game file (.yaml, .csv, .xlsx, .ods, .nfg), or a name from `separatrix examples`.
    notes : bool
        Show what contradicts no claim too: inert parameters, knife edges, claims that were not checked.
    against : str
        Another version of the model, whose equations must agree.
    when : list of str
        An equality such as 'C21 = C2' under which the two versions must agree; may be given several times.
    format : str
        text, json, html or markdown; by default what --out ends in, else text.
    out : Path
        Write to this file instead of standard output.
    lang : str
        en or zh: the language of text, html and markdown; names in the game as its `translations` tell them.
    """
    import separatrix
    from separatrix.audit.claims.reader import read_published
    from separatrix.present.documents.findings import CheckReport
    from separatrix.present.languages import language_of

    if when and against is None:
        raise InputError(
            "U901",
            "--when says where two versions must agree; it needs --against",
            hint="name the other version, as in --against older.yaml --when 'M = 0'",
        )
    chosen = format or _format_of(out)
    game = separatrix.told_in(separatrix.load(model), lang)
    other = None if against is None else separatrix.load(against)
    if out is not None and out.exists():
        for source in filter(None, (model, against)):
            if Path(source).exists() and out.samefile(source):
                raise InputError("U903", f"--out {out} is a game file itself", hint="choose another name")
    claims = sum(1 for _ in read_published(game).claims())
    found = separatrix.check(game, notes=True, against=other, when=tuple(when or ()))
    wrong = [f for f in found if f.severity == "error"]
    report = CheckReport(
        game, found if notes else wrong, claims, hidden=0 if notes else len(found) - len(wrong), against=other
    )
    _show(report, chosen, out, language_of(lang))
    return 1 if wrong else 0


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


def _show(report: CheckReport, chosen: Format, out: Path | None, language: Language) -> None:
    if out is None and chosen == "text":
        from separatrix.present.documents.findings import render_terminal_findings

        render_terminal_findings(report, language=language)
        return
    text = _render(report, chosen, language)
    if out is None:
        print(text, end="" if text.endswith("\n") else "\n")
    else:
        from separatrix.run.files import write_file

        write_file(out, text)


def _render(report: CheckReport, chosen: Format, language: Language) -> str:
    from separatrix.present.documents.findings import findings_document, render_plain_findings

    if chosen == "json":
        import json

        from separatrix.audit.evidence.finding import findings_to_dict

        answer = findings_to_dict(report.game, report.findings, report.claims)
        return json.dumps(answer, ensure_ascii=False, indent=2) + "\n"
    if chosen == "html":
        from separatrix.present.writers.html.document import write_html

        return write_html(findings_document(report, language))
    if chosen == "markdown":
        from separatrix.present.writers import write

        return write(findings_document(report, language), "md").content.decode()
    return render_plain_findings(report, language=language)
