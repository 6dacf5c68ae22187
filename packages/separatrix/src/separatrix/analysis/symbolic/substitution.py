"""The symbolic answer with the numbers filled in.

The answer in symbols: every candidate on every face, with the conditions under which it exists.

What decides which states are asymptotically stable: a few polynomials in the parameters, by their signs.

`separatrix.analysis.regimes` uses z3 to find which signs occur together; this module returns the signs
themselves, for evaluation at many parameter values.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import fmpq_mpoly

from separatrix.analysis.affine.rest_states import count_supports, supports
from separatrix.analysis.answer import RestStateAnswer, only_pure
from separatrix.analysis.assumptions import Assumptions, require_consistent
from separatrix.analysis.payoff_functions import Support
from separatrix.analysis.regime_conditions import SignPolynomials, every_formula
from separatrix.analysis.regimes import State, enumerate_regimes
from separatrix.analysis.replicator_equations import CornerTable, Formulas, too_long
from separatrix.analysis.rest_state_ids import with_rest_state_ids
from separatrix.analysis.results import Completeness, RestPoint, RestSet
from separatrix.analysis.results import State as RestState
from separatrix.analysis.symbolic.answer import SymbolicAnswer, favourites, pole_warnings
from separatrix.analysis.symbolic.binary_games import candidates_of_faces, candidates_of_one, states_of_one
from separatrix.analysis.symbolic.classification import Deduction
from separatrix.analysis.symbolic.coefficients import Coefficients
from separatrix.analysis.symbolic.cramer import find_candidate
from separatrix.analysis.symbolic.factorization import (
    AffineSymbols,
    affine_symbols,
    corner_table,
    read_formulas,
)
from separatrix.analysis.symbolic.opaque_constants import name_constants
from separatrix.analysis.symbolic.pure_profiles import Profiles, irredundant, read_profiles, solve_pure
from separatrix.analysis.symbolic.spectrum import TooLong, attraction
from separatrix.analysis.symbolic.supports import solve_affine_symbols
from separatrix.analysis.theorems import CRAMER, NASH, STRICT_NASH
from separatrix.errors import ComesLater, InputError
from separatrix.exact.rational_functions import Ring
from separatrix.expression.conditions import FALSE, TRUE, Condition, holds
from separatrix.expression.tree import Call, Expression, Name, Number, Power, Product, Quotient, Sum, number
from separatrix.game.model import Game, GroupForm
from separatrix.run.limits import OutOfTime, afresh, seconds_left
from separatrix.sentences import say, together

__all__ = ["Deciding", "SymbolicAnswer", "approximate", "deciding", "merge", "solve_symbolic"]

WITNESS_SECONDS = 5.0
"""For true parameters in each regime of a game with irrational constants."""

MOST_POPULATIONS = 4
"""Of two strategies each, whose mixed rest points are listed in symbols."""


def solve_symbolic(game: Game, known: Mapping[str, Fraction] | None, budget: float) -> SymbolicAnswer:
    """Return every candidate with its conditions, and the regimes, by the most exact route there is.

    Parameters
    ----------
    game : Game
    known : mapping or None
        Values of all parameters, where there are: they serve as a witness.
    budget : float
        Seconds that the regimes may take.

    Raises
    ------
    ComesLater
        A501, A502, A503 for payoffs that have no symbolic analysis in this version.
    InputError
        A504 for assumptions that contradict each other.
    """
    constants = name_constants(game)
    if constants is not None:
        answer = solve_symbolic(constants.game, constants.with_constants(known), budget)
        with afresh(max(WITNESS_SECONDS, seconds_left())):
            return constants.in_parameters(answer)
    try:
        answer = _by_best_route(game, known, budget)
        return replace(answer, found=with_rest_state_ids(game, answer.found))
    except OutOfTime:
        found = only_pure(game)
    except InputError as problem:
        if problem.code != "S002":
            raise
        why = say("multiplied out in the parameters, the payoffs have too many terms")
        found = only_pure(game, why, why)
    # No condition of stability would mean that there is none.
    points = tuple(replace(p, exists=TRUE, open_when=TRUE) for p in found.points)
    found = with_rest_state_ids(game, replace(found, points=points))
    return SymbolicAnswer(found, (), found.completeness, ())


def _by_best_route(game: Game, known: Mapping[str, Fraction] | None, budget: float) -> SymbolicAnswer:
    try:
        formulas = read_formulas(game)
    except ComesLater as problem:
        if problem.code not in ("A502", "A503"):
            raise
        try:
            why = _reason(game, problem.code)
            return solve_pure(game, known, budget, why, in_values=why is not NOT_RATIONAL)
        except ComesLater as other:
            raise (problem if other.code == "A501" else other) from None
    table = corner_table(formulas)
    if table is not None and len(game.populations) <= MOST_POPULATIONS:
        return _solve_cube(game, formulas, table, known, budget)
    affine = affine_symbols(formulas)
    if affine is not None:
        return solve_affine_symbols(game, affine, known, budget)
    why = (
        say(
            "with {count} populations they are roots of polynomials of high degree",
            count=len(game.populations),
        )
        if table is not None
        else say("the payoffs are not affine in the shares")
    )
    return solve_pure(game, known, budget, why)


NOT_RATIONAL = say("the payoffs are not rational in the shares")
"""Of such payoffs the analysis at values refuses, too."""


def _reason(game: Game, code: str) -> str:
    """Why the payoffs could not be read as polynomials."""
    if code == "A502":
        return say("the size of a group is a symbol")
    if too_long(game):
        return say("the game is too large")
    if isinstance(game.form, GroupForm):
        return say("with groups of this size they are roots of polynomials of high degree")
    return NOT_RATIONAL


def _solve_cube(
    game: Game,
    formulas: Formulas,
    table: CornerTable,
    known: Mapping[str, Fraction] | None,
    budget: float,
) -> SymbolicAnswer:
    """Populations of two strategies with multilinear payoffs."""
    assumptions = Assumptions(game, table.ring)
    speeds = [table.ring.read(speed) for speed in game.speeds]
    poles = assumptions.exclude_poles(table.poles)
    assumptions.assume([s.sign_polynomial for s in speeds], ">")
    require_consistent(game, assumptions)
    named: Coefficients | None = None
    if game.plays_itself:
        found = candidates_of_one(game, table, assumptions, speeds[0])
        polynomials, states = states_of_one(game, table, assumptions)
    else:
        found, named = candidates_of_faces(game, table, assumptions)
        written = assumptions.relation if named is None else named.relation
        polynomials, states = _strict_states(game, table, SignPolynomials(assumptions, written))
    # Long products are hard for z3, and many of their regimes are met by chance.
    by_chance = named is not None and any(p.total_degree() > 1 for p in polynomials.items)
    told = list(favourites(game, known))
    regimes, completeness = enumerate_regimes(polynomials, states, budget, told, by_chance)
    warnings = tuple(pole_warnings(table.ring, poles))
    symbols = SymbolicAnswer(found, regimes, completeness, warnings)
    return irredundant(symbols if named is None else named.put_back(symbols), assumptions, told, budget)


def _strict_states(
    game: Game, table: CornerTable, polynomials: SignPolynomials
) -> tuple[SignPolynomials, list[State]]:
    """The pure profiles and the corner signs that make each a strict Nash equilibrium."""
    states = []
    n = len(game.shares)
    for profile in itertools.product((0, 1), repeat=n):
        parts = []
        for i in range(n):
            corner = (*profile[:i], *profile[i + 1 :])
            wanted = ">" if profile[i] else "<"
            parts.append(polynomials.sign(table.corners[i][corner].sign_polynomial, wanted))
        formula = every_formula(*parts)
        if formula != FALSE:
            states.append(State(tuple(number(s) for s in profile), formula))
    return polynomials, states


MOST_SUPPORTS = 63
"""Limit on the supports of games with own play for which candidates are computed: six strategies."""

MOST_PROFILES = 512

STRICT = say(
    "the asymptotically stable states are the strict Nash equilibria (Ritzberger–Weibull theorem)"
).resting_on(STRICT_NASH, NASH)
ONE = say("one population of two strategies: the signs of the advantage at both ends decide")
EIGENVALUES = say(
    "on every support Cramer's rule gives the one candidate, and the signs of its eigenvalues and of what "
    "absent strategies gain decide"
).resting_on(CRAMER)


@dataclass(frozen=True, eq=False)
class Deciding:
    """The states that can be asymptotically stable, and the signs that decide.

    Attributes
    ----------
    ring : Ring
        In the game's parameters.
    polynomials : tuple of fmpq_mpoly
        The polynomials in the formulas of the states, by their index.
    states : tuple of State
    supports : for each state, the indices of the strategies played in each population
    relations : polynomials and the sign that each must have, ``> >= == <= < !=``, for the parameters to be
        admissible
    poles : denominators; the game is undefined where one vanishes
    why : str
        The argument.
    """

    ring: Ring
    polynomials: tuple[fmpq_mpoly, ...]
    states: tuple[State, ...]
    supports: tuple[Support, ...]
    relations: tuple[tuple[fmpq_mpoly, str], ...]
    poles: tuple[fmpq_mpoly, ...]
    why: str


def deciding(game: Game) -> Deciding | None:
    """Return what decides; None where no polynomials with rational coefficients are known that do.

    Examples
    --------
    >>> import separatrix
    >>> found = deciding(separatrix.load("hawk-dove-one-population"))
    >>> [str(p) for p in found.polynomials], len(found.states)
    (['v0', 'v0 - v1'], 3)
    """
    free = replace(game, assumptions=())
    ring = Ring(game.parameters)
    try:
        relations = tuple(Assumptions(game, ring).relations)
        found = _strict_profiles(free) or _by_formulas(free)
    except (ComesLater, TooLong) as problem:
        if isinstance(problem, ComesLater) and problem.code not in ("A501", "A502", "A503"):
            raise
        return None
    # A rational beside an irrational constant has not its signs.
    if found is None or ring.rounded or found.ring.rounded:
        return None
    return replace(found, relations=(*found.relations, *relations))


# --------------------------------------------------------------------------- no own play


def _strict_profiles(game: Game) -> Deciding | None:
    """Pure profiles, where payoffs do not depend on the own population's shares."""
    if math.prod(game.space.sizes) > MOST_PROFILES:
        return None
    try:
        read = read_profiles(game)
    except ComesLater:
        return None
    if read.own:
        return None
    return _strict(game, read)


