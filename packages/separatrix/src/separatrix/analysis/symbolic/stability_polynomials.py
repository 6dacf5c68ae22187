"""What decides which states are asymptotically stable: a few polynomials in the parameters, by their signs.

`separatrix.analysis.regimes` asks z3 which signs occur together; here they are handed out as they
are, for whoever wants to know them at many values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from flint import fmpq_mpoly

from separatrix.analysis.affine.supports import count_supports, supports
from separatrix.analysis.affine_game import Support
from separatrix.analysis.assumptions import Assumptions
from separatrix.analysis.regimes import State
from separatrix.analysis.signs import SignPolynomials, every_formula
from separatrix.analysis.symbolic.affine import AffineSymbols, affine_symbols, read_formulas
from separatrix.analysis.symbolic.candidate import find_candidate
from separatrix.analysis.symbolic.cube import corner_table
from separatrix.analysis.symbolic.deduction import Deduction
from separatrix.analysis.symbolic.one_population import states_of_one
from separatrix.analysis.symbolic.pure_profiles import Profiles, read_profiles
from separatrix.analysis.symbolic.spectrum import TooLong
from separatrix.analysis.symbolic.stability_conditions import attraction
from separatrix.analysis.theorems import CRAMER, NASH, STRICT_NASH
from separatrix.errors import ComesLater, InputError
from separatrix.exact.rational_functions import Ring
from separatrix.expression.conditions import FALSE
from separatrix.expression.tree import number
from separatrix.game.model import Game
from separatrix.sentences import say

__all__ = ["Deciding", "deciding"]

MOST_SUPPORTS = 63
"""Supports of games with own play whose candidates are worked out: those of six strategies."""

MOST_PROFILES = 512

STRICT = say(
    "the asymptotically stable states are the strict Nash equilibria (Ritzberger–Weibull theorem)"
).by(STRICT_NASH, NASH)
ONE = say("one population of two strategies: the signs of the advantage at both ends decide")
EIGENVALUES = say(
    "on every support Cramer's rule gives the one candidate, and the signs of its eigenvalues and of what "
    "absent strategies gain decide"
).by(CRAMER)


@dataclass(frozen=True, eq=False)
class Deciding:
    """The states that can be asymptotically stable, and the signs that decide.

    Attributes
    ----------
    ring : Ring
        In the game's parameters.
    polynomials : tuple of fmpq_mpoly
        What the formulas of the states speak of, by their index.
    states : tuple of State
    supports : for each state, the indices of the strategies played in each population
    relations : polynomials and the sign that each must have, ``> >= == <= < !=``, for the parameters to be
        admissible
    poles : denominators; where one vanishes there is no game
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
    """Pure profiles, where nobody's payoff depends on the own population's shares."""
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
