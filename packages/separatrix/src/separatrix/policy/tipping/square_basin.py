"""The levels at which today's state converges to the target in a square: two populations of two strategies,
by H.

With x' = x(1-x)f(y) and y' = y(1-y)g(x), H = F(y) - G(x) is constant along trajectories, where F(y) = f0 ln
y - f1 ln(1-y) and G(x) = g0 ln x - g1 ln(1-x) (Hofbauer & Sigmund 1998, section 11.2). If a saddle divides
the square, today's state changes sides at the levels at which H(today) = H(saddle). These are enclosed by
Arb: a part of the range on which a ball contains no zero is excluded; on one whose derivative has no zero
there is at most one root, which bisection narrows; others are halved. The derivative of F(y) - F(y*) with
respect to the level is f0' ln(y/y*) - f1' ln((1-y)/(1-y*)), since F is stationary at the saddle.

Elsewhere the outcome changes only where a gain at a corner changes sign, or where today's state passes over a
nullcline: at roots of quotients of polynomials.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import arb, fmpq, fmpq_mpoly

from separatrix.dynamics.bifurcation.continuation import value_at
from separatrix.dynamics.bifurcation.elimination import Face
from separatrix.dynamics.bimatrix_basins import PLACES, SEPARATRIX, outcomes
from separatrix.dynamics.bimatrix_separatrix import Planar
from separatrix.exact.algebraic_numbers import rational
from separatrix.exact.number_field import ends, fraction
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression.precision import precision
from separatrix.policy.tipping.levels import (
    InstrumentLevel,
    LevelCell,
    LevelSet,
    cells_between,
    critical_levels,
    set_where,
)

__all__ = ["SquareGains", "square_basin", "square_gains"]

BITS = 160
"""That balls carry."""

NARROWEST = Fraction(1, 2**44)
"""The part of a cell that is not halved further; if it is still undecided, it is reported so."""

NARROW = Fraction(1, 2**60)
"""The part of a cell to which a root is narrowed."""

MOST_PARTS = 20_000
"""Parts of a cell that are looked at."""


@dataclass(frozen=True, eq=False)
class SquareGains:
    """Speed times gain of the first strategy, at both ends of the other share, as functions of the level.

    ``f`` of the first population where the other's share is 0 and 1, ``g`` of the second.
    """

    f: tuple[Ratio, Ratio]
    g: tuple[Ratio, Ratio]

    def planar(self, level: Fraction) -> Planar:
        """Return the game at a level."""
        at = {self.f[0].ring.names[0]: level}
        f0, f1, g0, g1 = (float(r.evaluate(at)) for r in (*self.f, *self.g))
        return Planar((f0, f1), (g0, g1))


def square_gains(face: Face) -> SquareGains | None:
    """Return the gains on a face on which two populations mix two strategies each; None where not linear.

    That is where payoffs depend on the own share, or are not linear in the other's.
    """
    if face.dimension != 2 or face.free[0][0] == face.free[1][0]:
        return None
    ring = Ring((face.family.over,))
    rows: list[tuple[Ratio, Ratio]] = []
    for own, equation in enumerate(face.equations):
        above, below = equation.numerator.degrees(), equation.denominator.degrees()
        if any(below[:2]) or above[own] > 0 or above[1 - own] > 1:
            return None
        speed = face.speeds[face.free[own][0]]
        full = equation * speed
        first, second = (_at_other(full, 1 - own, end, ring) for end in (0, 1))
        rows.append((first, second))
    return SquareGains(rows[0], rows[1])


def _at_other(value: Ratio, other: int, end: int, ring: Ring) -> Ratio:
    """Return a quotient that holds one share at one end of it, in the ring of the level."""

    def part(polynomial: fmpq_mpoly) -> fmpq_mpoly:
        terms: dict[tuple[int, ...], fmpq] = {}
        for exponents, value in polynomial.to_dict().items():
            if end or not exponents[other]:
                key = (int(exponents[-1]),)
                terms[key] = terms[key] + value if key in terms else value
        return ring.context.from_dict({k: v for k, v in terms.items() if v != 0})

    return ring.ratio(part(value.numerator), part(value.denominator))


def square_basin(
    gains: SquareGains,
    today: tuple[Fraction, Fraction],
    target: tuple[int, int],
    low: Fraction,
    high: Fraction,
) -> LevelSet:
    """Return the levels at which the trajectory from a state inside a square converges to one of its
    corners.

    Parameters
    ----------
    gains : SquareGains
    today : two Fractions
        The shares of the first strategies, strictly between 0 and 1.
    target : two ints
        The shares, 0 or 1, at the corner.
    low, high : Fraction
        The range of levels.
    """
    x, y = today
    across = [_mix(gains.f, y), _mix(gains.g, x)]
    rational_levels = critical_levels([*gains.f, *gains.g, *across], low, high)
    critical: list[InstrumentLevel] = []
    for cell in cells_between(rational_levels.levels, low, high):
        if _beside_separatrix(gains, today, cell.sample):
            critical += _level_with_saddle(gains, today, cell)
    levels = sorted([*rational_levels.levels, *critical], key=lambda level: level.value)
    place = PLACES.index((float(target[0]), float(target[1])))

    def code_in(planar: Planar) -> int:
        return int(outcomes(planar, [float(x)], [float(y)])[0])

    def at_sample(level: Fraction) -> bool | None:
        code = code_in(gains.planar(level))
        return None if code == SEPARATRIX else code == place

    def at_level(level: InstrumentLevel, beside: Fraction) -> bool:
        """At a root of a gain the gain is 0, and all else is as in the neighbouring cell, where no saddle
        passes."""
        if any(level is known for known in critical):
            return False
        signs = [rational_levels.sign(r, level, beside) for r in (*gains.f, *gains.g)]
        if None in signs:
            return False
        at = {gains.f[0].ring.names[0]: level.low}
        f0, f1, g0, g1 = (
            float(r.evaluate(at)) if sign else 0.0
            for r, sign in zip((*gains.f, *gains.g), signs, strict=True)
        )
        return code_in(Planar((f0, f1), (g0, g1))) == place

    return set_where(cells_between(levels, low, high), at_sample, at_level)


def _mix(pair: tuple[Ratio, Ratio], share: Fraction) -> Ratio:
    ring = pair[0].ring
    return pair[0] * ring.constant(1 - share) + pair[1] * ring.constant(share)


def _beside_separatrix(gains: SquareGains, today: tuple[Fraction, Fraction], level: Fraction) -> bool:
    """Whether a saddle divides the square at a level, and today's state lies where its stable arms run.

    Where a population ties at one end of the other's share, a rest point there takes the saddle's place.
    """
    at = {gains.f[0].ring.names[0]: level}
    f0, f1, g0, g1 = (r.evaluate(at) for r in (*gains.f, *gains.g))
    if f0 * f1 > 0 or g0 * g1 > 0 or (f1 - f0) * (g1 - g0) <= 0:
        return False
    beyond_x = today[0] - g0 / (g0 - g1)
    beyond_y = today[1] - f0 / (f0 - f1)
    # The arms fall where each population gains by the first strategy beside many, and else they rise.
    return beyond_x * beyond_y * (f1 - f0) < 0


# --------------------------------------------------------------------------- H(today) = H(saddle)


@dataclass(frozen=True)
class _Start:
    """Today's state, and the signs of f1 - f0 and g1 - g0 in a cell."""

    x: Fraction
    y: Fraction
    f_sign: int
    g_sign: int


