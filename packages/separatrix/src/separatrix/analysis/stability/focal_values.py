"""Weak foci: rest points with one pair of imaginary eigenvalues, and their Lyapunov coefficients.

Let ±iω be a simple pair of eigenvalues of the Jacobian A, and no other real part zero.  With e in the plane
of the pair, the centre manifold is a graph over p·e + q·Ae, and the field on it is (Carr 1981, theorem 3)

    p' = -ω²q + …,    q' = p + … .

Its orbits close up to the order 2k where a polynomial F = p² + ω²q² + … has the derivative

    F' = v·(p² + ω²q²)^k + terms of higher order                    (Lyapunov 1992, section 40)

with v = 0 for all smaller k.  The first v that is not zero is a focal value: F is then a strict Lyapunov
function, and the state attracts on its centre manifold where v < 0, repels where v > 0.  The linear system
for F is triangular and divides by ω² and by whole numbers alone, so everything stays in the field of the
coordinates of the state: signs are exact, and so is zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb, fmpq, fmpq_mpoly

from separatrix.analysis.results import Label
from separatrix.analysis.stability.classification import Verdict
from separatrix.analysis.theorems import CENTRE_MANIFOLD, NORMAL_FORM, WEAK_FOCUS
from separatrix.exact.algebraic_numbers import Exact, sign
from separatrix.exact.matrices import characteristic
from separatrix.exact.rational_functions import imaginary_pair
from separatrix.run.cached_property import cached_property
from separatrix.run.limits import poll
from separatrix.sentences import Sentence, say

__all__ = [
    "Series",
    "WeakFocus",
    "add_series",
    "divide_series",
    "evaluate_series",
    "judge_weak_focus",
    "multiply_series",
    "weak_focus",
]

ORDERS = 4
"""Limit on the number of focal values. More: a second and more for fields of degree six; the first two
decide all but deliberately flat examples."""

Number = Any
"""An exact number (`separatrix.exact.algebraic_numbers.Exact`) or a ball (`flint.arb`)."""

Series = dict[tuple[int, int], Number]
"""A truncated power series in (p, q): its nonzero coefficients by their exponents."""

Rates = Callable[[Sequence[Series], int], list[Series]]
"""The rates of change at a state given by series, up to a degree."""


# --------------------------------------------------------------------------- power series


def _vanishes(value: Number) -> bool:
    return bool(value.contains(0)) if isinstance(value, arb) else bool(value == 0)


def _put(series: Series, place: tuple[int, int], value: Number) -> None:
    total = series[place] + value if place in series else value
    if isinstance(total, arb) or total != 0:
        series[place] = total
    else:
        series.pop(place, None)


def add_series(a: Series, b: Series, factor: Number) -> Series:
    """Return a series plus a factor times another one."""
    result = dict(a)
    for place, value in b.items():
        _put(result, place, value * factor)
    return result


def multiply_series(a: Series, b: Series, degree: int) -> Series:
    """Return a product of series up to a degree."""
    result: Series = {}
    for (i, j), x in a.items():
        for (k, m), y in b.items():
            if i + j + k + m <= degree:
                _put(result, (i + k, j + m), x * y)
    return result


def divide_series(above: Series, below: Series, degree: int) -> Series:
    """Return a quotient of series up to a degree; the divisor's constant is not zero."""
    lead = below[0, 0]
    rest = {place: value for place, value in below.items() if place != (0, 0)}
    result: Series = {}
    for order in range(degree + 1):
        product = multiply_series(rest, result, order)
        for i in range(order + 1):
            place = (i, order - i)
            value = above.get(place, 0) - product.get(place, 0)
            if not isinstance(value, int):
                _put(result, place, value / lead)
    return result


def evaluate_series(polynomial: fmpq_mpoly, at: Sequence[Series], degree: int) -> Series:
    """Return a polynomial's value at series, one a generator, up to a degree."""
    powers: dict[tuple[int, int], Series] = {}

    def power(k: int, exponent: int) -> Series:
        if (k, exponent) not in powers:
            powers[k, exponent] = (
                at[k] if exponent == 1 else multiply_series(power(k, exponent - 1), at[k], degree)
            )
        return powers[k, exponent]

    total: Series = {}
    for exponents, coefficient in polynomial.to_dict().items():
        term: Series = {(0, 0): coefficient}
        for k, exponent in enumerate(exponents):
            if exponent:
                term = multiply_series(term, power(k, int(exponent)), degree)
        for place, value in term.items():
            _put(total, place, value)
    return total


