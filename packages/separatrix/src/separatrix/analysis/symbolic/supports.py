"""Games with affine payoffs in symbols: every support of one, two or more populations.

Reference: Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics, chapters 7, 10
and 13; for populations that do not play themselves Ritzberger, K. and Weibull, J. W. (1995), Evolutionary
selection in normal-form games, Econometrica 63, 1371-1399.

Stability in a support of three dimensions, written in the shares where the polynomials are too long.

The characteristic polynomial λ³ + c1·λ² + c2·λ + c3 has all roots on the left where c1 > 0, c3 > 0 and
c1·c2 > c3 (Hurwitz 1895).  With t the trace of J and s that of J², c1 = -t, c2 = (t² - s)/2, c3 = -det J.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from separatrix.analysis.affine.rest_states import count_supports, supports
from separatrix.analysis.answer import RestStateAnswer, point_number, set_number
from separatrix.analysis.assumptions import require_consistent
from separatrix.analysis.payoff_functions import Support
from separatrix.analysis.regime_conditions import SignPolynomials, any_formula
from separatrix.analysis.regimes import State, enumerate_regimes
from separatrix.analysis.rest_state_ids import ids_of
from separatrix.analysis.results import Completeness, RestPoint, RestSet
from separatrix.analysis.symbolic.answer import SymbolicAnswer, favourites, pole_warnings
from separatrix.analysis.symbolic.classification import ONLY_STRICT, Deduction, natural_coordinates, verdict
from separatrix.analysis.symbolic.cramer import Candidate, continua, find_candidate, rest_set
from separatrix.analysis.symbolic.factorization import AffineSymbols
from separatrix.analysis.symbolic.pure_profiles import irredundant
from separatrix.analysis.symbolic.spectrum import Attraction, Inner, TooLong, attraction, existence, strict
from separatrix.analysis.theorems import CRAMER, NASH, STRICT_NASH
from separatrix.errors import InputError
from separatrix.expression.conditions import FALSE, TRUE, Condition, Relation, all_of, any_of
from separatrix.expression.tree import (
    Expression,
    Number,
    add,
    divide,
    multiply,
    negate,
    number,
    power,
    subtract,
)
from separatrix.game.model import Game
from separatrix.run.limits import OutOfTime, seconds_left, spent, time_limit
from separatrix.sentences import say, together

__all__ = [
    "internal_stability",
    "solve_affine_symbols",
    "internal_hopf_condition",
]


def internal_stability(candidate: Candidate) -> Condition:
    """Return when the eigenvalues within a support of dimension three have negative real parts.

    The sign of the determinant is omitted: it belongs to the conditions of existence.
    """
    trace, second_hurwitz = _deciding(candidate)
    return all_of(Relation(trace, "<", number(0)), Relation(second_hurwitz, ">", number(0)))


def internal_hopf_condition(candidate: Candidate) -> Condition:
    """Return when two of them are imaginary and the third is negative."""
    trace, second_hurwitz = _deciding(candidate)
    return all_of(Relation(trace, "<", number(0)), Relation(second_hurwitz, "==", number(0)))


def _deciding(candidate: Candidate) -> tuple[Expression, Expression]:
    """The trace, and c1·c2 - c3."""
    jacobian = _jacobian(candidate)
    size = range(len(jacobian))
    trace = add(*(jacobian[k][k] for k in size))
    square = add(*(multiply(jacobian[k][m], jacobian[m][k]) for k in size for m in size))
    second = divide(subtract(power(trace, 2), square), number(2))
    return trace, subtract(_determinant(candidate), multiply(trace, second))


def _jacobian(candidate: Candidate) -> list[list[Expression]]:
    reduced, table = candidate.reduced, candidate.table
    coordinates = reduced.coordinates
    shares = {s: candidate.shares[s].expression() for s in coordinates}
    matrix = [[v.expression() for v in row] for row in reduced.matrix(coordinates, coordinates)]
    rows = []
    for k, (i, a) in enumerate(coordinates):
        row = []
        for m in range(len(coordinates)):
            mean = add(*(multiply(shares[s], matrix[n][m]) for n, s in enumerate(coordinates) if s[0] == i))
            row.append(multiply(table.speeds[i].expression(), shares[i, a], add(matrix[k][m], negate(mean))))
        rows.append(row)
    return rows


def _determinant(candidate: Candidate) -> Expression:
    factors = [candidate.reduced.bordered((), ()).expression()]
    for i in candidate.mixed:
        factors += [candidate.shares[i, a].expression() for a in candidate.support[i]]
        factors += [candidate.table.speeds[i].expression()] * (len(candidate.support[i]) - 1)
    return multiply(*factors)


PATIENCE = 20.0
"""Seconds for the list of candidates where the budget for the regimes is shorter."""

LISTING_SHARE = 0.6
"""The part of the time left that the list of candidates may use; the rest is for the regimes."""

PURE = say(
    "asymptotically stable exactly where it is a strict Nash equilibrium (Ritzberger–Weibull theorem)"
).resting_on(STRICT_NASH, NASH)


def solve_affine_symbols(
    game: Game, table: AffineSymbols, known: Mapping[str, Fraction] | None, budget: float
) -> SymbolicAnswer:
    """Return every candidate of a game with affine payoffs, with its conditions, and the regimes.

    Raises
    ------
    InputError
        A504 for assumptions that contradict each other.
    """
    deduction = Deduction(game, table.ring, min(10.0, max(2.0, budget / 4)), max(2.0, budget))
    poles = deduction.exclude_poles(table.poles)
    deduction.assume([s.sign_polynomial for s in table.speeds], ">")
    require_consistent(game, deduction)
    warnings = tuple(pole_warnings(table.ring, poles))
    witnesses = list(favourites(game, known))
    coordinates = natural_coordinates(table)
    if coordinates is None:
        return replace(_solve(table, deduction, witnesses, budget), warnings=warnings)
    symbols = _solve(
        coordinates.table(table),
        deduction.mapped(coordinates),
        [coordinates.values(v) for v in witnesses],
        budget,
    )
    return replace(coordinates.back(symbols), warnings=warnings)


def _solve(
    table: AffineSymbols, deduction: Deduction, witnesses: list[Mapping[str, Fraction]], budget: float
) -> SymbolicAnswer:
    listing = _Listing(table, deduction)
    with time_limit(min(max(budget, PATIENCE), LISTING_SHARE * seconds_left())):
        found = listing.to_answer()
    regimes, completeness = enumerate_regimes(
        listing.polynomials, listing.states, budget, witnesses, by_chance=any(table.own_play)
    )
    if listing.unjudged:
        completeness = Completeness(
            "incomplete",
            together(
                [
                    completeness.proof,
                    say(
                        "Left open is the stability of {points}: the polynomials that decide it are too "
                        "long.",
                        points=together(listing.unjudged, ", "),
                    ),
                ]
            ),
        )
    elif (listing.skipped or listing.too_long) and any(table.own_play):
        completeness = Completeness(
            "incomplete",
            together([completeness.proof, say("Not every support was solved, so states may be missing.")]),
        )
    return irredundant(SymbolicAnswer(found, regimes, completeness), deduction, witnesses, budget)


class _Listing:
    """Goes through all supports."""

    def __init__(self, table: AffineSymbols, deduction: Deduction) -> None:
        self.table = table
        self.deduction = deduction
        self.polynomials = SignPolynomials(deduction)
        self.states: list[State] = []
        self.points: list[RestPoint] = []
        self.sets: list[RestSet] = []
        self.unjudged: list[str] = []
        self.skipped = 0
        self.stopped = ""
        self.too_long = 0
        self.necessary = False

    def to_answer(self) -> RestStateAnswer:
        for support in supports(self.table.sizes):
            if self.stopped or spent():
                self.stopped = self.stopped or say("time ran out")
                self.skipped += 1
                continue
            try:
                self._support(support)
            except OutOfTime:
                self.stopped = say("time ran out")
                self.skipped += 1
            except KeyboardInterrupt:
                self.stopped = say("the search was interrupted")
                self.skipped += 1
            except (TooLong, InputError) as problem:
                if isinstance(problem, InputError) and problem.code != "S002":
                    raise
                self.too_long += 1
        return RestStateAnswer(tuple(self.points), tuple(self.sets), (), self._completeness())

    # ------------------------------------------------------------------ one support

    def _support(self, support: Support) -> None:
        candidate = find_candidate(self.table, support)
        local = SignPolynomials(self.deduction)
        if candidate is not None:
            exists = existence(candidate, local)
            if exists != FALSE and self.deduction.possible(exists, local):
                self._point(candidate)
        for continuum in continua(self.table, support, local):
            if continuum.condition == FALSE or not self.deduction.possible(continuum.condition, local):
                continue
            condition = local.condition(continuum.condition)
            if condition == FALSE:
                continue
            self.necessary = self.necessary or not continuum.exact
            piece = rest_set(self.table, continuum, condition, _reason(continuum.exact))
            self.sets.append(replace(piece, id=set_number(len(self.sets) + 1)))

    def _point(self, candidate: Candidate) -> None:
        local = SignPolynomials(self.deduction)
        exists = existence(candidate, local)
        judged, beside, reason = self._judged(candidate, local)
        stable = None if judged.stable == FALSE else all_of(local.condition(judged.stable), beside)
        undecided = local.condition(judged.undecided)
        if beside != TRUE:  # not known in polynomials
            undecided = any_of(
                undecided, all_of(local.condition(judged.stable), internal_hopf_condition(candidate))
            )
            judged = replace(judged, undecided=any_formula(judged.stable, judged.undecided), stable=FALSE)
        found = verdict(candidate, exists, judged, local, self.deduction)
        exact = self._exact(candidate)
        eigenvalues = self._eigenvalues(candidate)
        self.points.append(
            RestPoint(
                id=point_number(len(self.points) + 1),
                support=self.table.game.strategy_names(candidate.support),
                free=candidate.mixed,
                state=_floats(exact),
                exact=exact,
                isolated=found.isolated,
                eigenvalues_exact=eigenvalues,
                stability=found.label,
                reason=found.reason or reason,
                stable_when=stable,
                exists=local.condition(exists),
                nash=found.nash,
                strict_nash=found.strict_nash,
                ess=found.ess,
                nss=found.nss,
                open_when=None if undecided == FALSE else undecided,
            )
        )
        self._state(candidate, exact)

    def _judged(self, candidate: Candidate, local: SignPolynomials) -> tuple[Attraction, Condition, str]:
        """Where the candidate is asymptotically stable: a formula, what must hold besides, and a reason.

        Raises
        ------
        TooLong
            Where that cannot be written down.
        """
        pure = not candidate.mixed
        if not any(self.table.own_play):
            return (
                Attraction(strict(candidate, local) if pure else FALSE),
                TRUE,
                PURE if pure else ONLY_STRICT,
            )
        beside: Condition = TRUE
        try:
            judged = attraction(candidate, local)
        except (TooLong, InputError) as problem:
            if candidate.dimension != 3 or (isinstance(problem, InputError) and problem.code != "S002"):
                raise
            judged = attraction(candidate, local, within=False)
            beside = internal_stability(candidate)
            self.unjudged.append(ids_of(self.table.game).point(candidate.support))
        if judged.stable != FALSE and not self.deduction.possible(judged.stable, local):
            judged = replace(judged, stable=FALSE)
        if judged.undecided != FALSE and not self.deduction.possible(judged.undecided, local):
            judged = replace(judged, undecided=FALSE)
        return judged, beside, _own_reason(candidate, judged, beside)

    def _state(self, candidate: Candidate, exact: tuple[Expression, ...]) -> None:
        """The same conditions once more, in the polynomials that all states share."""
        if not any(self.table.own_play):
            if not candidate.mixed:
                formula = strict(candidate, self.polynomials)
                if formula != FALSE:
                    self.states.append(State(exact, formula))
            return
        try:
            judged = attraction(candidate, self.polynomials)
        except (TooLong, InputError):
            return  # listed as left open
        if judged.stable != FALSE or judged.undecided != FALSE:
            self.states.append(State(exact, judged.stable, judged.undecided, judged.why))

    def _exact(self, candidate: Candidate) -> tuple[Expression, ...]:
        shares = map(candidate.shares.get, self.table.game.space.strategies)
        return tuple(number(0) if share is None else share.expression() for share in shares)

    def _eigenvalues(self, candidate: Candidate) -> tuple[Expression, ...] | None:
        try:
            inner = Inner(candidate).eigenvalues()
        except (TooLong, InputError):
            return None
        if inner is None:
            return None
        outer = [(self.table.speeds[b[0]] * candidate.growth(b)).expression() for b in candidate.absent]
        return (*inner, *outer)

    # ------------------------------------------------------------------ whole or not

    def _completeness(self) -> Completeness:
        total = count_supports(self.table.sizes)
        parts = [
            say(
                "On each of the {total} supports the strategies played earn the same where linear equations "
                "hold. Cramer's rule gives their one solution, which exists where all its shares are "
                "positive; what a support holds where the equations are degenerate is listed under the "
                "sets, with the parameters that have it.",
                total=total,
            ).resting_on(CRAMER)
        ]
        if self.necessary:
            parts.append(
                say(
                    "On some supports of four strategies or more, or of several populations, only a "
                    "necessary condition for a set is given; values show what there is."
                )
            )
        if self.skipped or self.too_long:
            parts.append(
                say(
                    "But {count} of the supports were not solved: {why}.",
                    count=self.skipped + self.too_long,
                    why=self.stopped or say("what decides there has too many terms"),
                )
            )
            return Completeness("incomplete", together(parts))
        return Completeness("complete", together(parts))


def _reason(exact: bool) -> str:
    if exact:
        return say("the strategies played earn the same at each of these states")
    return say(
        "only degenerate parameters have it, those of `possible_when`; that is necessary, not sufficient"
    )


def _own_reason(candidate: Candidate, judged: Attraction, beside: Condition) -> str:
    if judged.stable == FALSE and judged.undecided == FALSE:
        return say("for no admissible parameters do all nearby states return to it")
    reason = (
        say("asymptotically stable where no strategy that is not played grows")
        if not candidate.mixed
        else say("asymptotically stable where it is so within its support and no other strategy grows")
    )
    if judged.undecided != FALSE:
        reason = say("{reason}; left open where {why}", reason=reason, why=judged.why)
    if beside != TRUE:
        reason = say("{reason}; multiplied out, what decides within it would fill pages", reason=reason)
    return reason


def _floats(exact: Sequence[Expression]) -> tuple[float, ...] | None:
    values = [float(e.value) for e in exact if isinstance(e, Number)]
    return tuple(values) if len(values) == len(exact) else None
