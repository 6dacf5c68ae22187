"""Doubts about emissions missing from every year: bounded by what peers, or expenditure, make possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix_cluster.accounts.absent_sources import absent_sources, as_fossil, lines_of_source
from separatrix_cluster.accounts.energy_costs import energy_for_money
from separatrix_cluster.accounts.factor import Factor
from separatrix_cluster.accounts.grid_factors import likely_grids
from separatrix_cluster.accounts.untold_electricity import without_electricity
from separatrix_cluster.completeness.data_doubt import DataDoubt, DoubtSearch
from separatrix_cluster.completeness.panel_estimates import from_sector
from separatrix_cluster.completeness.untold_energy import USUAL_FUEL
from separatrix_cluster.tables.cell_values import Floats
from separatrix_cluster.tables.panel import panel_of, sectors_of

__all__ = ["absent_source", "carrier_by_peers", "untold_electricity"]

Truths = npt.NDArray[np.bool_]

_SIZES = ("output", "value_added", "staff")


def untold_electricity(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield the unreported electricity that enterprises may have used, estimated from peers (K227)."""
    a, year = search.accounts, int(remark.what.values["year"])
    lacking = without_electricity(search.cluster, a, year)
    told = bool((a.carrier == "electricity").any())
    if told:
        most = carrier_by_peers(search, "electricity", year, lacking)
    else:
        most = _by_money(search, year)
    for e in np.flatnonzero(lacking).tolist():
        # Where nobody tells of any, all can still be compared by what they tell.
        yield DataDoubt(
            remark, year, str(a.enterprises[e]), "electricity", 0.0, float(most[e]), comparable=not told
        )


_BESIDE_FUELS = 3.0
"""Without money data: industry as a whole emits about as much for its electricity as from its fuels."""


def _by_money(search: DoubtSearch, year: int) -> Floats:
    """Return the most t CO2e of electricity where none is reported: as much as output can pay for."""
    a = search.accounts
    grid = search.registry.bought("electricity", "location", year)
    grids = [f.value for f in likely_grids(search.cluster.description.country)]
    factor = grid.value if isinstance(grid, Factor) else max(grids)
    direct = np.nan_to_num(a.by_enterprise(year, scope=1))
    most = factor * energy_for_money(search.cluster, year, fuels=False)
    return np.where(np.isnan(most), _BESIDE_FUELS * direct, most)


def carrier_by_peers(search: DoubtSearch, carrier: str, year: int, lacking: Truths) -> Floats:
    """Return the most t CO2e of a carrier that enterprises may have, estimated from those who report it."""
    a = search.accounts
    now = a.year == year
    mine = now & (a.carrier == carrier)
    rest = now & (a.carrier != "") & (a.carrier != carrier)
    return _by_peers(
        search, year, _sums(search, mine, search.weight), _sums(search, rest, search.weight), lacking
    )


def _sums(search: DoubtSearch, chosen: Truths, amounts: Floats) -> Floats:
    """Return the sum of every enterprise; `nan` where it is not above 0."""
    a = search.accounts
    chosen = chosen & (amounts > 0)
    sums = np.bincount(a.enterprise[chosen], amounts[chosen], len(a.enterprises)).astype(np.float64)
    return np.where(sums > 0, sums, np.nan)


def _by_peers(search: DoubtSearch, year: int, amounts: Floats, others: Floats, lacking: Truths) -> Floats:
    """Return the most that enterprises may have by the size that foretells peers best: or what else they use.

    Without any size by what one of them has.
    """
    cluster = search.cluster
    sizes = [panel_of(cluster, "accounts", c, [year])[:, 0] for c in _SIZES]
    measures: Sequence[Floats] = [*(np.where(s > 0, s, np.nan) for s in sizes), others]
    measures = [*measures, np.full(len(amounts), np.nan)]
    found = [from_sector(amounts, m, sectors_of(cluster), lacking) for m in measures]
    most = np.full(len(amounts), np.nan)
    for e in np.flatnonzero(lacking).tolist():
        by = [f for f, m in zip(found, measures, strict=True) if not np.isnan(m[e])] or found[-1:]
        best = min(by, key=lambda f: float(np.nan_to_num(f.high[e] / f.low[e], nan=np.inf)))
        most[e] = best.high[e]
    return most


def absent_source(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield what an enterprise may emit from a source that all others of its trade have (K244)."""
    a = search.accounts
    for absent in absent_sources(search.cluster, a):
        if absent.remark != remark:
            continue
        e, who = absent.enterprise, str(a.enterprises[absent.enterprise])
        alone = np.arange(len(a.enterprises)) == e
        by_factor = np.fmax(np.nan_to_num(a.factor_location), search.weight)
        of_source = lines_of_source(a, absent.source)
        for year in np.unique(a.year[a.enterprise == e]).tolist():
            now = a.year == year
            amounts = _sums(search, now & of_source, by_factor)
            amounts[e] = np.nan
            rest = _sums(search, now & ~of_source, by_factor)
            if absent.by_trade:
                most = as_fossil(search.cluster, e).get(year, 0.0)
            elif absent.by_peers:
                most = float(_by_peers(search, year, amounts, rest, alone)[e])
            else:
                most = USUAL_FUEL * float(energy_for_money(search.cluster, year, fuels=True)[e])
            energy = (0.0, 0.0) if absent.source == "process" else None
            yield DataDoubt(remark, year, who, "" if energy is None else "process", 0.0, most, energy)
