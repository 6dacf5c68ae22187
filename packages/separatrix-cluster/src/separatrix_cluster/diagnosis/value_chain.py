"""Exposure to the EU's carbon border adjustment: which exports fall under it, and what they would pay.

Cost = embedded emissions × share to be paid for × (EU price − price paid at home): Regulation (EU) 2023/956,
Articles 7, 9, 21 and 22, with the phase-in of Directive 2003/87/EC, Article 10a(1a).

Difficulty 3, a place at the low end of the chain: little value added, much carbon, cheap exports.

Shi & Chen (2018), section 3.1 (3).  Value-added rate and carbon per value added against the sector; carbon
and value added in exports by input-output analysis (Leontief 1970; Miller & Blair 2009, ch. 10), or the
direct part where no table is given; exposure to the EU's carbon border adjustment (Regulation (EU) 2023/956).
"""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from separatrix.errors import InputError
from separatrix.languages.number_text import rounded
from separatrix.sentences import Money, Sentence, say
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.completeness.bounds import carbon_of, column_of, column_year
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.diagnosis.decomposition import ExportAccount, export_account, upstreamness
from separatrix_cluster.diagnosis.indicators import Indicator, Measured, Rule, quotient
from separatrix_cluster.tables.cells import short
from separatrix_cluster.tables.panel import Cluster, by_enterprise

__all__ = [
    "BorderExposure",
    "RULES",
    "border_exposure",
    "exports_of_table",
    "goods_of",
    "phase_in",
    "too_short",
]

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


def _exports(cluster: Cluster, books: DataCompleteness) -> Measured:
    """Return the carbon of exports along the chain, or the direct part where no table is given."""
    exports = exports_of_table(cluster)
    if isinstance(exports, tuple):
        account, whole, stages = exports
        passed = say(
            "output passes {stages:.2g} stages on its way to final demand, weighted by output", stages=stages
        )
        return Measured((_embodied(cluster, account, whole),), (passed,), (), {"exports": account})
    if exports is not None:
        return Measured(missing=(exports,))
    year = column_year(cluster, books, "value_added")
    if year is None:
        return Measured()
    direct = _direct(cluster, books, year)
    return Measured(
        () if direct is None else (direct,),
        missing=(say("an input-output table (io and io_sectors) for the carbon embodied along the chain"),),
    )


def _border(cluster: Cluster, books: DataCompleteness) -> Measured:
    """Return the exposure to the EU's carbon border adjustment."""
    accounts = books.accounts
    if not len(cluster.table("trade")):
        return Measured.of(
            say("what is sold to the EU (table trade), for what its carbon border adjustment would cost")
        )
    exposure = border_exposure(cluster, accounts)
    return Measured((exposure.indicator(),), tuple(exposure.evidence), (), {"border": exposure})


def _rates(cluster: Cluster, books: DataCompleteness) -> Measured:
    """Return the value-added rate, carbon per value added against the sector, and the share of exports."""
    year = column_year(cluster, books, "value_added")
    if year is None:
        return Measured.of(say("value added by enterprise (table accounts)"))
    value, output, exports = (
        column_of(cluster, books, c, year) for c in ("value_added", "output", "exports")
    )
    money = cluster.description.money_unit
    made = [
        quotient(
            cluster,
            "value-added-rate",
            say("value added per output"),
            value,
            output,
            year,
            usual="value-added rate",
            worse="low",
        ),
        quotient(
            cluster,
            "carbon-against-sector",
            say("carbon per value added, against the sector"),
            carbon_of(books, year),
            value,
            year,
            unit=f"t/{money}",
            scale=cluster.description.money_factor,
            usual="carbon per value added",
            once=books.accounts.by_enterprise(year, internal=False),
        ),
        quotient(cluster, "export-share", say("exports per output"), exports, output, year),
    ]
    return Measured(
        tuple(indicator for indicator in made if indicator is not None),
        missing=(say("output by enterprise (table accounts)"),) if np.isnan(output.value).all() else (),
    )


# --------------------------------------------------------------------------- exports

_MOST_SECTORS = 5000


