"""The best exchange by trying every choice of connections and facilities: an oracle for small problems."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.optimize import linprog

from separatrix_cluster.symbiosis.problem import ExchangeProblem


def best_by_enumeration(problem: ExchangeProblem) -> float:
    """Return the largest net benefit over all subsets of matches, built facilities following from them.

    A subset whose fixed costs exceed what its flows could bring at most is not tried.
    """
    best = 0.0
    useful = [
        m for m, match in enumerate(problem.matches)
        if match.margin + problem.carbon_price * match.abatement > 0
    ]  # fmt: skip
    assert len(useful) <= 12, "too many to try"
    for chosen in product((False, True), repeat=len(useful)):
        subset = [m for m, taken in zip(useful, chosen, strict=True) if taken]
        best = max(best, _value(problem, subset))
    return best


def _value(problem: ExchangeProblem, subset: list[int]) -> float:
    cells = [(m, cell) for m in subset for cell in problem.matches[m].cells]
    if not cells:
        return 0.0
    fixed = sum(problem.matches[m].yearly_cost for m in subset)
    through = {m: problem.matches[m].facility for m in subset if problem.matches[m].facility is not None}
    joined = {
        (who, f)
        for m, f in through.items()
        for who in (
            problem.offers[problem.matches[m].offer].enterprise,
            problem.wants[problem.matches[m].want].enterprise,
        )
    }
    fixed += sum(problem.connection_costs[f] for _, f in joined)
    fixed += sum(problem.facility_costs[f] for f in set(through.values()))
    worth = np.array(
        [problem.matches[m].margin + problem.carbon_price * problem.matches[m].abatement for m, _ in cells]
    )
    rows: dict[tuple[object, ...], np.ndarray] = {}
    limits: dict[tuple[object, ...], float] = {}

    def add(key: tuple[object, ...], column: int, value: float, limit: float) -> None:
        rows.setdefault(key, np.zeros(len(cells)))[column] += value
        limits[key] = limit

    for column, (m, (i, j)) in enumerate(cells):
        match = problem.matches[m]
        add(("supply", match.offer, i), column, 1.0, problem.cascade.offered[match.offer][i])
        add(("demand", match.want, j), column, match.conversion, problem.cascade.wanted[match.want][j])
        add(("lot", m), column, -1.0, -match.minimum_lot)
        if match.facility is not None:
            capacity = problem.facilities[match.facility].capacity
            if capacity is not None:
                add(("capacity", match.facility), column, 1.0, capacity)
    found = linprog(-worth, A_ub=np.array(list(rows.values())), b_ub=list(limits.values()), bounds=(0, None))
    return -found.fun - fixed if found.status == 0 else 0.0
