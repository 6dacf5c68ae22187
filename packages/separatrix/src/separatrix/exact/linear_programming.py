"""Linear programmes with bounds, certified in rationals: from a solver's basis to a proven optimum.

A floating-point solver returns a basis: the variables at a bound. Here the basis is solved exactly, as a
dictionary (Chvátal 1983, chapters 2 and 8): each basic variable as a sum of those at their bounds. If the
dictionary is feasible and no reduced cost improves, the basis proves the optimum, in the primal and in the
dual; else exact pivots by Bland's rule (1977), which cannot cycle, continue from there until one does.

The programmes have inequalities and variables with two bounds, and the answer holds the prices of all of
them; `separatrix.exact.copositivity` solves those in numbers of 0 or more without prices.

References
----------
Chvátal, V. (1983). Linear Programming. Freeman.
Bland, R. G. (1977). New finite pivoting rules for the simplex method. Mathematics of Operations Research 2,
103–107.
Dhiflaoui, M. et al. (2003). Certifying and repairing solutions to large LPs: how good are LP-solvers? SODA.

Linear programmes over the rationals with few rows and very many columns, solved exactly.

The revised simplex method on the inverse of the basis: a function finds the column that improves most, so
that columns need not be listed (Gilmore & Gomory 1961).  Ties of the ratio test are broken
lexicographically, so that it cannot cycle whichever column is chosen (Dantzig, Orden & Wolfe 1955).

References
----------
Gilmore, P. C. & Gomory, R. E. (1961). A linear programming approach to the cutting-stock problem.
Operations Research 9, 849–859.
Dantzig, G. B., Orden, A. & Wolfe, P. (1955). The generalized simplex method for minimizing a linear form
under linear inequality restraints. Pacific J. Math. 5, 183–195.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flint import fmpq, fmpq_mat

from separatrix.exact.copositivity import dot
from separatrix.run.limits import poll

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

__all__ = [
    "Bound",
    "CertifiedOptimum",
    "Infeasible",
    "PricedColumn",
    "PricedOptimum",
    "Start",
    "Unbounded",
    "certified_minimum",
    "maximise_by_columns",
    "minimum",
]

Bound = fmpq | None
"""None where there is none."""

ZERO = fmpq(0)

SMALL = 150
"""Entries up to which exact pivots from the rows alone are quicker than a call of the solver. Only the time
depends on it."""

INSIDE = 1e-7
"""How far from both bounds, relative to their size, a float counts as between them. Only the number of exact
pivots depends on it."""


@dataclass(frozen=True)
class Start:
    """An initial basis: which variables, then rows, are at a bound, and at the upper one of two.

    Attributes
    ----------
    at_bound : tuple of int
        Variables by their places; row r is called n + r, where n is the number of variables.
    upper : frozenset of int
        Those of them that are at their upper bounds.
    """

    at_bound: tuple[int, ...]
    upper: frozenset[int] = frozenset()


@dataclass(frozen=True)
class CertifiedOptimum:
    """A least value with its proof.

    Attributes
    ----------
    x : tuple of fmpq
    value : fmpq
        objective·x.
    row_prices : tuple of fmpq
        At least 0 each; by how much the value rises where the right side of a row rises by one.
    bound_prices : tuple of fmpq
        Of each variable: at least 0 where it is at its lower bound, at most 0 at its upper one.
        objective = Σ row_prices·rows + bound_prices, which with the two signs proves the optimum.
    basis : Start
    pivots : int
        Exact pivots after the given basis: 0 if that was optimal.
    """

    x: tuple[fmpq, ...]
    value: fmpq
    row_prices: tuple[fmpq, ...]
    bound_prices: tuple[fmpq, ...]
    basis: Start
    pivots: int


@dataclass(frozen=True)
class Infeasible:
    """A proof that nothing satisfies all rows and bounds (Farkas).

    Attributes
    ----------
    row_weights : tuple of fmpq
        At least 0 each.
    bound_weights : tuple of fmpq
        Of each variable: above 0 for its lower bound, below 0 for its upper one.
        Σ row_weights·rows + bound_weights is 0 in every variable, and the same sum of the right sides above
        0.
    """

    row_weights: tuple[fmpq, ...]
    bound_weights: tuple[fmpq, ...]


@dataclass(frozen=True)
class Unbounded:
    """A direction in which the value is unbounded below, from a feasible point."""

    x: tuple[fmpq, ...]
    direction: tuple[fmpq, ...]


def certified_minimum(
    objective: Sequence[fmpq],
    rows: Sequence[tuple[Sequence[fmpq], fmpq]],
    lower: Sequence[Bound],
    upper: Sequence[Bound],
    small: int = SMALL,
) -> CertifiedOptimum | Infeasible | Unbounded:
    """Minimise objective·x subject to row·x >= right and lower <= x <= upper, from the basis of HiGHS.

    Parameters
    ----------
    objective : (n,) numbers
    rows : sequence of ((n,) numbers, number)
    lower, upper : (n,) numbers or None
    small : int
        Entries up to which no solver is called.

    Returns
    -------
    CertifiedOptimum, Infeasible or Unbounded
        Whichever it is, it is its own proof; what the solver says only shortens the way there.

    Examples
    --------
    >>> one, two = fmpq(1), fmpq(2)
    >>> found = certified_minimum(
    ...     [two, one], [([one, one], one), ([one, -one], fmpq(-1, 3))], [ZERO] * 2, [one] * 2
    ... )
    >>> found.x, found.value, found.row_prices
    ((1/3, 2/3), 4/3, (3/2, 1/2))
    """
    alone = len(rows) * len(objective) <= small
    start = None if alone else _start_of_highs(objective, rows, lower, upper)
    return minimum(objective, rows, lower, upper, start)


def minimum(
    objective: Sequence[fmpq],
    rows: Sequence[tuple[Sequence[fmpq], fmpq]],
    lower: Sequence[Bound],
    upper: Sequence[Bound],
    start: Start | None = None,
) -> CertifiedOptimum | Infeasible | Unbounded:
    """Return what `certified_minimum` does, from a basis that is given, by default that of the rows alone."""
    dictionary = _Dictionary(rows, lower, upper)
    if start is not None:
        dictionary.begin(start)
    before = dictionary.pivots
    weights = dictionary.to_feasible()
    n = len(objective)
    if weights is not None:
        return Infeasible(tuple(weights[n:]), tuple(weights[:n]))
    direction = dictionary.to_optimal(objective)
    x = dictionary.point()
    if direction is not None:
        return Unbounded(x, direction)
    reduced = dictionary.reduced([*objective, *([ZERO] * len(rows))])
    prices = [ZERO] * (n + len(rows))
    for name, value in zip(dictionary.outside, reduced, strict=True):
        prices[name] = value
    return CertifiedOptimum(
        x,
        dot(objective, x),
        tuple(prices[n:]),
        tuple(prices[:n]),
        dictionary.basis(),
        dictionary.pivots - before,
    )


class _Dictionary:
    """Every basic variable as a sum of the nonbasic ones, which are at bounds.

    Variables are called 0 … n-1, the surplus of row r (row·x - right >= 0) is called n + r.
    """

    def __init__(
        self, rows: Sequence[tuple[Sequence[fmpq], fmpq]], lower: Sequence[Bound], upper: Sequence[Bound]
    ) -> None:
        n = len(lower)
        self.low: list[Bound] = [*lower, *([ZERO] * len(rows))]
        self.high: list[Bound] = [*upper, *([None] * len(rows))]
        self.outside = list(range(n))
        self.at = [self._resting(j) for j in range(n)]
        self.inside = [n + r for r in range(len(rows))]
        self.constant = [-right for _, right in rows]
        self.table = [list(row) for row, _ in rows]
        self.pivots = 0

    def _resting(self, name: int, upper: bool = False) -> fmpq:
        low, high = self.low[name], self.high[name]
        if upper and high is not None:
            return high
        return low if low is not None else high if high is not None else ZERO

    def begin(self, start: Start) -> None:
        """Go to a basis as far as it is one: a pivot for each variable that shall be basic."""
        wanted = set(start.at_bound)
        for name in [j for j in self.outside if j not in wanted]:
            column = self.outside.index(name)
            row = next(
                (r for r, b in enumerate(self.inside) if b in wanted and self.table[r][column] != 0), None
            )
            if row is not None:
                self._pivot(row, column, self._resting(self.inside[row], self.inside[row] in start.upper))
        for column, name in enumerate(self.outside):
            self.at[column] = self._resting(name, name in start.upper)

    def basis(self) -> Start:
        """Return the current basis."""
        upper = frozenset(
            name
            for name, value in zip(self.outside, self.at, strict=True)
            if value == self.high[name] and value != self.low[name]
        )
        return Start(tuple(self.outside), upper)

    def value(self, row: int) -> fmpq:
        """Return the value of a basic variable."""
        return self.constant[row] + dot(self.table[row], self.at)

    def point(self) -> tuple[fmpq, ...]:
        """Return the values of all variables."""
        n = len(self.outside)
        x = [ZERO] * n
        for name, value in zip(self.outside, self.at, strict=True):
            if name < n:
                x[name] = value
        for row, name in enumerate(self.inside):
            if name < n:
                x[name] = self.value(row)
        return tuple(x)

    def reduced(self, costs: Sequence[fmpq]) -> list[fmpq]:
        """Return what each nonbasic variable adds to a sum of all variables and surpluses."""
        result = [costs[name] for name in self.outside]
        for row, name in enumerate(self.inside):
            if costs[name] != 0:
                result = [r + costs[name] * v for r, v in zip(result, self.table[row], strict=True)]
        return result

    def to_feasible(self) -> list[fmpq] | None:
        """Pivot until all basic variables are within their bounds; return the weights of a proof if none "
        "is."""
        while True:
            poll()
            values = [self.value(r) for r in range(len(self.inside))]
            costs = [ZERO] * (len(self.inside) + len(self.outside))
            for value, name in zip(values, self.inside, strict=True):
                low, high = self.low[name], self.high[name]
                if low is not None and value < low:
                    costs[name] = fmpq(-1)
                elif high is not None and value > high:
                    costs[name] = fmpq(1)
            if not any(costs):
                return None
            reduced = self.reduced(costs)
            if not self._step(reduced, values, costs):
                weights = [-c for c in costs]
                for name, value in zip(self.outside, reduced, strict=True):
                    weights[name] = value
                return weights

    def to_optimal(self, objective: Sequence[fmpq]) -> tuple[fmpq, ...] | None:
        """Pivot until no reduced cost improves; return the direction of an unbounded value."""
        costs = [*objective, *([ZERO] * len(self.inside))]
        none = [ZERO] * len(costs)
        while True:
            poll()
            reduced = self.reduced(costs)
            column = self._entering(reduced)
            if column is None:
                return None
            values = [self.value(r) for r in range(len(self.inside))]
            if not self._step(reduced, values, none):
                return self._direction(column, reduced[column])

    def _entering(self, reduced: Sequence[fmpq]) -> int | None:
        """Return the column of the first variable, by its name, that may move and improve."""
        best: int | None = None
        for column, (name, slope, value) in enumerate(zip(self.outside, reduced, self.at, strict=True)):
            if slope == 0 or (best is not None and name > self.outside[best]):
                continue
            limit = self.high[name] if slope < 0 else self.low[name]
            if limit is None or (value < limit if slope < 0 else value > limit):
                best = column
        return best

    def _direction(self, column: int, slope: fmpq) -> tuple[fmpq, ...]:
        sign = fmpq(1) if slope < 0 else fmpq(-1)
        n = len(self.outside)
        result = [ZERO] * n
        if self.outside[column] < n:
            result[self.outside[column]] = sign
        for row, name in enumerate(self.inside):
            if name < n:
                result[name] = sign * self.table[row][column]
        return tuple(result)

    def _step(self, reduced: Sequence[fmpq], values: Sequence[fmpq], outside_by: Sequence[fmpq]) -> bool:
        """Move one nonbasic variable as far as others allow; False where none improves, or none stops it.

        `outside_by` is -1 or 1 for basic variables beyond their lower or upper bound: these stop the move
        only where they come back to it.
        """
        column = self._entering(reduced)
        if column is None:
            return False
        up = reduced[column] < 0
        entering = self.outside[column]
        far = self.high[entering] if up else self.low[entering]
        best = None if far is None else abs(far - self.at[column])
        row: int | None = None
        stop = far
        for r, name in enumerate(self.inside):
            slope = self.table[r][column] if up else -self.table[r][column]
            if slope == 0:
                continue
            low, high = self.low[name], self.high[name]
            if outside_by[name] < 0:
                limit = low if slope > 0 else None
            elif outside_by[name] > 0:
                limit = high if slope < 0 else None
            else:
                limit = high if slope > 0 else low
            if limit is None:
                continue
            length = (limit - values[r]) / slope
            if (
                best is None
                or length < best
                or (length == best and row is not None and name < self.inside[row])
            ):
                best, row, stop = length, r, limit
        if stop is None:
            return False
        if row is None:
            self.at[column] = stop
            self.pivots += 1
        else:
            self._pivot(row, column, stop)
        return True

    def _pivot(self, row: int, column: int, at: fmpq) -> None:
        """Exchange a basic and a nonbasic variable; the variable that leaves the basis goes to the bound
        `at`."""
        pivot = self.table[row][column]
        line = [-v / pivot for v in self.table[row]]
        line[column] = 1 / pivot
        constant = -self.constant[row] / pivot
        for r, other in enumerate(self.table):
            factor = other[column]
            if r == row or factor == 0:
                continue
            moved = [v + factor * w for v, w in zip(other, line, strict=True)]
            moved[column] = factor * line[column]
            self.table[r] = moved
            self.constant[r] += factor * constant
        self.table[row], self.constant[row] = line, constant
        self.inside[row], self.outside[column] = self.outside[column], self.inside[row]
        self.at[column] = at
        self.pivots += 1


