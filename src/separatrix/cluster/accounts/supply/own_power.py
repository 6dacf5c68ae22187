"""Power that an enterprise generated beside the fuel it burned: from sun and wind, or from that very fuel?

`generated` is what was made without fuel.  An enterprise with a boiler that enters its own power there would
count its energy twice, and have coal pass for sun; only what is stated, or burns nothing, is beyond doubt.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from separatrix.cluster.accounts.result import CarbonAccounts, Ints
from separatrix.cluster.tables.number_text import rounded
from separatrix.cluster.tables.table import ClusterTable
from separatrix.reading.remark import Remark
from separatrix.sentence import say

__all__ = ["doubtful_own_power", "own_power_remarks"]


def doubtful_own_power(accounts: CarbonAccounts, energy: ClusterTable) -> npt.NDArray[np.bool_]:
    """Return which lines are own power or heat of who burned fossil fuel, without a word that it is green."""
    generated = (accounts.scope == 2) & (accounts.factor < 0) & (accounts.kind != "reported")
    if not generated.any():
        return np.asarray(generated)
    key = _key(accounts)
    burned = _burned(accounts) | ((accounts.kind == "verified") & (accounts.location > 0))
    stated = energy.rows[(energy.numbers("market_factor") == 0) & (energy.texts("use") == "generated")]
    return np.asarray(generated & np.isin(key, key[burned]) & ~np.isin(accounts.row, stated))


def _key(accounts: CarbonAccounts) -> Ints:
    return accounts.enterprise * (int(accounts.year.max(initial=0)) + 1) + accounts.year


def _burned(accounts: CarbonAccounts) -> npt.NDArray[np.bool_]:
    return np.asarray((accounts.kind == "combustion") & (accounts.factor_location > 0))


def own_power_remarks(accounts: CarbonAccounts, energy: ClusterTable) -> list[Remark]:
    """Return a warning at each such row beside fuels, with the energy that may count twice."""
    key = _key(accounts)
    rows = doubtful_own_power(accounts, energy) & np.isin(key, key[_burned(accounts)])
    return [
        Remark(
            "K223",
            "warning",
            str(accounts.file[i]),
            int(accounts.row[i]),
            "use",
            say(
                "the enterprise burned fuel and generated {energy} GJ: if that fuel made them they count "
                "twice, and are not green",
                energy=rounded(float(accounts.energy[i])),
            ),
            say("leave the row out if fuel made it; enter market_factor 0 if sun, wind or water did"),
        )
        for i in np.flatnonzero(rows).tolist()
    ]
