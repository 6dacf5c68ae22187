"""The programmes that no other one looked at dominates: cost against effect, and the best by each objective.

Costs, welfare, emissions and times are those at the baseline values; the probability of success is the share
of draws of the uncertain parameters in which today's state ends in the target.  Every point of the front is a
programme that was followed; a better one may lie between those, and nothing here says otherwise.  Where all
is linear, `separatrix.policy.linear_front` has the exact front.

Miettinen, K. (1999), Nonlinear Multiobjective Optimization, sections 2.2 (non-dominated points) and 3.2 (the
constraint method: the best of one objective while the others are held within bounds).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from separatrix.dynamics.fields.registry import at_baseline_values
from separatrix.errors import InputError
from separatrix.game.distribution import distribution_text
from separatrix.game.fitness import folded
from separatrix.game.instruments import instruments_of
from separatrix.game.model import Game
from separatrix.game.values import evaluate_in, expand
from separatrix.policy.linear_front import LinearFront, linear_front
from separatrix.policy.objectives import OBJECTIVES, Objective, objectives_of, payoff_weight, usual_objectives
from separatrix.policy.pareto_search import (
    FIRST_LOOK,
    MARGINS,
    MOST_ESTIMATED,
    EvaluatedProgramme,
    ProgrammeSearch,
    around,
    directions,
)
from separatrix.policy.robust_programme import usual_span
from separatrix.policy.uncertain_programmes import ProgrammeCase, programme_case
from separatrix.run.block_store import seed_at
from separatrix.run.results import Plotted, Tabled
from separatrix.sentences import say

__all__ = ["ParetoFront", "pareto_front"]

ROUNDS, EACH = 2, 6
"""How often programmes near the front are looked at, and how many for each of the front."""

MOST_IN_ROUND = 40
"""Programmes of the front near which is looked, at most half as many as levels are sampled."""

MOST_PROGRAMMES = 100_000


@dataclass(frozen=True, eq=False, repr=False)
class ParetoFront(Plotted, Tabled):
    """The non-dominated ones of the programmes that were followed.

    Attributes
    ----------
    case : ProgrammeCase
    objectives : tuple of Objective
    horizon, discount : float
    limits : mapping of objective to float
        The largest value allowed, or the smallest where more is better.
    evaluated : tuple of EvaluatedProgramme
        All simulated programmes; the first does nothing.
    front : tuple of int
        Places in `evaluated`, in the order of the first objective.
    best : mapping of objective to place in `evaluated`
        The best one by each objective that the game supports, of those that reach the target within the
        limits.
    linear : LinearFront or None
        The exact front of permanent programmes at the target, if the problem is linear.
    error : float
        The largest error of quadrature of a value on the front, relative to the largest value.
    seed : int
    how_sure : str
    warnings : tuple of str
    """

    case: ProgrammeCase
    objectives: tuple[Objective, ...]
    horizon: float
    discount: float
    limits: Mapping[str, float]
    evaluated: tuple[EvaluatedProgramme, ...]
    front: tuple[int, ...]
    best: Mapping[str, int]
    linear: LinearFront | None
    error: float
    seed: int
    how_sure: str
    warnings: tuple[str, ...]

    @property
    def game(self) -> Game:
        """The game."""
        return self.case.game

    @property
    def budget(self) -> float | None:
        """The most that the public purse may pay over the horizon."""
        return self.limits.get("public_cost")

    @property
    def programmes(self) -> tuple[EvaluatedProgramme, ...]:
        """The programmes of the front."""
        return tuple(self.evaluated[k] for k in self.front)

    @property
    def known_objectives(self) -> tuple[str, ...]:
        """The names of all objectives that the game supports."""
        return tuple(name for name in OBJECTIVES if name in self.evaluated[0].values)

    def displayed(self, most: int) -> tuple[EvaluatedProgramme, ...]:
        """Return at most so many programmes of the front, both ends and evenly spaced ones between them."""
        if len(self.front) <= most:
            return self.programmes
        rows = sorted({round(k * (len(self.front) - 1) / (most - 1)) for k in range(most)})
        return tuple(self.evaluated[self.front[k]] for k in rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        from separatrix.run.results import provenance

        case = self.case
        return {
            "schema": 1,
            "model": {
                "title": self.game.title,
                "scenario": case.scenario,
                "parameters": {name: value for name, value in case.base.items() if name not in case.names},
            },
            "uncertain": {n: distribution_text(law) for n, law in case.uncertainty.laws.items()},
            "start": dict(zip(self.game.shares, case.start, strict=True)),
            "target": case.target,
            "instruments": list(case.names),
            "objectives": [o.name for o in self.objectives],
            "horizon": self.horizon,
            "discount": self.discount,
            "budget": self.budget,
            "limits": dict(self.limits),
            "kind": "best of the programmes evaluated",
            "evaluated": len(self.evaluated),
            "front": [own.to_dict() for own in self.programmes],
            "best": {name: self.evaluated[k].to_dict() for name, k in self.best.items()},
            "without": self.evaluated[0].to_dict(),
            "exact_front": None if self.linear is None else self.linear.to_dict(),
            "error": self.error,
            "how_sure": str(self.how_sure),
            "warnings": [str(w) for w in self.warnings],
            "provenance": provenance(self.game) | {"seed": self.seed},
        }


def pareto_front(
    game: Game,
    instruments: Sequence[str] | None = None,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    objectives: Sequence[str] | None = None,
    budget: float | None = None,
    limits: Mapping[str, float] | None = None,
    horizon: float | None = None,
    discount: float = 0.0,
    samples: int = 80,
    draws: int = 2_000,
    seed: int = 0,
    target: str | Mapping[str, str] | Sequence[str] | None = None,
    start: Mapping[str, object] | Sequence[object] | None = None,
    over: Sequence[str] | Mapping[str, object] | None = None,
    fixed: Sequence[str] = (),
    spread: object = None,
    advance: Callable[[int, int], None] | None = None,
) -> ParetoFront:
    """Return the programmes that none of many others dominates.

    Parameters
    ----------
    game : Game
        With `instruments` in its file.
    instruments : sequence of str, optional
        By default all.
    values, scenario, over, fixed, spread
        As in `separatrix.sensitivity`; nothing need be uncertain.
    objectives : sequence of str, optional
        Of `separatrix.policy.objectives.OBJECTIVES`; by default a cost and up to two effects
        that the game supports.
    budget : float, optional
        The largest public cost over the horizon, discounted.
    limits : mapping of objective to float, optional
        The largest value allowed of an objective to minimise, the smallest of one to maximise.
    horizon : float, optional
        Over which costs and effects count, in units of time; by default 100 divided by the largest advantage.
    discount : float
        The rate per unit of time at which later costs and earnings count less.
    samples : int
        How many levels are sampled; along each several programmes are followed.
    draws : int
        By which the probability of success of programmes of the front is estimated.
    seed : int
        The same seed gives the same answer.
    target, start
        As in `separatrix.policy.robust_programme.robust_programme`.
    advance : callable, optional
        Receives how many steps of how many are done.

    Returns
    -------
    ParetoFront

    Raises
    ------
    InputError
        P181 to P184 as for a robust programme; P187 for an objective without data in the game; P188
        for an impossible horizon, rate, budget or number.
    NameProblem
        P186 for an unknown objective.

    References
    ----------
    Miettinen (1999), sections 2.2 and 3.2.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load(
    ...     {
    ...         "payoff_matrix": [["4 - C", "1 - C"], [2, 2]],
    ...         "parameters": {"C": 3},
    ...         "today": {"x": 0.5},
    ...         "instruments": {
    ...             "grant": {"range": [0, 4], "changes": {"C": "C - grant"}, "cost": {"public": "grant*x"}}
    ...         },
    ...     }
    ... )
    >>> front = pareto_front(game, objectives=["public_cost", "time"], horizon=20, samples=12)
    >>> [own.programme.permanent for own in front.programmes[:2]], front.programmes[0].works
    ([True, True], True)
    """
    case = programme_case(
        game,
        instruments,
        values,
        scenario,
        target=target,
        start=start,
        over=over,
        fixed=fixed,
        spread=spread,
        uncertain=False,
    )
    asked = objectives_of(case, usual_objectives(case) if objectives is None else objectives)
    bounds = _limits(case, budget, limits)
    _refuse(samples, draws)
    _refuse_no_value(case)
    span = usual_span(case) if horizon is None else float(horizon)
    search = ProgrammeSearch(case, asked, span, float(discount), bounds, seed)
    search.look(directions(case, samples, seed))
    steps = ROUNDS + 2
    _report_progress(advance, 1, steps)
    for k in range(ROUNDS):
        front = search.front()
        near = front[:: max(1, len(front) // max(1, min(MOST_IN_ROUND, samples // 2)))]
        levels = np.array([search.levels(j) for j in near]).reshape(-1, len(case.names))
        search.look(around(case, levels, 0.1 / (k + 1) ** 2, EACH, seed_at(seed, k, "near the front")))
        _report_progress(advance, k + 2, steps)
    search.estimate(draws)
    _report_progress(advance, steps, steps)
    front = search.front()
    return ParetoFront(
        case,
        asked,
        span,
        float(discount),
        bounds,
        tuple(search.evaluated(k) for k in range(len(search.programmes))),
        front,
        search.best_by_objective(),
        linear_front(case, [o.name for o in asked]),
        search.error(front),
        seed,
        at_baseline_values(game, _sure(len(search.programmes), search)),
        tuple(_warnings(search, front)),
    )


def _limits(
    case: ProgrammeCase, budget: float | None, limits: Mapping[str, float] | None
) -> dict[str, float]:
    """Return the limits of objectives, the budget among them."""
    found = {name: float(value) for name, value in (limits or {}).items()}
    if budget is not None:
        if not (np.isfinite(budget) and budget >= 0):
            raise InputError(
                "P188",
                say("a budget of {budget}; expected a number of 0 or more", budget=budget),
                hint=say("as in 100"),
            )
        found["public_cost"] = min(float(budget), found.get("public_cost", np.inf))
    for objective in objectives_of(case, list(found)) if found else ():
        if not np.isfinite(found[objective.name]):
            raise InputError(
                "P188",
                say(
                    "a limit of {limit} for {name}; expected a number",
                    limit=found[objective.name],
                    name=f"`{objective.name}`",
                ),
                hint=say("as in 100"),
            )
    return found


def _refuse(samples: int, draws: int) -> None:
    for number, what in ((samples, say("samples")), (draws, say("draws"))):
        if not isinstance(number, int) or not 1 <= number <= MOST_PROGRAMMES:
            raise InputError(
                "P188",
                say(
                    "{number} {what}; expected a whole number from 1 to {most}",
                    number=number,
                    what=what,
                    most=f"{MOST_PROGRAMMES:,}",
                ),
                hint=say("as in 120"),
            )


def _refuse_no_value(case: ProgrammeCase) -> None:
    """Raise S002, S003 or S004 for a cost without a value today, at idle levels."""
    game = case.game
    here = {**case.uncertainty.base, **dict(zip(game.shares, map(Fraction, case.start), strict=True))}
    for instrument in instruments_of(game, case.names):
        here[instrument.name] = instrument.idle
    for instrument in instruments_of(game, case.names):
        for cost in instrument.cost.values():
            evaluate_in(game, f"the cost of {instrument.name}", folded(expand(game, cost)), here)


def _report_progress(advance: Callable[[int, int], None] | None, reached: int, whole: int) -> None:
    if advance is not None:
        advance(reached, whole)


def _sure(count: int, search: ProgrammeSearch) -> str:
    estimate = say(
        "the best of {count} simulated programmes, optimality not proven: nothing between them "
        "was examined; programmes that reach the target only just were strengthened by {margin} %",
        count=f"{count:,}",
        margin=f"{100 * MARGINS[0]:g}",
    )
    if not search.drawn:
        return estimate
    return say(
        "{estimate}; up to {most} programmes that {first} draws placed on the front were followed in "
        "the same {draws} fresh draws: probabilities are shares of these draws, which also "
        "selected the front",
        estimate=estimate,
        first=FIRST_LOOK,
        most=MOST_ESTIMATED,
        draws=f"{next(iter(search.shares.values())).draws:,}",
    )


def _warnings(search: ProgrammeSearch, front: Sequence[int]) -> list[str]:
    case = search.case
    notes: list[str] = [*case.uncertainty.notes] if search.drawn else []
    silent = [i.name for i in instruments_of(case.game, case.names) if not i.cost]
    if silent and any(o.name in ("public_cost", "enterprise_cost", "welfare") for o in search.objectives):
        notes.append(
            say(
                "no cost is given for {names}: its costs and revenues are not counted",
                names=", ".join(silent),
            )
        )
    weight = payoff_weight(case)
    if weight is not None and weight != 1:
        notes.append(
            say(
                "according to the transfers, payoffs refer to one enterprise and costs to "
                "{count} in each population: welfare counts payoffs {count} times",
                count=f"{weight:g}",
            )
        )
    if search.without_value:
        notes.append(
            say(
                "{count} of the programmes that were followed have a cost or an effect without a finite "
                "value and are excluded from the front",
                count=f"{search.without_value:,}",
            )
        )
    if search.works[0]:
        notes.append(say("today's state reaches the target without any programme"))
    if not front:
        reached = search.works.any()
        budget = search.limits.get("public_cost")
        if reached and budget is not None and len(search.limits) == 1:
            cheapest = float(np.nanmin(search.values["public_cost"][search.works]))
            notes.append(
                say(
                    "the cheapest simulated programme that reaches the target costs {cost}, more "
                    "than the budget of {budget}",
                    cost=f"{cheapest:.6g}",
                    budget=f"{budget:.6g}",
                )
            )
        elif not search.limits and not search.drawn and reached:
            notes.append(
                say(
                    "every programme that was followed and reaches the target has a cost or an effect "
                    "without a finite value"
                )
            )
        elif search.limits and (reached or search.drawn):
            notes.append(say("no simulated programme stays within the limits"))
        else:
            notes.append(say("no simulated programme reaches the target"))
    return notes
