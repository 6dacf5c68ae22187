"""The exchanges and facilities that bring a cluster most, with a bound on what any others could bring.

Who pays whom for what is exchanged, and what remains with each enterprise.

For each flow the taker pays the giver the asking price (negative where the giver pays) if that leaves
neither of them with a loss; otherwise both share the gain of the flow equally. Costs of a facility are
shared by those connected in proportion to their gain through it, so that no one loses where it pays at all.
For other sharing rules see `cluster/benefit_sharing`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from separatrix.run.results import Tabled
from separatrix.sentences import Sentence
from separatrix_cluster.symbiosis.cuts import nearest_plan, solve_part
from separatrix_cluster.symbiosis.mixed_integer_program import (
    ExactPlan,
    connected_parts,
    exact_plan,
    fraction_of,
    read_flows,
    violations,
)
from separatrix_cluster.symbiosis.problem import ExchangeProblem

__all__ = [
    "ExchangePlan",
    "Flow",
    "Payment",
    "Settlement",
    "exchange_value",
    "optimal_exchange",
    "settlements",
]


@dataclass(frozen=True)
class Payment:
    """What a flow brings, and what is paid for it, in currency a year.

    Attributes
    ----------
    giver_gain, taker_gain : Fraction
        Before they pay one another.
    paid : Fraction
        From taker to giver; below 0 where the giver pays.
    as_asked : bool
        Whether it is the asking price; otherwise the gain of the flow is halved.
    """

    giver_gain: Fraction
    taker_gain: Fraction
    paid: Fraction
    as_asked: bool


@dataclass(frozen=True)
class Settlement:
    """What an enterprise gains in a year, in currency.

    Attributes
    ----------
    enterprise : str
    gain : float
        What its exchanges save and cost it, the carbon price included, before payments.
    paid : float
        What it pays to others for streams; below 0 where it is paid.
    facilities : float
        Its share of the costs of facilities.
    net : float
        What remains.
    """

    enterprise: str
    gain: float
    paid: float
    facilities: float
    net: float


def settlements(plan: ExactPlan) -> tuple[dict[int, Payment], tuple[Settlement, ...]]:
    """Return the payment for each flow, and what remains with each enterprise that takes part.

    The sum of what remains is the gain of the plan, except for facilities without connections.
    """
    problem = plan.problem
    payments = {m: _payment(plan, m, amount) for m, amount in plan.flows.items()}
    gain: dict[str, Fraction] = {}
    paid: dict[str, Fraction] = {}
    through: dict[int, dict[str, Fraction]] = {}
    for m, payment in payments.items():
        match = problem.matches[m]
        giver, taker = problem.offers[match.offer].enterprise, problem.wants[match.want].enterprise
        for who, own, pays in (
            (giver, payment.giver_gain, -payment.paid),
            (taker, payment.taker_gain, payment.paid),
        ):
            gain[who] = gain.get(who, Fraction(0)) + own
            paid[who] = paid.get(who, Fraction(0)) + pays
            if match.facility is not None:
                parts = through.setdefault(match.facility, {})
                parts[who] = parts.get(who, Fraction(0)) + own - pays
    shares = _shares(plan, through)
    nothing = Fraction(0)
    told = []
    for who in sorted(gain):
        cost = shares.get(who, nothing)
        told.append(
            Settlement(
                who, float(gain[who]), float(paid[who]), float(cost), float(gain[who] - paid[who] - cost)
            )
        )
    return payments, tuple(told)


def _payment(plan: ExactPlan, m: int, amount: Fraction) -> Payment:
    problem, match = plan.problem, plan.problem.matches[m]
    offer = problem.offers[match.offer]
    facility = None if match.facility is None else problem.facilities[match.facility]
    price = fraction_of(problem.carbon_price)
    each = (
        fraction_of(offer.disposal_cost)
        - fraction_of(offer.recovery_cost)
        + price * fraction_of(offer.co2_avoided)
    )
    if facility is not None:
        each -= fraction_of(facility.unit_cost)
    giver = amount * each
    # The rest is the taker's, so that both together are what the match is worth, to the last digit.
    whole = amount * (fraction_of(match.margin) + price * fraction_of(match.abatement))
    whole -= fraction_of(match.yearly_cost)
    taker = whole - giver
    asked = None if offer.price is None else amount * fraction_of(offer.price)
    if asked is not None and giver + asked >= 0 and taker - asked >= 0:
        return Payment(giver, taker, asked, as_asked=True)
    return Payment(giver, taker, (taker - giver) / 2, as_asked=False)


def _shares(plan: ExactPlan, through: Mapping[int, Mapping[str, Fraction]]) -> dict[str, Fraction]:
    problem = plan.problem
    shares: dict[str, Fraction] = {}
    for f in plan.builds:
        gains = through.get(f, {})
        cost = fraction_of(problem.facility_costs[f])
        cost += len(gains) * fraction_of(problem.connection_costs[f])
        whole = sum(gains.values(), Fraction(0))
        for who, own in gains.items():
            part = own / whole if whole > 0 and min(gains.values()) >= 0 else Fraction(1, len(gains))
            shares[who] = shares.get(who, Fraction(0)) + cost * part
    return shares


GAP = 1e-4
"""The solver may stop where its value is this close to its bound, relative to it."""

QUESTIONS = 5
"""To the solver where a target cannot be met: what would have to give way, and which plan comes nearest."""

TOLERANCE = 3e-6
"""By which share the solver may go beyond a limit, and a little more."""

SECONDS = 60.0
"""The default time limit of the solver."""


@dataclass(frozen=True)
class Flow:
    """What one enterprise hands over to another in a year.

    Attributes
    ----------
    giver, taker : str
    stream, wanted : str
        Its name at the giver, and at the taker.
    facility : str or None
        The id of the facility it goes through.
    amount, received : float
        Units that leave the giver, and units that the taker receives, in base units (`unit`).
    unit : str
    benefit : float
        Currency a year for both, the carbon price and the direct connection included, facilities not.
    paid : float
        Currency a year from taker to giver; below 0 where the giver pays.
    as_asked : bool
        Whether that is the asking price; otherwise the gain of the flow is halved.
    abatement : float
        t CO2e a year.
    investment : float
        Currency once, for a direct connection.
    kilometres : float or None
        None through a facility.
    assumed_distance : bool
        Whether no table gives them, although a result depends on them.
    intervals : tuple of (hot interval, cold interval, amount)
        Of heat: from where to where in the cascade.
    notes : tuple of Sentence
        What could not be checked.
    """

    match: int
    giver: str
    taker: str
    stream: str
    wanted: str
    facility: str | None
    amount: float
    received: float
    unit: str
    benefit: float
    paid: float
    as_asked: bool
    abatement: float
    investment: float
    kilometres: float | None
    assumed_distance: bool
    intervals: tuple[tuple[int, int, float], ...]
    notes: tuple[Sentence, ...]


@dataclass(frozen=True, repr=False)
class ExchangePlan(Tabled):
    """The best exchanges that were found, recomputed in fractions.

    Attributes
    ----------
    problem : ExchangeProblem
    flows : tuple of Flow
        By benefit, largest first.
    facilities : tuple of str
        Ids of the facilities that are built.
    connections : tuple of pair of str
        Enterprise and facility.
    net_benefit : float
        Currency a year, all costs and the carbon price included; `exact` is the same as a fraction.
    exact : Fraction
    abatement : float
        t CO2e a year.
    investment : float
        Currency, once.
    bound : float
        What the solver says no plan exceeds, currency a year; it is the solver's, not recomputed.
    gap : float
        (bound − net benefit) / bound, from the recomputed net benefit; 0 where nothing can be gained.  Both
        mean nothing where there are shortfalls.
    settlement : tuple of Settlement
        What remains with each enterprise that takes part.
    shortfalls : tuple of Sentence
        Where what was demanded cannot be: what would have to give way, most binding first; empty otherwise.
    """

    problem: ExchangeProblem
    flows: tuple[Flow, ...]
    facilities: tuple[str, ...]
    connections: tuple[tuple[str, str], ...]
    net_benefit: float
    exact: Fraction
    abatement: float
    investment: float
    bound: float
    gap: float
    settlement: tuple[Settlement, ...]
    shortfalls: tuple[Sentence, ...] = ()

    @property
    def feasible(self) -> bool:
        """Whether all requirements are met."""
        return not self.shortfalls

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as plain data."""
        problem = self.problem
        return {
            "net_benefit": self.net_benefit,
            "net_benefit_exact": str(self.exact),
            # Of a plan that only comes nearest the solver bounds nothing.
            "solver_bound": self.bound if self.feasible else None,
            "gap": self.gap if self.feasible else None,
            "abatement": self.abatement,
            "investment": self.investment,
            "carbon_price": problem.carbon_price,
            "discount_rate": problem.discount_rate,
            "minimum_approach": problem.minimum_approach,
            "budget": problem.budget,
            "target": problem.target,
            "members": list(problem.members),
            "flows": [_flow_data(f) for f in self.flows],
            "facilities": [
                {
                    "id": f.key,
                    "name": f.name,
                    "built": f.key in self.facilities,
                    "connected": [who for who, key in self.connections if key == f.key],
                    "yearly_cost": problem.facility_costs[k],
                    "yearly_cost_of_a_connection": problem.connection_costs[k],
                }
                for k, f in enumerate(problem.facilities)
            ],
            "settlement": [
                {
                    "enterprise": s.enterprise,
                    "gain": s.gain,
                    "paid": s.paid,
                    "facilities": s.facilities,
                    "net": s.net,
                }
                for s in self.settlement
            ],
            "rejected": [
                {
                    "offered_by": problem.offers[r.offer].enterprise,
                    "offered": problem.offers[r.offer].name,
                    "wanted_by": problem.wants[r.want].enterprise,
                    "wanted": problem.wants[r.want].name,
                    "same_stream": r.near,
                    "reason": r.reason,
                }
                for r in problem.rejected
            ],
            "shortfalls": list(self.shortfalls),
            "assumed": list(problem.assumed),
        }


