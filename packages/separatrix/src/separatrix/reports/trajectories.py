"""Trajectories in time as a table, as CSV and as plain data, and sets of them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from separatrix.document.document import Block, Column, Document, Line, Paragraph, Table, line
from separatrix.document.numbers import readable
from separatrix.document.outcomes import start_in_words
from separatrix.document.parts import basis_in_words, document_in
from separatrix.document.variations import axis_in_words, symbol_text, value_on_axis
from separatrix.game.model import Game
from separatrix.languages import Language, language_of
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.dynamics.integration.result import Trajectory
    from separatrix.dynamics.sweeps.trajectory_set import Curve, TrajectorySet

__all__ = [
    "trajectories_csv",
    "trajectories_json",
    "trajectories_text",
    "trajectory_set_csv",
    "trajectory_set_document",
]


def trajectories_text(
    trajectories: Sequence[Trajectory], language: Language | None = None, game: Game | None = None
) -> str:
    """Return a table of times and shares for each trajectory, below what happened to it.

    If a `game` is given whose times are in years, the document states this and its evidence.

    Examples
    --------
    >>> from separatrix import load
    >>> from separatrix.dynamics.integration.trajectory import trajectory
    >>> print(trajectories_text([trajectory(load("shi-chen-2018"), [0.7, 0.7], until=2, points=3)]))
    From x = 0.7, y = 0.7: still moving at the end.
    <BLANKLINE>
      time         x         y
         0  0.700000  0.700000
         1  0.774730  0.774730
         2  0.906704  0.906704
    <BLANKLINE>
    """
    words = language or language_of("en")
    blocks = []
    for orbit in trajectories:
        said = words.TRAJECTORY_FROM.format(start=start_in_words(orbit), message=words.tell(orbit.message))
        rows = [[words.TRAJECTORY_TIME, *orbit.shares]]
        reached = [state for state in orbit.states.tolist() if not math.isnan(state[0])]
        for time, state in zip(orbit.times.tolist(), reached, strict=False):
            rows.append([f"{time:.6g}", *(_share(x) for x in state)])
        cut = len(reached) < len(orbit.times)
        ends = words.TRAJECTORY_ENDS.format(time=f"{orbit.end_time:.6g}") + "\n" if cut else ""
        blocks.append(f"{said}\n\n{_table(rows)}\n{ends}")
    basis = None if game is None else game.speed_basis
    if basis is not None:
        blocks.append(f"{words.YEARS.format(basis=basis_in_words(basis, words))}\n")
    return "\n".join(blocks)


def _share(x: float) -> str:
    """Return a share to six decimals, a smaller one to three digits: it is not gone."""
    return f"{x:.2e}" if 0 < x < 5e-7 else f"{x:.6f}"


def _table(rows: Sequence[Sequence[str]]) -> str:
    from separatrix.figures.lettering import columns_of

    widths = [max(columns_of(row[k]) for row in rows) for k in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = (" " * (width - columns_of(cell)) + cell for width, cell in zip(widths, row, strict=True))
        lines.append("  " + "  ".join(cells))
    return "\n".join(lines)


def trajectories_csv(trajectories: Sequence[Trajectory]) -> str:
    """Return one line for each state: the number of the orbit, the time, and the shares in full precision.

    Examples
    --------
    >>> from separatrix import load
    >>> from separatrix.dynamics.integration.trajectory import trajectory
    >>> print(trajectories_csv([trajectory(load("shi-chen-2018"), [0, 1], until=2, points=2)]), end="")
    course,time,x,y
    1,0.0,0.0,1.0
    1,2.0,0.0,1.0
    """
    rows = (
        [number, time, *("" if math.isnan(x) else x for x in state)]
        for number, orbit in enumerate(trajectories, start=1)
        for time, state in zip(orbit.times.tolist(), orbit.states.tolist(), strict=True)
    )
    return csv_text(["course", "time", *trajectories[0].shares], rows)


def _time_unit(game: Game) -> dict[str, str]:
    """Return the unit of time and its evidence; nothing where times have no unit."""
    if game.time_unit is None or game.speed_basis is None:
        return {}
    return {"time_unit": game.time_unit, "speed_basis": game.speed_basis}


def trajectories_json(game: Game, trajectories: Sequence[Trajectory]) -> str:
    """Return the orbits as JSON (schema 1; keys are added, never renamed); a state not reached is null."""
    told: list[dict[str, Any]] = []
    for orbit in trajectories:
        columns = {
            share: [None if math.isnan(x) else x for x in column]
            for share, column in zip(orbit.shares, orbit.states.T.tolist(), strict=True)
        }
        told.append(
            {
                "start": {share: column[0] for share, column in columns.items()},
                "status": orbit.status.name.lower(),
                "message": str(orbit.message),
                "at_rest": orbit.at_rest,
                "end_time": orbit.end_time,
                "times": orbit.times.tolist(),
                "states": columns,
            }
        )
    answer = {"schema": 1, "model": {"title": game.title, **_time_unit(game)}, "trajectories": told}
    return json.dumps(answer, ensure_ascii=False, indent=2) + "\n"


# --------------------------------------------------------------------------- sets


def trajectory_set_document(found: TrajectorySet, words: Language) -> Document:
    """Return a set of trajectories as a document: at what each runs, where it ends, when it has settled."""
    return document_in(words, words.TRAJECTORY_TITLE.format(title=found.game.title), "", _set(found, words))


def _set(found: TrajectorySet, words: Language) -> Iterator[Block]:
    game = found.game
    told = [axis_in_words(game, axis, words) for axis in found.axes]
    yield Paragraph(line(words.VARY_LEAD.format(count=len(found.curves), what=words.listed(told))), lead=True)
    started = any(axis.kind in ("start", "share") for axis in found.axes)
    columns = [Column(_head(found, k, words)) for k in range(len(found.axes))]
    shares = [symbol_text(game, share) for share in game.shares]
    tuple_ = f"({', '.join(shares)})" if len(shares) > 1 else shares[0]
    if not started:
        start = found.curves[0].start
        yield Paragraph(line(words.VARY_START.format(shares=f"{tuple_} = {_state(start)}") + words.STOP))
    columns += [
        Column(words.VARY_END.format(shares=tuple_)),
        Column(words.VARY_SETTLED, align="right"),
        Column(words.VARY_MESSAGE, wide=True),
    ]
    yield Table(tuple(columns), tuple(_row(found, curve, words) for curve in found.curves))


def _head(found: TrajectorySet, index: int, words: Language) -> str:
    axis = found.axes[index]
    if axis.kind in ("parameter", "share"):
        return symbol_text(found.game, axis.name)
    return words.capital(axis_in_words(found.game, axis, words))


def _row(found: TrajectorySet, curve: Curve, words: Language) -> tuple[Line, ...]:
    told = [line(value_on_axis(found.game, axis, curve.at[axis.name])) for axis in found.axes]
    return (
        *told,
        line("–" if curve.rest is None else _state(curve.rest)),
        line("–" if curve.settled is None else readable(curve.settled)),
        line(words.tell(curve.message)),
    )


def _state(state: Sequence[float]) -> str:
    told = ", ".join(readable(round(x, 6), 4) for x in state)
    return f"({told})" if len(state) > 1 else told


def trajectory_set_csv(found: TrajectorySet) -> str:
    """Return one line for each state: at what the trajectory runs, the time, and the shares, in full.

    Examples
    --------
    >>> import separatrix
    >>> found = separatrix.trajectories("shi-chen-2018", {"C1": [2, 4]}, start=[0, 1], until=2, points=2)
    >>> print(trajectory_set_csv(found), end="")
    trajectory,C1,time,x,y
    1,2.0,0.0,0.0,1.0
    1,2.0,2.0,0.0,1.0
    2,4.0,0.0,0.0,1.0
    2,4.0,2.0,0.0,1.0
    """
    # Starts are the shares at time 0.
    axes = [axis for axis in found.axes if axis.kind in ("parameter", "scenario")]
    rows = (
        [
            number,
            *(axis.plain(curve.at[axis.name]) for axis in axes),
            time,
            *("" if math.isnan(x) else x for x in state),
        ]
        for number, curve in enumerate(found.curves, start=1)
        for time, state in zip(curve.trajectory.times.tolist(), curve.trajectory.states.tolist(), strict=True)
    )
    return csv_text(["trajectory", *(axis.name for axis in axes), "time", *found.game.shares], rows)
