"""The answer in symbols: every candidate on every face, with the conditions under which it exists."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from separatrix.analysis.answer import only_pure
from separatrix.analysis.assumptions import Assumptions, require_consistent
from separatrix.analysis.corner_advantages import CornerTable
from separatrix.analysis.payoff_quotients import Formulas, too_long
from separatrix.analysis.regimes import State, enumerate_regimes
from separatrix.analysis.rest_state_ids import named
from separatrix.analysis.signs import SignPolynomials, every_formula
from separatrix.analysis.symbolic.affine import affine_symbols, read_formulas
from separatrix.analysis.symbolic.answer import SymbolicAnswer, favourites, pole_warnings
from separatrix.analysis.symbolic.coefficients import Coefficients
from separatrix.analysis.symbolic.cube import corner_table
from separatrix.analysis.symbolic.faces import candidates_of_faces
from separatrix.analysis.symbolic.irredundant_answer import irredundant
from separatrix.analysis.symbolic.one_population import candidates_of_one, states_of_one
from separatrix.analysis.symbolic.opaque_constants import name_constants
from separatrix.analysis.symbolic.pure_profiles import solve_pure
from separatrix.analysis.symbolic.supports import solve_affine_symbols
from separatrix.errors import ComesLater, InputError
from separatrix.expression.conditions import FALSE, TRUE
from separatrix.expression.tree import number
from separatrix.game.model import Game, GroupForm
from separatrix.run.deadline import OutOfTime, afresh, left
from separatrix.sentences import say

__all__ = ["SymbolicAnswer", "solve_symbolic"]

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
        answer = solve_symbolic(constants.game, constants.known(known), budget)
        with afresh(max(WITNESS_SECONDS, left())):
            return constants.written(answer)
    try:
        answer = _by_best_route(game, known, budget)
        return replace(answer, found=named(game, answer.found))
    except OutOfTime:
        found = only_pure(game)
    except InputError as problem:
        if problem.code != "S002":
            raise
        why = say("multiplied out in the parameters, the payoffs have too many terms")
        found = only_pure(game, why, why)
    # No condition of stability would mean that there is none.
    points = tuple(replace(p, exists=TRUE, open_when=TRUE) for p in found.points)
    found = named(game, replace(found, points=points))
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
    return irredundant(symbols if named is None else named.written(symbols), assumptions, told, budget)


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
