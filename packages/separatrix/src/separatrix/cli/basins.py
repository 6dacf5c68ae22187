"""``separatrix basins``: which share of all starts ends where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from separatrix.cli.options import (
    Field,
    Flag,
    Formatted,
    Lang,
    Model,
    Option,
    Out,
    Scenario,
    Seed,
    SetValues,
    assignments,
    field_options,
    game_of,
)
from separatrix.cli.output import choose, emit, emit_document, emit_json, guard_source
from separatrix.errors import InputError
from separatrix.run.console import progress_of

if TYPE_CHECKING:
    from separatrix.analysis.results import Analysis
    from separatrix.dynamics.basin_boundaries.surface import SeparatrixSurface
    from separatrix.languages import Language

__all__ = ["basins"]

Format = Literal["text", "json", "svg", "ply", "csv"]

PAINTED = 16
"""The cells of the lattice for a figure, where a finer surface would look the same."""


def basins(
    model: Model,
    /,
    *,
    scenario: Scenario = None,
    set_: SetValues = None,
    field: Field = "replicator",
    option: Option = None,
    schedule: Flag = False,
    samples: int = 16_384,
    seed: Seed = 0,
    surface: Flag = False,
    cells: int | None = None,
    budget: float | None = None,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Compute the basin of attraction of each rest point and its share of the state space.

    Shares are exact for one population of two strategies, and for two populations of two strategies with
    linear payoffs. Otherwise they are estimated, with confidence intervals.

    Parameters
    ----------
    schedule : bool
        Run the schedule of the game first, then determine the outcome of each initial state.
    samples : int
        Number of initial states to simulate where no closed form is known.
    surface : bool
        Compute the separatrix as a surface, for three-dimensional state spaces.
    cells : int
        Number of grid cells along each share for --surface; by default 24.
    budget : float
        Time limit in seconds, by default none; initial states without an outcome by then are undecided.
    format : str
        text, json, svg (the phase portrait with basins or, in three dimensions, the separatrix), ply (the
        surface as vertices and triangles) or csv (its vertices); by default that of the file name in
        --out, else text.
    """
    import separatrix
    from separatrix.languages import language_of

    chosen = choose(format, out, get_args(Format))
    game = game_of(model, lang, set_)
    guard_source(out, model)
    words = language_of(lang)
    values = assignments(set_)
    static = field == "replicator" and not schedule
    surface = surface or chosen in ("ply", "csv")
    if surface and not static:
        raise InputError(
            "U902",
            "the surface is that of the replicator at the baseline values",
            hint="leave --field and --schedule out",
        )
    if chosen == "svg" and static and game.space.sizes == (2, 2, 2):
        from separatrix.figures.phase_portrait import surface_svg

        # Triangles that are smaller than a dot are not worth their time.
        painted = separatrix.separatrix_surface(game, values, scenario, cells=cells or PAINTED, flatness=1.0)
        emit(surface_svg(painted, words), out)
        return 0
    if chosen == "svg":
        if not static:
            raise InputError(
                "U902",
                "the figure shows the basins of the replicator at the baseline values",
                hint="use --format text or json, or leave --field and --schedule out",
            )
        emit(_figure(separatrix.analyze(game, values, scenario), words), out)
        return 0
    between: SeparatrixSurface | None = None
    if surface:
        between = separatrix.separatrix_surface(
            game, values, scenario, **({} if cells is None else {"cells": cells})
        )
    if between is not None and chosen in ("ply", "csv"):
        from separatrix.reports.surface import surface_csv, surface_ply

        emit(surface_ply(between) if chosen == "ply" else surface_csv(between), out)
        return 0
    rule = field_options(option, field)
    with progress_of("basins") as advance:
        found = separatrix.basins(
            game,
            values,
            scenario,
            samples=samples,
            seed=seed,
            field=field,
            scheduled=schedule,
            budget=budget,
            advance=advance,
            **rule,
        )
    if chosen == "json":
        answer = found.to_dict()
        if between is not None:
            answer["surface"] = between.to_dict()
        emit_json(answer, out, None if between else 2)
        return 0
    from separatrix.reports.basins import basins_document

    emit_document(basins_document(found, words, between), chosen, out)
    return 0


def _figure(analysis: Analysis, words: Language) -> str:
    from separatrix.figures.phase_portrait import portrait_svg, why_no_figure

    reason = why_no_figure(analysis, words)
    if reason is not None:
        raise InputError("U902", reason, hint="use --format text or json")
    return portrait_svg(analysis, words)
