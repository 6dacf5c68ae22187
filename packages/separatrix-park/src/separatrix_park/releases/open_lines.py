"""Which of some lines may be told beside all that was told: the others are left out, as few as are seen.

It runs in a process of its own, which knows no database: what was told comes as plain data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import Any

from separatrix_cluster.disclosure.earlier_releases import EarlierReleases
from separatrix_cluster.disclosure.released_figure import Cell, ReleasedFigure

__all__ = ["open_lines", "plain_figures"]


def plain_figures(figures: Sequence[ReleasedFigure], values: Mapping[Cell, float]) -> dict[str, Any]:
    """Return figures, and the values that they rest on, as plain data."""
    cells = {c: n for n, c in enumerate(dict.fromkeys(c for f in figures for c in f.terms))}
    return {
        "values": [[c.enterprise, c.quantity, values[c]] for c in cells],
        "figures": [
            [f.name, [[cells[c], w] for c, w in f.terms.items()], _end(f.low), _end(f.high), f.reader]
            for f in figures
        ],
    }


def _end(value: float) -> float | None:
    return None if abs(value) == inf else value


def open_lines(cluster: Any, arguments: dict[str, Any], progress: Callable[[float], None]) -> dict[str, Any]:
    """Return which lines have to be left out.

    Parameters
    ----------
    cluster : Any
        Not looked at.
    arguments : dict
        As `plain_figures` returns it; ``lines``, the names of the figures that are to be told, those first
        that are told rather; ``protection`` and ``colluders``.
    progress : callable
        Told how far it is.

    Returns
    -------
    dict
        ``withheld``, their names.

    Examples
    --------
    >>> cells = {Cell(name, "heat"): value for name, value in zip("ABCDE", (9, 8, 7, 6, 5), strict=True)}
    >>> from separatrix_cluster.disclosure.released_figure import total
    >>> told = [total("all", cells, cells), total("most", list(cells)[:4], cells)]
    >>> asked = {**plain_figures(told, cells), "lines": ["all", "most"], "protection": 0.15, "colluders": 1}
    >>> open_lines(None, asked, lambda part: None)["withheld"]
    ['most']
    """
    cells = [Cell(enterprise, quantity) for enterprise, quantity, _ in arguments["values"]]
    values = {c: row[2] for c, row in zip(cells, arguments["values"], strict=True)}
    figures = [
        ReleasedFigure(
            name,
            {cells[n]: weight for n, weight in terms},
            -inf if low is None else low,
            inf if high is None else high,
            reader,
        )
        for name, terms, low, high, reader in arguments["figures"]
    ]
    wanted = list(arguments["lines"])
    earlier = EarlierReleases(
        values,
        [f for f in figures if f.name not in set(wanted)],
        protection=arguments["protection"],
        colluders=arguments["colluders"],
    )
    shown = list(wanted)
    while shown:
        found = earlier.new_disclosures([f for f in figures if f.name in shown])
        progress(1 - len(shown) / (len(wanted) + 1))
        if not found:
            break
        blamed = [_last(shown, d.figures) for d in found]
        left = {name for name in blamed if name is not None}
        shown = [name for name in shown if name not in left] if left else []
    return {"withheld": [name for name in wanted if name not in shown]}


def _last(shown: Sequence[str], needed: Sequence[str]) -> str | None:
    """Return of the lines that somebody needs the one that is told least gladly, where they need any."""
    return max((name for name in needed if name in shown), key=shown.index, default=None)
