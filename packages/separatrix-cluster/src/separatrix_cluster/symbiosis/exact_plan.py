"""What a solver found, as printed: flows of six digits, checked and valued in fractions.

A floating-point solver may be wrong in the last digits, and occasionally in more (HiGHS issues 1213 and
2351). Therefore only its flows are used, after rounding, checking against every limit, and valuing again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from separatrix_cluster.symbiosis.problem import ExchangeProblem

__all__ = ["DIGITS", "ExactPlan", "exact_plan", "fraction_of", "violations"]

DIGITS = 6
"""Of a flow, as it is printed."""

Cell = tuple[int, int]
Used = tuple[dict[Cell, Fraction], dict[Cell, Fraction], dict[int, Fraction]]


@dataclass
class ExactPlan:
    """Flows in fractions, with what they need.

    Attributes
    ----------
    cells : mapping of (match, cell) to Fraction
        Units offered a year, each above 0.
    builds : set of int
        Facilities that are built.
    """

    problem: ExchangeProblem
    cells: dict[tuple[int, Cell], Fraction] = field(default_factory=dict)
    builds: set[int] = field(default_factory=set)

    @property
    def flows(self) -> dict[int, Fraction]:
        """What each match hands over."""
        found: dict[int, Fraction] = {}
        for (m, _), amount in self.cells.items():
            found[m] = found.get(m, Fraction(0)) + amount
        return found

    @property
    def members(self) -> set[tuple[str, int]]:
        """Who is connected to which facility."""
        problem = self.problem
        return {
            (stream.enterprise, match.facility)
            for match in (problem.matches[m] for m in self.flows)
            if match.facility is not None
            for stream in (problem.offers[match.offer], problem.wants[match.want])
        }

    @property
    def gain(self) -> Fraction:
        """Currency a year, all costs and the carbon price included."""
        problem = self.problem
        found = sum((amount * worth_of(problem, m) for m, amount in self.flows.items()), Fraction(0))
        found -= sum((fraction_of(problem.matches[m].yearly_cost) for m in self.flows), Fraction(0))
        found -= sum((fraction_of(problem.connection_costs[f]) for _, f in self.members), Fraction(0))
        return found - sum((fraction_of(problem.facility_costs[f]) for f in self.builds), Fraction(0))

    @property
    def investment(self) -> Fraction:
        """Currency, once."""
        problem = self.problem
        found = sum((fraction_of(problem.matches[m].investment) for m in self.flows), Fraction(0))
        parts = [problem.facilities[f].connection_cost for _, f in self.members]
        parts += [problem.facilities[f].fixed_cost for f in self.builds]
        return found + sum(map(fraction_of, parts), Fraction(0))

    @property
    def abatement(self) -> Fraction:
        """Tonnes CO2e a year."""
        parts = (a * fraction_of(self.problem.matches[m].abatement) for m, a in self.flows.items())
        return sum(parts, Fraction(0))


def fraction_of(value: float) -> Fraction:
    """Return the decimal number that a float is written as, exactly.

    Examples
    --------
    >>> fraction_of(0.1)
    Fraction(1, 10)
    """
    return Fraction(repr(value)) if math.isfinite(value) else Fraction(0)


def worth_of(problem: ExchangeProblem, m: int) -> Fraction:
    """Return what a unit of a match is worth, the carbon price included."""
    match = problem.matches[m]
    return fraction_of(match.margin) + fraction_of(problem.carbon_price) * fraction_of(match.abatement)


def _step(upper: float) -> Fraction:
    return Fraction(10) ** (math.floor(math.log10(upper)) - DIGITS + 1)


def exact_plan(
    problem: ExchangeProblem, amounts: Mapping[tuple[int, Cell], float], builds: set[int]
) -> ExactPlan:
    """Return flows that are printed rationals, and keep every limit exactly.

    Parameters
    ----------
    amounts : mapping of (match, cell) to float
        Units offered a year, as a solver has them.
    builds : set of int
        Facilities that it builds.
    """
    plan = ExactPlan(problem, builds=set(builds) | set(problem.required))
    for (m, cell), amount in amounts.items():
        step = _step(problem.matches[m].upper)
        lot = fraction_of(problem.matches[m].minimum_lot)
        rounded = round(fraction_of(float(amount)) / step) * step
        if lot - step < rounded < lot:
            rounded = lot  # a flow at its minimum lot stays there
        if rounded > 0:
            plan.cells[m, cell] = rounded
    _within_limits(plan)
    _lots(plan)
    _prune(plan)
    _reach(plan)
    return plan


def _used(plan: ExactPlan) -> Used:
    """Return what is taken of each offer and want, by interval, and what enters each facility."""
    supply: dict[Cell, Fraction] = {}
    demand: dict[Cell, Fraction] = {}
    through: dict[int, Fraction] = {}
    for (m, (i, j)), amount in plan.cells.items():
        match = plan.problem.matches[m]
        supply[match.offer, i] = supply.get((match.offer, i), Fraction(0)) + amount
        taken = amount * fraction_of(match.conversion)
        demand[match.want, j] = demand.get((match.want, j), Fraction(0)) + taken
        if match.facility is not None:
            through[match.facility] = through.get(match.facility, Fraction(0)) + amount
    return supply, demand, through


def _slack(plan: ExactPlan, used: Used, m: int, cell: Cell) -> Fraction:
    """Return how much more a flow could be, in units offered; below 0 where it is too much."""
    problem, match = plan.problem, plan.problem.matches[m]
    supply, demand, through = used
    i, j = cell
    nothing = Fraction(0)
    slack = fraction_of(problem.cascade.offered[match.offer][i]) - supply.get((match.offer, i), nothing)
    room = fraction_of(problem.cascade.wanted[match.want][j]) - demand.get((match.want, j), nothing)
    slack = min(slack, room / fraction_of(match.conversion))
    if match.facility is not None:
        capacity = problem.facilities[match.facility].capacity
        if capacity is not None:
            slack = min(slack, fraction_of(capacity) - through.get(match.facility, nothing))
    return slack


def _change(plan: ExactPlan, used: Used, key: tuple[int, Cell], by: Fraction) -> None:
    """Change a flow, and what is used with it."""
    m, (i, j) = key
    match = plan.problem.matches[m]
    supply, demand, through = used
    supply[match.offer, i] += by
    demand[match.want, j] += by * fraction_of(match.conversion)
    if match.facility is not None:
        through[match.facility] += by
    plan.cells[key] += by
    if plan.cells[key] <= 0:
        del plan.cells[key]


def _within_limits(plan: ExactPlan) -> None:
    """Take steps off flows whose rounding went over a limit."""
    used, problem = _used(plan), plan.problem
    # The largest lose a step most easily, those at their minimum lot would be lost whole.
    at_lot = {m for m, a in plan.flows.items() if a <= fraction_of(problem.matches[m].minimum_lot)}
    for m, cell in sorted(plan.cells, key=lambda key: (key[0] in at_lot, -plan.cells[key])):
        slack = _slack(plan, used, m, cell)
        if slack < 0:
            step = _step(plan.problem.matches[m].upper)
            less = min(plan.cells[m, cell], math.ceil(-slack / step) * step)
            _change(plan, used, (m, cell), -less)


def _lots(plan: ExactPlan) -> None:
    """Bring what fell below a minimum lot by rounding back to it, or leave it out."""
    problem = plan.problem
    below = {m: a for m, a in plan.flows.items() if a < fraction_of(problem.matches[m].minimum_lot)}
    used = _used(plan) if below else ({}, {}, {})
    for m, amount in below.items():
        missing = fraction_of(problem.matches[m].minimum_lot) - amount
        for key in [key for key in plan.cells if key[0] == m]:
            more = min(missing, _slack(plan, used, *key))
            if more > 0:
                _change(plan, used, key, more)
                missing -= more
        if missing > 0:
            for key in [key for key in plan.cells if key[0] == m]:
                _change(plan, used, key, -plan.cells[key])


def _prune(plan: ExactPlan) -> None:
    """Remove what costs more than it gains, unless an abatement is required."""
    problem = plan.problem
    if not problem.target:
        for m, amount in plan.flows.items():
            if amount * worth_of(problem, m) < fraction_of(problem.matches[m].yearly_cost):
                for cell in [cell for n, cell in plan.cells if n == m]:
                    del plan.cells[m, cell]
        for f in sorted(plan.builds - set(problem.required)):
            without = ExactPlan(
                problem,
                {key: a for key, a in plan.cells.items() if problem.matches[key[0]].facility != f},
                plan.builds - {f},
            )
            if without.gain >= plan.gain:
                plan.cells, plan.builds = without.cells, without.builds
    used = {problem.matches[m].facility for m in plan.flows}
    plan.builds = {f for f in plan.builds if f in used} | set(problem.required)


def _reach(plan: ExactPlan) -> None:
    """Make up for abatement that rounding took below the target, as far as there is room."""
    problem = plan.problem
    if not problem.target:
        return
    used = _used(plan)
    for m, cell in sorted(plan.cells, key=lambda key: -problem.matches[key[0]].abatement):
        missing = fraction_of(problem.target) - plan.abatement
        each = fraction_of(problem.matches[m].abatement)
        if missing <= 0 or each <= 0:
            return
        step = _step(problem.matches[m].upper)
        more = min(math.ceil(missing / each / step) * step, _slack(plan, used, m, cell))
        if more > 0:
            _change(plan, used, (m, cell), more)


def violations(plan: ExactPlan) -> list[tuple[str, int]]:
    """Return every limit that a plan breaks, by exact arithmetic: what it is of, and its place.

    Parameters
    ----------
    plan : ExactPlan

    Returns
    -------
    list of pair
        ("supply", offer), ("demand", want), ("capacity", facility), ("lot", match), ("below zero", match),
        ("heat", match), ("facility", facility), ("budget", 0), ("target", 0); empty where it is feasible.
    """
    problem = plan.problem
    supply, demand, through = _used(plan)
    found = [("supply", k) for (k, i), a in supply.items() if a > fraction_of(problem.cascade.offered[k][i])]
    found += [("demand", k) for (k, j), a in demand.items() if a > fraction_of(problem.cascade.wanted[k][j])]
    for f, amount in through.items():
        capacity = problem.facilities[f].capacity
        if capacity is not None and amount > fraction_of(capacity):
            found.append(("capacity", f))
        if f not in plan.builds:
            found.append(("facility", f))
    found += [("lot", m) for m, a in plan.flows.items() if a < fraction_of(problem.matches[m].minimum_lot)]
    found += [("below zero", m) for (m, _), a in plan.cells.items() if a <= 0]
    found += [("heat", m) for m, cell in plan.cells if cell not in problem.matches[m].cells]
    found += [("facility", f) for f in problem.required if f not in plan.builds]
    if problem.budget is not None and plan.investment > fraction_of(problem.budget):
        found.append(("budget", 0))
    if problem.target and plan.abatement < fraction_of(problem.target):
        found.append(("target", 0))
    return found
