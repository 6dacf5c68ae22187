"""``separatrix sweep``: what is measured at every point of a grid of parameter values.

``separatrix sensitivity``: which uncertain parameter matters most, and where uncertain orbits end.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.options import (
    Dpi,
    Flag,
    Formatted,
    From,
    Lang,
    Model,
    Out,
    Scenario,
    Seed,
    SetValues,
    Width,
    assignments,
    game_of,
    printed_as,
    start_in,
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
from separatrix.run.console import progress_of

if TYPE_CHECKING:
    from separatrix.document.tree import Draw
    from separatrix.dynamics.sensitivity.fan_chart import FanChart
    from separatrix.dynamics.sensitivity.sobol_indices import Sensitivity
    from separatrix.dynamics.sweeps.blocks import Sweep
    from separatrix.dynamics.sweeps.sweep import SweepCost, SweepResult
    from separatrix.figures.canvas import Print
    from separatrix.languages import Language
    from separatrix.run.workers import Workers

__all__ = ["distributions", "sensitivity", "sweep"]

Format = Literal["text", "json", "csv", "svg", "png", "pdf"]


def sensitivity(
    model: Model,
    /,
    *,
    measure: str = "basin",
    samples: int | None = None,
    seed: Seed = 0,
    over: Annotated[list[str] | None, Parameter(negative="", completer=parameters)] = None,
    fix: Annotated[list[str] | None, Parameter(negative="", completer=parameters)] = None,
    spread: str | None = None,
    second: Flag = False,
    from_: From = None,
    until: float | None = None,
    scenario: Scenario = None,
    set_: SetValues = None,
    width: Width = None,
    dpi: Dpi = 200.0,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Rank uncertain parameters by their effect on a result, or show the distribution of outcomes.

    The game file marks uncertain parameters, as in `uncertain: {triangular: [8, 10, 12]}`.

    Parameters
    ----------
    measure : str
        For Sobol indices: basin:E4 (the basin share of E4), outcome:E4 (whether the trajectory from the
        initial state converges to E4), stable:E4 (whether E4 is asymptotically stable) or time (until
        convergence). With outcome alone: a fan chart, and the share of draws that converge to each rest
        point.
    samples : int
        Rows of the design (by default 1024; each row evaluates two games more than there are uncertain
        parameters), or draws of a fan chart (by default 4000).
    over : list of str
        NAME or NAME=DISTRIBUTION: draw only these parameters, as in --over F --over "H=triangular(8, 10,
        12)" or "H=normal(10%)".
    fix : list of str
        NAME of a parameter to keep at its value.
    spread : str
        Vary every parameter without a distribution by this share of its value, as in 10%.
    second : bool
        Add second-order indices, for interactions of two parameters.
    until : float
        The end time of a fan chart; by default 100 divided by the largest payoff advantage.
    """
    import separatrix
    from separatrix.languages import language_of

    chosen = choose(format, out, get_args(Format))
    game = game_of(model, lang, over, fix, set_)
    guard_source(out, model)
    words, printed = language_of(lang), printed_as(width, dpi)
    common: dict[str, Any] = {
        "values": assignments(set_),
        "scenario": scenario,
        "seed": seed,
        "over": distributions(over),
        "fixed": fix or [],
        "spread": spread,
        "start": start_in(game, from_),
    }
    if measure.strip() in ("outcome", "fate"):
        if second:
            raise InputError(
                "U901",
                "--second goes with indices; outcome alone draws a fan chart",
                hint="as in --measure outcome:E1 --second",
            )
        with progress_of("fan chart") as advance:
            chart = separatrix.fan_chart(
                game, until=until, samples=4_000 if samples is None else samples, advance=advance, **common
            )
        _show_fan(chart, chosen, out, words, printed)
        return 0
    if until is not None:
        raise InputError("U901", "--until goes with a fan chart", hint="as in --measure outcome --until 20")
    with progress_of("sensitivity") as advance:
        found = separatrix.sensitivity(
            game,
            measure,
            samples=1_024 if samples is None else samples,
            second=second,
            advance=advance,
            **common,
        )
    _show_indices(found, chosen, out, words, printed)
    return 0


def _show_indices(found: Sensitivity, chosen: str, out: Path | None, words: Language, printed: Print) -> None:
    from separatrix.reports.sweeps import sensitivity_csv, sensitivity_document

    if chosen == "csv":
        emit(sensitivity_csv(found), out)
    elif chosen == "json":
        emit_json(found.to_dict(), out)
    elif chosen in PICTURES:
        from separatrix.figures.sensitivity import indices_picture

        if found.first is None:
            raise InputError(
                "U902",
                "the answer is the same in all draws, and the indices are undefined: no figure",
                hint="use --format text or json, or other distributions",
            )
        emit_picture(indices_picture(found, words), chosen, out, printed)
    else:
        emit_document(sensitivity_document(found, words), chosen, out)


def _show_fan(found: FanChart, chosen: str, out: Path | None, words: Language, printed: Print) -> None:
    from separatrix.reports.sweeps import fan_csv, fan_document

    if chosen == "csv":
        emit(fan_csv(found), out)
    elif chosen == "json":
        emit_json(found.to_dict(), out)
    elif chosen in PICTURES:
        from separatrix.figures.sensitivity import MOST_SHARES, fan_picture

        if len(found.game.shares) > MOST_SHARES:
            raise InputError(
                "U902",
                f"{len(found.game.shares)} shares; a figure has room for {MOST_SHARES}",
                hint="use --format csv or json",
            )
        emit_picture(fan_picture(found, words), chosen, out, printed)
    else:
        emit_document(fan_document(found, words), chosen, out)


def distributions(given: Sequence[str] | None) -> list[str] | dict[str, str | None] | None:
    """Return NAME and NAME=DISTRIBUTION as what the function takes."""
    if not given:
        return None
    pairs = {}
    for text in given:
        name, _, law = (part.strip() for part in text.partition("="))
        if not name:
            raise InputError(
                "U901",
                f"--over {text}: expected NAME or NAME=DISTRIBUTION",
                hint='as in --over "H=triangular(8, 10, 12)"',
            )
        if name in pairs:
            raise InputError("U901", f"--over gives `{name}` twice", hint="give each parameter once")
        pairs[name] = law or None
    return pairs


SweepFormat = Literal["nc", "csv", "json", "text", "svg", "png", "pdf"]

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
    format: Formatted[SweepFormat] = None,
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
    from separatrix.dynamics.observable_types import DRAWN
    from separatrix.dynamics.sweeps.sweep import estimate, planned
    from separatrix.run.workers import Workers

    chosen = choose(format, out, get_args(SweepFormat))
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
        from separatrix.figures.time_series import swept_picture

        emit_picture(swept_picture(swept, game, words), chosen, out, printed)
    elif chosen == "json":
        emit(sweep_json(swept), out)
    elif out is None:
        emit(sweep_csv(swept), out)
    else:
        swept.write(out, chosen)
    if out is not None:
        emit_document(sweep_document(swept, game, words, str(out), chosen in PICTURES), "text", None)
