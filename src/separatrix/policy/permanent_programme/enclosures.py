"""What a function and its slopes can be while levels lie in a box: certain bounds, by balls.

Values and derivatives are carried through an expression together (automatic differentiation, forward mode) in
Arb's balls, whose errors are bounds (Johansson 2017).  A bound that is not finite says that nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, fmpq

from separatrix.expression.precision import precision
from separatrix.expression.tree import Call, Expression, Name, Number, Power, Product, Quotient, Sum

__all__ = ["RISE", "Enclosure", "enclosure", "sign_at"]

RISE = "rise"
"""A function that no file can name: down·ln(p/x) + up·ln((1 - p)/(1 - x)) of down, up > 0 and a number x,
where p = down/(down + up): by how much a part of H lies above its bottom
(`separatrix.dynamics.two_by_two`)."""

Interval = tuple[Fraction, Fraction]

BITS = 64
"""Of the balls of a box. Fewer: the bounds are wider, and more boxes are searched."""

FINE_BITS = 256
"""Of the balls at a point: a value nearer to zero than two to this power counts as not told."""


@dataclass(frozen=True)
class Enclosure:
    """Bounds of a function in a box.

    Attributes
    ----------
    low, high : fmpq or None
        Of its values; None where there is no finite bound.
    slopes : tuple of (fmpq, fmpq), or None
        Of its derivatives by each level; None where one of them has no finite bound.
    """

    low: fmpq | None
    high: fmpq | None
    slopes: tuple[tuple[fmpq, fmpq], ...] | None


@dataclass(frozen=True)
class _Jet:
    """A value and its derivatives."""

    value: arb
    slopes: tuple[arb, ...]


def enclosure(expression: Expression, levels: Sequence[str], box: Sequence[Interval]) -> Enclosure:
    """Return bounds of a function of levels in a box.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> found = enclosure(parse_expression("s*(2 - s)"), ["s"], [(Fraction(0), Fraction(1))])
    >>> found.low <= 0, found.high >= 1, [a >= -1 and b <= 3 for a, b in found.slopes]
    (True, True, [True])
    """
    with precision(BITS):
        jets = {}
        for k, (name, (low, high)) in enumerate(zip(levels, box, strict=True)):
            value = _ball(low) if low == high else _ball(low).union(_ball(high))
            jets[name] = _Jet(value, tuple(arb(int(j == k)) for j in range(len(levels))))
        found = _jet(expression, jets, len(levels))
        low_end, high_end = _ends(found.value)
        slopes = [_ends(slope) for slope in found.slopes]
    known = tuple((a, b) for a, b in slopes if a is not None and b is not None)
    return Enclosure(low_end, high_end, known if len(known) == len(slopes) else None)


def sign_at(expression: Expression, levels: Sequence[str], point: Sequence[Fraction]) -> int | None:
    """Return the certain sign of a function at levels; None where it cannot be told from zero.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> sign_at(parse_expression("log(2) - s"), ["s"], [Fraction(7, 10)])
    -1
    """
    with precision(FINE_BITS):
        jets = {name: _Jet(_ball(value), ()) for name, value in zip(levels, point, strict=True)}
        value = _jet(expression, jets, 0).value
        if not value.is_finite():
            return None
        return 1 if value > 0 else -1 if value < 0 else 0 if value == 0 else None


def _ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def _ends(value: arb) -> tuple[fmpq | None, fmpq | None]:
    if not value.is_finite():
        return None, None
    return _exact(value.lower()), _exact(value.upper())


def _exact(end: arb) -> fmpq:
    mantissa, exponent = end.man_exp()
    whole, power = int(mantissa), int(exponent)
    return fmpq(whole * 2**power) if power >= 0 else fmpq(whole, 2**-power)


def _jet(expression: Expression, known: Mapping[str, _Jet], n: int) -> _Jet:
    none = tuple(arb(0) for _ in range(n))
    match expression:
        case Number(value):
            return _Jet(_ball(value), none)
        case Name(name):
            return known[name]
        case Sum(terms):
            parts = [_jet(term, known, n) for term in terms]
            return _Jet(
                sum((p.value for p in parts), arb(0)),
                tuple(sum((p.slopes[j] for p in parts), arb(0)) for j in range(n)),
            )
        case Product(factors):
            result = _Jet(arb(1), none)
            for factor in factors:
                result = _times(result, _jet(factor, known, n))
            return result
        case Quotient(numerator, denominator):
            below = _jet(denominator, known, n)
            inverse = 1 / below.value
            turned = -inverse * inverse
            return _times(_jet(numerator, known, n), _Jet(inverse, tuple(turned * s for s in below.slopes)))
        case Power(base, exponent):
            return _power(_jet(base, known, n), _jet(exponent, known, n), exponent)
        case Call(function, arguments):
            return _FUNCTIONS[function]([_jet(a, known, n) for a in arguments])


def _times(one: _Jet, other: _Jet) -> _Jet:
    slopes = tuple(a * other.value + one.value * b for a, b in zip(one.slopes, other.slopes, strict=True))
    return _Jet(one.value * other.value, slopes)


def _through(argument: _Jet, value: arb, slope: arb) -> _Jet:
    return _Jet(value, tuple(slope * s for s in argument.slopes))


def _power(base: _Jet, exponent: _Jet, told: Expression) -> _Jet:
    if isinstance(told, Number) and told.value.denominator == 1:
        times = int(told.value)
        value = base.value**times
        return _through(base, value, times * base.value ** (times - 1) if times else arb(0))
    logarithm = base.value.log()
    value = (exponent.value * logarithm).exp()
    slopes = tuple(
        value * (e * logarithm + exponent.value * b / base.value)
        for e, b in zip(exponent.slopes, base.slopes, strict=True)
    )
    return _Jet(value, slopes)


def _extreme(parts: Sequence[_Jet], largest: bool) -> _Jet:
    """The largest or the least of several values; where that is not certain, its slopes are those of any."""
    result = parts[0]
    for part in parts[1:]:
        if part.value > result.value:
            result = part if largest else result
        elif part.value < result.value:
            result = result if largest else part
        else:
            value = result.value.max(part.value) if largest else result.value.min(part.value)
            slopes = zip(result.slopes, part.slopes, strict=True)
            result = _Jet(value, tuple(a.union(b) for a, b in slopes))
    return result


def _exponential(parts: Sequence[_Jet]) -> _Jet:
    value = parts[0].value.exp()
    return _through(parts[0], value, value)


def _logarithm(parts: Sequence[_Jet]) -> _Jet:
    return _through(parts[0], parts[0].value.log(), 1 / parts[0].value)


def _root(parts: Sequence[_Jet]) -> _Jet:
    value = parts[0].value.sqrt()
    return _through(parts[0], value, 1 / (2 * value))


def _binomial(parts: Sequence[_Jet]) -> _Jet:
    above, below = parts
    chosen = below.value.unique_fmpz()
    if chosen is None or any(s != 0 for part in parts for s in part.slopes):
        unknown = arb.nan()
        return _Jet(unknown, tuple(unknown for _ in above.slopes))
    return _Jet(above.value.bin(int(chosen)), above.slopes)


def _rise(parts: Sequence[_Jet]) -> _Jet:
    """Its derivatives by down and up are the two logarithms: what else there is cancels."""
    down, up, share = parts
    first = -(share.value * (1 + up.value / down.value)).log()
    second = -((1 - share.value) * (1 + down.value / up.value)).log()
    slopes = zip(down.slopes, up.slopes, strict=True)
    return _Jet(down.value * first + up.value * second, tuple(first * d + second * u for d, u in slopes))


_FUNCTIONS: Mapping[str, Callable[[Sequence[_Jet]], _Jet]] = {
    "exp": _exponential,
    "log": _logarithm,
    "sqrt": _root,
    "min": lambda parts: _extreme(parts, False),
    "max": lambda parts: _extreme(parts, True),
    "binomial": _binomial,
    RISE: _rise,
}
