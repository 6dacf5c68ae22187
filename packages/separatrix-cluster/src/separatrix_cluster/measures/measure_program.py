"""Measures that act on what is left, as a mixed-integer linear program, solved by HiGHS.

On a pool on which the shares f₁ … fₖ act in turn, measure s finds uₛ = xₛ·(1 − f₁u₁ − … − fₛ₋₁uₛ₋₁) of it
and cuts fₛuₛ. As x is 0 or 1 the product is linear without any approximation (McCormick, 1976, Mathematical
Programming 10, 147-175): u ≤ x, u ≤ left and u ≥ left − (1 − x). Solvers compute with rounding, so the
caller recomputes the result in rational numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from separatrix.run.console import kept_from_output
from separatrix_cluster.measures.joint_abatement import JointAbatement

__all__ = ["Linear", "MeasureProgram", "Solution", "Start"]

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
