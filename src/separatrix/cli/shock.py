"""``separatrix shock``: the smallest change of the shares that changes where they end."""

from __future__ import annotations

from typing import Literal, get_args

from separatrix.cli.options import (
    Field,
    Flag,
    Formatted,
    From,
    Lang,
    Model,
    Option,
    Out,
    Scenario,
    Seed,
    SetValues,
    assignments,
    field_options,
    start_in,
)
from separatrix.cli.output import choose, emit_document, emit_json, guard_source

__all__ = ["shock"]

Format = Literal["text", "json"]


def shock(
    model: Model,
    /,
    *,
    from_: From = None,
    scenario: Scenario = None,
    set_: SetValues = None,
    field: Field = "replicator",
    option: Option = None,
    schedule: Flag = False,
    seed: Seed = 0,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Tell the smallest change of the shares that changes their outcome, together and of each party alone.

    Exact where the separatrix is known in closed form; else the smallest that a search finds.

    Parameters
    ----------
    schedule : bool
        Tell the outcome after the schedule of the game, and whether the schedule leads to another one.
    """
    import separatrix
    from separatrix.present.documents.basins import shock_document
    from separatrix.present.languages import language_of

    chosen = choose(format, out, get_args(Format))
    game = separatrix.translate(separatrix.load(model), lang)
    guard_source(out, model)
    found = separatrix.critical_shock(
        game,
        start_in(game, from_),
        assignments(set_),
        scenario,
        seed=seed,
        field=field,
        scheduled=schedule,
        **field_options(option, field),
    )
    if chosen == "json":
        emit_json(found.to_dict(), out)
    else:
        emit_document(shock_document(found, language_of(lang)), chosen, out)
    return 0
