"""What is the same for all admissible parameters: labels and the words of the game.

Consequences of the assumptions that are not obvious: z3 searches for them, for a limited time.

Parameters in which the algebra is short: the differences of payoffs that the dynamics depend on.

A game of nine payoffs depends on six of their differences alone.  Where payoffs are affine in the
parameters, some differences are taken for new parameters, completed by old ones; the algebra is done in
them, and in the end they are written out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import fmpq, fmpq_mat, fmpq_mpoly

from separatrix.analysis.assumptions import Assumptions
from separatrix.analysis.assumptions import Signs as AssumedSigns
from separatrix.analysis.regime_conditions import Formula, SignPolynomials, every_formula, negation, to_smt
from separatrix.analysis.results import Label
from separatrix.analysis.symbolic.answer import SymbolicAnswer, Writer
from separatrix.analysis.symbolic.cramer import Candidate
from separatrix.analysis.symbolic.factorization import AffineSymbols
from separatrix.analysis.symbolic.spectrum import Attraction, Inner
from separatrix.analysis.theorems import CENTRE_OF_THREE, LINEARISATION, NASH, STRICT_NASH
from separatrix.exact.rational_functions import Ratio, Ring, polynomial_expression
from separatrix.expression.conditions import FALSE, TRUE
from separatrix.expression.satisfiability import PATIENCE, ask, comparison
from separatrix.expression.tree import substitute
from separatrix.game.model import Game
from separatrix.sentences import say

__all__ = [
    "Coordinates",
    "Deduction",
    "ONLY_STRICT",
    "SymbolicVerdict",
    "isolated_of",
    "nash_of",
    "natural_coordinates",
    "strict_nash_of",
    "verdict",
]

ONLY_STRICT = say(
    "never asymptotically stable: only strict Nash equilibria are (Ritzberger–Weibull theorem)"
).resting_on(STRICT_NASH, NASH)

QUESTION = 0.3
"""Seconds of z3's effort for one question: what takes longer is left open."""

LONGEST = 400
"""Terms of a polynomial past which z3 is not asked."""


class Deduction(Assumptions):
    """Assumptions whose consequences z3 derives.

    Parameters
    ----------
    game, ring
        As for `Assumptions`.
    seconds : float
        Of z3's effort for all questions together; afterwards only what is seen at sight is known.
    at_most : float
        Seconds by the wall clock after which that is so in any case; without, many times the effort.
    """

    def __init__(self, game: Game, ring: Ring, seconds: float, at_most: float | None = None) -> None:
        self._left = seconds
        self._deadline = time.monotonic() + (PATIENCE * seconds if at_most is None else at_most)
        self._asked: set[str] = set()
        self._sums: dict[str, str] = {}
        super().__init__(game, ring)

    def mapped(self, coordinates: Coordinates) -> Deduction:
        """Return the same assumptions in other parameters."""
        result = object.__new__(Deduction)
        result._left, result._deadline = self._left, self._deadline
        result._asked, result._signs, result._sums, result._terms = set(), {}, {}, []
        result.ring = coordinates.new
        result.relations = [(coordinates.polynomial(p), operator) for p, operator in self.relations]
        for polynomial, operator in result.relations:
            result._narrow(polynomial, operator)
        return result

    def term(self, polynomial: fmpq_mpoly) -> str:
        """Return a polynomial as a term for z3, each written once."""
        key = str(polynomial)
        if key not in self._sums:
            self._sums[key] = super().term(polynomial)
        return self._sums[key]

    def signs(self, polynomial: fmpq_mpoly) -> AssumedSigns:
        """Return a set that holds every sign the polynomial can have."""
        seen = super().signs(polynomial)
        if len(seen) < 2 or not self.relations or len(polynomial) > LONGEST:
            return seen
        key, flip = self._key(polynomial)
        if key not in self._asked:
            self._asked.add(key)
            possible = frozenset(s for s in seen if self._can(comparison(self.term(polynomial), _NAMES[s])))
            self._signs[key] = frozenset(flip * s for s in possible or seen)
            seen = possible or seen
        return seen

    def possible(self, formula: Formula, polynomials: SignPolynomials) -> bool:
        """Return False only where no admissible parameters satisfy a formula."""
        if formula in (TRUE, FALSE):
            return formula == TRUE
        if any(len(p) > LONGEST for p in polynomials.items):
            return True
        return self._can(to_smt(formula, polynomials.terms))

    def signs_where(
        self, formula: Formula, polynomials: SignPolynomials, polynomial: fmpq_mpoly
    ) -> AssumedSigns:
        """Return a set that holds every sign the polynomial can have where a formula holds."""
        seen = self.signs(polynomial)
        if len(seen) < 2 or formula == TRUE or len(polynomial) > LONGEST:
            return seen
        if any(len(p) > LONGEST for p in polynomials.items):
            return seen
        here, term = to_smt(formula, polynomials.terms), self.term(polynomial)
        return frozenset(s for s in seen if self._can(here, comparison(term, _NAMES[s]))) or seen

    def _can(self, *conditions: str) -> bool:
        """Whether z3 finds the conditions possible under the assumptions, or does not decide."""
        rest = self._deadline - time.monotonic()
        if self._left <= 0 or rest <= 0:
            return True
        effort = min(QUESTION, self._left)
        asked = ask(self.variables, [*self.constraints(), *conditions], effort, min(rest, PATIENCE * effort))
        self._left -= asked.effort
        return asked.verdict != "unsat"


