"""The task of choosing seeds: their number or budget, their costs, and the weight of each enterprise."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError, NameProblem, nearest

if TYPE_CHECKING:
    from separatrix.population.networks.link_graph import LinkGraph

__all__ = ["SeedTask", "seed_task"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SeedTask:
    """Who can be a seed, at what cost, and what reaching each enterprise counts.

    Attributes
    ----------
    costs, values : ndarray, shape (N,)
    budget : float
        What the seeds may cost together; their number where they have no costs.
    aware : ndarray of int64
        Who knows already.
    priced : bool
        Whether costs were given.
    """

    costs: Floats
    budget: float
    values: Floats
    aware: NDArray[np.int64]
    priced: bool

    @property
    def even(self) -> bool:
        """Whether all enterprises count alike."""
        return bool((self.values == self.values[0]).all())

    @property
    def whole(self) -> float:
        """The value of all enterprises."""
        return float(self.values.sum())

    @property
    def open(self) -> NDArray[np.int64]:
        """Who can be a seed."""
        able = self.costs <= self.budget
        able[self.aware] = False
        return np.flatnonzero(able)

    def max_seeds(self) -> int:
        """Return how many seeds the budget pays for at most."""
        cheap = np.sort(self.costs[self.open])
        return int(np.searchsorted(np.cumsum(cheap), self.budget * (1 + 1e-12), side="right"))


def seed_task(
    links: LinkGraph,
    count: int | None,
    costs: Mapping[str, float] | Sequence[float] | None,
    budget: float | None,
    values: Mapping[str, float] | Sequence[float] | None,
    aware: Sequence[str],
) -> SeedTask:
    """Return the validated task; see `certified_seeds`.

    Raises
    ------
    InputError
        N403 for a number of seeds, a budget, a cost or a value that makes no sense.
    NameProblem
        N404 for a cost, a value or an aware enterprise that is not in the network.
    """
    if (count is None) == (budget is None):
        raise InputError(
            "N403", "expected either a number of seeds or a budget", hint="as in count=5, or costs and budget"
        )
    if budget is not None and costs is None:
        raise InputError("N403", "a budget without costs", hint="give what it costs to win each enterprise")
    if count is not None and costs is not None:
        raise InputError("N403", "a number of seeds with costs", hint="give a budget instead of the number")
    if count is not None and (count != int(count) or not 1 <= count <= links.size):
        raise InputError("N403", f"{count} seeds of {links.size:,} enterprises; expected 1 to {links.size:,}")
    if budget is not None and not 0 < budget < math.inf:
        raise InputError("N403", f"a budget of {budget:g}; expected a finite number above 0")
    named = isinstance(costs, Mapping) or isinstance(values, Mapping) or len(aware) > 0
    where = {name: at for at, name in enumerate(links.names)} if named else {}
    price = _column(links, where, costs, "cost", 0.0, math.inf)
    worth = _column(links, where, values, "value", -1e-300, 1.7e308)
    if not worth.any():
        raise InputError(
            "N403", "no enterprise has a value above 0", hint="leave the values out, or mend them"
        )
    known = []
    for name in aware:
        if name not in where:
            raise _unknown(name, "an aware enterprise", links)
        known.append(where[name])
    task = SeedTask(
        price,
        float((count or 0) if budget is None else budget),
        worth,
        np.unique(np.array(known, np.int64)),
        costs is not None,
    )
    if not len(task.open):
        raise InputError(
            "N403",
            "no enterprise can be a seed: each costs more than the budget, or is aware already",
            hint="raise the budget",
        )
    return task


def _column(
    links: LinkGraph,
    where: Mapping[str, int],
    given: Mapping[str, float] | Sequence[float] | None,
    what: str,
    above: float,
    most: float,
) -> Floats:
    if given is None:
        return np.ones(links.size)
    if isinstance(given, Mapping):
        for name in given:
            if name not in where:
                raise _unknown(name, f"a {what}", links)
        for name in links.names:
            if name not in given:
                raise InputError(
                    "N403", f"no {what} is given of `{name}`", hint="give one of each enterprise"
                )
        given = [given[name] for name in links.names]
    column = np.asarray(given, float)
    if column.shape != (links.size,):
        raise InputError("N403", f"{column.size:,} numbers as {what} of {links.size:,} enterprises")
    for at in np.flatnonzero(~((column > above) & (column <= most)))[:1]:
        least = "above 0" if above == 0 else "of 0 or more"
        raise InputError(
            "N403", f"the {what} of `{links.names[at]}` is {column[at]:g}; expected a number {least}"
        )
    return column


def _unknown(name: str, what: str, links: LinkGraph) -> NameProblem:
    meant = nearest(str(name), list(links.names)[:2000])
    return NameProblem(
        "N404",
        f"{what} is given for `{name}`, which is not in the network",
        hint=f"did you mean `{meant}`?" if meant else "name enterprises as the links do",
    )
