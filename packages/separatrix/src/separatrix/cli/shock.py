"""``separatrix shock``: the smallest change of the shares that changes where they end."""

from __future__ import annotations

from typing import Literal, get_args

from separatrix.cli.options import (
    Dpi,
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
    View,
    Width,
    assignments,
    field_options,
    game_of,
    printed_as,
    start_in,
)
from separatrix.cli.output import PICTURES, choose, emit_document, emit_json, emit_picture, guard_source
from separatrix.errors import InputError

__all__ = ["shock"]

Format = Literal["text", "json", "svg", "png", "pdf"]


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
    view: View = None,
    width: Width = None,
    dpi: Dpi = 200.0,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Find the smallest shock to today's state that changes the long-run outcome, for all populations
    together and each alone.

    The result is exact where the separatrix has a closed form; otherwise it is the smallest shock found
    by a search.

    Parameters
    ----------
    schedule : bool
        Show the outcome after the schedule of the game, and whether the schedule changes it.
    """
    import separatrix
    from separatrix.figures.projection import view_of
    from separatrix.languages import language_of
    from separatrix.reports.basins import shock_document

    chosen = choose(format, out, get_args(Format))
    game = game_of(model, lang, set_)
    guard_source(out, model)
    words, printed = language_of(lang), printed_as(width, dpi)
    seen = view_of(view)
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
    if chosen in PICTURES:
        from separatrix.figures.critical_shock import MOST_ROWS, shock_picture

        if found.game.space.shape is None and len(found.start) > MOST_ROWS:
            raise InputError(
                "U902",
                f"{len(found.start)} shares; a figure has room for {MOST_ROWS}",
                hint="use --format text or json",
            )
        emit_picture(shock_picture(found, words, seen), chosen, out, printed)
    elif chosen == "json":
        emit_json(found.to_dict(), out)
    else:
        emit_document(shock_document(found, words), chosen, out)
    return 0
