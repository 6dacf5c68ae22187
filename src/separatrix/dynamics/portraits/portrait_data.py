"""Phase portraits as plain data: JSON, and a long table for spreadsheets."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from separatrix.expression.condition import condition_text
from separatrix.run.csv_text import csv_text

if TYPE_CHECKING:
    from separatrix.dynamics.portraits.nullclines import Nullcline
    from separatrix.dynamics.portraits.portrait import PhasePortrait

__all__ = ["portrait_to_dict", "portraits_csv"]


def portrait_to_dict(portrait: PhasePortrait) -> dict[str, Any]:
    """Return a portrait as plain data (schema 1; keys are added, never renamed)."""
    from separatrix.run.provenance import provenance

    analysis, shares = portrait.analysis, portrait.shares
    return {
        "schema": 1,
        "model": {
            "title": portrait.game.title,
            "scenario": analysis.scenario,
            "parameters": {name: float(value) for name, value in analysis.numbers.items()},
        },
        "dynamics": {"field": portrait.kind, "options": {k: _plain(v) for k, v in portrait.options.items()}},
        "shape": portrait.shape,
        "shares": list(shares),
        "field": {"states": _rows(portrait.grid), "velocities": _rows(portrait.velocities)},
        "nullclines": [_nullcline(line) for line in portrait.nullclines],
        "separatrices": [
            {
                "states": _rows(line.states),
                "saddle": None if line.saddle is None else list(line.saddle),
                "error": line.error,
            }
            for line in portrait.separatrices
        ],
        "rest_points": [
            {"id": p.id, "state": list(p.state or ()), "stability": p.stability} for p in portrait.rest_points
        ],
        "rest_sets": [
            {
                "id": s.id,
                "equations": [condition_text(e) for e in s.equations],
                "stability": s.stability,
                "states": [list(state) for state in (s.samples or s.corners)],
            }
            for s in portrait.rest_sets
        ],
        "courses": [_rows(orbit.states) for orbit in portrait.trajectories],
        "how_sure": str(portrait.how_sure),
        "provenance": provenance(portrait.game),
    }


def _nullcline(line: Nullcline) -> dict[str, Any]:
    return {
        "id": line.id,
        "share": line.share,
        "kind": line.kind,
        "equation": line.equation,
        "solved": line.solved,
        "method": line.method,
        "lines": [_rows(part) for part in line.lines],
        "points": [list(p) for p in line.points],
        "crossings": [list(p) for p in line.crossings],
        "ruled": line.ruled,
        "slices": list(line.slices),
    }


def _rows(states: Any) -> list[list[float | None]]:
    return [[None if math.isnan(x) else x for x in row] for row in states.tolist()]


def _plain(value: Any) -> Any:
    """Return an option as JSON can hold it: matrices as lists, exact numbers as text."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value if isinstance(value, bool | int | float | str | None) else str(value)


# --------------------------------------------------------------------------- a long table


def portraits_csv(portraits: Sequence[PhasePortrait], names: Sequence[str] = ()) -> str:
    """Return one line for each state of each part of portraits of one game.

    The columns: the portrait (where `names` are given), the part (``field``, ``nullcline``, ``crossing``,
    ``separatrix``, ``rest point``, ``rest set``, ``course``), its id, the line, the number of the point along
    it, the shares, and the rates of change for the field.

    Examples
    --------
    >>> import separatrix
    >>> found = separatrix.portrait(separatrix.load("shi-chen-2018"), grid=2)
    >>> rows = portraits_csv([found]).splitlines()
    >>> rows[0], rows[2]
    ('part,id,line,point,x,y,dx/dt,dy/dt', 'field,,1,2,0.0,1.0,0.0,0.0')
    >>> [row for row in rows if row.startswith("nullcline,x-3")]
    ['nullcline,x-3,1,1,0.0,0.6666666666666666,,', 'nullcline,x-3,1,2,1.0,0.6666666666666666,,']
    """
    shares = portraits[0].shares
    head = ["part", "id", "line", "point", *shares, *(f"d{share}/dt" for share in shares)]
    plain = ["".join(c if c.isprintable() else " " for c in name) for name in names or ()]
    rows = ([*plain[k : k + 1], *row] for k, portrait in enumerate(portraits) for row in _long(portrait))
    return csv_text([*(["portrait"] if names else []), *head], rows)


def _long(portrait: PhasePortrait) -> Iterator[list[object]]:
    nothing = [""] * len(portrait.shares)
    rates = portrait.velocities.tolist()
    for k, (state, rate) in enumerate(zip(portrait.grid.tolist(), rates, strict=True), start=1):
        yield ["field", "", 1, k, *state, *("" if math.isnan(r) else r for r in rate)]
    parts: list[tuple[str, str, Sequence[Any]]] = []
    for null in portrait.nullclines:
        alone = [[list(p)] for p in null.points]
        parts.append(("nullcline", null.id, [*(line.tolist() for line in null.lines), *alone]))
        parts.append(("crossing", null.id, [[list(p)] for p in null.crossings]))
    parts.append(("separatrix", "", [line.states.tolist() for line in portrait.separatrices]))
    parts += [("rest point", p.id, [[list(p.state or ())]]) for p in portrait.rest_points]
    parts += [("rest set", s.id, [[list(x) for x in s.samples or s.corners]]) for s in portrait.rest_sets]
    parts.append(("course", "", [orbit.states.tolist() for orbit in portrait.trajectories]))
    for part, name, lines in parts:
        for number, line in enumerate(lines, start=1):
            for point, state in enumerate(line, start=1):
                yield [part, name, number, point, *state, *nothing]