def _strict(game: Game, read: Profiles) -> Deciding:
    polynomials = SignPolynomials(Assumptions(game, read.ring))
    states, places = [], []
    for profile in read.earned:
        gains = read.gains(profile).values()
        formula = every_formula(*(polynomials.sign(g.sign_polynomial, "<") for g in gains))
        if formula != FALSE:
            states.append(State(tuple(map(number, game.space.corner(profile))), formula))
            places.append(tuple((a,) for a in profile))
    speeds = tuple((s.sign_polynomial, ">") for s in read.speeds)
    return Deciding(
        read.ring, tuple(polynomials.items), tuple(states), tuple(places), speeds, read.poles, STRICT
    )


# --------------------------------------------------------------------------- own play


def _by_formulas(game: Game) -> Deciding | None:
    formulas = read_formulas(game)
    table = corner_table(formulas)
    if table is None or not game.plays_itself:
        affine = affine_symbols(formulas)
        return None if affine is None else _affine(game, affine)
    assumptions = Assumptions(game, table.ring)
    polynomials, states = states_of_one(game, table, assumptions)
    places: list[Support] = [
        ((1,),) if s.coordinates == (number(0),) else ((0,),) if s.coordinates == (number(1),) else ((0, 1),)
        for s in states
    ]
    speeds = tuple((table.ring.read(speed).sign_polynomial, ">") for speed in game.speeds)
    return Deciding(
        table.ring, tuple(polynomials.items), tuple(states), tuple(places), speeds, table.poles, ONE
    )


