"""Whether a function is nowhere negative on boxes: branch and bound over intervals, many boxes at once.

Values and slopes are carried through an expression together (automatic differentiation, forward mode) as
intervals of doubles that are rounded outward, so that bounds hold for every real number of a box.  A box is
done where its natural or its mean value bound is not negative; where the function only rises or falls along
a level, what is least lies on a face (Neumaier 1990, chapter 2; Hansen & Walster 2004, chapter 12).

Neumaier, A. (1990), Interval Methods for Systems of Equations.  Hansen, E. and Walster, G. W. (2004), Global
Optimization Using Interval Analysis.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from separatrix.expression.tree import (
    MINUS_ONE,
    Call,
    Expression,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    multiply,
)

__all__ = ["Boxes", "Jet", "is_nonnegative", "jet_of"]

Array = NDArray[np.float64]

ULPS = 4.0 * np.finfo(float).eps
"""The relative error of functions other than the four operations and roots."""

ROUNDS = 240
"""Bisections of a box at most, over all its variables."""

UNEVEN = 2.0**-16
"""Least ratio of the widths of a box in two variables, relative to their ranges; below it the wider one is
halved, since halving the narrow one may not improve the bounds of a product."""

MOST_BOXES = 400_000
"""Boxes that are looked at in all. More: proofs that take longer."""


@dataclass(frozen=True)
class Jet:
    """Bounds of a function and of its slopes: arrays (boxes,) and (variables, boxes)."""

    low: Array
    high: Array
    slope_low: Array
    slope_high: Array


@dataclass(frozen=True)
class Boxes:
    """Boxes (boxes, variables), each with further numbers (boxes, numbers) that are the same in all of it."""

    low: Array
    high: Array
    given: Array

    def __getitem__(self, chosen: NDArray[np.bool_]) -> Boxes:
        return Boxes(self.low[chosen], self.high[chosen], self.given[chosen])


Function = Callable[[Array, Array, Array], Jet]
"""From the ends of boxes (boxes, variables) and their further numbers to bounds."""


def is_nonnegative(
    function: Function, boxes: Boxes, low: Array, high: Array, free: int = 1
) -> tuple[bool, Array | None]:
    """Return whether a function is proven nowhere negative on boxes, else a point where it certainly is.

    Parameters
    ----------
    function : from boxes to a Jet
    boxes : Boxes
    low, high : arrays (variables,)
        The ends of the whole range of every variable; boxes together fill those from `free` on.
    free : int
        The variables before this one cannot be chosen: their boxes are always included.

    Returns
    -------
    proven : bool
    point : array (variables,) or None
        None where neither is proven.
    """
    looked_at = 0
    for _ in range(ROUNDS):
        if not len(boxes.low):
            return True, None
        looked_at += len(boxes.low)
        if looked_at > MOST_BOXES:
            return False, None
        with np.errstate(all="ignore"):
            bounds = function(boxes.low, boxes.high, boxes.given)
            boxes, stays = _faces(bounds, boxes, low, high, free)
            boxes = boxes[stays]
            if not len(boxes.low):
                return True, None
            slopes = bounds.slope_low[:, stays], bounds.slope_high[:, stays]
            least = function(boxes.low, boxes.high, boxes.given).low
            middle = np.clip((boxes.low + boxes.high) / 2, boxes.low, boxes.high)
            centre = function(middle, middle, boxes.given)
            negative = np.flatnonzero(centre.high < 0)
            if negative.size:
                worst = negative[int(np.argmin(centre.high[negative]))]
                return False, np.asarray(middle[worst])
            below, above = boxes.low - middle, boxes.high - middle
            change = np.zeros(len(middle))
            for k in range(middle.shape[1]):
                part = np.min([slope[k] * side[:, k] for slope in slopes for side in (below, above)], axis=0)
                change = change + np.where(
                    (below[:, k] == 0) & (above[:, k] == 0), 0.0, part * (1 + 4 * ULPS)
                )
            size = np.abs(centre.low) + np.abs(change)
            mean_value = centre.low + change - 8 * ULPS * size
            done = (least >= 0) | (np.where(np.isfinite(mean_value), mean_value, -np.inf) >= 0)
            rest = ~done
            boxes = boxes[rest]
            if not len(boxes.low):
                return True, None
            spread = np.maximum(np.abs(slopes[0][:, rest]), np.abs(slopes[1][:, rest])).T
            width = boxes.high - boxes.low
            weight = np.where(np.isfinite(spread), spread, 1e300) * width
            weight = np.where(width > 0, weight + 1e-300, -1.0)
        axis = weight.argmax(axis=1)
        rows = np.arange(len(axis))
        relative = width / np.where(high > low, high - low, 1.0)
        widest = relative.argmax(axis=1)
        axis = np.where(relative[rows, axis] < UNEVEN * relative[rows, widest], widest, axis)
        if (width[rows, axis] <= 0).any():
            return False, None  # a point at which rounding hides the sign
        halfway = (boxes.low[rows, axis] + boxes.high[rows, axis]) / 2
        first, second = boxes.high.copy(), boxes.low.copy()
        first[rows, axis], second[rows, axis] = halfway, halfway
        boxes = Boxes(
            np.concatenate([boxes.low, second]),
            np.concatenate([first, boxes.high]),
            np.concatenate([boxes.given, boxes.given]),
        )
    return False, None


def _faces(bounds: Jet, boxes: Boxes, low: Array, high: Array, free: int) -> tuple[Boxes, NDArray[np.bool_]]:
    """Return boxes shrunk to the faces on which the function is least, and which of them count."""
    lower, upper = boxes.low.copy(), boxes.high.copy()
    stays = np.ones(len(lower), dtype=bool)
    for k in range(lower.shape[1]):
        wide = upper[:, k] > lower[:, k]
        rises, falls = wide & (bounds.slope_low[k] >= 0), wide & (bounds.slope_high[k] <= 0)
        if k >= free:
            # Where it strictly rises, what is least at these other variables lies in another box.
            stays &= ~(wide & (bounds.slope_low[k] > 0) & (boxes.low[:, k] > low[k]))
            stays &= ~(wide & (bounds.slope_high[k] < 0) & (boxes.high[:, k] < high[k]))
        upper[:, k] = np.where(rises, lower[:, k], upper[:, k])
        lower[:, k] = np.where(falls & ~rises, upper[:, k], lower[:, k])
    return Boxes(lower, upper, boxes.given), stays


# --------------------------------------------------------------------------- intervals of doubles


Interval = tuple[Array, Array]


def _replace_nan_by_infinity(one: Interval) -> Interval:
    """Return NaN bounds as infinite ones."""
    low, high = one
    if np.isnan(low).any() or np.isnan(high).any():
        return np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high)
    return one


def _plus(one: Interval, other: Interval) -> Interval:
    ends = []
    for k, side in ((0, -np.inf), (1, np.inf)):
        a, b = one[k], other[k]
        total = a + b
        exact = (a == 0) | (b == 0) | (total == 0)
        ends.append(np.where(exact, total, np.nextafter(total, side)))
    return _replace_nan_by_infinity((ends[0], ends[1]))


def _times(one: Interval, other: Interval) -> Interval:
    pairs = [(a, b) for a in one for b in other]
    products = [a * b for a, b in pairs]
    low, high = reduce(np.minimum, products), reduce(np.maximum, products)
    if np.isnan(low).any():  # nothing times infinity: the other factor is a number, whichever it is
        products = [
            np.where((a == 0) | (b == 0), 0.0, product)
            for (a, b), product in zip(pairs, products, strict=True)
        ]
        low, high = reduce(np.minimum, products), reduce(np.maximum, products)
    nothing = (low == 0) | (high == 0)
    below, above = np.nextafter(low, -np.inf), np.nextafter(high, np.inf)
    if nothing.any():
        # A zero is exact, unless it is what is left of two factors that are none.
        vanishing = [
            (product == 0) & (a != 0) & (b != 0) for (a, b), product in zip(pairs, products, strict=True)
        ]
        exact = nothing & ~reduce(np.logical_or, vanishing)
        below, above = np.where(exact & (low == 0), low, below), np.where(exact & (high == 0), high, above)
    return _replace_nan_by_infinity((below, above))


def _inverse(one: Interval) -> Interval:
    low, high = one
    apart = (low > 0) | (high < 0)
    ends = np.nextafter(1 / high, -np.inf), np.nextafter(1 / low, np.inf)
    return _replace_nan_by_infinity((np.where(apart, ends[0], -np.inf), np.where(apart, ends[1], np.inf)))


def _unknown_at_pole(divisor: Interval, slope: Interval) -> Interval:
    """Return the slope of a quotient, which is unbounded if the divisor can be 0.

    On both sides of a pole 1/u falls, but from one side to the other it jumps up: it is not monotone there.
    """
    pole = (divisor[0] <= 0) & (divisor[1] >= 0)
    return np.where(pole, -np.inf, slope[0]), np.where(pole, np.inf, slope[1])


def _inverse_of_positive(one: Interval) -> Interval:
    """Return the inverse of the positive numbers of an interval, the slope of a logarithm."""
    inverse = _inverse(one)
    touches = (one[0] <= 0) & (one[1] > 0)
    return np.where(touches, np.maximum(np.nextafter(1 / one[1], -np.inf), 0.0), inverse[0]), inverse[1]


def _wider(low: Array, high: Array) -> Interval:
    """Return bounds widened by the error of a function."""
    return _replace_nan_by_infinity((low - ULPS * np.abs(low) - 1e-300, high + ULPS * np.abs(high) + 1e-300))


def _exp(one: Interval) -> Interval:
    low, high = _wider(np.exp(one[0]), np.exp(one[1]))
    # Rounding must not hide that it is 1 at 0: costs such as exp(u) - 1 are nothing there.
    low, high = (
        np.where(one[0] >= 0, np.maximum(low, 1.0), low),
        np.where(one[1] <= 0, np.minimum(high, 1.0), high),
    )
    return np.maximum(low, 0.0), high


def _log(one: Interval) -> Interval:
    positive = one[0] > 0
    low, high = _wider(np.log(np.where(positive, one[0], 1.0)), np.log(np.maximum(one[1], 1e-320)))
    low, high = (
        np.where(one[0] >= 1, np.maximum(low, 0.0), low),
        np.where(one[1] <= 1, np.minimum(high, 0.0), high),
    )
    return np.where(positive, low, -np.inf), np.where(one[1] > 0, high, np.inf)


def _whole_power(one: Interval, exponent: int) -> Interval:
    if exponent < 0:
        return _inverse(_whole_power(one, -exponent))
    if exponent == 0:
        return np.ones_like(one[0]), np.ones_like(one[1])
    if exponent == 1:
        return one
    low, high = one
    if exponent % 2 == 0:
        crosses = (low < 0) & (high > 0)
        least, most = np.minimum(np.abs(low), np.abs(high)), np.maximum(np.abs(low), np.abs(high))
        low, high = np.where(crosses, 0.0, least), most
    below, above = (reduce(np.multiply, [end] * exponent) for end in (low, high))
    # Each multiplication is off by half a unit in the last place, or by half the least number.
    ulps, tiny = exponent * np.finfo(float).eps, exponent * np.finfo(float).smallest_subnormal
    return _replace_nan_by_infinity(
        (
            np.where(low == 0, 0.0, below - ulps * np.abs(below) - tiny),
            np.where(high == 0, 0.0, above + ulps * np.abs(above) + tiny),
        )
    )


def _hull(one: Interval, other: Interval) -> Interval:
    return np.minimum(one[0], other[0]), np.maximum(one[1], other[1])


# --------------------------------------------------------------------------- values with slopes


@dataclass(frozen=True)
class _Dual:
    """A value and its slopes, the latter missing where they are zero."""

    value: Interval
    slopes: Mapping[int, Interval]

    def scaled(self, factor: Interval) -> dict[int, Interval]:
        return {k: _times(slope, factor) for k, slope in self.slopes.items()}


def _slopes_sum(*parts: Mapping[int, Interval]) -> dict[int, Interval]:
    total: dict[int, Interval] = {}
    for part in parts:
        for k, slope in part.items():
            total[k] = _plus(total[k], slope) if k in total else slope
    return total


def _number(value: Fraction, count: int) -> Interval:
    nearest = float(value)
    exact = math.isfinite(nearest) and Fraction(nearest) == value
    low = nearest if exact else math.nextafter(nearest, -math.inf)
    high = nearest if exact else math.nextafter(nearest, math.inf)
    return np.full(count, low), np.full(count, high)


def jet_of(
    expression: Expression,
    variables: Sequence[str],
    given: Sequence[str] = (),
    polynomial: str | None = None,
) -> Function:
    """Return the bounds of an expression as a function of boxes.

    Parameters
    ----------
    expression : Expression
        In the variables, and in names of further numbers.
    variables, given : names
    polynomial : name, optional
        Of a polynomial in the first variable, which stands for further numbers behind those with a name: the
        middle and half the width of a stretch, and the coefficients of powers of the place on it, from -1 to
        1.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> square = jet_of(parse_expression("x^2 - x"), ["x"])
    >>> bounds = square(np.array([[1.0]]), np.array([[2.0]]), np.zeros((1, 0)))
    >>> bool(bounds.low[0] <= 0 <= 2 <= bounds.high[0]), bool(bounds.slope_low[0, 0] >= 0.999)
    (True, True)
    """
    factored = _factored(expression)

    def function(low: Array, high: Array, numbers: Array) -> Jet:
        count = len(low)
        here: dict[str, _Dual] = {
            name: _Dual((low[:, k], high[:, k]), {k: (np.ones(count), np.ones(count))})
            for k, name in enumerate(variables)
        }
        here |= {name: _Dual((numbers[:, k], numbers[:, k]), {}) for k, name in enumerate(given)}
        if polynomial is not None:
            here[polynomial] = _polynomial(low[:, 0], high[:, 0], numbers[:, len(given) :])
        found = _dual(factored, here, count)
        nothing = np.zeros(count)
        slopes = [found.slopes.get(k, (nothing, nothing)) for k in range(len(variables))]
        return Jet(
            *found.value,
            np.array([slope[0] for slope in slopes]),
            np.array([slope[1] for slope in slopes]),
        )

    return function


def _polynomial(low: Array, high: Array, numbers: Array) -> _Dual:
    """Return a polynomial and its slope, by Taylor's theorem from the middle of a box."""
    eps = np.finfo(float).eps
    centre, half, coefficients = numbers[:, 0], numbers[:, 1], numbers[:, 2:].T
    middle = low + (high - low) / 2
    place = (middle - centre) / half
    reach = (high - low) / 2 / half * (1 + 8 * eps) + 8 * eps * (np.abs(middle) + np.abs(centre)) / half
    largest = np.abs(place) + reach
    value, slope, bend = (np.zeros(len(low)) for _ in range(3))
    sizes = [np.zeros(len(low)) for _ in range(3)]
    for own in coefficients[::-1]:
        bend = bend * place + 2 * slope
        slope = slope * place + value
        value = value * place + own
        sizes[2] = sizes[2] * largest + 2 * sizes[1]
        sizes[1] = sizes[1] * largest + sizes[0]
        sizes[0] = sizes[0] * largest + np.abs(own)
    rounding = 8 * (len(coefficients) + 1) * eps
    # Products of the sizes are rounded themselves, relative to what they are.
    turn = sizes[2] * reach * (1 + rounding) + rounding * sizes[1]
    away = (np.abs(slope) + turn) * reach * (1 + rounding) + rounding * sizes[0]
    falls, rises = (slope - turn) / half, (slope + turn) / half
    return _Dual(
        (value - away, value + away),
        {0: (falls - 4 * eps * np.abs(falls), rises + 4 * eps * np.abs(rises))},
    )


