"""The cheapest permanent programme: the levels of instruments that make a pure state the outcome.

Where payoffs and costs are affine in the levels this is a linear programme, and its answer is exact.
Stability is an open condition, so the least cost is an infimum that no programme has, as a rule; so the
answer holds a second programme, which clears every condition by a margin, and what the margin costs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from separatrix.errors import InputError
from separatrix.exact.linear_programming import Unbounded
from separatrix.game.model import PAYERS, Game
from separatrix.game.values import exact
from separatrix.policy.permanent.branch_and_bound import global_answer
from separatrix.policy.permanent.dated_programme import DatedAnswer, dated_answer, follow_dates
from separatrix.policy.permanent.level_report import (
    idle_costs_least,
    levels_at,
    only_outcome_at,
    remarks_on,
    strict_states,
    today_at,
)
from separatrix.policy.permanent.linear_programme import (
    LinearAnswer,
    limits_fit,
    linear_answer,
    shortfalls,
    widest_margin,
)
from separatrix.policy.permanent.nonlinear_programme import (
    box_of,
    cleared,
    nonlinear_answer,
    nonlinear_demands,
    nonlinear_shortfalls,
    number_at,
)
from separatrix.policy.permanent.problem import Problem, largest_advantage, problem_of
from separatrix.policy.permanent.results import Demand, PermanentProgramme, Verdict
from separatrix.sentences import Sentence, say

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
    by: object | None = None,
    reach: object = "0.95",
    emissions_path: Mapping[Any, object] | None = None,
) -> PermanentProgramme:
    """Find the cheapest permanent levels of instruments that make a pure state stable.

    Parameters
    ----------
    game : Game
        With `instruments`.
    target : str, mapping or sequence, optional
        The pure state: the strategy of each population, or its name; by default the first strategies.
    instruments : sequence of str, optional
        Which ones may be used; by default all.
    values, scenario
        As in `separatrix.analyze`.
    require : sequence of str
        Requirements in addition to a strict Nash equilibrium: ``only-stable`` (no other pure state is
        stable), ``selected`` (it is where finite populations are found under noise), ``basin`` (today's state
        converges to it), ``only-outcome`` (every interior trajectory converges to it, by iterated dominance).
    payer : str
        Whose cost is minimised: ``public``, ``enterprises`` or ``together``; per unit of time, at the
        target.
    budget : number, or mapping of payer to number, optional
        The most that may be paid per unit of time.
    emissions : number, optional
        The most that may be emitted at the target per unit of time.
    limits : mapping of instrument to (low, high), optional
        Levels that are allowed, either end may be None; by default the instrument's range.
    margin : number, optional
        By how much the recommended programme clears each condition, in the unit of payoffs; by default 1 % of
        the largest gain or loss of a population at the target without any instrument.
    population_size : int, or a sequence of them
        For ``selected``.
    start : mapping of share to number, or one number for each share, optional
        For ``basin``: today's state; by default that of the game.
    safety : number
        For ``basin``: the recommended programme also works if the share of the target's strategy is smaller
        than assumed by this much; for dates as well.
    by : number, optional
        A date, in the unit of time of the game, by which today's state is to be near the target.
    reach : number
        How near: the share of each population that plays the target's strategy then.
    emissions_path : mapping of time to number, optional
        The largest emissions per unit of time on the way, linear between these times.

    Returns
    -------
    PermanentProgramme

    Raises
    ------
    InputError
        P121 for an incomplete target; P124 without instruments; P126 for an unknown payer, P127 for limits
        that contradict each other; P128 for an emissions limit in a game without emissions; P129 where
        the cost falls without bound; P133 for an instrument without a range if levels are searched; P134 for
        an invalid date or share; V304 for a parameter without a value.
    NameProblem
        P120, P125, V308 for unknown names.
    ComesLater
        P122, P123 if a requirement is not supported for such a game.

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
        by=by,
        reach=reach,
        path=emissions_path,
    )
    wanted = _margin(problem, margin)
    if problem.affine and not limits_fit(problem):
        raise InputError(
            "P127",
            say(
                "the limits contradict each other: {reason}",
                reason=say("no levels satisfy {limits} whatever the target", limits=_listed(problem)),
            ),
            hint=say("remove one of them, or widen it"),
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
        abs(number_at(c.function, problem.idle)[0])
        for c in problem.conditions
        if c.kind == "gain" and c.in_payoffs
    ]
    largest = max(gains, default=Fraction(0)) or Fraction(largest_advantage(problem.functions))
    return _rounded(largest * ONE_PERCENT)