_NAMES = {-1: "<", 0: "==", 1: ">"}


Signs = frozenset[int]
"""All signs that a quantity can have."""


def nash_of(gains: Sequence[Signs]) -> bool | None:
    """Return whether a state is Nash for all parameters, from what unplayed strategies earn more."""
    return True if all(s <= {-1, 0} for s in gains) else False if any(s == {1} for s in gains) else None


def strict_nash_of(gains: Sequence[Signs]) -> bool | None:
    """Return whether a pure profile is strict Nash for all parameters."""
    return True if all(s == {-1} for s in gains) else False if any(-1 not in s for s in gains) else None


def isolated_of(gains: Sequence[Signs]) -> bool | None:
    """Return whether a hyperbolic state of its face is isolated for all parameters, None where not known."""
    return True if all(0 not in s for s in gains) else None


@dataclass(frozen=True)
class SymbolicVerdict:
    """What holds wherever the candidate exists; None where that depends on the parameters."""

    label: Label | None
    reason: str
    isolated: bool | None
    nash: bool | None
    strict_nash: bool | None
    ess: bool | None
    nss: bool | None


def verdict(
    candidate: Candidate,
    exists: Formula,
    attraction: Attraction,
    polynomials: SignPolynomials,
    deduction: Deduction,
) -> SymbolicVerdict:
    """Return the label and the flags that a candidate has for all admissible parameters."""
    table = candidate.table

    def signs(value: Ratio) -> Signs:
        return deduction.signs_where(exists, polynomials, value.sign_polynomial)

    outside = [signs(candidate.growth(b)) for b in candidate.absent]
    inner = Inner(candidate)
    along = _inner_directions(inner, signs)
    always, never = _surely(exists, attraction, polynomials, deduction)
    label, reason = _label(along, outside, always)
    pure = not candidate.mixed
    nash = nash_of(outside)
    strict = strict_nash_of(outside) if pure else False
    own = any(table.own_play)
    ess: bool | None = None
    if not own:
        ess = strict
    elif never:
        ess = False
    elif strict:
        ess = True
    elif len(table.sizes) == 1 and always and len(candidate.support[0]) == 2 and not pure:
        ess = True if all(s == {-1} for s in outside) else None
    nss: bool | None = True if own and ess and len(table.sizes) == 1 else None
    isolated = isolated_of(outside)
    if not table.tabled and any(size > 2 for size in table.sizes):
        nash = strict = ess = nss = None
    return SymbolicVerdict(label, reason, isolated, nash, strict, ess, nss)


