"""The linearisation within a support: closed forms of its eigenvalues, and when all are stable.

Within the face the Jacobian is J = diag(c)·(diag(x) - x xᵀ)·B, population by population, with speeds c.
Its determinant is that of B times all shares times powers of the speeds (Hofbauer & Sigmund 1998, section
13.4: the Shahshahani metric).  All its eigenvalues have negative real part where the Hurwitz determinants
of its characteristic polynomial are positive (Hurwitz 1895).

When a candidate is asymptotically stable, as a formula in the signs of polynomials.

Eigenvalues within the support must have negative real parts (Hurwitz), and no absent strategy may grow.
Where one or two absent strategies earn exactly as much as those played, the state has a centre manifold in
the face on which they are played too, and there their shares y change as y_j' = y_j (C y)_j to lowest
order, with the Schur complement C of B (Carr 1981, theorem 2).  One of them: C_jj < 0 decides.  Two: the
rays along which the direction of y rests must lead back, which is C_jj < 0, C_kk < 0, and C_jk <= 0 or
C_kj <= 0 or det C > 0.  Rays on which C y = 0 consist of rest points.  Three or more are left open.

With three strategies of one population inside the support a vanishing trace is a centre, never stable
(Hofbauer & Sigmund 1998, sections 4.2 and 7.5); in other supports it is left open.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from flint import fmpq, fmpq_mpoly

from separatrix.analysis.regime_conditions import Formula, SignPolynomials, any_formula, every_formula
from separatrix.analysis.symbolic.cramer import Candidate, oriented
from separatrix.analysis.theorems import LINEARISATION
from separatrix.errors import InputError
from separatrix.exact.algebraic_numbers import Surd, absolute_root
from separatrix.exact.matrices import characteristic, determinant
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.conditions import FALSE, TRUE
from separatrix.expression.tree import Call, Expression, Name, add, divide, multiply, negate, number
from separatrix.run.cached_property import cached_property
from separatrix.sentences import say, together

__all__ = [
    "Attraction",
    "Inner",
    "LONGEST",
    "TooLong",
    "attraction",
    "existence",
    "strict",
]

LONGEST = 4_000
"""Terms of a polynomial past which neither a reader nor z3 can use it."""


class TooLong(Exception):
    """A polynomial that decides stability has more terms than anyone can use."""


@dataclass(frozen=True, eq=False)
class Inner:
    """The eigenvalues of a candidate within its support."""

    candidate: Candidate

    @property
    def dimension(self) -> int:
        """How many there are."""
        return self.candidate.dimension

    @cached_property
    def crossed(self) -> bool:
        """Whether no advantage depends on the own shares, so that the trace vanishes."""
        return len(self.candidate.cones) == 2

    @cached_property
    def jacobian(self) -> list[list[Ratio]]:
        """J in reduced coordinates."""
        reduced, shares = self.candidate.reduced, self.candidate.shares
        table = self.candidate.table
        coordinates = reduced.coordinates
        matrix = reduced.matrix(coordinates, coordinates)
        rows = []
        for k, (i, a) in enumerate(coordinates):
            row = []
            for m in range(len(coordinates)):
                mean = table.ring.constant(0)
                for n, other in enumerate(coordinates):
                    if other[0] == i:
                        mean = mean + _times(shares[other], matrix[n][m])
                row.append(_times(table.speeds[i], _times(shares[i, a], matrix[k][m] - mean)))
            rows.append(row)
        return rows

    @cached_property
    def trace(self) -> Ratio:
        """The sum of the eigenvalues.

        Where one population mixes it is Σ x_a·(B_aa + r_a), because the mean of B x is that of -r.
        """
        candidate = self.candidate
        reduced, table = candidate.reduced, candidate.table
        total = table.ring.constant(0)
        if len(candidate.mixed) == 1:
            for row in reduced.coordinates:
                total = total + candidate.shares[row] * (reduced.entry(row, row) + reduced.constant(row))
            return total * table.speeds[candidate.mixed[0]]
        for k in range(self.dimension):
            total = total + self.jacobian[k][k]
        return total

    @cached_property
    def determinant(self) -> Ratio:
        """The product of the eigenvalues."""
        candidate = self.candidate
        product = candidate.reduced.bordered((), ())
        for i in candidate.mixed:
            for a in candidate.support[i]:
                product = product * candidate.shares[i, a]
            for _ in candidate.support[i][1:]:
                product = product * candidate.table.speeds[i]
        return product

    def eigenvalues(self) -> tuple[Expression, ...] | None:
        """Return them in closed form, for up to two dimensions."""
        if self.dimension == 0:
            return ()
        if self.dimension == 1:
            return (self.determinant.expression(),)
        if self.dimension > 2:
            return None
        trace, product = self.trace, self.determinant
        half = trace.ring.constant(1) / trace.ring.constant(2)
        outer, radicand = _split_root(trace * trace - trace.ring.constant(4) * product)
        middle, distance = trace * half, outer * half
        if radicand.value in (0, 1):
            distance = distance * radicand
            return (middle + distance).expression(), (middle - distance).expression()
        if trace.is_zero:
            whole = distance.numerator.is_constant() and radicand.value is None
            surd = _sqrt((-product).expression()) if whole else _root_expression(distance, radicand)
            return surd, negate(surd)
        below = _common(middle, distance)
        centre, surd = (middle * below).expression(), _root_expression(distance * below, radicand)
        bottom = below.expression()
        return divide(add(centre, surd), bottom), divide(add(centre, negate(surd)), bottom)

    @cached_property
    def hurwitz(self) -> tuple[Ratio, ...]:
        """The Hurwitz determinants 1 to d - 1 of det(λ - J); with (-1)^d·det J > 0 they decide.

        Raises
        ------
        TooLong
            Where one has too many terms.
        """
        d = self.dimension
        if d < 2:
            return ()
        if d == 2:
            return (-self.trace,)
        one = self.candidate.table.ring.constant(1)
        coefficients = self._characteristic(one)
        zero = one - one
        result = []
        for size in range(1, d):
            rows = [
                [
                    coefficients[2 * (c + 1) - (r + 1)] if 0 <= 2 * (c + 1) - (r + 1) <= d else zero
                    for c in range(size)
                ]
                for r in range(size)
            ]
            result.append(_short(determinant(rows, one)))
        return tuple(result)

    def _characteristic(self, one: Ratio) -> list[Ratio]:
        """The coefficients of det(λ - J), that of the highest power first."""
        try:
            jacobian = [[_short(v) for v in row] for row in self.jacobian]
        except InputError as problem:  # more terms than the ring allows
            raise TooLong from problem
        return [one, *characteristic(jacobian, one - one, one, _times, _short)]


def _times(a: Ratio, b: Ratio) -> Ratio:
    if len(a.numerator) * len(b.numerator) > LONGEST**2:
        raise TooLong
    return a * b


def _short(value: Ratio) -> Ratio:
    if len(value.numerator) > LONGEST or len(value.denominator) > LONGEST:
        raise TooLong
    return value


def _split_root(value: Ratio) -> tuple[Ratio, Ratio]:
    """Write a quotient as q²·r, where r is a polynomial without square factors; return q and r."""
    ring = value.ring
    if value.is_zero:
        return ring.constant(1), value
    # sqrt(t/b) = sqrt(t·b)/b.
    constant, factors = (value.numerator * value.denominator).factor()
    outer, rest = ring.one, ring.one
    for factor, exponent in factors:
        outer = outer * factor ** (exponent // 2)
        rest = rest * factor ** (exponent % 2)
    square, left = _square_part(abs(constant))
    one = ring.one
    root = Ratio(ring, outer * square, one) / Ratio(ring, value.denominator, one)
    return root, Ratio(ring, rest * (left if constant > 0 else -left), one)


def _square_part(value: fmpq) -> tuple[fmpq, fmpq]:
    """Write a positive number as q²·r with a whole r without square factors."""
    root = absolute_root(value)
    if isinstance(root, Surd):
        return root.b, fmpq(root.d)
    return root, fmpq(1)


def _common(a: Ratio, b: Ratio) -> Ratio:
    """The least common denominator of two quotients, that of their coefficients included."""
    below = a.denominator * (b.denominator / a.denominator.gcd(b.denominator))
    coefficients = [*a.numerator.to_dict().values(), *b.numerator.to_dict().values()]
    return a.ring.ratio(below * math.lcm(*(int(c.q) for c in coefficients)))


def _root_expression(outer: Ratio, radicand: Ratio) -> Expression:
    """A multiple of a square root; that of a negative number is imaginary."""
    number_inside = radicand.value
    if number_inside is not None and number_inside < 0:
        inside = Name("I") if number_inside == -1 else multiply(_sqrt(number(-number_inside)), Name("I"))
        return multiply(outer.expression(), inside)
    return multiply(outer.expression(), _sqrt(radicand.expression()))


def _sqrt(value: Expression) -> Expression:
    return Call("sqrt", (value,))


@dataclass(frozen=True)
class Attraction:
    """Where a candidate exists and is asymptotically stable, and where that is left open."""

    stable: Formula
    undecided: Formula = FALSE
    why: str = ""


def existence(candidate: Candidate, polynomials: SignPolynomials) -> Formula:
    """Return where the candidate is one point of the open face of its support."""
    parts = []
    for cone in candidate.cones:
        values = list(cone.numerators.values())
        if len(values) == 2:  # kept as a product of two sums
            same = polynomials.sign(values[0] * values[1], ">")
        else:
            same = any_formula(
                *(every_formula(*(polynomials.sign(s * v, ">") for v in values)) for s in (1, -1))
            )
        parts += [polynomials.sign(cone.content.sign_polynomial, "!="), same]
    return every_formula(*parts)


def strict(candidate: Candidate, polynomials: SignPolynomials) -> Formula:
    """Return where a pure profile is a strict Nash equilibrium."""
    return every_formula(
        *(polynomials.sign(candidate.growth(b).sign_polynomial, "<") for b in candidate.absent)
    )


def attraction(candidate: Candidate, polynomials: SignPolynomials, within: bool = True) -> Attraction:
    """Return where a candidate of a game with own play is asymptotically stable.

    Parameters
    ----------
    candidate : Candidate
    polynomials : SignPolynomials
    within : bool
        Whether to include that the eigenvalues within the support have negative real parts; of that the
        sign of their product is always included.

    Raises
    ------
    TooLong
        Where a polynomial that decides has too many terms.
    """
    if len(candidate.cones) == 2:
        # Within the face nobody plays the own population: no mixed state attracts (Ritzberger & Weibull).
        return Attraction(FALSE)
    inner = Inner(candidate)
    branches = [
        _branch(candidate, inner, polynomials, s, within) for s in ((1, -1) if candidate.cones else (1,))
    ]
    whys = dict.fromkeys(b.why for b in branches if b.why)
    return Attraction(
        any_formula(*(b.stable for b in branches)),
        any_formula(*(b.undecided for b in branches)),
        together(whys, "; "),
    )


def _branch(
    candidate: Candidate, inner: Inner, polynomials: SignPolynomials, side: int, within: bool
) -> Attraction:
    """What holds where the common denominator of the shares has the sign `side`."""
    sign = polynomials.sign
    turn = (-1) ** candidate.dimension  # the sign that det B has at a stable state

    def oriented_polynomial(value: Ratio) -> fmpq_mpoly:
        if not candidate.cones:
            return _short_polynomial(value.sign_polynomial)
        return _short_polynomial(oriented(value, candidate.cones[0].denominator, side))

    base: Formula = TRUE
    if candidate.cones:
        (cone,) = candidate.cones
        base = every_formula(
            sign(_short_polynomial(cone.content.sign_polynomial) * (turn * side), ">"),
            *(sign(_short_polynomial(n) * side, ">") for n in cone.numerators.values()),
        )
        if base == FALSE:
            return Attraction(FALSE)
    hurwitz = [oriented_polynomial(h) for h in inner.hurwitz] if within else []
    growth = {b: oriented_polynomial(candidate.growth(b)) for b in candidate.absent}
    attracted = every_formula(base, *(sign(h, ">") for h in hurwitz))
    open_at_zero = within and _open_at_zero(candidate, inner)
    if attracted == FALSE and not open_at_zero:
        return Attraction(FALSE)

    def bordered(rows: tuple[tuple[int, int], ...], columns: tuple[tuple[int, int], ...]) -> fmpq_mpoly:
        value: fmpq_mpoly = (
            _short_polynomial(candidate.reduced.bordered(rows, columns).sign_polynomial) * turn
        )
        return value

    outside = []
    for b, g in growth.items():
        zero = sign(g, "==")
        # C_bb is worked out only where it can matter.
        tied = FALSE if zero == FALSE else every_formula(zero, sign(bordered((b,), (b,)), "<"))
        outside.append(any_formula(sign(g, "<"), tied))
    for j, k in itertools.combinations(growth, 2):
        first, second = sign(growth[j], "<"), sign(growth[k], "<")
        if every_formula(sign(growth[j], "=="), sign(growth[k], "==")) == FALSE:
            continue
        outside.append(
            any_formula(
                first,
                second,
                sign(bordered((j,), (k,)), "<="),
                sign(bordered((k,), (j,)), "<="),
                sign(bordered((j, k), (j, k)), ">"),
            )
        )
    stable = every_formula(attracted, *outside)
    undecided, why = [], []
    for triple in itertools.combinations(growth, 3):
        zero = every_formula(*(sign(growth[b], "==") for b in triple))
        if zero != FALSE:
            tie = every_formula(stable, zero)
            if tie != FALSE:
                undecided.append(tie)
                why.append(say("three strategies that are not played earn exactly as much as those played"))
            stable = every_formula(stable, any_formula(*(sign(growth[b], "<") for b in triple)))
    if open_at_zero:
        undecided.append(
            every_formula(
                base,
                *(sign(h, ">=") for h in hurwitz[:-1]),
                sign(hurwitz[-1], "=="),
                *(sign(g, "<=") for g in growth.values()),
            )
        )
        why.append(say("eigenvalues within the support are imaginary").resting_on(LINEARISATION))
    return Attraction(stable, any_formula(*undecided), together(why, "; "))


def _open_at_zero(candidate: Candidate, inner: Inner) -> bool:
    """Whether imaginary eigenvalues within the support leave stability open."""
    return inner.dimension > 2 or (inner.dimension == 2 and len(candidate.mixed) == 2)


def _short_polynomial(value: fmpq_mpoly) -> fmpq_mpoly:
    if len(value) > LONGEST:
        raise TooLong
    return value
