"""``separatrix cite``: BibTeX of the theorems and methods that an answer used."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from separatrix.cli.assignments import assignments
from separatrix.errors import InputError

if TYPE_CHECKING:
    from separatrix.analysis.result import Analysis
    from separatrix.present.references.citations import Reference

__all__ = ["cite"]

Format = Literal["bibtex", "text", "json"]

_SUFFIXES: dict[str, Format] = {".bib": "bibtex", ".txt": "text", ".json": "json"}


def cite(
    model: str | None = None,
    /,
    *,
    scenario: str | None = None,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative="")] = None,
    symbolic: Annotated[bool, Parameter(negative="")] = False,
    format: Annotated[Format | None, Parameter(name=["--format", "-f"])] = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    budget: float = 60.0,
) -> int:
    """Print BibTeX of the theorems, methods and libraries that the answer to a game used.

    The source of the game itself is not among them.

    Parameters
    ----------
    model : str
        A game file (.yaml, .csv, .xlsx, .ods, .nfg), or a name from `separatrix examples`; without one,
        how to cite Separatrix itself.
    scenario : str
        Use the values of this scenario of the game.
    set_ : list of str
        NAME=VALUE: override a parameter; may be given several times.
    symbolic : bool
        Treat parameters as symbols: existence and stability conditions, and the regimes.
    format : str
        bibtex, text (with what each was used for) or json; by default what --out ends in, else bibtex.
    out : Path
        Write to this file instead of standard output.
    budget : float
        Seconds that the analysis may take.
    """
    chosen = format or _format_of(out)
    analysis = None
    if model is not None:
        analysis = _analysis(model, scenario, set_ or [], symbolic, budget, out)
    elif scenario is not None or set_ or symbolic:
        raise InputError(
            "U901",
            "--scenario, --set and --symbolic are about a game, and none is given",
            hint="name it first, as in `separatrix cite wang-2023 --symbolic`",
        )
    text = _render(analysis, chosen)
    if out is None:
        print(text, end="")
    else:
        from separatrix.run.files import write_file

        write_file(out, text)
    return 0


def _analysis(
    model: str,
    scenario: str | None,
    pairs: Sequence[str],
    symbolic: bool,
    budget: float,
    out: Path | None,
) -> Analysis:
    import separatrix

    game = separatrix.load(model)
    if out is not None and out.exists() and Path(model).exists() and out.samefile(model):
        raise InputError("U903", f"--out {out} is the game file itself", hint="choose another name")
    return separatrix.analyze(
        game, values=assignments(pairs), scenario=scenario, symbolic=symbolic, budget=budget
    )


def _format_of(out: Path | None) -> Format:
    if out is None:
        return "bibtex"
    found = _SUFFIXES.get(out.suffix.lower())
    if found is None:
        raise InputError(
            "U902",
            f"--out {out}: the ending `{out.suffix}` names no format",
            hint=f"use one of {', '.join(_SUFFIXES)}, or give --format",
        )
    return found


def _render(analysis: Analysis | None, chosen: Format) -> str:
    from separatrix.present.references.citations import bibtex, cited, text, used_for

    if analysis is None:
        from separatrix.present.references.bibliography import references

        works: tuple[Reference, ...] = (references()["separatrix"],)
    else:
        works = cited(analysis)
    if chosen == "bibtex":
        return bibtex(works)
    if chosen == "json":
        import json

        return json.dumps(_to_dict(analysis, works), ensure_ascii=False, indent=2) + "\n"
    lines = []
    for work in works:
        lines.append(text(work))
        if work.uses:
            lines.append(f"    Used for: {used_for(work)}.")
    return "\n".join(lines) + "\n"


def _to_dict(analysis: Analysis | None, works: Sequence[Reference]) -> dict[str, Any]:
    """Return the references as plain data (schema 1; keys are added, never renamed)."""
    from separatrix.present.references.citations import text, used_for

    model = None if analysis is None else {"title": analysis.game.title, "source": analysis.game.source}
    return {
        "schema": 1,
        "model": model,
        "references": [
            {
                "key": work.key,
                "type": work.kind,
                "fields": dict(work.fields),
                "text": text(work),
                "used_for": str(used_for(work)) if work.uses else None,
            }
            for work in works
        ],
    }
