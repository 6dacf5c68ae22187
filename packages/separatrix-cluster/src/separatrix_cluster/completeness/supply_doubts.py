"""Doubts about who made what is bought, and about factors: the amounts hold, what they count for is open."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from separatrix.io.cells import Remark
from separatrix.run.cached_property import keep
from separatrix_cluster.accounts.emission_factors import own_factor, shipped_factors
from separatrix_cluster.accounts.factor import Factor
from separatrix_cluster.accounts.own_power import never_bought
from separatrix_cluster.accounts.result import Ints
from separatrix_cluster.accounts.unlikely_supply import unlikely_supply
from separatrix_cluster.accounts.unnamed_heat import unnamed_heat
from separatrix_cluster.completeness.data_doubt import DataDoubt, DoubtSearch
from separatrix_cluster.completeness.untold_energy import USUAL_FUEL
from separatrix_cluster.tables.cell_values import Floats

__all__ = ["derived_gas", "own_factor_doubts", "own_power", "supplier", "unused_factor", "waste_heat"]

_EFFICIENCY = {"electricity": 0.33, "heat": 0.6}
"""Of an old coal plant and an old boiler: what was made took no more fuel than theirs."""


def supplier(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield what supply within the cluster may count twice, or not at all (K218)."""
    a, lines = search.accounts, search.lines(remark)
    table = search.cluster.table("energy")
    if remark.file == table.file and remark.column == "supplier":
        if not len(lines):
            return
        unlikely = np.intersect1d(lines, unlikely_supply(search.cluster, a))
        if len(unlikely):
            yield from _outside(search, remark, unlikely, np.ones(len(unlikely)))
        elif a.supplier[lines[0]] < 0:
            yield from _unnamed(search, remark, int(a.year[lines[0]]))
        else:
            yield from _not_made(search, remark, lines[a.doubtful[lines]])
    elif remark.file == table.file:
        yield from _unsold(search, remark)
    else:  # a reported scope 2 of which a part was counted where it was made
        moved = lines[a.internal[lines]]
        yield from _outside(search, remark, moved, np.ones(len(moved)))


def _not_made(search: DoubtSearch, remark: Remark, lines: Ints) -> Iterator[DataDoubt]:
    """Yield the doubt of power or heat whose supplier cannot be seen to have made it.

    If it did make it, the row counts twice, and the fuel that it took is missing.
    """
    a, gaps = search.accounts, search.gaps
    for i in lines.tolist():
        lacking = (gaps.enterprise == a.supplier[i]) & (gaps.year == a.year[i])
        fuel = USUAL_FUEL / _EFFICIENCY.get(str(a.carrier[i]), 1.0) * float(np.nan_to_num(a.energy[i]))
        # What is known to be missing from the supplier has its own bounds.
        more = 0.0 if lacking.any() else max(0.0, fuel - float(search.weight[i]))
        yield DataDoubt(
            remark,
            int(a.year[i]),
            str(a.enterprises[a.enterprise[i]]),
            str(a.carrier[i]),
            -float(search.weight[i]),
            more,
            (-float(np.nan_to_num(a.energy[i])), 0.0),
            comparable=True,
            own=False,
        )


def _outside(search: DoubtSearch, remark: Remark, lines: Ints, share: Floats) -> Iterator[DataDoubt]:
    """Yield the doubt of lines counted inside the cluster of which a share may have come from outside."""
    a = search.accounts
    for i, part in zip(lines.tolist(), share.tolist(), strict=True):
        yield DataDoubt(
            remark,
            int(a.year[i]),
            str(a.enterprises[a.enterprise[i]]),
            str(search.source[i]),
            0.0,
            part * float(a.location[i]),
            (0.0, part * float(np.nan_to_num(a.energy[i]))),
            comparable=True,
            own=False,
        )


def _unnamed(search: DoubtSearch, remark: Remark, year: int) -> Iterator[DataDoubt]:
    """Yield the doubt of heat that a plant of the cluster may have made, as far as that emitted so much."""
    found, most = unnamed_heat(search.cluster, search.accounts, year)
    whole = float(search.accounts.location[found].sum())
    if whole > 0:
        yield from search.doubts(remark, found, -most / whole, 0.0, comparable=True, own=False)