# --------------------------------------------------------------------------- the field on the centre manifold


@dataclass(frozen=True, eq=False)
class WeakFocus:
    """A rest point with one pair of imaginary eigenvalues, and the field around it.

    Attributes
    ----------
    jacobian : in exact numbers of one field or in balls
    square : ω²
    rest : coefficients, constant first, of the polynomial of the other eigenvalues
    rates : the field, at a state that differs from the rest point by the series
    """

    jacobian: Sequence[Sequence[Number]]
    square: Number
    rest: Sequence[Number]
    rates: Rates

    @property
    def size(self) -> int:
        """The dimension."""
        return len(self.jacobian)

    @cached_property
    def _projection(self) -> list[list[Number]]:
        """The projection on the plane of the pair: r(A) over its value there, r being `rest`."""
        even: Number = fmpq(0)
        odd: Number = fmpq(0)
        for c in reversed(self.rest):  # r(A) = even + odd·A there, since A² = -ω²
            even, odd = c - odd * self.square, even
        norm = even * even + odd * odd * self.square
        columns = []
        for k in range(self.size):
            unit = [fmpq(int(i == k)) for i in range(self.size)]
            value: list[Number] = [fmpq(0)] * self.size
            for c in reversed(self.rest):
                value = [x + c * y for x, y in zip(_times(self.jacobian, value), unit, strict=True)]
            turned = _times(self.jacobian, value)
            columns.append([(even * x - odd * y) / norm for x, y in zip(value, turned, strict=True)])
        return [list(row) for row in zip(*columns, strict=True)]

    @cached_property
    def plane(self) -> tuple[list[Number], list[Number]]:
        """e and Ae."""
        columns = [list(c) for c in zip(*self._projection, strict=True)]
        first = max(columns, key=lambda c: max(map(_weight, c)))
        return first, _times(self.jacobian, first)

    @cached_property
    def _coordinates(self) -> tuple[list[Number], list[Number]]:
        """The rows that take a vector to its p and q."""
        e, turned = self.plane
        pairs = [(i, j) for i in range(self.size) for j in range(i)]
        i, j = max(pairs, key=lambda s: _weight(e[s[0]] * turned[s[1]] - e[s[1]] * turned[s[0]]))
        minor = e[i] * turned[j] - e[j] * turned[i]
        rows = self._projection
        return (
            [(turned[j] * x - turned[i] * y) / minor for x, y in zip(rows[i], rows[j], strict=True)],
            [(e[i] * y - e[j] * x) / minor for x, y in zip(rows[i], rows[j], strict=True)],
        )

    def reduced(self, degree: int) -> tuple[Series, Series]:
        """Return p' and q' on the centre manifold up to a degree."""
        state: list[Series] = [{} for _ in range(self.size)]
        for series, x, y in zip(state, *self.plane, strict=True):
            _put(series, (1, 0), x)
            _put(series, (0, 1), y)
        if self.size == 2:  # the plane is all there is
            image = self.rates(state, degree)
            places = [(i, order - i) for order in range(2, degree + 1) for i in range(order + 1)]
            return self._in_plane({place: _column(image, place) for place in places})
        field = self._in_plane({})
        for order in range(2, degree + 1):
            poll()
            image, moved = self.rates(state, order), [_advance(s, field, order) for s in state]
            left = {
                place: [x - y for x, y in zip(_column(image, place), _column(moved, place), strict=True)]
                for place in ((i, order - i) for i in range(order + 1))
            }
            for part, more in zip(field, self._in_plane(left), strict=True):
                part.update(more)
            for place, vector in self._bent(order, left).items() if order < degree else ():
                for series, value in zip(state, vector, strict=True):
                    _put(series, place, value)
        return field

    def _in_plane(self, vectors: Mapping[tuple[int, int], Sequence[Number]]) -> tuple[Series, Series]:
        """The linear field of the plane, and the parts along it of vectors of higher order."""
        field: tuple[Series, Series] = ({(0, 1): -self.square}, {(1, 0): self.square / self.square})
        for place, vector in vectors.items():
            for part, row in zip(field, self._coordinates, strict=True):
                _put(part, place, _dot(row, vector))
        return field

    def _bent(
        self, order: int, left: dict[tuple[int, int], list[Number]]
    ) -> dict[tuple[int, int], list[Number]]:
        """The terms of an order of the centre manifold, across the plane of the pair.

        They satisfy D z·(-ω²q, p) - A z = what is left across the plane, in which A may be replaced by what
        is minus one on the plane.
        """
        n, across = self.size, self._projection
        columns = [list(column) for column in zip(*across, strict=True)]
        matrix = [
            [self.jacobian[i][j] - _dot(self.jacobian[i], columns[j]) - across[i][j] for j in range(n)]
            for i in range(n)
        ]
        width = (order + 1) * n
        rows: list[list[Number]] = []
        for m in range(order + 1):
            vector = left[m, order - m]
            along = _times(across, vector)
            for i in range(n):
                row: list[Number] = [fmpq(0)] * width
                for j in range(n):
                    row[m * n + j] = -matrix[i][j]
                if m:
                    row[(m - 1) * n + i] = row[(m - 1) * n + i] + (order - m + 1)
                if m < order:
                    row[(m + 1) * n + i] = row[(m + 1) * n + i] - self.square * (m + 1)
                rows.append([*row, vector[i] - along[i]])
        answer = _solved(rows)
        return {(m, order - m): answer[m * n : (m + 1) * n] for m in range(order + 1)}

    def focal_values(self, orders: int = ORDERS) -> Iterator[Number]:
        """Yield v for k = 2, 3, …, each valid where all before it are zero."""
        square = self.square
        one = square / square
        integral: Series = {(2, 0): one, (0, 2): square}
        circle = dict(integral)
        power = dict(integral)
        for k in range(2, orders + 2):
            first, second = self.reduced(2 * k - 1)
            power = multiply_series(power, circle, 2 * k)
            for order in (2 * k - 1, 2 * k):
                terms = _advance(integral, (first, second), order)
                right = [-terms.get((m, order - m), fmpq(0)) for m in range(order + 1)]
                value, form = _level(order, right, power if order % 2 == 0 else {}, square)
                for m, c in enumerate(form):
                    _put(integral, (m, order - m), c)
            yield value