def _factored(expression: Expression) -> Expression:
    """Return an expression with what all terms of a sum have in common before the sum.

    `v^2*(2 - v)` is not below zero where v is low, which bounds of the terms of `2*v^2 - v^3` never show.
    """
    match expression:
        case Sum(terms):
            parts = tuple(map(_factored, terms))
            numbers, powers = zip(*map(_monomial, parts), strict=True)
            least = {base: min(own.get(base, 0) for own in powers) for base in powers[0]}
            common = {base: exponent for base, exponent in least.items() if exponent > 0}
            if not common:
                return Sum(parts)
            rest = [{base: own[base] - common.get(base, 0) for base in own} for own in powers]
            # The first number, too: 3 - 3*y is not nothing at 1 in intervals, and 1 - y is.
            first = numbers[0] or Fraction(1)
            inner = tuple(_product_of(one / first, own) for one, own in zip(numbers, rest, strict=True))
            return Product((_product_of(first, common), Sum(inner)))
        case Product(factors):
            return Product(tuple(map(_factored, factors)))
        case Quotient(numerator, denominator):
            return Quotient(_factored(numerator), _factored(denominator))
        case Power(base, exponent_of):
            return Power(_factored(base), exponent_of)
        case Call(function, arguments):
            return Call(function, tuple(map(_factored, arguments)))
        case _:
            return expression


