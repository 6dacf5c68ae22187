"""Fits to a history of adoption at a prompt and in a notebook: summaries, tables and the figure.

Clusters, their carbon accounts and their diagnosis at a prompt and in a notebook: summaries and tables.

Measures of a cluster at a prompt and in a notebook: one screen, and a table.

A calibrated game at a prompt and in a notebook: one screen, and a table.

Plans of exchanges at a prompt and in a notebook: summary and table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from separatrix.document.numerals import percent
from separatrix.languages import language_of
from separatrix.languages.number_text import rounded
from separatrix.notebook.game_summaries import facts_of
from separatrix.notebook.summary import Summary, SummaryTable
from separatrix_cluster.documents.adoption import SYMBOLS, drawn_curves
from separatrix_cluster.documents.vocabulary import amount
from separatrix_cluster.figures.diagnosis import paint_rival_curves

if TYPE_CHECKING:
    import pandas

    from separatrix_cluster.accounts.results import CarbonAccounts
    from separatrix_cluster.adoption.results import AdoptionFit, FittedAdvantage
    from separatrix_cluster.adoption.rival_models import AdoptionRivals
    from separatrix_cluster.calibration.calibration import Calibration
    from separatrix_cluster.diagnosis.diagnosis import Diagnosis
    from separatrix_cluster.measures.abatement import Abatement
    from separatrix_cluster.symbiosis.optimal_exchange import ExchangePlan
    from separatrix_cluster.tables.panel import Cluster

__all__ = ["FRAMES", "PLOTS", "SUMMARIES"]


def _cluster(found: Cluster) -> Summary:
    rows = tuple((name, f"{len(table):,}") for name, table in found.tables.items())
    facts = facts_of(
        ("enterprises", len(found.enterprises)),
        ("remarks", len(found.remarks) or None),
        ("unreadable", ", ".join(found.broken)),
    )
    return Summary(f"Cluster: {found.name}", facts, (SummaryTable(("table", "rows"), rows),))


def _accounts(found: CarbonAccounts) -> Summary:
    rows = []
    for year in found.years:
        sums = []
        for scope in (1, 2):
            values = found.by_enterprise(year, scope=scope, internal=False)
            sums.append(float(values[values == values].sum()))
        rows.append((str(year), *(f"{value:,.0f}" for value in sums), f"{sum(sums):,.0f}"))
    facts = facts_of(
        ("enterprises", len(found.enterprises)),
        ("lines", f"{len(found.year):,}"),
        ("remarks", len(found.remarks) or None),
    )
    gas = found.gas_of_totals
    heads = ("year", f"scope 1, t {gas}", f"scope 2, t {gas}", "together")
    return Summary("Carbon accounts, location-based", facts, (SummaryTable(heads, tuple(rows)),))


def _diagnosis(found: Diagnosis) -> Summary:
    def two_decimals(value: float | None) -> str:
        return "" if value is None else f"{value:.2f}"

    rows = tuple(
        (d.name, two_decimals(d.score), two_decimals(d.low), two_decimals(d.high)) for d in found.difficulties
    )
    facts = facts_of(
        ("enterprises", len(found.cluster.enterprises)),
        ("binds most", None if found.binding is None else found.binding.name),
        ("remarks", len(found.remarks) or None),
    )
    table = SummaryTable(("difficulty", "score", "from", "to"), rows)
    return Summary(f"Diagnosis: {found.cluster.name}", facts, (table,))


def _accounts_frame(found: CarbonAccounts) -> pandas.DataFrame:
    """A row for each line of the accounts."""
    import pandas as pd

    return pd.DataFrame(list(found.lines()), columns=list(found.line_names()))


def _diagnosis_frame(found: Diagnosis) -> pandas.DataFrame:
    """A row for each difficulty."""
    import pandas as pd

    rows = [
        {
            "difficulty": d.name,
            "score": d.score,
            "low": d.low,
            "high": d.high,
            "indicators": len(d.indicators),
        }
        for d in found.difficulties
    ]
    return pd.DataFrame(rows).set_index("difficulty")


def _summary(found: Abatement) -> Summary:
    """The curve, and the requested set."""
    rows = tuple(
        (
            step.measure.name,
            f"{float(step.abatement):,.0f}",
            "" if step.cost_per_tonne is None else f"{float(step.cost_per_tonne):,.0f}",
        )
        for step in found.curve
    )
    facts = [
        ("together", f"{float(found.together.abatement):,.0f} t CO2e a year"),
        ("pay by themselves", f"{len(found.paying)} of {len(found.curve)}"),
    ]
    if found.chosen is not None:
        facts.append(("chosen", ", ".join(found.chosen.ids) or "none"))
        if found.chosen.missing:
            facts.append(("missing", f"{float(found.chosen.missing):,.0f} t CO2e a year"))
    if found.path is not None:
        begun = "; ".join(f"{y.year}: {', '.join(y.begun)}" for y in found.path.years if y.begun)
        facts.append(("begun", begun or "nothing"))
    if found.remarks:
        facts.append(("remarks", str(len(found.remarks))))
    currency = found.cluster.description.currency
    heads = ("measure", "t CO2e a year", f"{currency} per t")
    return Summary(f"Measures: {found.cluster.name}", tuple(facts), (SummaryTable(heads, rows),))


def _frame(found: Abatement) -> pandas.DataFrame:
    """A row for each measure on the curve, in its order."""
    import pandas as pd

    told = ("id", "enterprise", "name", "abatement", "cost_per_tonne", "net_cost", "investment", "pays")
    rows = [{name: step.to_dict()[name] for name in told} for step in found.curve]
    return pd.DataFrame(rows, columns=list(told)).set_index("id")


def _fit(found: AdoptionFit) -> Summary:
    """Return the advantages of each group in one screen."""
    rows = []
    for group in found.groups:
        for name, advantage in _advantages(found, group.history.name):
            interval = f"{advantage.low:.3g} to {advantage.high:.3g}"
            bound = advantage.bound
            value = (
                f"{advantage.value:.3g}"
                if bound is None
                else f"{'below' if bound < 0 else 'above'} {bound:g}"
            )
            rows.append((group.history.name or "all", name, value, interval))
    years = found.history.groups[0].years
    facts = [
        ("years", f"{years[0]} to {years[-1]}, {len(years)} with data"),
        *(
            (f"regime{f' of {g.history.name}' if g.history.name else ''}", _regime(g.regime, g.threshold))
            for g in found.groups
        ),
    ]
    if found.remarks:
        facts.append(("remarks", ", ".join(sorted({remark.code for remark in found.remarks}))))
    heads = ("group", "advantage of cooperating, per year", "value", f"{percent(found.level, 0)} interval")
    title = found.history.title
    return Summary(
        f"Fit to history: {title}" if title else "Fit to history",
        tuple(facts),
        (SummaryTable(heads, tuple(rows)),),
    )


def _regime(regime: str, threshold: float | None) -> str:
    return regime if threshold is None else f"{regime}, at a share of {percent(threshold, 0)} of the others"


def _advantages(found: AdoptionFit, name: str) -> tuple[tuple[str, FittedAdvantage], ...]:
    group = next(g for g in found.groups if g.history.name == name)
    return (
        ("where all others cooperate", group.advantage_when_all),
        ("where none of them does", group.advantage_when_none),
    )


def _fit_frame(found: AdoptionFit) -> pandas.DataFrame:
    """Return a row for each group and advantage."""
    import pandas as pd

    rows = [
        {"group": g.history.name, "advantage": key, **getattr(g, key).to_dict()}
        for g in found.groups
        for key in ("advantage_when_all", "advantage_when_none")
    ]
    return pd.DataFrame(rows).set_index(["group", "advantage"])


def _rivals(found: AdoptionRivals) -> Summary:
    """Return the curves, the best first, in one screen."""
    best = found.curves[0].aicc
    rows = tuple(
        (
            str(c.curve.title),
            ", ".join(f"{SYMBOLS[name]} {value:.3g}" for name, (value, _, _) in c.values.items()),
            f"{c.aicc - best:.1f}",
            "" if c.missed is None else percent(c.missed, 1),
        )
        for c in found.curves
    )
    heads = ("curve", "values", "AICc", f"last {found.held_back} years")
    facts = (
        ("history", f"{found.group.years[0]} to {found.group.years[-1]}"),
        ("verdict", str(found.verdict)[:88]),
    )
    return Summary("Curves of adoption", facts, (SummaryTable(heads, rows),))


def _rivals_frame(found: AdoptionRivals) -> pandas.DataFrame:
    """Return a row for each curve and year."""
    import pandas as pd

    rows = [
        {"curve": c.curve.key, "year": year, "share": share, "path": path, "low": low, "high": high}
        for c in found.curves
        for year, share, path, low, high in zip(
            found.group.years, found.group.shares, c.path, c.quantiles[0], c.quantiles[-1], strict=True
        )
    ]
    return pd.DataFrame(rows).set_index(["curve", "year"])


def _plot_rivals(found: AdoptionRivals, ax: Any) -> Any:
    """Draw the history and the curves."""
    from separatrix.notebook.plots import HIGH, WIDE, single_axes

    axes = single_axes(ax, (WIDE, HIGH))
    curves = drawn_curves(found, language_of("en"))
    paint_rival_curves(axes, found.group.years, found.group.shares, curves)
    axes.set_xlabel("year")
    axes.set_ylabel("share that cooperates")
    return axes


"""By the name of the class."""


DIGITS = 5


def _calibration_views_summary(found: Calibration) -> Summary:
    """The parameters, who acts today, and the basis of the speed."""
    rows = tuple(
        (
            p.name,
            rounded(float(p.estimate.value), DIGITS),
            "" if p.estimate.certain else rounded(float(p.estimate.low), DIGITS),
            "" if p.estimate.certain else rounded(float(p.estimate.high), DIGITS),
            p.estimate.basis,
        )
        for p in found.parameters
    )
    facts = [("pair", found.pair), ("unit", found.unit)]
    for side in found.sides:
        acting = "not known" if side.today is None else f"{100 * float(side.today.value):.0f} %"
        facts.append((f"{side.name} who act today", acting))
    facts.append(("answers in years", "none" if found.speed is None else found.speed.basis))
    table = SummaryTable(("parameter", "value", "from", "to", "basis"), rows)
    return Summary(f"Calibration: {found.cluster.name}", tuple(facts), (table,))


def _calibration_views_frame(found: Calibration) -> pandas.DataFrame:
    """A row for each parameter."""
    import pandas as pd

    rows = [
        {
            "name": p.name,
            "value": float(p.estimate.value),
            "low": float(p.estimate.low),
            "high": float(p.estimate.high),
            "unit": found.unit,
            "basis": p.estimate.basis,
            "source": "; ".join((str(p.estimate.how), *p.estimate.sources)),
        }
        for p in found.parameters
    ]
    return pd.DataFrame(rows).set_index("name")


def _exchange_views_summary(found: ExchangePlan) -> Summary:
    """Return the exchanges of a plan in one screen."""
    currency = found.problem.currency or "money"
    facts = [
        ("net benefit a year", f"{amount(found.net_benefit)} {currency}"),
        ("gap to the solver's bound", percent(found.gap, 2)),
        ("t CO2e avoided a year", amount(found.abatement)),
        ("investment", f"{amount(found.investment)} {currency}"),
    ]
    if found.facilities:
        facts.append(("facilities", ", ".join(found.facilities)))
    facts += [("cannot be met", str(sentence)) for sentence in found.shortfalls]
    rows = tuple(
        (f.giver, f.taker, f.stream, f"{f.amount:,.12g} {f.unit}", f.facility or "", amount(f.benefit))
        for f in found.flows
    )
    heads = ("from", "to", "stream", "a year", "through", f"benefit, {currency}")
    return Summary("Exchanges", tuple(facts), (SummaryTable(heads, rows),))


def _exchange_views_frame(found: ExchangePlan) -> pandas.DataFrame:
    """Return a row for each exchange."""
    import pandas as pd

    heads = ("from", "to", "stream", "facility", "amount", "received", "unit", "benefit", "paid", "abatement")
    rows = [
        (
            f.giver,
            f.taker,
            f.stream,
            f.facility,
            f.amount,
            f.received,
            f.unit,
            f.benefit,
            f.paid,
            f.abatement,
        )
        for f in found.flows
    ]
    return pd.DataFrame(rows, columns=list(heads))


SUMMARIES: Mapping[str, Callable[[Any], Summary]] = {
    "CarbonAccounts": _accounts,
    "Cluster": _cluster,
    "Diagnosis": _diagnosis,
    "Abatement": _summary,
    "AdoptionFit": _fit,
    "AdoptionRivals": _rivals,
    "Calibration": _calibration_views_summary,
    "ExchangePlan": _exchange_views_summary,
}
FRAMES: Mapping[str, Callable[[Any], Any]] = {
    "CarbonAccounts": _accounts_frame,
    "Diagnosis": _diagnosis_frame,
    "Abatement": _frame,
    "AdoptionFit": _fit_frame,
    "AdoptionRivals": _rivals_frame,
    "Calibration": _calibration_views_frame,
    "ExchangePlan": _exchange_views_frame,
}
PLOTS: Mapping[str, Callable[..., Any]] = {
    "AdoptionRivals": _plot_rivals,
}