def _weight(value: Number) -> float:
    """How well a number serves as a divisor: any exact one but zero alike, balls by how far off zero."""
    return float(abs(value).lower()) if isinstance(value, arb) else float(value != 0)


def _dot(a: Sequence[Number], b: Sequence[Number]) -> Number:
    return sum((x * y for x, y in zip(a, b, strict=True) if not (_is_zero(x) or _is_zero(y))), fmpq(0))


def _times(matrix: Sequence[Sequence[Number]], vector: Sequence[Number]) -> list[Number]:
    return [_dot(row, vector) for row in matrix]


def _column(vector: Sequence[Series], place: tuple[int, int]) -> list[Number]:
    return [series.get(place, fmpq(0)) for series in vector]


def _advance(series: Series, field: tuple[Series, Series], degree: int) -> Series:
    """The derivative of a series along a field, its terms of a degree and below."""
    total: Series = {}
    for axis in (0, 1):
        slope: Series = {}
        for (i, j), value in series.items():
            if (i, j)[axis]:
                slope[i - (axis == 0), j - (axis == 1)] = value * (i, j)[axis]
        total = add_series(total, multiply_series(slope, field[axis], degree), fmpq(1))
    return total


def _level(order: int, right: Sequence[Number], power: Series, square: Number) -> tuple[Number, list[Number]]:
    """Solve (order - m + 1)·f_(m-1) - ω²(m + 1)·f_(m+1) = right_m + v·power_m for f, and v at even orders.

    Each equation ties two coefficients, so those of one parity follow from one another.
    """
    form: list[Number] = [fmpq(0)] * (order + 1)
    value: Number = fmpq(0)
    if order % 2:
        for m in range(order, 0, -2):  # f_(order-1), f_(order-3), …, f_0
            known = form[m + 1] * (m + 1) * square if m < order else fmpq(0)
            form[m - 1] = (right[m] + known) / (order - m + 1)
    else:
        for m in range(1, order, 2):  # f_0 = 0 is a choice: the power of p² + ω²q² may be added
            form[m + 1] = (form[m - 1] * (order - m + 1) - right[m]) / (square * (m + 1))
        # f_1, f_3, …, f_(order-1) as a + b·v: one equation more than coefficients
        pair = (fmpq(0), fmpq(0))
        chain: dict[int, tuple[Number, Number]] = {-1: pair}
        for m in range(0, order + 1, 2):
            a, b = chain[m - 1]
            weight = order - m + 1
            gap = a * weight - right[m], b * weight - power.get((m, order - m), fmpq(0))
            if m == order:
                value = -gap[0] / gap[1]
            else:
                chain[m + 1] = gap[0] / (square * (m + 1)), gap[1] / (square * (m + 1))
        for m in range(1, order, 2):
            form[m] = chain[m][0] + chain[m][1] * value
    if order % 2:
        for m in range(0, order, 2):  # f_1, f_3, …, f_order
            known = form[m - 1] * (order - m + 1) if m else fmpq(0)
            form[m + 1] = (known - right[m]) / (square * (m + 1))
    return value, form


