"""The pure profiles in symbols, for payoffs without further symbolic solutions.

At a pure profile the Jacobian is diagonal: an absent strategy grows at the rate at which it earns more than
the one that is played. So a profile is asymptotically stable where every absent strategy earns less, for
which continuity of the payoffs is enough. Where some earn exactly as much, it is not asymptotically stable
if payoffs are differentiable and independent of the own population's shares (Ritzberger, K. and Weibull, J.
W. (1995), Evolutionary selection in normal-form games, Econometrica 63, 1371-1399); else that is undecided.

A symbolic answer with every condition as short as it can be.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import fmpq_mpoly

from separatrix.analysis.answer import RestStateAnswer, point_number
from separatrix.analysis.assumptions import Assumptions, require_consistent
from separatrix.analysis.conditions import Irredundant
from separatrix.analysis.regime_conditions import Formula, SignPolynomials, any_formula, every_formula
from separatrix.analysis.regimes import State, enumerate_regimes
from separatrix.analysis.results import Completeness, Regime, RestPoint, RestSet
from separatrix.analysis.symbolic.answer import SymbolicAnswer, favourites, pole_warnings
from separatrix.analysis.symbolic.classification import Deduction, isolated_of, nash_of, strict_nash_of
from separatrix.analysis.theorems import NASH, STRICT_NASH
from separatrix.errors import ComesLater, InputError
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression.conditions import FALSE, TRUE, Condition, leaves
from separatrix.expression.tree import Expression, Number, add, names_in, number, substitute
from separatrix.game.fitness import strategy_payoffs
from separatrix.game.model import Game, GroupForm, Profile, ProfileTable
from separatrix.game.values import expand, expand_moving
from separatrix.run.limits import spent
from separatrix.sentences import say, together

__all__ = [
    "Profiles",
    "irredundant",
    "read_profiles",
    "solve_pure",
]

EFFORT, BUDGET_SHARE = 3.0, 0.1
"""Seconds of z3's effort for all conditions of an answer, and the most that they may be of the budget;
what is not looked at by then stays as it is."""

NAMED_EFFORT = 0.5
"""The same where coefficients have names: z3 is at a loss there with mixed states, whatever its time."""


def irredundant(
    symbols: SymbolicAnswer,
    assumptions: Assumptions,
    known: Iterable[Mapping[str, Fraction]],
    budget: float,
) -> SymbolicAnswer:
    """Return an answer without clauses that others imply, and without alternatives that cannot be.

    Stability conditions assume that the state exists. Candidates that never exist are dropped.

    Parameters
    ----------
    symbols : SymbolicAnswer
    assumptions : Assumptions
        In the parameters of the answer.
    known : parameter values at which much is seen without z3, besides the witnesses
    budget : seconds for the whole answer
    """
    effort = min(NAMED_EFFORT if symbols.definitions else EFFORT, BUDGET_SHARE * budget)
    if effort <= 0 or spent():
        return symbols
    witnesses = [r.witness for r in symbols.regimes if r.witness]
    short = Irredundant(assumptions, _conditions(symbols), symbols.definitions, [*known, *witnesses], effort)
    for condition in sorted(
        _assumption_only_conditions(symbols), key=_size
    ):  # before long ones take all the time
        short.condition(condition)
    points = [_irredundant_point(p, short) for p in symbols.found.points]
    sets = [_set(s, short) for s in symbols.found.sets]
    found = replace(
        symbols.found,
        points=tuple(p for p in points if p.exists != FALSE),
        sets=tuple(s for s in sets if FALSE not in (s.exists, s.possible_when)),
    )
    regimes = tuple(replace(r, condition=short.condition(r.condition)) for r in symbols.regimes)
    return replace(symbols, found=found, regimes=regimes)


def _assumption_only_conditions(symbols: SymbolicAnswer) -> Iterator[Condition]:
    """The conditions that are shortened under the assumptions alone."""
    for point in symbols.found.points:
        yield from (c for c in (point.exists,) if c is not None)
    for piece in symbols.found.sets:
        yield from (c for c in (piece.exists, piece.possible_when) if c is not None)
    yield from (regime.condition for regime in symbols.regimes)


def _conditions(symbols: SymbolicAnswer) -> Iterator[Condition]:
    yield from _assumption_only_conditions(symbols)
    for point in symbols.found.points:
        yield from (c for c in (point.stable_when, point.open_when) if c is not None)


def _size(condition: Condition) -> int:
    return sum(len(names_in(r.left)) + len(names_in(r.right)) for r in leaves(condition))


def _irredundant_point(point: RestPoint, short: Irredundant) -> RestPoint:
    exists = TRUE if point.exists is None else short.condition(point.exists)
    if exists == FALSE:
        return replace(point, exists=FALSE)

    def possible_condition(condition: Condition | None) -> Condition | None:
        found = None if condition is None else short.condition(condition, exists)
        return None if found == FALSE else found

    return replace(
        point,
        exists=None if point.exists is None else exists,
        stable_when=possible_condition(point.stable_when),
        open_when=possible_condition(point.open_when),
    )


def _set(piece: RestSet, short: Irredundant) -> RestSet:
    def always(condition: Condition | None) -> Condition | None:
        return None if condition is None else short.condition(condition)

    return replace(piece, exists=always(piece.exists), possible_when=always(piece.possible_when))


MOST_PROFILES = 512

PURE = say(
    "asymptotically stable exactly where it is a strict Nash equilibrium (Ritzberger–Weibull theorem)"
).resting_on(STRICT_NASH, NASH)
OPEN = say(
    "asymptotically stable where every strategy that is not played earns less; where one earns exactly as "
    "much, that is left open"
)


@dataclass(frozen=True, eq=False)
class _Payoffs:
    """What every strategy earns, in the shares."""

    game: Game
    rows: tuple[tuple[Expression, ...], ...]

    def at(self, profile: Profile) -> list[list[Expression]]:
        """Return the payoffs where everyone plays a profile."""
        shares: dict[str, Expression] = {}
        for population, played in zip(self.game.populations, profile, strict=True):
            for a, share in enumerate(population.shares):
                shares[share] = number(int(a == played))
        return [[substitute(u, shares) for u in row] for row in self.rows]

    def depends_on_own_shares(self, i: int) -> bool:
        """Whether the payoffs of a population may depend on its own shares."""
        shares = set(self.game.populations[i].shares)
        return any(shares & set(names_in(u)) for u in self.rows[i])


class _ProfileTable(_Payoffs):
    """A payoff table: it gives the payoffs at a profile directly."""

    def at(self, profile: Profile) -> list[list[Expression]]:
        pay = self.game.pay
        return [
            [pay[(*profile[:i], a, *profile[i + 1 :])][i] for a in range(len(population.strategies))]
            for i, population in enumerate(self.game.populations)
        ]

    def depends_on_own_shares(self, i: int) -> bool:
        return False


@dataclass(frozen=True, eq=False)
class _Group(_Payoffs):
    """One population that meets in groups: the other members play what everyone plays."""

    form: GroupForm

    def at(self, profile: Profile) -> list[list[Expression]]:
        form = self.form
        others = add(form.size, number(-1)) if profile[0] == 0 else number(0)
        if isinstance(form.size, Number) and profile[0] == 0:
            others = number(form.size.value - 1)
        return [[substitute(u, {form.COUNT: others}) for u in self.rows[0]]]

    def depends_on_own_shares(self, i: int) -> bool:
        return True


def solve_pure(
    game: Game, known: Mapping[str, Fraction] | None, budget: float, why: str, *, in_values: bool = True
) -> SymbolicAnswer:
    """Return the pure profiles with their eigenvalues, and which of them are stable together.

    Parameters
    ----------
    game : Game
    known : mapping or None
        Values of all parameters, where there are.
    budget : float
        Seconds that the regimes may take.
    why : str
        Why mixed states are not listed.
    in_values : bool
        Whether the analysis at values lists them.

    Raises
    ------
    ComesLater
        A501, A503 where a payoff at a pure profile is not a rational function of the parameters; A502 for too
        many profiles.
    InputError
        A504 for assumptions that contradict each other.
    """
    read = read_profiles(game)
    ring, speeds, profiles = read.ring, read.speeds, list(read.earned)
    count = len(profiles)
    deduction = Deduction(game, ring, min(10.0, max(2.0, budget / 4)), max(2.0, budget))
    new = deduction.exclude_poles(read.poles)
    deduction.assume([s.sign_polynomial for s in speeds], ">")
    require_consistent(game, deduction)
    own = read.own
    told = list(favourites(game, known))
    polynomials = SignPolynomials(deduction)
    points, states = [], []
    for k, profile in enumerate(profiles, 1):
        point, state = _point(game, profile, read.gains(profile), speeds, own, polynomials, deduction)
        points.append(replace(point, id=point_number(k)))
        if state is not None:
            states.append(state)
    if own:
        # What pure profiles alone tell would call a regime empty in which a mixed state attracts.
        regimes: tuple[Regime, ...] = ()
        completeness = Completeness(
            "incomplete",
            say(
                "Mixed states can be asymptotically stable in this game and have no conditions in symbols, "
                "so the parameters were not sorted into regimes."
            ),
        )
    else:
        regimes, completeness = enumerate_regimes(polynomials, states, budget, told)
    parts = [
        say(
            "The {count} pure profiles are listed. Mixed states are not enumerated in symbols: {why}.",
            count=count,
            why=why,
        )
    ]
    if not own:
        parts.append(
            say("None of them is asymptotically stable (Ritzberger–Weibull theorem).").resting_on(STRICT_NASH)
        )
    if in_values:
        parts.append(say("Values show them."))
    found = RestStateAnswer(tuple(points), (), (), Completeness("incomplete", together(parts)))
    symbols = SymbolicAnswer(found, regimes, completeness, tuple(pole_warnings(ring, new)))
    return irredundant(symbols, deduction, told, budget)


@dataclass(frozen=True, eq=False)
class Profiles:
    """What every strategy earns at every pure profile.

    Attributes
    ----------
    ring : Ring
        In the game's parameters.
    speeds : one factor a population
    earned : mapping of a profile to what each strategy of each population earns against it
    poles : denominators in them; the game is undefined where one vanishes
    own : whether payoffs may depend on the shares of the own population, or may not be differentiable
    """

    ring: Ring
    speeds: list[Ratio]
    earned: Mapping[Profile, list[list[Ratio]]]
    poles: tuple[fmpq_mpoly, ...]
    own: bool

    def gains(self, profile: Profile) -> dict[tuple[int, int], Ratio]:
        """Return what each strategy that is not played earns more than the played one of its population."""
        return {
            (i, a): payoff - row[played]
            for i, (row, played) in enumerate(zip(self.earned[profile], profile, strict=True))
            for a, payoff in enumerate(row)
            if a != played
        }


def read_profiles(game: Game) -> Profiles:
    """Return what every strategy earns at every pure profile, in the parameters.

    Raises
    ------
    ComesLater
        A501, A503 where that is not a rational function of the parameters; A502 for too many profiles.
    """
    count = math.prod(game.space.sizes)
    if count > MOST_PROFILES:
        raise ComesLater(
            "A502",
            f"{count:,} pure profiles: games of up to {MOST_PROFILES} are analysed in symbols; larger ones "
            "come later",
            hint="give the parameters values and omit --symbolic",
        )
    payoffs = _payoffs(game)
    ring = Ring(game.parameters)
    lets: dict[str, Ratio] = {}
    for name, meaning in game.lets.items():
        if name not in game.moving_lets:
            lets[name] = ring.read(meaning, lets)
    speeds = [ring.read(speed, lets) for speed in game.speeds]
    known: dict[int, Ratio] = {}
    earned = {q: _read(game, ring, lets, payoffs.at(q), q, known) for q in game.profiles()}
    poles = {
        str(v.denominator): v.denominator
        for v in (*lets.values(), *speeds, *itertools.chain(*(r for rows in earned.values() for r in rows)))
        if not v.denominator.is_constant()
    }
    own = any(payoffs.depends_on_own_shares(i) for i in range(len(game.populations))) or not _smooth(payoffs)
    return Profiles(ring, speeds, earned, tuple(poles.values()), own)


def _payoffs(game: Game) -> _Payoffs:
    form = game.form
    if isinstance(form, GroupForm):
        sized = replace(form, size=expand(game, form.size))
        rows = tuple(expand_moving(game, u) for u in form.payoffs)
        if not set(game.shares) & {n for u in rows for n in names_in(u)}:
            return _Group(replace(game, form=sized), (rows,), sized)
    if isinstance(form, ProfileTable) and not game.moving_lets:
        return _ProfileTable(game, ())
    return _Payoffs(game, strategy_payoffs(game))


def _smooth(payoffs: _Payoffs) -> bool:
    """Whether the payoffs are rational functions of the shares, hence differentiable where defined."""
    wide = Ring((*payoffs.game.shares, *payoffs.game.lets, *payoffs.game.parameters))
    try:
        for row in payoffs.rows:
            for u in row:
                wide.read(u)
    except (ComesLater, InputError):
        return False
    return True


def _read(
    game: Game,
    ring: Ring,
    lets: Mapping[str, Ratio],
    rows: list[list[Expression]],
    profile: Profile,
    known: dict[int, Ratio],
) -> list[list[Ratio]]:
    """Read payoffs; `known` holds those that a table has at other profiles too."""
    table = isinstance(game.form, ProfileTable)
    result = []
    for population, row in zip(game.populations, rows, strict=True):
        values = []
        for strategy, expression in zip(population.strategies, row, strict=True):
            if table and id(expression) in known:
                values.append(known[id(expression)])
                continue
            try:
                values.append(ring.read(expression, lets))
                known[id(expression)] = values[-1]
            except InputError as problem:
                if problem.code not in ("S003", "S004"):
                    raise
                names = ", ".join(
                    p.strategies[a].name for p, a in zip(game.populations, profile, strict=True)
                )
                raise ComesLater(
                    "A503",
                    f"the payoff of `{strategy.name}` of {population.name} has no exact value where everyone "
                    f"plays {names}: {problem.message}; the symbolic analysis of such payoffs comes later",
                    hint="give the parameters values and omit --symbolic",
                ) from None
        result.append(values)
    return result


def _point(
    game: Game,
    profile: Profile,
    gains: Mapping[tuple[int, int], Ratio],
    speeds: list[Ratio],
    own: bool,
    polynomials: SignPolynomials,
    deduction: Deduction,
) -> tuple[RestPoint, State | None]:
    signs = [deduction.signs(g.sign_polynomial) for g in gains.values()]
    strict = every_formula(*(polynomials.sign(g.sign_polynomial, "<") for g in gains.values()))
    weak = every_formula(*(polynomials.sign(g.sign_polynomial, "<=") for g in gains.values()))
    always = strict_nash_of(signs)
    positive, negative = any(s == {1} for s in signs), any(s == {-1} for s in signs)
    state = game.space.corner(profile)
    exact = tuple(map(number, state))
    undecided: Formula = FALSE
    if own:
        ties = [polynomials.sign(g.sign_polynomial, "==") for g in gains.values()]
        undecided = every_formula(weak, any_formula(*ties))
    open_ = undecided != FALSE
    point = RestPoint(
        id="",
        support=game.strategy_names([(a,) for a in profile]),
        free=(),
        state=tuple(map(float, state)),
        exact=exact,
        isolated=isolated_of(signs),
        eigenvalues_exact=tuple((speeds[i] * g).expression() for (i, _), g in gains.items()),
        stability="asymptotically stable"
        if always
        else "saddle"
        if positive and negative
        else "source"
        if all(s == {1} for s in signs)
        else None,
        reason=OPEN if open_ else PURE,
        stable_when=None if strict == FALSE else polynomials.condition(strict),
        exists=TRUE,
        nash=nash_of(signs),
        strict_nash=always,
        ess=None if open_ and not always else always,
        open_when=polynomials.condition(undecided) if open_ else None,
    )
    if strict == FALSE and not open_:
        return point, None
    return point, State(exact, strict, undecided, say("a strategy that is not played earns exactly as much"))
