"""``separatrix sweep``: what is measured at every point of a grid of parameter values."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.completers import parameters
from separatrix.cli.options import (
    Dpi,
    Flag,
    Formatted,
    From,
    Lang,
    Model,
    Scenario,
    SetValues,
    Width,
    assignments,
    game_of,
    printed_as,
    start_in,
    target,
)
from separatrix.cli.output import PICTURES, choose, emit, emit_document, emit_picture, guard_source
from separatrix.errors import InputError

if TYPE_CHECKING:
    from separatrix.document.document import Draw
    from separatrix.dynamics.sweeps.block import Sweep
    from separatrix.dynamics.sweeps.cost_estimate import SweepCost
    from separatrix.dynamics.sweeps.sweep import SweepResult
    from separatrix.figures.canvas import Print
    from separatrix.run.workers import Workers

__all__ = ["sweep"]

Format = Literal["nc", "csv", "json", "text", "svg", "png", "pdf"]

MOST_IN_JSON = 200_000
"""Points that are written as JSON."""

DRAWING = 120.0
"""Seconds that the exact curves of a regime map or a bifurcation diagram may take."""

WORTH_TELLING = 3.0
"""Estimated run time, in seconds, from which the estimate is shown."""


def sweep(
    model: Model,
    /,
    *,
    over: Annotated[list[str], Parameter(name="--over", negative="", completer=parameters)],
    measure: Annotated[list[str] | None, Parameter(name="--measure", negative="")] = None,
    from_: From = None,
    scenario: Scenario = None,
    set_: SetValues = None,
    samples: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    scheduler: str | None = None,
    yes: Flag = False,
    width: Width = None,
    dpi: Dpi = 200.0,
    format: Formatted[Format] = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"], converter=target)] = None,
    lang: Lang = "en",
) -> int:
    """Compute a quantity at every point of a grid of parameter values.

    A long sweep saves finished blocks in a folder next to FILE; after an interruption, the same command
    continues from there. The results do not depend on workers, blocks or interruptions.

    Parameters
    ----------
    over : list of str
        NAME=LOW:HIGH:COUNT, NAME=LOW:HIGH:COUNT:log or NAME=V1,V2,...: a parameter and its values;
        repeatable, the last varies fastest. NAME alone uses its range in the game file.
    measure : list of str
        Quantities, separated by commas: stable (the asymptotically stable states; the default), basin
        (basin share of each outcome), time (until convergence from the initial state, and the outcome),
        shock (size of the smallest shock that changes the outcome), rest (number of rest points).
    samples : int
        Number of initial states at each point for basin, where no closed form is known; by default 4096.
    seed : int
        The random seed; each grid point derives its own from it. The initial states of `basin` are the
        same at all points.
    workers : int
        Number of processes on this machine; by default 1.
    scheduler : str
        processes, local (a Dask cluster on this machine; the default for several workers where Dask is
        installed), or the address of a Dask scheduler, as in tcp://10.0.0.5:8786.
    yes : bool
        Run without confirmation even if the sweep takes more than 10 minutes or 1 GB.
    out : Path
        Write the values to this file: .nc (netCDF), .csv, .json (small sweeps) or .txt; or draw them as
        .svg, .png or .pdf. `stable` gives a bifurcation diagram over one parameter and a regime map over
        two; other quantities give lines and maps.
    """
    from separatrix.dynamics.observable import DRAWN
    from separatrix.dynamics.sweeps.cost_estimate import estimate
    from separatrix.dynamics.sweeps.sweep import planned
    from separatrix.run.workers import Workers

    chosen = choose(format, out, get_args(Format))
    if out is None and chosen == "nc":
        raise InputError("U901", "netCDF is written as it goes, into a file", hint="give --out FILE.nc")
    game = game_of(model, "en", over, set_)
    guard_source(out, model)
    printed = printed_as(width, dpi)
    asked = planned(
        game,
        over,
        measure or ["stable"],
        assignments(set_),
        scenario,
        start=start_in(game, from_),
        seed=seed,
        samples=DRAWN if samples is None else samples,
    )
    exact = [m.name for m in asked.measures] == ["stable"] and len(asked.axes) <= 2
    if chosen in PICTURES and exact:
        emit_picture(_exact_figure(asked, lang), chosen, out, printed)
        return 0
    who = Workers.of(workers, scheduler)
    cost = estimate(asked, who.count)
    _guard_size(cost, chosen, out, yes)
    swept = _work(asked, cost, chosen, out, who)
    _answer(swept, chosen, out, lang, printed)
    return 0


def _exact_figure(asked: Sweep, lang: str) -> Draw:
    """Return the bifurcation diagram over one parameter, or the regime map over two, without any grid.

    Raises
    ------
    InputError
        D631 or D661 to D663 where there is none.
    """
    import separatrix
    from separatrix.languages import language_of

    words = language_of(lang)
    game = separatrix.translate(asked.game, lang)
    if len(asked.axes) == 2:
        from separatrix.figures.regime_map import regime_map_picture

        first, second = asked.axes
        found = separatrix.regime_map(
            game,
            {first.name: (first.low, first.high), second.name: (second.low, second.high)},
            asked.values,
            asked.scenario,
            grid=(max(2, first.count), max(2, second.count)),
            budget=DRAWING,
        )
        return regime_map_picture(found, words)
    from separatrix.figures.bifurcation import bifurcation_picture

    axis = asked.axes[0]
    diagram = separatrix.bifurcation_diagram(
        game, (axis.name, axis.low, axis.high), asked.values, asked.scenario, budget=DRAWING
    )
    return bifurcation_picture(diagram, words)


def _cost(cost: SweepCost) -> str:
    """Return an estimate in words."""
    return f"{cost.points:,} points, {_duration(cost.seconds)}, about {_size(cost.bytes)}"


def _duration(seconds: float) -> str:
    for unit, length in (("years", 31_557_600), ("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"about {seconds / length:,.0f} {unit}"
    return f"about {max(1, round(seconds))} s"


def _size(size: float) -> str:
    for unit, length in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= length:
            return f"{size / length:,.1f} {unit}"
    return f"{max(1, round(size / 1000))} kB"


def _guard_size(cost: SweepCost, chosen: str, out: Path | None, yes: bool) -> None:
    told = _cost(cost)
    if chosen == "json" and cost.points > MOST_IN_JSON:
        raise InputError(
            "D674",
            f"{told}: too many for JSON, which allows at most {MOST_IN_JSON:,}",
            hint="write .nc or .csv",
        )
    if out is None and cost.too_large:
        raise InputError(
            "D674", told, hint="write them to a file, with --out sweep.nc: then nothing gets lost"
        )
    if cost.too_large and not yes:
        raise InputError(
            "D674",
            told,
            hint="--yes goes ahead; after an interruption the same command goes on where it was",
        )
    if out is not None:
        import shutil

        free = shutil.disk_usage(out.parent).free
        if free < cost.bytes:
            raise InputError(
                "U903", f"{told}; {out.parent} has only {_size(free)} free", hint="choose another disk"
            )


def _work(asked: Sweep, cost: SweepCost, chosen: str, out: Path | None, who: Workers) -> SweepResult:
    import logging

    from separatrix.dynamics.sweeps.sweep import work
    from separatrix.run.block_store import parts_of

    loud = logging.getLogger("separatrix").level < logging.ERROR
    if loud and cost.seconds > WORTH_TELLING:
        print(_cost(cost), file=sys.stderr)
    kept = out if chosen in ("nc", "csv") else None
    try:
        return work(asked, cost, kept, who, shown=True, command=" ".join(["separatrix", *sys.argv[1:]]))
    except KeyboardInterrupt:
        if kept is not None and loud:
            folder = parts_of(kept)
            count = sum(1 for _ in folder.glob("block-*"))
            print(f"interrupted; finished blocks: {count}, kept in {folder}", file=sys.stderr)
            print("help: give the same command again to go on", file=sys.stderr)
        raise


def _answer(swept: SweepResult, chosen: str, out: Path | None, lang: str, printed: Print) -> None:
    """Write a finished sweep, and sum it up for people."""
    import separatrix
    from separatrix.languages import language_of
    from separatrix.reports.sweeps import sweep_csv, sweep_document, sweep_json

    words = language_of(lang)
    game = separatrix.translate(swept.sweep.game, lang)
    if chosen == "text":
        emit_document(sweep_document(swept, game, words), "text", out)
        return
    if chosen in PICTURES:
        from separatrix.figures.sweep import swept_picture

        emit_picture(swept_picture(swept, game, words), chosen, out, printed)
    elif chosen == "json":
        emit(sweep_json(swept), out)
    elif out is None:
        emit(sweep_csv(swept), out)
    else:
        swept.write(out, chosen)
    if out is not None:
        emit_document(sweep_document(swept, game, words, str(out), chosen in PICTURES), "text", None)
