"""Which lines may be released in addition to all released figures: the smallest set of lines is omitted.

It runs in a separate process without a database: released figures come as plain data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import Any

from separatrix_cluster.disclosure.audit import EarlierReleases
from separatrix_cluster.disclosure.released_figure import Cell, ReleasedFigure

__all__ = ["open_lines", "plain_figures"]


def plain_figures(figures: Sequence[ReleasedFigure], values: Mapping[Cell, float]) -> dict[str, Any]:
    """Return figures, and the values behind them, as plain data."""
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
    """Return the lines to omit.

    Parameters
    ----------
    cluster : Any
        Not used.
    arguments : dict
        From `plain_figures`; ``lines``, the names of the figures to release, in order of priority;
        ``protection`` and ``colluders``.
    progress : callable
        Receives the progress.

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
    """Return, of the lines that an attacker needs, the one with the lowest priority, if any."""
    return max((name for name in needed if name in shown), key=shown.index, default=None)
