"""Which measures to take: the most tonnes within a budget, or the cheapest set for a target.

With measures that weaken one another this is a knapsack whose values depend on its other contents; the
program of `measure_program` represents it without approximation. The solver's result is recomputed in
rational numbers; a result that fails there is forbidden and the search repeated. If not all requirements
can be met, the smallest shortfall is computed, one after the other: first tonnes within the budget, then
the budget that the tonnes would need (elastic constraints: Chinneck, 2008, Feasibility and Infeasibility in
Optimization).

Measures that act on what is left, as a mixed-integer linear program, solved by HiGHS.

On a pool on which the shares f₁ … fₖ act in turn, measure s finds uₛ = xₛ·(1 − f₁u₁ − … − fₛ₋₁uₛ₋₁) of it
and cuts fₛuₛ. As x is 0 or 1 the product is linear without any approximation (McCormick, 1976, Mathematical
Programming 10, 147-175): u ≤ x, u ≤ left and u ≥ left − (1 − x). Solvers compute with rounding, so the
caller recomputes the result in rational numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from separatrix.run.console import kept_from_output
from separatrix_cluster.measures.target import AbatementTarget, JointAbatement, weights_of

__all__ = [
    "Linear",
    "MeasureProgram",
    "MeasureSet",
    "Solution",
    "Start",
    "cheapest_set",
    "largest_set",
    "measure_set",
]

Start = tuple[int, int]
"""A measure, by its position, and the year in which it is begun."""

Linear = dict[int, float]
"""Coefficients of variables."""

SCALE = 1_000.0
"""The largest number of what is minimised, in the solver's units: its gap is absolute.

