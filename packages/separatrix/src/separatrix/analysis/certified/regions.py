"""Parts of a rest set on which polynomials have signs: a state, a stretch of a curve, part of a face.

A theorem about single states decides a whole part at once if every sign that it uses is the same throughout.
Where one changes, the part can be cut there.

Whether polynomials take given signs together somewhere inside a face, by z3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from flint import fmpq, fmpq_mpoly, fmpq_poly

from separatrix.analysis.branch_and_prune.faces import FaceSystem, remainder
from separatrix.analysis.branch_and_prune.krawczyk import CertifiedRoot
from separatrix.analysis.branch_and_prune.rest_sets import Patch, RestCurve
from separatrix.exact.algebraic_numbers import HIGHEST, Exact, distinct_in_order, rational_between, real_roots
from separatrix.exact.bernstein import bases_of, coefficients
from separatrix.expression.conditions import OPERATORS
from separatrix.expression.satisfiability import ask, comparison, term
from separatrix.run.cached_property import cached_property

__all__ = [
    "OnFace",
    "OnStretch",
    "Region",
    "Single",
    "occurs",
]

MOST_UNKNOWN = 2  # questions about a part that z3 gives up before it is asked no more


class Region(Protocol):
    """Part of a rest set, on which polynomials in the free shares of its face have signs."""

    @property
    def system(self) -> FaceSystem:
        """The face that holds it."""

    def sign(self, polynomial: fmpq_mpoly) -> int | None:
        """Return the sign throughout; None where it changes, or is not certain."""


@dataclass(frozen=True, eq=False)
class Single:
    """A single state."""

    root: CertifiedRoot

    @property
    def system(self) -> FaceSystem:
        """The face that holds it."""
        return self.root.system

    def sign(self, polynomial: fmpq_mpoly) -> int | None:
        """Return the sign there."""
        try:
            return self.root.sign(polynomial)
        except ValueError:  # coordinates of different quadratic fields
            return None


@dataclass(frozen=True, eq=False)
class OnStretch:
    """An open stretch of a curve: a patch of dimension one, and the curve that it holds."""

    patch: Patch
    curve: RestCurve

    @property
    def system(self) -> FaceSystem:
        """The face that holds it."""
        return self.patch.system

    @cached_property
    def middle(self) -> fmpq:
        """A parameter between its ends."""
        return rational_between(self.curve.low, self.curve.high)

    @cached_property
    def anywhere(self) -> CertifiedRoot:
        """A state of it."""
        return CertifiedRoot.at_exactly(self.system, self.curve.at(self.middle))

    def in_parameter(self, polynomial: fmpq_mpoly) -> fmpq_poly:
        """Return a polynomial in the parameter that has the same sign on the stretch."""
        return self.all_along([polynomial])[0]

    def all_along(self, polynomials: Sequence[fmpq_mpoly]) -> list[fmpq_poly]:
        """Return polynomials in the parameter, all times one function that is positive on the stretch."""
        curve, variables = self.curve, self.system.variables
        terms = [polynomial.to_dict() for polynomial in polynomials]
        most = [max((int(e[v]) for t in terms for e in t), default=0) for v in variables]
        # the denominators keep their signs on the curve
        turn = fmpq(1)
        for below, power in zip(curve.below, most, strict=True):
            if power % 2 and below(self.middle) < 0:
                turn = -turn
        result = []
        for part in terms:
            total = fmpq_poly()
            for exponents, value in part.items():
                term = fmpq_poly([value * turn])
                for k, v in enumerate(variables):
                    e = int(exponents[v])
                    term = term * curve.above[k] ** e * curve.below[k] ** (most[k] - e)
                total = total + term
            result.append(total)
        return result

    def breaks(self, polynomial: fmpq_mpoly) -> list[Exact]:
        """Return the parameters strictly inside at which a polynomial vanishes, ascending.

        Raises
        ------
        ArithmeticError
            Where one of them is algebraic of a degree above `HIGHEST`.
        """
        curve = self.curve
        coefficients = [fmpq(c) for c in self.in_parameter(polynomial).coeffs()]
        return distinct_in_order(real_roots(coefficients, curve.low, curve.high, HIGHEST))

    def sign(self, polynomial: fmpq_mpoly) -> int | None:
        """Return the sign throughout."""
        value = self.in_parameter(polynomial)
        if value.degree() < 0:
            return 0
        try:
            if self.breaks(polynomial):
                return None
        except ArithmeticError:
            return None
        at = value(self.middle)
        return 1 if at > 0 else -1


@dataclass(frozen=True, eq=False)
class OnFace:
    """The states of a face at which some polynomials vanish and others are positive.

    Signs come from the zeros of the equations where these decide them, else from the SMT solver.
    """

    patch: Patch

    @property
    def system(self) -> FaceSystem:
        """The face."""
        return self.patch.system

    @cached_property
    def _sign_cache(self) -> dict[str, int | None]:
        """Signs of irreducible polynomials that were computed or that define the part."""
        known: dict[str, int | None] = {}
        for polynomials, turn in ((self.patch.positive, 1), (self.patch.equations, 0)):
            for polynomial in polynomials:
                if len(polynomial.factor()[1]) == 1:
                    lead = polynomial.leading_coefficient()
                    known[str(polynomial / lead)] = turn if lead > 0 else -turn
        return known

    @cached_property
    def _at_zeros(self) -> dict[str, tuple[int, ...] | None]:
        """Signs at the zeros in the part, as far as they were computed."""
        return {}

    @cached_property
    def _zeros(self) -> tuple[CertifiedRoot, ...] | None:
        """The zeros of the equations that lie in the part; None where they are not known."""
        zeros, patch = self.patch.zeros, self.patch
        bounds = [*((f, 0) for f in patch.equations), *((f, 1) for f in patch.positive)]
        for polynomial, turn in bounds:
            signs = None if zeros is None else _signs(zeros, polynomial)
            if zeros is None or signs is None:
                return None
            zeros = tuple(root for root, sign in zip(zeros, signs, strict=True) if sign == turn)
        return zeros

    def _signs_at_zeros(self, polynomial: fmpq_mpoly) -> tuple[int, ...] | None:
        """Return the signs at the zeros that lie in the part; None where they are not known."""
        if self._zeros is None:
            return None
        key = str(polynomial)
        if key not in self._at_zeros:
            self._at_zeros[key] = _signs(self._zeros, polynomial)
        return self._at_zeros[key]

    @cached_property
    def _too_hard(self) -> list[Sequence[fmpq_mpoly]]:
        """What z3 was asked in vain."""
        return []

    def sign(self, polynomial: fmpq_mpoly) -> int | None:
        """Return the sign throughout."""
        polynomial = remainder(polynomial, self.patch.equations)
        if not polynomial:
            return 0
        constant, factors = polynomial.factor()
        turns = [self._irreducible(f) for f, power in factors]
        if 0 in turns:
            return 0
        total = 1 if constant > 0 else -1
        for turn, (_, power) in zip(turns, factors, strict=True):
            if turn is None:
                return None
            total *= turn**power
        return total

    def changing(self, polynomial: fmpq_mpoly) -> list[fmpq_mpoly]:
        """Return the factors whose signs change, or are not certain."""
        rest = remainder(polynomial, self.patch.equations)
        return [f for f, _ in rest.factor()[1] if self._irreducible(f) is None]

    def core(self, polynomial: fmpq_mpoly) -> fmpq_mpoly:
        """Return a polynomial with the same signs, without the factors that keep theirs."""
        constant, factors = remainder(polynomial, self.patch.equations).factor()
        result = self.system.field.ring.one * (1 if constant > 0 else -1)
        for factor, power in factors:
            turn = self._irreducible(factor)
            result = result * (factor if turn is None else turn) ** (2 - power % 2)
        return result

    def _irreducible(self, polynomial: fmpq_mpoly) -> int | None:
        lead = polynomial.leading_coefficient()
        key = str(polynomial / lead)
        if key not in self._sign_cache:
            self._sign_cache[key] = self._sign(polynomial / lead)
        turn = self._sign_cache[key]
        return turn if turn is None or lead > 0 else -turn

    def _sign(self, polynomial: fmpq_mpoly) -> int | None:
        spans = self.system.spans
        values = coefficients(spans, bases_of(spans, [polynomial]), polynomial)
        low, high = min(values.flat), max(values.flat)
        if low >= 0 or high <= 0:
            return 1 if high > 0 else -1
        told = self._signs_at_zeros(polynomial)
        if told is not None:
            return told[0] if len(set(told)) == 1 else None
        found: list[int] = []
        for turn in (1, -1, 0):
            answer = self.occurs([polynomial], [turn])
            if answer is None:
                return None
            if answer:
                found.append(turn)
            if len(found) > 1:
                return None
        return found[0] if found else None

    def occurs(self, polynomials: Sequence[fmpq_mpoly], signs: Sequence[int]) -> bool | None:
        """Return whether polynomials have the given signs together somewhere; None where z3 does not know."""

        told = [self._signs_at_zeros(polynomial) for polynomial in polynomials]
        if None not in told and self._zeros is not None:
            return tuple(signs) in zip(*(t for t in told if t is not None), strict=True)
        if len(self._too_hard) >= MOST_UNKNOWN:
            return None
        patch = self.patch
        known = [0] * len(patch.equations) + [1] * len(patch.positive)
        answer = occurs(self.system, [*patch.equations, *patch.positive, *polynomials], [*known, *signs])
        if answer is None:
            self._too_hard.append(polynomials)
        return answer

    def part(self, polynomials: Sequence[fmpq_mpoly], signs: Sequence[int]) -> Patch:
        """Return the states at which polynomials have the given signs."""
        levels = tuple(f for f, s in zip(polynomials, signs, strict=True) if s == 0)
        sides = tuple(f * s for f, s in zip(polynomials, signs, strict=True) if s)
        patch = self.patch
        # an equation of which a new one is a factor says nothing more
        kept = tuple(e for e in patch.equations if not any(_divides(f, e) for f in levels))
        return replace(
            patch,
            dimension=len(self.system.free) - len(kept) - len(levels),
            equations=(*kept, *levels),
            positive=(*patch.positive, *sides),
            corners=(),
            whole=False,
            known_closure=False,
            sample=None,
        )


def _signs(zeros: Sequence[CertifiedRoot], polynomial: fmpq_mpoly) -> tuple[int, ...] | None:
    """Return the signs at zeros; None where a share that they leave open occurs, or one is not certain."""
    signs: list[int] = []
    for root in zeros:
        used = (v for v, degree in enumerate(polynomial.degrees()) if degree)
        try:
            sign = root.sign(polynomial) if set(used) <= set(root.system.variables) else None
        except ValueError:  # coordinates of different quadratic fields
            sign = None
        if sign is None:
            return None
        signs.append(sign)
    return tuple(signs)


def _divides(factor: fmpq_mpoly, polynomial: fmpq_mpoly) -> bool:
    return bool(polynomial.gcd(factor) == factor / factor.leading_coefficient())


PATIENCE = 2.0  # seconds of z3's effort for a question


def occurs(system: FaceSystem, polynomials: Sequence[fmpq_mpoly], signs: Sequence[int]) -> bool | None:
    """Return whether some state inside a face gives polynomials in its free shares the given signs.

    None where z3 does not know.
    """
    share = {v: f"x{v}" for v in system.variables}
    conditions = [comparison(x, ">") for x in share.values()]
    for q, played in enumerate(system.face):
        mine = [share[v] for v, (p, _) in zip(system.variables, system.free, strict=True) if p == q]
        if len(played) > 1:
            conditions.append(comparison(f"(+ {' '.join(mine)} (- 1.0))", "<"))
    for polynomial, sign in zip(polynomials, signs, strict=True):
        names = [share.get(v, "") for v in range(polynomial.context().nvars())]
        conditions.append(comparison(term(polynomial, names), OPERATORS[frozenset((sign,))]))
    verdict = ask(list(share.values()), conditions, PATIENCE).verdict
    return None if verdict == "unknown" else verdict == "sat"
