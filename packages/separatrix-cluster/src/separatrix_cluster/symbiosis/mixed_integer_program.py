"""The problem of exchange as a mixed-integer linear programme, for HiGHS.

Flows are continuous, at most 1 when divided by what their match can carry, so that no constant is larger than
it must be; a connection, a facility or a minimum lot is a binary variable.  The form is that of fixed-charge
transportation with facilities (Balinski, M. L. (1961). Fixed-cost transportation problems. Naval Research
Logistics Quarterly 8, 41-54), each flow bounded by the binary variables it takes, not by their sum.

What a solver found, as printed: flows of six digits, checked and valued in fractions.

A floating-point solver may be wrong in the last digits, and occasionally in more (HiGHS issues 1213 and
2351). Therefore only its flows are used, after rounding, checking against every limit, and valuing again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from separatrix.run.console import kept_from_output
from separatrix_cluster.symbiosis.problem import ExchangeProblem

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

__all__ = [
    "DIGITS",
    "ExactPlan",
    "Program",
    "Solved",
    "connected_parts",
    "exact_plan",
    "fraction_of",
    "program_of",
    "read_flows",
    "solved",
    "violations",
]

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


Floats = npt.NDArray[np.float64]

INFINITY = float("inf")

WHOLE = (-2, -2)
"""The cell of a match that is not split by temperature."""


@dataclass
class Program:
    """Columns and rows, as they are put together.

    Attributes
    ----------
    flows : list of (match, cell)
        The columns of flows, in units of the match's `upper`; they stand first.
    connections, members, builds : mapping
        Columns of binary variables: by match; by enterprise and facility; by facility.
    gain, investment, abatement : list of float
        Of each column: currency a year, currency once, t CO2e a year.
    rows : list of (mapping of column to coefficient, low, high)
    names : list of tuple
        What each row is: ("supply", offer, interval), ("lot", match), ("budget",) …
    """

    flows: list[tuple[int, tuple[int, int]]] = field(default_factory=list)
    connections: dict[int, int] = field(default_factory=dict)
    members: dict[tuple[str, int], int] = field(default_factory=dict)
    builds: dict[int, int] = field(default_factory=dict)
    gain: list[float] = field(default_factory=list)
    investment: list[float] = field(default_factory=list)
    abatement: list[float] = field(default_factory=list)
    binary: list[bool] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    rows: list[tuple[Mapping[int, float], float, float]] = field(default_factory=list)
    names: list[tuple[Any, ...]] = field(default_factory=list)

    def column(
        self,
        gain: float,
        *,
        investment: float = 0.0,
        abatement: float = 0.0,
        binary: bool = False,
        low: float = 0.0,
        high: float = 1.0,
    ) -> int:
        """Add a column, and return its place."""
        self.gain.append(gain)
        self.investment.append(investment)
        self.abatement.append(abatement)
        self.binary.append(binary)
        self.low.append(low)
        self.high.append(high)
        return len(self.gain) - 1

    def row(self, name: tuple[Any, ...], terms: Mapping[int, float], low: float, high: float) -> None:
        """Add a row."""
        self.rows.append((terms, low, high))
        self.names.append(name)


@dataclass(frozen=True)
class Solved:
    """What the solver says.

    Attributes
    ----------
    values : array (columns,), or None
        None where nothing feasible was found.
    bound : float
        What the solver says no solution exceeds, in the unit of the objective.
    infeasible : bool
        Whether the solver says that nothing is feasible.
    """

    values: Floats | None
    bound: float
    infeasible: bool


def program_of(
    problem: ExchangeProblem,
    matches: Iterable[int],
    *,
    budget: bool = True,
    demands: bool = True,
    whole: bool = False,
) -> Program:
    """Return the programme of some matches of a problem.

    Parameters
    ----------
    matches : iterable of int
        Places in `problem.matches`.
    budget, demands : bool
        Whether the budget binds; whether the target and the facilities that are required do.
    whole : bool
        Whether each match is one column, in the cell `WHOLE`, so that temperatures bind only as far as they
        limit single matches.
    """
    program = Program()
    chosen = list(matches)
    by_match = _flows(problem, chosen, program, whole)
    needed = {problem.matches[m].facility for m in chosen} - {None}
    demanded = set(problem.required) if demands else set()
    for f in sorted(f for f in needed | demanded if f is not None):
        cost, once = problem.facility_costs[f], problem.facilities[f].fixed_cost
        forced = 1.0 if f in demanded else 0.0
        program.builds[f] = program.column(-cost, investment=once, binary=True, low=forced)
    for m, columns in by_match.items():
        _connection(problem, m, columns, program)
    _limits(problem, program)
    if budget and problem.budget is not None:
        scale = max([problem.budget, *program.investment]) or 1.0
        terms = {c: v / scale for c, v in enumerate(program.investment) if v}
        program.row(("budget",), terms, -INFINITY, problem.budget / scale)
    if demands and problem.target:
        terms = {c: v / problem.target for c, v in enumerate(program.abatement) if v}
        program.row(("target",), terms, 1.0, INFINITY)
    return program


def _flows(
    problem: ExchangeProblem, chosen: Sequence[int], program: Program, whole: bool
) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for m in chosen:
        match = problem.matches[m]
        worth = match.margin + problem.carbon_price * match.abatement
        for cell in (WHOLE,) if whole else match.cells:
            program.flows.append((m, cell))
            place = program.column(worth * match.upper, abatement=match.abatement * match.upper)
            found.setdefault(m, []).append(place)
    return found


def _connection(problem: ExchangeProblem, m: int, columns: Sequence[int], program: Program) -> None:
    """Add what a match needs: its connection, or those of both enterprises to the facility."""
    match = problem.matches[m]
    flow = dict.fromkeys(columns, 1.0)
    if match.yearly_cost or match.investment or match.minimum_lot:
        place = program.column(-match.yearly_cost, investment=match.investment, binary=True)
        program.connections[m] = place
        program.row(("connection", m), {**flow, place: -1.0}, -INFINITY, 0.0)
        if match.minimum_lot:
            least = match.minimum_lot / match.upper
            program.row(("lot", m), {**flow, place: -least}, 0.0, INFINITY)
    elif len(columns) > 1:
        program.row(("match", m), flow, -INFINITY, 1.0)
    f = match.facility
    if f is None:
        return
    for stream in (problem.offers[match.offer], problem.wants[match.want]):
        key = (stream.enterprise, f)
        if key not in program.members:
            once = problem.facilities[f].connection_cost
            place = program.column(-problem.connection_costs[f], investment=once, binary=True)
            program.members[key] = place
            program.row(("member", key), {place: 1.0, program.builds[f]: -1.0}, -INFINITY, 0.0)
        program.row(("through", m, key), {**flow, program.members[key]: -1.0}, -INFINITY, 0.0)


def _limits(problem: ExchangeProblem, program: Program) -> None:
    """Add what is on offer, what is wanted, and what facilities can take."""
    supply: dict[tuple[int, int], dict[int, float]] = {}
    demand: dict[tuple[int, int], dict[int, float]] = {}
    through: dict[int, dict[int, float]] = {}
    for column, (m, (i, j)) in enumerate(program.flows):
        match = problem.matches[m]
        offered = problem.cascade.offered[match.offer].get(i, problem.offers[match.offer].amount)
        wanted = problem.cascade.wanted[match.want].get(j, problem.wants[match.want].amount)
        supply.setdefault((match.offer, i), {})[column] = match.upper / offered
        demand.setdefault((match.want, j), {})[column] = match.conversion * match.upper / wanted
        if match.facility is not None:
            capacity = problem.facilities[match.facility].capacity
            if capacity is not None:
                # A capacity of nothing lets nothing in, whatever the scale.
                through.setdefault(match.facility, {})[column] = match.upper / (capacity or 1.0)
    for name, parts in (("supply", supply), ("demand", demand)):
        for key, terms in parts.items():
            if len(terms) > 1 or next(iter(terms.values())) > 1:
                program.row((name, *key), terms, -INFINITY, 1.0)
    for f, terms in through.items():
        full = 1.0 if problem.facilities[f].capacity else 0.0
        program.row(("capacity", f), {**terms, program.builds[f]: -full}, -INFINITY, 0.0)


def solved(
    program: Program,
    objective: Sequence[float] | Floats | None = None,
    *,
    gap: float = 1e-6,
    seconds: float | None = None,
) -> Solved:
    """Return the values of all columns that make the objective largest, and the solver's bound.

    Parameters
    ----------
    program : Program
    objective : sequence of float, optional
        What to make largest; by default the gain.
    gap : float
        The solver may stop at this relative distance between its value and its bound.
    seconds : float, optional
        The solver stops after these.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    wanted = np.asarray(program.gain if objective is None else objective, dtype=float)
    if not len(wanted):
        impossible = any(low > 0 for _, low, _ in program.rows)
        return Solved(None if impossible else np.zeros(0), 0.0, infeasible=impossible)
    scale = float(np.abs(wanted).max(initial=0.0)) or 1.0
    constraints = []
    if program.rows:
        counts = [len(terms) for terms, _, _ in program.rows]
        columns = [c for terms, _, _ in program.rows for c in terms]
        values = [v for terms, _, _ in program.rows for v in terms.values()]
        starts = np.concatenate([[0], np.cumsum(counts)])
        matrix = csr_array((values, columns, starts), shape=(len(program.rows), len(wanted)))
        constraints = [
            LinearConstraint(
                matrix, [low for _, low, _ in program.rows], [high for _, _, high in program.rows]
            )
        ]
    with kept_from_output("Highs"):
        found: OptimizeResult = milp(
            -wanted / scale,
            integrality=np.array(program.binary, dtype=int),
            bounds=Bounds(program.low, program.high),
            constraints=constraints,
            options={"mip_rel_gap": gap, "time_limit": INFINITY if seconds is None else seconds},
        )
    bound = found.get("mip_dual_bound")
    told = -float(bound) * scale if bound is not None and np.isfinite(bound) else INFINITY
    if found.status == 0 and found.x is not None and not any(program.binary):
        told = float(wanted @ found.x)  # a linear programme: its bound is its value
    # Where the solver is silent: all that brings something, as large as it can be.
    high, low = wanted > 0, wanted < 0
    most = float(wanted[high] @ np.array(program.high)[high] + wanted[low] @ np.array(program.low)[low])
    return Solved(found.x, min(told, most), infeasible=found.status == 2)


