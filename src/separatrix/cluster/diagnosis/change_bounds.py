"""Between which ends the change of a cluster lies of whose data something is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from separatrix.cluster.completeness.completeness import DataCompleteness
from separatrix.cluster.completeness.known_amounts import carbon_of, column_of
from separatrix.cluster.diagnosis.tapio import STILL, decoupling
from separatrix.cluster.tables.cell_values import Floats
from separatrix.cluster.tables.cluster import Cluster
from separatrix.cluster.tables.panel import constant_prices

__all__ = ["ChangeBounds", "change_bounds"]


@dataclass(frozen=True)
class ChangeBounds:
    """The least and the most of the quotients of emissions and of value added, after over before."""

    emissions: tuple[float, float]
    value_added: tuple[float, float]

    def _corners(self) -> Iterator[tuple[float, float]]:
        for emitted in self.emissions:
            for made in self.value_added:
                yield emitted - 1, made - 1

    @property
    def sure(self) -> bool:
        """Whether it is certain that value added grew, or that it fell."""
        low, high = self.value_added
        return bool(np.isfinite([*self.emissions, low, high]).all() and (low > 1 + STILL or high < 1 - STILL))

    def elasticities(self) -> tuple[float | None, float | None]:
        """Return the least and the most elasticity; nothing where it is not certain which way output went."""
        if not self.sure:
            return None, None
        found = [emitted / made for emitted, made in self._corners()]
        return min(found), max(found)

    def states(self) -> list[str]:
        """Return Tapio's states that the bounds allow: those of the corners and of what lies between."""
        if not self.sure:
            return ["strong decoupling", "strong negative decoupling"]
        found = [decoupling(*corner)[1] for corner in self._corners()]
        return [state for state in found if state is not None]

    def growth_not_offset(self) -> tuple[float, float] | None:
        """Return between which ends the share of the effect of growth lies that nothing made up for.

        With one activity for all the share is ln(C/C₀)/ln(V/V₀): the change is L(C, C₀) ln(C/C₀), the effect
        of growth L(C, C₀) ln(V/V₀).  Nothing where it is not certain that there was growth.
        """
        low, high = self.value_added
        if not self.sure or low <= 1 or self.emissions[0] <= 0:
            return None
        found = [np.log(c) / np.log(v) for c in self.emissions for v in (low, high)]
        return float(min(found)), float(max(found))


def change_bounds(cluster: Cluster, books: DataCompleteness, start: int, end: int) -> ChangeBounds | None:
    """Return the bounds of the changes of a cluster from a year to another; None where nothing is missing.

    Enterprises that are whole in both years count as they are.  Each other one may change as its bounds
    allow, or not be among those that are compared at all.
    """
    whole = books.is_whole(start) & books.is_whole(end)
    carbon = [carbon_of(books, y, internal=False) for y in (start, end)]
    made = [column_of(cluster, books, "value_added", y) for y in (start, end)]
    known = whole & ~np.isnan([c.value for c in (*carbon, *made)]).any(axis=0)
    at_work = ~(books.away(cluster, start) & books.away(cluster, end))
    strangers = [books.unnamed(y) for y in (start, end)]
    if (known | ~at_work).all() and not any(strangers):
        return None
    price = constant_prices(cluster, end) / constant_prices(cluster, start)
    others = at_work & ~known
    return ChangeBounds(
        _quotient(
            float(carbon[0].value[known].sum()),
            float(carbon[1].value[known].sum()),
            np.r_[carbon[0].low[others], 0.0],
            np.r_[carbon[1].low[others], 0.0],
            np.r_[carbon[0].high[others], strangers[0]],
            np.r_[carbon[1].high[others], strangers[1]],
        ),
        _quotient(
            float(made[0].value[known].sum()),
            float(made[1].value[known].sum()) * price,
            made[0].low[others],
            made[1].low[others] * price,
            made[0].high[others],
            made[1].high[others] * price,
        ),
    )


def _quotient(
    before: float,
    after: float,
    before_low: Floats,
    after_low: Floats,
    before_high: Floats,
    after_high: Floats,
) -> tuple[float, float]:
    """Return the least and the most of after over before, where each of the others may take part or not."""
    if not before > 0:
        return float("nan"), float("nan")
    ends = []
    for sign, first, last in (
        (1, before_high, after_low.clip(min=0)),
        (-1, before_low.clip(min=0), after_high),
    ):
        with np.errstate(divide="ignore", invalid="ignore"):
            own = np.where(first > 0, last / first, np.where(last > 0, np.inf, np.nan))
        order = np.argsort(sign * own, kind="stable")
        bottom, top = before, after
        for i in order[~np.isnan(own[order])].tolist():
            # An enterprise takes part as long as it moves the quotient that way.
            if sign * own[i] >= sign * top / bottom:
                break
            bottom, top = bottom + float(first[i]), top + float(last[i])
        ends.append(top / bottom)
    return ends[0], ends[1]