def _rounded(value: Fraction) -> Fraction:
    """Return a number rounded to one digit."""
    return Fraction(f"{float(value):.0e}")


_CLOSE = say(
    "close, not exact: rational numbers that agree to 70 digits stand for irrational constants; with them "
    "the linear programme is solved in rationals, but whether a condition just holds does not follow"
)


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
    reached: float | None = None


def _answer(problem: Problem, margin: Fraction, scenario: str | None) -> PermanentProgramme:
    idle_does = _idle_does(problem)
    if idle_does is not None:
        return _already(problem, margin, scenario, idle_does)
    found: _Route | Verdict | DatedAnswer = _linear(problem) if problem.affine else _nonlinear(problem)
    if isinstance(found, _Route) and problem.dates is not None:
        found = _dated(problem, found.bounds[0], margin)
    if not isinstance(found, _Route):
        return _no_programme(problem, margin, scenario, found)
    remarks = list(remarks_on(problem))
    margin, point = _with_margin(problem, margin, remarks)
    recommended = None if point is None else levels_at(problem, point, problem.exact)
    low, high = found.bounds
    limit = levels_at(problem, found.point, problem.exact)
    if recommended is not None and recommended.total < high:
        # What clears all conditions by a margin satisfies them: the search just did not come upon it before.
        high, limit = recommended.total, recommended
        low = min(low, high)
    return _programme_from_verdict(
        problem,
        scenario,
        margin,
        "found",
        found.how_sure,
        infimum=high,
        bounds=_outwards(low, high),
        attained=found.attained,
        limit=limit,
        recommended=recommended,
        demands=found.demands,
        stable=() if recommended is None else strict_states(problem, recommended),
        only_outcome=None if recommended is None else only_outcome_at(problem, recommended),
        today=None if recommended is None else today_at(problem, recommended),
        reached=found.reached,
        programmes=found.programmes,
        remarks=tuple(remarks),
    )


def _outwards(low: Fraction, high: Fraction) -> tuple[float, float]:
    """Return an interval of floats that holds another; one float where that is a number."""
    if low == high:
        return float(low), float(high)
    ends = float(low), float(high)
    return (
        math.nextafter(ends[0], -math.inf) if Fraction(ends[0]) > low else ends[0],
        math.nextafter(ends[1], math.inf) if Fraction(ends[1]) < high else ends[1],
    )


def _programme_from_verdict(
    problem: Problem,
    scenario: str | None,
    margin: Fraction,
    verdict: Verdict,
    how_sure: Sentence,
    **known: Any,
) -> PermanentProgramme:
    """Return an answer with the given fields; all others are empty."""
    fields: dict[str, Any] = {
        "infimum": None,
        "bounds": None,
        "attained": None,
        "limit": None,
        "recommended": None,
        "demands": (),
        "shortfalls": (),
        "stable": (),
        "only_outcome": None,
        "today": None,
        "reached": None,
        "programmes": 0,
        "remarks": remarks_on(problem),
        "safety": problem.safety if problem.dates is not None or "basin" in problem.required else None,
        "by": None if problem.dates is None else problem.dates.by,
        "reach": None if problem.dates is None or problem.dates.by is None else problem.dates.reach,
    }
    return PermanentProgramme(
        game=problem.game,
        scenario=scenario,
        target=problem.target,
        payer=problem.payer,
        asked=problem.required,
        verdict=verdict,
        margin=margin,
        how_sure=_CLOSE if problem.functions.rounded and problem.affine and not problem.dates else how_sure,
        **(fields | known),
    )


def _idle_does(problem: Problem) -> Sentence | None:
    """Return why nothing needs to be done; None where something does."""
    if not _idle_is_allowed(problem):
        return None
    everything = (*problem.demands, *problem.limits)
    if not all(any(all(cleared(c, problem.idle) for c in way) for way in either) for either in everything):
        return None
    if problem.dates is not None:
        if not follow_dates(problem, problem.dates, problem.idle):
            return None
        return say(
            "all conditions hold with every instrument idle; the dates were checked by following trajectories"
        )
    return say("exact: all conditions hold with every instrument idle, in rationals")