def _surely(
    exists: Formula, attraction: Attraction, polynomials: SignPolynomials, deduction: Deduction
) -> tuple[bool, bool]:
    """Whether it is asymptotically stable wherever it exists, and whether nowhere."""
    if attraction.stable == FALSE:
        return False, attraction.undecided == FALSE
    unstable = every_formula(exists, negation(attraction.stable))
    return not deduction.possible(unstable, polynomials), False


@dataclass(frozen=True)
class _Along:
    """What is known of the real parts of the eigenvalues within the support."""

    some_negative: bool = False
    some_positive: bool = False
    all_negative: bool = False
    all_positive: bool = False
    centre: bool = False


def _inner_directions(inner: Inner, signs: Callable[[Ratio], Signs]) -> _Along:
    d = inner.dimension
    if d == 0:
        return _Along(all_negative=True, all_positive=True)
    # The determinant of J is that of B times shares and speeds.
    product = signs(inner.candidate.reduced.bordered((), ()))
    if d == 1:
        return _Along(product == {-1}, product == {1}, product == {-1}, product == {1})
    if inner.crossed:
        # Eigenvalues come in pairs ±λ; only a real pair has a negative product.
        return _Along(product == {-1}, product == {-1})
    if d == 2:
        if product == {-1}:
            return _Along(True, True)
        if product == {1}:
            trace = signs(inner.trace)
            centre = trace == {0} and len(inner.candidate.mixed) == 1
            return _Along(trace == {-1}, trace == {1}, trace == {-1}, trace == {1}, centre)
        return _Along()
    return _Along()


def _label(along: _Along, outside: list[Signs], always: bool) -> tuple[Label | None, str]:
    if always:
        return "asymptotically stable", say("asymptotically stable wherever it exists")
    if along.centre and not outside:
        return (
            "centre",
            say(
                "eigenvalues are imaginary; with three strategies that is a centre (Hofbauer & Sigmund)"
            ).resting_on(CENTRE_OF_THREE),
        )
    negative = along.some_negative or any(s == {-1} for s in outside)
    positive = along.some_positive or any(s == {1} for s in outside)
    if negative and positive:
        return "saddle", say("eigenvalues of both signs wherever it exists").resting_on(LINEARISATION)
    if along.all_positive and all(s == {1} for s in outside):
        return "source", say("all eigenvalues have positive real parts wherever it exists").resting_on(
            LINEARISATION
        )
    return None, ""


@dataclass(frozen=True, eq=False)
class Coordinates:
    """An affine change of parameters that can be undone.

    Attributes
    ----------
    old, new : Ring
    forms : each new parameter, in the old ones
    images : each old parameter, in the new ones
    """

    old: Ring
    new: Ring
    forms: tuple[fmpq_mpoly, ...]
    images: tuple[fmpq_mpoly, ...]

    def polynomial(self, value: fmpq_mpoly) -> fmpq_mpoly:
        """Return a polynomial in the new parameters."""
        return value.compose(*self.images, ctx=self.new.context)

    def ratio(self, value: Ratio) -> Ratio:
        """Return a quotient in the new parameters."""
        new = self.new
        top, below = self.polynomial(value.numerator), self.polynomial(value.denominator)
        return new.ratio(top, below)

    def table(self, table: AffineSymbols) -> AffineSymbols:
        """Return a game in the new parameters."""
        return replace(
            table,
            ring=self.new,
            speeds=tuple(self.ratio(v) for v in table.speeds),
            rows=tuple(tuple(tuple(self.ratio(v) for v in row) for row in m) for m in table.rows),
            poles=tuple(self.polynomial(p) for p in table.poles),
        )

    def values(self, values: Mapping[str, Fraction]) -> dict[str, Fraction]:
        """Return the new parameters at values of the old ones."""
        return _evaluated(self.forms, self.old, self.new, values)

    def back(self, symbols: SymbolicAnswer) -> SymbolicAnswer:
        """Return an answer in the new parameters in the old ones."""
        meanings = {
            name: polynomial_expression(self.old, form)
            for name, form in zip(self.new.names, self.forms, strict=True)
        }
        writer = Writer(lambda expression: substitute(expression, meanings))
        return replace(
            symbols,
            found=writer.rewrite_answer(symbols.found),
            regimes=tuple(
                replace(
                    writer.regime(r),
                    witness=_evaluated(self.images, self.new, self.old, r.witness) if r.witness else {},
                )
                for r in symbols.regimes
            ),
        )