def _monomial(term: Expression) -> tuple[Fraction, dict[Expression, int]]:
    """Return a term as a number and the whole powers of what it is a product of."""
    match term:
        case Number(value):
            return value, {}
        case Product(factors):
            coefficient, powers = Fraction(1), dict[Expression, int]()
            for number, own in map(_monomial, factors):
                coefficient *= number
                for base, exponent in own.items():
                    powers[base] = powers.get(base, 0) + exponent
            return coefficient, powers
        case Quotient(numerator, Number(value)) if value != 0:
            number, powers = _monomial(numerator)
            return number / value, powers
        case Power(base, Number(value)) if value.denominator == 1 and value > 0:
            number, powers = _monomial(base)
            return number ** int(value), {one: exponent * int(value) for one, exponent in powers.items()}
        case _:
            return Fraction(1), {term: 1}


def _product_of(number: Fraction, powers: Mapping[Expression, int]) -> Expression:
    return multiply(
        Number(number),
        *(
            base if exponent == 1 else Power(base, Number(Fraction(exponent)))
            for base, exponent in powers.items()
            if exponent
        ),
    )


def _dual(expression: Expression, here: Mapping[str, _Dual], count: int) -> _Dual:
    match expression:
        case Number(value):
            return _Dual(_number(value, count), {})
        case Name(name):
            return here[name]
        case Sum(terms):
            parts = [_dual(term, here, count) for term in terms]
            return _Dual(
                reduce(_plus, [part.value for part in parts]), _slopes_sum(*(part.slopes for part in parts))
            )
        case Product(factors):
            # Nothing is rounded where a sign changes: 1 - x is nothing at 1.
            made = reduce(
                _product, [_dual(one, here, count) for one in factors if one != MINUS_ONE] or [_one(count)]
            )
            return _negative(made) if factors.count(MINUS_ONE) % 2 else made
        case Quotient(numerator, denominator):
            above, below = _dual(numerator, here, count), _dual(denominator, here, count)
            inverse = _inverse(below.value)
            falling = _times(_whole_power(inverse, 2), (-np.ones(count), -np.ones(count)))
            return _product(above, _Dual(inverse, below.scaled(_unknown_at_pole(below.value, falling))))
        case Power(base, Number(value)) if value.denominator == 1:
            one, exponent = _dual(base, here, count), int(value)
            lower = _times(_number(value, count), _whole_power(one.value, exponent - 1))
            if exponent < 0:
                lower = _unknown_at_pole(one.value, lower)
            return _Dual(_whole_power(one.value, exponent), one.scaled(lower))
        case Power(base, Number(value)) if value > 1:
            raised = _dual(base, here, count)
            low_base = raised.value[0]
            log_base, known = _log(raised.value), _number(value, count)
            # Where the base is nothing its logarithm has no slope, and the power one of nothing.
            lower = _times(known, _exp(_times(_number(value - 1, count), log_base)))
            lower = np.where(low_base >= 0, lower[0], -np.inf), lower[1]
            return _Dual(_exp(_times(known, log_base)), raised.scaled(lower))
        case Power(base, exponent_of):
            one, other = _dual(base, here, count), _dual(exponent_of, here, count)
            logarithm = _Dual(_log(one.value), one.scaled(_inverse_of_positive(one.value)))
            return _of_exp(_product(other, logarithm))
        case Call(function, arguments):
            return _call(function, [_dual(one, here, count) for one in arguments], count)


