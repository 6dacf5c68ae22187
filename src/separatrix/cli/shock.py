"""``separatrix shock``: the smallest change of the shares that changes where they end."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from separatrix.cli.assignments import assignments
from separatrix.cli.basins import format_of, options_of, show_document
from separatrix.errors import InputError

__all__ = ["read_from", "shock"]

Format = Literal["text", "json"]
Lang = Literal["en", "zh"]


def shock(
    model: str,
    /,
    *,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    scenario: str | None = None,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative="")] = None,
    field: str = "replicator",
    option: Annotated[list[str] | None, Parameter(name="--option", negative="")] = None,
    schedule: Annotated[bool, Parameter(negative="")] = False,
    seed: int = 0,
    format: Annotated[Format | None, Parameter(name=["--format", "-f"])] = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    lang: Lang = "en",
) -> int:
    """Tell the smallest change of the shares that changes their fate, together and of each party alone.

    Exact where the separatrix is known in closed form; else the smallest that a search finds.

    Parameters
    ----------
    model : str
        A game file (.yaml, .csv, .xlsx, .ods, .nfg), or a name from `separatrix examples`.
    from_ : str
        The start, as in x=0.2,y=0.3; by default `today` of the game.
    scenario : str
        Use the values of this scenario of the game.
    set_ : list of str
        NAME=VALUE: override a parameter; may be given several times.
    field : str
        The rule by which shares change: replicator, smith, bnn, logit, best-response, payoff-adjusted or
        replicator-mutator.
    option : list of str
        NAME=VALUE: an option of the rule, such as eta=0.1 for logit; may be given several times.
    schedule : bool
        Tell the fate after the schedule of the game, and whether the schedule leads to another one.
    seed : int
        Of the directions that are searched; the same seed gives the same answer.
    format : str
        text or json; by default what --out ends in, else text.
    out : Path
        Write to this file instead of standard output.
    lang : str
        en or zh: the language of the text; names in the game as its `translations` tell them.
    """
    import separatrix
    from separatrix.cli.output import guard_source
    from separatrix.present.documents.basins import shock_document
    from separatrix.present.languages import language_of
    from separatrix.run.files import write_file

    chosen = format or format_of(out, {".json": "json", ".txt": "text"})
    game = separatrix.told_in(separatrix.load(model), lang)
    if out is not None:
        guard_source(out, model)
    start = None if from_ is None else read_from(from_)
    found = separatrix.critical_shock(
        game,
        start,
        assignments(set_ or []),
        scenario,
        seed=seed,
        field=field,
        scheduled=schedule,
        **options_of(option or []),
    )
    if chosen != "json":
        show_document(shock_document(found, language_of(lang)), out)
        return 0
    import json

    text = json.dumps(found.to_dict(), ensure_ascii=False, indent=2, allow_nan=False)
    if out is None:
        print(text)
    else:
        write_file(out, text + "\n")
    return 0


def read_from(text: str) -> dict[str, object]:
    """Return ``x=0.2,y=0.3`` as a mapping."""
    result: dict[str, object] = {}
    for pair in text.split(","):
        name, separator, value = (part.strip() for part in pair.partition("="))
        if not separator or not name or not value:
            raise InputError(
                "U901",
                f"--from {text}: expected a share and its value in each part",
                hint="as in --from x=0.2,y=0.3",
            )
        if name in result:
            raise InputError("U901", f"--from gives `{name}` twice", hint="give each share once")
        result[name] = value
    return result