# --------------------------------------------------------------------------- what HiGHS says


def _start_of_highs(
    objective: Sequence[fmpq],
    rows: Sequence[tuple[Sequence[fmpq], fmpq]],
    lower: Sequence[Bound],
    upper: Sequence[Bound],
) -> Start | None:
    """Return the final basis of HiGHS, from its values and prices; None where it has none."""
    found = _highs(objective, rows, lower, upper)
    if found is None or found.x is None:
        return None
    n = len(objective)
    far: list[tuple[float, int]] = []  # how surely each stands at a bound
    high: set[int] = set()
    for j, value in enumerate(found.x.tolist()):
        below = value - _float(lower[j], -1)
        above = _float(upper[j], 1) - value
        price = abs(float(found.lower.marginals[j])) + abs(float(found.upper.marginals[j]))
        if above < below:
            high.add(j)
        far.append((min(below, above) / (1 + abs(value)) - (price if price > INSIDE else 0.0), j))
    for r, (surplus, price) in enumerate(
        zip(found.ineqlin.residual.tolist(), found.ineqlin.marginals.tolist(), strict=True)
    ):
        far.append((surplus - (abs(price) if abs(price) > INSIDE else 0.0), n + r))
    far.sort()
    return Start(tuple(name for _, name in far[:n]), frozenset(high))


