"""Verified totals against the fuels of the same enterprise and year, which the total holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.run.cached_property import keep
from separatrix.sentences import say
from separatrix_cluster.accounts.result import CarbonAccounts, Ints
from separatrix_cluster.tables.cell_values import Floats
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.panel import sectors_of

__all__ = ["VerifiedElsewhere", "verified_elsewhere", "verified_remarks"]

Truths = npt.NDArray[np.bool_]

_LEAST = 0.5
"""A verified total below this share of what default factors give is of another unit, or of a part."""


def verified_remarks(cluster: Cluster, accounts: CarbonAccounts) -> list[Remark]:
    """Return a warning at each verified total far below the CO2 of the fuels that it stands for."""
    verified = np.flatnonzero(accounts.kind == "verified")
    if not len(verified):
        return []
    years = accounts.year - accounts.year.min()
    span = int(years.max()) + 1
    key = accounts.enterprise * span + years
    size = len(accounts.enterprises) * span
    totals = np.bincount(key[verified], accounts.location[verified], size).astype(np.float64)
    burned = (accounts.kind == "combustion") & ~np.isnan(accounts.factor_location)
    fuels = np.bincount(key[burned], accounts.factor_location[burned], size).astype(np.float64)
    below, held = _below(accounts, key, totals, fuels)
    low = verified[below[key[verified]]]
    found = [*_far_above(accounts, verified, key, totals, fuels)]
    short = {
        int(key[i]): remark for i, remark in _without_process(cluster, accounts, verified, key, totals, fuels)
    }
    found += short.values()
    low = low[~np.isin(key[low], list(short))]
    for i in low[np.sort(np.unique(key[low], return_index=True)[1])].tolist():  # the first row of each
        k = int(key[i])
        found.append(
            Remark(
                "K226",
                "warning",
                str(accounts.file[i]),
                int(accounts.row[i]),
                "amount",
                say(
                    "verified are {total} t CO2e, and the fuels of {enterprise} in {year} alone give "
                    "{fuels} t",
                    total=rounded(float(totals[k])),
                    fuels=rounded(float(fuels[k])),
                    enterprise=str(accounts.enterprises[accounts.enterprise[i]]),
                    year=int(accounts.year[i]),
                    held=float(held[k]),
                ),
                say("check the unit and whether the total is complete; the value was used unchanged"),
            )
        )
    return found


_BELOW = 0.9
"""In one year alone: a total of own factors stays below its fuels in the others, too."""


def _below(accounts: CarbonAccounts, key: Ints, totals: Floats, fuels: Floats) -> tuple[Truths, Floats]:
    """Return which totals are far below their fuels, and how many times these other years hold on site."""
    with np.errstate(divide="ignore", invalid="ignore"):
        times = np.where(fuels > 0, totals / fuels, np.nan)
    verified = np.unique(key[accounts.kind == "verified"])
    places = verified[times[verified] < _BELOW]
    below, held = times < _LEAST, np.ones(len(totals))
    if not len(places):
        return below, held
    mine = (accounts.scope == 1) & ~accounts.internal
    direct = np.bincount(key[mine], np.nan_to_num(accounts.location[mine]), len(totals))
    for k in places.tolist():
        of = np.unique(key[accounts.enterprise == accounts.enterprise[np.argmax(key == k)]])
        others = of[(of != k) & (fuels[of] > 0)]
        if len(others):
            below[k] |= bool((times[np.intersect1d(others, verified)] >= 1 - _SAME).all())
            held[k] = max(1.0, float((direct[others] / fuels[others]).max()))
    return below, held


_SHORT = 0.85
"""Own factors of fuels, and years, differ by less than what a total lacks below this share."""
_YEARS = 2
_ALONE = 0.1
"""Totals of this number of years, all within this distance of process emissions alone, are not a
coincidence."""


def _without_process(
    cluster: Cluster, accounts: CarbonAccounts, verified: Ints, key: Ints, totals: Floats, fuels: Floats
) -> Iterator[tuple[int, Remark]]:
    """Yield a warning at each total below its fuels and the process emissions that go with them elsewhere.

    Elsewhere means the years of the enterprise without a total, and rows of both. An enterprise without
    these is reported where all its totals equal the process emissions of its sector for the same fuels.
    """
    process = accounts.kind == "process"
    if not process.any():
        return
    processes = np.bincount(key[process], accounts.location[process], len(totals)).astype(np.float64)
    whole = (processes > 0) & (fuels > 0)
    whole[key[verified]] = False
    with np.errstate(divide="ignore", invalid="ignore"):
        times = np.where(whole, processes / fuels, np.nan)
        mine = np.where(fuels > 0, totals / fuels, np.nan)
    times, mine = (part.reshape(len(accounts.enterprises), -1) for part in (times, mine))
    sectors = sectors_of(cluster).astype(str)
    first = verified[np.sort(np.unique(key[verified], return_index=True)[1])]
    for i in first[fuels[key[first]] > 0].tolist():
        e, k = int(accounts.enterprise[i]), int(key[i])
        usual = times[e][~np.isnan(times[e])]
        if not len(usual) and sectors[e] and not processes.reshape(times.shape)[e].any():
            usual = times[sectors == sectors[e]]
            usual = usual[~np.isnan(usual)]
            own = mine[e][mine[e] > 0]
            if len(own) < _YEARS or not len(usual) or np.abs(own / np.median(usual) - 1).max() > _ALONE:
                continue
        if not len(usual) or not totals[k] < _SHORT * fuels[k] * (1 + usual.min()):
            continue
        what = say(
            "verified are {total} t CO2e; the fuels of {enterprise} in {year} give {fuels} t, and with the "
            "process emissions that go with such fuels in other years or enterprises {whole} t",
            total=rounded(float(totals[k])),
            fuels=rounded(float(fuels[k])),
            enterprise=str(accounts.enterprises[e]),
            year=int(accounts.year[i]),
            whole=rounded(float(fuels[k] * (1 + usual.min()))),
            most=float(fuels[k] * (1 + usual.max())),
        )
        hint = say(
            "if the total covers process emissions only, its kind is process; the value was used unchanged"
        )
        yield i, Remark("K226", "warning", str(accounts.file[i]), int(accounts.row[i]), "kind", what, hint)


_FAR = 5.0
"""A verified total is so many times what its fuels give, and in other years less than a third of that."""
_BEYOND = 20.0
"""Of a single year: processes add a few times what the fuels give, not so many."""
_STEADY = 3.0


def _far_above(
    accounts: CarbonAccounts, verified: Ints, key: Ints, totals: Floats, fuels: Floats
) -> Iterator[Remark]:
    """Yield a warning at each verified total that is far more times its fuels than those of other years."""
    with np.errstate(divide="ignore", invalid="ignore"):
        times = np.where(fuels > 0, totals / fuels, np.nan)
    seen: set[int] = set()
    for i in verified[~np.isnan(times[key[verified]])].tolist():  # large schemes tell of no fuels
        k = int(key[i])
        mine = verified[accounts.enterprise[verified] == accounts.enterprise[i]]
        others = np.unique(key[mine][key[mine] != k])
        usual = times[others][~np.isnan(times[others])]
        far = _FAR * float(usual.max()) if len(usual) else _BEYOND
        steady = not len(usual) or usual.max() <= _STEADY * usual.min()
        if k in seen or not steady or not times[k] >= far:
            continue
        seen.add(k)
        what = say(
            "verified are {total} t CO2e, {times} times what the fuels of {enterprise} in {year} give, "
            "{fuels} t",
            total=rounded(float(totals[k])),
            times=rounded(float(times[k]), 2),
            enterprise=str(accounts.enterprises[accounts.enterprise[i]]),
            year=int(accounts.year[i]),
            fuels=rounded(float(fuels[k])),
            usual=float(usual.min()) if len(usual) else 1.0,
        )
        hint = say("check the unit and whether the total is complete; the value was used unchanged")
        yield Remark("K226", "warning", str(accounts.file[i]), int(accounts.row[i]), "amount", what, hint)


_SAME = 0.005
"""Totals that are what the fuels give, but for this, may be counted either way."""
_PARTS = 1.1
"""Totals beyond this many times their fuels hold more than these; without one the rest is missing."""


@dataclass(frozen=True)
class VerifiedElsewhere:
    """A year of an enterprise that was counted by its fuels, where other years have a verified total.

    Attributes
    ----------
    remark : Remark
    lines : array of int
        The fuels of the year.
    low, high : float
        The range of the ratio of total to fuels in the other years.
    others : tuple of float
        The same ratio of each other enterprise, where they determine it.
    """

    remark: Remark
    lines: Ints
    low: float
    high: float
    others: tuple[float, ...] = ()


def verified_elsewhere(accounts: CarbonAccounts) -> tuple[VerifiedElsewhere, ...]:
    """Return the years that are counted by fuels where others of the enterprise have a verified total.

    Not where the totals exceed the fuels by far: there the rest is missing, and is reported as such.
    """
    return keep(accounts, "_verified_elsewhere", lambda: _elsewhere(accounts))


def _elsewhere(accounts: CarbonAccounts) -> tuple[VerifiedElsewhere, ...]:
    verified = accounts.kind == "verified"
    burned = (accounts.kind == "combustion") & ~np.isnan(accounts.factor_location)
    found = []
    for e in np.intersect1d(accounts.enterprise[verified], accounts.enterprise[burned]).tolist():
        mine = accounts.enterprise == e
        years = np.unique(accounts.year[mine & burned])
        fuels, totals = (
            np.array([float(part[mine & kind & (accounts.year == y)].sum()) for y in years])
            for part, kind in ((accounts.factor_location, burned), (accounts.location, verified))
        )
        # A total far below its fuels is in doubt itself (K226), and tells nothing of other years.
        both = (fuels > 0) & (totals >= _LEAST * fuels)
        without = (fuels > 0) & ~np.isin(years, accounts.year[mine & verified])
        if not both.any() or totals[both].sum() > _PARTS * fuels[both].sum():
            continue
        ratios = totals[both] / fuels[both]
        if np.abs(ratios - 1).max() <= _SAME:
            continue
        for year in years[without].tolist():
            lines = np.flatnonzero(mine & burned & (accounts.year == year))
            i = int(lines[np.argmax(accounts.factor_location[lines])])
            what = say(
                "{enterprise} has a verified total in other years and none in {year}, which was counted by "
                "its fuels: over these the totals are {low} to {high} times",
                enterprise=str(accounts.enterprises[e]),
                year=int(year),
                low=rounded(float(ratios.min()), 3),
                high=rounded(float(ratios.max()), 3),
            )
            where = str(accounts.file[i]), int(accounts.row[i])
            remark = Remark(
                "K239", "warning", *where, "carrier", what, say("add the verified total of the year")
            )
            found.append(VerifiedElsewhere(remark, lines, float(ratios.min()), float(ratios.max())))
    return (*found, *_without_any(accounts, verified, burned))


_OTHERS = 3
"""The least number of other enterprises with a verified total and fuels, to report one without a total."""


def _without_any(accounts: CarbonAccounts, verified: Truths, burned: Truths) -> Iterator[VerifiedElsewhere]:
    """Yield who is counted by fuels in all years, where most others have verified totals that differ."""
    count = len(accounts.enterprises)
    totals, fuels = (np.zeros((count, len(accounts.years))) for _ in range(2))
    at = accounts.enterprise, np.searchsorted(accounts.years, accounts.year)
    np.add.at(totals, (at[0][verified], at[1][verified]), accounts.location[verified])
    np.add.at(fuels, (at[0][burned], at[1][burned]), accounts.factor_location[burned])
    both = (fuels > 0) & (totals >= _LEAST * fuels)
    others, without = both.any(axis=1), (fuels > 0).any(axis=1) & ~(totals > 0).any(axis=1)
    if others.sum() < _OTHERS or others.sum() < without.sum():
        return
    ratios = (totals * both).sum(axis=1)[others] / (fuels * both).sum(axis=1)[others]
    if np.abs(ratios - 1).max() <= _SAME:
        return
    for e in np.flatnonzero(without).tolist():
        lines = np.flatnonzero(burned & (accounts.enterprise == e))
        i = int(lines[np.argmax(accounts.factor_location[lines])])
        what = say(
            "{enterprise} has no verified total in any year and was counted by its fuels; {count} others "
            "have totals of {low} to {high} times their fuels",
            enterprise=str(accounts.enterprises[e]),
            count=int(others.sum()),
            low=rounded(float(ratios.min()), 3),
            high=rounded(float(ratios.max()), 3),
        )
        hint = say("add the verified totals, or what its processes emit")
        remark = Remark("K239", "warning", str(accounts.file[i]), int(accounts.row[i]), "carrier", what, hint)
        ends = float(ratios.min()), float(ratios.max())
        yield VerifiedElsewhere(remark, lines, *ends, tuple(ratios.tolist()))
