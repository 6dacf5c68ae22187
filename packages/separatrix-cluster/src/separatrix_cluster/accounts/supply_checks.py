"""Own power of enterprises that also burn fuel: from sun and wind, or from that fuel?

`generated` is what was made without fuel.  An enterprise with a boiler that enters its own power there would
count its energy twice, and have coal pass for sun; only what is stated, or burns nothing, is beyond doubt.

Electricity and heat that a cluster sold outside, with the carbon that counts for it elsewhere.

By the form of the guidelines of NDRC and MEE: what was sold × the factor of what is bought.

Heat purchased from an unnamed supplier, where a heat plant of the cluster may have made it.

Its fuel counts in the scope 1 of the plant.  If the heat is the plant's it is in the total a second time, in
the scope 2 of those who bought it (GHG Protocol Scope 2 Guidance, 2015, ch. 5).

Power that a member is said to have supplied that never did so: what counts nowhere then, if it did not.

Power of a member counts where it was made: the name of a supplier takes it out of the scope 2 of the buyer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.run.cached_property import keep
from separatrix.sentences import say
from separatrix_cluster.accounts.emission_factors import registry_of
from separatrix_cluster.accounts.factor import Factor
from separatrix_cluster.accounts.results import CarbonAccounts, Ints
from separatrix_cluster.tables.carriers import carrier_named, origin_named
from separatrix_cluster.tables.panel import Cluster, sectors_of
from separatrix_cluster.tables.table import ClusterTable

__all__ = [
    "EnergySold",
    "PLANT",
    "doubtful_own_power",
    "never_bought",
    "own_power_remarks",
    "power_plants",
    "sold_outside",
    "unlikely_supply",
    "unlikely_supply_remarks",
    "unnamed_heat",
    "unnamed_heat_remarks",
]


@dataclass(frozen=True)
class EnergySold:
    """What was sold outside in a year: GJ, and t CO2 by the factors of bought energy."""

    energy: float
    carbon: float


def sold_outside(cluster: Cluster, year: int) -> EnergySold:
    """Return what was sold of electricity and heat, less what members took and name the seller for.

    Where no factor is known the energy counts and the carbon does not.
    """
    table = cluster.table("energy")
    now = (table.numbers("year") == year) & (table.texts("dimension") == "energy")
    texts = table.texts("carrier")
    named = {text: carrier_named(str(text))[0] for text in dict.fromkeys(texts.tolist())}
    amounts, sellers, suppliers = table.numbers("amount"), table.texts("enterprise"), table.texts("supplier")
    sold: dict[tuple[str, str], float] = {}
    for i in np.flatnonzero(now & (table.texts("use") == "sold") & ~np.isnan(amounts)).tolist():
        carrier = named[texts[i]]
        if carrier in ("electricity", "heat"):
            key = (carrier, str(sellers[i]))
            sold[key] = sold.get(key, 0.0) + float(amounts[i])
    if not sold:
        return EnergySold(0.0, 0.0)
    for i in np.flatnonzero(now & (suppliers != "") & (suppliers != sellers) & ~np.isnan(amounts)).tolist():
        key = (str(named[texts[i]]), str(suppliers[i]))
        if key in sold:
            sold[key] -= float(amounts[i])
    registry = registry_of(cluster)
    energy = carbon = 0.0
    for (carrier, _), left in sold.items():
        factor = registry.bought(carrier, "location", year)
        energy += max(0.0, left)
        carbon += max(0.0, left) * factor.value if isinstance(factor, Factor) else 0.0
    return EnergySold(energy, carbon)


def doubtful_own_power(accounts: CarbonAccounts, energy: ClusterTable) -> npt.NDArray[np.bool_]:
    """Return which lines are own power or heat of who burned fossil fuel, without a word that it is green."""
    generated = (accounts.scope == 2) & (accounts.factor < 0) & (accounts.kind != "reported")
    if not generated.any():
        return np.asarray(generated)
    key = _key(accounts)
    burned = _burned(accounts) | ((accounts.kind == "verified") & (accounts.location > 0))
    green = (energy.numbers("market_factor") == 0) | np.array(
        [origin_named(str(text)) == "green" for text in energy.texts("carrier")], dtype=bool
    )
    stated = energy.rows[green & (energy.texts("use") == "generated")]
    return np.asarray(generated & np.isin(key, key[burned]) & ~np.isin(accounts.row, stated))


def _key(accounts: CarbonAccounts) -> Ints:
    return accounts.enterprise * (int(accounts.year.max(initial=0)) + 1) + accounts.year


def _burned(accounts: CarbonAccounts) -> npt.NDArray[np.bool_]:
    return np.asarray((accounts.kind == "combustion") & (accounts.factor_location > 0))


def own_power_remarks(accounts: CarbonAccounts, energy: ClusterTable) -> list[Remark]:
    """Return a warning at each such row with fuels, and at all power of an enterprise that neither buys nor
    sells any."""
    key = _key(accounts)
    beside = doubtful_own_power(accounts, energy) & np.isin(key, key[_burned(accounts)])
    alone = never_bought(accounts, energy) & ~beside
    found = []
    for i in np.flatnonzero(beside | alone).tolist():
        what = (
            say(
                "the enterprise burned fuel and generated {energy} GJ: if that fuel made them they count "
                "twice, and are not green",
                energy=rounded(float(accounts.energy[i])),
            )
            if beside[i]
            else say(
                "all electricity of the enterprise is generated, {energy} GJ here, and none is bought: it "
                "counts for nothing",
                energy=rounded(float(accounts.energy[i])),
            )
        )
        hint = (
            say("leave the row out if fuel made it; enter market_factor 0 if sun, wind or water did")
            if beside[i]
            else say("enter market_factor 0 if sun, wind or water made it; what was bought is used")
        )
        found.append(
            Remark("K223", "warning", str(accounts.file[i]), int(accounts.row[i]), "use", what, hint)
        )
    return found


def never_bought(accounts: CarbonAccounts, energy: ClusterTable) -> npt.NDArray[np.bool_]:
    """Return which lines are generated power of who buys none in any year, and sells none.

    Not where it is stated to be green.
    """
    n, power = len(accounts.enterprises), accounts.carrier == "electricity"
    generated = power & (accounts.scope == 2) & (accounts.factor < 0)
    if not generated.any():
        return np.asarray(generated)
    bought = (power & ~generated) | (accounts.kind == "reported")
    sold = {
        str(who)
        for who, use, what in zip(
            energy.texts("enterprise"), energy.texts("use"), energy.texts("carrier"), strict=True
        )
        if use == "sold" and carrier_named(str(what))[0] == "electricity"
    }
    buys = np.bincount(accounts.enterprise[bought], minlength=n) > 0
    buys |= np.array([str(e) in sold for e in accounts.enterprises], dtype=bool)
    # What names a way to buy it was bought, green or not.
    green = (energy.numbers("market_factor") == 0) & (energy.texts("market") == "")
    stated = energy.rows[green & (energy.texts("use") == "generated")]
    return np.asarray(generated & ~buys[accounts.enterprise] & ~np.isin(accounts.row, stated))


PLANT = re.compile(r"D?-?44\d*|D?-?35(\.?30?)?|D|22111\d|221330", re.IGNORECASE)
"""Production and supply of electricity and heat: GB/T 4754 44, NACE and ISIC D 35, NAICS 22111 and 221330."""


def power_plants(cluster: Cluster) -> npt.NDArray[np.bool_]:
    """Return which enterprises make power or heat for others by their sector, shape (enterprises,)."""
    codes = sectors_of(cluster)
    return keep(
        cluster,
        "_power_plants",
        lambda: np.array([bool(PLANT.fullmatch(str(code).strip())) for code in codes], dtype=bool),
    )


def unnamed_heat(cluster: Cluster, accounts: CarbonAccounts, year: int) -> tuple[Ints, float]:
    """Return the lines of heat of a year that a plant of the cluster may have made, and t CO2e counted twice.

    No more than what the plants emit themselves.
    """
    no = np.zeros(0, dtype=np.int64)
    heat = keep(accounts, "_of_heat", lambda: accounts.carrier == "heat")
    plants = power_plants(cluster)
    if not heat.any() or not plants.any():
        return no, 0.0
    now = accounts.year == year
    burned = (
        now & plants[accounts.enterprise] & (accounts.kind == "combustion") & (accounts.factor_location > 0)
    )
    if not burned.any():
        return no, 0.0
    # A plant that names to whom it sells, or is named as supplier, has told whose heat it made.
    table = cluster.table("energy")
    sold = (table.numbers("year") == year) & (table.texts("use") == "sold")
    told = {str(cluster.enterprises[k]) for k in accounts.supplier[now & heat] if k >= 0}
    told |= set(map(str, table.texts("enterprise")[sold]))
    silent = {str(cluster.enterprises[k]) for k in np.unique(accounts.enterprise[burned])} - told
    bought = now & heat & (accounts.factor >= 0) & ~plants[accounts.enterprise]
    lines = bought & (accounts.supplier < 0) & ~accounts.internal & (accounts.location > 0)
    said = table.numbers("outside") == 1
    lines &= ~np.isin(accounts.row, table.rows[said]) | (accounts.file != table.file)
    # Where most heat comes from plants of the cluster, a row that names none has likely forgotten it.
    named = float(np.nansum(accounts.energy[bought & accounts.internal]))
    if not silent and not named > float(np.nansum(accounts.energy[lines])):
        return no, 0.0
    found = np.flatnonzero(lines)
    limit = float(accounts.factor_location[burned].sum())
    return found, min(float(accounts.location[found].sum()), limit)


def unnamed_heat_remarks(cluster: Cluster, accounts: CarbonAccounts) -> list[Remark]:
    """Return a warning a year, at the largest such row."""
    found = []
    for year in accounts.years:
        lines, carbon = unnamed_heat(cluster, accounts, year)
        if not len(lines):
            continue
        i = int(lines[np.argmax(accounts.location[lines])])
        found.append(
            Remark(
                "K218",
                "warning",
                str(accounts.file[i]),
                int(accounts.row[i]),
                "supplier",
                say(
                    "heat was bought in {year} without a supplier (rows: {count}), and a heat plant of the "
                    "cluster burned fuel: if it made that heat, {carbon} t count twice",
                    count=len(lines),
                    year=year,
                    carbon=rounded(carbon),
                ),
                say("enter the id of the plant in the column supplier, or sold heat in the plant's own rows"),
            )
        )
    return found


def unlikely_supply(cluster: Cluster, accounts: CarbonAccounts) -> Ints:
    """Return the lines of power supplied by members that are not power plants and report no generation.

    Suppliers in every year of the buyer are accepted, unless they buy power themselves: an enterprise that
    makes too little for its own need is unlikely to supply others.
    """
    lines = np.flatnonzero((accounts.carrier == "electricity") & accounts.internal & (accounts.supplier >= 0))
    if not len(lines):
        return lines
    makers = np.array([bool(PLANT.fullmatch(str(s).strip())) for s in sectors_of(cluster)], dtype=bool)
    generated = (accounts.carrier == "electricity") & (accounts.factor < 0)
    makers[accounts.enterprise[generated]] = True
    table = cluster.table("energy")
    told = np.isin(table.texts("use").astype(str), ["sold", "generated"])
    makers |= np.isin(cluster.enterprises.astype(str), table.texts("enterprise")[told].astype(str))
    lines = lines[~makers[accounts.supplier[lines]]]
    buys = _buyers(accounts)
    found = []
    for i in lines.tolist():
        if (int(accounts.supplier[i]), int(accounts.year[i])) in buys:
            found.append(i)
            continue
        mine = (accounts.enterprise == accounts.enterprise[i]) & (accounts.carrier == "electricity")
        same = mine & (accounts.supplier == accounts.supplier[i])
        if len(np.unique(accounts.year[mine])) > len(np.unique(accounts.year[same])):
            found.append(i)
    return np.array(found, dtype=np.int64)


def _buyers(accounts: CarbonAccounts) -> set[tuple[int, int]]:
    """Return who bought power from outside in which year."""
    bought = (accounts.carrier == "electricity") & ~accounts.internal & (accounts.factor >= 0)
    bought &= np.nan_to_num(accounts.energy) > 0
    return set(zip(accounts.enterprise[bought].tolist(), accounts.year[bought].tolist(), strict=True))


def unlikely_supply_remarks(cluster: Cluster, accounts: CarbonAccounts) -> list[Remark]:
    """Return a warning at each row."""
    buys = _buyers(accounts)
    return [
        Remark(
            "K218",
            "warning",
            str(accounts.file[i]),
            int(accounts.row[i]),
            "supplier",
            say(
                "the supplier is not a power plant, reports no power sold or generated, and "
                "purchases power itself; {carbon} t are counted at the supplier",
                carbon=rounded(float(accounts.location[i])),
            )
            if (int(accounts.supplier[i]), int(accounts.year[i])) in buys
            else say(
                "the supplier is not a power plant, reports no power sold or generated, and "
                "supplied none in other years; {carbon} t are counted at the supplier",
                carbon=rounded(float(accounts.location[i])),
            ),
            say("check the supplier; power from the grid has none"),
        )
        for i in unlikely_supply(cluster, accounts).tolist()
    ]