def _flow_data(flow: Flow) -> dict[str, Any]:
    return {
        "from": flow.giver,
        "to": flow.taker,
        "stream": flow.stream,
        "wanted": flow.wanted,
        "facility": flow.facility,
        "amount": flow.amount,
        "received": flow.received,
        "unit": flow.unit,
        "benefit": flow.benefit,
        "paid_by_taker": flow.paid,
        "as_asked": flow.as_asked,
        "abatement": flow.abatement,
        "investment": flow.investment,
        "kilometres": flow.kilometres,
        "assumed_distance": flow.assumed_distance,
        "notes": list(flow.notes),
    }


def optimal_exchange(problem: ExchangeProblem, *, gap: float = GAP, seconds: float = SECONDS) -> ExchangePlan:
    """Return the exchanges and facilities that bring most, never less than no exchange.

    Parameters
    ----------
    problem : ExchangeProblem
    gap : float
        Relative distance from its bound at which the solver may stop.
    seconds : float
        The solver stops after these with the best it has; its bound still holds.

    Returns
    -------
    ExchangePlan
        Flows as they are printed, with limits and worth computed again in fractions; `shortfalls` says what
        would have to give way where a target or a facility that must be built cannot be.

    Raises
    ------
    InputError
        K513 where the solver found nothing in its time although something was demanded.

    References
    ----------
    Kantor, I., Robineau, J.-L., Bütün, H. & Maréchal, F. (2020). A mixed-integer linear programming
    formulation for optimizing multi-scale material and energy integration. Front. Energy Res. 8:49.
    Cerda, J., Westerberg, A. W., Mason, D. & Linnhoff, B. (1983). Minimum utility usage in heat exchanger
    network synthesis: a transportation problem. Chem. Eng. Sci. 38, 373-387.

    Examples
    --------
    >>> from separatrix_cluster.symbiosis.problem import problem_of
    >>> from separatrix_cluster.symbiosis.streams import Stream
    >>> slag = Stream("A", "slag", 2, "mass", "solid waste", 500.0, price=10.0, disposal_cost=5.0)
    >>> plan = optimal_exchange(
    ...     problem_of([slag], [Stream("B", "slag", 3, "mass", "solid waste", 400.0, price=30.0)])
    ... )
    >>> plan.net_benefit, plan.gap, plan.flows[0].amount, plan.flows[0].paid
    (14000.0, 0.0, 400.0, 4000.0)
    """
    demanded = problem.target or problem.required
    plan, bound, infeasible = _best_plan(problem, gap, seconds)
    if demanded and (infeasible or violations(plan)):
        plan, bound, shortfalls = nearest_plan(problem, seconds / QUESTIONS)
        return _exchange_plan(plan, bound, shortfalls)
    return _exchange_plan(plan, bound, ())


