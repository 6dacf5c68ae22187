"""A regime map from polynomials: labels by their signs, borders by a decomposition of the plane.

Regime maps: which states are asymptotically stable, over two parameters.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from separatrix.analysis.analyze import with_fixed
from separatrix.analysis.payoff_functions import Support
from separatrix.analysis.regime_conditions import Formula, Sign
from separatrix.analysis.symbolic.substitution import Deciding, deciding
from separatrix.dynamics.fields.registry import at_baseline_values
from separatrix.dynamics.regime_maps import (
    BorderPiece,
    Condition,
    MapBorder,
    MapRegime,
    MapState,
    RegimeMap,
    areas_of,
    crossings,
    in_order,
    piece_kind,
    regimes_of,
)
from separatrix.dynamics.sign_verdicts import OPEN, Verdicts, members
from separatrix.errors import InputError
from separatrix.exact.bernstein import GridAxis
from separatrix.exact.columns import CurveColumn, IrreducibleCurve, Window, columns_of, sign
from separatrix.exact.cylindrical_decomposition import Line, Strip, lines_of, strips_of
from separatrix.exact.number_field import fraction
from separatrix.exact.rational_functions import Ratio, polynomial_expression
from separatrix.expression.tree import to_text
from separatrix.game.model import Game
from separatrix.game.values import missing, no_value_for, parameter_intervals, resolve
from separatrix.sentences import say

__all__ = ["exact_map", "regime_map"]

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


MOST_CURVES, MOST_STATES, HIGHEST = 90, 60, 16
"""Past so many curves, states, or such a degree, a map is made of numerical analyses instead."""

MOST_OPEN = 400
"""So many nodes whose formula is left open are analysed one by one. Fewer: parts of a map stay open."""


def exact_map(
    game: Game,
    scenario: str | None,
    fixed: Mapping[str, Fraction],
    names: tuple[str, str],
    axes: tuple[GridAxis, GridAxis],
    today: tuple[Fraction, Fraction] | None,
    budget: float,
) -> RegimeMap | None:
    """Return the map; None where it is not known which polynomials decide, or these take too long."""
    two = with_fixed(game, fixed)
    two = replace(two, parameters={name: two.parameters[name] for name in names})
    found = deciding(two)
    if found is None or len(found.states) > MOST_STATES:
        return None
    verdicts = Verdicts(found)
    degrees = [int(p.total_degree()) for p in verdicts.factors]
    if len(degrees) > MOST_CURVES or max(degrees, default=0) > HIGHEST:
        return None
    grid, codes = verdicts.on_grid(*axes)
    grid, opened = _settle_open(game, fixed, names, axes, found, grid, codes)
    first, second = axes
    window = Window(
        *(fmpq(v.numerator, v.denominator) for v in (first.low, first.high, second.low, second.high))
    )
    curves = [IrreducibleCurve(p) for p in verdicts.factors]
    deadline = time.monotonic() + budget / 2

    def going_on() -> None:
        if time.monotonic() > deadline:
            raise TimeoutError

    try:
        columns = columns_of(curves, window, going_on)
    except (ArithmeticError, TimeoutError):
        return None
    strips = strips_of(curves, window, columns, verdicts.verdict)
    lines = lines_of(curves, window, columns, strips, verdicts.verdict)
    now = None
    if today is not None:
        at = [fmpq(v.numerator, v.denominator) for v in today]
        now = verdicts.verdict(tuple(sign(p(*at)) for p in verdicts.factors))
    table = _Table(names, axes, grid, codes, window, columns, strips, lines, verdicts, now)
    used = sorted({k for code in table.codes for k in members(code)})
    states = tuple(_state(game, found, k) for k in used)
    regimes = table.regimes(game, {k: n for n, k in enumerate(used)})
    drawn = list(_borders(found, verdicts, lines, table, regimes))
    borders = tuple(border for _, border in drawn)

    def on(border: int, a: Fraction, b: Fraction) -> bool:
        at = (fmpq(v.numerator, v.denominator) for v in (a, b))
        return bool(verdicts.factors[drawn[border][0]](*at) == 0)

    labels = np.array([table.number(code) for code in codes], dtype=np.int16)
    outlines = tuple((table.number(code), shape) for code, shape in table.outlines)
    return RegimeMap(
        game=game,
        scenario=scenario,
        fixed=dict(fixed),
        over=names,
        axes=axes,
        labels=labels[grid],
        states=states,
        regimes=regimes,
        borders=borders,
        conditions=tuple(_conditions(found, used)),
        points=crossings(borders, axes, on),
        regions=outlines,
        method="exact",
        how_sure=at_baseline_values(game, _how_sure(found, opened)),
        today=None if today is None else (float(today[0]), float(today[1])),
        today_regime=None if now is None else table.number(now),
    )


def _how_sure(found: Deciding, opened: int) -> str:
    sure = say(
        "exact: {why}; signs at the nodes are exact, and borders are where polynomials with rational "
        "coefficients vanish, drawn through exact roots",
        why=found.why,
    )
    if opened:
        sure = say("{sure}; at {count} nodes on borders stability is left open", sure=sure, count=opened)
    return sure


# --------------------------------------------------------------------------- states


def _state(game: Game, found: Deciding, index: int) -> MapState:
    state, support = found.states[index], found.supports[index]
    return MapState(
        name=", ".join(" + ".join(played) for played in _names(game, support)),
        shares=dict(zip(game.shares, state.coordinates, strict=True)),
        support=_names(game, support),
    )


def _conditions(found: Deciding, used: Sequence[int]) -> Iterator[Condition]:
    for index, polynomial in enumerate(found.polynomials):
        states = tuple(n for n, k in enumerate(used) if index in _indices(found.states[k].formula))
        if states:
            factors = polynomial.factor()[1]
            yield Condition(
                text=to_text(polynomial_expression(found.ring, polynomial)),
                factors=tuple(to_text(polynomial_expression(found.ring, f)) for f, _ in factors),
                states=states,
            )


def _indices(formula: Formula) -> set[int]:
    if isinstance(formula, Sign):
        return {formula.index}
    return {k for part in formula.parts for k in _indices(part)}


# --------------------------------------------------------------------------- regimes


class _Table:
    """The verdicts that occur, in the order in which they are listed."""

    def __init__(
        self,
        names: tuple[str, str],
        axes: tuple[GridAxis, GridAxis],
        grid: NDArray[np.int32],
        codes: Sequence[int],
        window: Window,
        columns: Sequence[CurveColumn],
        strips: Sequence[Strip],
        lines: Sequence[Line],
        verdicts: Verdicts,
        now: int | None,
    ) -> None:
        self.names, self.axes, self.window, self.columns = names, axes, window, columns
        self.verdicts = verdicts
        self.grid, self.on_nodes = grid, codes
        counts = np.bincount(grid.ravel(), minlength=len(codes))
        self.nodes: dict[int, int] = {}
        for code, count in zip(codes, counts.tolist(), strict=True):
            if count:
                self.nodes[code] = self.nodes.get(code, 0) + count
        self.outlines = [shape for strip in strips for shape in strip.outlines()]
        self.areas = areas_of(self.outlines, axes)
        found = set(self.areas) | set(self.nodes) | {code for line in lines for code in line.key}
        found |= set() if now is None else {now}
        self.codes = sorted(found)
        self.order = in_order(found, self.areas)
        self._numbers = {code: k for k, code in enumerate(self.order)}

    def number(self, code: int) -> int:
        """Return the number of a verdict among the regimes."""
        return self._numbers[code]

    def regimes(self, game: Game, renumbered: Mapping[int, int]) -> tuple[MapRegime, ...]:
        """Return the regimes; states get other numbers."""
        witnesses = self._witnesses()
        for code in self.order:
            if code not in witnesses and code in self.nodes:
                witnesses[code] = self._node(code)
        return regimes_of(game, self.order, self.areas, self.nodes, witnesses, renumbered)

    def _node(self, code: int) -> Mapping[str, Fraction]:
        """The first node at which something holds."""
        numbers = [k for k, own in enumerate(self.on_nodes) if own == code]
        i, j = divmod(int(np.argmax(np.isin(self.grid, numbers))), self.axes[1].count)
        return dict(zip(self.names, (self.axes[0].node(i), self.axes[1].node(j)), strict=True))

    def _witnesses(self) -> dict[int, Mapping[str, Fraction]]:
        """Values inside each regime, the widest cells first."""
        best: dict[int, tuple[fmpq, fmpq, fmpq]] = {}
        for column in self.columns:
            if not column.inside:
                continue
            bottom, top = column.edges(self.window)
            for cell in range(bottom + 1, top + 1):
                code = self.verdicts.verdict(column.signs[cell])
                high = column.roots[cell].place[0] - column.roots[cell - 1].place[1]
                if code not in best or high > best[code][0]:
                    best[code] = (high, column.a, column.level(cell))
        return {
            code: dict(zip(self.names, (fraction(a), fraction(b)), strict=True))
            for code, (_, a, b) in best.items()
        }


# --------------------------------------------------------------------------- borders


def _borders(
    found: Deciding,
    verdicts: Verdicts,
    lines: Sequence[Line],
    table: _Table,
    regimes: Sequence[MapRegime],
) -> Iterator[tuple[int, MapBorder]]:
    for index, factor in enumerate(verdicts.factors):
        pieces = []
        for line in lines:
            if line.curve == index and (kind := piece_kind(*line.key)) is not None:
                negative, positive, on = (table.number(code) for code in line.key)
                before, after = (set(regimes[k].stable) for k in (negative, positive))
                both = regimes[negative].kind == regimes[positive].kind == "stable"
                pieces.append(
                    BorderPiece(
                        line.points,
                        kind,
                        negative,
                        positive,
                        on,
                        gained=tuple(sorted(after - before)) if both else (),
                        lost=tuple(sorted(before - after)) if both else (),
                    )
                )
        if pieces:
            text = to_text(polynomial_expression(found.ring, factor))
            yield index, MapBorder(text, _solved(found, IrreducibleCurve(factor)), tuple(pieces))


def _solved(found: Deciding, curve: IrreducibleCurve) -> str | None:
    """The equation of a curve for the second parameter, else for the first, where that is a fraction."""
    ring = found.ring
    first, second = ring.names
    for name, other, polynomial in ((second, first, curve), (first, second, _swapped(curve))):
        if polynomial.degree != 1:
            continue
        rows = []
        for row in polynomial.rows:
            total = ring.constant(0)
            for k in range(row.degree(), -1, -1):
                total = total * ring.variable(other) + ring.constant(fraction(row[k]))
            rows.append(total)
        value: Ratio = -rows[0] / rows[1]
        return f"{name} = {to_text(value.expression())}"
    return None


def _swapped(curve: IrreducibleCurve) -> IrreducibleCurve:
    context = curve.polynomial.context()
    return IrreducibleCurve(
        context.from_dict({(n, m): v for (m, n), v in curve.polynomial.to_dict().items()})
    )


# --------------------------------------------------------------------------- what formulas leave open


def _settle_open(
    game: Game,
    fixed: Mapping[str, Fraction],
    names: tuple[str, str],
    axes: tuple[GridAxis, GridAxis],
    found: Deciding,
    grid: NDArray[np.int32],
    codes: list[int],
) -> tuple[NDArray[np.int32], int]:
    """Analyse nodes whose formula is left open; return the grid with what was found, and how many stay open.

    Verdicts that are new are added to `codes`.
    """
    from separatrix.analysis.analyze import analyze

    if OPEN not in codes:
        return grid, 0
    nodes = np.argwhere(np.isin(grid, [k for k, code in enumerate(codes) if code == OPEN])).tolist()
    numbers = {_names(game, support): k for k, support in enumerate(found.supports)}
    grid = grid.copy()
    left = len(nodes)
    for i, j in nodes[:MOST_OPEN]:
        at = dict(zip(names, (axes[0].node(i), axes[1].node(j)), strict=True))
        points = analyze(game, {**fixed, **at}).rest_points
        if any(p.stability == "undecided" for p in points):
            continue
        stable = [numbers.get(p.support) for p in points if p.stability == "asymptotically stable"]
        if None not in stable:
            codes.append(sum(1 << k for k in stable if k is not None))
            grid[i, j] = len(codes) - 1
            left -= 1
    return grid, left


def _names(game: Game, support: Support) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(p.strategies[a].name for a in played)
        for p, played in zip(game.populations, support, strict=True)
    )
