"""Regime maps: which states are asymptotically stable, over two parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from separatrix.dynamics.regime_map import RegimeMap
from separatrix.errors import InputError
from separatrix.exact.bernstein import GridAxis
from separatrix.game.model import Game
from separatrix.game.values import missing, no_value_for, parameter_intervals, resolve

__all__ = ["regime_map"]


MOST_NODES = 25_000_000
"""Of a grid, past which memory does not suffice."""


def regime_map(
    game: Game,
    over: object,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    grid: tuple[int, int] = (400, 400),
    budget: float = 60.0,
) -> RegimeMap:
    """Return which states are asymptotically stable over two parameters, with the borders as exact curves.

    Parameters
    ----------
    game : Game
    over : mapping of two parameters to ``"LOW:HIGH"`` or (low, high), or texts such as ``"C1=0:8"``
        The window.  The first is drawn to the right, the second upwards.  With ``"LOW:HIGH:COUNT"`` the third
        number takes the place of that in `grid`.
    values, scenario
        Values of the other parameters, as in `separatrix.analyze`.
    grid : (int, int)
        How many nodes each parameter has, both ends included.
    budget : float
        Seconds, about: half for an exact map, which most games need a small part of, and where that is not
        enough, or not known how, all of it for numerical analyses.

    Returns
    -------
    RegimeMap

    Notes
    -----
    Exact where the signs of a few polynomials in the two parameters decide: games in which a player's
    payoff does not depend on the shares of its own population (Ritzberger & Weibull 1995), and games with
    payoffs affine in the shares, including one population against itself. The plane is then cut by a
    cylindrical decomposition (Collins 1975). In all other games `separatrix.analyze` runs at the nodes of a
    coarse grid, and bisection between nodes finds the borders; structures finer than the grid are missed.

    Borders are lines: a single point at which something else holds, such as where a² + b² vanishes, is found
    at a node only.

    Raises
    ------
    InputError
        D631 for a window or a grid that cannot be; V304 where another parameter has no value.
    NameProblem
        V302, V303 for unknown parameters or scenarios.
    ComesLater
        For games that `separatrix.analyze` cannot analyse.

    References
    ----------
    Collins (1975); Ritzberger & Weibull (1995).

    Examples
    --------
    >>> import separatrix
    >>> found = separatrix.regime_map(separatrix.load("shi-chen-2018"), {"C1": (0, 8), "C2": (0, 4)})
    >>> [(r.letter, found.stable_names(k)) for k, r in enumerate(found.regimes) if r.kind == "stable"][:2]
    [('A', ['cooperate, cooperate', 'decline, decline']), ('B', ['cooperate, cooperate'])]
    >>> [border.solved for border in found.borders if border.pieces[0].kind == "stability"]
    ['C2 = C1 - 5', 'C2 = C1 + 1']
    """
    from separatrix.dynamics.exact_map import exact_map

    names, axes = _window(game, over, grid)
    resolved = resolve(game, values, scenario)
    lacking = [name for name in missing(resolved) if name not in names]
    if lacking:
        raise no_value_for(lacking)
    fixed = {name: value for name, value in resolved.items() if name not in names and value is not None}
    here = [
        v
        for name, a in zip(names, axes, strict=True)
        if (v := resolved[name]) is not None and a.low <= v <= a.high
    ]
    today = (here[0], here[1]) if len(here) == 2 else None
    found = exact_map(game, scenario, fixed, names, axes, today, budget)
    if found is not None:
        return found
    from separatrix.dynamics.numerical_regime_maps import numerical_map

    return numerical_map(game, scenario, fixed, names, axes, today, budget)


def _window(
    game: Game, over: object, grid: tuple[int, int]
) -> tuple[tuple[str, str], tuple[GridAxis, GridAxis]]:
    intervals = parameter_intervals(game, over, "D631")
    if len(intervals) != 2:
        raise InputError(
            "D631",
            f"{len(intervals)} parameters to vary; a regime map has 2",
            hint='give two, such as over={"C1": (0, 8), "C2": (0, 4)}',
        )
    if not isinstance(grid, Sequence) or len(grid) != 2:
        raise InputError(
            "D631", f"a grid of {grid!r}; expected two numbers of nodes", hint="such as (400, 400)"
        )
    axes = []
    for interval, usual in zip(intervals, grid, strict=True):
        count = usual if interval.count is None else interval.count
        if not isinstance(count, int) or isinstance(count, bool) or count < 2:
            raise InputError(
                "D631", f"a grid of {count!r} nodes for `{interval.name}`; expected a number of 2 or more"
            )
        axes.append(GridAxis(interval.low, interval.high, count))
    if axes[0].count * axes[1].count > MOST_NODES:
        raise InputError(
            "D631",
            f"a grid of {axes[0].count * axes[1].count:,} nodes; a map holds up to {MOST_NODES:,}",
            hint="the borders are exact on any grid: 400 × 400 nodes are enough for most purposes",
        )
    return (intervals[0].name, intervals[1].name), (axes[0], axes[1])