def _float(bound: Bound, side: int) -> float:
    return side * float("inf") if bound is None else int(bound.p) / int(bound.q)


def _highs(
    objective: Sequence[fmpq],
    rows: Sequence[tuple[Sequence[fmpq], fmpq]],
    lower: Sequence[Bound],
    upper: Sequence[Bound],
) -> OptimizeResult | None:
    import numpy as np
    from scipy.optimize import linprog

    if not rows:
        return None
    sizes = [max((abs(v) for v in row), default=fmpq(1)) or fmpq(1) for row, _ in rows]
    table = [[_float(v / size, 1) for v in row] for (row, _), size in zip(rows, sizes, strict=True)]
    right = [_float(bound / size, 1) for (_, bound), size in zip(rows, sizes, strict=True)]
    bounds = [(_float(low, -1), _float(high, 1)) for low, high in zip(lower, upper, strict=True)]
    found = linprog(
        [_float(v, 1) for v in objective],
        A_ub=-np.array(table),
        b_ub=-np.array(right),
        bounds=bounds,
        method="highs-ds",
    )
    return found if found.status == 0 else None


@dataclass(frozen=True)
class PricedColumn:
    """One variable: what it is called, its entries in all rows, and its part in the objective."""

    key: int
    entries: tuple[fmpq, ...]
    worth: fmpq