def natural_coordinates(table: AffineSymbols) -> Coordinates | None:
    """Return differences of payoffs as parameters; None where that leaves no fewer of them.

    Examples
    --------
    >>> from separatrix.analysis.symbolic.factorization import affine_symbols, read_formulas
    >>> from separatrix.game.reader import load
    >>> names = [f"a{k}" for k in range(9)]
    >>> rows = [names[:3], names[3:6], names[6:]]
    >>> game = load({"payoff_matrix": rows, "parameters": {n: {} for n in names}})
    >>> coordinates = natural_coordinates(affine_symbols(read_formulas(game)))
    >>> [str(form) for form in coordinates.forms]
    ['-v0 + v3', '-v0 + v6', 'v1 - v4', '-v4 + v7', 'v2 - v8', 'v5 - v8', 'v0', 'v1', 'v2']
    """
    old = table.ring
    forms: list[fmpq_mpoly] = []
    used: set[int] = set()
    for value in _entries(table):
        if value.is_zero or value.value is not None:
            continue
        if not value.denominator.is_constant() or value.numerator.total_degree() > 1:
            return None
        form = value.numerator / value.denominator.leading_coefficient()
        used.update(k for k, degree in enumerate(form.degrees()) if degree)
        if _rank([*forms, form], old) > len(forms):
            forms.append(form)
    if len(forms) >= len(used):
        return None
    for variable in old.context.gens():
        if _rank([*forms, variable], old) > len(forms):
            forms.append(variable)
    # A null character cannot stand in a name that a person typed.
    new = Ring(f"\0{k}" for k in range(len(forms)))
    inverse = _matrix(forms, old).inv()
    shifts = [_constant(form) for form in forms]
    images = []
    for k in range(len(forms)):
        image = new.zero
        for m, variable in enumerate(new.context.gens()):
            image = image + (variable - new.one * shifts[m]) * inverse[k, m]
        images.append(image)
    return Coordinates(old, new, tuple(forms), tuple(images))


def _entries(table: AffineSymbols) -> Iterator[Ratio]:
    """The differences of payoffs, each strategy compared with the one it meets where that is possible."""
    for i, size in enumerate(table.sizes):
        for j, others in enumerate(table.sizes):
            for b in range(others):
                reference = b if i == j else 0
                for a in range(size):
                    if a != reference:
                        yield table.gain((i, a), (i, reference), (j, b))


def _matrix(forms: Sequence[fmpq_mpoly], ring: Ring) -> fmpq_mat:
    width = len(ring.names)
    rows = []
    for form in forms:
        row = [fmpq(0)] * width
        for exponents, value in form.to_dict().items():
            if any(exponents):
                row[list(exponents).index(1)] = value
        rows.append(row)
    return fmpq_mat(rows)


def _rank(forms: Sequence[fmpq_mpoly], ring: Ring) -> int:
    return int(_matrix(forms, ring).rank())


def _constant(form: fmpq_mpoly) -> fmpq:
    return next((value for exponents, value in form.to_dict().items() if not any(exponents)), fmpq(0))


def _evaluated(
    polynomials: Sequence[fmpq_mpoly], source: Ring, target: Ring, values: Mapping[str, Fraction]
) -> dict[str, Fraction]:
    point = [fmpq(values[n].numerator, values[n].denominator) for n in source.names]
    result = {}
    for name, polynomial in zip(target.names, polynomials, strict=True):
        value = polynomial(*point)
        result[name] = Fraction(int(value.p), int(value.q))
    return result