def _one(count: int) -> _Dual:
    return _Dual((np.ones(count), np.ones(count)), {})


def _negative(one: _Dual) -> _Dual:
    return _Dual((-one.value[1], -one.value[0]), {k: (-high, -low) for k, (low, high) in one.slopes.items()})


def _product(one: _Dual, other: _Dual) -> _Dual:
    return _Dual(
        _times(one.value, other.value), _slopes_sum(one.scaled(other.value), other.scaled(one.value))
    )


def _of_exp(one: _Dual) -> _Dual:
    value = _exp(one.value)
    return _Dual(value, one.scaled(value))


def _call(function: str, arguments: Sequence[_Dual], count: int) -> _Dual:
    first = arguments[0]
    match function:
        case "exp":
            return _of_exp(first)
        case "log":
            return _Dual(_log(first.value), first.scaled(_inverse_of_positive(first.value)))
        case "sqrt":
            low, high = first.value
            root = (
                np.where(low > 0, np.nextafter(np.sqrt(np.maximum(low, 0)), -np.inf), 0.0),
                np.nextafter(np.sqrt(np.maximum(high, 0)), np.inf),
            )
            root = np.where(low >= 0, root[0], -np.inf), np.where(low >= 0, root[1], np.inf)
            half = _times(_inverse(root), (np.full(count, 0.5), np.full(count, 0.5)))
            return _Dual(root, first.scaled(half))
        case "min" | "max":
            return reduce(lambda a, b: _lesser(a, b, function == "max"), arguments)
        case _:
            nothing = np.full(count, -np.inf), np.full(count, np.inf)
            return _Dual(nothing, {k: nothing for one in arguments for k in one.slopes})


def _lesser(one: _Dual, other: _Dual, greater: bool) -> _Dual:
    """Return the lesser, or greater, of two; where either may be it, slopes are those of both."""
    choose = np.maximum if greater else np.minimum
    value = choose(one.value[0], other.value[0]), choose(one.value[1], other.value[1])
    below, above = one.value[1] < other.value[0], other.value[1] < one.value[0]
    first, second = (above, below) if greater else (below, above)
    nothing = np.zeros_like(first, dtype=float)
    slopes = {}
    for k in {*one.slopes, *other.slopes}:
        p, q = (part.slopes.get(k, (nothing, nothing)) for part in (one, other))
        both = _hull(p, q)
        slopes[k] = (
            np.where(first, p[0], np.where(second, q[0], both[0])),
            np.where(first, p[1], np.where(second, q[1], both[1])),
        )
    return _Dual(value, slopes)
