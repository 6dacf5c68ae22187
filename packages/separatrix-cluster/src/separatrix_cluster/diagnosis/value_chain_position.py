"""Difficulty 3, a place at the low end of the chain: little value added, much carbon, cheap exports.

Shi & Chen (2018), section 3.1 (3).  Value-added rate and carbon per value added against the sector; carbon
and value added in exports by input-output analysis (Leontief 1970; Miller & Blair 2009, ch. 10), or the
direct part where no table is given; exposure to the EU's carbon border adjustment (Regulation (EU) 2023/956).
"""

from __future__ import annotations

import numpy as np

from separatrix.errors import InputError
from separatrix.sentences import Sentence, say
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.completeness.known_amounts import carbon_of, column_of, column_year
from separatrix_cluster.diagnosis.carbon_border_adjustment import border_exposure
from separatrix_cluster.diagnosis.indicator import Indicator, Measured, Rule
from separatrix_cluster.diagnosis.intensity_quotient import quotient
from separatrix_cluster.diagnosis.leontief import ExportAccount, export_account, upstreamness
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["RULES", "exports_of_table"]


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