def exports_of_table(cluster: Cluster) -> tuple[ExportAccount, float, float] | Sentence | None:
    """Return what the exports of the input-output table carry, its carbon per value added, and the stages.

    None without a table; a sentence where it is incomplete.
    """
    flows, sectors = cluster.table("io"), cluster.table("io_sectors")
    if not len(flows) or not len(sectors):
        return None
    names = {str(n): i for i, n in enumerate(sectors.texts("sector"))}
    if len(names) > _MOST_SECTORS:
        return say("the table io_sectors has more than {n} sectors", n=_MOST_SECTORS)
    if flows.given != len(flows) or sectors.given != len(sectors):
        # A coefficient that is left out would count as zero.
        return say("a complete input-output table: rows of io or io_sectors were excluded")
    matrix = np.zeros((len(names), len(names)))
    for start, end, value in zip(
        flows.texts("from"), flows.texts("to"), flows.numbers("coefficient"), strict=True
    ):
        if start not in names or end not in names:
            return say(
                "the sector {name} of the table io is not in io_sectors",
                name=start if start not in names else end,
            )
        matrix[names[start], names[end]] = value
    columns = {k: sectors.numbers(k) for k in ("output", "exports", "value_added", "emissions")}
    for name, column in columns.items():
        if np.isnan(column).any():
            return say("the column {name} of the table io_sectors is not whole", name=name)
    if (columns["output"] <= 0).any():
        return say("a sector of io_sectors has no output")
    intensity = columns["emissions"] / columns["output"]
    rate = columns["value_added"] / columns["output"]
    try:
        account = export_account(matrix, intensity, rate, columns["exports"])
        stages = float(np.average(upstreamness(matrix, columns["output"]), weights=columns["output"]))
    except InputError as problem:
        return say("the table io cannot be used: {why}", why=problem.message)
    earned = float(columns["value_added"].sum())
    whole = float(columns["emissions"].sum()) / earned if earned > 0 else 0.0
    return account, whole, stages


def _embodied(cluster: Cluster, account: ExportAccount, whole: float) -> Indicator:
    ratio = account.carbon_per_value_added
    money = cluster.description.money_factor
    score = None if ratio is None or whole <= 0 else ratio / (ratio + whole)
    return Indicator(
        id="exported-carbon",
        name=say("carbon embodied in exports, per exported value added"),
        value=None if ratio is None else ratio * money,
        unit=f"t/{cluster.description.money_unit}",
        score=score,
        score_low=score,
        score_high=score,
        how=say("0.5 where exports carry as much carbon per value added as everything that is made"),
        source="Leontief (1970); Miller & Blair (2009), ch. 10",
        missing=say("exports with value added in the table io_sectors") if ratio is None else None,
    )


def _direct(cluster: Cluster, books: DataCompleteness, year: int) -> Indicator | None:
    """Return the carbon of the exporters themselves per value added they export: the first link only."""
    made, output, exports = (column_of(cluster, books, c, year) for c in ("value_added", "output", "exports"))
    carbon = carbon_of(books, year)
    value, emitted = made.value, carbon.value
    with np.errstate(invalid="ignore"):
        # Nobody exports more than is made; such a row is doubted elsewhere, and carries nothing here.
        fits = (output.value > 0) & (exports.value <= output.value * (1 + 1e-9))
        whole = ~np.isnan(emitted) & fits & ~np.isnan(value)
    if whole.sum() < 2:
        return None  # one enterprise is no other than all of them
    share = exports.value[whole] / output.value[whole]
    sold, carried = float((share * value[whole]).sum()), float((share * emitted[whole]).sum())
    total = float(emitted[whole].sum() / value[whole].sum()) if value[whole].sum() > 0 else 0.0
    if sold <= 0 or total <= 0:
        return None
    ratio = carried / sold
    score = ratio / (ratio + total)
    # Of the others any part may be exported: score = carried·V / (carried·V + C·sold).
    away = books.away(cluster, year)
    others = [
        float(p.high[~whole & ~away].clip(min=0).sum()) + max(0.0, p.most - float(p.high.sum()))
        for p in (carbon, made)
    ]
    # What the whole emit themselves may be in doubt, too, as by a factor of their own.
    doubted = [np.where(whole, end - np.nan_to_num(emitted), 0.0) for end in books.own_bounds(year)]
    sums = float(emitted[whole].sum()), float(value[whole].sum())
    least, most = ((carried + float((share * d[whole]).sum()), sums[0] + float(d.sum())) for d in doubted)
    low = _index(least[0], sums[1], most[1] + others[0], sold + others[1])
    high = _index(most[0] + others[0], sums[1] + others[1], least[1], sold)
    ends: tuple[float | None, float | None] = (None, None)
    if (any(others) or any(d.any() for d in doubted)) and np.isfinite([*others, *least, *most]).all():
        money = cluster.description.money_factor
        ends = least[0] / (sold + others[1]) * money, (most[0] + others[0]) / sold * money
    return Indicator(
        id="exported-carbon-direct",
        name=say("carbon of exporters per value added they export, first link only"),
        value=ratio * cluster.description.money_factor,
        low=ends[0],
        high=ends[1],
        unit=f"t/{cluster.description.money_unit}",
        score=score,
        score_low=min(score, low),
        score_high=max(score, high),
        how=say("0.5 where exports carry as much carbon per value added as everything that is made"),
        source=say("exports taken to be made as the rest of the output is"),
        coverage=float(whole.mean()),
    )


def _index(carried: float, value: float, carbon: float, sold: float) -> float:
    return carried * value / (carried * value + carbon * sold) if np.isfinite(carbon) else 0.0


RULES: tuple[Rule, ...] = (_rates, _exports, _border)
"""The difficulty of a low position of the cluster in its value chains."""