def _affine(game: Game, table: AffineSymbols) -> Deciding | None:
    """Every support of a game with affine payoffs."""
    if count_supports(table.sizes) > MOST_SUPPORTS:
        return None
    polynomials = SignPolynomials(Deduction(game, table.ring, 0))
    states, places = [], []
    for support in supports(table.sizes):
        try:
            candidate = find_candidate(table, support)
            if candidate is None:
                continue
            judged = attraction(candidate, polynomials)
        except InputError as problem:
            if problem.code != "S002":
                raise
            return None
        if judged.stable == FALSE and judged.undecided == FALSE:
            continue
        exact = [
            number(0) if strategy not in candidate.shares else candidate.shares[strategy].expression()
            for strategy in game.space.strategies
        ]
        states.append(State(tuple(exact), judged.stable, judged.undecided, judged.why))
        places.append(support)
    speeds = tuple((s.sign_polynomial, ">") for s in table.speeds)
    return Deciding(
        table.ring, tuple(polynomials.items), tuple(states), tuple(places), speeds, table.poles, EIGENVALUES
    )


ABSENT = say("it does not exist at the given values")
ON_SET = say("at the given values it is one state of a continuum of equilibria")


def merge(
    game: Game,
    symbols: RestStateAnswer,
    numbers: RestStateAnswer | None,
    known: Mapping[str, Fraction] | None,
) -> RestStateAnswer:
    """Return the symbolic answer, with the numeric keys filled in where values exist.

    Candidates keep their forms and conditions and take state, eigenvalues, label and flags from the rest
    state that they are at these values. Rest states without a candidate (inside the cube at degenerate
    values) are added.
    """
    if numbers is None or known is None:
        return symbols
    unmatched = list(numbers.points)
    points: list[RestPoint] = []
    absent: list[RestPoint | RestSet] = []
    for candidate in symbols.points:
        match = _match(candidate, unmatched, known)
        if match is not None:
            unmatched.remove(match)
            points.append(_filled(candidate, match))
        else:
            absent.append(_unmatched(candidate, numbers.sets, known))
    sets, lacking = _merge_sets(symbols.sets, numbers.sets, known)
    # What is at these values keeps its name, for what else speaks of it; others cannot be taken for it.
    others = [replace(item, id=f"candidate {k}") for k, item in enumerate((*absent, *lacking))]
    found = replace(
        numbers,
        points=(*points, *unmatched, *(p for p in others if isinstance(p, RestPoint))),
        sets=(*sets, *(s for s in others if isinstance(s, RestSet))),
        completeness=_proof(symbols.completeness, numbers.completeness),
        warnings=(),
        places={},
    )
    return with_rest_state_ids(game, found, [item.id for item in others])