The largest of a condition is 1: with more the solver would take what its own rounding does for a fault.
"""

EXACT_UP_TO = 40
"""So many measures are solved to the end; with more the solver may stop at `GAP`."""

GAP = 1e-4
SECONDS = 60.0


@dataclass(frozen=True)
class Solution:
    """What a solver found: the starts, its bound on what was minimised, and whether it came to its end."""

    starts: frozenset[Start]
    bound: float
    proven: bool


@dataclass
class MeasureProgram:
    """The variables and constraints of measures over years.

    Attributes
    ----------
    joint : JointAbatement
    starts : list of Start
        What may be begun and when; the first variables.
    years : list of int
        In which measures act.
    lasts : mapping of Start to range
        In which years a measure acts that is begun then.
    found : mapping
        Pool, measure and year to the variable of what the measure finds of the pool.
    """

    joint: JointAbatement
    starts: list[Start]
    years: list[int]
    lasts: Mapping[Start, range]
    rows: list[tuple[Linear, float, float]] = field(default_factory=list)
    found: dict[tuple[int, int, int], int] = field(default_factory=dict)
    highest: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.highest = [1.0] * len(self.starts)
        self._place: dict[Start, int] = {start: k for k, start in enumerate(self.starts)}
        for year in self.years:
            for k in range(len(self.joint.pools)):
                self._act_in_turn(k, year)
        self._link()

    def is_active(self, place: int, year: int) -> Linear:
        """Return whether a measure acts in a year, as a sum of its starts."""
        return {
            self._place[start]: 1.0
            for start in self.starts
            if start[0] == place and year in self.lasts[start]
        }

    def _act_in_turn(self, pool: int, year: int) -> None:
        earlier: Linear = {}
        for place, share in self.joint.pools[pool].shares:
            acts = self.is_active(place, year)
            if not acts:
                continue
            found = len(self.highest)
            self.highest.append(1.0)
            self.found[pool, place, year] = found
            self.rows.append((_sum({found: 1.0}, acts, -1.0), -_MUCH, 0.0))
            self.rows.append(({found: 1.0, **earlier}, -_MUCH, 1.0))
            self.rows.append((_sum({found: 1.0, **earlier}, acts, -1.0), 0.0, _MUCH))
            earlier[found] = float(share)

    def _link(self) -> None:
        """Add that a measure is taken once at a time, with what it requires and without what it excludes."""
        places = {m.id: i for i, m in enumerate(self.joint.measures)}
        for place, measure in enumerate(self.joint.measures):
            for year in self.years:
                acts = self.is_active(place, year)
                if len(acts) > 1:
                    self.rows.append((acts, -_MUCH, 1.0))
                for other in measure.requires:
                    self.rows.append((_sum(acts, self.is_active(places[other], year), -1.0), -_MUCH, 0.0))
            for other in measure.excludes & places.keys():
                pairs = ((a, b) for a in self._starts_of(place) for b in self._starts_of(places[other]))
                self.rows.extend(({a: 1.0, b: 1.0}, -_MUCH, 1.0) for a, b in pairs)

    def _starts_of(self, place: int) -> list[int]:
        return [k for k, start in enumerate(self.starts) if start[0] == place]

    def per_start(self, amounts: Mapping[Start, float]) -> Linear:
        """Return a sum over what is begun."""
        return {self._place[start]: amount for start, amount in amounts.items() if amount}

    def per_cut(self, year: int, weights: Mapping[int, float], *, energy: bool = False) -> Linear:
        """Return a sum of tonnes cut in a year, each weighed by its measure; of energy alone if asked."""
        shares = [dict(pool.shares) for pool in self.joint.pools]
        return {
            found: weights[place] * float(shares[pool][place] * self.joint.pools[pool].amount)
            for (pool, place, when), found in self.found.items()
            if when == year and weights.get(place) and (self.joint.pools[pool].energy or not energy)
        }

    def solve(
        self,
        objective: Linear,
        conditions: Iterable[tuple[Linear, float, float]] = (),
        forbidden: Sequence[frozenset[Start]] = (),
    ) -> Solution | None:
        """Return what makes a sum least under conditions; None where nothing fulfils them.

        Parameters
        ----------
        objective : Linear
        conditions : iterable of (Linear, float, float)
            Sums with the least and the most that they may be.
        forbidden : sequence of sets of Start
            Answers that were found before and do not hold in rational numbers.
        """
        if not self.starts:  # nothing can be begun in time, and all sums are 0
            fulfilled = not forbidden and all(low <= 0 <= high for _, low, high in conditions)
            return Solution(frozenset(), 0.0, True) if fulfilled else None
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp

        unit = max(map(abs, objective.values()), default=0.0) / SCALE or 1.0
        costs = np.zeros(len(self.highest))
        for k, value in objective.items():
            costs[k] = value / unit
        rows = [*self.rows]
        for sums, low, high in conditions:
            one = max(map(abs, sums.values()), default=0.0) or 1.0
            rows.append(({k: v / one for k, v in sums.items()}, low / one, high / one))
        for answer in forbidden:
            signs = {k: -1.0 if s in answer else 1.0 for k, s in enumerate(self.starts)}
            rows.append((signs, 1.0 - len(answer), _MUCH))
        whole = np.zeros(len(costs), dtype=np.int64)
        whole[: len(self.starts)] = 1
        small = len(self.joint.measures) <= EXACT_UP_TO
        with kept_from_output("Highs"):
            found = milp(
                costs,
                integrality=whole,
                bounds=Bounds(0.0, np.array(self.highest)),
                constraints=LinearConstraint(*_matrix(rows, len(costs))) if rows else None,
                options={"mip_rel_gap": 0.0 if small else GAP, "time_limit": SECONDS},
            )
        if found.x is None:
            return None
        starts = frozenset(s for k, s in enumerate(self.starts) if found.x[k] > 0.5)
        bound = found.mip_dual_bound
        return Solution(
            starts, float(found.fun if bound is None else bound) * unit, found.status == 0 and small
        )


_MUCH = float("inf")


def _sum(first: Linear, second: Linear, times: float) -> Linear:
    """Return the first sum and the second so many times."""
    found = dict(first)
    for k, value in second.items():
        found[k] = found.get(k, 0.0) + times * value
    return found


def _matrix(rows: Sequence[tuple[Linear, float, float]], width: int) -> tuple[Any, list[float], list[float]]:
    from scipy.sparse import csr_array

    values = [v for sums, _, _ in rows for v in sums.values()]
    across = [k for sums, _, _ in rows for k in sums]
    down = [i for i, (sums, _, _) in enumerate(rows) for _ in sums]
    matrix = csr_array((values, (down, across)), shape=(len(rows), width))
    return matrix, [low for _, low, _ in rows], [high for _, _, high in rows]


TRIES = 50
"""So many answers of the solver may fail in rational numbers; none did in the tests."""


@dataclass(frozen=True)
class MeasureSet:
    """A set of measures, recomputed in rational numbers.

    Attributes
    ----------
    ids : tuple of str
        In the order in which they act.
    investment : Fraction
        Currency, at once.
    annual_cost, saving, net_cost : Fraction
        Currency a year: gross, saved together, and their difference.
    abatement : Fraction
        t CO2e a year that they cut together.
    counted : Fraction
        The part of these that counts for the target.
    budget, target : Fraction and AbatementTarget, or None
        The given constraints.
    missing : Fraction
        Tonnes short of the target; 0 where it is met.
    budget_needed : Fraction or None
        The least investment that meets the target, where the budget does not suffice and any does.
    reachable : Fraction or None
        The counted abatement of all measures together, where no budget would meet the target.
    bound : float or None
        The solver's bound on the objective (tonnes for a budget alone, else currency a year).
    proven : bool
        Whether the solver finished, so that within its tolerance no set is better.
    """

    ids: tuple[str, ...]
    investment: Fraction
    annual_cost: Fraction
    saving: Fraction
    abatement: Fraction
    counted: Fraction
    budget: Fraction | None = None
    target: AbatementTarget | None = None
    missing: Fraction = Fraction(0)
    budget_needed: Fraction | None = None
    reachable: Fraction | None = None
    bound: float | None = None
    proven: bool = True

    @property
    def net_cost(self) -> Fraction:
        """Currency a year."""
        return self.annual_cost - self.saving

    def gap(self, carbon_price: Fraction) -> float:
        """Return how far what was recomputed is from the solver's bound, as a share of it."""
        if self.bound is None:
            return 0.0
        cost = float(self.net_cost - carbon_price * self.abatement)
        found = float(self.abatement) if self.target is None else cost
        better = self.bound - found if self.target is None else found - self.bound
        return max(0.0, better) / max(abs(found), 1e-9)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "measures": list(self.ids),
            "investment": float(self.investment),
            "annual_cost": float(self.annual_cost),
            "saving": float(self.saving),
            "net_cost": float(self.net_cost),
            "abatement": float(self.abatement),
            "counted": float(self.counted),
            "budget": None if self.budget is None else float(self.budget),
            "target": None if self.target is None else self.target.to_dict(),
            "missing": float(self.missing),
            "budget_needed": None if self.budget_needed is None else float(self.budget_needed),
            "reachable": None if self.reachable is None else float(self.reachable),
            "solver_bound": self.bound,
            "proven": self.proven,
        }


