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

from separatrix.expression.tree import Call, Expression, Name, Number, Power, Product, Quotient, Sum

__all__ = ["Boxes", "Jet", "is_nonnegative", "jet_of"]

Array = NDArray[np.float64]

ULPS = 4.0 * np.finfo(float).eps
"""The relative error of functions other than the four operations and roots."""

ROUNDS = 60
"""Bisections of a box at most: a double has no more digits."""

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
        The variables before this one are no matter of choice: their boxes are never left out.

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


def _down(value: Array, exact: Array) -> Array:
    return np.where(exact, value, np.nextafter(value, -np.inf))


def _up(value: Array, exact: Array) -> Array:
    return np.where(exact, value, np.nextafter(value, np.inf))


Interval = tuple[Array, Array]


def _known(one: Interval) -> Interval:
    """Return bounds that are no numbers as infinite ones."""
    return np.where(np.isnan(one[0]), -np.inf, one[0]), np.where(np.isnan(one[1]), np.inf, one[1])


def _plus(one: Interval, other: Interval) -> Interval:
    ends = []
    for k, rounded in ((0, _down), (1, _up)):
        a, b = one[k], other[k]
        total = a + b
        ends.append(rounded(total, (a == 0) | (b == 0) | (total == 0)))
    return _known((ends[0], ends[1]))


def _times(one: Interval, other: Interval) -> Interval:
    lows, highs = [], []
    for a in one:
        for b in other:
            nothing = (a == 0) | (b == 0)
            product = np.where(nothing, 0.0, a * b)
            exact = nothing | (np.abs(a) == 1) | (np.abs(b) == 1)
            lows.append(_down(product, exact))
            highs.append(_up(product, exact))
    return _known((np.min(lows, axis=0), np.max(highs, axis=0)))


def _inverse(one: Interval) -> Interval:
    low, high = one
    apart = (low > 0) | (high < 0)
    ends = np.nextafter(1 / high, -np.inf), np.nextafter(1 / low, np.inf)
    return _known((np.where(apart, ends[0], -np.inf), np.where(apart, ends[1], np.inf)))


def _inverse_of_positive(one: Interval) -> Interval:
    """Return the inverse of the positive numbers of an interval, the slope of a logarithm."""
    inverse = _inverse(one)
    touches = (one[0] <= 0) & (one[1] > 0)
    return np.where(touches, np.maximum(np.nextafter(1 / one[1], -np.inf), 0.0), inverse[0]), inverse[1]


def _wider(low: Array, high: Array) -> Interval:
    """Return bounds widened by the error of a function."""
    return _known((low - ULPS * np.abs(low) - 1e-300, high + ULPS * np.abs(high) + 1e-300))


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
    low, high = one
    if exponent % 2 == 0:
        crosses = (low < 0) & (high > 0)
        least, most = np.minimum(np.abs(low), np.abs(high)), np.maximum(np.abs(low), np.abs(high))
        low, high = np.where(crosses, 0.0, least), most
    power = reduce(_times, [(low, low)] * exponent), reduce(_times, [(high, high)] * exponent)
    return power[0][0], power[1][1]


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


def jet_of(expression: Expression, variables: Sequence[str], given: Sequence[str] = ()) -> Function:
    """Return the bounds of an expression as a function of boxes.

    Parameters
    ----------
    expression : Expression
        In the variables, and in names of further numbers.
    variables, given : names

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> square = jet_of(parse_expression("x^2 - x"), ["x"])
    >>> bounds = square(np.array([[1.0]]), np.array([[2.0]]), np.zeros((1, 0)))
    >>> bool(bounds.low[0] <= 0 <= 2 <= bounds.high[0]), bool(bounds.slope_low[0, 0] >= 0.999)
    (True, True)
    """

    def function(low: Array, high: Array, numbers: Array) -> Jet:
        count = len(low)
        here: dict[str, _Dual] = {
            name: _Dual((low[:, k], high[:, k]), {k: (np.ones(count), np.ones(count))})
            for k, name in enumerate(variables)
        }
        here |= {name: _Dual((numbers[:, k], numbers[:, k]), {}) for k, name in enumerate(given)}
        found = _dual(expression, here, count)
        nothing = np.zeros(count)
        slopes = [found.slopes.get(k, (nothing, nothing)) for k in range(len(variables))]
        return Jet(
            *found.value,
            np.array([slope[0] for slope in slopes]),
            np.array([slope[1] for slope in slopes]),
        )

    return function


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
            return reduce(_product, [_dual(factor, here, count) for factor in factors])
        case Quotient(numerator, denominator):
            above, below = _dual(numerator, here, count), _dual(denominator, here, count)
            inverse = _inverse(below.value)
            falling = _times(_whole_power(inverse, 2), (-np.ones(count), -np.ones(count)))
            return _product(above, _Dual(inverse, below.scaled(falling)))
        case Power(base, Number(value)) if value.denominator == 1:
            one, exponent = _dual(base, here, count), int(value)
            lower = _times(_number(value, count), _whole_power(one.value, exponent - 1))
            return _Dual(_whole_power(one.value, exponent), one.scaled(lower))
        case Power(base, exponent_of):
            one, other = _dual(base, here, count), _dual(exponent_of, here, count)
            logarithm = _Dual(_log(one.value), one.scaled(_inverse_of_positive(one.value)))
            return _of_exp(_product(other, logarithm))
        case Call(function, arguments):
            return _call(function, [_dual(one, here, count) for one in arguments], count)


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
