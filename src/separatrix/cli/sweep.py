"""``separatrix sweep``: what is measured at every point of a grid of parameter values."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from separatrix.cli.assignments import assignments
from separatrix.errors import InputError

if TYPE_CHECKING:
    from separatrix.dynamics.sweeps.block import Sweep
    from separatrix.dynamics.sweeps.cost_estimate import Estimate
    from separatrix.dynamics.sweeps.sweep import Swept
    from separatrix.run.tasks import Workers

__all__ = ["sweep"]

Lang = Literal["en", "zh"]

FIGURES = (".svg", ".png", ".pdf")
FILES = (".nc", ".csv", ".json", ".txt")

MOST_IN_JSON = 200_000
"""Points that are written as JSON."""

DRAWING = 120.0
"""Seconds that the exact curves of a regime map or a bifurcation diagram may take."""

WORTH_TELLING = 3.0
"""Seconds from which an estimate is told."""


def sweep(
    model: str,
    /,
    *,
    over: Annotated[list[str], Parameter(name="--over", negative="")],
    measure: Annotated[list[str] | None, Parameter(name="--measure", negative="")] = None,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    scenario: str | None = None,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative="")] = None,
    samples: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    scheduler: str | None = None,
    yes: Annotated[bool, Parameter(negative="")] = False,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    lang: Lang = "en",
) -> int:
    """Measure a game at every point of a grid of parameter values.

    A long sweep writes finished blocks into a folder beside FILE: after an interruption the same command goes
    on where it was. Which values come out does not depend on workers, blocks or interruptions.

    Parameters
    ----------
    model : str
        A game file (.yaml, .csv, .xlsx, .ods, .nfg), or a name from `separatrix examples`.
    over : list of str
        NAME=LOW:HIGH:COUNT, NAME=LOW:HIGH:COUNT:log or NAME=V1,V2,...: a parameter and its values; may be
        given several times, the last varies fastest. NAME alone goes over its range in the game file.
    measure : list of str
        What to measure, divided by commas: stable (which states are asymptotically stable; the default),
        basin (share of all starts with each fate), time (until the course from the start has arrived, and
        where), shock (size of the smallest change that changes the fate), rest (number of rest points).
    from_ : str
        The start for time and shock, as in x=0.2,y=0.3; by default `today` of the game.
    scenario : str
        Use the values of this scenario of the game.
    set_ : list of str
        NAME=VALUE: override a parameter that is not swept; may be given several times.
    samples : int
        How many starts to follow at each point for basin, where no closed form is known; 4096 by default.
    seed : int
        Each point has a seed of its own, made from this and its place in the grid.
    workers : int
        Processes on this machine that share the work; by default one.
    scheduler : str
        processes, local (a Dask cluster on this machine; the default for several workers where Dask is
        installed), or the address of a Dask scheduler, as in tcp://10.0.0.5:8786.
    yes : bool
        Go ahead where the sweep will take more than 10 minutes or 1 GB.
    out : Path
        Write the values to this file: .nc (netCDF, for xarray and others), .csv, .json (small ones), .txt; or
        draw them, as .svg, .png or .pdf: `stable` over two parameters is a regime map with exact borders,
        over one a bifurcation diagram; other measures are lines over one parameter and maps over two.
    lang : str
        en or zh: the language of the summary.
    """
    import separatrix
    from separatrix.cli.output import guard_source
    from separatrix.cli.shock import read_from
    from separatrix.cli.sweep_figure import needs_no_grid, picture_of
    from separatrix.dynamics.sweeps.cost_estimate import estimate
    from separatrix.dynamics.sweeps.observables import DRAWN
    from separatrix.dynamics.sweeps.sweep import planned
    from separatrix.run.files import require_writable, write_file
    from separatrix.run.tasks import Workers

    game = separatrix.load(model)
    if out is not None:
        _known_ending(out)
        guard_source(out, model)
        require_writable(out)
    asked = planned(
        game,
        over,
        measure or ["stable"],
        assignments(set_ or []),
        scenario,
        start=None if from_ is None else read_from(from_),
        seed=seed,
        samples=DRAWN if samples is None else samples,
    )
    if out is not None and out.suffix.lower() in FIGURES and needs_no_grid(asked):
        write_file(out, picture_of(asked, out, lang, DRAWING))
        return 0
    who = Workers.of(workers, scheduler)
    cost = estimate(asked, who.count)
    _guard_size(cost, out, yes)
    swept = _work(asked, cost, out, who)
    _answer(swept, out, lang)
    return 0


def _known_ending(out: Path) -> None:
    if out.suffix.lower() not in (*FILES, *FIGURES):
        raise InputError(
            "U902",
            f"--out {out}: the ending `{out.suffix}` names no format",
            hint=f"use one of {', '.join((*FILES, *FIGURES))}",
        )


def _cost(cost: Estimate) -> str:
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


def _guard_size(cost: Estimate, out: Path | None, yes: bool) -> None:
    told = _cost(cost)
    if out is not None and out.suffix.lower() == ".json" and cost.points > MOST_IN_JSON:
        raise InputError(
            "D674", f"{told}: too many for JSON, which holds {MOST_IN_JSON:,}", hint="write .nc or .csv"
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
                "U903", f"{told}; {out.parent} has {_size(free)} left", hint="choose another disk"
            )


def _work(asked: Sweep, cost: Estimate, out: Path | None, who: Workers) -> Swept:
    import logging

    from separatrix.dynamics.sweeps.sweep import work
    from separatrix.run.blocks import parts_of

    loud = logging.getLogger("separatrix").level < logging.ERROR
    if loud and cost.seconds > WORTH_TELLING:
        print(_cost(cost), file=sys.stderr)
    kept = out if out is not None and out.suffix.lower() in (".nc", ".csv") else None
    try:
        return work(asked, cost, kept, who, shown=True, command=" ".join(["separatrix", *sys.argv[1:]]))
    except KeyboardInterrupt:
        if kept is not None and loud:
            folder = parts_of(kept)
            count = sum(1 for _ in folder.glob("block-*"))
            print(f"interrupted; finished blocks: {count}, kept in {folder}", file=sys.stderr)
            print("help: give the same command again to go on", file=sys.stderr)
        raise


def _answer(swept: Swept, out: Path | None, lang: Lang) -> None:
    """Write a finished sweep as the ending of the file says, and sum it up for people."""
    import separatrix
    from separatrix.cli.basins import show_document
    from separatrix.present.documents.sweeps import sweep_document
    from separatrix.present.languages import language_of
    from separatrix.run.files import write_file

    words = language_of(lang)
    title = separatrix.told_in(swept.sweep.game, lang).title
    ending = "" if out is None else out.suffix.lower()
    if out is None or ending == ".txt":
        show_document(sweep_document(swept, title, words), out)
        return
    if ending in FIGURES:
        from separatrix.cli.sweep_figure import picture_of_measured

        write_file(out, picture_of_measured(swept, out, words))
    elif ending == ".json":
        write_file(out, _json(swept))
    else:
        swept.write(out)
    show_document(sweep_document(swept, title, words, str(out)), None)


def _json(swept: Swept) -> str:
    """Return a sweep as JSON: values of the axes, and for each variable nested lists; null for no value."""
    import json
    import math

    found = swept.dataset()

    def plain(value: object) -> object:
        if isinstance(value, list):
            return [plain(part) for part in value]
        return None if isinstance(value, float) and math.isnan(value) else value

    variables = {}
    for variable in swept.layout.variables:
        told = {
            "dimensions": list(found[variable.name].dims),
            "values": plain(found[variable.name].values.tolist()),
        }
        if variable.kind == "words":
            told["words"] = list(variable.labels)
        variables[variable.name] = told
    content = {
        "schema": 1,
        "axes": {name: plain(values.values.tolist()) for name, values in found.coords.items()},
        "variables": variables,
        "attributes": {name: str(value) if name != "seed" else value for name, value in found.attrs.items()},
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n"
