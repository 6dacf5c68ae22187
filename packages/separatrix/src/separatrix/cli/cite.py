"""``separatrix cite``: BibTeX of the theorems and methods that an answer used."""

from __future__ import annotations

from typing import Literal, get_args

from separatrix.cli.options import Flag, Formatted, Lang, Out, Scenario, SetValues, assignments, game_of
from separatrix.cli.output import choose, emit, emit_json, guard_source
from separatrix.errors import InputError

__all__ = ["cite"]

Format = Literal["bibtex", "text", "json"]


def cite(
    model: str | None = None,
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

    chosen = choose(format, out, get_args(Format), default="bibtex")
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
