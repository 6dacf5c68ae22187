"""Own power of enterprises that also burn fuel: from sun and wind, or from that fuel?

`generated` is what was made without fuel.  An enterprise with a boiler that enters its own power there would
count its energy twice, and have coal pass for sun; only what is stated, or burns nothing, is beyond doubt.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.sentences import say
from separatrix_cluster.accounts.result import CarbonAccounts, Ints
from separatrix_cluster.tables.carriers import carrier_named, origin_named
from separatrix_cluster.tables.table import ClusterTable

__all__ = ["doubtful_own_power", "never_bought", "own_power_remarks"]


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
