"""Claimed states in numbers: where they lie at given parameter values, and which rest point they are.

Which states can attract, and under which conditions on the parameters: what regimes are made of.

Where, along one parameter, the picture changes: where an eigenvalue at a pure profile is zero.

Between two such values the set of strict Nash equilibria stays the same.

Rest points in symbols: which of them a claimed state is, and for which parameters each exists.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from flint import acb, fmpq_mpoly, fmpz_poly

from separatrix.analysis.results import Analysis, RestPoint, RestSet
from separatrix.analysis.symbolic.substitution import approximate
from separatrix.audit.claims.claims import Claim, StabilityClaim, StateClaim
from separatrix.audit.claims.numerals import NoValue, ball, differ, is_number, precision, tolerance
from separatrix.audit.evidence.admissible import Formula, PolynomialSign, Unknown
from separatrix.audit.evidence.algebra import put
from separatrix.audit.evidence.derived_equations import NotChecked, Truth
from separatrix.audit.evidence.findings import state_text
from separatrix.errors import SeparatrixError
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.conditions import (
    SIGNS,
    TRUE,
    All,
    Condition,
    Relation,
    condition_text,
    fold,
    with_sides,
)
from separatrix.expression.precision import precision as ball_precision
from separatrix.expression.tree import Expression, Name, Number, names_in, subtract, to_text
from separatrix.game.values import expand
from separatrix.sentences import say

__all__ = [
    "AttractingState",
    "StabilityChange",
    "OpenInterval",
    "Located",
    "attractors",
    "breaks",
    "candidates",
    "changes",
    "coordinates_at",
    "exact_text",
    "examples",
    "exists_at",
    "free_shares",
    "index_of",
    "intervals",
    "is_candidate",
    "is_inside",
    "is_numeric",
    "locate",
    "rational_roots",
    "same_face",
    "slack",
]


@dataclass(frozen=True, eq=False)
class AttractingState:
    """A state that is asymptotically stable exactly where a formula holds.

    ``profile`` is that of a pure state; ``candidate`` is a rest point in symbols, of a mixed one.
    ``deciding`` are the quantities whose signs decide.
    """

    text: str
    stable: Formula
    deciding: tuple[PolynomialSign, ...]
    profile: tuple[int, ...] | None = None
    candidate: RestPoint | None = None


def attractors(truth: Truth) -> list[AttractingState]:
    """Return every state that can be asymptotically stable; raise `NotChecked` where that is not known.

    Without own play these are the strict Nash equilibria (Ritzberger & Weibull 1995).
    """
    found = []
    for profile, entries in truth.pure_eigenvalues.items():
        signs = [PolynomialSign(truth.parameter_ratio(v).sign_polynomial, "<") for _, _, v in entries]
        corner = truth.corner(profile)
        text = f"({', '.join(str(corner[s].value) for s in truth.game.shares)})"
        found.append(AttractingState(text, All(tuple(signs)), tuple(signs), profile=profile))
    if truth.strict_only:
        return found
    symbols = truth.symbolic
    if symbols is None:
        raise NotChecked(say("its mixed states can attract, and have no conditions in symbols"))
    from separatrix.expression.tree import to_text

    for point in symbols.points:
        if not point.free or point.stable_when is None or point.exact is None:
            continue
        formula = All((truth.formula(point.exists or TRUE), truth.formula(point.stable_when)))
        found.append(
            AttractingState(
                f"({', '.join(to_text(e) for e in point.exact)})", formula, _signs(formula), candidate=point
            )
        )
    return found


def _signs(formula: Formula) -> tuple[PolynomialSign, ...]:
    if isinstance(formula, PolynomialSign):
        return (formula,)
    return tuple(s for part in formula.parts for s in _signs(part))


def index_of(truth: Truth, state: StateClaim, every: list[AttractingState]) -> int | None:
    """Return which attractor a claimed state is, or None."""

    try:
        profile = truth.pure_profile(truth.point(state))
    except (ZeroDivisionError, SeparatrixError):
        return None
    for k, one in enumerate(every):
        if one.profile is not None and one.profile == profile:
            return k
        if one.candidate is not None and profile is None and is_candidate(truth, state, one.candidate):
            return k
    return None


@dataclass(frozen=True)
class StabilityChange:
    """A parameter value at which an eigenvalue at some pure profile is zero.

    ``exact`` is true if ``value`` is the zero itself, and false if it is a close rational number.
    """

    value: Fraction
    exact: bool


@dataclass(frozen=True)
class OpenInterval:
    """An open interval of a parameter; ``None`` for no end."""

    low: Fraction | None
    high: Fraction | None

    def text(self, name: str) -> str:
        """Return it as an inequality."""
        from separatrix.audit.claims.numerals import show

        if self.low is None and self.high is None:
            return say("all {parameter}", parameter=name)
        if self.low is None:
            return f"{name} < {show(self.high)}"
        return (
            f"{name} > {show(self.low)}"
            if self.high is None
            else f"{show(self.low)} < {name} < {show(self.high)}"
        )

    @property
    def middle(self) -> Fraction:
        """A simple number inside."""
        if self.low is None:
            if self.high is None:
                return Fraction(0)
            return (
                Fraction(math.ceil(self.high) - 1)
                if self.high == math.ceil(self.high)
                else Fraction(math.floor(self.high))
            )
        if self.high is None:
            return Fraction(math.floor(self.low) + 1)
        centre = (self.low + self.high) / 2
        for digits in (1, 2, 5, 10, 100, 1000):
            simple = Fraction(round(centre * digits), digits)
            if self.low < simple < self.high:
                return simple
        return centre


def rational_roots(polynomial: fmpq_mpoly, index: int) -> list[StabilityChange]:
    """Return the real zeros of a polynomial in the single variable `index`, in ascending order."""
    terms = polynomial.to_dict()
    if not terms:
        return []
    scale = math.lcm(*(int(c.q) for c in terms.values()))
    degree = max(int(e[index]) for e in terms)
    coefficients = [0] * (degree + 1)
    for exponents, coefficient in terms.items():
        coefficients[int(exponents[index])] += int(coefficient.p) * (scale // int(coefficient.q))
    found: list[StabilityChange] = []
    _, factors = fmpz_poly(coefficients).factor()
    for factor, _ in factors:
        if factor.degree() == 1:
            found.append(StabilityChange(Fraction(-int(factor[0]), int(factor[1])), True))
        elif factor.degree() > 1:
            with ball_precision():
                roots: list[Any] = list(factor.complex_roots())
                for root, _ in roots:
                    if root.imag == 0:
                        found.append(StabilityChange(Fraction(float(root.real.mid())), False))
    return sorted(found, key=lambda b: b.value)


def breaks(truth: Truth, parameter: str, values: Mapping[str, Fraction]) -> list[StabilityChange]:
    """Return where eigenvalues at pure profiles vanish along one parameter, the others at `values`."""
    others = {n: v for n, v in values.items() if n != parameter}
    index = truth.algebra.names.index(parameter)
    found: dict[Fraction, StabilityChange] = {}
    for entries in truth.pure_eigenvalues.values():
        for _, _, value in entries:
            along = put(value, others)
            if truth.algebra.is_rational(along):
                for root in rational_roots(along.numerator, index):
                    found.setdefault(root.value, root)
    return [found[v] for v in sorted(found)]


def intervals(points: list[Fraction]) -> list[OpenInterval]:
    """Return the open intervals between ascending points, and the two outer ones."""
    ends: list[Fraction | None] = [None, *points, None]
    return [OpenInterval(a, b) for a, b in itertools.pairwise(ends)]


def changes(
    truth: Truth, parameter: str, values: Mapping[str, Fraction], at: Fraction, width: Fraction
) -> bool:
    """Whether rest points or their labels differ on the two sides of a parameter value."""
    pictures = []
    for side in (at - width, at + width):
        analysis = truth.analysis({**values, parameter: side})
        points = sorted((p.support, p.stability or "", p.isolated or False) for p in analysis.rest_points)
        sets = sorted((s.support, s.dimension, s.stability or "") for s in analysis.rest_sets)
        pictures.append((points, sets))
    return pictures[0] != pictures[1]


def is_numeric(state: StateClaim) -> bool:
    """Whether every coordinate is a number."""
    return all(is_number(c.expression) for c in state.at)


def free_shares(truth: Truth, state: StateClaim) -> frozenset[str]:
    """Return the shares that are left free in a claimed state, as y is in the edge (0, y, 0)."""
    shares = set(truth.game.shares)
    return frozenset(n for c in state.at for n in names_in(c.expression) if n in shares)


def slack(state: StateClaim) -> list[Fraction]:
    """Return how far each true coordinate may lie from the printed one; whole numbers are exact here."""
    return [
        Fraction(0)
        if isinstance(c.expression, Number) and c.expression.value.denominator == 1
        else tolerance(c)
        for c in state.at
    ]


def coordinates_at(truth: Truth, state: StateClaim, values: Mapping[str, Fraction]) -> list[acb]:
    """Return enclosures of the coordinates at parameter values; `NoValue` where one has none."""
    with precision():
        return [ball(expand(truth.game, c.expression), values) for c in state.at]


def examples(truth: Truth, claim: Claim, state: StateClaim) -> list[dict[str, Fraction]]:
    """Return some admissible values, in the circumstances of a claim, at which a claimed state is one."""
    inside: list[Formula] = [truth.context(claim)]
    for share, coordinate in truth.point(state).items():
        if coordinate.value is None and coordinate != truth.algebra.variable(share):
            if not truth.algebra.is_rational(coordinate):
                every = truth.admissible.examples
                return [
                    v for v in every if truth.admissible.true_at(inside[0], v) and is_inside(truth, state, v)
                ]
            inside += truth.inside(coordinate)
    natural = truth.admissible.natural
    return truth.admissible.several(*inside, *natural) or truth.admissible.several(*inside)


def misplaced(truth: Truth, claim: StabilityClaim) -> bool:
    """Whether a claim refers by id to a listed point that is not a rest point (an error reported there)."""
    if claim.state.id is None or is_numeric(claim.state):
        return False
    try:
        rates = truth.rates_at(truth.point(claim.state))
        return any(not truth.simplified(r, *claim.conditions).is_zero for r in rates.values())
    except (NotChecked, SeparatrixError, ZeroDivisionError):
        return False


def is_inside(truth: Truth, state: StateClaim, values: Mapping[str, Fraction]) -> bool:
    """Whether a claimed state lies in the state space at parameter values."""
    try:
        where = coordinates_at(truth, state, values)
    except NoValue:
        return False
    return all(c.imag.contains(0) and 0 <= float(c.real.mid()) <= 1 for c in where)


@dataclass(frozen=True)
class Located:
    """What is at a claimed state: a rest point, or a piece of a rest set, or neither."""

    point: RestPoint | None = None
    piece: RestSet | None = None

    @property
    def is_at_rest(self) -> bool:
        """Whether the state is at rest."""
        return self.point is not None or self.piece is not None

    @property
    def label(self) -> str | None:
        """The label of the state."""
        entry = self.point or self.piece
        return None if entry is None else entry.stability


def locate(truth: Truth, state: StateClaim, analysis: Analysis, values: Mapping[str, Fraction]) -> Located:
    """Return which rest point, or which piece of a rest set, a claimed state is at exact values."""
    try:
        claimed = coordinates_at(truth, state, values)
    except NoValue:
        return Located()
    margins = [float(s) + 1e-9 for s in slack(state)]
    where = [complex(float(c.real.mid()), float(c.imag.mid())) for c in claimed]
    best: tuple[float, RestPoint] | None = None
    for point in analysis.rest_points:
        if point.state is None:
            continue
        gaps = [abs(a - b) for a, b in zip(where, point.state, strict=True)]
        if all(gap <= margin for gap, margin in zip(gaps, margins, strict=True)):
            distance = max(gaps)
            if best is None or distance < best[0]:
                best = (distance, point)
    if best is not None:
        return Located(point=best[1])
    if all(abs(c.imag) < 1e-12 for c in where):
        place = dict(zip(truth.game.shares, (c.real for c in where), strict=True))
        margin = max(margins)
        for piece in analysis.rest_sets:
            if on_piece(truth, piece, place, values, margin):
                return Located(piece=piece)
    return Located()


def on_piece(
    truth: Truth, piece: RestSet, place: Mapping[str, float], values: Mapping[str, Fraction], margin: float
) -> bool:
    """Whether a state lies on a piece of a rest set, up to `margin`."""
    known: dict[str, Any] = {**values, **{n: Fraction(v) for n, v in place.items()}}
    return all(_nearly(condition, known, margin) for condition in piece.equations)


def _nearly(condition: Condition, known: Mapping[str, Any], margin: float) -> bool:
    def true(relation: Relation) -> bool:
        try:
            with precision():
                gap = float(ball(subtract(relation.left, relation.right), known).real.mid())
        except NoValue:
            return False
        size = margin * (1.0 if isinstance(relation.left, Name) else 10.0)
        if relation.operator in ("<", "<="):
            return gap <= size
        if relation.operator in (">", ">="):
            return gap >= -size
        return abs(gap) <= size

    return fold(condition, true, all, any)


LONGEST = 2000
"""A condition of more characters than this is looked at in examples only."""

DRAWS = 5_000
"""Random values at which such a condition is tried: one that holds at 1 in 500 is missed once in 20,000."""


def candidates(truth: Truth) -> Sequence[RestPoint]:
    """Every rest point in symbols, where the game has a symbolic analysis; else none."""
    found = truth.symbolic
    return () if found is None else found.points


def same_face(truth: Truth, point: Mapping[str, Ratio], candidate: RestPoint) -> bool:
    """Whether a candidate has the same shares at 0 and 1, and the others mixed."""
    if candidate.exact is None:
        return False
    for share, right in zip(truth.game.shares, candidate.exact, strict=True):
        # A share of a candidate that is no number lies strictly between 0 and 1.
        claimed, true = point[share].value, right.value if isinstance(right, Number) else None
        ends = (Fraction(0), Fraction(1))
        if (claimed if claimed in ends else None) != (true if true in ends else None):
            return False
    return True


def exact_text(point: RestPoint) -> str:
    if point.exact is not None and all(len(to_text(e)) <= 12 for e in point.exact):
        return f"({', '.join(to_text(e) for e in point.exact)})"
    return state_text(point.state or ())


def is_candidate(truth: Truth, claim: StateClaim, candidate: RestPoint) -> bool:
    """Whether a claimed state is a candidate, as a formula or at the claimed numbers."""
    exact = candidate.exact or ()
    for c, e in zip(claim.at, exact, strict=True):
        if isinstance(c.expression, Number) and isinstance(e, Number) and c.expression != e:
            return False
    if _same_formulas(truth, claim, exact):
        return True
    if not any(slack(claim)) and claim.scenario is None:
        return False
    values = truth.numbers(claim)
    return values is not None and _same_numbers(truth, claim, exact, values)


def _same_formulas(truth: Truth, claim: StateClaim, exact: Sequence[Expression]) -> bool:
    """Whether two states are equal for all parameters: numerical tests first, which decide most cases."""
    context = truth.context(claim)
    compared = 0
    for values in truth.admissible.examples:
        if compared == 2 or not truth.admissible.true_at(context, values):
            continue
        try:
            with precision():
                for c, e in zip(claim.at, exact, strict=True):
                    one, other = (ball(expand(truth.game, x), values) for x in (c.expression, e))
                    if not (one - other).contains(0):
                        return False
        except NoValue:
            continue
        compared += 1
    try:
        return all(
            truth.same(c.expression, e, *claim.conditions) for c, e in zip(claim.at, exact, strict=True)
        )
    except (NotChecked, SeparatrixError, ZeroDivisionError):
        return False


def _same_numbers(
    truth: Truth, claim: StateClaim, exact: Sequence[Expression], values: Mapping[str, Fraction]
) -> bool:
    try:
        where = coordinates_at(truth, claim, values)
        with precision():
            return not any(
                differ(c, ball(expand(truth.game, e), values), gap + Fraction(1, 10**9))
                for gap, c, e in zip(slack(claim), where, exact, strict=True)
            )
    except NoValue:
        return False


def exists_at(truth: Truth, condition: Condition | None) -> Mapping[str, Fraction] | None:
    """Return admissible values, not on a border, at which a candidate exists; None where there are none.

    They are generic where such values were found.

    Raises
    ------
    Unknown
        If that is not decided.
    """
    if condition is None:
        return None
    admissible = truth.admissible
    known = next((v for v in admissible.examples if _surely(truth, condition, v)), None)
    if known is not None and admissible.is_generic(known):
        return known
    try:
        if len(condition_text(condition)) > LONGEST:
            raise Unknown
        return admissible.find(truth.formula(condition), truth.defined(condition), interior=True) or known
    except (NotChecked, SeparatrixError, Unknown):
        if known is not None:
            return known
        drawn = _by_chance(truth, condition)
        if drawn is None:
            raise Unknown from None
        return drawn


def _by_chance(truth: Truth, condition: Condition) -> Mapping[str, Fraction] | None:
    """Random admissible values at which a condition surely holds that is too long for z3; None if none do."""
    written = with_sides(condition, lambda side: expand(truth.game, side))

    def roughly(values: Mapping[str, Fraction], relation: Relation) -> bool:
        sides = [approximate(side, values) for side in (relation.left, relation.right)]
        gap = None if None in sides else (sides[0] or 0.0) - (sides[1] or 0.0)
        return gap is not None and (gap > 0) - (gap < 0) in SIGNS[relation.operator]

    for values in itertools.islice(truth.admissible.sample(), DRAWS):
        # Floats first: they are quick, and what they say is confirmed by enclosures.
        likely = fold(written, partial(roughly, values), all, any)
        if likely and truth.admissible.is_generic(values) and _surely(truth, condition, values):
            return values
    return None


def _surely(truth: Truth, condition: Condition, values: Mapping[str, Fraction]) -> bool:
    """Whether a condition holds at exact values, decided by enclosures."""

    def true(relation: Relation) -> bool:
        operator = relation.operator
        try:
            with precision():
                gap = ball(expand(truth.game, subtract(relation.left, relation.right)), values).real
        except NoValue:
            return False
        if operator in ("==", "!="):
            return (gap == 0) == (operator == "==") or (operator == "!=" and not gap.contains(0))
        if gap == 0:
            return operator in ("<=", ">=")
        return bool(gap < 0) if operator in ("<", "<=") else bool(gap > 0)

    return fold(condition, true, all, any)
