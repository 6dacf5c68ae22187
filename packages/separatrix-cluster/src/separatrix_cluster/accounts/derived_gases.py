"""Gases that steelworks and coking plants make of a fuel which is counted whole: its carbon counts once.

The carbon of blast-furnace and converter gas came with the coke, that of coke-oven gas with the coking coal.
Where all of that fuel is counted as burned, the gas that is burned after it holds the same carbon again: the
carbon balance of a plant takes it off (IPCC 2006, vol. 2, box 2.1 and vol. 3, ch. 4.2; guidelines of NDRC for
the steel industry), up to the carbon of the fuel.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.double_counting import scaled_accounts
from separatrix_cluster.accounts.result import CarbonAccounts, Ints

__all__ = ["DERIVED_GASES", "carbon_balance"]

_MADE_OF = {"blast_furnace_gas": "coke", "converter_gas": "coke", "coke_oven_gas": "coking_coal"}

DERIVED_GASES = tuple(_MADE_OF)

_ROUNDED = 0.05
"""Factors of gas and fuel differ by about so much from what a plant has."""

_CALLED = {
    "blast_furnace_gas": say("blast-furnace gas"),
    "converter_gas": say("converter gas"),
    "coke_oven_gas": say("coke-oven gas"),
    "coke": say("coke"),
    "coking_coal": say("coking coal"),
}


def carbon_balance(accounts: CarbonAccounts) -> CarbonAccounts:
    """Return the accounts with the carbon of derived gases counted with the fuel that they are made of.

    Parameters
    ----------
    accounts : CarbonAccounts
        After totals took the place of what they hold; `supplier` is who a gas came from, if not one's own.

    Returns
    -------
    CarbonAccounts
        Of an own gas carbon and energy are 0; a neighbour's stays with who burned it and leaves the total.
    """
    gases = np.flatnonzero(np.isin(accounts.carrier.astype(str), list(_MADE_OF)) & (accounts.scope == 1))
    if not len(gases):
        return accounts
    of_maker: dict[tuple[int, int, str], list[int]] = {}
    for i in gases.tolist():
        maker = int(accounts.supplier[i] if accounts.supplier[i] >= 0 else accounts.enterprise[i])
        of_maker.setdefault((maker, int(accounts.year[i]), _MADE_OF[str(accounts.carrier[i])]), []).append(i)
    carbon_dioxide = accounts.carbon_dioxide
    fuels: dict[tuple[int, int, str], list[float]] = {}
    for i in np.flatnonzero(np.isin(accounts.carrier.astype(str), list(_MADE_OF.values()))).tolist():
        fuel_key = (int(accounts.enterprise[i]), int(accounts.year[i]), str(accounts.carrier[i]))
        sums = fuels.setdefault(fuel_key, [0.0, 0.0])
        sums[0] += float(accounts.factor_location[i])
        sums[1] += float(carbon_dioxide[i])
    own, others = np.zeros(len(accounts.year)), np.zeros(len(accounts.year))
    remarks = []
    for key, found in sorted(of_maker.items()):
        lines = np.array(found)
        by_factor, counted = fuels.get(key, [0.0, 0.0])
        mine = lines[accounts.enterprise[lines] == key[0]]
        passed = lines[accounts.enterprise[lines] != key[0]]
        # Its own: by factors, for a verified total holds the carbon once but says nothing of the energy.
        left = by_factor - _allocate_carbon(own, mine, accounts.factor_location[mine], by_factor)
        # A neighbour's: only where the fuel is in the total, which it is not beside what the maker measured.
        _allocate_carbon(others, passed, carbon_dioxide[passed], min(left, counted))
        excess = float(accounts.factor_location[lines].sum()) - by_factor
        if by_factor > 0 and excess > _ROUNDED * by_factor:
            remarks.append(_excess(accounts, lines, excess))
    for i in np.flatnonzero((own > 0) | (others > 0)).tolist():
        carbon = float(carbon_dioxide[i] * max(own[i], others[i]))
        if carbon > 0:
            remarks.append(_remark(accounts, i, carbon, bool(own[i])))
    for name in (
        "location",
        "market",
        "spread",
        "energy",
        "methane",
        "nitrous_oxide",
        "factor_location",
        "factor_market",
        "factor_stated",
    ):
        getattr(accounts, name)[:] *= 1 - own
    return replace(scaled_accounts(accounts, others), remarks=(*accounts.remarks, *remarks))


def _allocate_carbon(shares: np.ndarray, lines: Ints, carbon: np.ndarray, left: float) -> float:
    """Set which share of each line the carbon that is left explains, and return how much that is."""
    whole = float(carbon.sum())
    if whole <= 0 or left <= 0:
        return 0.0
    shares[lines] = min(1.0, left / whole)
    return min(left, whole)


def _excess(accounts: CarbonAccounts, lines: Ints, carbon: float) -> Remark:
    i = int(lines[np.argmax(accounts.factor_location[lines])])
    gas = str(accounts.carrier[i])
    return Remark(
        "K232",
        "warning",
        str(accounts.file[i]),
        int(accounts.row[i]),
        "amount",
        say(
            "{gas} contains {carbon} t CO2 more than the {fuel} it is made from; the excess was "
            "counted in addition",
            gas=_CALLED[gas],
            carbon=rounded(carbon),
            fuel=_CALLED[_MADE_OF[gas]],
        ),
        say("check the units of both, and whether rows of the fuel are missing"),
    )


def _remark(accounts: CarbonAccounts, line: int, carbon: float, own: bool) -> Remark:
    gas = str(accounts.carrier[line])
    told: Sentence = (
        say(
            "{carbon} t CO2 of {gas} are the carbon of the {fuel} burned by the enterprise; they count there",
            carbon=rounded(carbon),
            tonnes=carbon,
            gas=_CALLED[gas],
            fuel=_CALLED[_MADE_OF[gas]],
        )
        if own
        else say(
            "{carbon} t CO2 of {gas} are the carbon of the {fuel} of its supplier, and count there",
            carbon=rounded(carbon),
            tonnes=carbon,
            gas=_CALLED[gas],
            fuel=_CALLED[_MADE_OF[gas]],
        )
    )
    return Remark(
        "K222",
        "warning",
        str(accounts.file[line]),
        int(accounts.row[line]),
        "carrier",
        told,
        say("if the gas was bought from outside, give it another name and a factor in the table factors"),
    )