def _proof(symbols: Completeness, numbers: Completeness) -> Completeness:
    whole = symbols.status == numbers.status == "complete"
    if whole:
        here = say("The answer at the given values is whole too.")
    elif numbers.status == "complete":
        here = say("The answer at the given values is whole.")
    else:
        here = say("The answer at the given values may not be whole.")
    return Completeness("complete" if whole else "incomplete", together([symbols.proof, here, numbers.proof]))


def _match(candidate: RestPoint, points: list[RestPoint], known: Mapping[str, Fraction]) -> RestPoint | None:
    same_face = [p for p in points if p.support == candidate.support]
    if len(candidate.free) < 3:
        return same_face[0] if same_face else None
    place = [approximate(e, known) for e in candidate.exact or ()]
    if not place or any(v is None for v in place):
        return None
    for point in same_face:
        state = point.state or ()
        if state and all(v is not None and abs(v - s) < 1e-6 for v, s in zip(place, state, strict=True)):
            return point
    return None


def _filled(candidate: RestPoint, point: RestPoint) -> RestPoint:
    return replace(
        candidate,
        id=point.id,
        state=point.state,
        isolated=point.isolated,
        eigenvalues=point.eigenvalues,
        stability=point.stability,
        reason=point.reason,
        nash=point.nash,
        strict_nash=point.strict_nash,
        ess=point.ess,
        nss=point.nss,
    )