def _solved(rows: list[list[Number]]) -> list[Number]:
    """The solution of a regular linear system, its right side last in each row."""
    size = len(rows)
    for k in range(size):
        poll()
        best = max(range(k, size), key=lambda r: _weight(rows[r][k]))
        rows[k], rows[best] = rows[best], rows[k]
        pivot = rows[k][k]
        if _vanishes(pivot):
            raise ArithmeticError("a singular system")
        for r in range(k + 1, size):
            if not _is_zero(rows[r][k]):
                factor = rows[r][k] / pivot
                rows[r] = [
                    x if _is_zero(y) else x - factor * y for x, y in zip(rows[r], rows[k], strict=True)
                ]
    answer: list[Number] = [fmpq(0)] * size
    for k in reversed(range(size)):
        total = rows[k][size]
        for j in range(k + 1, size):
            if not _is_zero(rows[k][j]):
                total = total - rows[k][j] * answer[j]
        answer[k] = total / rows[k][k]
    return answer


def _is_zero(value: Number) -> bool:
    return not isinstance(value, arb) and bool(value == 0)


# --------------------------------------------------------------------------- labels


def weak_focus(jacobian: Sequence[Sequence[Exact]], rates: Rates) -> WeakFocus | None:
    """Return a rest point as a weak focus, or None unless one simple pair is all on the imaginary axis.

    Parameters
    ----------
    jacobian : in exact numbers of one field
    rates : the field, at a state that differs from the rest point by the series
    """
    polynomial = [*reversed(characteristic(jacobian, fmpq(0), fmpq(1))), fmpq(1)]
    pair = imaginary_pair(polynomial)
    return None if pair is None else WeakFocus(jacobian, *pair, rates)


def judge_weak_focus(focus: WeakFocus, negative: bool, positive: bool) -> Verdict | None:
    """Return the label by the first focal value that is not zero; None where that does not decide.

    Parameters
    ----------
    focus : in exact numbers
    negative, positive : whether other eigenvalues have real parts of that sign
    """
    if negative and positive:
        return None
    for order, value in enumerate(focus.focal_values(), 1):
        turn = sign(value)
        if turn < 0 and not positive:
            return Verdict("asymptotically stable", _reduced(_inwards(order), negative), pointwise=True)
        if turn > 0:
            label: Label = "unstable" if negative else "source"
            return Verdict(label, _reduced(_outwards(order), negative or positive), pointwise=True)
        if turn:
            return None
    return None


def _inwards(order: int) -> Sentence:
    if order == 1:
        return say(
            "the first Lyapunov coefficient of its oscillation is negative (Kuznetsov 2004, section 5.4)"
        ).resting_on(NORMAL_FORM, WEAK_FOCUS)
    return say(
        "Lyapunov coefficient {order} of its oscillation is negative and those before it are zero, "
        "so orbits spiral in",
        order=order,
    ).resting_on(WEAK_FOCUS)


def _outwards(order: int) -> Sentence:
    if order == 1:
        return say(
            "the first Lyapunov coefficient of its oscillation is positive (Kuznetsov 2004, section 5.4)"
        ).resting_on(NORMAL_FORM, WEAK_FOCUS)
    return say(
        "Lyapunov coefficient {order} of its oscillation is positive and those before it are zero, "
        "so orbits spiral out",
        order=order,
    ).resting_on(WEAK_FOCUS)


def _reduced(reason: Sentence, others: bool) -> Sentence:
    return say("on its centre manifold, {why}", why=reason).resting_on(CENTRE_MANIFOLD) if others else reason