def exchange_value(problem: ExchangeProblem) -> float:
    """Return the most that exchange can bring in a year, in currency; what a coalition is worth.

    Demands (target, required facilities) do not count, for a coalition may also do nothing.

    Examples
    --------
    >>> from separatrix_cluster.symbiosis.problem import problem_of
    >>> from separatrix_cluster.symbiosis.streams import Stream
    >>> exchange_value(
    ...     problem_of([Stream("A", "slag", 2, "mass", "solid waste", 500.0, disposal_cost=5.0)], [])
    ... )
    0.0
    """
    if not problem.matches:
        return 0.0
    free = problem
    if problem.target or problem.required:
        free = replace(problem, target=None, required=())
    return float(_best_plan(free, GAP / 100, SECONDS)[0].gain)


def _best_plan(
    problem: ExchangeProblem, gap: float, seconds: float, *, tries: bool = True
) -> tuple[ExactPlan, float, bool]:
    """Return the best plan, the solver's bound, and whether the solver says that nothing is feasible."""
    together = problem.budget is not None or problem.target or problem.required
    # What can never pay would also set the scale of the solver, which takes small gains beside it for none.
    worth_it = [
        bool(problem.target) or (m.margin + problem.carbon_price * m.abatement) * m.upper > m.yearly_cost
        for m in problem.matches
    ]
    parts = [[m for m in part if worth_it[m]] for part in connected_parts(problem)]
    if together:
        parts = [[m for part in parts for m in part]]
    cells: dict[tuple[int, tuple[int, int]], float] = {}
    builds: set[int] = set()
    bound, infeasible, ends = 0.0, False, time.monotonic() + seconds
    sizes = {n: sum(len(problem.matches[m].cells) for m in part) + 1 for n, part in enumerate(parts)}
    for n, part in sorted(enumerate(parts), key=lambda entry: sizes[entry[0]]):
        if not part and not problem.required:
            continue
        only = problem.matches[part[0]] if part else None
        if only is not None and not together and len(part) == len(only.cells) == 1 and only.facility is None:
            # As much as there is, where that pays for its connection: most coalitions hold little else.
            worth = only.margin + problem.carbon_price * only.abatement
            if worth * only.upper > only.yearly_cost:
                cells[part[0], only.cells[0]] = only.upper
                bound += worth * only.upper - only.yearly_cost
            sizes.pop(n)
            continue
        # A small part leaves what it does not use to larger ones.
        weights = [math.sqrt(size) for size in sizes.values()]
        share = max(0.05, ends - time.monotonic()) * math.sqrt(sizes.pop(n)) / sum(weights)
        program, found = solve_part(problem, part, gap=gap, seconds=share)
        infeasible |= found.infeasible
        bound += max(0.0, found.bound) if not together else found.bound
        if found.values is not None:
            read_flows(problem, program, found.values, cells, builds)
    if not problem.required and not problem.target:
        bound = max(0.0, bound)
    plan = exact_plan(problem, cells, builds)
    if problem.budget and ("budget", 0) in violations(plan) and tries:
        # The solver keeps a budget to a millionth, and what is printed keeps it to the last digit.
        tighter = replace(problem, budget=problem.budget * (1 - TOLERANCE))
        plan = replace(_best_plan(tighter, gap, seconds, tries=False)[0], problem=problem)
    if not (problem.required or problem.target) and (plan.gain < 0 or violations(plan)):
        plan = ExactPlan(problem)
    return plan, bound, infeasible