def _level_with_saddle(
    gains: SquareGains, state: tuple[Fraction, Fraction], cell: LevelCell
) -> list[InstrumentLevel]:
    """Return every level of a cell at which today's state is level with the saddle.

    If a part too small to halve may contain a zero, it counts as a level that is not certain; near an end
    of the cell, which is critical itself, it counts as that end.
    """
    first, last = cell.low.high, cell.high.low
    whole = last - first
    at = {gains.f[0].ring.names[0]: cell.sample}
    rises = (pair[1].evaluate(at) > pair[0].evaluate(at) for pair in (gains.f, gains.g))
    today = _Start(*state, *(1 if up else -1 for up in rises))
    found: list[InstrumentLevel] = []
    slivers: list[tuple[Fraction, Fraction]] = []
    parts = [(first, last)]
    looked = 0
    with precision(BITS):
        probes = (first + whole * k / 7 for k in (1, 3, 5))
        if all(_difference(gains, today, level, level).contains(0) for level in probes):
            return []  # today's state lies on the separatrix at all levels
        while parts:
            low, high = parts.pop()
            looked += 1
            if not _difference(gains, today, low, high).contains(0):
                continue
            if not _slope(gains, today, low, high).contains(0):
                at_low, at_high = (_difference(gains, today, v, v) for v in (low, high))
                if not (at_low.contains(0) or at_high.contains(0)):
                    if (at_low > 0) != (at_high > 0):
                        found.append(_narrowed(gains, today, low, high, whole * NARROW))
                    continue
            if high - low <= whole * NARROWEST or looked > MOST_PARTS:
                slivers.append((low, high))
                continue
            middle = fraction(rational(low) + (rational(high) - rational(low)) * fmpq(509, 1024))
            parts += [(low, middle), (middle, high)]
    for low, high in _merge_intervals(slivers):
        if (low > first and high < last) or high - low > 2 * whole * NARROWEST:
            found.append(InstrumentLevel(float((low + high) / 2), low, high, certain=False))
    return found