@dataclass(frozen=True)
class PricedOptimum:
    """A best solution and its proof.

    Attributes
    ----------
    prices : tuple of fmpq
        Of the rows: the solution of the dual programme.
    columns : tuple of PricedColumn
        The basis.
    weights : tuple of fmpq
        Of these columns; those of all others are 0.
    value : fmpq
    """

    prices: tuple[fmpq, ...]
    columns: tuple[PricedColumn, ...]
    weights: tuple[fmpq, ...]
    value: fmpq


def maximise_by_columns(
    start: Sequence[PricedColumn],
    bound: Sequence[fmpq],
    improving: Callable[[Sequence[fmpq]], PricedColumn | None],
    free: int = 0,
) -> PricedOptimum:
    """Maximise worth·w over weights w >= 0 of columns with sum of w·entries = bound.

    Parameters
    ----------
    start : sequence of PricedColumn
        As many independent columns as rows; the bound is a sum of them with weights of 0 or more.
    bound : sequence of fmpq
    improving : callable
        Takes prices of the rows; returns a column that is worth more than its entries at these prices, best
        the one with most more, or None where there is none.
    free : int
        So many columns at the beginning of `start` may have weights of any sign.

    Returns
    -------
    PricedOptimum

    Raises
    ------
    ArithmeticError
        Where the objective grows without bound.

    Examples
    --------
    >>> one = [PricedColumn(0, (fmpq(1),), fmpq(2)), PricedColumn(1, (fmpq(2),), fmpq(5))]
    >>> better = lambda prices: one[1] if one[1].worth > prices[0] * 2 else None
    >>> maximise_by_columns(one[:1], [fmpq(6)], better).value
    15
    """
    rows = len(bound)
    basis = list(start)
    first = fmpq_mat([[basis[j].entries[i] for j in range(rows)] for i in range(rows)])
    inverse = [list(row) for row in first.inv().tolist()]
    weights = [dot(row, bound) for row in inverse]
    columns_of_first = [[first[i, j] for i in range(rows)] for j in range(free, rows)]
    while True:
        poll()
        prices = [
            sum((basis[i].worth * inverse[i][j] for i in range(rows) if basis[i].worth != 0), fmpq(0))
            for j in range(rows)
        ]
        entering = improving(prices)
        if entering is None:
            value = sum((c.worth * w for c, w in zip(basis, weights, strict=True)), fmpq(0))
            return PricedOptimum(tuple(prices), tuple(basis), tuple(weights), value)
        step = [dot(row, entering.entries) for row in inverse]
        leaving = _leaving(step, weights, inverse, columns_of_first, free)
        if leaving is None:
            raise ArithmeticError("the objective grows without bound")
        pivot = step[leaving]
        inverse[leaving] = [v / pivot for v in inverse[leaving]]
        weights[leaving] /= pivot
        for i in range(rows):
            if i != leaving and step[i] != 0:
                factor = step[i]
                inverse[i] = [v - factor * u for v, u in zip(inverse[i], inverse[leaving], strict=True)]
                weights[i] -= factor * weights[leaving]
        basis[leaving] = entering


def _leaving(
    step: Sequence[fmpq],
    weights: Sequence[fmpq],
    inverse: Sequence[Sequence[fmpq]],
    columns: Sequence[Sequence[fmpq]],
    free: int,
) -> int | None:
    """Return the row that reaches zero first; of several, the lexicographically least one.

    Were the bound moved by small multiples of the first basis, each smaller than the one before, no two rows
    would reach zero together: the multiples are the entries of the inverse times the first basis.
    """
    limiting = [i for i in range(free, len(step)) if step[i] > 0]
    if not limiting:
        return None
    least = min(weights[i] / step[i] for i in limiting)
    tied = [i for i in limiting if weights[i] / step[i] == least]
    for one in columns:
        if len(tied) == 1:
            break
        moved = {i: dot(inverse[i], one) / step[i] for i in tied}
        least = min(moved.values())
        tied = [i for i in tied if moved[i] == least]
    return tied[0]