def _unmatched(candidate: RestPoint, pieces: tuple[RestSet, ...], known: Mapping[str, Fraction]) -> RestPoint:
    """A candidate that is not a listed rest point: it does not exist, or is one state of a rest set."""
    present = candidate.exists is not None and _true(candidate.exists, known)
    place = [approximate(e, known) for e in candidate.exact or ()] if present else []
    state = tuple(v for v in place if v is not None)
    if not state or len(state) < len(place):
        present = False
    own = [
        p
        for p in pieces
        if present and p.dimension == 0 and p.support == candidate.support and _close(p.samples, state)
    ]
    return replace(
        candidate,
        state=state if present else None,
        isolated=False if present else None,
        eigenvalues=None,
        stability=own[0].stability if own else None,
        reason=ON_SET if present else ABSENT,
        nash=None,
        strict_nash=None,
        ess=None,
        nss=None,
    )


def _close(samples: tuple[RestState, ...], state: RestState) -> bool:
    return any(all(abs(u - v) < 1e-9 for u, v in zip(s, state, strict=True)) for s in samples)


def _merge_sets(
    candidates: tuple[RestSet, ...], pieces: tuple[RestSet, ...], known: Mapping[str, Fraction]
) -> tuple[list[RestSet], list[RestSet]]:
    """The pieces that exist at these values, with their candidates' conditions; and the other candidates."""
    present = [c for c in candidates if _holds(c, known)]
    result: list[RestSet] = []
    for piece in pieces:
        owners = [c for c in present if c.support == piece.support and c.dimension >= piece.dimension]
        owner = min(owners, key=lambda c: c.dimension, default=None)
        result.append(replace(piece, exists=owner.exists if owner else None))
    supports = {p.support for p in pieces}
    return result, [c for c in candidates if c not in present or c.support not in supports]


def _holds(candidate: RestSet, known: Mapping[str, Fraction]) -> bool:
    condition = candidate.exists or candidate.possible_when
    return condition is None or _true(condition, known)


def _true(condition: Condition, known: Mapping[str, Fraction]) -> bool:
    try:
        return holds(condition, known)
    except InputError:  # a pole at these values, or an irrational number: not claimed to exist
        return False


def approximate(expression: Expression, values: Mapping[str, Fraction]) -> float | None:
    """Return the value as a float, or None where it is not real (a pole, the root of a negative number).

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> approximate(parse_expression("sqrt(a)/2"), {"a": Fraction(2)})
    0.7071067811865476
    """
    try:
        return _float(expression, values)
    except (ZeroDivisionError, ValueError, OverflowError):
        return None


_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "min": min,
    "max": max,
}


def _float(expression: Expression, values: Mapping[str, Fraction]) -> float:
    match expression:
        case Number(value):
            return float(value)
        case Name(name):
            return float(values[name])
        case Sum(terms):
            return math.fsum(_float(t, values) for t in terms)
        case Product(factors):
            return math.prod(_float(f, values) for f in factors)
        case Quotient(numerator, denominator):
            return _float(numerator, values) / _float(denominator, values)
        case Power(base, exponent):
            return float(_float(base, values) ** _float(exponent, values))
        case Call(function, arguments):
            inner = [_float(a, values) for a in arguments]
            return float(_FUNCTIONS[function](*inner))
