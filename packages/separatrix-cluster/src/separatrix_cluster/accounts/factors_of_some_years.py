"""Factors of the user's own for some years only: the others count by another one, and so does the change.

A change of method within a series does not change emissions: earlier years are recalculated by the same
method, or the years are not compared (GHG Protocol Corporate Standard, ch. 5; ISO 14064-1:2018, 6.4.2).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.sentences import say
from separatrix_cluster.accounts.emission_factors import FactorRegistry
from separatrix_cluster.accounts.factor import Factor
from separatrix_cluster.accounts.result import CarbonAccounts, Ints
from separatrix_cluster.tables.carriers import carrier_called
from separatrix_cluster.tables.cell_values import Floats

__all__ = ["factor_remarks", "lines_by_another"]

_ALIKE = 0.02
"""Factors that differ by no more than this are one and the same, rounded."""


def lines_by_another(accounts: CarbonAccounts, registry: FactorRegistry, own: Factor) -> tuple[Ints, Floats]:
    """Return the lines of other years that count by another factor, and this one over it less 1.

    None where that one lies in the interval that is stated for this one. Of factors of several years the
    nearest year is used.
    """
    lines: list[int] = []
    shares: list[float] = []
    if own.year is None or own.kind == "market" or own.carrier == "electricity":
        return np.zeros(0, dtype=np.int64), np.zeros(0)  # grids do change from year to year
    alike = [
        f for f in registry.own if (f.carrier, f.kind, f.dimension) == (own.carrier, own.kind, own.dimension)
    ]
    unit = own.to_dict()["unit"]
    same = (accounts.carrier == own.carrier) & (accounts.location > 0)
    for k in np.unique(accounts.factor[same & (accounts.factor >= 0)]).tolist():
        used = accounts.factors[k]
        share = own.value / used["value"] - 1
        if _is_own_factor(used, registry) or used["unit"] != unit or own.low <= used["value"] <= own.high:
            continue
        at = np.flatnonzero(same & (accounts.factor == k))
        for year in np.unique(accounts.year[at]).tolist() if abs(share) > _ALIKE else ():
            nearest = min(alike, key=lambda f: (abs((f.year or year) - year), f.year or 0))
            if nearest is own:
                lines.extend(at[accounts.year[at] == year].tolist())
                shares.extend([share] * int((accounts.year[at] == year).sum()))
    return np.array(lines, dtype=np.int64), np.array(shares)


def _is_own_factor(factor: object, registry: FactorRegistry) -> bool:
    return any(f.to_dict() == factor for f in registry.own)


def factor_remarks(accounts: CarbonAccounts, registry: FactorRegistry) -> Iterator[Remark]:
    """Yield a warning at each factor that is given for one year, where others count by one that differs."""
    for own, (file, row) in zip(registry.own, registry.own_rows, strict=True):
        lines, shares = lines_by_another(accounts, registry, own)
        if own not in registry.used or not len(lines):
            continue
        years = sorted({int(y) for y in accounts.year[lines]})
        what = say(
            "this factor of {carrier} is for {year} alone; {others} count by another one, from which it "
            "differs by {share} %",
            carrier=carrier_called(own.carrier),
            year=own.year or 0,
            others=", ".join(map(str, years)),
            share=rounded(100 * float(np.abs(shares).max()), 2),
        )
        hint = say("leave the column year empty if it is for all years, or give one for each year")
        yield Remark("K228", "warning", file, row, "year", what, hint)