def _exchange_plan(plan: ExactPlan, bound: float, shortfalls: tuple[Sentence, ...]) -> ExchangePlan:
    problem = plan.problem
    payments, settled = settlements(plan)
    gain = plan.gain
    # A bound of floats may lie a rounding below the value it bounds.
    bound = max(bound, float(gain))
    flows = sorted((_flow(plan, m, payments[m]) for m in plan.flows), key=lambda f: (-f.benefit, f.match))
    return ExchangePlan(
        problem,
        tuple(flows),
        tuple(problem.facilities[f].key for f in sorted(plan.builds)),
        tuple((who, problem.facilities[f].key) for who, f in sorted(plan.members)),
        float(gain),
        gain,
        float(plan.abatement),
        float(plan.investment),
        bound,
        (bound - float(gain)) / abs(bound) if bound else 0.0,
        settled,
        shortfalls,
    )


def _flow(plan: ExactPlan, m: int, payment: Payment) -> Flow:
    problem, match = plan.problem, plan.problem.matches[m]
    offer, want = problem.offers[match.offer], problem.wants[match.want]
    amount = plan.flows[m]
    return Flow(
        m,
        offer.enterprise,
        want.enterprise,
        offer.name,
        want.name,
        None if match.facility is None else problem.facilities[match.facility].key,
        float(amount),
        float(amount * Fraction(repr(match.conversion))),
        offer.unit,
        float(payment.giver_gain + payment.taker_gain),
        float(payment.paid),
        payment.as_asked,
        float(amount * Fraction(repr(match.abatement))),
        match.investment,
        match.distance if match.facility is None else None,
        match.assumed_distance,
        tuple(
            (i, j, float(a)) for (n, (i, j)), a in sorted(plan.cells.items()) if n == m and (i, j) != (-1, -1)
        ),
        match.notes,
    )
