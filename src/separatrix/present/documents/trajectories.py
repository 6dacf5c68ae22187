"""Trajectories in time as a table, as CSV and as plain data."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from separatrix.game.model import Game
from separatrix.present.languages import Language, language_of
from separatrix.present.wording.outcomes import start_in_words
from separatrix.run.csv_text import csv_text

if TYPE_CHECKING:
    from separatrix.dynamics.integrate.result import Trajectory

__all__ = ["trajectories_csv", "trajectories_json", "trajectories_text"]


def trajectories_text(trajectories: Sequence[Trajectory], language: Language | None = None) -> str:
    """Return a table of times and shares for each trajectory, below what happened to it.

    Examples
    --------
    >>> from separatrix import load
    >>> from separatrix.dynamics.integrate.trajectory import trajectory
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
    return "\n".join(blocks)


def _share(x: float) -> str:
    """Return a share to six decimals, a smaller one to three digits: it is not gone."""
    return f"{x:.2e}" if 0 < x < 5e-7 else f"{x:.6f}"


def _table(rows: Sequence[Sequence[str]]) -> str:
    from separatrix.present.figures.lettering import columns_of

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
    >>> from separatrix.dynamics.integrate.trajectory import trajectory
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
    answer = {"schema": 1, "model": {"title": game.title}, "trajectories": told}
    return json.dumps(answer, ensure_ascii=False, indent=2) + "\n"
