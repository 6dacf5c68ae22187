"""Output below a tenth of what its electricity costs: money in another unit, in every row of a table.

A unit that is wrong in every row of a table is seen neither beside other years nor beside other enterprises.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from separatrix.cluster.accounts.factor import KWH_IN_GJ
from separatrix.cluster.accounts.result import CarbonAccounts
from separatrix.cluster.tables.cell_values import Floats
from separatrix.cluster.tables.cluster import Cluster
from separatrix.cluster.tables.number_text import rounded
from separatrix.cluster.tables.panel import panel_of
from separatrix.reading.remark import Remark
from separatrix.sentence import say

__all__ = ["below_cost", "energy_cost_remarks"]

_PRICES = {"CNY": 0.05, "EUR": 0.01, "USD": 0.01, "GBP": 0.01}
"""Money for a kWh, about a tenth of what industry usually pays; a convention of this program."""


def below_cost(cluster: Cluster, accounts: CarbonAccounts) -> npt.NDArray[np.bool_]:
    """Return whose output of which year is below it, shape (enterprises, years), if that is so of most."""
    years = np.array(accounts.years, dtype=np.int64)
    price = _PRICES.get(cluster.description.currency)
    if price is None or not len(years) or not len(cluster.table("accounts")):
        return np.zeros((len(accounts.enterprises), len(years)), dtype=bool)
    power: Floats = np.zeros((len(accounts.enterprises), len(years)))
    used = (accounts.carrier == "electricity") & (accounts.factor >= 0)
    at = accounts.enterprise[used], np.searchsorted(years, accounts.year[used])
    np.add.at(power, at, np.nan_to_num(accounts.energy[used]))
    output = panel_of(cluster, "accounts", "output", years.tolist())
    with np.errstate(invalid="ignore"):
        told = (output > 0) & (power > 0)
        below = told & (output < price * power / KWH_IN_GJ)
    # A single slip is seen beside other years and other enterprises, and with its size.
    return np.asarray(below & (2 * below.sum() >= told.sum()))


def energy_cost_remarks(cluster: Cluster, accounts: CarbonAccounts) -> list[Remark]:
    """Return one warning, at the first such row."""
    found = below_cost(cluster, accounts)
    if not found.any():
        return []
    table, currency = cluster.table("accounts"), cluster.description.currency
    who, when = np.argwhere(found)[0].tolist()
    first = table.texts("enterprise") == cluster.enterprises[who]
    first &= table.numbers("year") == accounts.years[when]
    what = say(
        "output of {enterprise} in {year} is below what its electricity costs at {price} {currency} per kWh; "
        "so it is in {count} rows",
        enterprise=str(cluster.enterprises[who]),
        year=accounts.years[when],
        price=rounded(_PRICES[currency]),
        currency=currency,
        count=int(found.sum()),
    )
    hint = say("check the unit of money, and that of electricity")
    return [Remark("K234", "warning", table.file, int(table.rows[first][0]), "output", what, hint)]
