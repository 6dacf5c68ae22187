"""Rows of emissions that are what rows of energy give by their factors: the same carbon a second time.

Process emissions are added to those of fuels, and a verified total replaces scope 1. A row of either kind
that equals the CO2 of the enterprise's own fuels, or includes that of its electricity, was computed from
the table of energy (GHG Protocol Corporate Standard, ch. 4: scopes do not overlap).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.run.cached_property import keep
from separatrix.sentences import say
from separatrix_cluster.accounts.result import CarbonAccounts, Ints
from separatrix_cluster.tables.cell_values import Floats, short

__all__ = ["ComputedEmissions", "computed_emissions"]

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
