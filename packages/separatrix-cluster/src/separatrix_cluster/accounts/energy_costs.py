"""Output below a tenth of what its energy costs: money or energy in another unit, in every row of a table.

A unit that is wrong in every row of a table cannot be detected by comparison with other years or
enterprises.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.sentences import say
from separatrix_cluster.accounts.factor import KWH_IN_GJ
from separatrix_cluster.accounts.result import CarbonAccounts, Ints
from separatrix_cluster.tables.cell_values import Floats
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.panel import panel_of

__all__ = ["LARGEST_SLIP", "PRICES", "below_cost", "dear_lines", "energy_cost_remarks", "energy_for_money"]

PRICES = {"CNY": 0.05, "EUR": 0.01, "USD": 0.01, "GBP": 0.01}
"""Money for a kWh, about a tenth of what industry usually pays; a convention of this program."""


_OF_ONE_YEAR, _OF_SEVERAL = 5.0, 3.0
"""Half of usual prices for a single year, less for all years: no enterprise sells below cost."""

LARGEST_SLIP = 1e4
"""The farthest that units of energy are taken for each other: kWh and 10,000 kWh."""
_FUELS = 0.2
"""The least price of a kWh of fuel, as a share of that of electricity."""
_DEARER = {
    **dict.fromkeys(("diesel", "gasoline", "kerosene", "lpg"), 1.0),
    **dict.fromkeys(("natural_gas", "fuel_oil", "lng"), 0.5),
}
"""Of these a kWh costs more."""
_OF_ITS_OWN = frozenset({"blast_furnace_gas", "converter_gas", "coke_oven_gas", "refinery_gas", "crude_oil"})
"""Fuels that are not usually purchased have no such price."""


def below_cost(cluster: Cluster, accounts: CarbonAccounts) -> npt.NDArray[np.bool_]:
    """Return whose output in which year is below cost, shape (enterprises, years), if most are."""
    found = np.zeros((len(accounts.enterprises), len(accounts.years)), dtype=bool)
    for _, below in _dear(cluster, accounts):
        found |= below
    return found


def dear_lines(cluster: Cluster, accounts: CarbonAccounts) -> Iterator[Ints]:
    """Yield the lines of each carrier that would cost more than what was made with it is worth."""
    if not accounts.years:
        return
    when = np.searchsorted(accounts.years, accounts.year)
    for carrier, below in _dear(cluster, accounts):
        yield np.flatnonzero((accounts.carrier == carrier) & below[accounts.enterprise, when])


def _price(cluster: Cluster, accounts: CarbonAccounts) -> float | None:
    price = PRICES.get(cluster.description.currency)
    return price if price is None else (_OF_ONE_YEAR if len(accounts.years) == 1 else _OF_SEVERAL) * price


def _dear(cluster: Cluster, accounts: CarbonAccounts) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    years = np.array(accounts.years, dtype=np.int64)
    price = _price(cluster, accounts)
    if price is None or not len(years) or not len(cluster.table("accounts")):
        return
    output = panel_of(cluster, "accounts", "output", years.tolist())
    # What was bought is what the output is worth beyond the value that was added to it.
    added = panel_of(cluster, "accounts", "value_added", years.tolist())
    with np.errstate(invalid="ignore"):
        spent = np.where((added > 0) & (added < output), output - added, output)
    used = (accounts.carrier != "") & (accounts.factor >= 0) & (accounts.kind != "biogenic")
    for carrier in sorted({str(c) for c in accounts.carrier[used]} - _OF_ITS_OWN - {"heat"}):
        chosen = used & (accounts.carrier == carrier)
        energy: Floats = np.zeros((len(accounts.enterprises), len(years)))
        at = accounts.enterprise[chosen], np.searchsorted(years, accounts.year[chosen])
        np.add.at(energy, at, np.nan_to_num(accounts.energy[chosen]))
        cost = (
            price * energy / KWH_IN_GJ * (1.0 if carrier == "electricity" else _DEARER.get(carrier, _FUELS))
        )
        with np.errstate(invalid="ignore"):
            told = (output > 0) & (energy > 0)
            below = told & (spent < cost)
        # A slip in one year is seen beside the others; of one enterprise it is in all of its years.
        of_most = below.any() and (len(years) == 1 or (2 * below.sum(axis=0) >= told.sum(axis=0)).all())
        if not of_most:
            below &= ((below == told).all(axis=1) & (told.sum(axis=1) >= _SEVERAL))[:, None]
        if below.any():
            yield carrier, np.asarray(below)


_SEVERAL = 3


_TENTH = 10.0
_HALF = 0.5
"""No enterprise spends more than this share of its sales on fuel."""


_QUARTER = 0.25
"""Nor more than this on electricity, but for smelters."""


def energy_for_money(cluster: Cluster, year: int, *, fuels: bool) -> Floats:
    """Return the most GJ that a part of the output of each enterprise buys at usual prices.

    Of fuel for half of it, of electricity for a quarter; `nan` where output or prices are not known.
    """
    price = PRICES.get(cluster.description.currency, float("nan"))
    output = panel_of(cluster, "accounts", "output", [year])[:, 0]
    part, kwh = (_HALF, _TENTH * price * _FUELS) if fuels else (_QUARTER, _TENTH * price)
    with np.errstate(invalid="ignore"):
        return np.where(output > 0, part * output / kwh * KWH_IN_GJ, np.nan)


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
        "output of {enterprise} in {year}, without its value added, is below what its energy costs at "
        "{price} {currency} per kWh of electricity and a fifth of it or more for fuels; so it is in {count} "
        "rows",
        enterprise=str(cluster.enterprises[who]),
        year=accounts.years[when],
        price=rounded(_price(cluster, accounts) or 0.0),
        currency=currency,
        count=int(found.sum()),
    )
    hint = say("check the unit of money, and those of energy")
    return [Remark("K234", "warning", table.file, int(table.rows[first][0]), "output", what, hint)]