def measure_set(
    joint: JointAbatement, taken: frozenset[str], target: AbatementTarget | None = None
) -> MeasureSet:
    """Return what a set costs and cuts."""
    cuts = joint.cuts(taken)
    abatement = sum(cuts, Fraction(0))
    return MeasureSet(
        tuple(m.id for m in joint.measures if m.id in taken),
        joint.investment(taken),
        sum((m.annual_cost for m in joint.measures if m.id in taken), Fraction(0)),
        sum(joint.savings(cuts, taken), Fraction(0)),
        abatement,
        abatement if target is None else target.counted_tonnes(joint, taken),
        target=target,
    )


@dataclass(frozen=True)
class _Search:
    """The program of one year, and its sums by name."""

    joint: JointAbatement
    program: MeasureProgram
    investment: Linear
    tonnes: Linear
    counted: Linear
    cost: Linear

    def minimize(
        self,
        objective: Linear,
        conditions: list[tuple[Linear, float, float]],
        holds: Callable[[frozenset[str]], bool],
    ) -> tuple[frozenset[str], Solution] | None:
        """Return the best set that fulfils the conditions in rational numbers, too."""
        forbidden: list[Any] = []
        for _ in range(TRIES):
            found = self.program.solve(objective, conditions, forbidden)
            if found is None:
                return None
            taken = frozenset(self.joint.measures[place].id for place, _ in found.starts)
            if self.joint.possible(taken) and holds(taken):
                return taken, found
            forbidden.append(found.starts)
        return None


def _search(joint: JointAbatement, carbon_price: Fraction, target: AbatementTarget | None) -> _Search:
    starts = [(i, 0) for i in range(len(joint.measures))]
    program = MeasureProgram(joint, starts, [0], dict.fromkeys(starts, range(1)))
    measures = joint.measures
    everything = dict.fromkeys(range(len(measures)), 1.0)
    weights = dict(enumerate(map(float, weights_of(target, joint))))
    # What is saved shrinks with what is cut, and each tonne that is cut saves the carbon price.
    worth = {
        i: -float(m.saving / m.abatement if m.abatement else 0) - float(carbon_price)
        for i, m in enumerate(measures)
    }
    fixed = {(i, 0): float(m.annual_cost - (0 if m.abatement else m.saving)) for i, m in enumerate(measures)}
    return _Search(
        joint,
        program,
        program.per_start({(i, 0): float(m.investment) for i, m in enumerate(measures)}),
        program.per_cut(0, everything),
        program.per_cut(0, weights, energy=target is not None and target.energy_only),
        {**program.per_start(fixed), **program.per_cut(0, worth)},
    )