def _unsold(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield the doubt of what members took from a seller beyond what it says that it sold to them."""
    table, a = search.cluster.table("energy"), search.accounts
    place = np.flatnonzero(table.rows == remark.row)
    if not len(place):
        return
    i = int(place[0])
    year, seller = table.numbers("year")[i], table.texts("enterprise")[i]
    same = (table.texts("use") == "sold") & (table.numbers("year") == year)
    same &= (table.texts("enterprise") == seller) & (table.texts("carrier") == table.texts("carrier")[i])
    sold = float(np.nansum(table.numbers("amount")[same]))
    at = int(np.flatnonzero(search.cluster.enterprises == seller)[0])
    taken = np.flatnonzero((a.supplier == at) & (a.year == year) & a.internal)
    energy = float(np.nansum(a.energy[taken]))
    if energy > 0 and np.flatnonzero(same)[0] == i:
        yield from _outside(search, remark, taken, np.full(len(taken), max(0.0, 1 - sold / energy)))


def own_power(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield the energy that counts twice if fuel made it, and what it emits if it was bought (K223)."""
    a, table = search.accounts, search.cluster.table("energy")
    unbought = keep(search, "_never_bought", lambda: never_bought(a, table))
    for i in search.lines(remark)[:1].tolist():
        grid = search.registry.bought("electricity", "location", int(a.year[i]))
        factor = grid.value if unbought[i] and isinstance(grid, Factor) else 0.0
        energy = float(np.nan_to_num(a.energy[i]))
        burned = (a.enterprise == a.enterprise[i]) & (a.year == a.year[i]) & (a.kind == "combustion")
        yield DataDoubt(
            remark,
            int(a.year[i]),
            str(a.enterprises[a.enterprise[i]]),
            str(a.carrier[i]),
            0.0,
            factor * energy,
            (-energy if burned.any() else 0.0, 0.0),
            comparable=True,
        )


def waste_heat(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield what counts as bought heat, if it is the enterprise's own: nothing then, and no second energy."""
    a, lines, table = search.accounts, search.lines(remark), search.cluster.table("energy")
    # A row of a wide table may hold bought heat beside it: the line is that of its amount.
    name = getattr(remark.what, "values", {}).get("name", "")
    same = (table.rows == remark.row) & (table.texts("carrier") == name)
    mine = lines[np.isin(a.energy[lines], table.numbers("amount")[same]) & (a.factor[lines] >= 0)]
    # Of bought heat of the same amount beside it, none is doubted.
    yield from search.doubts(remark, mine[: int(same.sum())], -1.0, 0.0, comparable=True)


def derived_gas(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield the carbon of a gas that counts with the fuel it was made of, if it was bought instead (K222)."""
    a = search.accounts
    for i in search.lines(remark)[:1].tolist():
        yield DataDoubt(
            remark,
            int(a.year[i]),
            str(a.enterprises[a.enterprise[i]]),
            str(a.carrier[i]),
            0.0,
            float(getattr(remark.what, "values", {}).get("tonnes", np.nan)),
            comparable=True,
            own=False,
        )


# --------------------------------------------------------------------------- factors

_OF_ONES_OWN = 1.5
"""Measured factors of a fuel, a boiler or a grid lie within this factor of those that are shipped."""


def own_factor_doubts(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield by how much another factor would change what an own one gives (K225)."""
    here = {
        row: factor for factor, (_, row) in zip(search.registry.own, search.registry.own_rows, strict=True)
    }
    factor = here.get(remark.row or -1)
    if factor is None:  # a second one of the same, of which the first counts
        other = _factor_at(search, remark)
        alike = [f for f in here.values() if other is not None and _same(f, other)]
        if other is None or not alike:
            return
        factor, values = alike[0], [other.value]
    else:
        values = [
            f.value * margin
            for f in shipped_factors()
            if (f.carrier, f.dimension) == (factor.carrier, factor.dimension) and f.value > 0
            for margin in (1 / _OF_ONES_OWN, _OF_ONES_OWN)
        ]
    used = [k for k, f in enumerate(search.accounts.factors) if f == factor.to_dict()]
    lines = np.flatnonzero(np.isin(search.accounts.factor, used))
    if not len(lines) or not values:
        return
    known = factor.value > 0
    low, high = (end / factor.value - 1 if known else float("nan") for end in (min(values), max(values)))
    yield from search.doubts(
        remark,
        lines,
        min(low, 0.0) if known else low,
        max(high, 0.0) if known else high,
        energy=(0.0, 0.0),
        comparable=True,
    )


def _factor_at(search: DoubtSearch, remark: Remark) -> Factor | None:
    place = np.flatnonzero(search.cluster.table("factors").rows == remark.row)
    found = own_factor(search.cluster, int(place[0])) if len(place) else None
    return found if isinstance(found, Factor) else None


def _same(one: Factor, other: Factor) -> bool:
    return all(getattr(one, k) == getattr(other, k) for k in ("carrier", "kind", "area", "year", "dimension"))


def unused_factor(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield by how much an own factor that no row needs would change what the shipped one gives (K219)."""
    factor, a = _factor_at(search, remark), search.accounts
    if factor is None or factor.kind == "market":
        return
    lines = np.flatnonzero((a.carrier == factor.carrier) & (a.factor >= 0))
    if factor.year is not None:
        lines = lines[a.year[lines] == factor.year]
    if not len(lines):
        return
    with np.errstate(divide="ignore", invalid="ignore"):
        share = factor.value / factor.energy / (a.factor_location[lines] / a.energy[lines]) - 1
    yield from search.doubts(
        remark, lines, np.minimum(share, 0.0), np.maximum(share, 0.0), energy=(0.0, 0.0), comparable=True
    )
