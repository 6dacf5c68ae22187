"""The problem of exchange as a mixed-integer linear programme, for HiGHS.

Flows are continuous, at most 1 when divided by what their match can carry, so that no constant is larger than
it must be; a connection, a facility or a minimum lot is a binary variable.  The form is that of fixed-charge
transportation with facilities (Balinski, M. L. (1961). Fixed-cost transportation problems. Naval Research
Logistics Quarterly 8, 41-54), each flow bounded by the binary variables it takes, not by their sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from separatrix.run.console import kept_from_output
from separatrix_cluster.symbiosis.problem import ExchangeProblem

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

__all__ = ["Program", "Solved", "connected_parts", "program_of", "read_flows", "solved"]

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
