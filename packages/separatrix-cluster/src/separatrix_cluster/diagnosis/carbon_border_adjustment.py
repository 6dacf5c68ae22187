"""Exposure to the EU's carbon border adjustment: which exports fall under it, and what they would pay.

Cost = embedded emissions × share to be paid for × (EU price − price paid at home): Regulation (EU) 2023/956,
Articles 7, 9, 21 and 22, with the phase-in of Directive 2003/87/EC, Article 10a(1a).
"""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from separatrix.languages.number_text import rounded
from separatrix.sentences import Money, Sentence, say
from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.diagnosis.indicator import Indicator
from separatrix_cluster.tables.cell_values import short
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.panel import by_enterprise

__all__ = ["BorderExposure", "border_exposure", "goods_of", "phase_in", "too_short"]

_EU = frozenset(
    "EU AT BE BG HR CY CZ DE DK EE EL ES FI FR GR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
)


@dataclass(frozen=True)
class BorderExposure:
    """What of a year's exports falls under the adjustment.

    Attributes
    ----------
    year : int
        The year of the exports.
    sales, carbon : mapping of str to float
        By kind of goods: sales to the EU (currency) and embedded emissions (t CO2e).
    unknown : float
        Amount of goods (t; GJ of electricity) whose embedded emissions are not known.
    cost : float or None
        Currency a year when fully phased in; None without a price in cluster.yaml.
    price : float or None
        Currency per t CO2e.
    share_of_exports : float or None
        Covered sales over all exports of the accounts; None where either is not known, or the first is more.
    evidence : tuple of Sentence
        For readers.
    """

    year: int
    sales: dict[str, float]
    carbon: dict[str, float]
    unknown: float
    cost: float | None
    price: float | None
    share_of_exports: float | None
    unit: str
    evidence: tuple[Sentence, ...]

    def indicator(self) -> Indicator:
        """Return it as an indicator: the share of exports that falls under the adjustment."""
        return Indicator(
            id="border-adjustment",
            name=say("exports under the EU's carbon border adjustment, of all exports"),
            value=self.share_of_exports,
            unit="share",
            low=self.share_of_exports,
            high=self.share_of_exports,
            how=None,
            source=say("Regulation (EU) 2023/956, Annex I, list of goods not verified"),
            missing=None
            if self.share_of_exports is not None
            else say("prices in the table trade, and all exports of that year in the table accounts"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "year": self.year,
            "sales": self.sales,
            "carbon": self.carbon,
            "unknown": self.unknown,
            "cost_when_phased_in": self.cost,
            "price": self.price,
            "share_of_exports": self.share_of_exports,
            "verified": False,
        }


_KINDS = {
    "cement": say("cement"),
    "iron and steel": say("iron and steel"),
    "aluminium": say("aluminium"),
    "fertilisers": say("fertilisers"),
    "hydrogen": say("hydrogen"),
    "electricity": say("electricity"),
}


@cache
def _annex() -> dict[str, Any]:
    text = (
        files("separatrix_cluster.diagnosis")
        .joinpath("carbon_border_adjustment.toml")
        .read_text(encoding="utf-8")
    )
    return tomllib.loads(text)


def goods_of(code: str) -> str | None:
    """Return the kind of goods that a CN or HS code falls under, or nothing.

    Examples
    --------
    >>> goods_of("2523 29 00"), goods_of("7601"), goods_of("7202 21 00"), goods_of("8703")
    ('cement', 'aluminium', None, None)
    """
    digits = _digits(code)
    for kind, beginnings in _annex()["goods"].items():
        if len(digits) >= 4 and any(digits.startswith(b) for b in beginnings):
            excepted = _annex()["except"].get(kind, ())
            return None if any(digits.startswith(b) or b.startswith(digits) for b in excepted) else str(kind)
    return None


def too_short(code: str) -> bool:
    """Return whether a code holds goods that fall under the adjustment and others that do not.

    Examples
    --------
    >>> too_short("7202"), too_short("720211"), too_short("2507"), too_short("7203"), too_short("25")
    (True, False, True, False, False)
    """
    digits = _digits(code)
    if len(digits) < 4:
        return False
    parts = [b for table in ("goods", "except") for row in _annex()[table].values() for b in row]
    return any(b.startswith(digits) and b != digits for b in parts)


def _digits(code: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", code) if c.isdecimal())


def phase_in(year: int) -> float:
    """Return the share of embedded emissions that must be paid for in a year: 0 before 2026, 1 from 2034."""
    steps = {int(k): float(v) for k, v in _annex()["phase_in"].items()}
    return 0.0 if year < min(steps) else steps.get(year, 1.0)


def _phased_in() -> Sentence:
    """Return which part of it is due in the first year and on the way, and from when on all is."""
    years = [y for y in range(2020, 2050) if phase_in(y) > 0]
    first = years[0]
    whole = next(y for y in years if phase_in(y) == 1)
    middle = (first + whole) // 2
    return say(
        "of that {first_share:.3g} % is due for {first}, {middle_share:.3g} % for {middle} and all from "
        "{whole} on",
        first=first,
        first_share=100 * phase_in(first),
        middle=middle,
        middle_share=100 * phase_in(middle),
        whole=whole,
    )


def _money(cluster: Cluster, amount: float) -> str:
    d = cluster.description
    told = rounded(amount / d.money_factor)
    if d.money_factor == 1e4 and d.currency == "CNY":
        return say("{amount} × 10k CNY", amount=told)
    return f"{told} {'× ' if d.money_unit[:1].isdigit() else ''}{d.money_unit}"


def _goods_sentence(cluster: Cluster, kind: str, sales: float, carbon: float | None) -> Sentence:
    if not sales:  # sold without a price, for rows without an amount are left out
        if carbon is None:
            return say("{kind}: sales to the EU without a price", kind=_KINDS[kind])
        return say(
            "{kind}: sales to the EU without a price, with {carbon} t CO2e embedded",
            kind=_KINDS[kind],
            carbon=rounded(carbon),
        )
    if carbon is None:
        return say("{kind}: {sales} of sales to the EU", kind=_KINDS[kind], sales=_money(cluster, sales))
    return say(
        "{kind}: {sales} of sales to the EU, with {carbon} t CO2e embedded",
        kind=_KINDS[kind],
        sales=_money(cluster, sales),
        carbon=rounded(carbon),
    )


def border_exposure(cluster: Cluster, accounts: CarbonAccounts) -> BorderExposure:
    """Return the exposure of the latest year of the table `trade`.

    Embedded emissions are those of the column `embedded`; else, for the goods of an enterprise that sells
    nothing else there, they stay unknown and are counted as such.
    """
    table = cluster.table("trade")
    year = max(table.years)
    rows = [
        i
        for i in range(len(table))
        if table.numbers("year")[i] == year and str(table.texts("destination")[i]).strip().upper() in _EU
    ]
    price = cluster.description.eu_carbon_price
    sales: dict[str, float] = {}
    carbon: dict[str, float] = {}
    unknown = cost = 0.0
    untold = unpriced = 0
    unclear: list[str] = []
    for i in rows:
        code = str(table.texts("product")[i])
        kind = goods_of(code)
        if kind is None:
            if too_short(code):
                unclear.append(code)
            continue
        amount, unit_price = float(table.numbers("amount")[i]), float(table.numbers("price")[i])
        sales[kind] = sales.get(kind, 0.0) + (0.0 if np.isnan(unit_price) else amount * unit_price)
        unpriced += int(np.isnan(unit_price))
        embedded = float(table.numbers("embedded")[i])
        if np.isnan(embedded):
            unknown += amount
            untold += 1
            continue
        carbon[kind] = carbon.get(kind, 0.0) + amount * embedded
        paid = float(np.nan_to_num(table.numbers("carbon_price_paid")[i]))
        cost += amount * embedded * max(0.0, (price or 0.0) - paid)
    exports = by_enterprise(cluster, "accounts", "exports", year)
    whole = float(np.nansum(exports))
    evidence = [_goods_sentence(cluster, kind, sales[kind], carbon.get(kind)) for kind in sales]
    if price is not None and carbon:
        currency = cluster.description.currency
        evidence.append(
            say(
                "at {price} per t CO2e the border adjustment would cost {cost} a year once fully phased in",
                price=Money(price, currency, f"{rounded(price)} {currency}"),
                cost=_money(cluster, cost),
            )
        )
        evidence.append(_phased_in())
    if sales:
        evidence.append(
            say(
                "which goods fall under the adjustment was compared with transcriptions of the regulation, "
                "not with the Official Journal of the EU"
            )
        )
    if unclear:
        evidence.append(
            say(
                "codes too short to determine whether they fall under the adjustment, excluded "
                "from all sums here: {codes}",
                codes=", ".join(short(c) for c in dict.fromkeys(unclear)),
            )
        )
    if untold:
        evidence.append(
            say("rows of such goods without embedded emissions, which are in no sum here: {n}", n=untold)
        )
    if unpriced:
        evidence.append(
            say(
                "rows of such goods without a price, so that the share of exports is not known: {n}",
                n=unpriced,
            )
        )
    sold = sum(sales.values())
    if whole > 0 and sold > whole * (1 + 1e-9):
        evidence.append(
            say("such goods were sold for more than all exports of the table accounts; one of both is wrong")
        )
    known = whole > 0 and not unpriced and not unclear and sold <= whole * (1 + 1e-9)
    return BorderExposure(
        year,
        sales,
        carbon,
        unknown,
        cost if price is not None else None,
        price,
        min(1.0, sold / whole) if known else None,
        cluster.description.currency,
        tuple(evidence),
    )