def connected_parts(problem: ExchangeProblem) -> list[list[int]]:
    """Return the matches in groups that share no stream and no facility: each is a problem of its own."""
    above: dict[Any, Any] = {}

    def root(key: Any) -> Any:
        while above.setdefault(key, key) != key:
            above[key] = above[above[key]]
            key = above[key]
        return key

    for match in problem.matches:
        keys = [("offer", match.offer), ("want", match.want)]
        if match.facility is not None:
            keys.append(("facility", match.facility))
        for key in keys[1:]:
            above[root(key)] = root(keys[0])
    groups: dict[Any, list[int]] = {}
    for m, match in enumerate(problem.matches):
        groups.setdefault(root(("offer", match.offer)), []).append(m)
    return list(groups.values())


def read_flows(
    problem: ExchangeProblem,
    program: Program,
    values: Floats,
    cells: dict[tuple[int, tuple[int, int]], float],
    builds: set[int],
) -> None:
    """Add the flows of those matches whose connection is made, and the facilities that are built.

    A binary variable of a solver may be 0.9999998; it counts as what is nearer, and a flow without its
    connection as nothing.
    """
    made = {m for m, column in program.connections.items() if values[column] > 0.5}
    joined = {key for key, column in program.members.items() if values[column] > 0.5}
    builds |= {f for f, column in program.builds.items() if values[column] > 0.5}
    for column, (m, cell) in enumerate(program.flows):
        match = problem.matches[m]
        if m in program.connections and m not in made:
            continue
        f = match.facility
        if f is not None:
            ends = (problem.offers[match.offer].enterprise, problem.wants[match.want].enterprise)
            if f not in builds or any((end, f) not in joined for end in ends):
                continue
        if values[column] > 0:
            cells[m, cell] = float(values[column]) * match.upper
