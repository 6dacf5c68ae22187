"""Verified totals against the fuels of the same enterprise and year, which the total holds.

Rows of emissions that are what rows of energy give by their factors: the same carbon a second time.

Process emissions are added to those of fuels, and a verified total replaces scope 1. A row of either kind
that equals the CO2 of the enterprise's own fuels, or includes that of its electricity, was computed from
the table of energy (GHG Protocol Corporate Standard, ch. 4: scopes do not overlap).

A reported scope 2 far from what the bought energy of the same enterprise and year gives.

It replaces that energy, so that an error in it does not show in the total. The market-based figure can be
anything down to zero, while the totals shown are location-based (GHG Protocol Scope 2 Guidance, 2015, ch. 4
and 6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.run.cached_property import keep
from separatrix.sentences import say
from separatrix_cluster.accounts.results import CarbonAccounts, Ints
from separatrix_cluster.tables.cells import Floats, short
from separatrix_cluster.tables.panel import Cluster, sectors_of

__all__ = [
    "ComputedEmissions",
    "UnlikeEnergy",
    "VerifiedElsewhere",
    "computed_emissions",
    "unlike_energy",
    "verified_elsewhere",
    "verified_remarks",
]

Truths = npt.NDArray[np.bool_]

_SEVERAL, _ALIKE = 2, 0.002
"""Factors and sums are rounded: in so many years or more amounts are as near as this."""
_ALONE = 0.0002
"""The tolerance where only a single year, or a single amount for all years, is available."""
_STEADY, _NEAR, _YEARS = 0.004, 0.1, 3
"""By factors of their own they are a tenth away or less, in each of so many years by the same share."""

_FUELS, _POWER, _HEAT = say("fuels"), say("electricity"), say("bought heat")
_CALLED = {
    "F": _FUELS,
    "P": _POWER,
    "PH": say("electricity and bought heat"),
    "FP": say("fuels and electricity"),
    "FPH": say("fuels, electricity and bought heat"),
}
_OF_KIND = {"process": ("F", "P", "PH", "FP", "FPH"), "verified": ("FP", "FPH")}
"""What a row of each kind cannot be; that a verified total is what the fuels give is as it should be."""
_KINDS = {"process": say("process emissions"), "verified": say("verified emissions")}


@dataclass(frozen=True)
class ComputedEmissions:
    """Emissions that hold what rows of energy give, and of each line which share is counted twice."""

    remark: Remark
    lines: Ints
    shares: Floats


def computed_emissions(accounts: CarbonAccounts) -> tuple[ComputedEmissions, ...]:
    """Return the rows of emissions that are what the energy of the enterprise gives in all their years."""
    return keep(accounts, "_computed_emissions", lambda: tuple(_compute_stated_emissions(accounts)))


def _compute_stated_emissions(accounts: CarbonAccounts) -> Iterator[ComputedEmissions]:
    stated = np.isin(accounts.kind.astype(str), list(_OF_KIND)) & (accounts.location > 0)
    if not stated.any():
        return
    shape = len(accounts.enterprises), len(accounts.years)
    at = accounts.enterprise, np.searchsorted(accounts.years, accounts.year)
    every = tuple(_parts(accounts, shape, at))
    for kind, sums in _OF_KIND.items():
        mine = stated & (accounts.kind == kind)
        amounts = np.zeros(shape)
        np.add.at(amounts, (at[0][mine], at[1][mine]), accounts.location[mine])
        # One at a time is slow, and of nearly all no sum comes near.
        close = np.zeros(shape[0], dtype=bool)
        for parts, letters in product(every, sums):
            whole = np.sum([parts[letter] for letter in letters], axis=0)
            near = np.abs(amounts - whole) <= 1.01 * _NEAR * whole
            close |= (near & (amounts > 0) & (whole > 0)).any(axis=1)
        for e in np.flatnonzero(close).tolist():
            fuels = every[0]["F"][e]
            best, name, twice = np.zeros(shape[1], dtype=bool), "", np.zeros(shape[1])
            for parts, letters in product(every, sums):
                of = {letter: parts[letter][e] for letter in letters}
                whole = np.sum(list(of.values()), axis=0)
                same = _same(amounts[e], whole, fuels if kind == "verified" else None)
                if same.sum() > best.sum() and all(part[same].any() for part in of.values()):
                    # A verified total holds the fuels, and is no second count of them.
                    best, name, twice = same, letters, whole - (fuels if kind == "verified" else 0.0)
            if best.any():
                lines = np.flatnonzero(mine & (accounts.enterprise == e))
                lines = lines[best[at[1][lines]]]
                shares = np.minimum(1.0, twice / np.where(best, amounts[e], np.inf))
                yield ComputedEmissions(_remark(accounts, kind, name, lines), lines, shares[at[1][lines]])


def _parts(
    accounts: CarbonAccounts, shape: tuple[int, int], at: tuple[Ints, Ints]
) -> Iterator[dict[str, Floats]]:
    """Yield what fuels, electricity and heat give: by the grid, with what contracts state, by market."""
    for amounts in (accounts.factor_location, accounts.factor_stated, accounts.factor_market):
        found = {}
        for name, chosen in (
            ("F", accounts.kind == "combustion"),
            ("P", accounts.carrier == "electricity"),
            ("H", accounts.carrier == "heat"),
        ):
            found[name] = np.zeros(shape)
            by = accounts.factor_location if name == "F" else amounts
            np.add.at(found[name], (at[0][chosen], at[1][chosen]), np.nan_to_num(by[chosen]))
        yield found


def _same(amounts: Floats, sums: Floats, else_: Floats | None) -> Truths:
    """Return in which years amounts are sums of others; ``else_`` is what they are in all other years."""
    told = (amounts > 0) & (sums > 0)
    ratio = np.where(told, amounts / np.where(told, sums, 1.0), np.inf)
    level = not told.any() or np.ptp(sums[told]) <= _STEADY * sums[told].max()
    near = np.abs(ratio - 1) <= _ALIKE
    if near.sum() < _SEVERAL or level:
        near = np.abs(ratio - 1) <= _ALONE
        if else_ is not None and not level:
            told &= np.abs(amounts - else_) > _ALIKE * amounts
        # One of several years is as near as that by chance.
        near &= near[told].all() or level
    if near.any() or level or told.sum() < _YEARS:
        return np.asarray(near)
    steady = np.ptp(ratio[told]) <= _STEADY and np.abs(ratio[told] - 1).max() <= _NEAR
    return told if steady else np.zeros(len(told), dtype=bool)


def _remark(accounts: CarbonAccounts, kind: str, name: str, lines: Ints) -> Remark:
    i = int(lines[np.argmax(accounts.location[lines])])
    what = say(
        "{kind} of {enterprise} are what its {parts} give by their factors (years: {years}): the "
        "same carbon may count twice",
        kind=_KINDS[kind],
        enterprise=short(str(accounts.enterprises[accounts.enterprise[i]])),
        parts=_CALLED[name],
        years=", ".join(map(str, sorted({int(y) for y in accounts.year[lines]}))),
    )
    hint = (
        say("exclude what the rows of energy already cover; process emissions do not come from fuels")
        if kind == "process"
        else say("a verified total is scope 1 alone; enter scope 2 by its energy")
    )
    return Remark("K246", "warning", str(accounts.file[i]), int(accounts.row[i]), "kind", what, hint)


_FAR = 1.25
"""Grids of one region and year differ by less, and so does what is bought from day to day."""


@dataclass(frozen=True)
class UnlikeEnergy:
    """A reported scope 2 that its energy contradicts, and what that gives more from outside, t CO2e."""

    remark: Remark
    enterprise: int
    year: int
    more: float


def unlike_energy(accounts: CarbonAccounts) -> tuple[UnlikeEnergy, ...]:
    """Return what was reported of scope 2 that the rows of electricity and heat do not bear out."""
    return keep(accounts, "_unlike_energy", lambda: tuple(_find_unlike_energy(accounts)))


def _find_unlike_energy(accounts: CarbonAccounts) -> Iterator[UnlikeEnergy]:
    reported = accounts.kind == "reported"
    if not reported.any():
        return
    bought = np.isin(accounts.kind.astype(str), ["electricity", "heat"])
    by_factor = np.nan_to_num(accounts.factor_location)
    pairs = np.unique(np.column_stack([accounts.enterprise[reported], accounts.year[reported]]), axis=0)
    for e, year in pairs.tolist():
        mine = (accounts.enterprise == e) & (accounts.year == year)
        told = float(accounts.location[mine & reported].sum())
        gives = float(by_factor[mine & bought].sum())
        if not gives > 0 or gives / _FAR <= told <= gives * _FAR:
            continue
        i = int(np.flatnonzero(mine & reported)[0])
        what = say(
            "{reported} t CO2e of scope 2 are reported, but the purchased energy of {enterprise} in "
            "{year} gives {gives} t with the grid factors",
            reported=rounded(told),
            gives=rounded(gives),
            enterprise=short(str(accounts.enterprises[e])),
            year=int(year),
        )
        hint = say("check the unit, and enter what contracts state in the column market of energy")
        remark = Remark("K247", "warning", str(accounts.file[i]), int(accounts.row[i]), "amount", what, hint)
        outside = mine & ~accounts.internal
        more = float(by_factor[outside & bought].sum() - accounts.location[outside & reported].sum())
        yield UnlikeEnergy(remark, int(e), int(year), more)


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
_VERIFIED_TOTALS_YEARS = 2
_VERIFIED_TOTALS_ALONE = 0.1
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
            if (
                len(own) < _VERIFIED_TOTALS_YEARS
                or not len(usual)
                or np.abs(own / np.median(usual) - 1).max() > _VERIFIED_TOTALS_ALONE
            ):
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


_VERIFIED_TOTALS_FAR = 5.0
"""A verified total is so many times what its fuels give, and in other years less than a third of that."""
_BEYOND = 20.0
"""Of a single year: processes add a few times what the fuels give, not so many."""
_VERIFIED_TOTALS_STEADY = 3.0


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
        far = _VERIFIED_TOTALS_FAR * float(usual.max()) if len(usual) else _BEYOND
        steady = not len(usual) or usual.max() <= _VERIFIED_TOTALS_STEADY * usual.min()
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