def _merge_intervals(parts: list[tuple[Fraction, Fraction]]) -> list[tuple[Fraction, Fraction]]:
    joined: list[tuple[Fraction, Fraction]] = []
    for low, high in sorted(parts):
        if joined and joined[-1][1] >= low:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return joined


def _narrowed(
    gains: SquareGains, today: _Start, low: Fraction, high: Fraction, width: Fraction
) -> InstrumentLevel:
    """Return the one root between two levels at which the difference has different signs."""
    rises = _difference(gains, today, high, high) > 0
    while high - low > width:
        middle = (low + high) / 2
        there = _difference(gains, today, middle, middle)
        if there.contains(0):
            break
        low, high = (low, middle) if (there > 0) == rises else (middle, high)
    return InstrumentLevel(float((low + high) / 2), low, high)


def _difference(gains: SquareGains, today: _Start, low: Fraction, high: Fraction) -> arb:
    """Return a ball around F(y) - F(y*) - (G(x) - G(x*)) at levels between two."""
    level = _ball(low, high)
    if not all(_ratio_ball(r, level).is_finite() for r in (*gains.f, *gains.g)):
        return arb(0, 1)  # beside a pole nothing is known
    return _rise(gains.f, today.y, today.f_sign, level) - _rise(gains.g, today.x, today.g_sign, level)


def _rise(pair: tuple[Ratio, Ratio], share: Fraction, sign: int, level: arb) -> arb:
    """Return a ball around how far a part of H has risen from the saddle to a share.

    r0 ln(z/z*) - r1 ln((1-z)/(1-z*)) with z* = r0/(r0-r1); written with u ln u, which has a limit at u = 0.
    """
    r0, r1 = _ratio_ball(pair[0], level), _ratio_ball(pair[1], level)
    z = arb(rational(share))
    a, b = -r0 * sign, r1 * sign  # the absolute values
    inside = _entropy(a) + _entropy(b) - _entropy(a + b)
    return sign * (inside - a * z.log() - b * (1 - z).log())


def _slope(gains: SquareGains, today: _Start, low: Fraction, high: Fraction) -> arb:
    """Return a ball around the derivative of `_difference` by the level."""
    level = _ball(low, high)
    total = arb(0)
    for (r0, r1), share, sign in ((gains.f, today.y, 1), (gains.g, today.x, -1)):
        a, b = _ratio_ball(r0, level), _ratio_ball(r1, level)
        if not (a.is_finite() and b.is_finite()):
            return arb(0, 1)
        z = arb(rational(share))
        at_saddle = a / (a - b)
        for value, own, saddle, side in ((r0, z, at_saddle, sign), (r1, 1 - z, 1 - at_saddle, -sign)):
            if value.is_zero:
                continue  # a tie at all levels moves nothing
            if not saddle > 0:
                return arb(0, 1)  # nothing is known
            total += side * _ratio_ball(value.derivative(0), level) * (own / saddle).log()
    return total


def _entropy(u: arb) -> arb:
    """Return a ball around u ln u for a ball that reaches to numbers >= 0; 0 at 0."""
    if u > 0:
        return u * u.log()
    top = arb(ends(u)[1])
    if not top > 0:
        return arb(0)
    turn = (-arb(1)).exp()
    lowest = top * top.log() if top < turn else -turn
    highest = top * top.log() if top > 1 else arb(0)
    return lowest.union(highest)


def _ratio_ball(value: Ratio, level: arb) -> arb:
    return value_at(value.numerator, [level]) / value_at(value.denominator, [level])


def _ball(low: Fraction, high: Fraction) -> arb:
    return arb(rational(low)).union(arb(rational(high)))
