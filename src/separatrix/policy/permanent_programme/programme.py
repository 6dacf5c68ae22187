"""The cheapest permanent programme: at which levels instruments, kept for ever, make a pure state the
outcome.

Where payoffs and costs are affine in the levels this is a linear programme, and its answer is exact.
Stability is an open condition, so the least cost is an infimum that no programme has, as a rule; so the
answer holds a second programme, which clears every condition by a margin, and what the margin costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from separatrix.errors import InputError
from separatrix.exact.linear.certified_program import Unbounded
from separatrix.game.model import PAYERS, Game, Profile
from separatrix.game.values import exact, violated
from separatrix.policy.permanent_programme.linear_programme import (
    LinearAnswer,
    limits_fit,
    linear_answer,
    shortfalls,
    widest_margin,
)
from separatrix.policy.permanent_programme.nonlinear_programme import (
    cleared,
    nonlinear_answer,
    nonlinear_demands,
    nonlinear_shortfalls,
    number_at,
)
from separatrix.policy.permanent_programme.problem import Problem, problem_of
from separatrix.policy.permanent_programme.result import Demand, Levels, PermanentProgramme, Verdict
from separatrix.sentence import Sentence, say

__all__ = ["permanent_programme"]

ONE_PERCENT = Fraction(1, 100)


def permanent_programme(
    game: Game,
    target: str | Mapping[str, str] | Sequence[str] | None = None,
    instruments: Sequence[str] | None = None,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    require: Sequence[str] = (),
    payer: str = PAYERS[0],
    budget: Mapping[str, object] | object | None = None,
    emissions: object | None = None,
    limits: Mapping[str, tuple[object, object]] | None = None,
    margin: object | None = None,
    population_size: object = 100,
    start: Mapping[str, object] | Sequence[object] | None = None,
    safety: object = "0.01",
) -> PermanentProgramme:
    """Return the cheapest levels at which instruments, kept for ever, make a pure state last.

    Parameters
    ----------
    game : Game
        With `instruments`.
    target : str, mapping or sequence, optional
        The pure state: what all of each population play, or its name; by default the first strategies.
    instruments : sequence of str, optional
        Which ones may be used; by default all.
    values, scenario
        As in `separatrix.analyze`.
    require : sequence of str
        What is asked beyond a target that is a strict Nash equilibrium: ``only-stable`` (no other pure state
        lasts), ``selected`` (it is where finite populations are found under noise), ``basin`` (today's state
        goes there), ``only-outcome`` (every trajectory from inside goes there, by iterated dominance).
    payer : str
        Whose cost is made least: ``public``, ``enterprises`` or ``together``; per unit of time, at the
        target.
    budget : number, or mapping of payer to number, optional
        The most that may be paid per unit of time.
    emissions : number, optional
        The most that may be emitted at the target per unit of time.
    limits : mapping of instrument to (low, high), optional
        Levels that are allowed, either end may be None; by default the instrument's range.
    margin : number, optional
        By how much the recommended programme clears each condition, in the unit of payoffs; by default 1 % of
        what the population that is moved most gains or loses at the target without any instrument.
    population_size : int, or a sequence of them
        For ``selected``.
    start : mapping of share to number, or one number for each share, optional
        For ``basin``: where things stand; by default what the game says.
    safety : number
        For ``basin``: the recommended programme works where the share of the target's strategy is so much
        smaller than it is thought, too.

    Returns
    -------
    PermanentProgramme

    Raises
    ------
    InputError
        P121 for a target that is not told whole; P124 without instruments; P126 for a payer, P127 for limits
        that contradict each other; P128 for a limit of emissions of which the game does not tell; P129 where
        the cost falls for ever; P133 for an instrument without a range where payoffs are not affine; V304
        for a parameter without a value.
    NameProblem
        P120, P125, V308 for names that are not known.
    ComesLater
        P122, P123, P131 where what is required cannot be told of such a game.

    References
    ----------
    Ritzberger & Weibull (1995) for strict Nash equilibria; Dantzig (1951) for the linear programme; Balas
    (1979) for alternatives.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load(
    ...     {
    ...         "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
    ...         "bimatrix": [[["3 - C", "3 - C"], ["1 - C", 2]], [[2, "1 - C"], [2, 2]]],
    ...         "parameters": {"C": 2},
    ...         "instruments": {
    ...             "subsidy": {
    ...                 "range": [0, 1],
    ...                 "changes": {"C": "C*(1 - subsidy)"},
    ...                 "cost": "C*subsidy*(x + y)",
    ...             }
    ...         },
    ...     }
    ... )
    >>> found = permanent_programme(game)
    >>> found.infimum, found.attained, {k: str(v) for k, v in found.limit.levels.items()}
    (Fraction(2, 1), False, {'subsidy': '1/2'})
    """
    sizes = _sizes(game, population_size) if "selected" in require else ()
    problem = problem_of(
        game,
        target,
        instruments,
        values,
        scenario,
        require=require,
        payer=payer,
        budget=budget,
        emissions=emissions,
        limits=limits,
        population_size=sizes,
        start=start,
        safety=exact(safety, "safety"),
    )
    wanted = _margin(problem, margin)
    if problem.affine and not limits_fit(problem):
        raise InputError(
            "P127",
            say(
                "the limits contradict each other: {told}",
                told=say("no levels satisfy {limits} whatever the target", limits=_listed(problem)),
            ),
            hint=say("leave one of them out, or widen it"),
        )
    return _answer(problem, wanted, scenario)


def _listed(problem: Problem) -> str:
    return "; ".join(str(either[0][0].told) for either in problem.limits)


def _sizes(game: Game, given: object) -> tuple[int, ...]:
    from separatrix.population.finite.encounters import population_sizes

    return population_sizes(game, given)


def _margin(problem: Problem, given: object | None) -> Fraction:
    if given is not None:
        margin = exact(given, "margin")
        if margin <= 0:
            raise InputError(
                "P130",
                say("a margin of {margin}; expected a number above 0", margin=str(margin)),
                hint=say("in the unit of payoffs, such as 0.1"),
            )
        return margin
    gains = [
        abs(c.function.at(problem.idle)) for c in problem.conditions if c.kind == "gain" and c.in_payoffs
    ]
    largest = max(gains, default=Fraction(1)) or Fraction(1)
    return _rounded(largest * ONE_PERCENT)


def _rounded(value: Fraction) -> Fraction:
    """Return a number rounded to one digit."""
    return Fraction(f"{float(value):.0e}")


# --------------------------------------------------------------------------- the two routes


@dataclass(frozen=True)
class _Route:
    """What a route finds of a problem: the fields of `PermanentProgramme` that depend on it."""

    bounds: tuple[Fraction, Fraction]
    attained: bool | None
    point: tuple[Fraction, ...]
    demands: tuple[Demand, ...]
    programmes: int
    how_sure: Sentence


def _answer(problem: Problem, margin: Fraction, scenario: str | None) -> PermanentProgramme:
    everything = (*problem.demands, *problem.limits)
    if _idle_is_allowed(problem) and all(
        any(all(cleared(c, problem.idle) for c in way) for way in either) for either in everything
    ):
        return _already(problem, margin, scenario)
    found = _linear(problem) if problem.affine else _nonlinear(problem)
    if not isinstance(found, _Route):
        return _without(problem, margin, scenario, found)
    remarks = list(_remarks(problem))
    margin, point = _with_margin(problem, margin, remarks)
    recommended = None if point is None else _levels(problem, point)
    low, high = found.bounds
    return PermanentProgramme(
        problem.game,
        scenario,
        problem.target,
        problem.payer,
        problem.required,
        "found",
        (low + high) / 2,
        (float(low), float(high)),
        found.attained,
        _levels(problem, found.point, problem.affine),
        margin,
        recommended,
        found.demands,
        (),
        () if recommended is None else _stable(problem, recommended),
        None if recommended is None else _only_outcome(problem, recommended),
        None,
        found.programmes,
        found.how_sure,
        tuple(remarks),
    )


def _linear(problem: Problem) -> _Route | Verdict:
    found = linear_answer(problem)
    if isinstance(found, Unbounded):
        raise _falls_for_ever(problem, found)
    if found is None:
        return "unreachable"
    if all(len(either) == 1 for either in (*problem.demands, *problem.limits)):
        how_sure = say(
            "exact: the basis of a linear programme, solved in rationals, is optimal in the primal and in "
            "the "
            "dual ({pivots} exact pivots beyond the solver's)",
            pivots=found.pivots,
        )
    else:
        how_sure = say(
            "exact: a tree of {programmes} linear programmes, each solved in rationals and bounded by its "
            "dual",
            programmes=found.programmes,
        )
    bounds = (found.value, found.value)
    return _Route(bounds, found.attained, found.point, found.demands, found.programmes, how_sure)


def _nonlinear(problem: Problem) -> _Route | Verdict:
    found = nonlinear_answer(problem)
    if found.point is None or found.low is None or found.high is None:
        return "unreachable" if found.low is None else "undecided"
    how_sure = say(
        "certain bounds: levels were searched in {parts} parts of their box, each bounded by a linear "
        "programme "
        "over slopes that were enclosed, and the programme at the upper bound satisfies every condition for "
        "certain",
        parts=found.parts,
    )
    demands = nonlinear_demands(problem, found.point)
    return _Route((found.low, found.high), None, found.point, demands, found.parts, how_sure)


def _with_margin(
    problem: Problem, margin: Fraction, remarks: list[Sentence]
) -> tuple[Fraction, tuple[Fraction, ...] | None]:
    """Return the margin that can be had, up to the one that is wanted, and the levels that clear it."""
    for attempt in range(3):
        if problem.affine:
            reached = linear_answer(problem, margin)
            point = reached.point if isinstance(reached, LinearAnswer) else None
        else:
            point = nonlinear_answer(problem, margin).point
        if point is not None or attempt == 2:
            break
        widest = widest_margin(problem, margin) if problem.affine else None
        smaller = margin / 10 if widest is None else widest / 2
        if smaller <= 0:
            break
        told = {"margin": _number(margin), "smaller": _number(smaller)}
        remarks.append(
            say("no programme clears all conditions by {margin}; {smaller} was asked instead", **told)
        )
        margin = smaller
    if point is None:
        remarks.append(
            say("no programme clears all conditions by a margin of {margin}", margin=_number(margin))
        )
    return margin, point


def _idle_is_allowed(problem: Problem) -> bool:
    return all(
        low <= idle and (high is None or idle <= high)
        for idle, (low, high) in zip(problem.idle, problem.bounds, strict=True)
    )


def _already(problem: Problem, margin: Fraction, scenario: str | None) -> PermanentProgramme:
    idle = _levels(problem, problem.idle)
    return PermanentProgramme(
        problem.game,
        scenario,
        problem.target,
        problem.payer,
        problem.required,
        "already",
        idle.total,
        (float(idle.total), float(idle.total)),
        True,
        idle,
        margin,
        idle,
        (),
        (),
        _stable(problem, idle),
        _only_outcome(problem, idle),
        None,
        0,
        say("exact: all conditions hold with every instrument idle, in rationals"),
        _remarks(problem),
    )


def _without(
    problem: Problem, margin: Fraction, scenario: str | None, verdict: Verdict
) -> PermanentProgramme:
    """Return the answer where there is no programme, or none was found."""
    if verdict == "undecided":
        how_sure = say("undecided, because the search ended before all levels were tried or excluded")
    elif problem.affine:
        how_sure = say("exact: no levels satisfy the conditions, by a proof in rationals (Farkas)")
    else:
        how_sure = say("certain: every part of the box of levels is excluded by enclosed values and slopes")
    failing = (
        () if verdict == "undecided" else (shortfalls if problem.affine else nonlinear_shortfalls)(problem)
    )
    return PermanentProgramme(
        problem.game,
        scenario,
        problem.target,
        problem.payer,
        problem.required,
        verdict,
        None,
        None,
        None,
        None,
        margin,
        None,
        (),
        failing,
        (),
        None,
        None,
        0,
        how_sure,
        _remarks(problem),
    )


def _falls_for_ever(problem: Problem, found: Unbounded) -> InputError:
    moved = [name for name, step in zip(problem.levels, found.direction, strict=False) if step != 0]
    return InputError(
        "P129",
        say(
            "the cost has no least value: {levels} can earn without end",
            levels=", ".join(f"`{n}`" for n in moved),
        ),
        hint=say("give a range, as in `range: [0, 1]`, or a limit, as in --level {name}=0:1", name=moved[0]),
    )


# --------------------------------------------------------------------------- what is told of levels


def _levels(problem: Problem, point: Sequence[Fraction], exact_levels: bool = True) -> Levels:
    costs = {payer: number_at(cost, point) for payer, cost in problem.costs.items()}
    total, told = number_at(problem.cost, point)
    return Levels(
        dict(zip(problem.levels, point, strict=True)),
        exact_levels and told,
        {payer: value for payer, (value, _) in costs.items()},
        total,
        None if problem.emissions is None else number_at(problem.emissions, point)[0],
    )


def _stable(problem: Problem, levels: Levels) -> tuple[Profile, ...]:
    """Return the pure states that are strict Nash equilibria at levels."""
    functions = problem.functions
    point = tuple(levels.levels[name] for name in problem.levels)
    return tuple(
        profile
        for profile in functions.game.profiles()
        if all(number_at(functions.gain(d), point)[0] > 0 for d in functions.deviations(profile))
    )


def _only_outcome(problem: Problem, levels: Levels) -> Sentence | None:
    """Return why all trajectories from inside come to the target at levels, where that is proven."""
    from separatrix.errors import ComesLater
    from separatrix.policy.permanent_programme.conditions import dominance_orders

    try:
        (orders,) = dominance_orders(problem.functions, problem.target)
    except ComesLater:
        return None
    point = tuple(levels.levels[name] for name in problem.levels)
    if any(all(cleared(c, point) for c in way) for way in orders):
        return say(
            "every trajectory from inside comes to the target: what it does not play is strictly dominated, "
            "one "
            "population after the other"
        )
    return None


def _remarks(problem: Problem) -> tuple[Sentence, ...]:
    result = []
    if problem.priceless and len(problem.priceless) < len(problem.levels):
        result.append(
            say(
                "no cost that counts here is told of {names}; it is used as if it were free",
                names=", ".join(problem.priceless),
            )
        )
    elif problem.priceless:
        result.append(
            say(
                "no cost that counts here is told of any instrument, so that the programme is the one that "
                "uses "
                "them least, each measured by its range"
            )
        )
    broken = violated(
        problem.game, {**problem.functions.values, **dict(zip(problem.levels, problem.idle, strict=True))}
    )
    if broken:
        result.append(say("the values break what the game assumes: {broken}", broken="; ".join(broken)))
    return tuple(result)


def _number(value: Fraction) -> str:
    return f"{float(value):.6g}"