def largest_set(joint: JointAbatement, carbon_price: Fraction = Fraction(0)) -> frozenset[str]:
    """Return the set that cuts most; of several the cheapest."""
    alone = [claim.stand_alone for claim in joint.claims]
    if not any(m.excludes for m in joint.measures) and all(
        share < 1 for pool in joint.pools for _, share in pool.shares if len(pool.shares) > 1
    ):
        # Whatever cuts alone adds something to any set.
        needed = {i for m, cut in zip(joint.measures, alone, strict=True) if cut for i in _needs(joint, m.id)}
        return frozenset(needed)
    search = _search(joint, carbon_price, None)
    return _largest_within_budget(search, search.tonnes, joint.abatement, None, carbon_price)[0]


def _needs(joint: JointAbatement, identity: str) -> set[str]:
    """Return a measure with its prerequisites."""
    by_id = {m.id: m for m in joint.measures}
    found, open_ = {identity}, [identity]
    while open_:
        more = by_id[open_.pop()].requires - found
        found |= more
        open_.extend(more)
    return found


def _largest_within_budget(
    search: _Search,
    sums: Linear,
    amount: Callable[[frozenset[str]], Fraction],
    budget: Fraction | None,
    carbon_price: Fraction,
) -> tuple[frozenset[str], float, bool]:
    """Return the set with the most of a sum within a budget, the cheapest of them, and the solver's bound."""
    joint = search.joint

    def affordable(taken: frozenset[str]) -> bool:
        return budget is None or joint.investment(taken) <= budget

    limits = [] if budget is None else [(search.investment, -_MUCH, float(budget))]
    most = search.minimize({k: -v for k, v in sums.items()}, limits, affordable)
    if most is None:
        return frozenset(), 0.0, True
    taken, found = most
    best = amount(taken)
    again = search.minimize(
        search.cost,
        [*limits, (sums, float(best) * (1 - 1e-9), _MUCH)],
        lambda one: affordable(one) and amount(one) >= best,
    )
    return (taken if again is None else again[0]), -found.bound, found.proven


def cheapest_set(
    joint: JointAbatement,
    *,
    carbon_price: Fraction = Fraction(0),
    budget: Fraction | None = None,
    target: AbatementTarget | None = None,
) -> MeasureSet:
    """Return the measures to take.

    With a budget alone, the set that cuts most within it, the cheapest if there are several; with a target
    the set with the least net cost a year, less the carbon price of what it cuts, that meets it within the
    budget. Constraints that cannot be met are met as far as possible, and the result states the shortfall.

    Parameters
    ----------
    joint : JointAbatement
    carbon_price : Fraction
        Currency per t CO2e.
    budget : Fraction, optional
        The most that may be invested, in currency.
    target : AbatementTarget, optional
    """
    search = _search(joint, carbon_price, target)
    if target is None:
        taken, bound, proven = _largest_within_budget(
            search, search.tonnes, joint.abatement, budget, carbon_price
        )
        return _with_question(measure_set(joint, taken), budget, None, bound, proven)

    def meets(taken: frozenset[str]) -> bool:
        return target.counted_tonnes(joint, taken) >= target.amount

    def affordable(taken: frozenset[str]) -> bool:
        return budget is None or joint.investment(taken) <= budget

    limits = [] if budget is None else [(search.investment, -_MUCH, float(budget))]
    wanted = (search.counted, float(target.amount), _MUCH)
    best = search.minimize(search.cost, [*limits, wanted], lambda s: affordable(s) and meets(s))
    if best is not None:
        taken, found = best
        return _with_question(measure_set(joint, taken, target), budget, target, found.bound, found.proven)

    def abatement_amount(taken: frozenset[str]) -> Fraction:
        return target.counted_tonnes(joint, taken)

    taken, _, proven = _largest_within_budget(search, search.counted, abatement_amount, budget, carbon_price)
    reached = measure_set(joint, taken, target)
    needed = search.minimize(search.investment, [wanted], meets)
    every = reached.counted
    if budget is not None and needed is None:
        every = abatement_amount(
            _largest_within_budget(search, search.counted, abatement_amount, None, carbon_price)[0]
        )
    return replace(
        reached,
        budget=budget,
        missing=max(Fraction(0), target.amount - reached.counted),
        budget_needed=None if needed is None else joint.investment(needed[0]),
        reachable=every if needed is None else None,
        proven=proven,
    )


def _with_question(
    found: MeasureSet, budget: Fraction | None, target: AbatementTarget | None, bound: float, proven: bool
) -> MeasureSet:
    return replace(found, budget=budget, target=target, bound=bound, proven=proven)
