"""Between which ends the change of a cluster lies of whose data something is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from separatrix.cluster.accounts.completeness import DataCompleteness
from separatrix.cluster.accounts.known_amounts import column_of
from separatrix.cluster.diagnosis.tapio import STILL, decoupling
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
    """Return the bounds of the changes of a cluster from a year to another; None where nothing is missing."""
    carbon = [books.span(y) for y in (start, end)]
    made = [column_of(cluster, books, "value_added", y) for y in (start, end)]
    if all(low == high for low, _, high in carbon) and all(m.whole for m in made):
        return None
    price = constant_prices(cluster, end) / constant_prices(cluster, start)
    return ChangeBounds(
        _quotient((carbon[0][0], carbon[0][2]), (carbon[1][0], carbon[1][2])),
        _quotient((made[0].least, made[0].most), (made[1].least * price, made[1].most * price)),
    )


def _quotient(before: tuple[float, float], after: tuple[float, float]) -> tuple[float, float]:
    """Return the least and the most of after over before."""
    if not before[0] > 0:
        return float("nan"), float("nan")
    return after[0] / before[1], after[1] / before[0]
