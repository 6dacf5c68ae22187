"""What the assumptions say: signs that follow at sight, and conditions from which z3 deduces others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from flint import fmpq_mpoly

from separatrix.errors import InputError
from separatrix.exact.rational_functions import Ratio, Ring, polynomial_expression
from separatrix.expression import satisfiability
from separatrix.expression.conditions import (
    FALSE,
    MIRRORED,
    SIGNS,
    STRICT,
    TRUE,
    Condition,
    Relation,
    all_of,
    any_of,
    fold,
    leaves,
)
from separatrix.expression.tree import Expression, multiply, number, power, to_text
from separatrix.game.model import Game
from separatrix.run.cached_property import cached_property
from separatrix.run.limits import afresh

__all__ = ["Assumptions", "require_consistent"]

EFFORT, AT_MOST = 1.0, 5.0
"""Seconds of z3's effort, and by the clock, for the question whether the assumptions can hold."""

Signs = frozenset[int]
ANY: Signs = frozenset((-1, 0, 1))
POSITIVE: Signs = frozenset((1,))


class Assumptions:
    """The admissible parameters of a game.

    Parameters
    ----------
    game : Game
    ring : Ring
        In the game's parameters.
    """

    def __init__(self, game: Game, ring: Ring) -> None:
        self.ring = ring
        known: dict[str, Ratio] = {}
        for name, meaning in game.lets.items():
            if name not in game.moving_lets:
                known[name] = ring.read(meaning, known)
        self.relations: list[tuple[fmpq_mpoly, str]] = []
        self._terms: list[str] = []
        for condition, _ in game.assumptions:
            for relation in _relations(condition):
                difference = ring.read(relation.left, known) - ring.read(relation.right, known)
                self.relations.append((difference.sign_polynomial, relation.operator))
        self._signs: dict[str, Signs] = {}
        for polynomial, operator in self.relations:
            self._narrow(polynomial, operator)

    def _narrow(self, polynomial: fmpq_mpoly, operator: str) -> None:
        key, flip = self._key(polynomial)
        allowed = SIGNS[MIRRORED[operator] if flip < 0 else operator]
        self._signs[key] = self._signs.get(key, ANY) & allowed

    def exclude_poles(self, poles: Iterable[fmpq_mpoly]) -> list[fmpq_mpoly]:
        """Assume that denominators are not zero; return those for which this is a new assumption."""
        new = [p for p in poles if self.relation(p, "!=") != TRUE]
        for pole in new:
            self.relations.append((pole, "!="))
            self._narrow(pole, "!=")
        return new

    def assume(self, polynomials: Iterable[fmpq_mpoly], operator: str) -> None:
        """Assume a sign of polynomials in addition to what the game's file assumes."""
        for polynomial in polynomials:
            if not polynomial.is_constant():
                self.relations.append((polynomial, operator))
                self._narrow(polynomial, operator)

    @staticmethod
    def _key(polynomial: fmpq_mpoly) -> tuple[str, int]:
        """A name that a polynomial shares with its multiples, and the sign of the multiple."""
        if not polynomial:
            return "0", 1
        lead = polynomial.leading_coefficient()
        return str(polynomial / lead), 1 if lead > 0 else -1

    # ----------------------------------------------------------------- signs at sight

    def signs(self, polynomial: fmpq_mpoly) -> Signs:
        """Return a set that holds every sign the polynomial can have; found without z3."""
        if polynomial.is_constant():
            value = polynomial.leading_coefficient() if polynomial else 0
            return frozenset((1 if value > 0 else -1 if value < 0 else 0,))
        key, flip = self._key(polynomial)
        direct = frozenset(flip * s for s in self._signs.get(key, ANY))
        if direct != ANY or len(polynomial) == 1:
            return direct if len(polynomial) > 1 else direct & self._monomial_signs(polynomial)
        bases = self._variable_signs()
        coefficients = polynomial.coeffs()
        if all(base == POSITIVE for base in bases):
            # Long polynomials come mostly so, and their exponents would take longer to read than all else.
            seen = {1 if c > 0 else -1 for c in coefficients}
            return ANY if len(seen) > 1 else frozenset(seen)
        total: set[int] = set()
        strict = False
        for exponents, coefficient in zip(polynomial.monoms(), coefficients, strict=True):
            term = _term_signs(exponents, bases)
            total.update(term if coefficient > 0 else (-s for s in term))
            if {-1, 1} <= total:
                return ANY
            strict = strict or 0 not in term
        # Terms of one sign: zero only if all of them can be zero.
        return frozenset(s for s in total if s or not strict)

    def _monomial_signs(self, polynomial: fmpq_mpoly) -> Signs:
        ((exponents, coefficient),) = polynomial.to_dict().items()
        signs = _term_signs(exponents, self._variable_signs())
        return frozenset(signs if coefficient > 0 else (-s for s in signs))

    @cached_property
    def _variable_keys(self) -> list[str]:
        return [self._key(variable)[0] for variable in self.ring.context.gens()]

    def _variable_signs(self) -> list[Signs]:
        return [self._signs.get(key, ANY) for key in self._variable_keys]

    def vanishes(self, polynomial: fmpq_mpoly) -> bool:
        """Return whether a polynomial is zero for all parameters, whatever is assumed of them."""
        return not polynomial

    def stripped(self, polynomial: fmpq_mpoly) -> tuple[int, list[tuple[fmpq_mpoly, int]]]:
        """Return the sign of the factors that have one for sure, and the others.

        The others are irreducible with positive leading coefficient, each with exponent 1 (odd) or 2
        (even).  A sign of 0 means that the polynomial vanishes.
        """
        if not polynomial:
            return 0, []
        constant, factors = polynomial.factor()
        sign = 1 if constant > 0 else -1
        rest: list[tuple[fmpq_mpoly, int]] = []
        for factor, exponent in factors:
            if factor.leading_coefficient() < 0:
                factor, sign = -factor, -sign if exponent % 2 else sign
            signs = self.signs(factor)
            if signs == {0}:
                return 0, []
            if len(signs) == 1:
                sign *= min(signs) if exponent % 2 else 1
            elif exponent % 2 or 0 in signs:
                rest.append((factor, 1 if exponent % 2 else 2))
        return sign, rest

    # ----------------------------------------------------------------- conditions

    def relation(self, polynomial: fmpq_mpoly, operator: str) -> Condition:
        """Return the condition ``polynomial operator 0`` without the factors whose sign is known."""
        return self.compared(*self.stripped(polynomial), operator)

    def compared(self, sign: int, rest: list[tuple[fmpq_mpoly, int]], operator: str) -> Condition:
        """Return the condition that a sign times some factors compares so with 0; see `stripped`."""
        if not rest:
            return TRUE if sign in SIGNS[operator] else FALSE
        if operator in ("==", "!="):
            parts = [Relation(polynomial_expression(self.ring, f), operator, number(0)) for f, _ in rest]
            return any_of(*parts) if operator == "==" else all_of(*parts)
        possible = self._product_signs(sign, rest)
        if possible <= SIGNS[operator]:
            return TRUE
        if not possible & SIGNS[operator]:
            return FALSE
        factors: list[Expression] = []
        for factor, exponent in rest:
            expression = polynomial_expression(self.ring, factor)
            first = polynomial_first_sign(self.ring, factor)
            if first < 0 and exponent == 1:
                expression, sign = polynomial_expression(self.ring, -factor), -sign
            factors.append(power(expression, exponent))
        if sign < 0:
            operator = MIRRORED[operator]
        return Relation(multiply(*factors), operator, number(0))

    def _product_signs(self, sign: int, rest: list[tuple[fmpq_mpoly, int]]) -> Signs:
        result = {sign}
        for factor, exponent in rest:
            result = {a * b**exponent for a in result for b in self.signs(factor)}
        return frozenset(result)

    # ----------------------------------------------------------------- for z3

    @property
    def variables(self) -> list[str]:
        """How the parameters are called in conditions for z3."""
        return [f"v{k}" for k in range(len(self.ring.names))]

    def term(self, polynomial: fmpq_mpoly) -> str:
        """Return a polynomial as a term for z3; a positive multiple of it."""
        return satisfiability.term(polynomial, self.variables)

    def constraints(self, interior: bool = False) -> list[str]:
        """Return the assumptions for z3; with `interior`, those that are not equations made strict."""
        self._terms.extend(self.term(p) for p, _ in self.relations[len(self._terms) :])
        return [
            satisfiability.comparison(term, STRICT[o] if interior else o)
            for term, (_, o) in zip(self._terms, self.relations, strict=True)
        ]

    def by_parameter(self, values: Mapping[str, Fraction]) -> dict[str, Fraction]:
        """Return values of z3's variables as values of the parameters."""
        return {name: values[v] for name, v in zip(self.ring.names, self.variables, strict=True)}