def _dated(problem: Problem, low: Fraction, margin: Fraction) -> _Route | Verdict | DatedAnswer:
    """Return the cheapest programme that was found to keep the dates, above a bound that is certain."""
    if problem.dates is None:
        return "undecided"
    found = dated_answer(problem, problem.dates)
    if found.point is None:
        return found
    high, _ = number_at(problem.cost, found.point)
    how_sure = (
        say(
            "numerical: the cheapest that was found by search at which the target's strategy earns more at "
            "every share from today's to the target, looked at on a grid; that nothing cheaper does is not "
            "proven, but for the lower bound, which the other conditions and today's share set"
        )
        if found.followed == 0
        else say(
            "followed: the cheapest programme found by a search over {followed} trajectories; "
            "optimality is not proven beyond the lower bound, which the other conditions set",
            followed=found.followed,
        )
    )
    demands = nonlinear_demands(problem, found.point)
    attained = True if low >= high else None
    return _Route(
        (min(low, high), high), attained, found.point, demands, found.followed, how_sure, found.reached
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
            "the dual"
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
        return "unreachable" if found.point is None and found.low is None and found.bounded else "undecided"
    how_sure = say(
        "certified bounds: levels were searched in {parts} parts of their box, each bounded by a "
        "linear programme over enclosed slopes, and the programme at the upper bound provably "
        "satisfies every condition",
        parts=found.parts,
    )
    demands = nonlinear_demands(problem, found.point)
    attained = True if found.low == found.high else None  # a programme costs what none costs less than
    return _Route((found.low, found.high), attained, found.point, demands, found.parts, how_sure)


def _with_margin(
    problem: Problem, margin: Fraction, remarks: list[Sentence]
) -> tuple[Fraction, tuple[Fraction, ...] | None]:
    """Return the margin that can be had, up to the one that is wanted, and the levels that clear it."""
    for attempt in range(3):
        if problem.dates is not None:
            later = problem.dates.later(float(problem.safety), problem.game, problem.target)
            point = dated_answer(problem, later, margin).point
        elif problem.affine:
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
            say("no programme clears all conditions by {margin}; the margin was reduced to {smaller}", **told)
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


def _already(
    problem: Problem, margin: Fraction, scenario: str | None, how_sure: Sentence
) -> PermanentProgramme:
    idle = levels_at(problem, problem.idle)
    bounds = _bounds_at_idle(problem, idle.total)
    earning = say(
        "some levels cost less at the target than idle ones, or earn; how much less was not "
        "computed, because no intervention is needed"
    )
    return _programme_from_verdict(
        problem,
        scenario,
        margin,
        "already",
        how_sure,
        infimum=None if bounds is None else idle.total,
        bounds=None if bounds is None else _outwards(*bounds),
        attained=True if bounds is not None and bounds[0] == bounds[1] else None,
        limit=idle,
        recommended=idle,
        stable=strict_states(problem, idle),
        only_outcome=only_outcome_at(problem, idle),
        today=today_at(problem, idle),
        remarks=(*remarks_on(problem), *(() if bounds is not None else (earning,))),
    )


def _bounds_at_idle(problem: Problem, total: Fraction) -> tuple[Fraction, Fraction] | None:
    """Return bounds of the least cost if idle levels are the cheapest known; else None."""
    if idle_costs_least(problem):
        return total, total
    if problem.cost.affine is not None or any(high is None for _, high in problem.bounds):
        return None
    anywhere = global_answer(problem.levels, box_of(problem), problem.cost, ())
    if anywhere.low is None or (anywhere.high is not None and anywhere.high < total):
        return None
    return min(anywhere.low, total), total


def _no_programme(
    problem: Problem, margin: Fraction, scenario: str | None, found: Verdict | DatedAnswer
) -> PermanentProgramme:
    """Return the answer if no programme exists, or none was found."""
    if isinstance(found, DatedAnswer) and not found.followed:
        how_sure = say(
            "undecided, because at none of the levels that were tried the target's strategy earns more at "
            "every share from today's to the target, which does not exclude others"
        )
        return _programme_from_verdict(problem, scenario, margin, "undecided", how_sure)
    if isinstance(found, DatedAnswer):
        how_sure = say(
            "undecided: none of the {followed} tested trajectories meets the dates, which does "
            "not exclude other levels",
            followed=found.followed,
        )
        return _programme_from_verdict(
            problem, scenario, margin, "undecided", how_sure, reached=found.reached
        )
    if found == "undecided":
        how_sure = say("undecided, because the search ended before all levels were tried or excluded")
        return _programme_from_verdict(problem, scenario, margin, found, how_sure)
    if problem.affine:
        how_sure = say("exact: no levels satisfy the conditions, by a proof in rationals (Farkas)")
        return _programme_from_verdict(
            problem, scenario, margin, found, how_sure, shortfalls=shortfalls(problem)
        )
    how_sure = say("certain: every part of the box of levels is excluded by enclosed values and slopes")
    return _programme_from_verdict(
        problem, scenario, margin, found, how_sure, shortfalls=nonlinear_shortfalls(problem)
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


def _number(value: Fraction) -> str:
    return f"{float(value):.6g}"
