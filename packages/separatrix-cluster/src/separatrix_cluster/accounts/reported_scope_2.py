"""A reported scope 2 far from what the bought energy of the same enterprise and year gives.

It replaces that energy, so that an error in it does not show in the total. The market-based figure can be
anything down to zero, while the totals shown are location-based (GHG Protocol Scope 2 Guidance, 2015, ch. 4
and 6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.run.cached_property import keep
from separatrix.sentences import say
from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.tables.cell_values import short

__all__ = ["UnlikeEnergy", "unlike_energy"]

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