def polynomial_first_sign(ring: Ring, polynomial: fmpq_mpoly) -> int:
    """Return the sign of the first term in the ring's order."""
    first = max(polynomial.to_dict())
    return 1 if polynomial.to_dict()[first] > 0 else -1


def _term_signs(exponents: Sequence[int], bases: Sequence[Signs]) -> set[int]:
    """Every sign that a product of powers can have."""
    result = {1}
    for base, exponent in zip(bases, exponents, strict=True):
        if exponent and base != POSITIVE:
            result = {a * b**exponent for a in result for b in base}
    return result


def _relations(condition: Condition) -> Iterator[Relation]:
    if fold(condition, lambda _: False, any, lambda _: True):
        raise InputError("A504", "an assumption with `or` is not understood")
    return leaves(condition)


def require_consistent(game: Game, assumptions: Assumptions | None = None) -> None:
    """Raise `InputError` A504 where z3 proves that no parameters satisfy the assumptions."""
    if assumptions is None:
        assumptions = Assumptions(game, Ring(game.parameters))
    if not assumptions.relations:
        return
    with afresh(AT_MOST):  # what follows from a contradiction is worth no time at all
        against = satisfiability.contradiction(
            assumptions.variables, assumptions.constraints(), EFFORT, AT_MOST
        )
    if against:
        culprits = _culprits(game, assumptions, against)
        raise InputError(
            "A504",
            f"the assumptions contradict each other: {' and '.join(f'`{t}`' for t in culprits)}",
            hint="no parameters satisfy them together; drop or correct one",
        )


def _culprits(game: Game, assumptions: Assumptions, indices: list[int]) -> list[str]:
    texts = [text for condition, text in game.assumptions for _ in _relations(condition)]
    # Denominators that may not vanish come after what the file assumes.
    for polynomial, operator in assumptions.relations[len(texts) :]:
        texts.append(f"{to_text(polynomial_expression(assumptions.ring, polynomial))} {operator} 0")
    return list(dict.fromkeys(texts[k] for k in indices))
