"""A regime map from polynomials: labels by their signs, borders by a decomposition of the plane."""

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
from separatrix.analysis.symbolic.solve import Deciding, deciding
from separatrix.dynamics.fields.schedule_remark import at_baseline_values
from separatrix.dynamics.map_points import crossings
from separatrix.dynamics.regime_map import (
    BorderPiece,
    Condition,
    MapBorder,
    MapRegime,
    MapState,
    RegimeMap,
)
from separatrix.dynamics.regime_table import areas_of, in_order, piece_kind, regimes_of
from separatrix.dynamics.sign_verdicts import OPEN, Verdicts, members
from separatrix.exact.bernstein import GridAxis
from separatrix.exact.columns import CurveColumn, IrreducibleCurve, Window, columns_of, sign
from separatrix.exact.cylindrical_decomposition import Line, Strip, lines_of, strips_of
from separatrix.exact.number_field import fraction
from separatrix.exact.rational_functions import Ratio, polynomial_expression
from separatrix.expression.tree import to_text
from separatrix.game.model import Game
from separatrix.sentences import say

__all__ = ["exact_map"]

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
